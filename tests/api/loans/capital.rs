//! Whose money is lent: what its giver allows, and where it goes when it comes back.

use serde_json::json;
use soquy::db::Scope;
use soquy::domain::books::source::{FundKind, Nature, Origin};
use soquy::ledger::sources::NewSource;

use super::bank::{Bank, Deal, JOBS, POOR};
use crate::support::{VU_QUY, day};

/// One more source with 30,000,000 đồng, or empty.
async fn source<'a>(
    bank: &Bank,
    name: &'a str,
    change: impl FnOnce(&mut NewSource<'a>),
    filled: bool,
) -> i32 {
    let mut new = NewSource {
        fund: 1,
        name,
        origin: Origin::Enterprise,
        nature: Nature::Programme,
        giver: None,
        document_no: None,
        may_revolve: true,
        must_return: false,
        purposes: &[],
        recovers_into: None,
        opened_on: day("2025-07-01"),
    };
    change(&mut new);
    new.nature = Nature::usual(FundKind::PreferentialCredit, new.origin, new.must_return);
    let scope = Scope { unit: VU_QUY, actor: None, action: "test" };
    let adding =
        async |conn: &mut soquy::db::Conn| Ok(soquy::ledger::sources::add(conn, VU_QUY, &new).await?);
    let id = bank.app.app.within(scope, adding).await.unwrap();
    if filled {
        let capital = json!({"on": "2025-07-01", "amount": "30000000", "till": "cash", "party": "Công ty", "address": "Vũ Quý"});
        bank.post(&bank.accountant, &format!("sources/{id}/receipts"), capital).await.expect(201);
    }
    id
}

#[tokio::test]
async fn money_given_for_housing_is_not_lent_for_cows() {
    let bank = Bank::open().await;
    let purposes = ["housing".parse().unwrap()];
    let housing = source(&bank, "Xây nhà", |new| new.purposes = &purposes, true).await;
    let household = bank.household("poor").await;
    let ask = async |deal| bank.post(&bank.officer, "loan-requests", bank.request(household, deal)).await;
    ask(Deal { source: Some(housing), owner: "mobilised", ..POOR }).await.refused(409, "source-restricted");
    ask(Deal { source: Some(99), ..POOR }).await.refused(422, "invalid-field");
    let flood = Deal {
        product: "07_flood",
        amount: 15_000_000,
        term: 120,
        source: Some(housing),
        owner: "mobilised",
        ..POOR
    };
    ask(flood).await.expect(201);
}

#[tokio::test]
async fn principal_that_comes_back_goes_to_the_source_it_recovers_into() {
    let mut bank = Bank::open().await;
    let back = source(&bank, "Vốn quay vòng", |new| new.origin = Origin::RecoveredCapital, false).await;
    let given = source(&bank, "Vốn cấp", |new| new.recovers_into = Some(back), true).await;
    let loan = bank.lent(Deal { source: Some(given), ..JOBS }).await;
    bank.on("2026-04-02");
    // 31 days of 30,000,000 at 8.382 %: 213,568.77.
    bank.repaid(&loan, 10_213_569, "2026-04-02").await;
    let accounts = ["101", "2011", "4661", "4662", "7011"];
    assert_eq!(bank.accounts(given, accounts).await, [213_569, 20_000_000, -20_000_000, 0, -213_569]);
    assert_eq!(bank.accounts(back, accounts).await, [10_000_000, 0, 0, -10_000_000, 0]);
    assert_eq!([recovered(&bank, given).await, recovered(&bank, back).await], ["0", "10000000"]);
    bank.proved().await;
    let undo = json!({"seq": 2, "reason": "thu nhầm hộ"});
    bank.approved(bank.post(&bank.officer, &format!("loans/{loan}/reversals"), undo).await).await;
    assert_eq!(bank.accounts(given, accounts).await, [0, 30_000_000, -30_000_000, 0, 0]);
    assert_eq!(bank.accounts(back, accounts).await, [0; 5]);
    assert_eq!([recovered(&bank, given).await, recovered(&bank, back).await], ["0", "0"]);
    bank.proved().await;
}

