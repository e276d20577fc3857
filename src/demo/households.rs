//! The households of the demonstration commune, Vũ Quý. Every person is invented, and so are the hamlets, the identity
//! numbers and the phone numbers.

/// The commune's list for 2024 in the form of the household import: a row a household, members as
/// `name|relation|birth|gender` joined by `; `, days as dd/MM/yyyy, a birth sometimes only a year, a phone sometimes
/// missing.
pub const HOUSEHOLDS: &str = include_str!("households.csv");

/// The yearly decisions on the same households before and after 2024, oldest first.
pub const CLASSES: &str = include_str!("classes.csv");

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet};

    use chrono::NaiveDate;

    use super::*;
    use crate::domain::people::eligibility::{Decision, eligible_as_of};
    use crate::domain::people::identity::{PersonalId, Phone};
    use crate::domain::people::person::{Birth, Gender};
    use crate::domain::people::poverty::{Change, Class};
    use crate::domain::values::figures::parse_date;
    use crate::domain::values::text::Name;

    type Row = BTreeMap<String, String>;

    fn rows(file: &str) -> Vec<Row> {
        csv::Reader::from_reader(file.as_bytes()).deserialize().collect::<Result<_, _>>().unwrap()
    }

    fn decision(row: &Row) -> Decision {
        Decision {
            class: row["class"].parse().unwrap(),
            year: row["class_year"].parse().unwrap(),
            standard_id: "vn_2022".to_owned(),
            number: row["decision_no"].clone(),
            decided_on: parse_date(&row["decision_on"]).unwrap(),
        }
    }

    /// All decisions by household, oldest first.
    fn histories() -> BTreeMap<String, Vec<Decision>> {
        let mut histories: BTreeMap<String, Vec<Decision>> = BTreeMap::new();
        for row in rows(HOUSEHOLDS).iter().chain(&rows(CLASSES)) {
            histories.entry(row["household_code"].clone()).or_default().push(decision(row));
        }
        for decisions in histories.values_mut() {
            decisions.sort_by_key(|d| d.year);
        }
        histories
    }

    fn counts(year: i32) -> [usize; 5] {
        let of_year: Vec<_> =
            histories().into_values().flatten().filter(|d| d.year == year).map(|d| d.class).collect();
        Class::ALL.map(|class| of_year.iter().filter(|c| **c == class).count())
    }

    #[test]
    fn forty_households_stand_in_five_hamlets_with_the_classes_of_three_years() {
        let rows = rows(HOUSEHOLDS);
        assert_eq!(rows.len(), 40);
        assert_eq!(rows.iter().map(|row| &row["household_code"]).collect::<BTreeSet<_>>().len(), 40);
        assert_eq!(rows.iter().map(|row| &row["hamlet"]).collect::<BTreeSet<_>>().len(), 5);
        assert_eq!(counts(2024), [19, 14, 6, 1, 0]);
        assert_eq!(counts(2025), [12, 14, 13, 1, 0]);
        assert_eq!(counts(2026), [7, 13, 17, 3, 0]);
    }

    #[test]
    fn every_head_passes_the_checks_of_the_register_without_a_doubt() {
        for row in rows(HOUSEHOLDS) {
            row["head_name"].parse::<Name>().unwrap();
            row["hamlet"].parse::<Name>().unwrap();
            let birth: Birth = row["head_birth"].parse().unwrap();
            let gender: Gender = row["head_gender"].parse().unwrap();
            let id: PersonalId = row["head_personal_id"].parse().unwrap();
            assert_eq!(id.doubts(Some(birth), Some(gender)), [], "{}", row["head_name"]);
            assert!(row["phone"].is_empty() || row["phone"].parse::<Phone>().is_ok(), "{}", row["phone"]);
        }
    }

    #[test]
    fn every_household_has_two_to_five_members_besides_its_head() {
        for row in rows(HOUSEHOLDS) {
            let members: Vec<_> = row["members"].split("; ").collect();
            assert!((2..=5).contains(&members.len()), "{}", row["household_code"]);
            for member in members {
                let [name, relation, birth, gender] = *member.split('|').collect::<Vec<_>>() else {
                    panic!("four fields in {member}")
                };
                name.parse::<Name>().unwrap();
                assert!(["vợ", "con", "mẹ", "cháu"].contains(&relation), "{member}");
                birth.parse::<Birth>().unwrap();
                gender.parse::<Gender>().unwrap();
            }
        }
    }

    #[test]
    fn one_household_of_2024_had_relapsed_and_one_cannot_be_helped() {
        let histories = histories();
        let relapsed = histories.values().filter(|decisions| {
            let past: Vec<_> = decisions.iter().take_while(|d| d.year < 2024).map(|d| d.class).collect();
            let now = decisions.iter().find(|d| d.year == 2024).unwrap().class;
            Change::after(&past, now) == Some(Change::Relapsed)
        });
        assert_eq!(relapsed.count(), 1);
        let helped = |on: &str| {
            let on: NaiveDate = on.parse().unwrap();
            histories.values().filter(|decisions| eligible_as_of(decisions, on, 3).is_eligible()).count()
        };
        assert_eq!([helped("2024-01-01"), helped("2025-07-01"), helped("2026-07-01")], [39, 39, 37]);
    }
}
