//! Who decides on a loan at risk, and when it may be written off: rules of the day, enforced (Decision 50/2010/QĐ-TTg as amended by
//! 08/2021/QĐ-TTg).

use std::collections::BTreeSet;

use chrono::NaiveDate;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::case::{Case, Loan};
use crate::db::{Conn, LAST_DAY};
use crate::domain::books::account_role::AccountRole;
use crate::domain::credit::loan_books::{Authority, Capital, Cause, WriteOffRule};
use crate::domain::values::catalogue::catalogue;
use crate::domain::values::language::Text;
use crate::domain::values::strict::strictly;
use crate::domain::values::text::Name;
use crate::ledger::balances;
use crate::problem::{Kind, Problem};
use crate::{programmes, text};

catalogue! {
    /// Whom a party to the minutes of a risk stands for (form 02/XLN).
    #[schema(as = MinutesRole)]
    pub enum PartyRole {
        /// Ngân hàng Chính sách xã hội, or the fund.
        Lender = "lender",
        /// Ủy ban nhân dân cấp xã.
        PeoplesCommittee = "peoples_committee",
        /// The mass organisation that the work is entrusted to.
        MassOrganisation = "mass_organisation",
        /// Tổ trưởng tổ tiết kiệm và vay vốn.
        GroupLeader = "group_leader",
        /// Cán bộ tín dụng.
        CreditOfficer = "credit_officer",
        /// The borrower, or who inherits the debt.
        Borrower = "borrower",
        /// Công an xã.
        Police = "police",
    }
}

/// Who signed the minutes of a risk.
#[derive(Debug, Clone, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = MinutesParty)]
pub struct Party {
    /// Whom they stand for, each once.
    pub role: PartyRole,
    /// Their name.
    pub name: Name,
}

/// Minutes of a risk (biên bản xác định nợ bị rủi ro, form 02/XLN).
#[derive(Debug, Clone, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = RiskMinutes)]
pub struct Minutes {
    /// Their number.
    pub number: Name,
    /// The day they were drawn up; not after the decision.
    #[serde(deserialize_with = "strictly")]
    pub drawn_on: NaiveDate,
    /// Who signed: the lender and others, seven at most.
    #[schema(min_items = 2, max_items = 7)]
    pub parties: Vec<Party>,
}

/// What a freeze or a write-off rests on besides its document.
#[derive(Debug, Clone, Serialize)]
pub struct Decided {
    /// Whose decision it is.
    pub by: Authority,
    /// The minutes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub minutes: Option<Minutes>,
}

impl Decided {
    /// What a decision rests on; minutes belong to no other measure.
    pub fn of(
        by: Option<Authority>,
        minutes: Option<&Minutes>,
        on: NaiveDate,
    ) -> Result<Option<Self>, Problem> {
        let Some(minutes) = minutes else { return Ok(by.map(|by| Self { by, minutes: None })) };
        let Some(by) = by else {
            let why = text!("Chỉ của khoanh nợ, xóa nợ", "Only of a freeze or a write-off");
            return Err(Problem::field("/minutes", why));
        };
        minutes.insist_sound(on)?;
        Ok(Some(Self { by, minutes: Some(minutes.clone()) }))
    }
}

impl Minutes {
    /// Refuses minutes of the future, and those that the lender or nobody else signed.
    pub fn insist_sound(&self, decided_on: NaiveDate) -> Result<(), Problem> {
        if self.drawn_on > decided_on {
            return Err(Problem::field(
                "/minutes/drawn_on",
                text!("Sau ngày quyết định", "After the day of the decision"),
            ));
        }
        let roles: BTreeSet<PartyRole> = self.parties.iter().map(|party| party.role).collect();
        let sound =
            roles.len() == self.parties.len() && roles.len() > 1 && roles.contains(&PartyRole::Lender);
        if sound {
            return Ok(());
        }
        Err(Problem::field(
            "/minutes/parties",
            text!(
                "Mỗi bên một lần; phải có bên cho vay và ít nhất một bên khác",
                "Each party once; the lender and at least one other"
            ),
        ))
    }
}

