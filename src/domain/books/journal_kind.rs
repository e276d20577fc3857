//! Kinds of journals: what happened, and who may take it back.

use crate::domain::values::catalogue::catalogue;
use crate::domain::values::language::Text;

catalogue! {
    /// Who may reverse a journal: what keeps a record of it elsewhere must learn of its end.
    pub enum Owner {
        /// It is not reversed.
        Nobody = "nobody",
        /// The accountant, in the general journal.
        Accountant = "accountant",
        /// The agreement of revolving support whose event it is.
        Support = "support",
        /// The loan whose event it is.
        Loans = "loans",
        /// The collection sheet on which the money stands.
        CollectionSheets = "collection_sheets",
        /// The statement of entrustment fees it books.
        Entrustment = "entrustment",
        /// The closing of the year, which ends when its months are opened again.
        Periods = "periods",
        /// The count of a cash box whose difference it books.
        CashCounts = "cash_counts",
    }
}

impl Owner {
    /// What to do instead of a reversal in the general journal; none where the accountant reverses there.
    pub const fn instead(self) -> Option<Text> {
        let (vi, en) = match self {
            Self::Accountant => return None,
            Self::Nobody => (
                "Hệ thống tự ghi bút toán này theo các nghiệp vụ của khoản hỗ trợ hoặc khoản vay; không đảo riêng được.",
                "This journal follows from what happened to an agreement; it is not reversed by itself.",
            ),
            Self::Support | Self::Loans => (
                "Bút toán này thuộc một khoản hỗ trợ hoặc khoản vay; hãy hủy nghiệp vụ ở khoản ấy.",
                "This journal belongs to an agreement; undo the event there instead.",
            ),
            Self::CashCounts => (
                "Bút toán này xử lý chênh lệch của một lần kiểm kê quỹ; hãy hủy việc xử lý tại lần kiểm kê ấy (…/cash-counts/…/settlement-reversal).",
                "This journal books the difference of a cash count; take the settlement back there (…/cash-counts/…/settlement-reversal).",
            ),
            Self::CollectionSheets => (
                "Khoản tiết kiệm này thuộc một bảng kê thu của tổ, đã thu thì không hủy; nếu sai, hãy lập bút toán điều chỉnh.",
                "These savings stand on a collection sheet, which keeps what was collected; correct a mistake with a manual journal.",
            ),
            Self::Entrustment => (
                "Bút toán này ghi phí ủy thác của một tháng; hãy hủy bảng phí của tháng ấy (…/entrustment-fees/…/reversal).",
                "This journal books the entrustment fees of a month; take that statement back (…/entrustment-fees/…/reversal).",
            ),
            Self::Periods => (
                "Bút toán kết chuyển cuối năm tự được đảo khi mở lại tháng 12 của năm ấy (…/periods/reopenings).",
                "The year-end closing is taken back when December of that year is opened again (…/periods/reopenings).",
            ),
        };
        Some(Text::fixed(vi, en))
    }
}

catalogue! {
    /// What happened. The table `journal_kind` has the same rows.
    pub enum JournalKind {
        /// Capital arrives.
        CapitalReceived = "capital_received",
        /// Capital goes back to its giver.
        CapitalReturned = "capital_returned",
        /// Money moves between two tills.
        TransferBetweenAccounts = "transfer_between_accounts",
        /// A count found more or less in a cash box than its books.
        CashDifference = "cash_difference",
        /// The accountant's own.
        Manual = "manual",
        /// Income and expenses of a year meet in its result.
        YearClosing = "year_closing",
        /// On New Year's Day the result of the year that was closed joins the years before.
        SurplusCarried = "surplus_carried",
        /// The mirror of another journal.
        Reversal = "reversal",
        /// Money handed to a household.
        SupportPayout = "support_payout",
        /// Money a household brought.
        SupportRepayment = "support_repayment",
        /// The split of an earlier repayment changes.
        SupportReallocation = "support_reallocation",
        /// Capital written off by decision.
        SupportLoss = "support_loss",
        /// Capital became overdue or was reported as lost, or is so no more.
        SupportToOverdue = "support_to_overdue",
        /// A surplus given back to its household.
        SupportRefund = "support_refund",
        /// A tranche paid out.
        LoanDisbursement = "loan_disbursement",
        /// Money a borrower brought.
        LoanRepayment = "loan_repayment",
        /// What was overpaid, given back.
        LoanRefund = "loan_refund",
        /// Money for what was written off.
        LoanRecovery = "loan_recovery",
        /// Moved dates, a recall, a freeze.
        LoanMeasure = "loan_measure",
        /// A loan given up.
        LoanWriteOff = "loan_write_off",
        /// What a replay changes besides the mirror, after an entry was taken back.
        LoanAdjustment = "loan_adjustment",
        /// Loans that changed their class by the day alone.
        LoanToOverdue = "loan_to_overdue",
        /// What time earned and set aside.
        LoanAccrual = "loan_accrual",
        /// Entrustment fees of a month.
        EntrustmentFee = "entrustment_fee",
        /// Savings of a household, carried to the bank.
        SavingsCollected = "savings_collected",
        /// Savings of members, carried to the bank that they belong to.
        SavingsHandedOver = "savings_handed_over",
    }
}

