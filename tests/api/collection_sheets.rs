//! Collection sheets: prepared before the meeting; sent twice, in pieces, weeks late.

use serde_json::{Value, json};
use soquy::access::Role;
use soquy::db::Scope;
use uuid::Uuid;

use crate::groups;
use crate::loans::bank::{Bank, Deal, JOBS, POOR};
use crate::support::{Answer, Person, VU_QUY, day};

/// Interest of 31 days at 6.6 % on 50,000,000 …
const POOR_INTEREST: &str = "280274";

/// … and on 20,000,000.
const SMALL_INTEREST: &str = "112110";

/// A group with three loans of 2 March: 50,000,000 and 20,000,000 of entrusted capital, 30,000,000 of own. Its sheet for
/// the meeting of 2 April, the day it is.
struct Village {
    bank: Bank,
    loans: [String; 3],
    sheet: Value,
    path: String,
}

impl Village {
    async fn new() -> Self {
        let mut bank = Bank::open().await;
        let small = Deal { amount: 20_000_000, ..POOR };
        let loans = [bank.lent(POOR).await, bank.lent(small).await, bank.lent(JOBS).await];
        let path = format!("groups/{}/sheets", bank.group);
        bank.on("2026-03-30");
        let sheet = bank.post(&bank.officer, &path, json!({"meeting_on": "2026-04-02"})).await.expect(201);
        bank.on("2026-04-02");
        let path = format!("{path}/{}", sheet["sheet_id"].as_str().unwrap());
        Self { bank, loans, sheet, path }
    }

    /// Row `at` as it comes back from 2 April.
    fn row(&self, at: usize, interest: &str, principal: &str) -> Value {
        json!({"row_id": self.sheet["rows"][at]["row_id"], "collected_on": "2026-04-02",
               "collected": {"interest": interest, "savings": "0", "principal": principal}})
    }

    async fn send(&self, who: &Person, rows: &[&Value]) -> Answer {
        let path = format!("/v1/units/{VU_QUY}/{}/collections", self.path);
        self.bank.app.post(who, &path, json!({"rows": rows})).await
    }

    async fn as_leader(&self, rows: &[&Value]) -> Value {
        self.send(&self.bank.leader, rows).await.expect(200)
    }

    async fn as_officer(&self, rows: &[&Value]) -> Value {
        self.send(&self.bank.officer, rows).await.expect(200)
    }

    /// Cash and interest income of the entrusted source.
    async fn books(&self) -> [i64; 2] {
        self.bank.accounts(1, ["101", "7011"]).await
    }

    async fn close_before(&self, on: &str) {
        self.bank.close(&day(on).pred_opt().unwrap().to_string()).await;
        let scope = Scope { unit: VU_QUY, actor: None, action: "test" };
        let close = async |conn: &mut _| Ok(soquy::ledger::close_before(conn, VU_QUY, day(on), "").await?);
        self.bank.app.app.within(scope, close).await.unwrap();
    }
}

fn states(verdicts: &Value) -> Vec<&str> {
    verdicts.as_array().unwrap().iter().map(|verdict| verdict["state"].as_str().unwrap()).collect()
}

fn codes(verdicts: &Value) -> Vec<&str> {
    verdicts.as_array().unwrap().iter().map(|verdict| verdict["code"].as_str().unwrap_or("-")).collect()
}

/// 2,000,000,000 đồng less the two loans of source 1.
const CASH: i64 = 1_930_000_000;

