//! What the readers of JSON and of queries say in English, as sentences of both languages.
//!
//! The libraries give their reasons as text only, so it is known by its words; what is not known is passed on as it is.

use crate::domain::support::TermsError;
use crate::domain::values::language::{Language, Text};
use crate::domain::values::strict::{NOT_A_DAY, NOT_AN_INSTANT};
use crate::text;

/// What our own values say of themselves, and in Vietnamese. The test holds it to their words.
const OURS: &[(&str, &str)] = &[
    (
        "not an amount: write digits only, without dots or commas, such as \"1500000\"",
        "Không phải số tiền: chỉ viết chữ số, không có dấu chấm hay dấu phẩy, ví dụ \"1500000\"",
    ),
    ("an amount is never negative", "Số tiền không được âm"),
    ("Must be more than 0", "Phải lớn hơn 0"),
    (
        "VND has no fractions: write a thousand as \"1000\", without dots or commas",
        "Đồng không có phần lẻ: một nghìn viết là \"1000\", không có dấu chấm hay dấu phẩy",
    ),
    ("the amount is too large", "Số tiền quá lớn"),
    (NOT_A_DAY, "Ngày viết như \"2026-03-02\""),
    (NOT_AN_INSTANT, "Thời điểm gồm ngày, giờ và múi giờ, viết như \"2026-03-02T17:30:00Z\""),
    (
        "a file is named by its sha256, 64 hex digits",
        "Tệp được gọi bằng mã sha256 của nó: 64 chữ số thập lục phân",
    ),
    (
        "a seal is its number and its hash, such as \"17:4be1…\" with 64 hex digits",
        "Niêm phong gồm số và mã băm, viết như \"17:4be1…\" với 64 chữ số thập lục phân",
    ),
    ("An account code has 2 to 10 digits", "Số hiệu tài khoản gồm 2 đến 10 chữ số"),
    ("the text is empty", "Không được để trống"),
    ("the text has a character that cannot be seen", "Có ký tự không nhìn thấy được"),
    ("a personal number has digits only", "Số định danh chỉ gồm chữ số"),
    (
        "a personal number has 12 digits (9 on an old card)",
        "Số định danh có 12 chữ số (chứng minh nhân dân cũ: 9)",
    ),
    (
        "a phone number has 10 digits and begins with 03, 05, 07, 08 or 09",
        "Số điện thoại có 10 chữ số, bắt đầu bằng 03, 05, 07, 08 hoặc 09",
    ),
    ("gender is \"male\" or \"female\"", "Giới tính là \"male\" (nam) hoặc \"female\" (nữ)"),
    (
        "a birth is a day such as 05/03/1958, or a year such as 1958",
        "Ngày sinh viết như 05/03/1958, hoặc chỉ năm như 1958",
    ),
    (
        "a household code has 1 to 40 letters (a to z), digits or - . / _",
        "Mã hộ gồm 1 đến 40 chữ cái không dấu, chữ số hoặc - . / _",
    ),
    (
        "a login has 2 to 63 of a-z, 0-9, '.', '-', '_' and begins with a letter or digit",
        "Tên đăng nhập gồm 2 đến 63 ký tự a-z, 0-9, '.', '-', '_', bắt đầu bằng chữ cái hoặc chữ số",
    ),
    (
        "a code has 1 to 40 of A-Z, a-z, 0-9, '.', '-', '_'",
        "Mã gồm 1 đến 40 ký tự A-Z, a-z, 0-9, '.', '-', '_'",
    ),
    (
        "not a month: write year and month, such as \"2026-03\"",
        "Không phải tháng: viết năm và tháng như \"2026-03\"",
    ),
    ("not a password: up to 200 characters", "Mật khẩu có nhiều nhất 200 ký tự"),
    (
        "not a product code: two digits of the programme and a name, such as \"01\" or \"03_worker\"",
        "Không phải mã sản phẩm: viết hai chữ số của chương trình và tên, như \"01\" hoặc \"03_worker\"",
    ),
    (
        "not a purpose: write 2 to 40 small letters, digits and _, such as \"breeding_stock\"",
        "Không phải mã mục đích: viết 2 đến 40 chữ thường không dấu, chữ số và _, như \"breeding_stock\"",
    ),
    ("not a refresh token", "Không phải mã làm mới"),
    ("a key is 8 to 100 visible ASCII characters", "Khóa gồm 8 đến 100 ký tự ASCII nhìn thấy được"),
];

