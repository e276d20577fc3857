-- Preferential loans: the request (form 01/TD) on its way through the group and the commune, the contract, what happened
-- to it, and where it stands.

-- A household asks for a loan (Giấy đề nghị vay vốn, 01/TD). The row follows the file through its steps; each version is
-- kept. The group's list (03/TD) and the commune's confirmation are papers: their numbers and days stand here.
create table loan_request (
  unit_id                integer not null,
  loan_request_id        uuid not null,
  product_code           text not null references product,
  household_id           uuid not null,
  borrower_id            uuid,
  borrower               text not null check (borrower <> ''),
  address                text not null,
  group_id               uuid,
  source_id              integer not null,
  owner_code             text not null references capital_owner,
  amount                 numeric(20,2) not null check (amount > 0),
  total_need             numeric(20,2) not null check (total_need > 0),
  own_capital            numeric(20,2) not null check (own_capital >= 0),
  term_months            integer not null check (term_months between 1 and 240),
  principal_every_months integer not null check (principal_every_months between 1 and 240),
  counted                integer not null default 0 check (counted >= 0),
  course_months          integer not null default 0 check (course_months >= 0),
  collateral             text,
  decision_code          text not null default '',
  requested_on           date not null,
  meeting_id             uuid,
  minutes_no             text,
  listed_on              date,
  confirmation_no        text,
  confirmed_on           date,
  loan_id                uuid,
  state                  text not null default 'asked' check (state in ('asked', 'listed', 'confirmed', 'approved', 'refused', 'withdrawn')),
  reason                 text,
  primary key (unit_id, loan_request_id),
  foreign key (unit_id, source_id) references source,
  constraint loan_request_needs_what_it_costs check (total_need = own_capital + amount),
  constraint loan_request_listed check (state <> 'listed' or (minutes_no is not null and listed_on is not null)),
  constraint loan_request_confirmed check (state not in ('confirmed', 'approved') or (confirmation_no is not null and confirmed_on is not null)),
  constraint loan_request_approved check ((state = 'approved') = (loan_id is not null)),
  constraint loan_request_ended_with_reason check (state not in ('refused', 'withdrawn') or reason is not null)
);
create index loan_request_household on loan_request (unit_id, household_id);
create index loan_request_state on loan_request (unit_id, state, loan_request_id);
create index loan_request_group on loan_request (unit_id, group_id, loan_request_id);
create index loan_request_product on loan_request (product_code);
create index loan_request_owner on loan_request (owner_code);
create index loan_request_source on loan_request (unit_id, source_id);
comment on column loan_request.counted is 'facilities, months of study or workers: what the programme counts';
comment on column loan_request.decision_code is 'decision code of the Policy Bank''s export, where one caps extensions';
call make_audited_table('loan_request', 'loan_request_id');

-- What the loan is spent on (đối tượng, số lượng, thành tiền). The rows add up to the loan.
create table loan_purpose (
  unit_id         integer not null,
  loan_purpose_id uuid not null,
  loan_request_id uuid not null,
  place           smallint not null check (place > 0),
  item            text not null check (item <> ''),
  quantity        text not null,
  amount          numeric(20,2) not null check (amount > 0),
  primary key (unit_id, loan_purpose_id),
  foreign key (unit_id, loan_request_id) references loan_request,
  constraint loan_purpose_placed_once unique (unit_id, loan_request_id, place)
);
call make_fact_table('loan_purpose', 'loan_purpose_id');

-- Contract numbers run without gaps per unit and year. The row is locked before the unit counter.
create table loan_number (
  unit_id     integer not null,
  year        integer not null,
  last_number integer not null,
  primary key (unit_id, year)
) with (fillfactor = 50);
call keep_in_unit('loan_number');

-- The contract (sổ vay vốn, hợp đồng tín dụng) with every rule copied onto it at signing. It never changes.
create table loan (
  unit_id         integer not null,
  loan_id         uuid not null,
  loan_request_id uuid not null,
  contract_year   integer not null,
  contract_number integer not null check (contract_number > 0),
  product_code    text not null references product,
  rule_from       date not null,
  household_id    uuid not null,
  borrower_id     uuid,
  borrower        text not null,
  address         text not null,
  group_id        uuid,
  source_id       integer not null,
  owner_code      text not null references capital_owner,
  signed_on       date not null,
  contract        jsonb not null,
  primary key (unit_id, loan_id),
  foreign key (unit_id, loan_request_id) references loan_request,
  foreign key (product_code, rule_from) references programme_rule,
  foreign key (unit_id, source_id) references source,
  constraint loan_number_unique unique (unit_id, contract_year, contract_number),
  constraint loan_request_signed_once unique (unit_id, loan_request_id)
);
create index loan_household on loan (unit_id, household_id, loan_id);
create index loan_group on loan (unit_id, group_id, loan_id) where group_id is not null;
create index loan_programme on loan (unit_id, left(product_code, 2), loan_id);
create index loan_product on loan (product_code, rule_from);
create index loan_owner on loan (owner_code);
create index loan_source on loan (unit_id, source_id);
comment on column loan.contract is 'rates, rounding, allocation, windows and caps (domain::lending::Contract)';
call make_fact_table('loan', 'loan_id');

