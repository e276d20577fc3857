//! The figures by which a revolving fund is judged, as of a day. Each says how it was reckoned and where its journals are.

use std::collections::BTreeSet;

use chrono::NaiveDate;
use rust_decimal::Decimal;
use serde::Serialize;
use uuid::Uuid;

use super::store::{self, OfFund, Over};
use crate::db::Conn;
use crate::domain::books::journal_kind::JournalKind;
use crate::domain::support::percent;
use crate::domain::values::figures::{date, group};
use crate::domain::values::language::{Language, Text};
use crate::domain::values::money::RoundingMode;
use crate::ledger::capital::{self, Growth};
use crate::ledger::sources;
use crate::problem::{Kind, Problem};

/// What a figure counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum FigureUnit {
    /// Money.
    #[serde(rename = "đồng")]
    Dong,
    /// Hundredths.
    Percent,
    /// How often.
    Times,
    /// Households.
    Households,
}

/// One figure.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct Figure {
    /// The value as a decimal string; none when there is nothing to divide by.
    #[schema(value_type = Option<String>)]
    pub value: Option<Decimal>,
    /// What it counts.
    pub unit: FigureUnit,
    /// How it was reckoned.
    pub explanation: Text,
    /// Address of the journals behind it, where there are any.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub journals: Option<String>,
}

/// The figures of a fund as of a day.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct Indicators {
    /// The fund.
    pub fund_id: i32,
    /// The day; what came later does not count.
    pub on: NaiveDate,
    /// Capital received on the first day of capital.
    pub capital_initial: Figure,
    /// Capital received since, less what went back to givers.
    pub capital_added: Figure,
    /// Capital that stays with households for good, by the terms.
    pub capital_given_away: Figure,
    /// Capital lost by decision and not recovered since.
    pub capital_lost: Figure,
    /// What is left of it: in the till or with households.
    pub capital_in_hand: Figure,
    /// With households.
    pub outstanding: Figure,
    /// In hand and not with households.
    pub idle_capital: Figure,
    /// Tỷ lệ thu hồi: recovered by the day ÷ due by the day.
    pub recovery_rate: Figure,
    /// Tỷ lệ quá hạn: overdue ÷ outstanding.
    pub overdue_rate: Figure,
    /// Vòng quay: disbursed in all ÷ average capital.
    pub turns: Figure,
    /// Hộ: households ever served, each once.
    pub households: Figure,
    /// Lượt hộ: payouts.
    pub household_times: Figure,
}

/// Sums over the agreements of a fund.
#[derive(Debug, Default)]
struct Sums {
    disbursed: Decimal,
    outstanding: Decimal,
    recovered: Decimal,
    due: Decimal,
    overdue: Decimal,
    times: u32,
    households: BTreeSet<Uuid>,
    /// What stays with households by the terms, by the day of the payout; − where a payout was taken back.
    given_away: Vec<(NaiveDate, Decimal)>,
}

/// Sums over the journals of its capital.
#[derive(Debug, Default)]
struct Capital {
    initial: Decimal,
    added: Decimal,
    given_away: Decimal,
    lost: Decimal,
    average: Decimal,
    since: Option<NaiveDate>,
}

impl Capital {
    /// Average: the sum of each day's capital in hand, divided by the days from the first capital to the day asked.
    fn of(growth: &[Growth], given_away: &[(NaiveDate, Decimal)], on: NaiveDate) -> Self {
        let mut sums = Self { since: growth.first().map(|g| g.on), ..Self::default() };
        let days = |from: NaiveDate| Decimal::from(on.signed_duration_since(from).num_days() + 1);
        let mut weighted = Decimal::ZERO;
        for step in growth {
            let received = if Some(step.on) == sums.since { &mut sums.initial } else { &mut sums.added };
            *received += step.capital;
            sums.lost += step.lost;
            weighted += (step.capital - step.lost) * days(step.on);
        }
        for (day, amount) in given_away {
            let received = if Some(*day) == sums.since { &mut sums.initial } else { &mut sums.added };
            *received += amount;
            sums.given_away += amount;
        }
        if let Some(since) = sums.since {
            sums.average = weighted / days(since);
        }
        sums
    }

    fn in_hand(&self) -> Decimal {
        self.initial + self.added - self.given_away - self.lost
    }
}

impl Sums {
    /// Adds an agreement that is over: everything of it was due, and nothing is outstanding.
    fn add(&mut self, agreement: &OfFund, over: &Over) {
        self.given_away.push((over.paid_out_on, agreement.given - agreement.to_return));
        self.disbursed += agreement.given;
        self.recovered += over.recovered;
        self.due += agreement.to_return;
        self.times += 1;
        self.households.insert(agreement.household_id);
    }
}

