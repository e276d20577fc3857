//! What is kept of loans besides their events: states, and the accounts that are sums over them.

use serde_json::json;
use soquy::domain::books::account_role::AccountRole;
use sqlx::{AssertSqlSafe, Executor as _};

use super::bank::{Bank, JOBS, POOR};
use crate::support::VU_QUY;
use crate::support::books::{insist, line, post_with, run};

/// Accounts that are sums, and one to stand opposite.
const SUMS: [(&str, &str); 6] =
    [("3911", "7011"), ("2991", "8811"), ("2992", "8812"), ("9411", "000"), ("9412", "000"), ("9712", "000")];

#[tokio::test]
async fn accounts_that_are_sums_over_loans_take_no_lines_by_hand() {
    let bank = Bank::open().await;
    bank.lent(POOR).await;
    let stated: Vec<String> = sqlx::query_scalar(
        "select distinct role from subledgers($1) where source_id is not null order by role",
    )
    .bind(VU_QUY)
    .fetch_all(&bank.app.owner)
    .await
    .unwrap();
    let mut sums =
        AccountRole::ALL.iter().filter(|role| role.is_sum()).map(|role| role.name()).collect::<Vec<_>>();
    sums.sort_unstable();
    assert_eq!(stated, sums);
    for (account, other) in SUMS {
        let side = |account: &str, side: &str| json!({"account": account, "source": 1, "side": side, "amount": "10"});
        let lines = [side(account, "debit"), side(other, "credit")];
        let body = json!({"on": "2026-03-02", "description": "ghi tay", "lines": lines});
        let refused = bank.post(&bank.accountant, "journals", body).await.refused(409, "wrong-state");
        assert_eq!(
            refused["detail"],
            format!(
                "Account {account} is a sum over loans: the close of their day books interest and provisions; payments, measures and \
                 write-offs are entered at the loan itself."
            )
        );
        let lines = [line(account, 1, "10"), line(other, 1, "-10")];
        let by = |kind: &str| post_with(&json!({"kind": kind}), "2026-03-02", &lines);
        for kind in ["manual", "capital_received"] {
            insist(account, run(&bank.app, "soquy_app", &by(kind)).await, "SQ434", "which is a sum");
        }
        run(&bank.app, "soquy_app", &by("loan_accrual")).await.expect("control: the close of a day");
    }
}

/// What is planted in the state of a loan, and what must be said of it after `state of loan …: `.
const PLANTED: &[(&str, &str)] = &[
    ("last_seq = 7", "last_seq is 7, its events give 2"),
    ("status = 'signed'", "status is signed, its events give overdue"),
    ("status = 'current'", "status is current, its events give overdue"),
    ("final_due_on = final_due_on + 1", "final_due_on is 2029-03-03, its events give 2029-03-02"),
    ("late_since = null", "late_since is nothing, its events give 2027-03-02"),
    ("late_since = '2027-03-03'", "late_since is 2027-03-03, its events give 2027-03-02"),
    ("unpaid_interest = unpaid_interest + 1", "unpaid_interest is 215876, its events give 215875"),
    ("returned = 1", "returned is 1, its events give 554293"),
    ("returned_into = null", "returned_into is nothing, its events give 2"),
    ("last_paid_on = null", "last_paid_on is nothing, its events give 2027-02-20"),
    ("in_term = in_term + 1", "in_term is 20000001, its events give 20000000"),
    ("overdue = overdue + 1", "overdue is 9445708, its events give 9445707"),
    ("frozen = 1", "frozen is 1, its events give 0"),
    ("receivable = receivable + 1", "receivable is 1, its events give 0"),
    ("overpaid = 1", "overpaid is 1, its events give 0"),
    ("income = income + 1", "income is 2445708, its events give 2445707"),
    ("lost = 1", "lost is 1, its events give 0"),
    ("lost_interest = 1", "lost_interest is 1, its events give 0"),
    ("unpaid_in_term = unpaid_in_term + 1", "unpaid_in_term is 1, its events give 0"),
    ("unpaid_overdue = unpaid_overdue + 1", "unpaid_overdue is 215876, its events give 215875"),
    ("written_off = 1", "written_off is 1, its events give 0"),
    ("written_off_interest = 1", "written_off_interest is 1, its events give 0"),
];

