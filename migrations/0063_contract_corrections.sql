-- A contract that was signed under a wrong rule is corrected by a decision on it: an event of the loan, valued on its first payout.
alter table loan_event drop constraint loan_event_kind_check;
alter table loan_event add constraint loan_event_kind_check
  check (kind in ('disbursed', 'repaid', 'refunded', 'reversed', 'rate_changed', 'rescheduled', 'extended', 'carried_over', 'made_overdue',
                  'frozen', 'unfrozen', 'written_off', 'recovered', 'corrected'));

-- What a freeze or a write-off rests on besides its document: whose decision it is, and the minutes with their parties (02/XLN).
alter table loan_event add column decided jsonb;
comment on column loan_event.decided is 'by: capital_owner.risk_authority; minutes: number, day, parties (role, name)';
