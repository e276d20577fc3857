use futures_util::stream::BoxStream;
use futures_util::{StreamExt as _, TryStreamExt as _};

use crate::db::Conn;
use crate::domain::language::Text;

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
          select 0, format('%s journals up to %s, the pen says %s', count(*), max(journal_no), min(p.last_journal_no))
            from journal j join pen p using (unit_id) where unit_id = $1
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
        question: "with fact as (select fact_no, kind, ref from fact_leaf where unit_id = $1 and kind in ('journal', 'period_event'))
          select count(*), null from period_event where unit_id = $1
          union all
          select 0, format('journal %s of %s came when the books were open from %s', j.journal_no, j.effective_on, e.closed_before)
            from journal j join fact f on f.kind = 'journal' and f.ref = j.journal_no::text
            cross join lateral (select p.closed_before from period_event p join fact g on g.kind = 'period_event'
                                   and g.ref = p.period_event_id::text
                                 where p.unit_id = $1 and g.fact_no < f.fact_no order by g.fact_no desc limit 1) e
           where j.unit_id = $1 and j.effective_on < e.closed_before",
    },
    Claim {
        text: Text::fixed("Tài khoản theo dõi từng hợp đồng không có số nào ngoài hợp đồng", "Control accounts hold nothing that no contract has"),
        question: "select count(*), null from line l join control_account c on c.unit_id = l.unit_id and c.code = l.account where l.unit_id = $1
          union all
          select 0, format('account %s, source %s: %s about %s, which is no contract', l.account, l.source_id, trunc(sum(l.amount)),
                           coalesce(l.subject_id::text, 'nobody'))
            from line l join control_account c on c.unit_id = l.unit_id and c.code = l.account
           where l.unit_id = $1 and not exists (select from agreement a where a.unit_id = $1 and a.agreement_id = l.subject_id)
             and not exists (select from loan n where n.unit_id = $1 and n.loan_id = l.subject_id)
           group by l.account, l.source_id, l.subject_id having sum(l.amount) <> 0",
    },
    Claim {
        text: Text::fixed("Người lập và người duyệt là hai người", "Maker and approver are two people"),
        question: "select count(*), null from approval where unit_id = $1 and state = 'approved'
          union all
          select 0, format('approval %s was decided by its maker', approval_id)
            from approval where unit_id = $1 and state = 'approved' and decided_by = made_by",
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

pub async fn units(conn: &mut Conn) -> sqlx::Result<Vec<i32>> {
    Ok(sqlx::query_scalar!("select units_with_facts()")
        .fetch_all(conn)
        .await?
        .into_iter()
        .flatten()
        .collect())
}

pub async fn guards(conn: &mut Conn) -> sqlx::Result<i64> {
    let guards = sqlx::query_scalar!(
        "select count(*) from pg_trigger t join pg_class c on c.oid = t.tgrelid where c.relnamespace = 'public'::regnamespace"
    );
    Ok(guards.fetch_one(conn).await?.unwrap_or_default())
}

pub async fn fallen_guards(conn: &mut Conn) -> sqlx::Result<Vec<String>> {
    Ok(sqlx::query_scalar!("select fallen_guards()").fetch_all(conn).await?.into_iter().flatten().collect())
}

/// How many reference tables there are, and which of them are not as the last migration left them.
pub async fn reference_digests(conn: &mut Conn) -> sqlx::Result<(i64, Vec<String>)> {
    let rows = sqlx::query!(
        "select coalesce(r.tab, t.tab) as tab, r.digest is not distinct from digest_of(t.tab) as same
           from reference_digest r full join (select reference_tables() as tab) t on t.tab = r.tab order by 1"
    )
    .fetch_all(conn)
    .await?;
    let tables = i64::try_from(rows.len()).unwrap_or_default();
    let changed = rows.into_iter().filter(|row| row.same != Some(true)).filter_map(|row| row.tab);
    Ok((tables, changed.map(|tab| format!("{tab} was changed")).collect()))
}

pub struct Leaf {
    pub fact_no: i64,
    pub kind: String,
    pub ref_: String,
    pub leaf: Vec<u8>,
}

pub async fn leaves(conn: &mut Conn, unit: i32) -> sqlx::Result<Vec<Leaf>> {
    sqlx::query_as!(
        Leaf,
        "select fact_no, kind, ref as ref_, leaf from fact_leaf where unit_id = $1 order by fact_no",
        unit
    )
    .fetch_all(conn)
    .await
}

pub async fn leaves_between(conn: &mut Conn, unit: i32, from: i64, upto: i64) -> sqlx::Result<Vec<Vec<u8>>> {
    sqlx::query_scalar!(
        "select leaf from fact_leaf where unit_id = $1 and fact_no between $2 and $3 order by fact_no",
        unit,
        from,
        upto
    )
    .fetch_all(conn)
    .await
}

pub async fn last_fact_no(conn: &mut Conn, unit: i32) -> sqlx::Result<i64> {
    sqlx::query_scalar!("select last_fact_no from pen where unit_id = $1", unit).fetch_one(conn).await
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
) -> BoxStream<'a, sqlx::Result<(String, String)>> {
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
}

pub async fn seals(conn: &mut Conn, unit: i32) -> sqlx::Result<Vec<Seal>> {
    sqlx::query_as!(
        Seal,
        "select seal_no, from_fact_no, upto_fact_no, root, previous, hash from seal where unit_id = $1 order by seal_no",
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
