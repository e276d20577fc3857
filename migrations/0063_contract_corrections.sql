-- A contract that was signed under a wrong rule is corrected by a decision on it: an event of the loan, valued on its first payout.
alter table loan_event drop constraint loan_event_kind_check;
alter table loan_event add constraint loan_event_kind_check
  check (kind in ('disbursed', 'repaid', 'refunded', 'reversed', 'rate_changed', 'rescheduled', 'extended', 'carried_over', 'made_overdue',
                  'frozen', 'unfrozen', 'written_off', 'recovered', 'corrected'));
