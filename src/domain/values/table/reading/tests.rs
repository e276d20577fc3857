use super::super::cell::{Calendar, Cell, Row};
use super::*;

fn cell(cell: Cell) -> Row {
    Row::new(7, Calendar::From1904, vec![Cell::Empty, cell])
}

fn text(content: &str) -> Row {
    cell(Cell::Text(content.to_owned()))
}

fn number(content: &str) -> Row {
    cell(Cell::Number(content.parse().unwrap()))
}

fn percent(content: &str) -> Row {
    cell(Cell::Percent(content.parse().unwrap()))
}

/// What came of a reading: the value, "-" for nothing, "?" for another thing than expected, or why not.
fn came<T: std::fmt::Display>(reading: Reading<T>) -> String {
    match reading {
        Ok(value) => value.map_or("-".to_owned(), |value| value.to_string()),
        Err(Unread::Unlike) => "?".to_owned(),
        Err(Unread::Because(why)) => why.en.into_owned(),
    }
}

const NEGATIVE: &str = "a negative amount; the column takes none";
const LOST: &str =
    "the spreadsheet has lost digits of the long number; make the column text and enter the number again";

#[test]
fn a_number_has_no_separators_and_a_text_has() {
    for (row, dong, million) in [
        (number("904"), "904", "904000000"),
        (number("904.125"), "the number 904.125 is not a whole number of đồng", "904125000"),
        (text("904.125"), "904125", "?"),
        (number("30.125"), "the number 30.125 is not a whole number of đồng", "30125000"),
        (number("-5"), NEGATIVE, NEGATIVE),
        (
            number("0.0000001"),
            "the number 0.0000001 is not a whole number of đồng",
            "the number 0.0000001 is not a whole number of đồng",
        ),
        (number("0.0"), "0", "0"),
        (text("-5"), NEGATIVE, NEGATIVE),
        (text("(1.000.000)"), NEGATIVE, NEGATIVE),
        (text("5,5-"), "?", NEGATIVE),
        (text("\u{ff15}\u{ff10}\u{a0}000\u{a0}"), "50000", "50000000000"),
        (text("'50.000"), "50000", "?"),
        (text("5E+6"), "?", "?"),
        (percent("6.6"), "?", "?"),
        (cell(Cell::Empty), "-", "-"),
        (text(" \u{a0} "), "-", "-"),
    ] {
        assert_eq!(came(row.at(1).amount(AmountUnit::Dong)), dong, "{row:?}");
        assert_eq!(came(row.at(1).amount(AmountUnit::Million)), million, "{row:?}");
    }
    assert_eq!(came(number("79228162514264337593543950335").at(1).amount(AmountUnit::Dong)), "?");
}

#[test]
fn a_rate_is_the_percentage_that_is_shown_or_refused() {
    let doubt = "0.066 may be 0.066% or 6.6%; write it with the sign %";
    for (row, rate) in [
        (percent("6.6"), "6.6"),
        (number("6.6"), "6.6"),
        (number("0.066"), doubt),
        (text("0,066"), doubt),
        (text("0,066 %"), "0.066"),
        (percent("0.066"), "0.066"),
        (number("0"), "0"),
        (number("1"), "1"),
        (text("6,60%"), "6.6"),
        (text("6.6"), "6.6"),
        (percent("660"), "?"),
        (number("-1"), "?"),
        (text("6,6,6"), "?"),
        (text("sáu"), "?"),
        (number("6.1234567"), "?"),
        (cell(Cell::Day(NaiveDate::MIN)), "?"),
    ] {
        assert_eq!(came(row.at(1).percent()), rate, "{row:?}");
    }
}

