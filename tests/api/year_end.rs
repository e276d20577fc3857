//! The end of a year: its result goes to the surplus by source, figures stay what they were, and opening December again takes it
//! back.

use serde_json::{Value, json};

use crate::revolving::{World, at};

/// A commune that in 2025 took 700 of interest into source 1, spent 90 of it, and lost 200 of source 2.
async fn earned() -> World {
    let world = World::new().await;
    for (on, debit, credit, source, amount) in [
        ("2025-09-10", "1111", "5158", 1, "700"),
        ("2025-10-01", "61182", "1111", 1, "90"),
        ("2025-12-31", "61181", "1111", 2, "200"),
    ] {
        entered(&world, on, (debit, credit), source, amount).await;
    }
    world
}

/// A manual journal, decided by a second person.
async fn entered(world: &World, on: &str, (debit, credit): (&str, &str), source: i32, amount: &str) {
    let kind = if debit == "1111" { "receipt" } else { "payment" };
    let paper = json!({"kind": kind, "party": "Trần Thị Bình", "address": "Vũ Quý", "attachments": 1});
    let line = |account, side| json!({"account": account, "source": source, "side": side, "amount": amount});
    let lines = [line(debit, "debit"), line(credit, "credit")];
    let body = json!({"on": on, "description": "Thu, chi của quỹ", "paper": paper, "lines": lines});
    let key = format!("{on}-{debit}-{amount}");
    let asked = world.app.post_once(&world.accountant, &key, &at("/journals"), body).await.expect(202);
    world.decide(asked["approval_id"].as_str().unwrap().parse().unwrap()).await.expect(200);
}

async fn result(world: &World, year: i32) -> Value {
    world.app.get(&world.accountant, &at(&format!("/periods/year-result?year={year}"))).await.expect(200)
}

/// `source account amount` of each figure.
fn figures(result: &Value) -> Vec<String> {
    let sources = result["sources"].as_array().unwrap().iter();
    let lines = sources.flat_map(|s| s["accounts"].as_array().unwrap().iter().map(move |a| (s, a)));
    lines
        .map(|(s, a)| {
            format!("{} {} {}", s["source_id"], a["account"].as_str().unwrap(), a["amount"].as_str().unwrap())
        })
        .collect()
}

/// `account debit credit` of each line of a journal.
async fn lines(world: &World, number: &Value) -> Vec<String> {
    let journal = world.app.get(&world.accountant, &at(&format!("/journals/{number}"))).await.expect(200);
    let said = |l: &Value| {
        format!(
            "{} {} {} {}",
            l["source_id"],
            l["account"].as_str().unwrap(),
            l["debit"].as_str().unwrap(),
            l["credit"].as_str().unwrap()
        )
    };
    journal["lines"].as_array().unwrap().iter().map(said).collect()
}

/// What an account stands at in a source on a day.
async fn stands(world: &World, account: &str, on: &str) -> Vec<String> {
    let balances = world.app.get(&world.accountant, &at(&format!("/balances?on={on}"))).await.expect(200);
    let rows = balances["balances"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|row| row["account"] == account && (row["debit"] != "0" || row["credit"] != "0"));
    rows.map(|row| {
        format!("{} {} {}", row["source_id"], row["debit"].as_str().unwrap(), row["credit"].as_str().unwrap())
    })
    .collect()
}

async fn lost(world: &World, source: i32) -> Value {
    world.app.get(&world.accountant, &at(&format!("/sources/{source}"))).await.expect(200)["lost"].clone()
}

async fn close(world: &World, key: &str, year: i32) -> crate::support::Answer {
    world.app.post_once(&world.accountant, key, &at("/periods/year-closings"), json!({"year": year})).await
}

