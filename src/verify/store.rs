use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use futures_util::stream::BoxStream;
use futures_util::{StreamExt as _, TryStreamExt as _};
use serde_json::Value;
use sqlx::AssertSqlSafe;

use super::tables::TABLES;
use crate::db::Conn;
use crate::domain::values::language::Text;

/// A claim that one question to the database can refute.
pub struct Claim {
    /// What is claimed.
    pub text: Text,
    /// Asks for `(examined, finding)` rows; the first row carries the count and no finding.
    pub question: &'static str,
}

/// What must hold in every unit, besides the hashes. `$1` is the unit.
pub const CLAIMS: &[Claim] = &[
    Claim {
        text: Text::fixed("Mỗi bút toán cân trong từng nguồn vốn", "Every journal balances in each source"),
        question: "select count(*), null from journal where unit_id = $1
          union all
          select 0, format('journal %s, source %s: off by %s', journal_no, source_id, sum(amount))
            from line where unit_id = $1 group by journal_no, source_id having sum(amount) <> 0
          union all
          select 0, format('journal %s has %s of %s lines', j.journal_no, count(l.line_no), j.n_lines)
            from journal j left join line l on l.unit_id = j.unit_id and l.journal_no = j.journal_no
           where j.unit_id = $1 group by j.journal_no, j.n_lines having count(l.line_no) <> j.n_lines",
    },
    Claim {
        text: Text::fixed("Số dư bằng tổng các dòng bút toán", "Balances are the sums of the lines"),
        question: "select count(*), null from balance where unit_id = $1
          union all
          select 0, format('balance of %s, source %s: %s in the row, %s in the lines', account, source_id, b.amount, l.amount)
            from (select * from balance where unit_id = $1) b
            full join (select account, source_id, sum(amount) as amount, count(*) as lines from line where unit_id = $1
                        group by account, source_id) l using (account, source_id)
           where b.amount is distinct from l.amount or b.lines is distinct from l.lines",
    },
    Claim {
        text: Text::fixed("Không quỹ tiền mặt, tài khoản tiền gửi nào âm ở cuối ngày nào", "No cash box and no bank account is below zero at the end of any day"),
        question: "select count(*), null from account where unit_id = $1 and money and postable
          union all
          select 0, format('account %s stood at %s at worst, below zero first on %s', account, trunc(min(running)), min(effective_on))
            from (select account, effective_on, sum(sum(amount)) over (partition by account order by effective_on) as running
                    from line l
                   where unit_id = $1 and account in (select code from account a where a.unit_id = $1 and a.money)
                   group by account, effective_on) r
           where running < 0 group by account",
    },
    Claim {
        text: Text::fixed("Mỗi hợp đồng hỗ trợ đã được bình xét đồng ý", "Every agreement on support was carried by a vote"),
        question: "select count(*), null from agreement where unit_id = $1
          union all
          select 0, format('agreement %s: no vote carried request %s', a.agreement_id, a.request_id)
            from agreement a join project p using (unit_id, project_id)
           where a.unit_id = $1
             and not exists (select from last_vote(a.unit_id, a.request_id) v
                              where v.held_on <= a.signed_on and v.for_it * 100 > v.attendees * p.votes_above_pct)",
    },
    Claim {
        text: Text::fixed("Phát sinh từng tháng bằng tổng các dòng", "Movements of the months are the sums of the lines"),
        question: "select count(*), null from period_balance where unit_id = $1
          union all
          select 0, format('movement of %s, source %s in %s', account, source_id, month)
            from (select * from period_balance where unit_id = $1) b
            full join (select account, source_id, date_trunc('month', effective_on)::date as month, count(*) as lines,
                              coalesce(sum(amount) filter (where amount > 0), 0) as debit,
                              coalesce(-sum(amount) filter (where amount < 0), 0) as credit
                         from line where unit_id = $1 group by 1, 2, 3) l using (account, source_id, month)
           where (b.debit, b.credit, b.lines) is distinct from (l.debit, l.credit, l.lines)",
    },
    Claim {
        text: Text::fixed("Phát sinh từng ngày bằng tổng các dòng", "Movements of the days are the sums of the lines"),
        question: "select count(*), null from day_balance where unit_id = $1
          union all
          select 0, format('movement of %s, source %s on %s', account, source_id, on_day)
            from (select * from day_balance where unit_id = $1) b
            full join (select account, source_id, effective_on as on_day, coalesce(sum(amount) filter (where amount > 0), 0) as debit,
                              coalesce(-sum(amount) filter (where amount < 0), 0) as credit
                         from line where unit_id = $1 group by 1, 2, 3) l using (account, source_id, on_day)
           where (b.debit, b.credit) is distinct from (l.debit, l.credit)",
    },
    Claim {
        text: Text::fixed("Số bút toán từng tháng đúng như đã ghi", "Months count the journals that are there"),
        question: "select count(*), null from period_journals where unit_id = $1
          union all
          select 0, format('%s: %s journals, the month says %s', month, j.journals, p.journals)
            from (select * from period_journals where unit_id = $1) p
            full join (select date_trunc('month', effective_on)::date as month, count(*) as journals from journal where unit_id = $1
                        group by 1) j using (month)
           where j.journals is distinct from p.journals",
    },
    Claim {
        text: Text::fixed("Số chứng từ liên tục, không nhảy số", "Voucher numbers have no gaps"),
        question: "select count(*), null from voucher where unit_id = $1
          union all
          select 0, format('book %s, %s, %s: %s vouchers up to %s, counter %s', book, year, kind, v.n, v.highest, c.last_number)
            from (select * from voucher_counter where unit_id = $1) c
            full join (select book, year, kind, count(*) as n, max(number) as highest from voucher where unit_id = $1
                        group by book, year, kind) v using (book, year, kind)
           where v.n is distinct from v.highest or v.highest is distinct from c.last_number",
    },
    Claim {
        text: Text::fixed("Số bút toán liên tục", "Journal numbers have no gaps"),
        question: "select count(*), null from journal where unit_id = $1
          union all
          select 0, format('%s journals up to %s, the counter says %s', count(*), max(journal_no), min(p.last_journal_no))
            from journal j join unit_counter p using (unit_id) where unit_id = $1
          having count(*) <> max(journal_no) or max(journal_no) <> min(p.last_journal_no)",
    },
    Claim {
        text: Text::fixed("Không nguồn vốn nào chi quá số có, ở bất kỳ ngày nào", "No source was below zero on any day"),
        question: "select count(*), null from source where unit_id = $1
          union all
          select 0, format('source %s stood at %s on %s', source_id, running, effective_on)
            from (select source_id, effective_on, sum(sum(amount)) over (partition by source_id order by effective_on) as running
                    from line l join account a on a.unit_id = l.unit_id and a.code = l.account
                   where l.unit_id = $1 and a.money group by source_id, effective_on) days
           where running < 0",
    },
    Claim {
        text: Text::fixed("Bút toán đảo là ảnh gương, mỗi bút toán đảo một lần", "A reversal mirrors its journal, once"),
        question: "select count(*), null from journal where unit_id = $1 and reverses is not null
          union all
          select 0, format('reversal %s does not mirror journal %s', j.journal_no, j.reverses)
            from journal j
           where j.unit_id = $1 and j.reverses is not null and exists (
                 select from (select account, source_id, subject_id, sum(amount) as amount from line l
                               where l.unit_id = $1 and l.journal_no in (j.journal_no, j.reverses)
                               group by account, source_id, subject_id) s where s.amount <> 0)",
    },
    Claim {
        text: Text::fixed("Không bút toán nào vào kỳ đã khóa", "No journal was posted into a closed period"),
        question: "with event as (select g.fact_no, p.closed_before from period_event p
                             join fact_hash g on g.unit_id = p.unit_id and g.kind = 'period_event' and g.ref = p.period_event_id::text
                            where p.unit_id = $1),
               open as (select fact_no as after, lead(fact_no) over (order by fact_no) as upto, closed_before from event)
          select count(*), null from period_event where unit_id = $1
          union all
          select 0, format('journal %s of %s came when the books were open from %s', j.journal_no, j.effective_on, o.closed_before)
            from open o
            join fact_hash f on f.unit_id = $1 and f.kind = 'journal' and f.fact_no > o.after and (o.upto is null or f.fact_no < o.upto)
            join journal j on j.unit_id = $1 and j.journal_no::text = f.ref
           where j.effective_on < o.closed_before",
    },
    Claim {
        text: Text::fixed("Sổ chi tiết khớp với tài khoản tổng hợp", "Sub-ledgers and their control accounts agree"),
        question: "with role as (select c.role, c.code from chart_role c join book k on k.chart_id = c.chart_id where k.unit_id = $1),
               said as (select s.subject_id, s.source_id, r.code, sum(s.amount) as amount
                          from subledgers($1) s join role r on r.role = s.role group by 1, 2, 3),
               booked as (select l.subject_id, l.account as code, sum(l.amount) as amount
                            from line l join account a on a.unit_id = l.unit_id and a.code = l.account
                           where l.unit_id = $1 and (a.subjects is not null
                                 or l.subject_id is not null and l.account in (select code from said where subject_id is not null))
                           group by 1, 2)
          select count(*), null from said
          union all
          select 0, case when registered then format('subject %s is no %s', subject_id, kind) else format('%s %s is no subject', kind, subject_id) end
            from lost_subjects($1)
          union all
          select 0, format('account %s stands at %s about %s, which is no subject', account, trunc(sum(amount)), subject_id)
            from line l
           where unit_id = $1 and subject_id is not null
             and not exists (select from subject s where s.unit_id = l.unit_id and s.subject_id = l.subject_id)
           group by account, subject_id
          union all
          select 0, format('account %s stands at %s about %s, the sub-ledger says %s', code, trunc(coalesce(b.amount, 0)),
                           coalesce(subject_id::text, 'nobody'), trunc(coalesce(s.amount, 0)))
            from (select * from said where subject_id is not null) s full join booked b using (subject_id, code)
           where coalesce(s.amount, 0) <> coalesce(b.amount, 0)
          union all
          select 0, format('account %s, source %s stands at %s, the sub-ledger says %s', s.code, s.source_id, trunc(coalesce(b.amount, 0)),
                           trunc(s.amount))
            from said s left join balance b on b.unit_id = $1 and b.account = s.code and b.source_id = s.source_id
           where s.source_id is not null and coalesce(b.amount, 0) <> s.amount",
    },
    Claim {
        text: Text::fixed("Mỗi khoản thu được chia đúng như bút toán của nó", "Every repayment is divided as its journal says"),
        question: "with code as (select k.kind, h.role is not null as kept, array_agg(distinct c.code) as codes
                          from book b
                          join chart_role c on c.chart_id = b.chart_id
                          join control_role k on k.role = c.role
                          join account a on a.unit_id = b.unit_id and a.code = c.code and not a.memorandum
                          left join held_role h on h.role = c.role
                         where b.unit_id = $1 group by 1, 2),
               repaid as (select 'loan' as kind, loan_id as subject_id, value_on as on_day, journal_ids[1] as journal_id,
                                 (split->>'overdue_principal')::numeric + (split->>'principal')::numeric as principal,
                                 (split->>'overpaid')::numeric as kept
                            from loan_event where unit_id = $1 and kind = 'repaid'
                           union all
                          select 'agreement', agreement_id, effective_on, journal_id, principal + lost, surplus
                            from agreement_event where unit_id = $1 and kind = 'repaid')
          select count(*), null from repaid
          union all
          select 0, format('repayment of %s %s of %s says principal %s and %s too much, its journal %s moved %s and %s', r.kind, r.subject_id,
                           r.on_day, trunc(r.principal), trunc(r.kept), b.journal_no, trunc(b.principal), trunc(b.kept))
            from repaid r
           cross join lateral (
                 select min(j.journal_no) as journal_no, coalesce(-sum(l.amount) filter (where not c.kept), 0) as principal,
                        coalesce(-sum(l.amount) filter (where c.kept), 0) as kept
                   from journal j
                   left join line l on l.unit_id = $1 and l.journal_no = j.journal_no and l.subject_id = r.subject_id
                   left join code c on c.kind = r.kind and l.account = any (c.codes)
                  where j.unit_id = $1 and j.journal_id = r.journal_id) b
           where (r.principal, r.kept) is distinct from (b.principal, b.kept)",
    },
    Claim {
        text: Text::fixed("Số chứng từ theo đúng thứ tự ngày lập", "Numbers of papers follow the days on which they were made out"),
        question: "select count(*), null from voucher where unit_id = $1
          union all
          select 0, format('%s %s/%s of book %s is of %s, the one before it of %s', kind, number, year, book, issued_on, before)
            from (select v.*, lag(issued_on) over (partition by book, year, kind order by number) as before
                    from voucher v where unit_id = $1) v
           where issued_on < before or extract(year from issued_on) <> year",
    },
    Claim {
        text: Text::fixed("Phiếu thu, phiếu chi đúng số tiền mặt của bút toán", "Receipts and payments say what cash their journals moved"),
        // A reversal makes the paper of its journal void, so it has none of the cashier's itself. What is carried from one box to
        // another is paid out of the first.
        question: "with moved as (select l.journal_no, sum(l.amount) as cash, -sum(least(l.amount, 0)) as carried from line l
                          where l.unit_id = $1 and l.account in (select cash_accounts($1)) group by l.journal_no)
          select count(*), null from voucher where unit_id = $1 and kind in ('receipt', 'payment')
          union all
          select 0, format('%s %s/%s of journal %s says %s, the cash it moved is %s', v.kind, v.number, v.year, v.journal_no, trunc(v.amount),
                           trunc(coalesce(m.cash, 0)))
            from voucher v left join moved m using (journal_no)
           where v.unit_id = $1 and v.kind in ('receipt', 'payment')
             and coalesce(m.cash, 0) <> case v.kind when 'receipt' then v.amount else -v.amount end
             and not (v.kind = 'payment' and m.cash = 0 and m.carried = v.amount)
          union all
          select 0, format('journal %s moved %s of cash and has no %s', j.journal_no, trunc(m.cash), case when m.cash > 0 then 'receipt' else 'payment' end)
            from moved m
            join journal j on j.unit_id = $1 and j.journal_no = m.journal_no and j.reverses is null
            left join voucher v on v.unit_id = $1 and v.journal_no = m.journal_no and v.kind in ('receipt', 'payment')
           where m.cash <> 0 and v.journal_no is null",
    },
    Claim {
        text: Text::fixed("Số hợp đồng hỗ trợ liên tục", "Contract numbers of support have no gaps"),
        question: "select count(*), null from contract_counter where unit_id = $1
          union all
          select 0, format('contracts of %s: %s, the counter says %s', year, a.n, c.last_number)
            from (select * from contract_counter where unit_id = $1) c
            full join (select extract(year from signed_on)::integer as year, count(*) as n from agreement where unit_id = $1 group by 1) a
                 using (year)
           where a.n is distinct from c.last_number",
    },
    Claim {
        text: Text::fixed("Phân loại hộ từng ngày đúng với các quyết định", "The class of every household on every day is what its decisions say"),
        question: "select count(*), null from household_class where unit_id = $1
          union all
          select 0, format('class of household %s from %s', household_id, from_on)
            from (select * from household_class where unit_id = $1) c
            full join (select d.*, h.code from household_class_decided d join household h using (unit_id, household_id)
                        where unit_id = $1) d using (household_id, from_on)
           where (c.to_on, c.class, c.code) is distinct from (d.to_on, d.class, d.code)",
    },
    Claim {
        text: Text::fixed("Đề nghị xếp theo kết quả bình xét gần nhất", "Requests rank by their last votes"),
        question: "select count(*), null from support_request where unit_id = $1
          union all
          select 0, format('request %s ranks by %s votes for and %s against, the last vote was %s to %s', r.request_id, r.for_it,
                           r.against, v.for_it, v.against)
            from support_request r
            left join lateral last_vote(r.unit_id, r.request_id) v on true
           where r.unit_id = $1 and (r.for_it, r.against) is distinct from (v.for_it, v.against)",
    },
    Claim {
        text: Text::fixed("Mật khẩu là mật khẩu đã đặt", "Every password is the one that was set"),
        question: "select count(*), null from app_user where unit_id = $1
          union all
          select 0, format('the password of %s was changed behind the back of the server', u.login)
            from app_user u
            left join credential c on c.user_id = u.user_id
            left join lateral (select v.digest from credential_version v
                                 join fact_hash f on f.unit_id = v.unit_id and f.kind = 'credential_version' and f.ref = v.credential_version_id::text
                                where v.unit_id = u.unit_id and v.user_id = u.user_id order by f.fact_no desc limit 1) v on true
           where u.unit_id = $1 and v.digest is distinct from sha256(convert_to(c.password_hash, 'UTF8'))",
    },
    Claim {
        text: Text::fixed("Người lập và người duyệt là hai người", "Maker and approver are two people"),
        question: "select count(*), null from approval where unit_id = $1 and state = 'approved'
          union all
          select 0, format('approval %s was decided by its maker', approval_id)
            from approval where unit_id = $1 and state = 'approved' and decided_by = made_by",
    },
    Claim {
        text: Text::fixed("Nội dung mỗi tệp đúng với mã băm của nó", "The content of every file is what its hash says"),
        question: "select count(*), null from file where unit_id = $1
          union all
          select 0, format('file %s', encode(sha256, 'hex'))
            from (select * from file where unit_id = $1) f
            full join (select sha256, sha256(bytes) as made from file_content where unit_id = $1) c using (sha256)
           where c.made is distinct from sha256 or f.media_type is null",
    },
];

