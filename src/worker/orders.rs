//! What jobs are asked for, and how each kind is done: step by step, each step in a transaction.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::access::Work;
use crate::bank_registers;
use crate::db::Conn;
use crate::domain::books::account::AccountCode;
use crate::domain::values::media::MediaType;
use crate::domain::values::table::{self, AmountUnit, Table};
use crate::domain::values::text::Name;
use crate::files::{self, FileHash};
use crate::households;
use crate::http::files::{FileForm, Format, Patience, read_table};
use crate::jobs::{JobFile, Kind, Progress, Teller};
use crate::loans::{self, CloseDay};
use crate::print::Document;
use crate::problem::Problem;
use crate::reports::papers::StatementPaper;
use crate::reports::{self, PageOf, Range, StatementLine};
use crate::text;
use crate::verify;

/// A list of households to be taken in, sent before as a file.
#[derive(Debug, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct HouseholdImport {
    /// The list: sha256 of a CSV or XLSX file of the unit.
    #[schema(value_type = String, pattern = "^[0-9a-fA-F]{64}$")]
    pub file: FileHash,
    /// Store nothing when a row is a duplicate or refused; otherwise the other rows are stored.
    #[serde(default)]
    pub all_or_nothing: bool,
}

/// A register of another bank to be taken in, sent before as a file.
#[derive(Debug, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = RegisterImportOrder)]
pub struct RegisterImport {
    /// The export: sha256 of a CSV or XLSX file of the unit.
    #[schema(value_type = String, pattern = "^[0-9a-fA-F]{64}$")]
    pub file: FileHash,
    /// Whose loans.
    pub lender: Name,
    /// The day its balances are of.
    pub as_of: NaiveDate,
    /// What one stands for in its amounts; đồng when not given.
    #[serde(default)]
    #[schema(inline)]
    pub amounts: AmountUnit,
}

/// A proof of the books.
#[derive(Debug, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Verification {
    /// Seals as `number:hash` that were kept outside: they must still be in the chain.
    #[serde(default)]
    #[schema(value_type = Vec<Name>, max_items = 100)]
    pub seals: Vec<KeptSeal>,
}

/// A seal that was kept outside: `number:hash`.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct KeptSeal(String);

impl TryFrom<String> for KeptSeal {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        let good = text.split_once(':').is_some_and(|(number, hash)| {
            number.parse::<u32>().is_ok()
                && hash.len() == 64
                && hash.bytes().all(|digit| digit.is_ascii_hexdigit())
        });
        let wrong = "a seal is its number and its hash, such as \"17:4be1…\" with 64 hex digits";
        if good { Ok(Self(text.to_ascii_lowercase())) } else { Err(wrong) }
    }
}

impl From<KeptSeal> for String {
    fn from(KeptSeal(text): KeptSeal) -> Self {
        text
    }
}

/// A statement of an account as a file.
#[derive(Debug, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct StatementExport {
    /// The account, or a heading.
    pub account: AccountCode,
    /// First day; the first of the year when not given.
    #[serde(default)]
    pub from: Option<NaiveDate>,
    /// First day after the period; tomorrow when not given.
    #[serde(default)]
    pub to: Option<NaiveDate>,
    /// Only of this source.
    #[serde(default)]
    pub source: Option<i32>,
    /// In which form.
    pub form: FileForm,
}

/// How many lines of a statement are read at a time.
const A_PAGE: i64 = 10_000;

/// The most seals of a verification.
const MOST_SEALS: usize = 100;

/// What a job is asked for. As it is kept it says nothing of its kind, which stands beside it.
#[derive(Debug, Serialize)]
#[serde(untagged)]
pub enum Order {
    /// A list of households.
    HouseholdImport(HouseholdImport),
    /// A register of another bank.
    RegisterImport(RegisterImport),
    /// Days to close.
    CloseOfDay(CloseDay),
    /// A proof.
    Verification(Verification),
    /// A statement.
    StatementExport(StatementExport),
}

/// How far a step brought a job.
pub enum Step {
    /// There is more to do, from this place on.
    Further(Value, Progress),
    /// It is done.
    Done(Value, Option<JobFile>),
}

/// What a step came to before its transaction ended.
pub enum Reached {
    /// All of it.
    Step(Step),
    /// All that it asks the books for. Its file is written when the transaction has ended.
    Unwritten(Unwritten),
}

/// A file that is still to be written.
pub struct Unwritten {
    format: Format,
    name: String,
    lines: usize,
    paper: Box<dyn FnOnce() -> Document + Send>,
}

