//! Every operation × every role × own unit, another unit, a unit below. What stands in the table is law: an operation that
//! is missing fails the test, and so does a handler that asks for another role.

use axum::body::Body;
use axum::http::{Request, header};
use chrono::Days;
use soquy::access::Role::{
    self, Accountant, Admin, Approver, Auditor, BankClerk, Cashier, GroupLeader, Officer,
};

use super::{Api, Operation};
use crate::support::{Answer, Person, TestApp, VU_QUY};

/// Another commune of the same province, and the province above both.
const ELSEWHERE: i32 = 12817;
const ABOVE: i32 = 33;

/// Asked without a token.
const ANYBODY: &[&str] = &["log_in", "log_out", "refresh_session"];

/// Asked with any token, or about oneself.
const LOGGED_IN: &[&str] = &[
    "change_password",
    "list_charts",
    "list_denominations",
    "list_programmes",
    "list_support_mechanisms",
    "preview_loan",
    "preview_schedule",
    "show_credit_rules",
    "show_programme",
    "list_units",
    "log_out_everywhere",
    "show_me",
    "show_unit",
];

/// Asked by people with one of these roles at the unit or above it.
const ROLES: &[(&[Role], &[&str])] = &[
    (
        &[Admin],
        &[
            "change_unit",
            "create_unit",
            "create_user",
            "disable_user",
            "enable_user",
            "give_unit_code",
            "grant_role",
            "rename_user",
            "reset_password",
            "revoke_role",
            "succeed_unit",
        ],
    ),
    (&[Admin, Auditor], &["list_users", "show_user"]),
    (&[Auditor], &["ask_verification", "verify_books"]),
    (
        &[Officer],
        &[
            "appoint_to_board",
            "approve_loan",
            "confirm_loan_request",
            "create_group",
            "disburse_loan",
            "dissolve_group",
            "end_loan_request",
            "handle_loan",
            "join_group",
            "leave_group",
            "list_loan_request",
            "prepare_sheet",
            "record_group_meeting",
            "request_loan",
            "reverse_group_meeting",
            "reverse_loan_event",
            "add_household_member",
            "approve_support",
            "authorise_representative",
            "cancel_support",
            "change_group",
            "change_household",
            "change_household_member",
            "change_project",
            "create_household",
            "create_project",
            "ask_household_import",
            "import_households",
            "pay_out_support",
            "record_class_decision",
            "record_loss",
            "record_meeting",
            "record_support_request",
            "refund_overpayment",
            "refuse_support_request",
            "reschedule_support",
            "reverse_loss",
            "reverse_meeting",
            "reverse_payout",
            "reverse_repayment",
            "withdraw_support_request",
        ],
    ),
    (
        &[Cashier, GroupLeader, Officer],
        &[
            "preview_loan_repayment",
            "preview_support_repayment",
            "record_repayment",
            "record_repayments",
            "record_sheet",
            "repay_loan",
            "repay_loans",
        ],
    ),
    (&[Cashier, Officer], &["recover_loan", "refund_loan"]),
    (&[BankClerk, Officer], &["ask_register_import", "import_register", "record_external_loan"]),
    (
        &[Accountant, Approver, Auditor, BankClerk, Cashier, GroupLeader, Officer],
        &[
            "list_group_meetings",
            "list_groups",
            "list_loan_requests",
            "list_loans",
            "list_sheets",
            "show_group",
            "show_loan",
            "show_loan_request",
            "show_meeting",
            "show_sheet",
            "show_payoff",
            "list_agreements",
            "list_households",
            "list_meetings",
            "list_projects",
            "list_support_requests",
            "show_agreement",
            "show_eligibility",
            "show_household",
            "show_project",
        ],
    ),
    (&[Approver], &["approve", "reject"]),
    (&[Accountant, Approver, BankClerk, Cashier, Officer], &["attach_paper", "store_file"]),
    (&[Accountant, Cashier, Officer], &["print_voucher"]),
    (&[Accountant, Cashier], &["hand_over_savings", "record_cash_count", "withdraw_cash_count"]),
    (
        &[Accountant],
        &[
            "ask_close_of_day",
            "close_of_day",
            "close_periods",
            "close_running_month",
            "book_entrustment_fees",
            "close_year",
            "take_back_entrustment_fees",
            "change_fund",
            "change_source",
            "change_till",
            "close_till",
            "open_account",
            "open_book",
            "open_fund",
            "open_source",
            "open_till",
            "post_journal",
            "preview_capital_receipt",
            "preview_capital_return",
            "preview_journal",
            "preview_reversal",
            "receive_capital",
            "reopen_periods",
            "reopen_till",
            "return_capital",
            "reverse_cash_settlement",
            "reverse_journal",
            "settle_cash_count",
            "transfer_money",
        ],
    ),
    (
        &[Accountant, Approver, Auditor, BankClerk, Cashier, Officer],
        &[
            "ask_statement_export",
            "cancel_job",
            "compare_registers",
            "fetch_file",
            "fetch_job_file",
            "list_jobs",
            "list_papers",
            "show_job",
            "watch_job",
            "list_external_loans",
            "list_register_loans",
            "list_registers",
            "preview_closing",
            "compute_entrustment_fees",
            "list_entrustment_fees",
            "preview_entrustment_fees",
            "report_against_plan",
            "show_register",
            "show_year_result",
            "report_ageing",
            "report_contract_reviews",
            "report_outstanding",
            "show_close_of_day",
            "list_accounts",
            "list_cash_counts",
            "list_tills",
            "show_cash_count",
            "show_cash_sheet",
            "cash_sheet_csv",
            "cash_sheet_pdf",
            "cash_sheet_xlsx",
            "show_till",
            "show_till_book",
            "till_book_csv",
            "till_book_pdf",
            "till_book_xlsx",
            "show_till_day",
            "till_day_csv",
            "till_day_pdf",
            "till_day_xlsx",
            "list_approvals",
            "list_funds",
            "list_journals",
            "list_periods",
            "list_sources",
            "list_vouchers",
            "show_account",
            "show_approval",
            "show_balances",
            "show_book",
            "show_fund",
            "show_indicators",
            "show_journal",
            "show_source",
            "show_statement",
            "show_trial_balance",
            "show_voucher",
            "statement_csv",
            "statement_pdf",
            "statement_xlsx",
            "list_voucher_prints",
            "trial_balance_csv",
            "trial_balance_pdf",
            "trial_balance_xlsx",
            "withdraw",
        ],
    ),
];