/// Adds up the agreements of a fund as of a day. Of those that were over by then their rows say enough; the events of the others are
/// folded.
async fn sums(conn: &mut Conn, unit: i32, fund: i32, on: NaiveDate) -> Result<Sums, Problem> {
    let (mut sums, mut others) = (Sums::default(), Vec::new());
    let over = store::over_by(&mut *conn, unit, on).await?;
    for agreement in store::of_fund(&mut *conn, unit, fund).await? {
        match over.get(&agreement.agreement_id) {
            Some(over) => sums.add(&agreement, over),
            None => others.push(agreement.agreement_id),
        }
    }
    for some in others.chunks(500) {
        for case in store::cases_on(&mut *conn, unit, some, on).await?.into_values() {
            let stays = case.agreement.given.amount() - case.agreement.to_return.amount();
            let signed = |(day, stands)| (day, if stands { stays } else { -stays });
            sums.given_away.extend(case.history.payouts(on).into_iter().map(signed));
            if case.history.payout(on).is_none() {
                continue;
            }
            let standing = case.history.standing(on)?;
            sums.disbursed += case.agreement.given.amount();
            sums.outstanding += standing.outstanding.amount();
            sums.recovered += standing.recovered.amount();
            sums.due += standing.due.amount();
            sums.overdue += standing.overdue.amount();
            sums.times += 1;
            sums.households.insert(case.agreement.household_id.uuid());
        }
    }
    Ok(sums)
}

/// A number as both languages print it.
fn shown(number: Decimal) -> impl Fn(Language) -> String {
    move |language| group(number.normalize(), language)
}

fn plain(value: Decimal, unit: FigureUnit, explanation: Text) -> Figure {
    Figure { value: Some(value.normalize()), unit, explanation, journals: None }
}

impl Figure {
    fn behind(self, journals: String) -> Self {
        Self { journals: Some(journals), ..self }
    }
}

/// The formula of a share with its two numbers.
fn ratio(
    what: (&'static str, &'static str),
    part: Decimal,
    whole: Decimal,
    value: Option<Decimal>,
    unit: FigureUnit,
) -> Figure {
    let said = |language: Language| {
        let (part, whole) = (shown(part)(language), shown(whole)(language));
        let percent = if unit == FigureUnit::Percent { language.pick(" %", "%") } else { "" };
        let value = value.map_or_else(|| "–".to_owned(), |value| group(value, language) + percent);
        format!("{} = {part} ÷ {whole} = {value}.", language.pick(what.0, what.1))
    };
    Figure {
        value,
        unit,
        explanation: Text { vi: said(Language::Vi).into(), en: said(Language::En).into() },
        journals: None,
    }
}

fn two_places(exact: Decimal) -> Decimal {
    let mut rounded = exact.round_dp_with_strategy(2, RoundingMode::HalfUp.strategy());
    rounded.rescale(2);
    rounded
}

/// The figures of a fund as of a day.
pub async fn indicators(conn: &mut Conn, unit: i32, fund: i32, on: NaiveDate) -> Result<Indicators, Problem> {
    sources::fund(&mut *conn, unit, fund).await?.ok_or_else(|| Kind::NotFound.bare())?;
    let growth = capital::growth(&mut *conn, unit, fund, on).await?;
    let sums = sums(conn, unit, fund, on).await?;
    let capital = Capital::of(&growth, &sums.given_away, on);
    Ok(figures(unit, fund, on, &capital, &sums))
}

/// Kinds of journals by what they do to the capital.
const RECEIVED: &str = JournalKind::CapitalReceived.name();
const RETURNED: &str = JournalKind::CapitalReturned.name();
const PAID_OUT: &str = JournalKind::SupportPayout.name();
const REPAID: &str = JournalKind::SupportRepayment.name();
const LOST: &str = JournalKind::SupportLoss.name();
const UNDONE: &str = JournalKind::Reversal.name();

