//! What the database itself refuses, asked in SQL as `soquy_app`, the role of the server.

use serde_json::json;

use crate::support::books::{
    gift, insist, line, number, post, post_with, prepared, receipt, register, run, run_in, spend,
};
use crate::support::{TestApp, VU_QUY};

const APP: &str = "soquy_app";

#[tokio::test]
async fn a_journal_that_does_not_balance_is_refused() {
    let app = prepared().await;
    let cases = [
        ("unbalanced", vec![line("cash", 1, "10"), line("capital", 1, "-9")]),
        ("balanced only in total", vec![line("cash", 1, "10"), line("capital", 2, "-10")]),
        ("hidden off the balance sheet", vec![line("cash", 1, "10"), line("0941", 1, "-10")]),
    ];
    for (what, lines) in cases {
        insist(
            what,
            run(&app, APP, &post("2026-03-02", &lines)).await,
            "SQ422",
            "does not balance in each source",
        );
    }
    let good = [line("cash", 1, "10"), line("capital", 1, "-10"), line("0941", 1, "7"), line("000", 1, "-7")];
    run(&app, APP, &post("2026-03-02", &good)).await.expect("control");
}

#[tokio::test]
async fn lines_that_are_no_lines_are_refused() {
    let app = prepared().await;
    let cases = [
        ("no lines", vec![], "journal_n_lines_check"),
        ("one line", vec![line("cash", 1, "10")], "journal_n_lines_check"),
        (
            "a zero line",
            vec![line("cash", 1, "10"), line("capital", 1, "-10"), line("bank", 1, "0")],
            "line_amount_check",
        ),
        ("half a đồng", vec![line("cash", 1, "0.5"), line("capital", 1, "-0.5")], "line_of_whole_dong"),
        ("no number", vec![line("cash", 1, "NaN"), line("capital", 1, "NaN")], "line_amount_check"),
        ("too much", vec![line("cash", 1, "1e18"), line("capital", 1, "-1e18")], ""),
    ];
    for (what, lines, constraint) in cases {
        let code = if constraint.is_empty() { "22003" } else { "23514" };
        insist(what, run(&app, APP, &post("2026-03-02", &lines)).await, code, constraint);
    }
    let paper = json!({"voucher": {"book": "01", "kind": "receipt", "party": "A", "address": "B", "content": "C", "amount": "NaN"}});
    let lines = [line("cash", 1, "10"), line("capital", 1, "-10")];
    insist(
        "a paper of no number",
        run(&app, APP, &post_with(&paper, "2026-03-02", &lines)).await,
        "23514",
        "voucher_amount",
    );
    run(&app, APP, &post_with(&receipt(10), "2026-03-02", &lines)).await.expect("control");
}

#[tokio::test]
async fn accounts_and_sources_that_take_no_lines_are_refused() {
    let app = prepared().await;
    let cases = [
        ("unknown account", vec![line("9999", 1, "10"), line("capital", 1, "-10")]),
        ("a heading", vec![line("111", 1, "10"), line("capital", 1, "-10")]),
        ("a role that no account has", vec![line("no_such_role", 1, "10"), line("capital", 1, "-10")]),
        ("unknown source", vec![line("cash", 9, "10"), line("capital", 9, "-10")]),
    ];
    for (what, lines) in cases {
        insist(what, run(&app, APP, &post("2026-03-02", &lines)).await, "SQ404", "takes no lines");
    }
    run(&app, APP, "update source set closed_on = '2026-03-02' where source_id = 2").await.unwrap();
    insist("a closed source", run(&app, APP, &gift("2026-03-02", 2, 10)).await, "SQ404", "takes no lines");
    run(&app, APP, &gift("2026-03-01", 2, 10)).await.expect("control: the day before it closed");
}

