//! The chart of Circular 31/2019/TT-NHNN tells loans by the term of their contract.

use serde_json::json;

use super::bank::{Bank, Deal, JOBS};
use crate::support::VU_QUY;

/// 30,000,000 đồng of the central level for a near-poor household: what is missed is overdue at once.
const NEAR_POOR: Deal<'static> = Deal { product: "19", class: "near_poor", owner: "central", ..JOBS };

/// Loans within term, overdue and frozen by term: of own capital, and of entrusted capital.
const OWN: [&str; 9] = ["20111", "20121", "20131", "201121", "201221", "201321", "29111", "29121", "29131"];
const ENTRUSTED: [&str; 9] =
    ["25111", "25121", "25131", "251121", "251221", "251321", "29112", "29122", "29132"];

/// Millions of đồng.
fn millions(amounts: [i64; 9]) -> [i64; 9] {
    amounts.map(|amount| amount * 1_000_000)
}

/// Own loans of 6, 36 and 120 months, then such loans of central capital.
async fn lent(bank: &Bank) -> Vec<String> {
    let mut loans = Vec::new();
    for deal in [JOBS, NEAR_POOR] {
        for (term, every) in [(6, 6), (36, 12), (120, 12)] {
            loans.push(bank.lent(Deal { term, every, ..deal }).await);
        }
    }
    loans
}

#[tokio::test]
async fn loans_stand_on_the_accounts_of_their_term_until_they_are_over() {
    let mut bank = Bank::on_chart("tt31_2019").await;
    let loans = lent(&bank).await;
    let paid_out = millions([30, 30, 30, 0, 0, 0, 0, 0, 0]);
    assert_eq!(bank.accounts(2, OWN).await, paid_out);
    assert_eq!(bank.accounts(1, ENTRUSTED).await, paid_out);
    assert_eq!(bank.accounts(2, ["10111", "415411", "44111"]).await, [1_910_000_000, -2_000_000_000, 0]);
    assert_eq!(bank.accounts(1, ["10111", "415411", "44111"]).await, [1_910_000_000, 0, -2_000_000_000]);
    assert_eq!(bank.accounts(3, ["10111", "44112"]).await, [2_000_000_000, -2_000_000_000]);

    // The short loans are over, the others missed an instalment of 10,000,000 and of 3,000,000.
    bank.on("2027-03-03");
    bank.close("2027-03-03").await;
    let late = millions([0, 20, 27, 30, 10, 3, 0, 0, 0]);
    assert_eq!(bank.accounts(2, OWN).await, late);
    assert_eq!(bank.accounts(1, ENTRUSTED).await, late);
    // 182 days late: 50 % of 30,000,000. Nothing yet for what is a day late, and nothing for central capital.
    assert_eq!(bank.accounts(2, ["29911", "88111", "29912", "88112"]).await, [-15_000_000, 15_000_000, 0, 0]);
    assert_eq!(bank.accounts(1, ["29911", "29912"]).await, [0, 0]);
    // Own: 184 days at 8.382 % and 182 at 10.8966 %: 2,897,646; a year and a day of the others: 2,522,178 and 2,521,696.
    assert_eq!(bank.accounts(2, ["3913", "94111", "94112", "7012"]).await, [0, 0, 7_941_520, 0]);
    // Central, at 7.92 % and 10.296 %: 2,737,933, 2,383,160 and 2,382,704.
    assert_eq!(bank.accounts(1, ["3913", "94111", "94112", "7012"]).await, [0, 0, 7_503_797, 0]);
    bank.proved().await;

    for loan in &loans {
        let risk = json!({"cause": "K1", "lost": "48000000", "project": "60000000"});
        let freeze = json!({"kind": "freeze", "risk": risk, "months": 36});
        bank.approved(bank.measure(loan, "2027-03-03", freeze).await).await;
    }
    let frozen = millions([0, 0, 0, 0, 0, 0, 30, 30, 30]);
    assert_eq!(bank.accounts(2, OWN).await, frozen);
    assert_eq!(bank.accounts(1, ENTRUSTED).await, frozen);

    for loan in [&loans[0], &loans[3]] {
        let court = json!({"kind": "write_off", "cause": "K5"});
        bank.approved(bank.measure(loan, "2027-03-03", court).await).await;
    }
    let left = millions([0, 0, 0, 0, 0, 0, 0, 30, 30]);
    assert_eq!(bank.accounts(2, OWN).await, left);
    assert_eq!(bank.accounts(1, ENTRUSTED).await, left);
    assert_eq!(
        bank.accounts(2, ["29911", "88111", "97111", "97112", "415411"]).await,
        [0, 30_000_000, 30_000_000, 2_897_646, -2_000_000_000]
    );
    assert_eq!(
        bank.accounts(1, ["88111", "97111", "97112", "44111"]).await,
        [0, 30_000_000, 2_737_933, -1_970_000_000]
    );

    for loan in [&loans[1], &loans[2], &loans[4], &loans[5]] {
        let quote = bank.get(&format!("loans/{loan}/payoff")).await;
        bank.repaid(loan, quote["total"].as_str().unwrap().parse().unwrap(), "2027-03-03").await;
        assert_eq!(bank.loan(loan).await["status"], "closed");
    }
    assert_eq!(bank.accounts(2, OWN).await, [0; 9]);
    assert_eq!(bank.accounts(1, ENTRUSTED).await, [0; 9]);
    assert_eq!(bank.accounts(2, ["94111", "94112", "7012", "4628"]).await, [0, 0, -5_043_874, 0]);
    // Interest on entrusted capital is owed to its owner.
    assert_eq!(bank.accounts(1, ["94111", "94112", "7012", "49131", "4628"]).await, [0, 0, 0, -4_765_864, 0]);
    bank.proved().await;
}

