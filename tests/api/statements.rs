//! The lines of the official statements: every account is in one of them, sums add up lines that there are, and the forms are
//! those of the circular.

use sqlx::{Executor as _, PgConnection};

use crate::support::TestApp;
use crate::support::books::{insist, run};

/// Accounts that no line shows: settled inside the unit before a statement is drawn up, or closed with the year.
const IN_NO_LINE: [&str; 4] = ["tt24_2024 136", "tt24_2024 336", "tt24_2024 911", "tt31_2019 001"];

/// Accounts that take lines, for each side on which they may stand, and the lines that show them. Lines that share an account by
/// due date are one, if they leave no gap and nothing twice.
const BADLY_SHOWN: &str = "
    with side as (
      select a.chart_id, a.code, a.class, s.side
        from chart_account a, unnest(case a.side when 'both' then '{debit,credit}' else array[a.side] end) s(side)
       where not a.memorandum and a.chart_id <> 'tt05_2019' and a.chart_id || ' ' || a.code <> all ($1)
         and not exists (select from chart_account d where d.chart_id = a.chart_id and d.parent_code = a.code)
    ), shown as (
      select s.*, f.form, t.line, t.due_over, t.due_upto,
             lag(t.due_upto) over (partition by s.chart_id, s.code, s.side order by t.due_over nulls first, t.due_upto) as before,
             row_number() over (partition by s.chart_id, s.code, s.side order by t.due_over nulls first, t.due_upto) as n,
             count(t.line) over (partition by s.chart_id, s.code, s.side) as lines
        from side s
        left join (report_form f join report_term t using (form, valid_from))
          on f.chart_id = s.chart_id and starts_with(s.code, t.account_prefix)
         and t.kind in ('balance_' || s.side, 'excess_' || s.side, case when s.class in ('asset', 'liability', 'equity') then 'balance' else s.class end)
         and (t.kind in ('income', 'expense')) = (s.class in ('income', 'expense'))
    )
    select format('%s %s %s: %s', chart_id, code, side, coalesce(string_agg(form || ' ' || line, ', ' order by form, line), 'no line'))
      from shown group by chart_id, code, side
    having not (bool_and(lines > 0) and bool_and(due_over is not distinct from case when n > 1 then before end)
                and bool_and(case when n > 1 then due_over is not null else true end)
                and bool_or(n = lines and due_upto is null))
     order by 1";

/// Lines that add up themselves in the end, and terms that name no account of their chart.
const BADLY_MADE: &str = "
    with recursive reaches as (
      select form, valid_from, line, operand from report_term where kind = 'line'
      union
      select r.form, r.valid_from, r.line, t.operand
        from reaches r join report_term t on (t.form, t.valid_from, t.line) = (r.form, r.valid_from, r.operand) and t.kind = 'line'
    )
    select format('%s %s adds up itself', form, line) from reaches where line = operand
    union all
    select format('%s %s names %s, which is no account', t.form, t.line, p.prefix)
      from report_term t join report_form f using (form, valid_from), unnest(array[t.account_prefix, t.counter_prefix]) p(prefix)
     where p.prefix is not null and not exists (select from chart_account a where a.chart_id = f.chart_id and starts_with(a.code, p.prefix))
    union all
    select format('%s %s is made of nothing', form, code) from report_line l
     where not exists (select from report_term t where (t.form, t.valid_from, t.line) = (l.form, l.valid_from, l.code))
     order by 1";

async fn complaints(conn: &mut PgConnection) -> Vec<String> {
    let mut found: Vec<String> =
        sqlx::query_scalar(BADLY_SHOWN).bind(IN_NO_LINE).fetch_all(&mut *conn).await.unwrap();
    found.extend(sqlx::query_scalar::<_, String>(BADLY_MADE).fetch_all(conn).await.unwrap());
    found
}

/// A wrong account, what is said of it, and so on: each in a transaction that is rolled back.
const PLANTED: &[(&str, &[&str])] = &[
    (
        "insert into chart_account values
           ('tt24_2024', '366', null, 'Các khoản nhận trước chưa ghi thu', 'Received, not yet used', 'liability', 'credit', false, false, false)",
        &["tt24_2024 366 credit: no line"],
    ),
    (
        "insert into chart_account values ('tt24_2024', '618', null, 'Chi phí', 'Expenses', 'expense', 'debit', false, false, false)",
        &["tt24_2024 618 debit: no line"],
    ),
    (
        "insert into report_term (form, valid_from, line, term_no, op, kind, account_prefix)
           values ('B01/BCTC', '2025-01-01', '110', 99, 1, 'balance_debit', '141')",
        &["tt24_2024 1411 debit: B01/BCTC 110, B01/BCTC 134", "tt24_2024 1412 debit: B01/BCTC 110, B01/BCTC 134"],
    ),
    (
        "update report_term set due_over = 24 where form = 'B01/BCTC' and line = '263'",
        &[
            "tt24_2024 3411 credit: B01/BCTC 254, B01/BCTC 263",
            "tt24_2024 3412 credit: B01/BCTC 254, B01/BCTC 263",
            "tt24_2024 3418 credit: B01/BCTC 254, B01/BCTC 263",
        ],
    ),
    (
        "delete from report_term where form = 'B01/BCTC' and line = '256'",
        &[
            "tt24_2024 3531 credit: no line",
            "tt24_2024 3532 credit: no line",
            "tt24_2024 35331 credit: no line",
            "tt24_2024 35332 credit: no line",
            "tt24_2024 3534 credit: no line",
            "tt24_2024 35381 credit: no line",
            "tt24_2024 35382 credit: no line",
            "tt24_2024 35388 credit: no line",
            "B01/BCTC 256 is made of nothing",
        ],
    ),
    (
        "insert into report_term (form, valid_from, line, term_no, op, kind, operand)
           values ('B02-TCVM', '2020-03-01', '60', 99, 1, 'line', '90')",
        &["B02-TCVM 60 adds up itself", "B02-TCVM 70 adds up itself", "B02-TCVM 90 adds up itself"],
    ),
    (
        "update report_term set counter_prefix = '4312' where form = 'B02/BCTC' and line = '521'",
        &["B02/BCTC 521 names 4312, which is no account"],
    ),
];

