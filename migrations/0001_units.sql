-- Two roles without login. The server works as soquy_app: it may read, write the rows of the features, and call the
-- posting functions. soquy_books owns those functions and is the only role that may insert into the books; it does not
-- own the tables, so it can neither switch triggers off nor pass by row-level security.
do $$
begin
  if not exists (select from pg_roles where rolname = 'soquy_app') then create role soquy_app nologin; end if;
exception when duplicate_object or unique_violation then null;
end $$;
do $$
begin
  if not exists (select from pg_roles where rolname = 'soquy_books') then create role soquy_books nologin; end if;
exception when duplicate_object or unique_violation then null;
end $$;
-- From PostgreSQL 16 on who makes a role may give it away, and cannot act as it before it was given to himself.
do $$
declare
  may_act constant text := case when current_setting('server_version_num')::integer >= 160000 then 'set' else 'member' end;
  ours text;
begin
  foreach ours in array array['soquy_app', 'soquy_books'] loop
    if not pg_has_role(current_user, ours, may_act) then execute format('grant %I to %I', ours, current_user); end if;
  end loop;
end $$;

grant usage on schema public to soquy_app, soquy_books;
grant create on schema public to soquy_books;

-- Units (đơn vị): who keeps books. One tree of provinces, communes, boards and organisations, with validity dates and
-- successors, because communes merge and a report of 2018 must still print the old names. The key is a small integer:
-- it leads every other key, and units are public knowledge.
create table unit (
  unit_id        integer primary key check (unit_id > 0),
  parent_unit_id integer references unit,
  kind           text not null check (kind in ('country', 'province', 'district', 'commune', 'ward', 'front_board',
                                               'farmers', 'women', 'veterans', 'youth', 'organisation', 'transaction_point')),
  name           text not null check (name <> ''),
  valid_from     date not null,
  valid_to       date check (valid_to > valid_from),
  constraint unit_not_its_own_parent check (parent_unit_id <> unit_id)
);
create index unit_parent on unit (parent_unit_id);
comment on column unit.valid_to is 'first day on which the unit no longer exists; null: exists';

-- The same unit has a code in every system (statistics, budget, tax), and codes are used again after mergers.
create table unit_code (
  unit_id     integer not null references unit,
  code_system text not null,
  code        text not null,
  valid_from  date not null,
  valid_to    date check (valid_to > valid_from),
  primary key (unit_id, code_system, valid_from)
);
create index unit_code_code on unit_code (code_system, code);

-- What became of a unit: many to many.
create table unit_successor (
  unit_id           integer not null references unit,
  successor_unit_id integer not null references unit,
  on_date           date not null,
  primary key (unit_id, successor_unit_id)
);
create index unit_successor_successor on unit_successor (successor_unit_id);

grant select, insert, update on unit, unit_code, unit_successor to soquy_app;
grant select on unit, unit_code, unit_successor to soquy_books;

-- The unit a transaction works in, set by the server for each transaction; every row-level policy compares with it.
create function scope_unit() returns integer language sql stable parallel safe
  return nullif(current_setting('soquy.unit_id', true), '')::integer;
-- Who works in it, for the audit trail.
create function scope_actor() returns uuid language sql stable parallel safe
  return nullif(current_setting('soquy.actor', true), '')::uuid;
-- What kind of transaction it is about, e.g. the name of the operation.
create function scope_action() returns text language sql stable parallel safe
  return nullif(current_setting('soquy.action', true), '');
-- What time the server says it is; unset in production, where the database's own clock is the witness.
create function scope_now() returns timestamptz language sql stable parallel safe
  return coalesce(nullif(current_setting('soquy.now', true), '')::timestamptz, now());
