//! The room: the only code that writes the books.
//!
//! Lock doctrine, for everybody: the idempotency key, then the rows a command read (agreements, by key), then the
//! counter of the unit. [`post`] locks the counter, so nothing may be locked after it. The counter makes posting in a unit serial, which is
//! what gap-free numbers ask for anyway; speed comes from posting a batch of journals at a time, and units do not wait
//! for each other. The database checks everything again (`migrations/0004_ledger_rules.sql`).

pub mod balances;
pub mod capital;
pub mod chart;
pub mod journal_lists;
pub mod journals;
pub mod month_ends;
pub mod periods;
pub mod places;
pub mod seals;
pub mod sources;
pub mod tills;
pub mod vouchers;
pub mod year_end;

use chrono::NaiveDate;
use rust_decimal::Decimal;
use sqlx::Connection as _;
use uuid::Uuid;

use crate::db::Conn;
use crate::domain::books::journal_kind::Owner;
use crate::domain::books::posting::{Posting, VoucherKind};
use crate::domain::values::language::Text;
use crate::text;

/// Why the books refused. Callers match on it.
#[derive(Debug, thiserror::Error)]
pub enum PostError {
    /// The unit keeps no book yet.
    #[error("the unit keeps no book")]
    NoBook,
    /// The day lies in a closed period.
    #[error("the books are open from {open_from}")]
    Closed {
        /// First open day.
        open_from: NaiveDate,
    },
    /// A source would spend what it does not have.
    #[error("source {of} would have {balance} on {on}")]
    Short {
        /// Number of the source.
        of: String,
        /// What it would have, đồng.
        balance: Decimal,
        /// The first day on which it would.
        on: NaiveDate,
    },
    /// A source would spend what it holds for others.
    #[error("source {of} would have {balance} on {on}, and owes {held} to others")]
    HeldForOthers {
        /// Number of the source.
        of: String,
        /// What it would have, đồng.
        balance: Decimal,
        /// The first day on which it would.
        on: NaiveDate,
        /// How much of it belongs to others, đồng.
        held: Decimal,
    },
    /// More savings would be handed over than members brought.
    #[error("source {of} would owe {balance} of savings on {on}")]
    SavingsShort {
        /// Number of the source.
        of: String,
        /// What it would owe, đồng.
        balance: Decimal,
        /// The first day on which it would.
        on: NaiveDate,
    },
    /// A cash box or bank account would stand below zero.
    #[error("till {} would have {balance} on {on}", .till.till)]
    TillShort {
        /// The till.
        till: NamedTill,
        /// What it would have, đồng.
        balance: Decimal,
        /// The first day on which it would.
        on: NaiveDate,
    },
    /// A source would stand below zero within a cash box or bank account.
    #[error("source {source_named} would have {balance} in till {} on {on}", .till.till)]
    SourceOutOfTill {
        /// The till.
        till: NamedTill,
        /// Number and name of the source.
        source_named: String,
        /// What it would have there, đồng.
        balance: Decimal,
        /// The first day on which it would.
        on: NaiveDate,
    },
    /// A till that was closed.
    #[error("till {} is closed", .till.till)]
    TillClosed {
        /// The till.
        till: NamedTill,
        /// Its last day.
        last_day: NaiveDate,
    },
    /// Debits and credits differ in a source.
    #[error("a journal does not balance in each source")]
    Unbalanced,
    /// An account or a source that takes no lines.
    #[error("an account or source takes no lines")]
    UnknownAccount,
    /// No such journal in this unit.
    #[error("no such journal")]
    UnknownJournal,
    /// It was reversed before.
    #[error("the journal was reversed already")]
    AlreadyReversed,
    /// A reversal is not reversed.
    #[error("the journal is itself a reversal")]
    OfReversal,
    /// Another than its owner would reverse it.
    #[error("a journal of kind {kind} is its owner's to reverse")]
    NotTheOwner {
        /// The kind of the journal.
        kind: String,
    },
    /// A reversal does not count before its journal.
    #[error("the journal counts from {on}")]
    BeforeItsJournal {
        /// The day of the journal.
        on: NaiveDate,
    },
    /// An account with lines, or with a role in the recipes, does not become a heading.
    #[error("the account must take lines itself")]
    TakesLines,
    /// A line on a control account that is not about an agreement or loan of its kinds, or one about no subject at all.
    #[error("a line on account {account} is about nothing that it may be about")]
    SubjectMissing {
        /// The account.
        account: String,
    },
    /// A line by hand on an account whose balance is a sum over a sub-ledger.
    #[error("account {account} is a sum over a sub-ledger")]
    Summed {
        /// The account.
        account: String,
    },
    /// Money into an account whose tills take it in.
    #[error("account {account} takes no more money in")]
    TillSplit {
        /// The account.
        account: String,
    },
    /// No such till on that day.
    #[error("no till {till}")]
    NoSuchTill {
        /// As it was named.
        till: String,
    },
    /// A till that is not to be closed or opened again now.
    #[error("the till is not closed or opened: {why}")]
    TillStays {
        /// `state`, `first choice`, `chart`, `holds <đồng>` or `used <day>`.
        why: String,
    },
    /// The day has not come.
    #[error("the day has not come")]
    NotYet,
    /// Closing backwards, or reopening forwards.
    #[error("the books are open from {open_from}")]
    PeriodOrder {
        /// First open day.
        open_from: NaiveDate,
    },
    /// Something else the database said.
    #[error(transparent)]
    Database(sqlx::Error),
}