-- What happened to a loan, in the order of entry. The state is a fold over these rows in the order of their value dates.
create table loan_event (
  unit_id       integer not null,
  loan_event_id uuid not null,
  loan_id       uuid not null,
  seq           integer not null check (seq > 0),
  kind          text not null check (kind in ('disbursed', 'repaid', 'refunded', 'reversed', 'rate_changed', 'rescheduled', 'extended',
                                              'carried_over', 'made_overdue', 'frozen', 'unfrozen', 'written_off', 'recovered')),
  value_on      date not null,
  what          jsonb not null,
  split         jsonb,
  explanation   jsonb,
  reason        text,
  document_no   text,
  cause         text references risk_cause,
  freeze_until  date,
  moved         jsonb not null,
  journal_ids   uuid[] not null,
  actor_id      uuid,
  recorded_at   timestamptz not null default scope_now(),
  primary key (unit_id, loan_event_id),
  foreign key (unit_id, loan_id) references loan,
  constraint loan_event_in_order unique (unit_id, loan_id, seq)
);
-- A day that is closed late asks for what happened after it.
create index loan_event_valued on loan_event (unit_id, value_on, loan_id);
create index loan_event_cause on loan_event (cause) where cause is not null;
comment on column loan_event.what is 'domain::loan::Occurrence';
comment on column loan_event.split is 'how a payment was divided when it was entered (domain::loan::Split)';
comment on column loan_event.moved is 'what the journals moved (domain::lending::Position)';
call make_fact_table('loan_event', 'loan_event_id');

-- In place of a foreign key, which there is none of from an array. Journals are facts: none goes away.
create function loan_events_have_their_journals() returns trigger language plpgsql
  set search_path = pg_catalog, public, pg_temp as $$
begin
  if exists (select from happened e, unnest(e.journal_ids) k (journal_id)
              where (select j.unit_id from journal j where j.unit_id = e.unit_id and j.journal_id = k.journal_id) is null) then
    raise exception 'an event of no journal' using errcode = 'foreign_key_violation', constraint = 'loan_event_of_a_journal';
  end if;
  return null;
end $$;
create trigger loan_events_have_their_journals after insert on loan_event referencing new table as happened
  for each statement execute function loan_events_have_their_journals();

-- Where each loan stands: a projection of its events, and what the books hold of it. `soquy verify` makes it anew.
create table loan_state (
  unit_id              integer not null,
  loan_id              uuid not null,
  last_seq             integer not null,
  stands_on            date not null,
  status               text not null check (status in ('signed', 'current', 'overdue', 'frozen', 'written_off', 'closed')),
  final_due_on         date,
  late_since           date,
  unpaid_interest      numeric(20,2) not null default 0,
  last_paid_on         date,
  returned             numeric(20,2) not null default 0 check (returned >= 0),
  returned_into        integer,
  in_term              numeric(20,2) not null default 0,
  overdue              numeric(20,2) not null default 0,
  frozen               numeric(20,2) not null default 0,
  receivable           numeric(20,2) not null default 0,
  overpaid             numeric(20,2) not null default 0,
  income               numeric(20,2) not null default 0,
  lost                 numeric(20,2) not null default 0,
  regained             numeric(20,2) not null default 0,
  covered              numeric(20,2) not null default 0,
  lost_interest        numeric(20,2) not null default 0,
  unpaid_in_term       numeric(20,2) not null default 0,
  unpaid_overdue       numeric(20,2) not null default 0,
  written_off          numeric(20,2) not null default 0,
  written_off_interest numeric(20,2) not null default 0,
  general              numeric(20,2) not null default 0,
  specific             numeric(20,2) not null default 0,
  primary key (unit_id, loan_id)
) with (fillfactor = 70);
comment on column loan_state.stands_on is 'the day for which the books hold it: events of that day count, its interest does not yet';
comment on column loan_state.returned is 'principal that came back, before it was written off or after';
comment on column loan_state.returned_into is 'the source to which it came back; null where the books hold it as recovered capital of another one';
create index loan_state_status on loan_state (unit_id, status, loan_id);
-- What the close of a day goes through: loans that were over before are not passed by again.
create index loan_state_open on loan_state (unit_id, loan_id) where status in ('current', 'overdue', 'frozen');
-- What the general provision bore of them is set aside anew by the next close.
create index loan_state_drawn on loan_state (unit_id, loan_id) where general < 0;
create index loan_state_late on loan_state (unit_id, loan_id) where late_since is not null;
call keep_in_unit('loan_state');