/// How the libraries begin, and what that means: of values first, then of JSON itself.
const THEIRS: &[(&str, &str, &str)] = &[
    ("input is out of range", "Không có ngày ấy trong lịch", "The calendar has no such day"),
    ("UUID parsing failed", "Không phải mã định danh (UUID)", "Not an id (UUID)"),
    ("invalid digit found in string", "Phải là số nguyên", "It must be a whole number"),
    ("cannot parse integer from empty string", "Phải là số nguyên", "It must be a whole number"),
    ("number too large to fit", "Số quá lớn", "The number is too large"),
    ("number too small to fit", "Số quá nhỏ", "The number is too small"),
    ("provided string was not `true` or `false`", "Phải là true hoặc false", "It must be true or false"),
    ("Invalid decimal", "Số viết như \"6.6\"", "A number is written as \"6.6\""),
    ("EOF while parsing", "Nội dung hết giữa chừng", "It ends in the middle"),
    ("trailing characters", "Còn nội dung thừa sau giá trị", "There is more after the value"),
    ("trailing comma", "Thừa dấu phẩy", "A comma too many"),
    ("expected value", "Thiếu giá trị", "A value is missing"),
    (
        "key must be a string",
        "Tên trường phải đặt trong ngoặc kép",
        "A field's name must stand in double quotes",
    ),
    ("expected ", "Thiếu dấu ngăn cách hoặc dấu đóng", "A separator or a closing mark is missing"),
    ("control character", "Có ký tự điều khiển trong chuỗi", "A text has a control character"),
    ("invalid escape", "Dấu \\ dùng sai", "A \\ is used wrongly"),
    ("invalid number", "Số viết sai", "A number is written wrongly"),
    ("number out of range", "Số quá lớn", "The number is too large"),
    ("recursion limit exceeded", "Lồng nhau quá sâu", "It is nested too deeply"),
    ("invalid unicode code point", "Không phải UTF-8", "Not UTF-8"),
    ("lone leading surrogate", "Ký tự \\u viết thiếu một nửa", "Half of a \\u character is missing"),
];

/// What readers expect or found, in both languages.
const TERMS: &[(&str, &str, &str)] = &[
    ("a string", "một chuỗi", "a string"),
    ("a boolean", "true hoặc false", "true or false"),
    ("a sequence", "một danh sách", "a list"),
    ("sequence", "một danh sách", "a list"),
    ("a map", "một đối tượng", "an object"),
    ("map", "một đối tượng", "an object"),
    ("null", "null", "null"),
    ("a formatted date string", "ngày như \"2026-03-02\"", "a day such as \"2026-03-02\""),
    ("a formatted UUID string", "mã định danh (UUID)", "an id (UUID)"),
    ("string or map", "tên một lựa chọn hoặc một đối tượng", "the name of a choice or an object"),
];

/// The same for terms that go on with a value or a name.
const OPEN_TERMS: &[(&str, &str, &str)] = &[
    ("string ", "chuỗi ", "string "),
    ("integer ", "số nguyên ", "integer "),
    ("floating point ", "số thập phân ", "number "),
    ("boolean ", "giá trị ", ""),
];

/// A sentence for a reason, and its place in the text where it names one: `line 1 column 16`.
pub fn sentence(why: &str) -> Text {
    let (why, _) = apart(why);
    if let Some((en, vi)) = OURS.iter().find(|(en, _)| *en == why) {
        return Text::fixed(vi, en);
    }
    let terms = TermsError::ON_ARRIVAL.into_iter().find(|error| error.to_string() == why);
    if let Some(terms) = terms {
        return terms.text();
    }
    named(why).or_else(|| mistyped(why)).or_else(|| known(why)).unwrap_or_else(|| unknown(why))
}

