//! The database against a fresh one of this release: every function, trigger, constraint, policy and privilege, the
//! reference tables, and the units. What a superuser takes away from the guards, or adds beside them, shows here.

use std::collections::BTreeMap;

use super::{Proof, proof, store};
use crate::db::Conn;
use crate::domain::values::language::Text;

/// What two lists of named things disagree about.
fn differences(here: BTreeMap<String, String>, mut fresh: BTreeMap<String, String>) -> Vec<String> {
    let mut findings = Vec::new();
    for (name, definition) in here {
        match fresh.remove(&name) {
            None => findings.push(format!("{name} is not of this release")),
            Some(wanted) if wanted != definition => findings.push(format!("{name} was changed")),
            Some(_) => {}
        }
    }
    findings.extend(fresh.into_keys().map(|name| format!("{name} is missing")));
    findings
}

/// Claims about the whole database. `fresh` is a database that this release made just now on the same server.
pub async fn compare(here: &mut Conn, fresh: &mut Conn) -> sqlx::Result<Vec<Proof>> {
    let guards = store::catalogue(here).await?;
    let count = |number: usize| i64::try_from(number).unwrap_or_default();
    let examined = count(guards.len());
    let mut findings = store::strong_roles(here).await?;
    findings.extend(differences(guards, store::catalogue(fresh).await?));
    let claim = Text::fixed("Các chốt chặn của cơ sở dữ liệu còn nguyên", "The guards of the database stand");
    let mut proofs = vec![proof(&claim, examined, findings)];

    let (mut tables, mut findings) = (0, Vec::new());
    for table in store::reference_tables(fresh).await? {
        tables += 1;
        let rows = store::rows_of(here, &table).await;
        if rows.ok() != Some(store::rows_of(fresh, &table).await?) {
            findings.push(format!("{table} was changed"));
        }
    }
    let claim =
        Text::fixed("Bảng quy định đúng như bản phát hành", "The reference tables are those of the release");
    proofs.push(proof(&claim, tables, findings));

    let seeded = store::units_as_made(fresh).await?;
    let units = store::units_as_told(here, &serde_json::json!(seeded)).await?;
    let claim = Text::fixed(
        "Danh mục đơn vị đúng như bản phát hành và các thay đổi đã ghi",
        "The units are those of the release and of the changes on record",
    );
    proofs.push(proof(&claim, count(units.len()), units.into_iter().flatten().collect()));
    Ok(proofs)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_missing_added_or_changed_is_named() {
        let list = |pairs: &[(&str, &str)]| {
            pairs.iter().map(|(name, definition)| ((*name).to_owned(), (*definition).to_owned())).collect()
        };
        let here = list(&[("trigger a", "1"), ("trigger b", "2"), ("trigger d", "4")]);
        let fresh = list(&[("trigger a", "1"), ("trigger b", "0"), ("trigger c", "3")]);
        assert_eq!(
            differences(here, fresh),
            ["trigger b was changed", "trigger d is not of this release", "trigger c is missing"]
        );
    }
}