#[tokio::test]
async fn a_control_account_takes_lines_about_its_own_kinds_of_subjects_only() {
    let app = prepared().await;
    let (agreement, loan) = (register(&app, "agreement").await, register(&app, "loan").await);
    let stranger = json!("00000000-0000-7000-8000-000000000003");
    run(&app, APP, &gift("2026-03-02", 1, 100)).await.unwrap();
    for account in ["support_outstanding", "13881", "13882", "33881"] {
        let lines = [line(account, 1, "10"), line("cash", 1, "-10")];
        insist(account, run(&app, APP, &post("2026-03-02", &lines)).await, "SQ430", "about nothing");
        let about = |subject: &serde_json::Value| {
            let mut about = line(account, 1, "10");
            about["subject"] = subject.clone();
            post("2026-03-02", &[about, line("cash", 1, "-10")])
        };
        insist("about no subject", run(&app, APP, &about(&stranger)).await, "SQ430", "about nothing");
        run(&app, APP, &about(&agreement)).await.expect("control: it is about an agreement");
        if account != "33881" {
            insist("about a loan", run(&app, APP, &about(&loan)).await, "SQ430", "about nothing");
        }
    }
    let mut elsewhere = line("capital", 1, "-10");
    elsewhere["subject"] = stranger;
    let lines = [line("cash", 1, "10"), elsewhere];
    insist(
        "no subject, no control account",
        run(&app, APP, &post("2026-03-02", &lines)).await,
        "SQ430",
        "about nothing",
    );
    for sql in [
        "update control_role set kind = 'loan'",
        "update account set subjects = null",
        "insert into subject values (13141, new_id(), 'loan')",
    ] {
        insist(
            "which those are is no matter of the server",
            run(&app, APP, sql).await,
            "42501",
            "permission denied for table",
        );
    }
}

#[tokio::test]
async fn a_closed_period_takes_nothing_and_plain_sql_does_not_open_it() {
    let app = prepared().await;
    insist(
        "before the book",
        run(&app, APP, &gift("2025-06-30", 1, 10)).await,
        "SQ423",
        "closed before 2025-07-01",
    );
    run(&app, APP, "select ledger_close(13141, 'close', '2026-03-01', 'cuối tháng')").await.unwrap();
    insist("closed", run(&app, APP, &gift("2026-02-28", 1, 10)).await, "SQ423", "closed before 2026-03-01");
    let open = "insert into period_event (unit_id, period_event_id, action, closed_before, fact_order)
                values (13141, new_id(), 'reopen', '2026-01-01', 9)";
    insist(
        "an event by hand",
        run(&app, APP, open).await,
        "42501",
        "permission denied for table period_event",
    );
    let shift = "update period_event set closed_before = '2026-01-01'";
    insist(
        "an event changed",
        run(&app, APP, shift).await,
        "42501",
        "permission denied for table period_event",
    );
    for (what, before) in [("again", "2026-03-01"), ("backwards", "2026-02-01")] {
        let close = format!("select ledger_close(13141, 'close', '{before}', '')");
        insist(what, run(&app, APP, &close).await, "SQ426", "open from 2026-03-01");
    }
    let mid_month = "select ledger_close(13141, 'close', '2026-03-15', '')";
    insist("inside a month", run(&app, APP, mid_month).await, "23514", "period_event_check");
    run(&app, APP, &gift("2026-03-01", 1, 10)).await.expect("control: the open month");
    run(&app, APP, "select ledger_close(13141, 'reopen', '2026-02-01', 'sai sót')").await.unwrap();
    run(&app, APP, &gift("2026-02-28", 1, 10)).await.expect("control: opened again");
}

#[tokio::test]
async fn no_journal_counts_before_its_day_has_come() {
    let app = prepared().await;
    let on = |day| format!("set local soquy.now = '2026-03-02T16:59:59Z'; {}", gift(day, 1, 10));
    for day in ["2026-03-03", "9999-12-31", "infinity"] {
        insist(day, run(&app, APP, &on(day)).await, "SQ431", "its day has come");
    }
    run(&app, APP, &on("2026-03-02")).await.expect("control: one second before midnight in Hà Nội");
}

#[tokio::test]
async fn the_server_writes_the_books_through_the_doors_only() {
    let app = prepared().await;
    let tables = [
        "journal",
        "line",
        "voucher",
        "balance",
        "period_balance",
        "day_balance",
        "period_journals",
        "voucher_counter",
        "seal",
        "fact_hash",
        "audit",
        "unit_counter",
        "period_event",
        "book",
        "account",
    ];
    for table in tables {
        let denied = format!("permission denied for table {table}");
        for sql in [
            format!("insert into {table} select * from {table} limit 1"),
            format!("update {table} set unit_id = unit_id"),
            format!("delete from {table}"),
            format!("truncate {table}"),
        ] {
            insist(&sql, run(&app, APP, &sql).await, "42501", &denied);
        }
        run(&app, APP, &format!("select from {table}")).await.expect("control: reading");
    }
    let inner = ["take_numbers(13141, 1, 1)", "post_batch(13141, '[]')", "refuse_overdraft(13141, 1, 1)"];
    for call in inner {
        insist(
            call,
            run(&app, APP, &format!("select {call}")).await,
            "42501",
            "permission denied for function",
        );
    }
    run(&app, APP, "select ledger_post(13141, '[]')").await.expect("control: the door");
}