/// The same for JSON that cannot be read at all, with the place where it breaks.
pub fn broken(why: &str) -> Text {
    let said = sentence(why);
    let Some((line, column)) = apart(why).1.and_then(|place| place.split_once(" column ")) else {
        return said;
    };
    let (vi, en) = (said.vi, said.en);
    text!("{vi} (dòng {line}, cột {column})", "{en} (line {line}, column {column})")
}

/// The field that a reason is about where the reader stood at what holds it.
pub fn field_of(why: &str) -> Option<&str> {
    let of = ["missing field `", "duplicate field `", "unknown field `"];
    of.iter().find_map(|begin| why.strip_prefix(begin)).and_then(|rest| rest.split('`').next())
}

fn apart(why: &str) -> (&str, Option<&str>) {
    why.rsplit_once(" at line ").map_or((why, None), |(why, place)| (why, Some(place)))
}

fn named(why: &str) -> Option<Text> {
    if why.starts_with("missing field ") {
        return Some(text!("Thiếu trường này", "This field is missing"));
    }
    if why.starts_with("duplicate field ") {
        return Some(text!("Trường này có hai lần", "This field is there twice"));
    }
    if let Some(limit) = why.strip_prefix("the text is longer than ") {
        let limit = limit.trim_end_matches(" characters");
        return Some(text!("Dài quá {limit} ký tự", "Longer than {limit} characters"));
    }
    let (name, names) = why.split_once(", ")?;
    let names = names.trim_start_matches("expected ").trim_start_matches("one of ").replace(" or ", ", ");
    if name.starts_with("unknown field ") {
        return Some(text!("Không có trường này; có: {names}", "There is no such field; there are: {names}"));
    }
    let variant = name.strip_prefix("unknown variant ")?;
    Some(text!("Không có {variant}; hãy chọn: {names}", "There is no {variant}; choose from: {names}"))
}

fn mistyped(why: &str) -> Option<Text> {
    let (found, expected) = why.strip_prefix("invalid ")?.split_once(", expected ")?;
    let found = found.split_once(": ").map_or(found, |(_, found)| found);
    let said = |language| (term(found, language), term(expected, language));
    let ((found_vi, expected_vi), (found_en, expected_en)) = (said(Language::Vi), said(Language::En));
    Some(text!("Cần {expected_vi}, nhận được {found_vi}", "It must be {expected_en}, not {found_en}"))
}

fn term(word: &str, language: Language) -> String {
    if let Some(count) = word.strip_prefix("length ").or_else(|| word.strip_prefix("a tuple of size ")) {
        return text!("một danh sách gồm {count} giá trị", "a list of {count} values")
            .in_language(language)
            .into();
    }
    let whole = |word: &str| {
        matches!(word.get(..1), Some("u" | "i")) && word[1..].bytes().all(|b| b.is_ascii_digit())
    };
    if word.starts_with("struct ") || word.starts_with("internally tagged enum ") {
        return language.pick("một đối tượng", "an object").into();
    }
    if whole(word) || word == "usize" {
        return language.pick("số nguyên trong phạm vi cho phép", "a whole number within bounds").into();
    }
    if let Some((_, vi, en)) = TERMS.iter().find(|(term, ..)| *term == word) {
        return language.pick(*vi, en).into();
    }
    let open = OPEN_TERMS.iter().find_map(|(term, vi, en)| Some((word.strip_prefix(term)?, vi, en)));
    open.map_or_else(|| word.to_owned(), |(rest, vi, en)| format!("{}{rest}", language.pick(vi, en)))
}

fn known(why: &str) -> Option<Text> {
    let (_, vi, en) = THEIRS.iter().find(|(begin, ..)| why.starts_with(begin))?;
    Some(Text::fixed(vi, en))
}