impl Reached {
    /// All of the step.
    pub async fn written(self) -> Result<Step, Problem> {
        let Unwritten { format, name, lines, paper } = match self {
            Self::Step(step) => return Ok(step),
            Self::Unwritten(file) => file,
        };
        let bytes = format.write(paper).await?;
        let result = serde_json::json!({"lines": lines, "bytes": bytes.len()});
        let (name, media_type) = (format.file_name(&name), format.content_type().to_owned());
        Ok(Step::Done(result, Some(JobFile { name, media_type, bytes })))
    }
}

/// An order, and its list where it has one.
pub struct Prepared {
    order: Order,
    list: Option<Table>,
}

fn written(value: &impl Serialize) -> Result<Value, Problem> {
    serde_json::to_value(value).map_err(Problem::internal)
}

/// What a list is read as. A file keeps the name of its kind that its first sender gave it, so only what tells the kinds apart
/// for certain counts: text, or a folder of XML.
fn table_of(media_type: MediaType) -> Option<table::Format> {
    match media_type {
        MediaType::Csv | MediaType::Text | MediaType::Xml => Some(table::Format::Csv),
        MediaType::Xlsx | MediaType::Docx => Some(table::Format::Xlsx),
        MediaType::Jpeg | MediaType::Png | MediaType::Webp | MediaType::Heic | MediaType::Pdf => None,
    }
}

impl Order {
    /// As a job keeps it.
    pub fn kept(kind: Kind, request: Value) -> Result<Self, Problem> {
        let order = match kind {
            Kind::HouseholdImport => serde_json::from_value(request).map(Self::HouseholdImport),
            Kind::RegisterImport => serde_json::from_value(request).map(Self::RegisterImport),
            Kind::CloseOfDay => serde_json::from_value(request).map(Self::CloseOfDay),
            Kind::Verification => serde_json::from_value(request).map(Self::Verification),
            Kind::StatementExport => serde_json::from_value(request).map(Self::StatementExport),
        };
        order.map_err(Problem::internal)
    }

    /// What kind of job it is.
    pub const fn kind(&self) -> Kind {
        match self {
            Self::HouseholdImport(_) => Kind::HouseholdImport,
            Self::RegisterImport(_) => Kind::RegisterImport,
            Self::CloseOfDay(_) => Kind::CloseOfDay,
            Self::Verification(_) => Kind::Verification,
            Self::StatementExport(_) => Kind::StatementExport,
        }
    }

    const fn list(&self) -> Option<FileHash> {
        match self {
            Self::HouseholdImport(HouseholdImport { file, .. })
            | Self::RegisterImport(RegisterImport { file, .. }) => Some(*file),
            Self::CloseOfDay(_) | Self::Verification(_) | Self::StatementExport(_) => None,
        }
    }

    /// Refuses what would fail at its first step, so that whoever asks learns it at once.
    pub async fn check(&self, conn: &mut Conn, work: &Work<'_>) -> Result<(), Problem> {
        if let Some(hash) = self.list() {
            let file = files::named(&mut *conn, work.unit, "/file", hash).await?;
            table_of(file.media_type).ok_or_else(|| {
                Problem::field("/file", text!("Tệp phải là CSV hoặc XLSX", "The file must be CSV or XLSX"))
            })?;
        }
        let not_yet = |pointer| Problem::field(pointer, text!("Chưa đến ngày này", "In the future"));
        match self {
            Self::RegisterImport(order) if order.as_of > work.clock.today() => Err(not_yet("/as_of")),
            Self::CloseOfDay(order) if order.upto > work.clock.today() => Err(not_yet("/upto")),
            Self::Verification(order) if order.seals.len() > MOST_SEALS => Err(Problem::field(
                "/seals",
                text!("Tối đa {MOST_SEALS} niêm phong", "At most {MOST_SEALS} seals"),
            )),
            Self::StatementExport(order) => {
                reports::account(conn, work.unit, order.account.as_str()).await.map_err(|problem| {
                    let unknown = text!("Sổ không có tài khoản này", "The book has no such account");
                    let is_unknown = problem.kind == crate::problem::Kind::NotFound;
                    if is_unknown { Problem::field("/account", unknown) } else { problem }
                })?;
                order.range(work.clock.today()).check()
            }
            _ => Ok(()),
        }
    }

    /// Reads what all steps need and no transaction should wait for.
    pub async fn prepare(
        self,
        content: impl AsyncFnOnce(FileHash) -> Result<(files::File, Vec<u8>), Problem>,
    ) -> Result<Prepared, Problem> {
        let mut list = None;
        if let Some(hash) = self.list() {
            let (file, bytes) = content(hash).await?;
            let format = table_of(file.media_type);
            let format =
                format.ok_or_else(|| Problem::internal(anyhow::anyhow!("a list that is no table")))?;
            list = Some(read_table(bytes.into(), format).await?);
        }
        Ok(Prepared { order: self, list })
    }
}