/// Whose decision it is on a day. Where the command names nobody, the document is taken for one of the authority of who owns the
/// capital; another's is refused.
pub async fn insist_authority(
    conn: &mut Conn,
    loan: &Loan,
    (named, on): (Option<Authority>, NaiveDate),
) -> Result<Authority, Problem> {
    let owners = programmes::credit_rules(conn, on).await?.capital_owners;
    let Some(owner) = owners.into_iter().find(|owner| owner.owner_code == loan.owner_code) else {
        let why = Text::fixed("Chưa có quy định cho ngày này.", "There is no rule for that day.");
        return Err(Kind::WrongState.saying(why));
    };
    let unknown = || Problem::internal(anyhow::anyhow!("no authority {}", owner.risk_authority));
    let authority = Authority::of_name(&owner.risk_authority).ok_or_else(unknown)?;
    if named.is_none_or(|named| named == authority) {
        return Ok(authority);
    }
    let (vi, en) = (owner.risk_authority_vi, owner.risk_authority_en);
    Err(Problem::field(
        "/action/decided_by",
        text!(
            "Vốn này do {vi} quyết định: ghi số, ngày quyết định của cấp đó",
            "On this capital the authority is: {en}. Write the number and day of its decision"
        ),
    ))
}

/// Refuses a write-off before a freeze ended unpaid, unless the cause allows it besides.
pub async fn insist_may_write_off(
    conn: &mut Conn,
    loan: &Case,
    on: NaiveDate,
    (cause, without_heir): (Cause, bool),
) -> Result<(), Problem> {
    if loan.last_freeze_until().is_some_and(|until| until <= on) {
        return Ok(());
    }
    let causes = programmes::credit_rules(conn, on).await?.risk_causes;
    let rule = causes.iter().find(|known| known.cause_code == cause.code());
    match rule.and_then(|known| WriteOffRule::of_name(&known.write_off)) {
        Some(WriteOffRule::AtOnce) => Ok(()),
        Some(WriteOffRule::WithoutHeir) if without_heir => Ok(()),
        _ => Err(Kind::WrongState.saying(Text::fixed(
            "Chỉ xóa nợ khi đã hết thời gian khoanh mà vẫn không trả được, theo quyết định của Tòa án, hoặc khi người vay chết, mất tích không còn người thừa kế và tài sản.",
            "Debt is written off only after its freeze ended unpaid, by decision of a court, or where the borrower died or is missing without heir or asset.",
        ))),
    }
}

/// Refuses more than the general provision of the source can bear. It is set aside for local capital; central capital is covered
/// by the bank's own fund, own capital by its specific provision.
pub async fn insist_provided(
    conn: &mut Conn,
    unit: i32,
    loan: &Loan,
    (on, covered): (NaiveDate, Decimal),
) -> Result<(), Problem> {
    if covered.is_zero() {
        return Ok(());
    }
    if loan.contract.capital != Capital::Local {
        return Err(Problem::field(
            "/action/from_general_provision",
            text!("Chỉ dùng cho vốn ủy thác địa phương", "Only for entrusted capital of the local level"),
        ));
    }
    let of = (AccountRole::EntrustedGeneralProvision, loan.source_id);
    let then = balances::credit_of(&mut *conn, unit, of, on).await?;
    let now = balances::credit_of(conn, unit, of, LAST_DAY).await?;
    let most = then.min(now).max(Decimal::ZERO).normalize();
    if covered > most {
        return Err(Kind::AboveCap.saying(text!(
            "Dự phòng chung của nguồn vốn chỉ còn {most} đồng.",
            "The general provision of the source has only {most} đồng."; most
        )));
    }
    Ok(())
}