#[tokio::test]
async fn a_sheet_expects_the_unpaid_interest_and_the_principal_that_is_due_of_each_living_loan() {
    let mut village = Village::new().await;
    let rows = village.sheet["rows"].as_array().unwrap();
    let shown: Vec<_> = rows
        .iter()
        .map(|r| [&r["agreement_id"], &r["expected_interest"], &r["expected_principal"], &r["outcome"]])
        .collect();
    let [poor, small, _] = &village.loans;
    assert_eq!(shown[0], [&json!(poor), &json!(POOR_INTEREST), &json!("0"), &Value::Null]);
    assert_eq!(shown[1], [&json!(small), &json!(SMALL_INTEREST), &json!("0"), &Value::Null]);
    assert_eq!(rows.len(), 3);
    assert!(rows.iter().all(|row| row["code"].as_str().unwrap().len() == 9));
    assert_eq!(rows[0]["representative"], "Phạm Thị Lan");
    // Settled before the next meeting: it has no row any more. A year later a fifth of the rest falls due.
    village.bank.repaid(small, 20_112_110, "2026-04-02").await;
    village.bank.repaid(poor, 280_274, "2026-04-02").await;
    village.bank.on("2027-02-20");
    let path = format!("groups/{}/sheets", village.bank.group);
    let new = json!({"meeting_on": "2027-03-02"});
    let next = village.bank.post(&village.bank.officer, &path, new).await.expect(201);
    let rows = next["rows"].as_array().unwrap();
    assert_eq!((rows.len(), &rows[0]["agreement_id"]), (2, &json!(poor)));
    // 6.6 % on 50,000,000, each month rounded: 6 of 31 days at 280,274, 4 of 30 at 271,233, and 253,151.
    assert_eq!(
        (&rows[0]["expected_interest"], &rows[0]["expected_principal"]),
        (&json!("3019727"), &json!("10000000"))
    );
}

#[tokio::test]
async fn a_leader_sees_the_sheets_and_the_loans_of_the_group_led_and_of_no_other() {
    let village = Village::new().await;
    let (bank, base) = (&village.bank, format!("/v1/units/{VU_QUY}"));
    let shown = bank.app.get(&bank.leader, &format!("{base}/{}", village.path)).await.expect(200);
    assert_eq!(shown, village.sheet);
    let other = bank.app.person("other", VU_QUY, &[Role::GroupLeader]).await;
    let elsewhere = groups::a_group(&bank.app, &bank.officer, "Tổ 2").await;
    let post = json!({"post": "leader", "name": "Ông Ba", "user_id": other.user_id, "from_on": "2026-01-10"});
    bank.app.post(&bank.officer, &format!("{elsewhere}/board"), post).await.expect(201);
    bank.app.get(&other, &format!("{base}/{}", village.path)).await.refused(404, "not-found");
    let row = village.row(0, POOR_INTEREST, "0");
    village.send(&other, &[&row]).await.refused(404, "not-found");
    let loan = &village.loans[0];
    let body = json!({"amount": "100000", "received_on": "2026-04-02", "till": "cash"});
    let repayments = format!("loans/{loan}/repayments");
    bank.post(&other, &repayments, body.clone()).await.refused(404, "not-found");
    bank.post(&other, &format!("{repayments}:preview"), body.clone()).await.refused(404, "not-found");
    for path in
        [format!("loans/{loan}"), format!("loans/{loan}/payoff"), format!("loans?group={}", bank.group)]
    {
        bank.app.get(&bank.leader, &format!("{base}/{path}")).await.expect(200);
        bank.app.get(&other, &format!("{base}/{path}")).await.refused(404, "not-found");
    }
    let count = |page: Value| page["items"].as_array().unwrap().len();
    for path in ["loans", "loan-requests"] {
        assert_eq!(count(bank.app.get(&bank.leader, &format!("{base}/{path}")).await.expect(200)), 3);
        assert_eq!(count(bank.app.get(&other, &format!("{base}/{path}")).await.expect(200)), 0);
    }
    let request = bank.loan(loan).await["loan_request_id"].as_str().unwrap().to_owned();
    bank.app.get(&other, &format!("{base}/loan-requests/{request}")).await.refused(404, "not-found");
    assert_eq!(village.books().await, [CASH, 0]);
    bank.post(&bank.leader, &repayments, body).await.expect(201);
    assert_eq!(village.books().await, [CASH + 100_000, -100_000]);
}

