//! Reading the vector files: JSON in, values of the engine out.

use std::path::Path;

use chrono::NaiveDate;
use rust_decimal::Decimal;
use serde_json::Value;
use soquy::domain::credit::schedule::PlanRow;
use soquy::domain::credit::schedule::exact::Coin;
use soquy::domain::values::money::RoundingMode;

/// Fine, or the first difference.
pub type Checked = Result<(), String>;

/// One case of a family.
pub struct Case {
    pub id: String,
    pub convention: String,
    pub rounding: String,
    pub decimals: u32,
    pub multiple: Decimal,
    pub input: Value,
    pub expected: Value,
}

/// The family's name and its cases.
pub fn family(path: &Path) -> (String, Vec<Case>) {
    let text = std::fs::read_to_string(path).unwrap_or_else(|why| panic!("{}: {why}", path.display()));
    let file: Value = serde_json::from_str(&text).unwrap_or_else(|why| panic!("{}: {why}", path.display()));
    let name = text_at(&file, "family")
        .unwrap_or_else(|| path.file_stem().unwrap_or_default().to_string_lossy().into());
    let cases = list(&file, "cases").iter().map(case).collect();
    (name, cases)
}

fn case(value: &Value) -> Case {
    let currency = &value["currency"];
    Case {
        id: text_at(value, "id").unwrap_or_default(),
        convention: text_at(value, "convention").unwrap_or_default(),
        rounding: text_at(value, "rounding").unwrap_or_default(),
        decimals: count(currency, "decimals").unwrap_or(2),
        multiple: amount(currency, "multiple_of").unwrap_or_default(),
        input: value["input"].clone(),
        expected: value["expected"].clone(),
    }
}

impl Case {
    /// The mode the case names; half to even where the convention decides.
    pub fn mode(&self) -> RoundingMode {
        match self.rounding.as_str() {
            mode if mode.starts_with("HALF_UP") => RoundingMode::HalfUp,
            mode if mode.starts_with("UP") => RoundingMode::Up,
            mode if mode.starts_with("DOWN") => RoundingMode::Down,
            _ => RoundingMode::HalfEven,
        }
    }

    /// The rounding of the case, with the instalment's step when the input names one.
    pub fn coin(&self) -> Coin {
        self.coin_of(&self.input)
    }

    /// The same, with the instalment's step named elsewhere.
    pub fn coin_of(&self, input: &Value) -> Coin {
        let multiple = amount(input, "installment_multiple_of").unwrap_or_default();
        Coin { multiple, smallest: self.multiple, ..Coin::new(self.decimals, self.mode()) }
    }
}

/// A word; a bare number is taken as its digits.
pub fn text_at(value: &Value, key: &str) -> Option<String> {
    match value.get(key)? {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

/// A number, in a string or bare; a quotient such as `0.08/12` too.
pub fn number(value: &Value) -> Option<Decimal> {
    let text = match value {
        Value::String(text) => text.clone(),
        Value::Number(number) => number.to_string(),
        _ => return None,
    };
    let parse = |part: &str| {
        let part = part.trim();
        part.parse().or_else(|_| Decimal::from_scientific(part)).ok()
    };
    match text.split_once('/') {
        Some((above, below)) => Some(parse(above)? / parse(below)?),
        None => parse(&text),
    }
}

pub fn amount(value: &Value, key: &str) -> Option<Decimal> {
    number(value.get(key)?)
}

pub fn need(value: &Value, key: &str) -> Result<Decimal, String> {
    amount(value, key).ok_or_else(|| format!("{key} is missing"))
}

pub fn count(value: &Value, key: &str) -> Option<u32> {
    amount(value, key)?.try_into().ok()
}

pub fn date(value: &Value, key: &str) -> Result<NaiveDate, String> {
    text_at(value, key).and_then(|text| text.parse().ok()).ok_or_else(|| format!("{key} is not a date"))
}

pub fn list<'a>(value: &'a Value, key: &str) -> &'a [Value] {
    value.get(key).and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

pub fn flag(value: &Value, key: &str, otherwise: bool) -> bool {
    value.get(key).and_then(Value::as_bool).unwrap_or(otherwise)
}

/// Compares a number with the expected one, when one is expected.
pub fn same(what: &str, got: Decimal, expected: Option<Decimal>) -> Checked {
    match expected {
        Some(expected) if expected != got => Err(format!("{what}: got {got}, expected {expected}")),
        _ => Ok(()),
    }
}

/// Compares rows with the expected ones, field by field as far as they are stated.
pub fn same_rows(case: &Case, rows: &[PlanRow]) -> Checked {
    let expected = list(&case.expected, "installments");
    let sparse = flag(&case.expected, "sparse", false);
    if !sparse && !expected.is_empty() && rows.len() != expected.len() {
        return Err(format!("{} rows, expected {}", rows.len(), expected.len()));
    }
    for (at, row) in expected.iter().enumerate() {
        let n = count(row, "n").map_or(at, |n| (n as usize).saturating_sub(1));
        let got = rows.get(n).ok_or_else(|| format!("row {} is missing", n + 1))?;
        same_row(n + 1, got, row)?;
    }
    let principal: Decimal = rows.iter().map(|row| row.principal).sum();
    let interest: Decimal = rows.iter().map(|row| row.interest).sum();
    let totals = &case.expected["totals"];
    same("principal_total", principal, amount(&case.expected, "principal_total"))?;
    same("total principal", principal, amount(totals, "principal"))?;
    same("total interest", interest, amount(totals, "interest"))?;
    same("total", principal + interest, amount(totals, "total"))
}

fn same_row(n: usize, got: &PlanRow, row: &Value) -> Checked {
    if let Some(due) = text_at(row, "due")
        && due != got.due_on.to_string()
    {
        return Err(format!("row {n} due: got {}, expected {due}", got.due_on));
    }
    let days = Decimal::from((got.due_on - got.from).num_days());
    same(&format!("row {n} days"), days, amount(row, "days"))?;
    same(&format!("row {n} principal"), got.principal, amount(row, "principal"))?;
    same(&format!("row {n} interest"), got.interest, amount(row, "interest"))?;
    same(&format!("row {n} total"), got.principal + got.interest, amount(row, "total"))?;
    same(&format!("row {n} balance"), got.balance, amount(row, "balance"))
}