#[tokio::test]
async fn every_column_of_a_state_that_its_events_do_not_give_is_named() {
    let mut bank = Bank::open().await;
    let loan = bank.lent(JOBS).await;
    bank.on("2027-02-20");
    bank.repaid(&loan, 3_000_000, "2027-02-20").await;
    bank.on("2027-03-22");
    bank.close("2027-03-22").await;
    let proofs = async |deed: String| {
        let mut tx = bank.app.owner.begin().await.unwrap();
        tx.execute("set local session_replication_role = replica; set local soquy.unit_id = 13141")
            .await
            .unwrap();
        tx.execute(AssertSqlSafe(deed)).await.unwrap();
        let report =
            soquy::verify::verify_unit(&mut tx, VU_QUY, &[], &soquy::jobs::Teller::silent()).await.unwrap();
        tx.rollback().await.unwrap();
        report.proofs.into_iter().flat_map(|proof| proof.findings).collect::<Vec<_>>()
    };
    assert_eq!(proofs("select 1".to_owned()).await, [""; 0]);
    for (planted, told) in PLANTED {
        let found = proofs(format!("update loan_state set {planted}")).await;
        let told = format!("state of loan {loan}: {told}");
        assert!(found.contains(&told), "{planted}: {found:?}");
    }
    // What is set aside follows from the rates of the last closed day; the books tell too.
    for (column, told, given) in [
        (
            "general",
            "account 2991, source 2 stands at 0, the sub-ledger says -1",
            "general is 1, its events give 0",
        ),
        (
            "specific",
            "account 2992, source 2 stands at -1472285, the sub-ledger says -1472286",
            "specific is 1472286, its events give 1472285",
        ),
    ] {
        let given = format!("state of loan {loan}: {given}");
        let planted = format!("update loan_state set {column} = {column} + 1");
        assert_eq!(proofs(planted).await, [told.to_owned(), given]);
    }
    // A đồng that stood on another account at the end of some months and is back by now.
    let moved = proofs(
        "update line l set amount = amount + case n when 1 then 1 else -1 end
           from (select journal_no, line_no, row_number() over (order by effective_on, journal_no) as n from line
                  where unit_id = 13141 and account = '9411') m
          where l.unit_id = 13141 and l.journal_no = m.journal_no and l.line_no = m.line_no and m.n <= 2"
            .to_owned(),
    )
    .await;
    assert!(moved.iter().any(|told| told.starts_with("at the end of 2026-")), "{moved:?}");
    let gone = proofs("delete from loan_state".to_owned()).await;
    assert!(gone.contains(&format!("loan {loan} has no state")), "{gone:?}");
}

#[tokio::test]
async fn papers_of_loans_state_what_moved_on_the_balance_sheet() {
    let mut bank = Bank::open().await;
    let loan = bank.lent(JOBS).await;
    bank.on("2027-03-22");
    bank.close("2027-03-22").await;
    bank.on("2027-04-20");
    bank.repaid(&loan, 30_000_000, "2027-04-20").await;
    let papers: Vec<(String, String, i64, i64, i64)> = sqlx::query_as(
        "select j.kind, v.kind, v.amount::bigint, coalesce(sum(l.amount) filter (where not a.memorandum), 0)::bigint,
                coalesce(sum(l.amount) filter (where a.memorandum), 0)::bigint
           from voucher v
           join journal j using (unit_id, journal_no)
           join line l using (unit_id, journal_no)
           join account a on a.unit_id = l.unit_id and a.code = l.account
          where v.unit_id = $1 and l.amount > 0 and j.kind like 'loan%'
          group by j.journal_no, j.kind, v.kind, v.amount order by j.journal_no",
    )
    .bind(VU_QUY)
    .fetch_all(&bank.app.owner)
    .await
    .unwrap();
    let papers: Vec<String> = papers
        .iter()
        .map(|(journal, paper, amount, on, off)| {
            format!("{journal}: {paper} of {amount} (on balance {on}, off {off})")
        })
        .collect();
    assert_eq!(papers[0], "loan_disbursement: payment of 30000000 (on balance 30000000, off 0)");
    assert_eq!(
        papers[papers.len() - 5..],
        [
            "loan_to_overdue: general of 10000000 (on balance 10000000, off 0)",
            "loan_accrual: general of 1500000 (on balance 1500000, off 2666165)",
            "loan_accrual: general of 68204 (on balance 0, off 68204)",
            "loan_repayment: receipt of 30000000 (on balance 30000000, off 0)",
            "loan_repayment: general of 2734369 (on balance 0, off 2734369)",
        ]
    );
    bank.proved().await;
}
