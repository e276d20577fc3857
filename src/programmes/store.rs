use chrono::NaiveDate;

use super::rows::RuleRow;
use super::values::{AgeingBucket, CapitalOwner, DebtClass, Product, Programme, ProvisionRate, RiskCause};
use crate::db::Conn;
use crate::domain::credit::programme::{Exclusion, Measure, ProductCode, RiskMeasure, Rule};

/// A product and the programme it belongs to.
pub struct ProductRow {
    pub programme_code: String,
    pub code: Option<ProductCode>,
    pub product: Product,
}

pub async fn programmes_on(conn: &mut Conn, day: NaiveDate) -> sqlx::Result<Vec<Programme>> {
    let rows = sqlx::query!(
        "select programme_code, name_vi, name_en, valid_from, valid_to from programme
          where valid_from <= $1 and (valid_to is null or valid_to > $1) order by programme_code",
        day
    )
    .fetch_all(conn)
    .await?;
    let programmes = rows.into_iter().map(|row| Programme {
        programme_code: row.programme_code,
        name_vi: row.name_vi,
        name_en: row.name_en,
        valid_from: row.valid_from,
        valid_to: row.valid_to,
        products: Vec::new(),
    });
    Ok(programmes.collect())
}

pub async fn products(conn: &mut Conn) -> sqlx::Result<Vec<ProductRow>> {
    let rows = sqlx::query!(
        "select product_code, programme_code, name_vi, name_en from product order by product_code"
    )
    .fetch_all(conn)
    .await?;
    let products = rows.into_iter().map(|row| ProductRow {
        programme_code: row.programme_code,
        code: row.product_code.parse().ok(),
        product: Product {
            product_code: row.product_code,
            name_vi: row.name_vi,
            name_en: row.name_en,
            rule: None,
        },
    });
    Ok(products.collect())
}

/// The rules of all products on a day: some twenty rows, read whole because rates are shares of each other.
pub async fn rules_on(conn: &mut Conn, day: NaiveDate) -> sqlx::Result<Vec<Rule>> {
    let rows = sqlx::query_as!(
        RuleRow,
        r#"select r.product_code, r.valid_from, r.valid_to, r.legal_basis, r.annual_rate, r.rate_of_product, r.rate_percent, r.overdue_percent,
                r.overdue_rate, r.late_interest_rate, r.max_term_months, r.study_grace_months, r.study_short_course_months,
                r.study_short_factor, r.study_long_factor, r.short_term_months, r.medium_term_months, r.instalment_months,
                r.instalment_multiple, r.missed_instalment, r.grace_principal_months, r.grace_interest_months,
                r.yearly_principal_percent, r.reschedule_ask_days, r.extension_ask_months, r.extension_ask_working_days,
                r.extension_short_months, r.extension_term_percent, r.season_carry_over, r.carry_over_rate_of, r.misuse_days, r.day_count,
                r.interest_from_month, r.income, r.allocation, r.inactive_months, r.classes, r.escaped_years, r.group_required,
                r.most_percent_of_need, r.collateral_from, r.local_funds_may_exceed, r.unverified, r.note_vi, r.due_shift,
                r.grace_interest_spread, r.extension_of, r.excluded_classes, r.once_a_household, r.term_as_counted, r.tuition_besides,
                r.paid_out_until,
                coalesce((select jsonb_agg(jsonb_build_object('per', c.per, 'amount', trunc(c.amount)::text) order by c.per)
                            from programme_cap c where c.product_code = r.product_code and c.valid_from = r.valid_from),
                         '[]') as "caps!"
           from programme_rule r
          where r.valid_from <= $1 and (r.valid_to is null or r.valid_to > $1)
          order by r.product_code"#,
        day
    )
    .fetch_all(conn)
    .await?;
    Ok(rows.into_iter().map(RuleRow::rule).collect::<Result<_, _>>()?)
}

/// Public holidays from a day on.
pub async fn holidays_from(conn: &mut Conn, day: NaiveDate) -> sqlx::Result<Vec<NaiveDate>> {
    sqlx::query_scalar!("select holiday_on from public_holiday where holiday_on >= $1 order by 1", day)
        .fetch_all(conn)
        .await
}