#[tokio::test]
async fn the_result_of_a_year_goes_to_the_surplus_of_each_source_and_its_figures_stay() {
    let world = earned().await;
    let before = result(&world, 2025).await;
    assert_eq!(figures(&before), ["1 5158 700", "1 61182 90", "2 61181 200"]);
    assert_eq!(
        (&before["income"], &before["expense"], &before["result"]),
        (&json!("700"), &json!("290"), &json!("410"))
    );
    assert_eq!((&before["closed"], &before["journals"]), (&json!(false), &json!([])));
    let closed = close(&world, "close-2025", 2025).await.expect(200);
    assert_eq!(close(&world, "close-2025", 2025).await.expect(200), closed, "sent twice");
    assert_eq!(
        (figures(&closed), &closed["result"], &closed["closed"]),
        (figures(&before), &json!("410"), &json!(true))
    );
    let numbers = closed["journals"].as_array().unwrap();
    assert_eq!(numbers.len(), 3);
    assert_eq!(
        lines(&world, &numbers[0]).await,
        ["1 5158 700 0", "1 61182 0 90", "1 911 0 610", "2 61181 0 200", "2 911 200 0"]
    );
    assert_eq!(
        lines(&world, &numbers[1]).await,
        ["1 4212 0 610", "1 911 610 0", "2 4212 200 0", "2 911 0 200"]
    );
    assert_eq!(stands(&world, "4212", "2025-12-31").await, ["1 0 610", "2 200 0"]);
    assert_eq!(stands(&world, "4211", "2025-12-31").await, Vec::<String>::new());
    assert_eq!(
        lines(&world, &numbers[2]).await,
        ["1 4211 0 610", "1 4212 610 0", "2 4211 200 0", "2 4212 0 200"]
    );
    assert_eq!(stands(&world, "4212", "2026-01-01").await, Vec::<String>::new());
    assert_eq!(stands(&world, "4211", "2026-01-01").await, ["1 0 610", "2 200 0"]);
    assert_eq!(stands(&world, "5158", "2025-12-31").await, Vec::<String>::new());
    assert_eq!(stands(&world, "5158", "2025-12-30").await, ["1 0 700"]);
    assert_eq!(lost(&world, 2).await, "200");
    let book = world.app.get(&world.accountant, &at("/book")).await.expect(200);
    assert_eq!(book["open_from"], "2026-01-01");
    world.proved().await;
}

#[tokio::test]
async fn the_next_year_moves_what_stood_to_the_years_before() {
    let mut world = earned().await;
    close(&world, "close-2025", 2025).await.expect(200);
    entered(&world, "2026-02-28", ("1111", "5158"), 1, "50").await;
    assert_eq!(figures(&result(&world, 2026).await), ["1 5158 50"]);
    world.today("2027-01-02");
    close(&world, "close-2026", 2026).await.expect(200);
    assert_eq!(stands(&world, "4211", "2026-12-31").await, ["1 0 610", "2 200 0"]);
    assert_eq!(stands(&world, "4212", "2026-12-31").await, ["1 0 50"]);
    assert_eq!(figures(&result(&world, 2025).await), ["1 5158 700", "1 61182 90", "2 61181 200"]);
    world.proved().await;
}

#[tokio::test]
async fn opening_december_again_takes_the_closing_back() {
    let world = earned().await;
    let closed = close(&world, "close-2025", 2025).await.expect(200);
    let reversal = json!({"on": "2026-03-02", "reason": "Nhầm"});
    let path = at(&format!("/journals/{}/reversal", closed["journals"][0]));
    let refused = world.app.post_once(&world.accountant, "reverse-closing", &path, reversal).await;
    assert!(refused.text.contains("periods/reopenings"), "{}", refused.text);
    let asked = json!({"from": "2025-12-01", "reason": "Ghi thiếu chi phí"});
    let asked = world
        .app
        .post_once(&world.accountant, "reopen-december", &at("/periods/reopenings"), asked)
        .await
        .expect(202);
    assert_eq!(
        (&asked["summary_vi"], &asked["summary_en"]),
        (
            &json!(
                "Mở lại sổ từ ngày 01/12/2025 (đang mở từ 01/01/2026); đảo các bút toán kết chuyển năm số 6, 7, 8: Ghi thiếu chi phí"
            ),
            &json!(
                "Open the books again from 1 December 2025 (open from 1 January 2026 today); journals 6, 7, 8, which closed years, are reversed: Ghi thiếu chi phí"
            )
        )
    );
    world.decide(asked["approval_id"].as_str().unwrap().parse().unwrap()).await.expect(200);
    let open = result(&world, 2025).await;
    assert_eq!((&open["closed"], &open["journals"]), (&json!(false), &json!([])));
    assert_eq!(figures(&open), ["1 5158 700", "1 61182 90", "2 61181 200"]);
    assert_eq!(
        (stands(&world, "4212", "2025-12-31").await, stands(&world, "5158", "2025-12-31").await),
        (vec![], vec!["1 0 700".to_owned()])
    );
    entered(&world, "2025-12-20", ("61182", "1111"), 1, "10").await;
    let again = close(&world, "close-2025-again", 2025).await.expect(200);
    assert_eq!((&again["result"], &again["closed"]), (&json!("400"), &json!(true)));
    assert_eq!(stands(&world, "4211", "2026-01-01").await, ["1 0 600", "2 200 0"]);
    assert_eq!(lost(&world, 2).await, "200");
    world.proved().await;
}

