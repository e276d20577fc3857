-- Entrustment fees of a month, computed from the loans of the groups and booked: what was computed is kept as it was, so a figure
-- of the journal leads to the group it comes from. A month is booked once; its journal is reversed before it is booked anew.

insert into journal_kind (kind, reversed_by, name_vi, name_en) values
  ('entrustment_fee', 'entrustment', 'Phí ủy thác phải trả', 'Entrustment fees owed');

create table entrustment_fee_statement (
  unit_id      integer not null references unit,
  statement_id uuid not null,
  month        date not null check (extract(day from month) = 1),
  statement    jsonb not null,
  total        numeric(20,2) not null check (total > 0),
  journal_id   uuid not null,
  booked_at    timestamptz not null default scope_now(),
  actor_id     uuid,
  primary key (unit_id, statement_id),
  constraint entrustment_fee_statement_journal foreign key (unit_id, journal_id) references journal (unit_id, journal_id)
);
create index entrustment_fee_statement_month on entrustment_fee_statement (unit_id, month);
comment on column entrustment_fee_statement.statement is 'bases, fees and shares by group, and the cost by source';
call make_fact_table('entrustment_fee_statement', 'statement_id');
grant select, insert on entrustment_fee_statement to soquy_app;

-- A month whose journal stands is not booked a second time. The unit counter, which the journal took, keeps two apart.
create function entrustment_fee_once() returns trigger language plpgsql set search_path = pg_catalog, public, pg_temp as $$
begin
  if exists (select from entrustment_fee_statement e join journal j using (unit_id, journal_id)
              where e.unit_id = new.unit_id and e.month = new.month and e.statement_id <> new.statement_id
                and not exists (select from journal r where r.unit_id = j.unit_id and r.reverses = j.journal_no)) then
    raise exception 'the entrustment fees of % are booked', new.month
      using errcode = 'unique_violation', constraint = 'entrustment_fee_once';
  end if;
  return new;
end $$;
create trigger entrustment_fee_once before insert on entrustment_fee_statement for each row execute function entrustment_fee_once();

-- What the fees cost, and to whom they are owed.
insert into chart_role (chart_id, role, code) values
  ('tt05_2019', 'entrustment_cost', '811'),
  ('tt05_2019', 'entrustment_payable', '4914'),
  ('tt31_2019', 'entrustment_cost', '8111'),
  ('tt31_2019', 'entrustment_payable', '4914');