/// What a product lends for, when it is one thing.
pub async fn purpose(conn: &mut Conn, product: &str) -> sqlx::Result<Option<String>> {
    let purpose = sqlx::query_scalar!("select purpose from product where product_code = $1", product);
    Ok(purpose.fetch_optional(conn).await?.flatten())
}

pub async fn special_extension(
    conn: &mut Conn,
    programme: &str,
    decision: &str,
    day: NaiveDate,
) -> sqlx::Result<Option<i32>> {
    sqlx::query_scalar!(
        "select most_months from extension_special
          where programme_code = $1 and decision_code in ($2, '')
            and valid_from <= $3 and (valid_to is null or valid_to > $3)
          order by decision_code desc, valid_from desc limit 1",
        programme,
        decision,
        day
    )
    .fetch_optional(conn)
    .await
}

pub async fn capital_owners(conn: &mut Conn, day: NaiveDate) -> sqlx::Result<Vec<CapitalOwner>> {
    sqlx::query_as!(
        CapitalOwner,
        "select owner_code, capital_source, name_vi, name_en, risk_authority, risk_authority_vi, risk_authority_en, legal_basis
           from capital_owner where valid_from <= $1 and (valid_to is null or valid_to > $1) order by capital_source, owner_code",
        day
    )
    .fetch_all(conn)
    .await
}

pub async fn exclusions(conn: &mut Conn, day: NaiveDate) -> sqlx::Result<Vec<Exclusion>> {
    sqlx::query_as!(
        Exclusion,
        "select programme_code, other_programme_code, reason_vi, reason_en from programme_exclusion
          where valid_from <= $1 and (valid_to is null or valid_to > $1) order by 1, 2",
        day
    )
    .fetch_all(conn)
    .await
}

pub async fn risk_measures(conn: &mut Conn, day: NaiveDate) -> sqlx::Result<Vec<RiskMeasure>> {
    let rows = sqlx::query!(
        "select loss_from, loss_to, measure, most_months, bears_interest, repeatable, legal_basis from risk_measure
          where valid_from <= $1 and (valid_to is null or valid_to > $1) order by loss_from",
        day
    )
    .fetch_all(conn)
    .await?;
    let measures = rows.into_iter().map(|row| RiskMeasure {
        loss_from: row.loss_from.normalize(),
        loss_to: row.loss_to.map(|to| to.normalize()),
        measure: if row.measure == "freeze" { Measure::Freeze } else { Measure::Extension },
        most_months: row.most_months.and_then(|months| u32::try_from(months).ok()),
        bears_interest: row.bears_interest,
        repeatable: row.repeatable,
        legal_basis: row.legal_basis,
    });
    Ok(measures.collect())
}

pub async fn risk_causes(conn: &mut Conn, day: NaiveDate) -> sqlx::Result<Vec<RiskCause>> {
    sqlx::query_as!(
        RiskCause,
        "select cause_code, name_vi, name_en, write_off, unverified, note_vi from risk_cause
          where valid_from <= $1 and (valid_to is null or valid_to > $1) order by cause_code",
        day
    )
    .fetch_all(conn)
    .await
}

pub async fn debt_classes(conn: &mut Conn) -> sqlx::Result<Vec<DebtClass>> {
    sqlx::query_as!(
        DebtClass,
        "select debt_class, abbreviation, name_vi, name_en, bears_interest, bad from debt_class
          order by array_position(array['performing', 'overdue', 'frozen', 'written_off'], debt_class)"
    )
    .fetch_all(conn)
    .await
}

pub async fn ageing_buckets(conn: &mut Conn, day: NaiveDate) -> sqlx::Result<Vec<AgeingBucket>> {
    sqlx::query_as!(
        AgeingBucket,
        "select days_from, days_to, name_vi, name_en from ageing_bucket
          where valid_from <= $1 and (valid_to is null or valid_to > $1) order by days_from",
        day
    )
    .fetch_all(conn)
    .await
}

pub async fn provision_rates(conn: &mut Conn, day: NaiveDate) -> sqlx::Result<Vec<ProvisionRate>> {
    sqlx::query_as!(
        ProvisionRate,
        r#"select owner_code, debt_class, trim_scale(percent) as "percent!", at_least, legal_basis from provision_rate
          where valid_from <= $1 and (valid_to is null or valid_to > $1) order by owner_code, debt_class"#,
        day
    )
    .fetch_all(conn)
    .await
}