#[tokio::test]
async fn opening_january_again_leaves_the_closing_and_what_it_carried() {
    let world = earned().await;
    let closed = close(&world, "close-2025", 2025).await.expect(200);
    let before = json!({"before": "2026-02-01"});
    world
        .app
        .post_once(&world.accountant, "close-january", &at("/periods/closings"), before)
        .await
        .expect(200);
    let asked = json!({"from": "2026-01-01", "reason": "Ghi thiếu"});
    let asked = world
        .app
        .post_once(&world.accountant, "reopen-january", &at("/periods/reopenings"), asked)
        .await
        .expect(202);
    world.decide(asked["approval_id"].as_str().unwrap().parse().unwrap()).await.expect(200);
    assert_eq!(result(&world, 2025).await, closed);
    assert_eq!(stands(&world, "4211", "2026-01-01").await, ["1 0 610", "2 200 0"]);
}

#[tokio::test]
async fn a_year_is_not_closed_before_the_year_before_it() {
    let mut world = earned().await;
    entered(&world, "2026-02-28", ("1111", "5158"), 1, "50").await;
    world.today("2027-01-02");
    let refused = close(&world, "skipping", 2026).await.refused(409, "wrong-state");
    let said = "Account 5158, source 1 has 700 đồng of 2025 and the years before: close 2025 before 2026.";
    assert_eq!(refused["detail"], said);
    close(&world, "first-2025", 2025).await.expect(200);
    close(&world, "then-2026", 2026).await.expect(200);
}

#[tokio::test]
async fn a_year_is_closed_once_and_only_when_it_is_over() {
    let world = earned().await;
    close(&world, "the-running-year", 2026).await.refused(409, "wrong-state");
    close(&world, "before-the-book", 2024).await.refused(422, "invalid-field");
    close(&world, "never-was", 1999).await.refused(422, "invalid-field");
    close(&world, "once-only", 2025).await.expect(200);
    let twice = close(&world, "twice-over", 2025).await.refused(409, "already-exists");
    assert!(twice["detail"].as_str().unwrap().starts_with("That year is closed by journal 7;"), "{twice}");
    assert_eq!(result(&world, 2024).await["closed"], false, "the book was not open yet");
    let officer = world
        .app
        .post_once(&world.officer, "by-the-officer", &at("/periods/year-closings"), json!({"year": 2025}))
        .await;
    officer.refused(403, "forbidden");
    let bad = world.app.get(&world.accountant, &at("/periods/year-result?year=2300")).await;
    bad.refused(422, "invalid-field");
}

#[tokio::test]
async fn what_was_written_by_hand_on_the_result_is_carried_too_and_nothing_is_left_behind() {
    let world = earned().await;
    let line = |account, side| json!({"account": account, "source": 1, "side": side, "amount": "30"});
    let paper = json!({"kind": "general", "party": "Trần Thị Bình", "address": "Vũ Quý", "attachments": 0});
    let lines = [line("911", "debit"), line("4212", "credit")];
    let body =
        json!({"on": "2025-12-31", "description": "Kết chuyển bằng tay", "paper": paper, "lines": lines});
    let asked =
        world.app.post_once(&world.accountant, "by-hand-911", &at("/journals"), body).await.expect(202);
    world.decide(asked["approval_id"].as_str().unwrap().parse().unwrap()).await.expect(200);
    assert_eq!(close(&world, "close-2025", 2025).await.expect(200)["closed"], true);
    assert_eq!(stands(&world, "911", "2025-12-31").await, Vec::<String>::new());
    world.proved().await;
    sqlx::raw_sql(
        "update day_balance set credit = credit + 5 where account = '5158' and source_id = 1 and on_day = '2025-12-31'",
    )
    .execute(&world.app.owner)
    .await
    .unwrap();
    let said = "account 5158, source 1 stands at -5 at the end of 2025-12-31, which was closed";
    let findings = world.findings().await;
    assert!(findings.iter().any(|finding| finding == said), "{findings:?}");
}
