//! Rows that are kept and could be made anew: where the two differ, in words.

use rust_decimal::Decimal;
use serde::Serialize;
use serde_json::Value;

/// A value as a reader writes it; amounts without the decimals of their column.
fn word(value: Option<&Value>) -> String {
    match value {
        None | Some(Value::Null) => "nothing".to_owned(),
        Some(Value::String(text)) => {
            text.parse::<Decimal>().map_or_else(|_| text.clone(), |amount| amount.normalize().to_string())
        }
        Some(other) => other.to_string(),
    }
}

/// Each column in which a kept row is not what its events give.
pub fn differences<T: Serialize>(kept: &T, given: &T) -> serde_json::Result<Vec<String>> {
    let (kept, given) = (serde_json::to_value(kept)?, serde_json::to_value(given)?);
    let columns = given.as_object().into_iter().flat_map(|columns| columns.keys());
    let words = columns.map(|name| (name, word(kept.get(name)), word(given.get(name))));
    let differing = words.filter(|(_, kept, given)| kept != given);
    Ok(differing.map(|(name, kept, given)| format!("{name} is {kept}, its events give {given}")).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Serialize)]
    struct Row {
        owed: Decimal,
        late_since: Option<&'static str>,
        seq: i32,
    }

    #[test]
    fn each_column_that_differs_is_named_and_decimals_of_a_column_are_no_difference() {
        let row = |owed, late_since, seq| Row { owed, late_since, seq };
        let kept = row(Decimal::new(90000, 2), None, 3);
        assert_eq!(differences(&kept, &row(Decimal::from(900), None, 3)).unwrap(), [""; 0]);
        assert_eq!(
            differences(&kept, &row(Decimal::from(901), Some("2026-03-02"), 4)).unwrap(),
            [
                "late_since is nothing, its events give 2026-03-02",
                "owed is 900, its events give 901",
                "seq is 3, its events give 4",
            ]
        );
    }
}