impl From<sqlx::Error> for PostError {
    fn from(error: sqlx::Error) -> Self {
        let Some(database) = error.as_database_error() else { return Self::Database(error) };
        if database.constraint() == Some("journal_reversed_once") {
            return Self::AlreadyReversed;
        }
        let detail = database.try_downcast_ref::<sqlx::postgres::PgDatabaseError>().and_then(|e| e.detail());
        let words = detail.unwrap_or_default();
        let said = match database.code().as_deref() {
            Some("SQ423") if words.is_empty() => Some(Self::NoBook),
            Some("SQ423") => words.parse().ok().map(|open_from| Self::Closed { open_from }),
            Some("SQ409") => shortage(words).map(|(of, balance, on)| Self::Short { of, balance, on }),
            Some("SQ436") => held_for_others(words),
            Some("SQ437") => shortage(words).map(|(of, balance, on)| Self::SavingsShort { of, balance, on }),
            Some("SQ435" | "SQ442" | "SQ443") => of_till(words),
            Some("SQ422") => Some(Self::Unbalanced),
            Some("SQ404") if database.message().starts_with("no journal") => Some(Self::UnknownJournal),
            Some("SQ404") => Some(Self::UnknownAccount),
            Some("SQ428") => match words.strip_prefix("before ") {
                Some(on) => on.parse().ok().map(|on| Self::BeforeItsJournal { on }),
                None => Some(Self::OfReversal),
            },
            Some("SQ433") => Some(Self::NotTheOwner { kind: words.to_owned() }),
            Some("SQ429") => Some(Self::TakesLines),
            Some("SQ431") => Some(Self::NotYet),
            Some("SQ430") => Some(Self::SubjectMissing { account: words.to_owned() }),
            Some("SQ438") => Some(Self::TillSplit { account: words.to_owned() }),
            Some("SQ439") => Some(Self::NoSuchTill { till: words.to_owned() }),
            Some("SQ440") => Some(Self::TillStays { why: words.to_owned() }),
            Some("SQ434") => Some(Self::Summed { account: words.to_owned() }),
            Some("SQ426") => words.parse().ok().map(|open_from| Self::PeriodOrder { open_from }),
            _ => None,
        };
        said.unwrap_or(Self::Database(error))
    }
}