#[tokio::test]
async fn pieces_and_repeats_record_each_row_once() {
    let mut village = Village::new().await;
    let (first, second) = (village.row(0, POOR_INTEREST, "0"), village.row(1, SMALL_INTEREST, "0"));
    let piece = village.as_leader(&[&first]).await;
    assert_eq!(states(&piece), ["recorded"]);
    let receipt = &piece[0]["outcome"]["repayment"];
    assert_eq!(
        [
            &receipt["amount"],
            &receipt["split"]["interest"],
            &receipt["split"]["principal"],
            &receipt["loan_id"]
        ],
        [&json!(POOR_INTEREST), &json!(POOR_INTEREST), &json!("0"), &json!(village.loans[0])]
    );
    assert_eq!(
        (&receipt["voucher"]["kind"], &piece[0]["outcome"]["savings"]),
        (&json!("receipt"), &Value::Null)
    );
    let whole = village.as_leader(&[&first, &second, &second]).await;
    assert_eq!(states(&whole), ["replayed", "recorded", "replayed"]);
    assert_eq!(whole[0]["outcome"], piece[0]["outcome"]);
    village.bank.on("2026-05-20");
    let late = village.as_officer(&[&first, &second]).await;
    assert_eq!((states(&late), &late[0]["outcome"]), (vec!["replayed"; 2], &piece[0]["outcome"]));
    assert_eq!(village.books().await, [CASH + 392_384, -392_384]);
    let list = village.bank.get(&format!("groups/{}/sheets", village.bank.group)).await;
    assert_eq!((&list["items"][0]["row_count"], &list["items"][0]["recorded_count"]), (&json!(3), &json!(2)));
    village.bank.proved().await;
}

#[tokio::test]
async fn refused_rows_do_not_hold_back_the_others_and_may_be_sent_again() {
    let village = Village::new().await;
    let (good, principal) = (village.row(0, POOR_INTEREST, "0"), village.row(1, SMALL_INTEREST, "1000000"));
    let mut stranger = good.clone();
    stranger["row_id"] = json!(Uuid::nil());
    let mut early = village.row(2, "1000", "0");
    early["collected_on"] = json!("2026-03-29");
    let mut slip = village.row(2, "0", "0");
    slip["collected"]["savings"] = json!("999999999999999999");
    let (other, nothing) = (village.row(0, "280275", "0"), village.row(2, "0", "0"));
    let sent = [&good, &principal, &stranger, &other, &nothing, &slip, &early];
    let verdicts = village.as_leader(&sent).await;
    assert_eq!(
        codes(&verdicts),
        ["-", "forbidden", "not-found", "idempotency-key-reused", "nothing", "too-much", "wrong-day"]
    );
    assert!(verdicts[1]["detail_en"].as_str().unwrap().contains("principal"));
    // A leader's row of more than the interest earned is principal under another name.
    let more = village.as_leader(&[&village.row(1, "112111", "0")]).await;
    assert_eq!((states(&more), codes(&more)), (vec!["refused"], vec!["forbidden"]));
    // The loan refuses its own row and no other; the row stays open and is recorded when it is right.
    let (too_much, jobs) = (village.row(1, SMALL_INTEREST, "20000001"), village.row(2, "1000", "0"));
    let mixed = village.as_officer(&[&too_much, &jobs, &too_much]).await;
    assert_eq!(
        (states(&mixed), codes(&mixed)),
        (vec!["refused", "recorded", "refused"], vec!["overpaid", "-", "overpaid"])
    );
    assert_eq!(mixed[0]["detail_en"], "20,112,110 đồng is owed.");
    let again = village.as_officer(&[&principal]).await;
    assert_eq!(states(&again), ["recorded"]);
    let split = &again[0]["outcome"]["repayment"]["split"];
    assert_eq!([&split["interest"], &split["principal"]], [&json!(SMALL_INTEREST), &json!("1000000")]);
    assert_eq!(village.books().await, [CASH + 280_274 + 1_112_110, -392_384]);
    village.bank.proved().await;
}