/// The roles that may ask for an operation; none when it is not for roles.
pub fn permitted(id: &str) -> Option<&'static [Role]> {
    ROLES.iter().find(|(_, operations)| operations.contains(&id)).map(|(roles, _)| *roles)
}

async fn ask(app: &TestApp, api: &Api, operation: &Operation, token: Option<&str>) -> Answer {
    let request = Request::builder().method(operation.method.clone()).uri(operation.path_at(api, VU_QUY));
    let request = match token {
        Some(token) => request.header(header::AUTHORIZATION, format!("Bearer {token}")),
        None => request,
    };
    app.send(request.body(Body::empty()).unwrap()).await
}

#[test]
fn the_table_of_permits_names_every_operation_once() {
    let api = Api::read();
    let mut documented: Vec<_> = api.operations.iter().map(|operation| operation.id.as_str()).collect();
    let of_roles = ROLES.iter().flat_map(|(_, operations)| *operations);
    let mut listed: Vec<_> = ANYBODY.iter().chain(LOGGED_IN).chain(of_roles).copied().collect();
    documented.sort_unstable();
    listed.sort_unstable();
    assert_eq!(listed, documented);
}

#[tokio::test]
async fn without_a_good_token_every_door_but_the_public_ones_is_closed() {
    let (app, api) = (TestApp::new().await, Api::read());
    let officer = app.person("officer", VU_QUY, &[Officer]).await;
    let clock = soquy::clock::Clock::on(app.app.clock.today() - Days::new(1));
    let expired = app.app.keys.issue(officer.user_id, &clock).unwrap();
    let forged = format!("{}x", officer.token);
    for operation in api.operations.iter().filter(|operation| !ANYBODY.contains(&operation.id.as_str())) {
        for token in [None, Some(""), Some("nonsense"), Some(&*expired), Some(&*forged)] {
            let answer = ask(&app, &api, operation, token).await;
            assert_eq!(answer.status, 401, "{} with {token:?}: {}", operation.id, answer.text);
            assert_eq!(answer.headers[header::WWW_AUTHENTICATE], "Bearer", "{}", operation.id);
            answer.refused(401, "not-logged-in");
        }
    }
}

