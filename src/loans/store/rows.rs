//! Rows that more than one statement reads.

use chrono::NaiveDate;
use rust_decimal::Decimal;
use uuid::Uuid;

use super::super::case::Held;
use crate::domain::credit::loan_books::{Contract, Position};

/// A row of `loan_state` as the books hold it.
pub struct HeldRow {
    pub loan_id: Uuid,
    pub last_seq: i32,
    pub stands_on: NaiveDate,
    pub in_term: Decimal,
    pub overdue: Decimal,
    pub frozen: Decimal,
    pub receivable: Decimal,
    pub overpaid: Decimal,
    pub income: Decimal,
    pub lost: Decimal,
    pub regained: Decimal,
    pub covered: Decimal,
    pub lost_interest: Decimal,
    pub unpaid_in_term: Decimal,
    pub unpaid_overdue: Decimal,
    pub written_off: Decimal,
    pub written_off_interest: Decimal,
    pub general: Decimal,
    pub specific: Decimal,
}

impl HeldRow {
    /// As a domain value; amounts without the two decimals of the column.
    pub fn held(&self) -> (Uuid, Held) {
        let whole = |amount: Decimal| amount.normalize();
        let position = Position {
            in_term: whole(self.in_term),
            overdue: whole(self.overdue),
            frozen: whole(self.frozen),
            receivable: whole(self.receivable),
            overpaid: whole(self.overpaid),
            income: whole(self.income),
            lost: whole(self.lost),
            regained: whole(self.regained),
            covered: whole(self.covered),
            lost_interest: whole(self.lost_interest),
            unpaid_in_term: whole(self.unpaid_in_term),
            unpaid_overdue: whole(self.unpaid_overdue),
            written_off: whole(self.written_off),
            written_off_interest: whole(self.written_off_interest),
            general: whole(self.general),
            specific: whole(self.specific),
        };
        (self.loan_id, Held { last_seq: self.last_seq, stands_on: self.stands_on, position })
    }
}

/// A contract as stored.
pub fn contract(json: serde_json::Value) -> sqlx::Result<Contract> {
    serde_json::from_value(json).map_err(|error| sqlx::Error::Decode(Box::new(error)))
}