#[tokio::test]
async fn a_row_that_the_counter_has_settled_meanwhile_is_refused_and_no_money_is_taken_twice() {
    let mut village = Village::new().await;
    let mut row = village.row(1, "108493", "0");
    row["collected_on"] = json!("2026-04-01");
    village.bank.repaid(&village.loans[1], 20_112_110, "2026-04-02").await;
    village.bank.on("2026-04-20");
    let late = village.as_leader(&[&row]).await;
    assert_eq!((states(&late), codes(&late)), (vec!["refused"], vec!["overpaid"]));
    assert!(late[0]["detail_en"].as_str().unwrap().contains("108,493 đồng is too much"), "{late}");
    assert_eq!(village.bank.accounts(1, ["101", "4628"]).await, [CASH + 20_112_110, 0]);
    let list = village.bank.get(&format!("groups/{}/sheets", village.bank.group)).await;
    assert_eq!(list["items"][0]["recorded_count"], 0);
}

#[tokio::test]
async fn savings_are_owed_to_the_bank_from_the_moment_they_are_taken() {
    let village = Village::new().await;
    let mut both = village.row(0, POOR_INTEREST, "0");
    both["collected"]["savings"] = json!("50000");
    let mut alone = village.row(1, "0", "0");
    alone["collected"]["savings"] = json!("20000");
    let mut refused = village.row(2, "900000000", "0");
    refused["collected"]["savings"] = json!("70000");
    let verdicts = village.as_leader(&[&both, &alone, &refused]).await;
    assert_eq!(states(&verdicts), ["recorded", "recorded", "refused"]);
    assert_eq!(verdicts[1]["outcome"]["repayment"], Value::Null);
    let journal = verdicts[0]["outcome"]["savings"]["journal_no"].as_i64().unwrap();
    assert_eq!(village.bank.lines(journal).await, ["101 50000", "4627 -50000"]);
    assert_eq!(village.bank.accounts(1, ["101", "4627"]).await, [CASH + 280_274 + 70_000, -70_000]);
    assert_eq!(village.bank.account("4627", 2).await, 0);
    assert_eq!(states(&village.as_leader(&[&both, &alone]).await), ["replayed", "replayed"]);
    assert_eq!(village.bank.account("4627", 1).await, -70_000);
    let accountant = village.bank.app.person("ketoan", VU_QUY, &[Role::Accountant]).await;
    let body = json!({"on": "2026-04-02", "reason": "Nhầm"});
    let path = format!("/v1/units/{VU_QUY}/journals/{journal}/reversal");
    let refused =
        village.bank.app.post_once(&accountant, "reverse-1", &path, body).await.refused(409, "wrong-state");
    let instead = "These savings stand on a collection sheet, which keeps what was collected; correct a mistake with a manual journal.";
    assert_eq!(refused["detail"], instead);
    village.bank.proved().await;
}