/// What a question of [`CLAIMS`] found.
pub async fn refutations(
    conn: &mut Conn,
    unit: i32,
    question: &'static str,
) -> sqlx::Result<(i64, Vec<String>)> {
    let rows: Vec<(i64, Option<String>)> = sqlx::query_as(question).bind(unit).fetch_all(conn).await?;
    let examined = rows.iter().map(|(examined, _)| examined).sum();
    Ok((examined, rows.into_iter().filter_map(|(_, finding)| finding).collect()))
}

/// How many agreements a unit has.
pub async fn agreements(conn: &mut Conn, unit: i32) -> sqlx::Result<i64> {
    let agreements = sqlx::query_scalar!("select count(*) from agreement where unit_id = $1", unit);
    Ok(agreements.fetch_one(conn).await?.unwrap_or_default())
}

/// Units in which any table has a row; the list of units itself names them all.
pub async fn units(conn: &mut Conn) -> sqlx::Result<Vec<i32>> {
    let lists_of_units = ["unit", "unit_code", "unit_successor"];
    let tables = TABLES.iter().map(|(name, _)| name).filter(|name| !lists_of_units.contains(name));
    let each: Vec<String> = tables.map(|table| format!("select unit_id from {table}")).collect();
    sqlx::query_scalar(AssertSqlSafe(format!("{} order by 1", each.join(" union ")))).fetch_all(conn).await
}