/// A till as a refusal names it.
#[derive(Debug, Clone, serde::Deserialize)]
pub struct NamedTill {
    /// What commands call it.
    pub till: String,
    /// Name.
    pub name: String,
    /// Its account.
    pub account: String,
}

/// What the database says of a till, as JSON.
#[derive(serde::Deserialize)]
struct SaidOfTill {
    #[serde(flatten)]
    till: NamedTill,
    source: Option<String>,
    balance: Option<Decimal>,
    on: Option<NaiveDate>,
    last_day: Option<NaiveDate>,
}

/// Why a till does not take a journal.
fn of_till(words: &str) -> Option<PostError> {
    let SaidOfTill { till, source, balance, on, last_day } = serde_json::from_str(words).ok()?;
    let (Some(balance), Some(on)) = (balance, on) else {
        return Some(PostError::TillClosed { till, last_day: last_day? });
    };
    Some(match source {
        Some(source_named) => PostError::SourceOutOfTill { till, source_named, balance, on },
        None => PostError::TillShort { till, balance, on },
    })
}

/// `source balance day`, as the posting functions write it.
fn shortage(words: &str) -> Option<(String, Decimal, NaiveDate)> {
    let mut words = words.split(' ');
    let (of, balance, on) = (words.next()?, words.next()?, words.next()?);
    Some((of.to_owned(), balance.parse().ok()?, on.parse().ok()?))
}

/// `source balance day held`.
fn held_for_others(words: &str) -> Option<PostError> {
    let (words, held) = words.rsplit_once(' ')?;
    let (of, balance, on) = shortage(words)?;
    Some(PostError::HeldForOthers { of, balance, on, held: held.parse().ok()? })
}

/// The number of a voucher: without gaps per unit, book, year and kind.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
pub struct VoucherNumber {
    /// Quyển số.
    pub book: String,
    /// Year of issue.
    pub year: i32,
    /// Which form.
    pub kind: VoucherKind,
    /// Số.
    pub number: i32,
}

impl VoucherNumber {
    /// As an officer finds the paper in the hand.
    pub fn cited(&self) -> Text {
        let Self { book, year, kind, number } = self;
        let (vi, en) = (kind.title().to_lowercase(), kind.name().replace('_', " "));
        text!("{vi} số {number} quyển {book} năm {year}", "{en} {number} of book {book} of {year}")
    }
}

/// What the books gave a journal.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
pub struct Posted {
    /// Public id.
    pub journal_id: Uuid,
    /// Number in the unit's general journal, without gaps.
    pub journal_no: i64,
    /// Its paper, if it has one.
    pub voucher: Option<VoucherNumber>,
}

struct PostedRow {
    journal_id: Option<Uuid>,
    journal_no: Option<i64>,
    book: Option<String>,
    year: Option<i32>,
    kind: Option<String>,
    number: Option<i32>,
}

impl PostedRow {
    fn posted(self) -> Result<Posted, PostError> {
        let voucher = match (self.book, self.year, self.kind, self.number) {
            (Some(book), Some(year), Some(kind), Some(number)) => {
                let kind =
                    VoucherKind::of_name(&kind).ok_or(PostError::Database(sqlx::Error::RowNotFound))?;
                Some(VoucherNumber { book, year, kind, number })
            }
            _ => None,
        };
        let missing = || PostError::Database(sqlx::Error::RowNotFound);
        Ok(Posted {
            journal_id: self.journal_id.ok_or_else(missing)?,
            journal_no: self.journal_no.ok_or_else(missing)?,
            voucher,
        })
    }
}

/// Posts a batch of journals of one unit, in order, all or none.
pub async fn post(conn: &mut Conn, unit: i32, postings: &[Posting]) -> Result<Vec<Posted>, PostError> {
    if postings.is_empty() {
        return Ok(Vec::new());
    }
    let batch = sqlx::types::Json(postings);
    sqlx::query_as!(PostedRow, "select * from ledger_post($1, $2)", unit, batch as _)
        .fetch_all(conn)
        .await?
        .into_iter()
        .map(PostedRow::posted)
        .collect()
}