/// What came back to a source to go round again, as its page shows it.
async fn recovered(bank: &Bank, source: i32) -> String {
    bank.get(&format!("sources/{source}")).await["recovered"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn principal_that_comes_back_counts_as_recovered_where_it_stays_and_where_it_stays_its_owners() {
    let mut bank = Bank::open().await;
    let central = |new: &mut NewSource<'_>| new.origin = Origin::CentralBudget;
    let back = source(&bank, "Trung ương, quay vòng", central, false).await;
    let into = |new: &mut NewSource<'_>| {
        new.origin = Origin::CentralBudget;
        new.recovers_into = Some(back);
    };
    let given = source(&bank, "Trung ương cấp", into, true).await;
    let stays = bank.lent(JOBS).await;
    let moves = bank.lent(Deal { source: Some(given), amount: 20_000_000, ..POOR }).await;
    assert_eq!(recovered(&bank, 2).await, "0");
    bank.on("2026-04-02");
    // 31 days of 30,000,000 at 8.382 %: 213,569; of 20,000,000 at 6.6 %: 112,110.
    bank.repaid(&stays, 10_213_569, "2026-04-02").await;
    bank.repaid(&moves, 5_112_110, "2026-04-02").await;
    let figures = async |bank: &Bank| {
        [recovered(bank, 2).await, recovered(bank, given).await, recovered(bank, back).await]
    };
    assert_eq!(figures(&bank).await, ["10000000", "0", "5000000"]);
    assert_eq!(bank.accounts(back, ["101", "4411", "4662"]).await, [5_000_000, -5_000_000, 0]);
    bank.proved().await;
    for loan in [&stays, &moves] {
        let undo = json!({"seq": 2, "reason": "thu nhầm hộ"});
        bank.approved(bank.post(&bank.officer, &format!("loans/{loan}/reversals"), undo).await).await;
    }
    assert_eq!(figures(&bank).await, ["0", "0", "0"]);
    bank.proved().await;
}

#[tokio::test]
async fn capital_that_does_not_go_round_is_lent_once() {
    let mut bank = Bank::open().await;
    let once = source(&bank, "Nghị quyết 11", |new| new.may_revolve = false, true).await;
    let first = bank.lent(Deal { source: Some(once), amount: 20_000_000, ..JOBS }).await;
    bank.on("2026-04-02");
    bank.repaid(&first, 10_000_000, "2026-04-02").await;
    let household = bank.household("poor").await;
    let deal = Deal { source: Some(once), amount: 15_000_000, on: "2026-04-02", ..JOBS };
    let second = bank.signed(household, deal).await;
    let payout = |amount: &str| json!({"amount": amount, "paid_on": "2026-04-02", "till": "cash"});
    let path = format!("loans/{second}/disbursements");
    bank.post(&bank.officer, &path, payout("10000001")).await.refused(409, "source-restricted");
    bank.approved(bank.post(&bank.officer, &path, payout("10000000")).await).await;
    bank.proved().await;
}

#[tokio::test]
async fn two_payouts_at_once_never_lend_twice_what_is_lent_once() {
    let mut bank = Bank::open().await;
    let once = source(&bank, "Nghị quyết 11", |new| new.may_revolve = false, true).await;
    let first = bank.lent(Deal { source: Some(once), amount: 20_000_000, ..JOBS }).await;
    bank.on("2026-04-02");
    bank.repaid(&first, 10_000_000, "2026-04-02").await;
    let mut approvals = Vec::new();
    for _ in 0..4 {
        let household = bank.household("poor").await;
        let deal = Deal { source: Some(once), amount: 10_000_000, on: "2026-04-02", ..JOBS };
        let loan = bank.signed(household, deal).await;
        let payout = json!({"amount": "10000000", "paid_on": "2026-04-02", "till": "cash"});
        let asked =
            bank.post(&bank.officer, &format!("loans/{loan}/disbursements"), payout).await.expect(202);
        approvals.push(format!("approvals/{}/approve", asked["approval_id"].as_str().unwrap()));
    }
    let [a, b, c, d] = &approvals[..] else { panic!("four approvals") };
    let (a, b, c, d) = tokio::join!(
        bank.post(&bank.approver, a, json!({})),
        bank.post(&bank.approver, b, json!({})),
        bank.post(&bank.approver, c, json!({})),
        bank.post(&bank.approver, d, json!({})),
    );
    let mut statuses = [a, b, c, d].map(|answer| answer.status.as_u16());
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 409, 409, 409]);
    bank.proved().await;
}