/// Name and definition of everything that guards the books.
pub async fn catalogue(conn: &mut Conn) -> sqlx::Result<BTreeMap<String, String>> {
    let rows: Vec<(String, String)> = sqlx::query_as(include_str!("catalogue.sql")).fetch_all(conn).await?;
    Ok(rows.into_iter().collect())
}

/// Our roles that could pass by the guards.
pub async fn strong_roles(conn: &mut Conn) -> sqlx::Result<Vec<String>> {
    sqlx::query_scalar(
        "select format('role %s may do more than it should', rolname) from pg_roles
          where rolname in ('soquy_app', 'soquy_books', 'soquy_server')
            and (rolsuper or rolbypassrls or rolcreaterole or rolcreatedb or rolreplication or (rolcanlogin and rolname <> 'soquy_server'))",
    )
    .fetch_all(conn)
    .await
}

/// Reference tables: those that the application may only read, and that belong to no unit.
pub async fn reference_tables(conn: &mut Conn) -> sqlx::Result<Vec<String>> {
    sqlx::query_scalar(
        "select c.relname::text from pg_class c
          where c.relnamespace = 'public'::regnamespace and c.relkind = 'r' and c.relname <> '_sqlx_migrations'
            and not exists (select from pg_attribute a where a.attrelid = c.oid and a.attname = 'unit_id' and not a.attisdropped)
            and has_table_privilege('soquy_app', c.oid, 'select')
            and not has_any_column_privilege('soquy_app', c.oid, 'insert, update')
          order by 1",
    )
    .fetch_all(conn)
    .await
}

