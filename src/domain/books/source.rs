//! Words about funds and sources of money.

use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize};

use crate::domain::values::catalogue::catalogue;

catalogue! {
    /// What a fund is for.
    pub enum FundKind {
        /// Hỗ trợ luân chuyển: capital that goes round among households.
        Revolving = "revolving",
        /// Tín dụng ưu đãi: preferential loans.
        PreferentialCredit = "preferential_credit",
        /// Quỹ "Vì người nghèo".
        ForThePoor = "for_the_poor",
    }
}

catalogue! {
    /// Where the money of a source comes from.
    pub enum Origin {
        /// Ngân sách trung ương.
        CentralBudget = "central_budget",
        /// Ngân sách địa phương.
        LocalBudget = "local_budget",
        /// A bank.
        Bank = "bank",
        /// A company's gift.
        Enterprise = "enterprise",
        /// One donor.
        Donor = "donor",
        /// A campaign (đợt vận động).
        Campaign = "campaign",
        /// A gift for a named household or purpose.
        DesignatedGift = "designated_gift",
        /// Vốn thu hồi.
        RecoveredCapital = "recovered_capital",
        /// The household's own share.
        Beneficiary = "beneficiary",
    }
}

catalogue! {
    /// Whose the capital of a source is, which decides the account it stands on (`chart_role.nature`). Money of one nature
    /// never stands among that of another (Circular 24/2024/TT-BTC, accounts 135, 341, 353, 431).
    pub enum Nature {
        /// Vốn của đơn vị: the unit's own.
        Own = "own",
        /// Vốn của chương trình, của người cho: what a programme or donors gave for a purpose and still own.
        Programme = "programme",
        /// Vốn phải hoàn trả: conditional money that goes back to who gave it.
        Returnable = "returnable",
        /// Vốn vay.
        Borrowed = "borrowed",
        /// Vốn nhận ủy thác của trung ương: lent for its owner.
        EntrustedCentral = "entrusted_central",
        /// Vốn nhận ủy thác của địa phương: lent for its owner.
        EntrustedLocal = "entrusted_local",
    }
}

impl Nature {
    /// Whether capital of this nature may go on in a source of another. What comes back keeps its nature; entrusted capital
    /// keeps its account whatever the source (`domain::credit::loan_books::recipes`).
    pub fn goes_on_as(self, other: Self) -> bool {
        self == other || matches!(self, Self::EntrustedCentral | Self::EntrustedLocal)
    }

    /// What it is when nobody says otherwise.
    pub const fn usual(fund: FundKind, origin: Origin, must_return: bool) -> Self {
        match (fund, origin) {
            (FundKind::PreferentialCredit, Origin::CentralBudget) => Self::EntrustedCentral,
            (FundKind::PreferentialCredit, Origin::LocalBudget) => Self::EntrustedLocal,
            (_, Origin::Bank) => Self::Borrowed,
            (_, Origin::Beneficiary) => Self::Own,
            _ if must_return => Self::Returnable,
            _ => Self::Programme,
        }
    }
}

/// What money may be spent on, as a code such as `breeding_stock`: 2 to 40 small letters, digits and `_`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
pub struct Purpose(String);

/// Not the code of a purpose.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a purpose: write 2 to 40 small letters, digits and _, such as \"breeding_stock\"")]
pub struct NotAPurpose;

impl Purpose {
    /// The code.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Purpose {
    type Err = NotAPurpose;

    fn from_str(text: &str) -> Result<Self, NotAPurpose> {
        let good = (2..=40).contains(&text.len())
            && text.starts_with(|c: char| c.is_ascii_lowercase())
            && text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_');
        if good { Ok(Self(text.to_owned())) } else { Err(NotAPurpose) }
    }
}

impl<'de> Deserialize<'de> for Purpose {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

impl utoipa::PartialSchema for Purpose {
    fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
        utoipa::openapi::ObjectBuilder::new()
            .schema_type(utoipa::openapi::schema::Type::String)
            .pattern(Some("^[a-z][a-z0-9_]{1,39}$"))
            .examples([serde_json::json!("breeding_stock")])
            .into()
    }
}

impl utoipa::ToSchema for Purpose {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nature_of_capital_follows_its_fund_its_origin_and_whether_it_goes_back() {
        use {FundKind::*, Nature as N, Origin as O};
        for (fund, origin, must_return, nature) in [
            (PreferentialCredit, O::CentralBudget, false, N::EntrustedCentral),
            (PreferentialCredit, O::LocalBudget, true, N::EntrustedLocal),
            (PreferentialCredit, O::Bank, false, N::Borrowed),
            (PreferentialCredit, O::RecoveredCapital, false, N::Programme),
            (PreferentialCredit, O::Donor, false, N::Programme),
            (Revolving, O::CentralBudget, false, N::Programme),
            (Revolving, O::CentralBudget, true, N::Returnable),
            (Revolving, O::RecoveredCapital, false, N::Programme),
            (Revolving, O::Beneficiary, false, N::Own),
            (ForThePoor, O::Campaign, false, N::Programme),
            (ForThePoor, O::Enterprise, true, N::Returnable),
        ] {
            assert_eq!(Nature::usual(fund, origin, must_return), nature, "{fund:?} {origin:?} {must_return}");
        }
    }

    #[test]
    fn a_purpose_is_a_short_code() {
        assert_eq!("breeding_stock".parse::<Purpose>().unwrap().as_str(), "breeding_stock");
        for text in ["", "a", "_a", "Giống", "a b", &"a".repeat(41)] {
            assert_eq!(text.parse::<Purpose>(), Err(NotAPurpose), "{text:?}");
        }
    }
}
