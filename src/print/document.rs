//! What is printed, as values that know nothing of files.

use chrono::NaiveDate;

use crate::domain::values::figures;
use crate::domain::values::language::Language;
use crate::domain::values::total::Total;

/// The paper.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Paper {
    /// A4 upright.
    A4,
    /// A4 across.
    A4Across,
    /// A5 across, one copy a sheet; what is printed shrinks until it fits on one.
    A5Across,
    /// The same, two on an A4 sheet that is cut in the middle.
    TwoOnA4,
}

/// Something printed.
#[derive(Debug, Clone)]
pub struct Document {
    /// Name of the sheet and of the file's content.
    pub name: String,
    /// On what.
    pub paper: Paper,
    /// Top left: who issues it.
    pub issuer: Vec<Line>,
    /// Top right: the form and its legal basis.
    pub form: Vec<Line>,
    /// The title, in capitals.
    pub title: String,
    /// Under the title: period, day, number, what was chosen.
    pub subtitle: Vec<String>,
    /// Right of the title: book, accounts.
    pub references: Vec<String>,
    /// The rest, from top to bottom.
    pub body: Vec<Block>,
    /// Left of the title, in a frame: that it is a copy, and which.
    pub stamp: Option<Stamp>,
    /// Across every page, in grey: that it no longer holds.
    pub across: Option<String>,
    /// One for each copy, with its own references; empty for one copy without any.
    pub copies: Vec<String>,
    /// The day on which it is made.
    pub made_on: NaiveDate,
}

/// What a frame says: a word, and smaller lines under it.
#[derive(Debug, Clone)]
pub struct Stamp {
    /// In capitals.
    pub word: String,
    /// When and by whom.
    pub lines: Vec<String>,
}

/// A line of the head.
#[derive(Debug, Clone)]
pub struct Line {
    /// What it says.
    pub text: String,
    /// How heavy.
    pub bold: bool,
}

impl Line {
    /// A line in regular letters.
    pub fn plain(text: impl Into<String>) -> Self {
        Self { text: text.into(), bold: false }
    }

    /// A line in bold letters.
    pub fn bold(text: impl Into<String>) -> Self {
        Self { text: text.into(), bold: true }
    }
}

/// A part of the body.
#[derive(Debug, Clone)]
pub enum Block {
    /// A table.
    Table(Table),
    /// A field of a form.
    Field(Field),
    /// A sentence.
    Note(String),
    /// A row of signatures, never apart from the end of what they sign.
    Signatures(Vec<Signer>),
}

/// A field of a form: what it asks, and the answer; where the books hold none, dots to write on.
#[derive(Debug, Clone)]
pub struct Field {
    /// With its colon.
    pub label: &'static str,
    /// The answer.
    pub value: Option<String>,
}

/// Who signs.
#[derive(Debug, Clone)]
pub struct Signer {
    /// Above the post: place and day.
    pub above: Option<String>,
    /// The post.
    pub post: &'static str,
    /// What the form asks for: name, stamp.
    pub how: &'static str,
    /// The name, where it is known.
    pub name: Option<String>,
}

/// A table.
#[derive(Debug, Clone)]
pub struct Table {
    /// Above it at the right: the unit of measure.
    pub measure: Option<String>,
    /// Columns.
    pub columns: Vec<Column>,
    /// Rows.
    pub rows: Vec<Row>,
}

/// A column.
#[derive(Debug, Clone)]
pub struct Column {
    /// Heading, whole: that of a file that has one line of headings.
    pub heading: &'static str,
    /// Heading on paper: over this and its neighbours, and of its own.
    pub tiers: Option<(&'static str, &'static str)>,
    /// What its cells hold.
    pub kind: Kind,
}

impl Column {
    /// A column with one heading.
    pub const fn new(heading: &'static str, kind: Kind) -> Self {
        Self { heading, tiers: None, kind }
    }

    /// An amount under a heading that it shares with its neighbours.
    pub const fn under(over: &'static str, own: &'static str, heading: &'static str) -> Self {
        Self { heading, tiers: Some((over, own)), kind: Kind::Money }
    }
}

/// What the cells of a column hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Words, at the left.
    Text,
    /// đồng, at the right.
    Money,
    /// A number of things or of a paper, at the right.
    Count,
    /// A day, in the middle.
    Date,
}

/// A row.
#[derive(Debug, Clone)]
pub struct Row {
    /// What it is to the others.
    pub rank: Rank,
    /// As many as the columns; of a group only the first counts.
    pub cells: Vec<Cell>,
}

/// What a row is to the others.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rank {
    /// One of them.
    Plain,
    /// The heading of those below it: not in CSV, which holds rows.
    Group,
    /// A sum on the way: not in CSV, whose readers add up themselves.
    Subtotal,
    /// A sum or a balance that belongs to the figures.
    Total,
}

/// A cell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Cell {
    /// Words.
    Text(String),
    /// đồng.
    Amount(Total),
    /// A number.
    Count(i64),
    /// A day.
    Day(NaiveDate),
    /// Nothing.
    Empty,
}

impl Cell {
    /// Words.
    pub fn text(words: impl Into<String>) -> Self {
        Self::Text(words.into())
    }

    /// As paper shows it: `1.500.000`, `05/02/2026`; no amount is a dash.
    pub(super) fn on_paper(&self) -> String {
        match self {
            Self::Text(text) => text.clone(),
            Self::Amount(total) if total.0.is_zero() => "-".to_owned(),
            Self::Amount(total) => figures::group(total.0.normalize(), Language::Vi),
            Self::Count(number) => number.to_string(),
            Self::Day(day) => figures::date(*day, Language::Vi),
            Self::Empty => String::new(),
        }
    }
}

impl Document {
    /// A paper with nothing on it.
    pub const fn new(paper: Paper, made_on: NaiveDate) -> Self {
        Self {
            name: String::new(),
            paper,
            issuer: Vec::new(),
            form: Vec::new(),
            title: String::new(),
            subtitle: Vec::new(),
            references: Vec::new(),
            body: Vec::new(),
            stamp: None,
            across: None,
            copies: Vec::new(),
            made_on,
        }
    }

    pub(super) fn tables(&self) -> impl Iterator<Item = &Table> {
        self.body.iter().filter_map(|block| match block {
            Block::Table(table) => Some(table),
            _ => None,
        })
    }
}

/// "05 tháng 02 năm 2026": days and the months 1 and 2 have two digits (Decree 30/2020), so that no digit is put before.
pub fn day_in_words(day: NaiveDate) -> String {
    use chrono::Datelike as _;
    let month = if day.month() < 3 { format!("{:02}", day.month()) } else { day.month().to_string() };
    format!("{:02} tháng {month} năm {}", day.day(), day.year())
}
