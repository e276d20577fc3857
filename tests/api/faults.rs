//! Faults that no command can make, planted in books of real history: `soquy verify` finds each by what it is, besides the hash of
//! the fact that was changed. A deleted seal is found in `verify.rs`.

use serde_json::{Value, json};
use sqlx::{AssertSqlSafe, Executor as _};

use crate::loans::bank::{Bank, Deal, JOBS, POOR};
use crate::support::VU_QUY;

/// What an agreement of 10,000,000 in ten monthly parts asks, from its fund to its payout.
async fn supported(bank: &Bank) -> String {
    let post = async |path: &str, body: Value| bank.post(&bank.officer, path, body).await.expect(201);
    let fund = json!({"kind": "revolving", "name": "Quỹ quay vòng", "opened_on": "2025-07-01"});
    bank.post(&bank.accountant, "funds", fund).await.expect(201);
    let source = json!({"fund_id": 2, "name": "Ngân sách", "origin": "central_budget", "may_revolve": true, "must_return": false,
                        "opened_on": "2025-07-01"});
    bank.post(&bank.accountant, "sources", source).await.expect(201);
    let capital = json!({"on": "2025-07-01", "amount": "50000000", "till": "cash", "party": "Kho bạc", "address": "Vũ Quý"});
    bank.post(&bank.accountant, "sources/4/receipts", capital).await.expect(201);
    let project = json!({
        "fund_id": 2, "name": "Nuôi bò", "programme": "Giảm nghèo", "purpose": "breeding_stock", "from_on": "2025-07-01",
        "to_on": "2028-07-01", "household_cap": "20000000", "budget": "50000000",
        "terms": {"basis": {"kind": "capital_percent", "percent": "100"}, "rounding_unit": 1000,
                  "due": {"kind": "instalments", "every_months": 1, "count": 10, "first_after_months": 1}},
    });
    let project = post("projects", project).await["project_id"].as_str().unwrap().to_owned();
    let household = bank.household("poor").await;
    let request = json!({"household_id": household, "amount": "10000000", "purpose": "Mua bò"});
    let request = post(&format!("projects/{project}/requests"), request).await;
    let request = request["request_id"].as_str().unwrap();
    let meeting = json!({"minutes_no": "1/BB", "held_on": "2026-03-02", "hamlet": "Thôn 1", "chair": "Chính", "attendees": 40,
                         "votes": [{"request_id": request, "for": 40, "against": 0}]});
    post(&format!("projects/{project}/meetings"), meeting).await;
    let path = format!("projects/{project}/requests/{request}/approval");
    let signing = json!({"source_id": 4, "signed_on": "2026-03-02"});
    let signed = bank.approved(bank.post(&bank.officer, &path, signing).await).await;
    let agreement = signed["agreement_id"].as_str().unwrap().to_owned();
    let payout = json!({"on": "2026-03-02", "till": "cash"});
    bank.approved(bank.post(&bank.officer, &format!("support/{agreement}/payout"), payout).await).await;
    agreement
}

/// A spring: loans of three owners, one with interest receivable; a sheet with savings; support of which a part becomes overdue; and
/// a repayment entered two months late.
async fn spring() -> Bank {
    let mut bank = Bank::open().await;
    sqlx::query("update programme_rule set income = 'accrual' where product_code = '03_worker'")
        .execute(&bank.app.owner)
        .await
        .unwrap();
    let poor = bank.lent(POOR).await;
    bank.lent(JOBS).await;
    let local = bank.lent(Deal { owner: "commune", amount: 40_000_000, ..POOR }).await;
    let agreement = supported(&bank).await;
    bank.on("2026-03-30");
    let path = format!("groups/{}/sheets", bank.group);
    let sheet = bank.post(&bank.officer, &path, json!({"meeting_on": "2026-04-02"})).await.expect(201);
    bank.on("2026-04-02");
    let row = |at: usize, savings: &str| {
        json!({"row_id": sheet["rows"][at]["row_id"], "collected_on": "2026-04-02",
                                              "collected": {"interest": "100000", "savings": savings, "principal": "0"}})
    };
    let rows = json!({"rows": [row(0, "50000"), row(1, "20000")]});
    let collections = format!("{path}/{}/collections", sheet["sheet_id"].as_str().unwrap());
    bank.app.post(&bank.officer, &format!("/v1/units/{VU_QUY}/{collections}"), rows).await.expect(200);
    bank.on("2026-04-30");
    bank.close("2026-04-30").await;
    bank.on("2026-05-20");
    let handed = json!({"on": "2026-05-20", "source_id": 1, "amount": "30000", "till": "cash"});
    bank.post(&bank.cashier, "savings-handovers", handed).await.expect(201);
    bank.repaid(&local, 5_000_000, "2026-03-20").await;
    let more = json!({"amount": "51000000", "received_on": "2026-05-20", "till": "cash", "accept_overpayment": true});
    bank.post(&bank.cashier, &format!("loans/{poor}/repayments"), more).await.expect(201);
    let repaid = json!({"amount": "400000", "received_on": "2026-05-20", "till": "cash"});
    bank.post(&bank.officer, &format!("support/{agreement}/repayments"), repaid).await.expect(201);
    let loss = json!({"on": "2026-05-20", "amount": "2000000", "decision_no": "45/QĐ", "cause": "Bò chết"});
    bank.post(&bank.officer, &format!("support/{agreement}/loss"), loss).await.expect(202);
    bank.close("2026-05-20").await;
    bank
}

