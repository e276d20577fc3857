//! The end of a year: income and expenses meet in the result, and the result becomes surplus or deficit (Circular 24/2024/TT-BTC,
//! accounts 911 and 421; Circular 31/2019/TT-NHNN, accounts 001 and 691). Per source, so no source pays for another.

use chrono::NaiveDate;
use rust_decimal::Decimal;
use uuid::Uuid;

use super::journal_kind::JournalKind;
use super::posting::{Draft, Posting};

/// What stands on an account of income or expense in a source: debits less credits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standing {
    /// The account.
    pub account: String,
    /// The source.
    pub source: i32,
    /// đồng, + debit, − credit.
    pub amount: Decimal,
}

/// Codes of the accounts that take part.
#[derive(Debug, Clone)]
pub struct Accounts {
    /// Where income and expenses meet.
    pub result: String,
    /// Surplus of the year that was closed last.
    pub this_year: String,
    /// Surplus of the years before.
    pub earlier: String,
}

/// What the journals of a fund say besides their lines.
#[derive(Debug, Clone)]
pub struct Closing<'a> {
    /// Public ids of the journals to be.
    pub ids: [Uuid; 3],
    /// The last day of the year.
    pub on: NaiveDate,
    /// Name of the fund.
    pub fund: &'a str,
}

/// The journals of a fund: income and expenses to the result, then the result to the surplus of the year, while what stood
/// there joins the years before; and on the next day the result itself joins them. None when nothing stands anywhere.
pub fn journals(
    closing: &Closing<'_>,
    accounts: &Accounts,
    standing: &[Standing],
    surplus: &[Standing],
) -> Vec<Posting> {
    let (year, fund) = (closing.on.format("%Y"), closing.fund);
    let titled = |what: &str| format!("{what} năm {year}, {fund}");
    let draft = |id, what: &str| Posting::draft(id, JournalKind::YearClosing, closing.on, titled(what));
    let to_result = standing.iter().fold(draft(closing.ids[0], "Kết chuyển thu, chi"), |draft, s| {
        moved(draft, s, &s.account, &accounts.result)
    });
    let to_surplus = standing.iter().fold(draft(closing.ids[1], "Kết chuyển kết quả"), |draft, s| {
        moved(draft, s, &accounts.result, &accounts.this_year)
    });
    let to_surplus =
        surplus.iter().fold(to_surplus, |draft, s| moved(draft, s, &s.account, &accounts.earlier));
    let next_day = closing.on.succ_opt().unwrap_or(closing.on);
    let carried = Posting::draft(
        closing.ids[2],
        JournalKind::SurplusCarried,
        next_day,
        titled("Kết chuyển thặng dư (thâm hụt)"),
    );
    let carried =
        standing.iter().fold(carried, |draft, s| moved(draft, s, &accounts.this_year, &accounts.earlier));
    [to_result, to_surplus, carried].into_iter().filter_map(|draft| draft.balanced().ok()).collect()
}

fn moved(draft: Draft, standing: &Standing, from: &str, to: &str) -> Draft {
    draft.source(standing.source).line(from, -standing.amount).line(to, standing.amount)
}

#[cfg(test)]
mod tests {
    use super::super::posting::{Account, Line};
    use super::*;

    fn standing(account: &str, source: i32, amount: i64) -> Standing {
        Standing { account: account.to_owned(), source, amount: amount.into() }
    }

    fn written(accounts: &Accounts, standing: &[Standing], surplus: &[Standing]) -> Vec<Vec<String>> {
        let on = NaiveDate::from_ymd_opt(2025, 12, 31).unwrap();
        let closing = Closing { ids: [1, 2, 3].map(Uuid::from_u128), on, fund: "Quỹ thử" };
        let said = |posting: &Posting| {
            let line = |l: &Line| {
                let Account::Code(code) = &l.account else { panic!("{l:?}") };
                format!("{} {code} {}", l.source, l.amount)
            };
            posting.lines.iter().map(line).collect::<Vec<_>>()
        };
        journals(&closing, accounts, standing, surplus).iter().map(said).collect()
    }

    fn accounts(this_year: &str, earlier: &str) -> Accounts {
        Accounts { result: "911".to_owned(), this_year: this_year.to_owned(), earlier: earlier.to_owned() }
    }

    #[test]
    fn income_and_expenses_meet_in_the_result_and_the_result_becomes_surplus_source_by_source() {
        let stands = [standing("5158", 1, -700), standing("61181", 1, 200), standing("61182", 2, 90)];
        assert_eq!(
            written(&accounts("4212", "4211"), &stands, &[standing("4212", 1, -40)]),
            [
                vec!["1 5158 700", "1 61181 -200", "1 911 -500", "2 61182 -90", "2 911 90"],
                vec!["1 4211 -40", "1 4212 -460", "1 911 500", "2 4212 90", "2 911 -90"],
                vec!["1 4211 -500", "1 4212 500", "2 4211 90", "2 4212 -90"],
            ]
        );
    }

    #[test]
    fn a_chart_with_one_account_for_all_years_keeps_what_stands_there() {
        let lines = written(&accounts("691", "691"), &[standing("7011", 1, -70)], &[standing("691", 1, -40)]);
        assert_eq!(lines, [["1 7011 70", "1 911 -70"], ["1 691 -70", "1 911 70"]]);
    }

    #[test]
    fn where_nothing_stands_nothing_is_written() {
        assert_eq!(written(&accounts("4212", "4211"), &[], &[]), Vec::<Vec<String>>::new());
    }
}