/// How amounts are explained, in Vietnamese and in English.
const AMOUNTS: [(&str, &str); 7] = [
    ("Vốn nhận trong ngày có vốn đầu tiên.", "Capital received on the first day of capital."),
    (
        "Vốn nhận thêm sau đó, trừ vốn đã trả lại nơi cấp.",
        "Capital received since, less what went back to its givers.",
    ),
    ("Phần hỗ trợ không phải hoàn trả theo hợp đồng.", "The part of payouts that stays, by the terms."),
    ("Tổn thất đã được phê duyệt, trừ phần thu hồi được.", "Losses approved, less what came back of them."),
    ("Ban đầu + bổ sung − không hoàn trả − tổn thất.", "Initial + added − given away − lost."),
    ("Vốn còn ở các hộ.", "Capital with households, agreement by agreement."),
    ("Vốn hiện có − vốn ở các hộ.", "Capital in hand − capital with households."),
];

fn figures(unit: i32, fund: i32, on: NaiveDate, capital: &Capital, sums: &Sums) -> Indicators {
    let to = on.succ_opt().unwrap_or(on);
    let address =
        |kinds: &[&str]| format!("/v1/units/{unit}/journals?fund={fund}&kind={}&to={to}", kinds.join(","));
    let (received, payouts) = (address(&[RECEIVED, RETURNED, UNDONE]), address(&[PAID_OUT, UNDONE]));
    let (repayments, losses) = (address(&[REPAID, UNDONE]), address(&[LOST, UNDONE]));
    let with_households = address(&[PAID_OUT, REPAID, LOST, UNDONE]);
    let all = address(&[RECEIVED, RETURNED, PAID_OUT, REPAID, LOST, UNDONE]);
    let in_hand = capital.in_hand();
    let amount = |n: usize, value: Decimal, journals: &str| {
        let (vi, en) = AMOUNTS[n];
        plain(value, FigureUnit::Dong, Text::fixed(vi, en)).behind(journals.to_owned())
    };
    let households = u32::try_from(sums.households.len()).unwrap_or(u32::MAX);
    let once =
        Text::fixed("Số hộ đã từng được hỗ trợ, mỗi hộ tính một lần.", "Households ever served, each once.");
    let times = Text::fixed("Số lượt giải ngân cho hộ.", "Payouts to households.");
    Indicators {
        fund_id: fund,
        on,
        capital_initial: amount(0, capital.initial, &received),
        capital_added: amount(1, capital.added, &received),
        capital_given_away: amount(2, capital.given_away, &payouts),
        capital_lost: amount(3, capital.lost, &losses),
        capital_in_hand: amount(4, in_hand, &all),
        outstanding: amount(5, sums.outstanding, &with_households),
        idle_capital: amount(6, in_hand - sums.outstanding, &all),
        recovery_rate: recovery(sums).behind(repayments),
        overdue_rate: overdue(sums).behind(with_households),
        turns: turned(capital, sums.disbursed, on).behind(payouts.clone()),
        households: plain(households.into(), FigureUnit::Households, once).behind(payouts.clone()),
        household_times: plain(sums.times.into(), FigureUnit::Households, times).behind(payouts),
    }
}

fn share(what: (&'static str, &'static str), part: Decimal, whole: Decimal) -> Figure {
    let value = (!whole.is_zero()).then(|| percent(part, whole));
    ratio(what, part, whole, value, FigureUnit::Percent)
}

fn recovery(sums: &Sums) -> Figure {
    let vi = "Tỷ lệ thu hồi = vốn đã thu hồi (kể cả nộp trước hạn) ÷ vốn đến hạn";
    share((vi, "Recovery rate = recovered (early money included) ÷ due"), sums.recovered, sums.due)
}

fn overdue(sums: &Sums) -> Figure {
    let vi = "Tỷ lệ quá hạn = vốn quá hạn ÷ vốn ở các hộ";
    share((vi, "Overdue rate = overdue ÷ outstanding"), sums.overdue, sums.outstanding)
}

/// Turns, with the days over which capital was averaged.
fn turned(capital: &Capital, disbursed: Decimal, on: NaiveDate) -> Figure {
    let turns = (capital.average > Decimal::ZERO).then(|| two_places(disbursed / capital.average));
    let what =
        ("Vòng quay = tổng đã giải ngân ÷ vốn bình quân", "Turns = disbursed in all ÷ average capital");
    let mut figure = ratio(what, disbursed, two_places(capital.average), turns, FigureUnit::Times);
    if let Some(since) = capital.since {
        let period = |language| (date(since, language), date(on, language));
        let ((vi_from, vi_to), (en_from, en_to)) = (period(Language::Vi), period(Language::En));
        let Text { vi, en } = figure.explanation;
        figure.explanation = crate::text!(
            "{vi} Vốn bình quân theo ngày từ {vi_from} đến {vi_to}.",
            "{en} Capital averaged by day from {en_from} to {en_to}."
        );
    }
    figure
}
