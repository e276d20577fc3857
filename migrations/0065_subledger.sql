-- Sub-ledgers and their control accounts. What a household owes is kept by contract; the account that holds the sum is only
-- as true as every line on it says whose it is. So the books refuse a line there that names nobody (lines_balanced, 0004).

alter table chart_role add column needs_subject boolean not null default false;
comment on column chart_role.needs_subject is 'a control account: each line names the agreement or loan it is about';
update chart_role set needs_subject = true
 where role in ('support_outstanding', 'support_overdue', 'loan_in_term', 'loan_overdue', 'loan_frozen', 'entrusted_loan_in_term',
                'entrusted_loan_overdue', 'entrusted_loan_frozen', 'overpayments', 'written_off_principal');

-- The accounts of a unit whose lines name somebody.
create view control_account with (security_invoker = true) as
  select distinct k.unit_id, r.code from book k join chart_role r on r.chart_id = k.chart_id and r.needs_subject;
grant select on control_account to soquy_app, soquy_books;