#[tokio::test]
async fn every_account_is_in_one_line_of_its_statements_and_sums_add_up() {
    let app = TestApp::new().await;
    let mut conn = app.owner.acquire().await.unwrap();
    assert_eq!(complaints(&mut conn).await, [""; 0]);
    for (plant, told) in PLANTED {
        let mut tx = app.owner.begin().await.unwrap();
        tx.execute(*plant).await.unwrap();
        assert_eq!(complaints(&mut tx).await, *told, "{plant}");
        tx.rollback().await.unwrap();
    }
    let missing = "insert into report_term (form, valid_from, line, term_no, op, kind, operand)
                     values ('B01/BCTC', '2025-01-01', '100', 99, 1, 'line', '999')";
    let refused = sqlx::query(missing).execute(&app.owner).await.unwrap_err();
    let constraint = refused.as_database_error().and_then(|error| error.constraint());
    assert_eq!(constraint, Some("report_term_form_valid_from_operand_fkey"), "an operand that is no line");
    for table in ["report_form", "report_line", "report_term"] {
        let denied = format!("permission denied for table {table}");
        insist(table, run(&app, "soquy_app", &format!("delete from {table}")).await, "42501", &denied);
    }
    assert_eq!(complaints(&mut conn).await, [""; 0]);
}

/// The lines of a form: their codes in order.
async fn codes(conn: &mut PgConnection, form: &str) -> String {
    sqlx::query_scalar("select string_agg(code, ' ' order by position) from report_line where form = $1")
        .bind(form)
        .fetch_one(conn)
        .await
        .unwrap()
}

/// What a sum adds up and takes off.
async fn sum(conn: &mut PgConnection, form: &str, line: &str) -> String {
    sqlx::query_scalar(
        "select string_agg(case op when 1 then '+' else '-' end || operand, '' order by term_no) from report_term
          where form = $1 and line = $2 and kind = 'line'",
    )
    .bind(form)
    .bind(line)
    .fetch_one(conn)
    .await
    .unwrap()
}

#[tokio::test]
async fn lines_and_titles_are_those_of_the_circular() {
    let app = TestApp::new().await;
    let mut conn = app.owner.acquire().await.unwrap();
    assert_eq!(
        codes(&mut conn, "B01/BCTC").await,
        "100 110 120 121 122 130 131 132 133 134 135 140 141 142 150 160 170 171 172 180 181 182 183 184 190 191 192 193 194 195 196 \
         200 201 202 203 204 205 206 210 211 212 213 220 230 240 250 251 252 253 254 255 256 257 260 261 262 263 264 265 \
         280 281 282 283 284 285 300"
    );
    assert_eq!(
        codes(&mut conn, "B02/BCTC").await,
        "400 411 412 413 414 415 416 417 418 419 450 451 452 453 454 455 456 457 458 460 500 510 520 521 522 525"
    );
    for (form, line, said) in [
        ("B01/BCTC", "100", "+110+120+130+140+150"),
        ("B01/BCTC", "160", "+170+180+190+200+210+220"),
        ("B01/BCTC", "230", "+100+160"),
        ("B01/BCTC", "250", "+251+252+253+254+255+256+257"),
        ("B01/BCTC", "300", "+240+280"),
        ("B02/BCTC", "400", "+411+412+413+414+415+416+419"),
        ("B02/BCTC", "500", "+400-450-460"),
        ("B02/BCTC", "525", "+520-521-522"),
    ] {
        assert_eq!(sum(&mut conn, form, line).await, said, "{form} {line}");
    }
    for (form, line, title) in [
        ("B01/BCTC", "100", "TÀI SẢN NGẮN HẠN"),
        ("B01/BCTC", "134", "Các khoản phải thu ngắn hạn khác"),
        ("B01/BCTC", "213", "Dự án, công trình đầu tư xây dựng đã bàn giao, chờ phê duyệt quyết toán"),
        ("B01/BCTC", "256", "Các Quỹ phải trả"),
        ("B01/BCTC", "285", "Tài sản thuần khác"),
        ("B01/BCTC", "300", "TỔNG CỘNG NGUỒN VỐN"),
        ("B02/BCTC", "456", "Chi phí quản lý của hoạt động sản xuất kinh doanh, dịch vụ"),
        ("B02/BCTC", "525", "Thặng dư không phân phối/thâm hụt chuyển năm sau"),
    ] {
        let of = "select title_vi from report_line where form = $1 and code = $2";
        let said: String = sqlx::query_scalar(of).bind(form).bind(line).fetch_one(&mut *conn).await.unwrap();
        assert_eq!(said, title, "{form} {line}");
    }
    let drafts = "select string_agg(form, ' ' order by form) from report_form where unverified";
    assert_eq!(
        sqlx::query_scalar::<_, String>(drafts).fetch_one(&mut *conn).await.unwrap(),
        "B01-TCVM B02-TCVM"
    );
}