/// The rows of a small table.
pub async fn rows_of(conn: &mut Conn, table: &str) -> sqlx::Result<Vec<String>> {
    let rows = AssertSqlSafe(format!("select to_jsonb(t)::text from {table:?} t order by 1"));
    sqlx::query_scalar(rows).fetch_all(conn).await
}

/// The units with their codes and successors, as a migration made them.
pub async fn units_as_made(conn: &mut Conn) -> sqlx::Result<Vec<Value>> {
    sqlx::query_scalar(
        "select jsonb_build_object('unit', to_jsonb(u),
                'codes', (select coalesce(jsonb_agg(to_jsonb(c)), '[]') from unit_code c where c.unit_id = u.unit_id),
                'successors', (select coalesce(jsonb_agg(to_jsonb(s)), '[]') from unit_successor s where s.unit_id = u.unit_id))
           from unit u",
    )
    .fetch_all(conn)
    .await
}

/// A finding, or nothing, for every unit that is there or should be: `seeded` and the changes on record against the rows.
pub async fn units_as_told(conn: &mut Conn, seeded: &Value) -> sqlx::Result<Vec<Option<String>>> {
    sqlx::query_scalar(include_str!("units.sql")).bind(seeded).fetch_all(conn).await
}

pub struct FactHash {
    pub fact_no: i64,
    pub kind: String,
    pub ref_: String,
    pub hash: Vec<u8>,
}