-- The close of a day: how far it came. A close that stopped goes on after the last loan it finished.
create table loan_close (
  unit_id     integer primary key references unit,
  closed_upto date,
  closing     date,
  after       uuid,
  loans       bigint not null default 0,
  finished_at timestamptz
) with (fillfactor = 50);
comment on column loan_close.closed_upto is 'the last day that is closed for all loans';
comment on column loan_close.closing is 'the day being closed, and `after` the last loan that is done';
call keep_in_unit('loan_close');

-- The days that were closed: on each of them the books hold every loan as its events give it.
create table closed_day (
  unit_id integer not null references unit,
  day     date not null,
  primary key (unit_id, day)
);
call keep_in_unit('closed_day');

-- What is set aside by lateness, in percent of the principal, for capital whose losses are the lender's own. What owners of
-- entrusted capital ask for stands in provision_rate.
create table loan_loss_rate (
  owner_code  text not null references capital_owner,
  from_days   integer not null check (from_days >= 0),
  valid_from  date not null,
  valid_to    date check (valid_to > valid_from),
  percent     numeric(9,6) not null check (percent between 0 and 100),
  legal_basis text not null,
  primary key (owner_code, valid_from, from_days)
);
insert into loan_loss_rate (owner_code, from_days, valid_from, percent, legal_basis) values
  ('mobilised', 10, '2021-10-01', 5, 'Thông tư 11/2021/TT-NHNN (nhóm 2)'),
  ('mobilised', 91, '2021-10-01', 20, 'Thông tư 11/2021/TT-NHNN (nhóm 3)'),
  ('mobilised', 181, '2021-10-01', 50, 'Thông tư 11/2021/TT-NHNN (nhóm 4)'),
  ('mobilised', 361, '2021-10-01', 100, 'Thông tư 11/2021/TT-NHNN (nhóm 5)');

grant select on loan_loss_rate to soquy_app;
grant select, insert on loan_request, loan_purpose, loan, loan_event, loan_state, loan_close, closed_day, loan_number to soquy_app;
grant update (state, meeting_id, minutes_no, listed_on, confirmation_no, confirmed_on, loan_id, reason) on loan_request to soquy_app;
grant update on loan_state, loan_close to soquy_app;
grant update (last_number) on loan_number to soquy_app;

insert into journal_kind (kind, reversed_by, name_vi, name_en) values
  ('loan_disbursement', 'loans', 'Giải ngân cho vay', 'Disbursement of a loan'),
  ('loan_repayment', 'loans', 'Thu nợ', 'Repayment of a loan'),
  ('loan_refund', 'loans', 'Trả lại tiền nộp thừa của khoản vay', 'Refund of an overpaid loan'),
  ('loan_recovery', 'loans', 'Thu hồi nợ đã xóa', 'Recovery of a written-off loan'),
  ('loan_measure', 'loans', 'Xử lý nợ', 'Measure on a loan'),
  ('loan_write_off', 'loans', 'Xóa nợ', 'Write-off of a loan'),
  ('loan_adjustment', 'nobody', 'Điều chỉnh khoản vay sau khi hủy nghiệp vụ', 'Loan adjusted after an entry was taken back'),
  ('loan_to_overdue', 'nobody', 'Chuyển nhóm nợ', 'Loans that changed their class'),
  ('loan_accrual', 'nobody', 'Lãi dự thu, dự phòng', 'Interest accrued and provisions');

insert into sensitive_command (command) values
  ('approve_loan'), ('disburse_loan'), ('refund_loan'), ('reverse_loan_event'), ('handle_loan');