#[tokio::test]
async fn what_is_written_stays_even_for_the_owner() {
    let app = prepared().await;
    let paper = post_with(&receipt(10), "2026-03-02", &[line("cash", 1, "10"), line("capital", 1, "-10")]);
    run(&app, APP, &paper).await.unwrap();
    run(&app, APP, "select seal_append(13141, 1, sha256('x'))").await.unwrap();
    run(
        &app,
        APP,
        "insert into idempotency values (13141, 'key-0001', 'test', sha256('x'), 200, null, '{}')",
    )
    .await
    .unwrap();
    let owner = "none";
    for table in ["journal", "line", "voucher", "seal", "fact_hash", "audit", "period_event", "idempotency"] {
        assert!(
            number(&app, &format!("select count(*) from {table}")).await > 0,
            "{table} has something to lose"
        );
        for sql in [format!("update {table} set unit_id = 12472"), format!("delete from {table}")] {
            insist(&sql, run(&app, owner, &sql).await, "SQ405", "is append-only");
        }
        let truncate = format!("truncate {table} cascade");
        insist(&truncate, run(&app, owner, &truncate).await, "SQ405", "is append-only");
    }
    for table in ["account", "source", "fund", "book", "approval"] {
        let truncate = format!("truncate {table} cascade");
        insist(&truncate, run(&app, owner, &truncate).await, "SQ405", "");
    }
    for sql in [
        "update account set code = '99' where code = '1111'",
        "update source set source_id = 7 where source_id = 2",
    ] {
        insist(sql, run(&app, owner, sql).await, "SQ405", "the key of");
    }
    run(&app, owner, "update fund set closed_on = '2026-04-01'")
        .await
        .expect("control: a row that may change");
}

#[tokio::test]
async fn a_journal_is_reversed_once_by_its_true_mirror() {
    let app = prepared().await;
    run(&app, APP, &gift("2026-03-02", 1, 100)).await.unwrap();
    let reverse = |no: i64, on: &str| {
        format!("select ledger_reverse(13141, {no}, new_id(), '{on}', 'sai', 'accountant')")
    };
    let claimed = post_with(
        &json!({"reverses": 1, "kind": "reversal"}),
        "2026-03-02",
        &[line("cash", 1, "1"), line("capital", 1, "-1")],
    );
    insist("a mirror of one's own", run(&app, APP, &claimed).await, "SQ428", "is built from its journal");
    let named = post_with(
        &json!({"kind": "reversal"}),
        "2026-03-02",
        &[line("cash", 1, "1"), line("capital", 1, "-1")],
    );
    insist(
        "a reversal of nothing",
        run(&app, APP, &named).await,
        "23514",
        "journal_reversal_names_its_journal",
    );
    insist("unknown", run(&app, APP, &reverse(9, "2026-03-02")).await, "SQ404", "no journal 9");
    insist(
        "before its journal",
        run(&app, APP, &reverse(1, "2026-03-01")).await,
        "SQ428",
        "counts from 2026-03-02",
    );
    run(&app, APP, &reverse(1, "2026-03-02")).await.expect("control: the first reversal");
    assert_eq!(number(&app, "select sum(amount) from balance where account = '1111'").await, 0);
    insist("twice", run(&app, APP, &reverse(1, "2026-03-02")).await, "23505", "journal_reversed_once");
    insist("a reversal", run(&app, APP, &reverse(2, "2026-03-02")).await, "SQ428", "is itself a reversal");
}