pub async fn fact_hashes(conn: &mut Conn, unit: i32) -> sqlx::Result<Vec<FactHash>> {
    sqlx::query_as!(
        FactHash,
        "select fact_no, kind, ref as ref_, hash from fact_hash where unit_id = $1 order by fact_no",
        unit
    )
    .fetch_all(conn)
    .await
}

pub async fn hashes_between(conn: &mut Conn, unit: i32, from: i64, upto: i64) -> sqlx::Result<Vec<Vec<u8>>> {
    sqlx::query_scalar!(
        "select hash from fact_hash where unit_id = $1 and fact_no between $2 and $3 order by fact_no",
        unit,
        from,
        upto
    )
    .fetch_all(conn)
    .await
}

/// What the counter of a unit says.
#[derive(Default)]
pub struct UnitCounter {
    pub last_fact_no: i64,
    pub last_seal_no: i64,
}

/// The counter; a unit without one has counted nothing.
pub async fn counter(conn: &mut Conn, unit: i32) -> sqlx::Result<UnitCounter> {
    let counter = sqlx::query_as!(
        UnitCounter,
        "select last_fact_no, last_seal_no from unit_counter where unit_id = $1",
        unit
    );
    Ok(counter.fetch_optional(conn).await?.unwrap_or_default())
}

