//! Roles of accounts: recipes and reports name an account by its role, the chart of a unit says its code. And what the lines
//! on control accounts are about.

use crate::domain::values::catalogue::catalogue;

catalogue! {
    /// What a line is about. The rows of one kind are a sub-ledger: what they add up to stands on its control accounts.
    pub enum SubjectKind {
        /// A household, for what it has at the fund besides contracts.
        Household = "household",
        /// An agreement of revolving support.
        Agreement = "agreement",
        /// A preferential loan.
        Loan = "loan",
    }
}

catalogue! {
    /// What an account is for in the recipes. Which account has the role is data of the unit's chart (`chart_role`).
    pub enum AccountRole {
        /// Cash in hand.
        Cash = "cash",
        /// Money at the bank or the Treasury.
        Bank = "bank",
        /// Money on its way between units or accounts.
        InTransit = "in_transit",
        /// Capital with households, within term.
        SupportOutstanding = "support_outstanding",
        /// Capital with households, past its day.
        SupportOverdue = "support_overdue",
        /// Capital with households, reported as lost and not decided.
        SupportFrozen = "support_frozen",
        /// Interest and fees of support.
        SupportIncome = "support_income",
        /// What households brought too much and may have back.
        Overpayments = "overpayments",
        /// Savings of group members on their way to the bank.
        MemberSavings = "member_savings",
        /// Receipts whose origin is not known yet.
        Suspense = "suspense",
        /// Cash that a count did not find, until somebody decides who answers for it.
        CashShortage = "cash_shortage",
        /// Cash that a count found beyond the books, until it is known whose it is.
        CashSurplus = "cash_surplus",
        /// Capital a source was given. Its account follows the nature of the source.
        Capital = "capital",
        /// Capital that came back and goes round again. Its account follows the nature of the source.
        RecoveredCapital = "recovered_capital",
        /// Capital lost by decision.
        CapitalLoss = "capital_loss",
        /// Where income and expenses of a year meet (xác định kết quả).
        Result = "result",
        /// Surplus or deficit of the year that was closed last.
        SurplusThisYear = "surplus_this_year",
        /// Surplus or deficit of the years before.
        SurplusEarlier = "surplus_earlier",
        /// Short-term loans of own capital, within term. A chart that does not tell loans by their term has one account for all three.
        LoanInTerm = "loan_in_term",
        /// Short-term loans of own capital, late.
        LoanOverdue = "loan_overdue",
        /// Short-term loans of own capital, frozen.
        LoanFrozen = "loan_frozen",
        /// Short-term loans of entrusted capital, within term.
        EntrustedLoanInTerm = "entrusted_loan_in_term",
        /// Short-term loans of entrusted capital, late.
        EntrustedLoanOverdue = "entrusted_loan_overdue",
        /// Short-term loans of entrusted capital, frozen.
        EntrustedLoanFrozen = "entrusted_loan_frozen",
        /// Medium-term loans of own capital, within term.
        MediumLoanInTerm = "medium_loan_in_term",
        /// Medium-term loans of own capital, late.
        MediumLoanOverdue = "medium_loan_overdue",
        /// Medium-term loans of own capital, frozen.
        MediumLoanFrozen = "medium_loan_frozen",
        /// Medium-term loans of entrusted capital, within term.
        MediumEntrustedLoanInTerm = "medium_entrusted_loan_in_term",
        /// Medium-term loans of entrusted capital, late.
        MediumEntrustedLoanOverdue = "medium_entrusted_loan_overdue",
        /// Medium-term loans of entrusted capital, frozen.
        MediumEntrustedLoanFrozen = "medium_entrusted_loan_frozen",
        /// Long-term loans of own capital, within term.
        LongLoanInTerm = "long_loan_in_term",
        /// Long-term loans of own capital, late.
        LongLoanOverdue = "long_loan_overdue",
        /// Long-term loans of own capital, frozen.
        LongLoanFrozen = "long_loan_frozen",
        /// Long-term loans of entrusted capital, within term.
        LongEntrustedLoanInTerm = "long_entrusted_loan_in_term",
        /// Long-term loans of entrusted capital, late.
        LongEntrustedLoanOverdue = "long_entrusted_loan_overdue",
        /// Long-term loans of entrusted capital, frozen.
        LongEntrustedLoanFrozen = "long_entrusted_loan_frozen",
        /// Interest earned and not collected.
        InterestReceivable = "interest_receivable",
        /// Interest on loans of own capital.
        LoanIncome = "loan_income",
        /// Interest on loans of entrusted capital, which is its owner's.
        EntrustedInterest = "entrusted_interest",
        /// Own capital that came back after it was written off.
        RecoveredLoss = "recovered_loss",
        /// What mass organisations cost that work for the bank.
        EntrustmentCost = "entrustment_cost",
        /// What they are owed for it.
        EntrustmentPayable = "entrustment_payable",
        /// Capital the central level entrusted.
        EntrustedCentral = "entrusted_central",
        /// Capital the local level entrusted.
        EntrustedLocal = "entrusted_local",
        /// General provision.
        GeneralProvision = "general_provision",
        /// What setting it aside costs.
        GeneralProvisionCost = "general_provision_cost",
        /// Specific provision.
        SpecificProvision = "specific_provision",
        /// General provision for loans of others' capital.
        EntrustedGeneralProvision = "entrusted_general_provision",
        /// Specific provision for them.
        EntrustedSpecificProvision = "entrusted_specific_provision",
        /// What setting it aside costs, and losses beyond it.
        SpecificProvisionCost = "specific_provision_cost",
        /// Off balance: unpaid interest of loans within term.
        UnpaidInterestInTerm = "unpaid_interest_in_term",
        /// Off balance: unpaid interest of late and frozen loans.
        UnpaidInterestOverdue = "unpaid_interest_overdue",
        /// Off balance: principal written off.
        WrittenOffPrincipal = "written_off_principal",
        /// Off balance: interest written off.
        WrittenOffInterest = "written_off_interest",
        /// The other side of what stands off the balance sheet.
        MemoContra = "memo_contra",
    }
}

