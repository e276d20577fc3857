//! Which paper a journal of the books has.

use serde_json::{Value, json};

use crate::books::{Commune, advance, at, receipt};

#[tokio::test]
async fn a_manual_journal_has_the_paper_its_form_names() {
    let commune = Commune::new().await;
    let (app, accountant) = (&commune.app, &commune.accountant);
    commune.receive("receipt-1", 1, "2026-03-01", "1000").await;
    let with = |paper: Value| {
        let mut journal = advance("2026-03-02", 1, "100");
        journal["paper"] = paper;
        journal
    };
    let payment = json!({"kind": "payment", "party": "Trần Thị Bình", "address": "Vũ Quý", "attachments": 2});
    for (n, (paper, number)) in
        [(payment.clone(), "payment/1"), (json!({}), "general/1"), (payment, "payment/2")]
            .into_iter()
            .enumerate()
    {
        let body = with(paper);
        let asked =
            app.post_once(accountant, &format!("manual-{n}"), &at("/journals"), body).await.expect(202);
        commune.approve(&format!("approve-{n}"), &asked).await;
        app.get(accountant, &at(&format!("/vouchers/01/2026/{number}"))).await.expect(200);
    }
    let paper = app.get(accountant, &at("/vouchers/01/2026/payment/1")).await.expect(200);
    assert_eq!((&paper["party"], &paper["attachments"]), (&json!("Trần Thị Bình"), &json!(2)));
    for paper in [json!({"kind": "receipt"}), json!({"kind": "goods_in"}), json!({"attachments": 1000})] {
        let answer = app.post_once(accountant, "bad-paper", &at("/journals"), with(paper.clone())).await;
        assert!([400, 422].contains(&answer.status.as_u16()), "{paper}: {}", answer.text);
    }
}

#[tokio::test]
async fn the_paper_of_money_in_and_out_is_that_of_its_till() {
    let commune = Commune::new().await;
    let (app, accountant) = (&commune.app, &commune.accountant);
    let kind = |journal: &Value| journal["voucher"]["kind"].as_str().unwrap().to_owned();
    assert_eq!(kind(&commune.receive("receipt-1", 1, "2026-03-01", "1000").await), "receipt");
    let mut by_bank = receipt("2026-03-01", "1000");
    by_bank["till"] = json!("bank");
    let path = at("/sources/1/receipts");
    assert_eq!(kind(&app.post_once(accountant, "receipt-2", &path, by_bank).await.expect(201)), "general");
    for (from, paper) in [("cash", "payment"), ("bank", "receipt")] {
        let transfer = json!({"on": "2026-03-02", "source": 1, "amount": "4", "from": from, "party": "Trần Thị Bình", "address": "Vũ Quý"});
        let key = format!("transfer-{from}");
        let moved = app.post_once(accountant, &key, &at("/transfers"), transfer).await.expect(201);
        assert_eq!(kind(&moved), paper);
    }
    for (till, paper) in [("cash", "payment"), ("bank", "general")] {
        let mut back = receipt("2026-03-02", "5");
        back["till"] = json!(till);
        let path = at("/sources/1/returns:preview");
        let preview = app.post(accountant, &path, back).await.expect(200);
        assert_eq!(kind(&preview["journal"]), paper);
    }
}
