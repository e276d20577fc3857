//! A journal comes whole. `soquy_books` owns the posting functions and is the only one that may insert into the books, so
//! what it cannot do past the door nobody can.

use crate::support::books::{insist, prepared, run};

const BOOKS: &str = "soquy_books";

/// A header written past the door.
fn header(journal_no: i64, n_lines: i32) -> String {
    format!(
        "insert into journal (unit_id, journal_no, journal_id, effective_on, kind, description, n_lines)
         values (13141, {journal_no}, new_id(), '2026-03-02', 'manual', 'thử', {n_lines})"
    )
}

/// Lines written past the door.
fn lines(journal_no: i64, first: i32, amounts: &[i64]) -> String {
    let row =
        |(n, amount): (i32, &i64)| format!("(13141, {journal_no}, {n}, '1111', 1, '2026-03-02', {amount})");
    let rows: Vec<_> = (first..).zip(amounts).map(row).collect();
    format!(
        "insert into line (unit_id, journal_no, line_no, account, source_id, effective_on, amount) values {};",
        rows.join(", ")
    )
}

/// Both in one statement.
fn together(header: String, lines: String) -> String {
    format!("with header as ({header}) {lines}")
}

#[tokio::test]
async fn lines_come_whole_and_in_the_transaction_of_their_header() {
    let app = prepared().await;
    let pair = lines(1, 1, &[5, -5]);
    let cases = [
        ("fewer than declared", together(header(1, 4), pair.clone())),
        ("more than declared", together(header(1, 2), lines(1, 1, &[5, -5, 7, -7]))),
        (
            "numbered with a gap",
            together(header(1, 4), lines(1, 1, &[5, -5, 7, -7]).replace("(13141, 1, 4,", "(13141, 1, 5,")),
        ),
        ("without a header", pair.clone()),
        ("in a second statement", together(header(1, 2), pair.clone()) + &lines(1, 3, &[7, -7])),
        (
            "of another day",
            together(header(1, 2), pair.replace("1, '2026-03-02', -5", "1, '2026-03-03', -5")),
        ),
        (
            "under a forged transaction",
            together(
                header(1, 2).replace("n_lines)", "n_lines, txid)").replace("2)", "2, '7')"),
                pair.clone(),
            ),
        ),
    ];
    for (what, sql) in cases {
        insist(what, run(&app, BOOKS, &sql).await, "SQ424", "incomplete, or its lines came later");
    }
    insist("a header alone", run(&app, BOOKS, &header(1, 2)).await, "SQ425", "has no lines");
    let one_by_one = format!("{}; {pair}", header(1, 2));
    insist("a header before its lines", run(&app, BOOKS, &one_by_one).await, "SQ425", "has no lines");
    let in_a_savepoint = format!("savepoint s; {} release s;", together(header(1, 2), pair));
    run(&app, BOOKS, &in_a_savepoint).await.expect("control: whole, in a savepoint");
    insist("to an old journal", run(&app, BOOKS, &lines(1, 3, &[7, -7])).await, "SQ424", "came later");
    let shadowed = format!(
        "create temp table line (unit_id integer, journal_no bigint); insert into line values (13141, 2); {}",
        header(2, 2)
    );
    insist("a header with a false line", run(&app, BOOKS, &shadowed).await, "SQ425", "has no lines");
}