#[tokio::test]
async fn savings_are_never_spent_and_go_to_the_bank_up_to_what_is_held() {
    let village = Village::new().await;
    let bank = &village.bank;
    let mut row = village.row(0, POOR_INTEREST, "0");
    row["collected"]["savings"] = json!("70000");
    assert_eq!(states(&village.as_leader(&[&row]).await), ["recorded"]);
    let figures = async || {
        let source = bank.get("sources/1").await;
        ["free", "held_for_others"].map(|field| source[field].as_str().unwrap().to_owned())
    };
    assert_eq!(figures().await, ["1930280274", "70000"]);
    let back = |amount: &str| json!({"on": "2026-04-02", "amount": amount, "till": "cash", "party": "NHCSXH", "address": "Vũ Quý"});
    let refused = bank.post(&bank.accountant, "sources/1/returns", back("1930280275")).await;
    assert_eq!(
        refused.refused(409, "source-short")["detail"],
        "Source 1 would stand at 69,999 đồng on 2 April 2026, and 70,000 đồng are others' money (members' savings, \
         what was paid too much): pay out less, or take in capital first."
    );
    bank.approved(bank.post(&bank.accountant, "sources/1/returns", back("1900000000")).await).await;
    let deal = Deal { amount: 30_300_000, on: "2026-04-02", ..POOR };
    let loan = bank.signed(bank.household("poor").await, deal).await;
    let payout = json!({"amount": "30300000", "paid_on": "2026-04-02", "till": "cash"});
    let asked = bank.post(&bank.officer, &format!("loans/{loan}/disbursements"), payout).await.expect(202);
    let decide = format!("approvals/{}/approve", asked["approval_id"].as_str().unwrap());
    let short = bank.post(&bank.approver, &decide, json!({})).await.refused(409, "source-short");
    let figures_of_it =
        "Source 1 would stand at 50,274 đồng on 2 April 2026, and 70,000 đồng are others' money";
    assert!(short["detail"].as_str().unwrap().starts_with(figures_of_it), "{short}");
    let hand = async |who: &Person, on: &str, amount: &str| {
        let body =
            json!({"on": on, "source_id": 1, "amount": amount, "till": "cash", "document_no": "GNT 12"});
        bank.post(who, "savings-handovers", body).await
    };
    hand(&bank.officer, "2026-04-02", "1").await.refused(403, "forbidden");
    let more = hand(&bank.cashier, "2026-04-02", "70001").await.refused(409, "source-short");
    assert_eq!(
        more["detail"],
        "Savings held with source 1 would stand at -1 đồng on 2 April 2026: hand over only what was collected."
    );
    hand(&bank.cashier, "2026-04-01", "1").await.refused(409, "source-short");
    let handed = hand(&bank.cashier, "2026-04-02", "70000").await.expect(201);
    assert_eq!(
        (&handed["kind"], &handed["description"], &handed["voucher"]["kind"]),
        (
            &json!("savings_handed_over"),
            &json!("Nộp tiền gửi tiết kiệm của tổ viên cho Ngân hàng Chính sách xã hội theo GNT 12"),
            &json!("payment")
        )
    );
    let journal = handed["journal_no"].as_i64().unwrap();
    assert_eq!(bank.lines(journal).await, ["101 -70000", "4627 70000"]);
    assert_eq!(figures().await, ["30280274", "0"]);
    bank.proved().await;
    let reversal = json!({"on": "2026-04-02", "reason": "Ngân hàng không nhận"});
    let asked = bank.post(&bank.accountant, &format!("journals/{journal}/reversal"), reversal).await;
    bank.approved(asked).await;
    assert_eq!(figures().await, ["30280274", "70000"]);
    bank.proved().await;
}

#[tokio::test]
async fn weeks_late_into_closed_books_it_counts_on_the_first_open_day_and_names_its_own() {
    let mut village = Village::new().await;
    village.bank.on("2026-05-20");
    village.close_before("2026-05-01").await;
    let mut row = village.row(0, POOR_INTEREST, "0");
    row["collected"]["savings"] = json!("50000");
    let verdicts = village.as_leader(&[&row]).await;
    let outcome = &verdicts[0]["outcome"];
    assert_eq!(
        [&outcome["repayment"]["received_on"], &outcome["repayment"]["split"]["interest"]],
        ["2026-04-02", POOR_INTEREST]
    );
    for part in ["repayment", "savings"] {
        let journal = village.bank.get(&format!("journals/{}", outcome[part]["journal_no"])).await;
        assert_eq!(journal["effective_on"], "2026-05-01");
        let description = journal["description"].as_str().unwrap();
        assert!(description.ends_with("(ngày 02/04/2026)"), "{description}");
    }
    // The loan owes interest only since the day the money changed hands: 48 days of 6.6 % on 50,000,000 are 433,972.60,
    // of which 30 days of the first period and 18 of the next are rounded each.
    let shown = village.bank.loan_on(&village.loans[0], "2026-05-20").await;
    assert_eq!(shown["state"]["interest"]["unpaid"], "433973");
    assert_eq!(states(&village.as_leader(&[&row]).await), ["replayed"]);
    assert_eq!(village.books().await, [CASH + 330_274, -280_274]);
    village.bank.proved().await;
}