#[test]
fn a_day_is_one_of_the_calendar_of_its_workbook_or_one_that_a_person_typed() {
    let lost = "the day has become a number, counted from 1900 or from 1904; make the column a day and save it again";
    let short = "the year needs its four digits";
    for (row, day) in [
        (cell(Cell::Day("2021-03-15".parse().unwrap())), "2021-03-15"),
        (number("42808"), "2021-03-15"),
        (number("42808.75"), "2021-03-15"),
        (number("2021"), "?"),
        (number("150321"), "?"),
        (text("42808"), lost),
        (text("5/3/2021"), "2021-03-05"),
        (text("05-03-2021"), "2021-03-05"),
        (text("5.3.2021"), "2021-03-05"),
        (text("2021-03-05"), "2021-03-05"),
        (text("05/03/2021 00:00:00"), "2021-03-05"),
        (text("2021-03-05T08:30:00"), "2021-03-05"),
        (text("'０５/０３/２０２１"), "2021-03-05"),
        (text("29/02/2023"), "?"),
        (text("29/02/2024"), "2024-02-29"),
        (text("15-03-21"), short),
        (text("15/3/21"), short),
        (text("03/15/2021"), "?"),
        (text("05/03/2021 sáng"), "?"),
        (text("5/3"), "?"),
        (cell(Cell::Time), "?"),
        (cell(Cell::Truth(true)), "?"),
    ] {
        assert_eq!(came(row.at(1).day()), day, "{row:?}");
    }
    let from_1900 = Row::new(1, Calendar::From1900, vec![Cell::Number(Decimal::from(44_270))]);
    assert_eq!(came(from_1900.at(0).day()), "2021-03-15");
}

#[test]
fn letters_and_digits_are_what_stood_there_before_a_spreadsheet_changed_them() {
    let changed = |into: &str| {
        format!(
            "the spreadsheet has changed what stood there into {into}; make the column text and enter it again"
        )
    };
    for (row, letters, digits) in [
        (text(" KU-7 "), "KU-7", "KU-7"),
        (text("'-7"), "-7", "-7"),
        (text("'034081900001"), "'034081900001", "034081900001"),
        (number("34081900001"), "34081900001", "34081900001"),
        (text("34081900001.0"), "34081900001.0", "34081900001"),
        (text("7.9201E+10"), LOST, LOST),
        (text("7,9201E+10"), LOST, LOST),
        (text("1E10"), "1E10", "1E10"),
        (number("1000000000000000"), LOST, LOST),
        (number("999999999999999"), "999999999999999", "999999999999999"),
        (number("7.5"), "7.5", "?"),
        (cell(Cell::Day(NaiveDate::MIN)), &changed("a day or time"), "?"),
        (percent("12"), &changed("a percentage"), "?"),
        (cell(Cell::Truth(true)), &changed("true or false"), "?"),
        (cell(Cell::Empty), "-", "-"),
    ] {
        assert_eq!(came(row.at(1).text()), letters, "{row:?}");
        assert_eq!(came(row.at(1).digits()), digits, "{row:?}");
    }
}

#[test]
fn a_count_is_whole() {
    for (row, count) in [
        (number("60"), "60"),
        (text("60"), "60"),
        (text("60.0"), "60"),
        (text("６０"), "60"),
        (number("60.5"), "?"),
        (number("-1"), "?"),
        (text("+6"), "?"),
        (text("6 tháng"), "?"),
        (percent("60"), "?"),
    ] {
        assert_eq!(came(row.at(1).count()), count, "{row:?}");
    }
}

#[test]
fn what_no_column_can_take_is_refused_by_name_and_place() {
    let expected = Text::fixed("Số", "A number");
    for (content, vi, en) in [
        (
            Cell::Error("#REF!".to_owned()),
            "Ô B7: công thức báo lỗi #REF!; hãy sửa rồi gửi lại tệp",
            "Cell B7: the formula gives #REF!; mend it and send the file again",
        ),
        (
            Cell::Uncomputed,
            "Ô B7: công thức chưa được tính; hãy mở tệp bằng Excel hoặc LibreOffice, lưu rồi gửi lại",
            "Cell B7: the formula was never computed; open the file in Excel or LibreOffice, save it and send it again",
        ),
        (Cell::Time, "Ô B7: Số", "Cell B7: A number"),
    ] {
        let row = cell(content);
        let at = row.at(1);
        let all = [
            at.count().map(drop),
            at.amount(AmountUnit::Dong).map(drop),
            at.percent().map(drop),
            at.day().map(drop),
            at.digits().map(drop),
        ];
        for refusal in all.map(Result::unwrap_err) {
            let why = refusal.at(at.place, expected.clone());
            assert_eq!((&*why.vi, &*why.en), (vi, en));
        }
    }
}