impl StatementExport {
    fn range(&self, today: NaiveDate) -> Range {
        Range::asked(self.from, self.to, today)
    }

    async fn read(&self, conn: &mut Conn, work: &Work<'_>, teller: &Teller) -> Result<Unwritten, Problem> {
        let (format, today) = (Format::from(self.form), work.clock.today());
        let (range, most) = (self.range(today), format.most_lines(Patience::OfJob));
        let of = (self.account.as_str(), self.source);
        let page = PageOf { after: None, limit: A_PAGE.min(most) };
        let first = reports::statement(&mut *conn, work.unit, of, range, page).await?;
        let mut after = first.page.items.last().map(StatementLine::place);
        let mut paper = StatementPaper::of(first);
        let total = loop {
            let lines = i64::try_from(paper.lines()).unwrap_or(i64::MAX);
            let limit = A_PAGE.min(most - lines);
            if paper.last_page().page.next.is_none() || limit <= 0 {
                break lines;
            }
            let next = reports::statement(&mut *conn, work.unit, of, range, PageOf { after, limit }).await?;
            after = next.page.items.last().map(StatementLine::place);
            paper.go_on(next);
        };
        reports::whole(paper.last_page(), most)?;
        let lines = paper.lines();
        let says = text!("Đã đọc {lines} dòng; đang lập tệp", "{lines} lines are read; writing the file");
        teller.tell(Progress { done: total, of: Some(total), says }).await?;
        let name = format!("statement-{}-{}-{}", self.account.as_str(), range.from, range.last());
        let paper = Box::new(move || paper.document(today));
        Ok(Unwritten { format, name, lines, paper })
    }
}

impl Prepared {
    fn list(&self) -> Result<&Table, Problem> {
        self.list.as_ref().ok_or_else(|| Problem::internal(anyhow::anyhow!("an import without a list")))
    }

    /// Does the next step, from a place on.
    pub async fn step(
        &self,
        conn: &mut Conn,
        work: &Work<'_>,
        place: Option<&Value>,
        teller: &Teller,
    ) -> Result<Reached, Problem> {
        let step = match &self.order {
            Order::HouseholdImport(order) => {
                let options =
                    households::import::Options { dry_run: false, all_or_nothing: order.all_or_nothing };
                let report = households::import::import(conn, work, self.list()?, options, teller).await?;
                Step::Done(written(&report)?, None)
            }
            Order::RegisterImport(order) => {
                let file = bank_registers::File {
                    lender: order.lender.clone(),
                    as_of: order.as_of,
                    unit: order.amounts,
                    sha256: *order.file.bytes(),
                    dry_run: false,
                };
                let report = bank_registers::import::import(conn, work, &file, self.list()?).await?;
                Step::Done(written(&report)?, None)
            }
            Order::CloseOfDay(order) => close(conn, work, order.upto, place).await?,
            Order::Verification(order) => {
                let seals: Vec<&str> = order.seals.iter().map(|KeptSeal(seal)| seal.as_str()).collect();
                let report = verify::verify_unit(conn, work.unit, &seals, teller).await?;
                Step::Done(written(&report)?, None)
            }
            Order::StatementExport(order) => {
                return order.read(conn, work, teller).await.map(Reached::Unwritten);
            }
        };
        Ok(Reached::Step(step))
    }
}

/// What the chunks of a close did together.
#[derive(Default, Serialize, Deserialize)]
struct Closed {
    changed: i64,
    journals: i64,
}

/// Closes the next chunk. The close itself remembers where it is; the place keeps what all chunks did.
async fn close(
    conn: &mut Conn,
    work: &Work<'_>,
    upto: NaiveDate,
    place: Option<&Value>,
) -> Result<Step, Problem> {
    let so_far: Option<Closed> =
        place.cloned().map(serde_json::from_value).transpose().map_err(Problem::internal)?;
    let so_far = so_far.unwrap_or_default();
    let step = loans::close_step(&mut *conn, work, upto, loans::CHUNK).await?;
    let closed = Closed { changed: so_far.changed + step.changed, journals: so_far.journals + step.journals };
    let all = loans::Progress { changed: closed.changed, journals: closed.journals, ..step };
    if all.done {
        return Ok(Step::Done(written(&all)?, None));
    }
    let total = Some(loans::open(conn, work.unit).await?);
    let day = all.day.format("%d/%m/%Y");
    let says = text!("Đang khóa ngày {day}", "Closing {day}");
    Ok(Step::Further(written(&closed)?, Progress { done: all.loans, of: total, says }))
}
