//! A contract that was corrected is as if it had been signed so.

use super::*;
use crate::domain::credit::loan::Correction;

fn right() -> Correction {
    Correction {
        annual_rate_pct: dec!(6),
        overdue_rate_pct: dec!(7.8),
        principal_every_months: 6,
        principal_grace_months: 12,
        interest_grace_months: 3,
        spreads_grace_interest: true,
        least_instalment_pct: Some(dec!(10)),
        instalment_multiple: dec!(50000),
        missed: Missed::Overdue,
        extension_cap_months: 24,
    }
}

/// The same without who was the last to be entered.
fn facts(loan: &LoanState) -> (Vec<LoanRow>, PrincipalSums, InterestSums, Decimal) {
    (loan.rows.clone(), loan.principal, loan.interest, loan.overpaid)
}

#[test]
fn a_corrected_contract_is_as_if_it_had_been_signed_so() {
    let signed = poor_household();
    let should = right().over(&signed);
    let mut events = vec![
        paid_out(1, "2024-02-29", dec!(40000000)),
        repaid(2, "2025-03-01", dec!(3000000)),
        paid_out(3, "2025-04-10", dec!(10000000)),
    ];
    let corrected = Occurrence::Corrected { terms: Box::new(right()) };
    let days = ["2024-02-29", "2024-12-31", "2025-03-01", "2025-08-29", "2026-03-01", "2029-06-30"];
    let wanted: Vec<_> = days.iter().map(|on| facts(&at(&should, &events, on))).collect();
    let before: Vec<_> = days.iter().map(|on| facts(&at(&signed, &events, on))).collect();
    assert_ne!(wanted, before);
    events.push(event(4, "2024-02-29", corrected));
    let found: Vec<_> = days.iter().map(|on| facts(&at(&signed, &events, on))).collect();
    assert_eq!(found, wanted);
    events.push(event(5, "2025-08-29", Occurrence::Reversed { entry: 4 }));
    let found: Vec<_> = days.iter().map(|on| facts(&at(&signed, &events, on))).collect();
    assert_eq!((&found[..3], &found[3..]), (&wanted[..3], &before[3..]), "taken back from its day on");
}

#[test]
fn a_correction_before_the_first_payout_stands_in_its_way() {
    let corrected = Occurrence::Corrected { terms: Box::new(right()) };
    let events = [event(1, "2024-02-28", corrected), paid_out(2, "2024-02-29", dec!(40000000))];
    assert_eq!(
        state(&poor_household(), &events, day("2024-03-01")).unwrap_err(),
        LoanError::Event { seq: 1, why: Misfit::BeforeDisbursement }
    );
}