/// What `verify` and the figures of sources say where one account has several roles.
#[tokio::test]
async fn where_terms_share_an_account_nothing_counts_twice() {
    for (chart, source) in [("tt05_2019", "2011"), ("tt31_2019", "20131")] {
        let mut bank = Bank::on_chart(chart).await;
        lent(&bank).await;
        bank.on("2027-03-03");
        bank.close("2027-03-03").await;
        let of = async |number: i32| {
            let shown = bank
                .app
                .get(&bank.accountant, &format!("/v1/units/{VU_QUY}/sources/{number}"))
                .await
                .expect(200);
            ["with_households", "free", "capital"].map(|name| shown[name].as_str().unwrap().to_owned())
        };
        for number in [1, 2] {
            assert_eq!(
                of(number).await,
                ["90000000", "1910000000", "2000000000"],
                "{chart}, source {number}"
            );
        }
        bank.proved().await;
        let planted = "update loan_state set in_term = in_term + 1 where in_term = 27000000 and loan_id in
                       (select loan_id from loan where contract->>'capital' = 'own')";
        assert_eq!(sqlx::query(planted).execute(&bank.app.owner).await.unwrap().rows_affected(), 1);
        let findings = bank.findings().await;
        let said: Vec<_> =
            findings.iter().filter(|what| what.starts_with(&format!("account {source} "))).collect();
        assert_eq!(said.len(), 1, "{findings:?}");
    }
}

#[tokio::test]
async fn what_is_set_aside_for_local_capital_stands_apart_on_the_newer_chart() {
    let mut bank = Bank::on_chart("tt31_2019").await;
    bank.lent(Deal { owner: "commune", ..JOBS }).await;
    bank.on("2026-04-02");
    bank.close("2026-04-02").await;
    // 0.75 % of 30,000,000.
    assert_eq!(bank.accounts(3, ["29932", "88112", "29912"]).await, [-225_000, 225_000, 0]);
    bank.proved().await;
}
