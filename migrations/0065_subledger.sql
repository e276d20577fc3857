-- Sub-ledgers and their control accounts. What a household owes is kept by contract; the account that holds the sum is only
-- as true as every line on it says whose it is. So the books refuse a line there that names nobody.

alter table chart_role add column needs_subject boolean not null default false;
comment on column chart_role.needs_subject is 'a control account: each line names the agreement or loan it is about';
update chart_role set needs_subject = true
 where role in ('support_outstanding', 'support_overdue', 'loan_in_term', 'loan_overdue', 'loan_frozen', 'entrusted_loan_in_term',
                'entrusted_loan_overdue', 'entrusted_loan_frozen', 'overpayments', 'written_off_principal');

-- The accounts of a unit whose lines name somebody.
create view control_account with (security_invoker = true) as
  select distinct k.unit_id, r.code from book k join chart_role r on r.chart_id = k.chart_id and r.needs_subject;
grant select on control_account to soquy_app, soquy_books;

create function lines_name_their_subject() returns trigger language plpgsql as $$
declare
  bad record;
begin
  select l.journal_no, l.account into bad
    from new_lines l join control_account c on c.unit_id = l.unit_id and c.code = l.account
   where l.subject_id is null limit 1;
  if found then
    raise exception 'journal % has a line on % about nobody', bad.journal_no, bad.account
      using errcode = 'SQ430', detail = bad.account;
  end if;
  return null;
end $$;
create trigger lines_name_their_subject after insert on line referencing new table as new_lines
  for each statement execute function lines_name_their_subject();
