-- Collection sheets (13/TD): prepared before a group's meeting with a key for each row, so that what comes back from a
-- place without network is recorded once, however often and however late it is sent.
create table sheet (
  unit_id     integer not null,
  sheet_id    uuid not null,
  group_id    uuid not null,
  meeting_on  date not null,
  prepared_on date not null,
  prepared_at timestamptz not null default scope_now(),
  prepared_by uuid,
  primary key (unit_id, sheet_id),
  constraint sheet_group foreign key (unit_id, group_id) references savings_group,
  constraint sheet_one_a_meeting unique (unit_id, group_id, meeting_on),
  constraint sheet_prepared_before check (prepared_on <= meeting_on)
);
create index sheet_group_of on sheet (unit_id, group_id, sheet_id);
call make_fact_table('sheet', 'sheet_id');

create table sheet_row (
  unit_id            integer not null,
  row_id             uuid not null,
  sheet_id           uuid not null,
  row_no             integer not null check (row_no > 0),
  code               text not null,
  membership_id      uuid not null,
  agreement_id       uuid not null,
  expected_interest  numeric(20,2) not null check (expected_interest >= 0),
  expected_savings   numeric(20,2) not null check (expected_savings >= 0),
  expected_principal numeric(20,2) not null check (expected_principal >= 0),
  primary key (unit_id, row_id),
  constraint sheet_row_sheet foreign key (unit_id, sheet_id) references sheet,
  constraint sheet_row_membership foreign key (unit_id, membership_id) references group_member,
  constraint sheet_row_loan foreign key (unit_id, agreement_id) references loan (unit_id, loan_id),
  constraint sheet_row_numbered unique (unit_id, sheet_id, row_no),
  constraint sheet_row_code_once unique (unit_id, sheet_id, code),
  constraint sheet_row_agreement_once unique (unit_id, sheet_id, agreement_id)
);
create index sheet_row_membership_of on sheet_row (unit_id, membership_id);
create index sheet_row_loan_of on sheet_row (unit_id, agreement_id);
comment on column sheet_row.row_id is 'the key of the collection, prepared beforehand';
comment on column sheet_row.code is 'the end of the key as it is printed';
comment on column sheet_row.agreement_id is 'the loan';
call make_fact_table('sheet_row', 'row_id');

-- What was recorded on a row: once.
create table sheet_collection (
  unit_id      integer not null,
  row_id       uuid not null,
  collected_on date not null,
  interest     numeric(20,2) not null check (interest >= 0),
  savings      numeric(20,2) not null check (savings >= 0),
  principal    numeric(20,2) not null check (principal >= 0),
  effective_on date not null,
  outcome      jsonb not null,
  recorded_at  timestamptz not null default scope_now(),
  recorded_by  uuid,
  primary key (unit_id, row_id),
  constraint sheet_collection_row foreign key (unit_id, row_id) references sheet_row,
  constraint sheet_collection_something check (interest + savings + principal > 0)
);
comment on column sheet_collection.effective_on is 'the day it counts in the books: that of the collection while they are open for it';
comment on column sheet_collection.outcome is 'what recording the money gave: journals, vouchers, split';
call make_fact_table('sheet_collection', 'row_id');

grant select, insert on sheet, sheet_row, sheet_collection to soquy_app;

-- Savings on their way to the bank: the sheet says who gave them, so it alone could take them back.
insert into journal_kind (kind, reversed_by, name_vi, name_en) values
  ('savings_collected', 'collection_sheets', 'Thu hộ tiền gửi tiết kiệm', 'Savings collected for the bank'),
  ('savings_handed_over', 'accountant', 'Nộp tiền gửi tiết kiệm cho ngân hàng', 'Savings handed over to the bank');

-- What stands on a group, by kind; null: nothing yet, and it may be corrected.
create function stands_on_group(integer, uuid) returns text language sql stable as $$
  select case when exists (select from loan_request where unit_id = $1 and group_id = $2) then 'loan_requests'
              when exists (select from sheet where unit_id = $1 and group_id = $2) then 'sheets'
              when exists (select from group_meeting m where unit_id = $1 and group_id = $2
                            and not exists (select from group_meeting_reversal x where x.unit_id = m.unit_id and x.meeting_id = m.meeting_id))
                then 'meetings' end
$$;
create function group_corrected_in_time() returns trigger language plpgsql set search_path = pg_catalog, public, pg_temp as $$
begin
  if stands_on_group(old.unit_id, old.group_id) is not null then
    raise exception '% stand on this group', stands_on_group(old.unit_id, old.group_id)
      using errcode = 'check_violation', constraint = 'group_corrected_in_time';
  end if;
  return new;
end $$;
create trigger group_corrected_in_time before update of name, search_key, hamlet, organisation, organisation_unit_id, consent_no, consent_on, founded_on
  on savings_group for each row execute function group_corrected_in_time();