/// What [`post`] would write, or why it would not: posts and takes everything back. Waits for the unit counter as posting does.
pub async fn rehearse(
    conn: &mut Conn,
    unit: i32,
    postings: &[Posting],
) -> Result<Vec<journals::Journal>, PostError> {
    let mut aside = conn.begin().await?;
    let mut written = Vec::with_capacity(postings.len());
    for posted in post(&mut aside, unit, postings).await? {
        written.extend(journals::find(&mut aside, unit, posted.journal_no).await?);
    }
    aside.rollback().await?;
    Ok(written)
}

/// What [`reverse`] would write, or why it would not.
pub async fn rehearse_reversal(
    conn: &mut Conn,
    unit: i32,
    journal_no: i64,
    reversal: Reversal<'_>,
) -> Result<Option<journals::Journal>, PostError> {
    let mut aside = conn.begin().await?;
    let posted = reverse(&mut aside, unit, journal_no, reversal).await?;
    let written = journals::find(&mut aside, unit, posted.journal_no).await?;
    aside.rollback().await?;
    Ok(written)
}

/// Reverses a journal, once: the mirror of its lines on a day of an open period.
pub async fn reverse(
    conn: &mut Conn,
    unit: i32,
    journal_no: i64,
    reversal: Reversal<'_>,
) -> Result<Posted, PostError> {
    sqlx::query_as!(
        PostedRow,
        "select * from ledger_reverse($1, $2, $3, $4, $5, $6)",
        unit,
        journal_no,
        reversal.journal_id,
        reversal.effective_on,
        reversal.reason,
        reversal.owner.name(),
    )
    .fetch_one(conn)
    .await?
    .posted()
}

/// How a journal is reversed.
#[derive(Debug, Clone, Copy)]
pub struct Reversal<'a> {
    /// Public id of the reversing journal.
    pub journal_id: Uuid,
    /// The day the reversal counts.
    pub effective_on: NaiveDate,
    /// Why, for the auditor.
    pub reason: &'a str,
    /// On whose behalf: the owner of the journal, or it is refused.
    pub owner: Owner,
}

/// Opens the book of a unit with the accounts of a chart; `first_day` is its first open day.
pub async fn open_book(
    conn: &mut Conn,
    unit: i32,
    chart: &str,
    first_day: NaiveDate,
) -> Result<(), PostError> {
    sqlx::query!("select ledger_open($1, $2, $3)", unit, chart, first_day).fetch_one(conn).await?;
    Ok(())
}

/// First open day of a unit; none before its book is opened.
pub async fn open_from(conn: &mut Conn, unit: i32) -> Result<Option<NaiveDate>, PostError> {
    Ok(sqlx::query_scalar!("select open_from($1)", unit).fetch_one(conn).await?)
}

/// Waits until nobody posts in the unit, and keeps it so to the end of the transaction.
pub async fn wait(conn: &mut Conn, unit: i32) -> Result<(), PostError> {
    sqlx::query!("select ledger_wait($1)", unit).fetch_one(conn).await?;
    Ok(())
}

/// Closes everything before the first of a month.
pub async fn close_before(conn: &mut Conn, unit: i32, day: NaiveDate, reason: &str) -> Result<(), PostError> {
    sqlx::query!("select ledger_close($1, 'close', $2, $3)", unit, day, reason).fetch_one(conn).await?;
    Ok(())
}

/// Opens closed months again, from the first of a month on.
pub async fn reopen_from(conn: &mut Conn, unit: i32, day: NaiveDate, reason: &str) -> Result<(), PostError> {
    sqlx::query!("select ledger_close($1, 'reopen', $2, $3)", unit, day, reason).fetch_one(conn).await?;
    Ok(())
}