pub async fn fact_kinds(conn: &mut Conn) -> sqlx::Result<Vec<String>> {
    Ok(sqlx::query_scalar!("select kind from fact_kinds() order by 1")
        .fetch_all(conn)
        .await?
        .into_iter()
        .flatten()
        .collect())
}

/// Key and canonical content of every row of a fact table.
pub fn fact_contents<'a>(
    conn: &'a mut Conn,
    unit: i32,
    kind: &'a str,
) -> BoxStream<'a, sqlx::Result<(String, Vec<u8>)>> {
    let rows = sqlx::query!("select ref, content from fact_contents($1, $2)", unit, kind).fetch(conn);
    rows.map_ok(|row| (row.r#ref.unwrap_or_default(), row.content.unwrap_or_default())).boxed()
}

pub struct Seal {
    pub seal_no: i64,
    pub from_fact_no: i64,
    pub upto_fact_no: i64,
    pub root: Vec<u8>,
    pub previous: Vec<u8>,
    pub hash: Vec<u8>,
    pub sealed_at: DateTime<Utc>,
}

pub async fn seals(conn: &mut Conn, unit: i32) -> sqlx::Result<Vec<Seal>> {
    sqlx::query_as!(
        Seal,
        "select seal_no, from_fact_no, upto_fact_no, root, previous, hash, sealed_at from seal where unit_id = $1 order by seal_no",
        unit
    )
    .fetch_all(conn)
    .await
}

pub async fn audited_tables(conn: &mut Conn) -> sqlx::Result<Vec<String>> {
    Ok(sqlx::query_scalar!("select tab from audited_tables() order by 1")
        .fetch_all(conn)
        .await?
        .into_iter()
        .flatten()
        .collect())
}

/// Keys of rows that differ from the trail, and how.
pub async fn audit_differences(
    conn: &mut Conn,
    unit: i32,
    table: &str,
) -> sqlx::Result<Vec<(String, String)>> {
    let rows =
        sqlx::query!("select ref, what from audit_differences($1, $2)", unit, table).fetch_all(conn).await?;
    Ok(rows.into_iter().map(|row| (row.r#ref.unwrap_or_default(), row.what.unwrap_or_default())).collect())
}