impl JournalKind {
    /// Its name for readers.
    pub const fn title(self) -> Text {
        let (vi, en, _) = self.facts();
        Text::fixed(vi, en)
    }

    /// Who may reverse it.
    pub const fn owner(self) -> Owner {
        self.facts().2
    }

    /// Its names, and who may reverse it.
    const fn facts(self) -> (&'static str, &'static str, Owner) {
        match self {
            Self::CapitalReceived => ("Nhận vốn", "Capital received", Owner::Accountant),
            Self::CapitalReturned => ("Hoàn trả vốn", "Capital returned", Owner::Accountant),
            Self::TransferBetweenAccounts => {
                ("Chuyển tiền giữa quỹ và ngân hàng", "Transfer between cash and bank", Owner::Accountant)
            }
            Self::CashDifference => {
                ("Thừa, thiếu quỹ khi kiểm kê", "Cash over or short at a count", Owner::CashCounts)
            }
            Self::Manual => ("Bút toán kế toán lập", "Manual journal", Owner::Accountant),
            Self::YearClosing => {
                ("Kết chuyển thu, chi cuối năm", "Year-end closing of income and expenses", Owner::Periods)
            }
            Self::SurplusCarried => (
                "Kết chuyển thặng dư năm trước",
                "Surplus of the last year joins the years before",
                Owner::Periods,
            ),
            Self::Reversal => ("Bút toán đảo", "Reversal", Owner::Nobody),
            Self::SupportPayout => ("Giải ngân hỗ trợ", "Payout of support", Owner::Support),
            Self::SupportRepayment => ("Thu hồi hỗ trợ", "Repayment of support", Owner::Support),
            Self::SupportReallocation => {
                ("Phân bổ lại khoản thu hồi", "Repayment divided anew", Owner::Nobody)
            }
            Self::SupportLoss => ("Tổn thất vốn hỗ trợ", "Loss of support", Owner::Support),
            Self::SupportToOverdue => {
                ("Chuyển vốn hỗ trợ quá hạn", "Support that became overdue", Owner::Nobody)
            }
            Self::SupportRefund => {
                ("Hoàn tiền nộp thừa của khoản hỗ trợ", "Refund of a surplus of support", Owner::Nobody)
            }
            Self::LoanDisbursement => ("Giải ngân cho vay", "Disbursement of a loan", Owner::Loans),
            Self::LoanRepayment => ("Thu nợ", "Repayment of a loan", Owner::Loans),
            Self::LoanRefund => {
                ("Trả lại tiền nộp thừa của khoản vay", "Refund of an overpaid loan", Owner::Loans)
            }
            Self::LoanRecovery => ("Thu hồi nợ đã xóa", "Recovery of a written-off loan", Owner::Loans),
            Self::LoanMeasure => ("Xử lý nợ", "Measure on a loan", Owner::Loans),
            Self::LoanWriteOff => ("Xóa nợ", "Write-off of a loan", Owner::Loans),
            Self::LoanAdjustment => (
                "Điều chỉnh khoản vay sau khi hủy nghiệp vụ",
                "Loan adjusted after an entry was taken back",
                Owner::Nobody,
            ),
            Self::LoanToOverdue => ("Chuyển nhóm nợ", "Loans that changed their class", Owner::Nobody),
            Self::LoanAccrual => ("Lãi dự thu, dự phòng", "Interest accrued and provisions", Owner::Nobody),
            Self::EntrustmentFee => ("Phí ủy thác phải trả", "Entrustment fees owed", Owner::Entrustment),
            Self::SavingsCollected => {
                ("Thu hộ tiền gửi tiết kiệm", "Savings collected for the bank", Owner::CollectionSheets)
            }
            Self::SavingsHandedOver => {
                ("Nộp tiền gửi tiết kiệm cho ngân hàng", "Savings handed over to the bank", Owner::Accountant)
            }
        }
    }
}
