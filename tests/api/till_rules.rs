//! What the database itself says of tills, asked in SQL as the application's role.

use serde_json::json;
use soquy::access::Role;

use crate::revolving::at;
use crate::support::books::{gift, insist, line, number, post, prepared, run, run_in};

const APP: &str = "soquy_app";

fn open(kind: &str, name: &str) -> String {
    let said = if kind == "cash" {
        json!({"name": name, "keeper": "Mai", "opened_on": "2026-03-01"})
    } else {
        json!({"name": name, "bank": "BIDV", "account_no": name, "opened_on": "2026-03-01"})
    };
    format!("select ledger_open_till(13141, '{kind}', '{said}');")
}

#[tokio::test]
async fn the_database_itself_keeps_tills_apart() {
    let app = prepared().await;
    run(&app, APP, &gift("2026-02-10", 1, 100)).await.expect("control: money comes");
    run(&app, APP, &open("cash", "A")).await.expect("control: a box");
    let carry = |on: &str, from: &str, to: &str, amount: i64| {
        post(on, &[line(to, 1, &amount.to_string()), line(from, 1, &(-amount).to_string())])
    };
    insist(
        "into the account above",
        run(&app, APP, &carry("2026-03-01", "cash-1", "1111", 1)).await,
        "SQ438",
        "account 1111 takes no more money in",
    );
    run(&app, APP, &post("2026-02-28", &[line("1111", 1, "5"), line("capital", 1, "-5")]))
        .await
        .expect("control: before there were boxes");
    insist(
        "more than is there",
        run(&app, APP, &carry("2026-03-02", "1111", "cash", 106)).await,
        "SQ435",
        "account 1111 would have -1",
    );
    run(&app, APP, &carry("2026-03-02", "1111", "cash", 60)).await.expect("control: into the box");
    insist(
        "more than the box has",
        run(&app, APP, &post("2026-03-02", &[line("1411", 1, "61"), line("cash-1", 1, "-61")])).await,
        "SQ435",
        "account 11111 would have -1",
    );
    insist(
        "before it came",
        run(&app, APP, &post("2026-03-01", &[line("1411", 1, "1"), line("cash-1", 1, "-1")])).await,
        "SQ435",
        "would have -1 on 2026-03-01",
    );
    insist(
        "before the box",
        run(&app, APP, &carry("2026-02-28", "1111", "11111", 1)).await,
        "SQ404",
        "takes no lines",
    );
    let below = "select ledger_add_account(13141, '11111', '111111', 'x', 'x')";
    insist("below a box", run(&app, APP, below).await, "SQ429", "must take lines itself");
    let close = "select ledger_close_till(13141, 'cash-1', '2026-03-02')";
    run(&app, APP, &carry("2026-03-02", "cash-1", "bank", 60)).await.expect("control: the box is emptied");
    run(&app, APP, close).await.expect("control: and closed");
    insist(
        "dated back into a closed box",
        run(&app, APP, &carry("2026-03-01", "1111", "cash-1", 1)).await,
        "SQ443",
        "account 11111 is closed, also for the days before",
    );
    run(&app, APP, "select ledger_close_till(13141, 'cash-1', null)").await.expect("control: opened again");
    run(&app, APP, &carry("2026-03-01", "1111", "cash-1", 1)).await.expect("control: takes money again");
    insist(
        "no such box",
        run(&app, APP, &carry("2026-03-02", "1111", "cash-2", 1)).await,
        "SQ439",
        "no till cash-2",
    );
}

#[tokio::test]
async fn the_database_itself_takes_reversals_above_and_lets_nobody_rewrite_a_till() {
    let app = prepared().await;
    run(&app, APP, &gift("2026-02-10", 1, 105)).await.expect("control: money comes");
    run(&app, APP, &open("cash", "A")).await.expect("control: a box");
    let into_the_box = [line("cash", 1, "60"), line("1111", 1, "-60")];
    run(&app, APP, &post("2026-03-02", &into_the_box)).await.expect("control: into the box");
    // A reversal is the mirror of its journal, wherever it stands.
    run(&app, APP, &post("2026-03-02", &[line("1411", 1, "5"), line("1111", 1, "-5")]))
        .await
        .expect("control: spent from above");
    run(&app, APP, "select ledger_reverse(13141, 3, new_id(), '2026-03-02', 'sai', 'accountant')")
        .await
        .expect("money comes back to the account above");
    let book = number(&app, "select amount from balance where unit_id = 13141 and account = '1111'").await;
    assert_eq!(book, 45);
    for (what, sql) in [
        ("insert", "insert into till select * from till"),
        ("number", "update till set till_no = 5"),
        ("account", "update till set account = '1121'"),
        ("day", "update till set closed_on = '2026-03-05'"),
        ("delete", "delete from till"),
        ("split", "update account set split_on = null"),
    ] {
        insist(what, run(&app, APP, sql).await, "42501", "permission denied");
    }
    insist(
        "a name above",
        run(&app, APP, "update till set name = 'x' where till_no = 0").await,
        "SQ440",
        "account of the chart",
    );
    insist(
        "two first choices",
        run(&app, APP, &format!("{} update till set is_default = true", open("cash", "B"))).await,
        "23514",
        "till_first_choice_is_a_detail",
    );
    insist(
        "closed with money",
        run(&app, APP, "select ledger_close_till(13141, 'cash-1', '2026-03-02')").await,
        "SQ440",
        "holds 60",
    );
}

#[tokio::test]
async fn the_tills_of_another_unit_are_not_there_and_two_at_once_have_two_numbers() {
    let app = prepared().await;
    run(&app, APP, &gift("2026-02-10", 1, 100)).await.expect("control: money comes");
    let (a, b, c) = (open("cash", "A"), open("cash", "B"), open("cash", "A"));
    let (one, two) = tokio::join!(run(&app, APP, &a), run(&app, APP, &b));
    one.expect("one");
    two.expect("the other");
    let numbers = "select string_agg(till_no::text, '' order by till_no)::bigint from till";
    assert_eq!(number(&app, numbers).await, 12);
    insist("the same name", run(&app, APP, &c).await, "23505", "till_name_unique");
    insist(
        "from elsewhere",
        run_in(&app, 12817, APP, &open("cash", "D")).await,
        "SQ403",
        "not the unit of this transaction",
    );
    let elsewhere = "do $$ begin if exists (select from till) then raise 'seen'; end if; end $$";
    run_in(&app, 12817, APP, elsewhere).await.expect("nothing is seen from another unit");
    let elsewhere = app.person("la", 12817, &[Role::Accountant]).await;
    app.get(&elsewhere, &at("/tills/cash-1")).await.refused(404, "not-found");
}