#[tokio::test]
async fn the_same_sheet_sent_by_two_at_once_is_recorded_once() {
    let village = Village::new().await;
    let rows = [&village.row(0, POOR_INTEREST, "0"), &village.row(1, SMALL_INTEREST, "0")];
    let (one, two) = tokio::join!(village.as_leader(&rows), village.as_officer(&rows));
    let mut found = [states(&one), states(&two)];
    found.sort();
    assert_eq!(found, [vec!["recorded"; 2], vec!["replayed"; 2]]);
    assert_eq!(one[0]["outcome"], two[0]["outcome"]);
    assert_eq!(village.books().await, [CASH + 392_384, -392_384]);
    village.bank.proved().await;
}

#[tokio::test]
async fn a_key_of_the_call_gives_the_whole_answer_again() {
    let village = Village::new().await;
    let path = format!("/v1/units/{VU_QUY}/{}/collections", village.path);
    let body = json!({"rows": [village.row(0, POOR_INTEREST, "0")]});
    let send = async || {
        village.bank.app.post_once(&village.bank.leader, "sheet-of-april", &path, body.clone()).await
    };
    let first = send().await.expect(200);
    let again = send().await;
    assert_eq!(again.headers["idempotent-replayed"], "true");
    assert_eq!(again.expect(200), first);
    assert_eq!(states(&first), ["recorded"]);
}

#[tokio::test]
async fn sheets_that_cannot_be_are_refused() {
    let village = Village::new().await;
    let (bank, path) = (&village.bank, format!("groups/{}/sheets", village.bank.group));
    let row = |at: usize| {
        json!({"membership_id": village.sheet["rows"][at]["membership_id"], "agreement_id": village.loans[at],
               "expected": {"interest": "1", "savings": "50000", "principal": "0"}})
    };
    let good = json!({"meeting_on": "2026-05-05", "rows": [row(0)]});
    for (pointer, value, at) in [
        ("/meeting_on", json!("2026-04-01"), "/meeting_on"),
        ("/meeting_on", json!("2027-04-04"), "/meeting_on"),
        ("/meeting_on", json!("2026-02-30"), "/meeting_on"),
        ("/rows", json!([]), "/rows"),
        ("/rows", json!([row(0), row(0)]), "/rows/1/agreement_id"),
        ("/rows/0/membership_id", json!(Uuid::nil()), "/rows/0/membership_id"),
        ("/rows/0/membership_id", row(1)["membership_id"].clone(), "/rows/0/agreement_id"),
        ("/rows/0/agreement_id", json!(Uuid::nil()), "/rows/0/agreement_id"),
        ("/rows/0/expected/interest", json!("0.5"), "/rows/0/expected/interest"),
    ] {
        let mut wrong = good.clone();
        *wrong.pointer_mut(pointer).unwrap() = value;
        let refused = bank.post(&bank.officer, &path, wrong).await.refused(422, "invalid-field");
        assert_eq!(refused["errors"][0]["pointer"], at);
    }
    let made = bank.post(&bank.officer, &path, good.clone()).await.expect(201);
    assert_eq!(
        (made["row_count"].as_i64(), &made["rows"][0]["expected_savings"]),
        (Some(1), &json!("50000"))
    );
    bank.post(&bank.officer, &path, good.clone()).await.refused(409, "already-exists");
    bank.post(&bank.leader, &path, good).await.refused(403, "forbidden");
    village.send(&bank.officer, &[]).await.refused(422, "invalid-field");
    village.send(&bank.accountant, &[&village.row(0, "1", "0")]).await.refused(403, "forbidden");
    let empty = groups::a_group(&bank.app, &bank.officer, "Tổ 2").await;
    let nobody = json!({"meeting_on": "2026-05-05"});
    bank.app.post(&bank.officer, &format!("{empty}/sheets"), nobody).await.refused(422, "invalid-field");
}