#[tokio::test]
async fn a_source_never_spends_what_it_does_not_have() {
    let app = prepared().await;
    run(&app, APP, &gift("2026-02-10", 1, 100)).await.unwrap();
    run(&app, APP, &gift("2026-02-10", 2, 900)).await.unwrap();
    insist(
        "today",
        run(&app, APP, &spend("2026-02-20", 1, 101)).await,
        "SQ409",
        "source 1 would have -1 on 2026-02-20",
    );
    run(&app, APP, &spend("2026-02-20", 1, 100)).await.expect("control: all it has");
    run(&app, APP, &gift("2026-02-25", 1, 50)).await.unwrap();
    insist(
        "back-dated below zero on its own day",
        run(&app, APP, &spend("2026-02-09", 1, 10)).await,
        "SQ409",
        "source 1 would have -10 on 2026-02-09",
    );
    insist(
        "back-dated below zero on a later day",
        run(&app, APP, &spend("2026-02-15", 1, 10)).await,
        "SQ409",
        "source 1 would have -10 on 2026-02-20",
    );
    let reversed = "select ledger_reverse(13141, 1, new_id(), '2026-02-26', 'sai', 'accountant')";
    insist(
        "its spent gift reversed",
        run(&app, APP, reversed).await,
        "SQ409",
        "source 1 would have -50 on 2026-02-26",
    );
    let split = format!("{}{}", gift("2026-02-26", 1, 10), spend("2026-02-21", 1, 10));
    insist(
        "spent before it came",
        run(&app, APP, &split).await,
        "SQ409",
        "source 1 would have -10 on 2026-02-21",
    );
    let to_bank = post("2026-02-26", &[line("bank", 1, "50"), line("cash", 1, "-50")]);
    run(&app, APP, &to_bank).await.expect("control: from the cash box to the bank it has as much as before");
    run(&app, APP, &spend("2026-02-28", 2, 900)).await.expect("control: the other source has its own");
}

#[tokio::test]
async fn another_units_scope_sees_and_writes_nothing() {
    let app = prepared().await;
    run(&app, APP, &gift("2026-03-02", 1, 100)).await.unwrap();
    let other = 12472;
    insist(
        "posting",
        run_in(&app, other, APP, &gift("2026-03-02", 1, 1)).await,
        "SQ403",
        "not the unit of this transaction",
    );
    let doors = [
        "ledger_reverse(13141, 1, new_id(), '2026-03-02', 'x', 'accountant')",
        "ledger_open(13141, 'tt24_2024', '2026-01-01')",
        "ledger_add_account(13141, '141', '1411', 'a', 'a')",
        "ledger_close(13141, 'close', '2026-03-01', 'x')",
        "seal_append(13141, 1, sha256('x'))",
    ];
    for door in doors {
        insist(
            door,
            run_in(&app, other, APP, &format!("select {door}")).await,
            "SQ403",
            "not the unit of this transaction",
        );
    }
    let fund = "insert into fund values (13141, 2, 'revolving', 'x', '2026-01-01')";
    insist("a fund", run_in(&app, other, APP, fund).await, "42501", "row-level security");
    for table in
        ["journal", "line", "account", "source", "balance", "audit", "fact_hash", "unit_counter", "book"]
    {
        let seen = |unit| {
            format!(
                "do $$ begin if (select count(*) from {table}) <> 0 then raise 'unit {unit} sees {table}'; end if; end $$"
            )
        };
        run_in(&app, other, APP, &seen(other)).await.unwrap();
        run(&app, APP, &seen(VU_QUY)).await.expect_err("control: its own unit sees it");
    }
}

#[tokio::test]
async fn temporary_tables_do_not_stand_in_for_the_books() {
    let app = prepared().await;
    let shadows = "create temp table account as select * from account; update account set memorandum = true, money = false;
                   create temp table line (like public.line); create temp table balance (like public.balance);
                   create temp table source as select * from source;";
    let unbalanced = post("2026-03-02", &[line("cash", 1, "10"), line("0941", 1, "-10")]);
    insist(
        "shadowed accounts",
        run(&app, APP, &format!("{shadows}{unbalanced}")).await,
        "SQ422",
        "does not balance",
    );
    let overdrawn = format!("{shadows}{}", spend("2026-03-02", 1, 10));
    insist("shadowed balances", run(&app, APP, &overdrawn).await, "SQ409", "source 1 would have -10");
    run(&app, APP, &format!("{shadows}{}", gift("2026-03-02", 1, 10))).await.expect("control");
    assert_eq!(number(&app, "select count(*) from public.line").await, 2);
}