impl AccountRole {
    /// Capital with households, within term, past it or frozen.
    pub const WITH_HOUSEHOLDS: &[Self] = &[
        Self::SupportOutstanding,
        Self::SupportOverdue,
        Self::SupportFrozen,
        Self::LoanInTerm,
        Self::LoanOverdue,
        Self::LoanFrozen,
        Self::EntrustedLoanInTerm,
        Self::EntrustedLoanOverdue,
        Self::EntrustedLoanFrozen,
        Self::MediumLoanInTerm,
        Self::MediumLoanOverdue,
        Self::MediumLoanFrozen,
        Self::MediumEntrustedLoanInTerm,
        Self::MediumEntrustedLoanOverdue,
        Self::MediumEntrustedLoanFrozen,
        Self::LongLoanInTerm,
        Self::LongLoanOverdue,
        Self::LongLoanFrozen,
        Self::LongEntrustedLoanInTerm,
        Self::LongEntrustedLoanOverdue,
        Self::LongEntrustedLoanFrozen,
    ];

    /// Capital of revolving support with households.
    pub const SUPPORTED: &[Self] = &[Self::SupportOutstanding, Self::SupportOverdue, Self::SupportFrozen];

    /// Capital that sources were given and have not given back.
    pub const CAPITAL_GIVEN: &[Self] = &[Self::Capital, Self::EntrustedCentral, Self::EntrustedLocal];

    /// Capital in hand: given, or come back to go round again.
    pub const CAPITAL_IN_HAND: &[Self] =
        &[Self::Capital, Self::RecoveredCapital, Self::EntrustedCentral, Self::EntrustedLocal];

    /// What the fund owes others whose money lies in its cash box or at its bank: no source spends it.
    pub const HELD_FOR_OTHERS: &[Self] = &[Self::MemberSavings, Self::Overpayments];

    /// Names of roles, as the database knows them.
    pub fn names(roles: &[Self]) -> Vec<String> {
        roles.iter().map(|role| role.name().to_owned()).collect()
    }

    /// What a line on an account of this role must be about. Empty: the account is no control account, and a line may be
    /// about anything or nothing.
    pub const fn subjects(self) -> &'static [SubjectKind] {
        match self {
            Self::SupportOutstanding | Self::SupportOverdue | Self::SupportFrozen => {
                &[SubjectKind::Agreement]
            }
            Self::LoanInTerm
            | Self::LoanOverdue
            | Self::LoanFrozen
            | Self::EntrustedLoanInTerm
            | Self::EntrustedLoanOverdue
            | Self::EntrustedLoanFrozen
            | Self::MediumLoanInTerm
            | Self::MediumLoanOverdue
            | Self::MediumLoanFrozen
            | Self::MediumEntrustedLoanInTerm
            | Self::MediumEntrustedLoanOverdue
            | Self::MediumEntrustedLoanFrozen
            | Self::LongLoanInTerm
            | Self::LongLoanOverdue
            | Self::LongLoanFrozen
            | Self::LongEntrustedLoanInTerm
            | Self::LongEntrustedLoanOverdue
            | Self::LongEntrustedLoanFrozen
            | Self::WrittenOffPrincipal => &[SubjectKind::Loan],
            Self::Overpayments => &[SubjectKind::Agreement, SubjectKind::Loan],
            _ => &[],
        }
    }

    /// Whether an account of this role holds a sum over a sub-ledger, by source. No line on it says whose it is, so the
    /// accountant writes none: only what happens to a loan moves it.
    pub const fn is_sum(self) -> bool {
        matches!(
            self,
            Self::InterestReceivable
                | Self::UnpaidInterestInTerm
                | Self::UnpaidInterestOverdue
                | Self::WrittenOffInterest
                | Self::GeneralProvision
                | Self::SpecificProvision
                | Self::EntrustedGeneralProvision
                | Self::EntrustedSpecificProvision
        )
    }

    /// Whether an account of this role stands off the balance sheet.
    pub const fn is_memorandum(self) -> bool {
        matches!(
            self,
            Self::UnpaidInterestInTerm
                | Self::UnpaidInterestOverdue
                | Self::WrittenOffPrincipal
                | Self::WrittenOffInterest
                | Self::MemoContra
        )
    }
}
