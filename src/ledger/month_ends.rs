//! The tie-out: at the end of every month the accounts of a sub-ledger hold what its rows came to on that day, by source. Several
//! roles may be one account, so both sides are summed by account, and a line belongs to one sub-ledger only. The end of the
//! running month has nothing after today in it, so it says how things stand today.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use rust_decimal::Decimal;

use crate::db::Conn;
use crate::domain::books::account_role::{AccountRole, SubjectKind};
use crate::domain::books::journal_kind::JournalKind;
use crate::domain::values::month::{self, Month};

/// End of a month, source and account.
type Place = (NaiveDate, i32, String);

/// The ends of months of one sub-ledger: what the accounts hold, and what its rows come to.
pub struct MonthEnds {
    of: SubjectKind,
    /// The first day after the last end.
    until: NaiveDate,
    /// Code of the account of each role.
    accounts: BTreeMap<String, String>,
    booked: BTreeMap<(i32, String), BTreeMap<NaiveDate, Decimal>>,
    stands: BTreeMap<Place, Decimal>,
}

impl MonthEnds {
    /// What moved on the accounts of a sub-ledger. Months are looked at up to the last in which anything moved, or in which
    /// `followed` lies: there something should have moved.
    pub async fn read(
        conn: &mut Conn,
        unit: i32,
        of: SubjectKind,
        followed: Option<NaiveDate>,
    ) -> sqlx::Result<Self> {
        let accounts = accounts_of_roles(&mut *conn, unit).await?;
        let mut last = followed;
        let mut booked: BTreeMap<_, BTreeMap<NaiveDate, Decimal>> = BTreeMap::new();
        for moved in booked_by_month(conn, unit, of).await? {
            last = last.max(Some(moved.month));
            booked.entry((moved.source_id, moved.account)).or_default().insert(moved.month, moved.amount);
        }
        let until = last.map_or(NaiveDate::MIN, |last| Month::of(last).next_first_day());
        Ok(Self { of, until, accounts, booked, stands: BTreeMap::new() })
    }

    /// The ends of months since a day.
    pub fn since(&self, first: NaiveDate) -> impl Iterator<Item = NaiveDate> + use<> {
        month::ends_between(first, self.until)
    }

    /// Adds what one row comes to at the end of a month; debits are positive.
    pub fn stands(&mut self, end: NaiveDate, source: i32, role: AccountRole, amount: Decimal) {
        if amount.is_zero() {
            return;
        }
        let account = self.accounts.get(role.name()).map_or(role.name(), String::as_str);
        *self.stands.entry((end, source, account.to_owned())).or_default() += amount;
    }

    /// How many balances were looked at, and which accounts do not hold what the rows come to.
    pub fn findings(mut self) -> (i64, Vec<String>) {
        let (mut looked_at, mut differing) = (0, Vec::new());
        for ((source, account), months) in self.booked {
            let first = months.keys().next().copied().unwrap_or(self.until);
            let (mut held, mut months) = (Decimal::ZERO, months.into_iter().peekable());
            for end in month::ends_between(first, self.until) {
                while let Some((_, amount)) = months.next_if(|(month, _)| *month <= end) {
                    held += amount;
                }
                looked_at += 1;
                let place = (end, source, account.clone());
                let due = self.stands.remove(&place).unwrap_or_default();
                differing.push((place, held, due));
            }
        }
        differing.extend(self.stands.into_iter().map(|(place, due)| (place, Decimal::ZERO, due)));
        differing.retain(|(_, held, due)| held != due);
        differing.sort();
        (looked_at, differing.into_iter().map(|differing| finding(self.of, differing)).collect())
    }
}

fn finding(of: SubjectKind, ((end, source, account), held, due): (Place, Decimal, Decimal)) -> String {
    let rows = match of {
        SubjectKind::Loan => "the loans come",
        SubjectKind::Agreement => "the agreements come",
        SubjectKind::Household => "the savings of members come",
    };
    let (held, due) = (held.normalize(), due.normalize());
    format!("at the end of {end}, source {source}: account {account} stands at {held}, {rows} to {due}")
}

/// What a month moved on an account.
struct Booked {
    /// The first day of the month.
    month: NaiveDate,
    source_id: i32,
    account: String,
    /// Debits less credits.
    amount: Decimal,
}

/// What moved on the accounts of a sub-ledger, by month and source. On control accounts only lines about its subjects count, as
/// others may use them too; the sums are of loans alone. Savings are what is on their account besides, but for what the
/// accountant wrote by hand, which no sheet knows.
async fn booked_by_month(conn: &mut Conn, unit: i32, of: SubjectKind) -> sqlx::Result<Vec<Booked>> {
    sqlx::query_as!(
        Booked,
        r#"with account as (select c.code, bool_or(k.role is not null) as by_subject
                           from book b join chart_role c on c.chart_id = b.chart_id
                           left join control_role k on k.role = c.role and k.kind = $2
                          where b.unit_id = $1
                            and (k.role is not null or $3 and c.role in (select role from sum_role) or $4 and c.role = $5)
                          group by c.code)
           select date_trunc('month', l.effective_on)::date as "month!", l.source_id, l.account, sum(l.amount) as "amount!"
             from account a
             join line l on l.unit_id = $1 and l.account = a.code
             left join subject s on s.unit_id = $1 and s.subject_id = l.subject_id
            where case when a.by_subject then s.kind = $2
                       when $4 then s.kind is null and l.subject_id is null or s.kind = $2 else true end
              and not ($4 and exists (
                    select from journal j left join journal r on r.unit_id = j.unit_id and r.journal_no = j.reverses
                     where j.unit_id = $1 and j.journal_no = l.journal_no and $6 in (j.kind, r.kind)))
            group by 1, 2, 3"#,
        unit,
        of.name(),
        of == SubjectKind::Loan,
        of == SubjectKind::Household,
        AccountRole::MemberSavings.name(),
        JournalKind::Manual.name(),
    )
    .fetch_all(conn)
    .await
}

/// The account of each role that has one whatever the nature of a source.
async fn accounts_of_roles(conn: &mut Conn, unit: i32) -> sqlx::Result<BTreeMap<String, String>> {
    let rows = sqlx::query!(
        "select c.role, c.code from book b join chart_role c using (chart_id) where b.unit_id = $1 and c.nature = ''",
        unit
    );
    Ok(rows.fetch_all(conn).await?.into_iter().map(|row| (row.role, row.code)).collect())
}