#[tokio::test]
async fn decisions_are_not_forged() {
    let app = prepared().await;
    let maker = app.person("maker", VU_QUY, &[]).await.user_id;
    let other = app.person("other", VU_QUY, &[]).await.user_id;
    let born = format!(
        "insert into approval (unit_id, approval_id, command, body, summary_vi, summary_en, made_by, state, decided_by)
         values (13141, new_id(), 'post_journal', '{{}}', '', '', '{maker}', 'approved', '{other}')"
    );
    insist("born approved", run(&app, APP, &born).await, "42501", "permission denied for table approval");
    let asked = format!(
        "insert into approval (unit_id, approval_id, command, body, summary_vi, summary_en, made_by)
         values (13141, new_id(), 'post_journal', '{{}}', '', '', '{maker}')"
    );
    run(&app, APP, &asked).await.expect("control: asked");
    let approve =
        |by| format!("update approval set state = 'approved', decided_by = '{by}', decided_at = scope_now()");
    insist("by its maker", run(&app, APP, &approve(maker)).await, "23514", "approval_by_a_second_person");
    run(&app, APP, &approve(other)).await.expect("control: by a second person");
    insist("twice", run(&app, APP, &approve(other)).await, "SQ405", "decided before");
}

#[tokio::test]
async fn a_key_is_kept_once() {
    let app = prepared().await;
    let keep = "insert into idempotency values (13141, 'key-0001', 'test', sha256('x'), 200, null, '{}')";
    run(&app, APP, keep).await.expect("control");
    insist("twice", run(&app, APP, keep).await, "23505", "idempotency_pkey");
}

/// Numbers of the receipts of a year, in order.
async fn receipts(app: &TestApp, year: i32) -> Vec<i32> {
    sqlx::query_scalar("select number from voucher where kind = 'receipt' and year = $1 order by number")
        .bind(year)
        .fetch_all(&app.owner)
        .await
        .unwrap()
}

#[tokio::test]
async fn numbers_have_no_gaps_after_a_transaction_that_failed() {
    let app = prepared().await;
    let paid = |on: &str| post_with(&receipt(10), on, &[line("cash", 1, "10"), line("capital", 1, "-10")]);
    run(&app, APP, &paid("2026-03-02")).await.unwrap();
    let failing = format!("{} select 1/0", paid("2026-03-02"));
    insist("rolled back", run(&app, APP, &failing).await, "22012", "division by zero");
    let in_a_savepoint = format!("savepoint s; {} rollback to s; {}", paid("2026-03-02"), paid("2026-03-02"));
    run(&app, APP, &in_a_savepoint).await.unwrap();
    run(&app, APP, &paid("2025-12-31")).await.unwrap();
    assert_eq!(receipts(&app, 2026).await, [1, 2, 3], "made out in 2026, whatever day it counts");
    assert_eq!(receipts(&app, 2025).await, [0; 0]);
    assert_eq!(number(&app, "select max(journal_no) from journal").await, 3);
    let facts = "select max(fact_no) - count(*) from fact_hash";
    assert_eq!(number(&app, facts).await, 0, "facts are numbered without gaps");
}

#[tokio::test]
async fn an_account_with_lines_or_with_a_role_does_not_become_a_heading() {
    let app = prepared().await;
    run(&app, APP, &gift("2026-03-02", 1, 10)).await.unwrap();
    run(&app, APP, &spend("2026-03-02", 1, 10)).await.unwrap();
    let open = |below: &str, code: &str| {
        format!("select ledger_add_account(13141, '{below}', '{code}', 'Chi tiết', 'Detail')")
    };
    insist("with lines", run(&app, APP, &open("1411", "14111")).await, "SQ429", "must take lines itself");
    insist("with a role", run(&app, APP, &open("1121", "11211")).await, "SQ429", "must take lines itself");
    insist("below nothing", run(&app, APP, &open("9999", "99991")).await, "SQ404", "no account 9999");
    insist("elsewhere", run(&app, APP, &open("152", "1531")).await, "23514", "account_extends_its_parent");
    run(&app, APP, &open("152", "1521")).await.expect("control");
    let on = |code| post("2026-03-02", &[line(code, 1, "5"), line("capital", 1, "-5")]);
    insist("a line on the new heading", run(&app, APP, &on("152")).await, "SQ404", "takes no lines");
    run(&app, APP, &on("1521")).await.expect("control: a line on the detail");
}