-- What the books must hold of each loan; and of the loans of a source together, where the close of a day books only sums.
create view loan_ledger with (security_invoker = true) as
  select s.unit_id, s.loan_id as subject_id, null::integer as source_id, v.role, v.amount
    from loan_state s
    join loan l using (unit_id, loan_id)
   cross join lateral (select case when (l.contract->>'term_months')::integer <= 12 then ''
                                   when (l.contract->>'term_months')::integer <= 60 then 'medium_' else 'long_' end
                              || case when l.contract->>'capital' = 'own' then '' else 'entrusted_' end as kind) k
   cross join lateral (values (kind || 'loan_in_term', s.in_term), (kind || 'loan_overdue', s.overdue), (kind || 'loan_frozen', s.frozen),
                              ('overpayments', -s.overpaid), ('written_off_principal', s.written_off)) v(role, amount)
  union all
  select s.unit_id, null, l.source_id, v.role, sum(v.amount)
    from loan_state s
    join loan l using (unit_id, loan_id)
   cross join lateral (select l.contract->>'capital' = 'own' as own) o
   cross join lateral (values ('interest_receivable', s.receivable), ('unpaid_interest_in_term', s.unpaid_in_term),
                              ('unpaid_interest_overdue', s.unpaid_overdue), ('written_off_interest', s.written_off_interest),
                              ('general_provision', case when o.own then -s.general else 0 end),
                              ('specific_provision', case when o.own then -s.specific else 0 end),
                              ('entrusted_general_provision', case when o.own then 0 else -s.general end),
                              ('entrusted_specific_provision', case when o.own then 0 else -s.specific end)) v(role, amount)
   group by s.unit_id, l.source_id, v.role;
grant select on loan_ledger to soquy_app;
call names_subjects('loan', 'loan_id', 'loan_ledger');
insert into control_role (role, kind)
  select term || whose || state, 'loan'
    from unnest('{"",medium_,long_}'::text[]) term, unnest('{"",entrusted_}'::text[]) whose,
         unnest('{loan_in_term,loan_overdue,loan_frozen}'::text[]) state
  union all values ('overpayments', 'loan'), ('written_off_principal', 'loan');
insert into sum_role (role) values
  ('interest_receivable'), ('unpaid_interest_in_term'), ('unpaid_interest_overdue'), ('written_off_interest'),
  ('general_provision'), ('specific_provision'), ('entrusted_general_provision'), ('entrusted_specific_provision');

-- Capital that came back to a source from what it handed out or lent, and entrusted principal that came back from loans of others;
-- it stands there as the capital it was. What else came from another source stands there as recovered capital in the books.
create view source_recovery with (security_invoker = true) as
  select unit_id, source_id, sum(amount) as amount
    from (select a.unit_id, a.source_id, s.recovered as amount
            from agreement a join agreement_state s using (unit_id, agreement_id) where a.recovers_into is null
           union all
          select unit_id, returned_into, returned from loan_state where returned_into is not null) r
   group by unit_id, source_id;
grant select on source_recovery to soquy_app;

-- What stands on a source, by kind; null: nothing yet, and it may be corrected.
create function stands_on_source(integer, integer) returns text language sql stable as $$
  select case when exists (select from balance where unit_id = $1 and source_id = $2) then 'journals'
              when exists (select from agreement where unit_id = $1 and source_id = $2) then 'agreements'
              when exists (select from loan_request where unit_id = $1 and source_id = $2) then 'loan_requests'
              when exists (select from source where unit_id = $1 and recovers_into = $2) then 'sources' end
$$;

-- The same for a fund: what stands on one of its sources.
create function stands_on_fund(integer, integer) returns text language sql stable as $$
  select min(stands_on_source(unit_id, source_id)) from source where unit_id = $1 and fund_id = $2
$$;

-- What others rest on stays as they read it.
create function corrected_in_time() returns trigger language plpgsql set search_path = pg_catalog, public, pg_temp as $$
declare
  standing constant text := case tg_table_name when 'source' then stands_on_source(old.unit_id, (to_jsonb(old) ->> 'source_id')::integer)
                                               else stands_on_fund(old.unit_id, old.fund_id) end;
begin
  if standing is not null then
    raise exception '% stand on this %', standing, tg_table_name using errcode = 'check_violation', constraint = 'corrected_in_time';
  end if;
  return new;
end $$;
create trigger source_corrected_in_time before update of name, giver, document_no, nature, may_revolve, must_return, purposes, recovers_into, opened_on
  on source for each row execute function corrected_in_time();
create trigger fund_corrected_in_time before update of name, opened_on on fund for each row execute function corrected_in_time();

-- A list rests on minutes that stand, and minutes that a list rests on stay.
create function list_rests_on_minutes() returns trigger language plpgsql set search_path = pg_catalog, public, pg_temp as $$
begin
  if (case tg_table_name when 'loan_request' then exists (select from group_meeting_reversal where unit_id = new.unit_id and meeting_id = new.meeting_id)
                        else exists (select from loan_request where unit_id = new.unit_id and meeting_id = new.meeting_id) end) then
    raise exception 'a list cannot rest on minutes that were taken back' using errcode = 'check_violation', constraint = 'list_rests_on_minutes';
  end if;
  return new;
end $$;
create trigger list_rests_on_minutes before update of meeting_id on loan_request for each row execute function list_rests_on_minutes();
create trigger minutes_of_a_list before insert on group_meeting_reversal for each row execute function list_rests_on_minutes();