fn unknown(why: &str) -> Text {
    text!("Giá trị không đúng ({why})", "Wrong value: {why}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::books::source::Purpose;
    use crate::domain::credit::programme::ProductCode;
    use crate::domain::people::credentials::NotALogin;
    use crate::domain::people::household::HouseholdCode;
    use crate::domain::people::identity::IdentityError;
    use crate::domain::values::money::{Currency, MoneyError};
    use crate::domain::values::text::TextError;

    #[test]
    fn what_our_values_say_is_said_in_vietnamese_too() {
        let money = [
            MoneyError::NotANumber,
            MoneyError::Negative,
            MoneyError::Nothing,
            MoneyError::Fraction(Currency::Vnd),
            MoneyError::TooLarge,
        ];
        let texts = [TextError::Empty, TextError::TooLong(7), TextError::Invisible];
        let identity = [IdentityError::NotDigits, IdentityError::Length, IdentityError::Phone];
        let mut said: Vec<String> = money.iter().map(ToString::to_string).collect();
        said.extend(texts.iter().map(ToString::to_string));
        said.extend(identity.iter().map(ToString::to_string));
        said.push(NotALogin.to_string());
        said.push("".parse::<HouseholdCode>().unwrap_err().to_string());
        said.push("zz".parse::<ProductCode>().unwrap_err().to_string());
        said.push("Giống".parse::<Purpose>().unwrap_err().to_string());
        said.extend(TermsError::ON_ARRIVAL.map(|error| error.to_string()));
        for why in said {
            let text = sentence(&why);
            assert!(!text.vi.contains(&why), "{why}");
        }
    }

    #[test]
    fn the_words_of_the_readers_become_sentences() {
        for (why, vi, en) in [
            ("missing field `code` at line 1 column 2", "Thiếu trường này", "This field is missing"),
            (
                "unknown field `x`, expected `a` or `b`",
                "Không có trường này; có: `a`, `b`",
                "There is no such field; there are: `a`, `b`",
            ),
            (
                "unknown variant `x`, expected one of `a`, `b`, `c`",
                "Không có `x`; hãy chọn: `a`, `b`, `c`",
                "There is no `x`; choose from: `a`, `b`, `c`",
            ),
            (
                "invalid type: integer `5`, expected a string",
                "Cần một chuỗi, nhận được số nguyên `5`",
                "It must be a string, not integer `5`",
            ),
            (
                "invalid type: null, expected struct Case",
                "Cần một đối tượng, nhận được null",
                "It must be an object, not null",
            ),
            (
                "invalid value: integer `300`, expected u8",
                "Cần số nguyên trong phạm vi cho phép, nhận được số nguyên `300`",
                "It must be a whole number within bounds, not integer `300`",
            ),
            (
                "A day is written as \"2026-03-02\" at line 1 column 9",
                "Ngày viết như \"2026-03-02\"",
                "A day is written as \"2026-03-02\"",
            ),
            (
                "invalid type: sequence, expected struct Credentials at line 1 column 1",
                "Cần một đối tượng, nhận được một danh sách",
                "It must be an object, not a list",
            ),
            (
                "invalid length 1, expected a tuple of size 2",
                "Cần một danh sách gồm 2 giá trị, nhận được một danh sách gồm 1 giá trị",
                "It must be a list of 2 values, not a list of 1 values",
            ),
        ] {
            let said = sentence(why);
            assert_eq!((&*said.vi, &*said.en), (vi, en), "{why}");
        }
        assert_eq!(
            broken("EOF while parsing an object at line 1 column 1").vi,
            "Nội dung hết giữa chừng (dòng 1, cột 1)"
        );
    }

    #[test]
    fn a_field_is_known_by_its_name() {
        assert_eq!(field_of("missing field `code` at line 1 column 2"), Some("code"));
        assert_eq!(field_of("invalid type: null, expected u8"), None);
    }
}