/// Moves the journals of some numbers to another day, header and lines.
fn moved(numbers: &str, to: &str) -> String {
    format!(
        "create temp table moved on commit drop as {numbers};
         update journal set effective_on = '{to}' where journal_no in (select journal_no from moved);
         update line set effective_on = '{to}' where journal_no in (select journal_no from moved)"
    )
}

/// What a superuser plants, and how the claim that is about it puts it.
type Fault = (&'static str, String, &'static [&'static str]);

/// Journals of a kind.
fn of(kind: &str, more: &str) -> String {
    format!("select journal_no from journal where kind = '{kind}' and {more}")
}

/// Lines that are not as they were.
fn line(set: &str, of: &str) -> String {
    format!("update line set {set} where {of}")
}

/// On a wrong day or a wrong account.
fn misplaced() -> Vec<Fault> {
    let late = of("loan_adjustment", "effective_on = '2026-04-30'");
    let receivable = "journal_no in (select journal_no from line where account = '3911')";
    vec![
        (
            "the difference of a late repayment on the day of its cause",
            moved(&late, "2026-03-20"),
            &["at the end of 2026-03-31, source 3: account"],
        ),
        (
            "interest receivable of a month in the next",
            moved(
                &of("loan_accrual", &format!("effective_on = '2026-04-30' and {receivable}")),
                "2026-05-01",
            ),
            &["at the end of 2026-04-30, source 2: account 3911 stands at"],
        ),
        (
            "a till below zero on a past day",
            moved(&of("capital_received", "true"), "2026-04-01"),
            &["account 101 stood at -130000000 at worst, below zero first on 2026-03-02"],
        ),
        (
            "overdue capital left within its days",
            line("account = '2011'", "account = '2012' and effective_on = '2026-04-30' and source_id = 4"),
            &["at the end of 2026-04-30, source 4: account 2011 stands at"],
        ),
        (
            "capital reported as lost left within its days",
            line("account = '2011'", "account = '2911'"),
            &["at the end of 2026-05-31, source 4: account 2911 stands at 0, the agreements come to 2000000"],
        ),
        (
            "a provision that is not what the rule says",
            line(
                "amount = amount + case account when '2991' then -1 else 1 end",
                "account in ('2991', '8811') and effective_on = '2026-03-31' and source_id = 3",
            ) + "; update loan_state set general = general + 1 where general > 0",
            &["at the end of 2026-03-31, source 3: account 2991 stands at", "general is"],
        ),
        (
            "savings of members booked as the fund's",
            line("account = '4411'", "account = '4627' and effective_on = '2026-04-02'"),
            &[
                "at the end of 2026-04-30, source 1: account 4627 stands at 0, the savings of members come to -50000",
            ],
        ),
        (
            "savings handed over in another month than the paper's",
            moved(&of("savings_handed_over", "true"), "2026-04-03")
                + "; update journal set effective_on = '2026-05-20' where kind = 'savings_handed_over'",
            &[
                "at the end of 2026-04-30, source 1: account 4627 stands at -20000, the savings of members come to -50000",
            ],
        ),
    ]
}

/// Against what else is on record.
fn contradicting() -> Vec<Fault> {
    vec![
        (
            "a paper whose number crosses its day",
            "update voucher set issued_on = '2026-03-01' where kind = 'receipt' and number = (select max(number) from voucher where kind = 'receipt')"
                .to_owned(),
            &["of book 01 is of 2026-03-01, the one before it of"],
        ),
        (
            "the split of a repayment of a loan that its journal contradicts",
            "update loan_event set split = split || jsonb_build_object('principal', '4000000', 'interest', '1000000')
              where kind = 'repaid' and value_on = '2026-03-20'"
                .to_owned(),
            &["of 2026-03-20 says principal 4000000 and 0 too much, its journal"],
        ),
        (
            "the split of a repayment of support that its journal contradicts",
            "update agreement_event set principal = 300000, interest = 100000 where kind = 'repaid'".to_owned(),
            &[
                "of 2026-05-20 says principal 300000 and 0 too much, its journal",
                "stands divided as principal 300000, interest 100000",
            ],
        ),
        (
            "what was paid too much taken by the fund",
            line("account = '7011'", "account = '4628'"),
            &["at the end of 2026-05-31, source 1: account 4628 stands at 0, the loans come to -"],
        ),
        (
            "a repayment of support booked on a loan",
            "update line set subject_id = (select min(loan_id::text)::uuid from loan) where account in ('2011', '2012')
                and journal_no in (select journal_no from journal where kind = 'support_repayment')"
                .to_owned(),
            &["the agreements come to", "the loans come to"],
        ),
    ]
}

#[tokio::test]
async fn every_planted_fault_is_found_by_the_claim_that_is_about_it() {
    let bank = spring().await;
    bank.proved().await;
    let mut missed = Vec::new();
    for (what, sql, told) in misplaced().into_iter().chain(contradicting()) {
        let mut tx = bank.app.owner.begin().await.unwrap();
        tx.execute("set local session_replication_role = replica; set local soquy.unit_id = 13141")
            .await
            .unwrap();
        tx.execute(AssertSqlSafe(sql.clone())).await.unwrap();
        let report =
            soquy::verify::verify_unit(&mut tx, VU_QUY, &[], &soquy::jobs::Teller::silent()).await.unwrap();
        tx.rollback().await.unwrap();
        let findings: Vec<String> = report.proofs.into_iter().flat_map(|proof| proof.findings).collect();
        for told in told.iter().filter(|told| !findings.iter().any(|found| found.contains(**told))) {
            missed.push(format!("{what}: nothing says {told:?} in {findings:#?}"));
        }
    }
    assert!(missed.is_empty(), "{}", missed.join("\n"));
}
