//! Programmes of preferential credit as dated data, and the loader that lending asks for the rule of a day.

pub mod http;
mod rows;
mod store;
mod values;

pub use values::{
    AgeingBucket, CapitalOwner, CreditRules, DebtClass, Lending, Product, Programme, ProvisionRate, RiskCause,
};

use chrono::NaiveDate;

use crate::db::Conn;
use crate::domain::credit::programme::{ProductCode, Rule, rates_on, rule_on as rule_among};
use crate::problem::{Kind, Problem};
use crate::text;

/// The programmes that exist on a day, with the rules of that day.
pub async fn list(conn: &mut Conn, day: NaiveDate) -> Result<Vec<Programme>, Problem> {
    let rules = store::rules_on(conn, day).await?;
    let mut programmes = store::programmes_on(conn, day).await?;
    for row in store::products(conn).await? {
        let lending = row.code.as_ref().and_then(|code| lending(&rules, code, day));
        if let Some(programme) = programmes.iter_mut().find(|p| p.programme_code == row.programme_code) {
            programme.products.push(Product { rule: lending, ..row.product });
        }
    }
    Ok(programmes)
}

/// One programme on a day.
pub async fn show(conn: &mut Conn, code: &str, day: NaiveDate) -> Result<Programme, Problem> {
    let found = list(conn, day).await?.into_iter().find(|programme| programme.programme_code == code);
    found.ok_or_else(|| Kind::NotFound.bare())
}

/// The rule of a product on a day with its rates: what lending copies onto the contract.
pub async fn rule_on(conn: &mut Conn, product: &ProductCode, day: NaiveDate) -> Result<Lending, Problem> {
    let rules = store::rules_on(conn, day).await?;
    lending(&rules, product, day).ok_or_else(|| {
        Kind::WrongState.saying(text!("Không có quy định cho vay của {product} vào ngày {day}.", "There is no lending rule of {product} on {day}."; day))
    })
}

/// The rule that a payout goes by: that of the day, or where none holds any more, that of the contract, as long as it is paid out under.
pub async fn rule_of_payout(
    conn: &mut Conn,
    product: &ProductCode,
    contract_rule_from: NaiveDate,
    day: NaiveDate,
) -> Result<Lending, Problem> {
    let rules = store::rules_on(&mut *conn, day).await?;
    if let Some(lending) = lending(&rules, product, day) {
        return Ok(lending);
    }
    let signed = rule_on(conn, product, contract_rule_from).await?;
    match signed.rule.paid_out_until {
        Some(last) if day > last => Err(Kind::WrongState.saying(text!(
            "Chương trình {product} ngừng giải ngân từ sau ngày {last}: chờ quy định mới rồi giải ngân tiếp.",
            "Programme {product} pays out nothing after {last}: go on when a new rule holds."; last
        ))),
        _ => Ok(signed),
    }
}

fn lending(rules: &[Rule], product: &ProductCode, day: NaiveDate) -> Option<Lending> {
    let rule = rule_among(rules, product, day)?.clone();
    Some(Lending { rule, rates: rates_on(rules, product, day) })
}

/// The cap in months that a decision sets on extensions of a programme, instead of the general one.
pub async fn special_extension(
    conn: &mut Conn,
    programme: &str,
    decision: &str,
    day: NaiveDate,
) -> Result<Option<u32>, Problem> {
    let months = store::special_extension(conn, programme, decision, day).await?;
    Ok(months.and_then(|months| u32::try_from(months).ok()))
}

/// Public holidays from a day on, as far as they are known.
pub async fn holidays_from(conn: &mut Conn, day: NaiveDate) -> Result<Vec<NaiveDate>, Problem> {
    Ok(store::holidays_from(conn, day).await?)
}

/// What a product lends for, in the words of a source's restrictions; none: not one thing.
pub async fn purpose(conn: &mut Conn, product: &ProductCode) -> Result<Option<String>, Problem> {
    Ok(store::purpose(conn, product.as_str()).await?)
}

/// Everything about credit that is not of one programme.
pub async fn credit_rules(conn: &mut Conn, day: NaiveDate) -> Result<CreditRules, Problem> {
    Ok(CreditRules {
        capital_owners: store::capital_owners(conn, day).await?,
        exclusions: store::exclusions(conn, day).await?,
        risk_measures: store::risk_measures(conn, day).await?,
        risk_causes: store::risk_causes(conn, day).await?,
        debt_classes: store::debt_classes(conn).await?,
        ageing_buckets: store::ageing_buckets(conn, day).await?,
        provision_rates: store::provision_rates(conn, day).await?,
    })
}