/// Somebody for each role at a unit.
pub async fn staff(app: &TestApp, unit: i32) -> Vec<(Role, Person)> {
    let mut staff = Vec::new();
    for role in Role::ALL {
        let login = format!("{}-{unit}", role.name().replace('_', "-"));
        staff.push((*role, app.person(&login, unit, &[*role]).await));
    }
    staff
}

#[tokio::test]
async fn each_role_passes_where_the_table_says_and_nowhere_else() {
    let (app, api) = (TestApp::new().await, Api::read());
    app.open_book().await;
    for (place, unit) in [("at the unit", VU_QUY), ("above it", ABOVE)] {
        for (role, person) in staff(&app, unit).await {
            for operation in &api.operations {
                let Some(roles) = permitted(&operation.id) else { continue };
                let answer = ask(&app, &api, operation, Some(&person.token)).await;
                let says = format!("{role:?} {place}: {}: {}", operation.id, answer.text);
                if roles.contains(&role) {
                    assert!(![401, 403].contains(&answer.status.as_u16()), "{says}");
                } else {
                    assert_eq!(answer.status, 403, "{says}");
                    answer.refused(403, "forbidden");
                }
            }
        }
    }
}

#[tokio::test]
async fn whoever_works_elsewhere_learns_nothing_not_even_that_there_is_something() {
    let (app, api) = (TestApp::new().await, Api::read());
    app.open_book().await;
    let mut unknown_logins = staff(&app, ELSEWHERE).await;
    unknown_logins.push((Officer, app.person("nobody", VU_QUY, &[]).await));
    for (role, stranger) in unknown_logins {
        for operation in api.operations.iter().filter(|operation| operation.is_of_a_unit()) {
            let answer = ask(&app, &api, operation, Some(&stranger.token)).await;
            assert_eq!(answer.status, 404, "{role:?} of elsewhere: {}: {}", operation.id, answer.text);
            assert!(
                answer.refused(404, "not-found").get("detail").is_none(),
                "{}: a 404 that says more",
                operation.id
            );
        }
    }
}

/// A header in the document that the handler does not read, or the other way round, would promise what is not kept.
#[tokio::test]
async fn a_command_takes_the_key_its_document_offers() {
    let (app, api) = (TestApp::new().await, Api::read());
    app.open_book().await;
    let staff = staff(&app, VU_QUY).await;
    for operation in &api.operations {
        let Some(roles) = permitted(&operation.id) else { continue };
        let (_, person) = staff.iter().find(|(role, _)| roles.contains(role)).unwrap();
        let documented = operation.parameters("header").find(|header| header["name"] == "Idempotency-Key");
        for (key, refused) in [
            (None, documented.is_some_and(|header| header["required"] == true)),
            (Some("short"), documented.is_some()),
            (Some("with a space in it"), documented.is_some()),
        ] {
            let path = operation.path_at(&api, VU_QUY);
            let answer = app.call(operation.method.clone(), Some(person), &path, key, None).await;
            let of_its_form =
                answer.body["detail"].as_str().is_some_and(|why| why.starts_with("Idempotency-Key: "));
            let for_the_key =
                if key.is_none() { answer.body["code"] == "idempotency-key-required" } else { of_its_form };
            assert_eq!(for_the_key, refused, "{} with {key:?}: {}", operation.id, answer.text);
        }
    }
}
