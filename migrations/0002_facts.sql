-- Facts. Rows of a fact table are appended, never changed. Every fact gets the next number of its unit and a hash, the
-- sha256 of its content; seals chain the hashes (0005). So a row that was changed, removed or slipped in shows.

-- The counter of a unit: a transaction that records a fact holds this row until it ends. So numbers have no gaps, follow
-- the order of commits, and everything up to last_fact_no is final. Throughput comes from recording many at a time.
create table unit_counter (
  unit_id         integer primary key,
  last_fact_no    bigint not null default 0,
  last_journal_no bigint not null default 0,
  last_seal_no    bigint not null default 0
) with (fillfactor = 50);

-- Takes numbers from the counter of the unit: n for facts and n for journals. Returns the last ones given before. A unit gets its counter
-- with its first fact; no foreign key, whose check would run at every use of a counter that was used in the same transaction.
create function take_numbers(unit integer, facts integer, journals integer, out fact_no bigint, out journal_no bigint)
language plpgsql as $$
begin
  loop
    update unit_counter set last_fact_no = last_fact_no + facts, last_journal_no = last_journal_no + journals
      where unit_id = unit returning last_fact_no - facts, last_journal_no - journals into fact_no, journal_no;
    exit when found;
    insert into unit_counter (unit_id) select u.unit_id from unit u where u.unit_id = unit on conflict do nothing;
    if not found and not exists (select from unit_counter where unit_id = unit) then
      raise exception 'no unit %', unit using errcode = 'foreign_key_violation', constraint = 'unit_counter_unit_id_fkey';
    end if;
  end loop;
end $$;

create table fact_hash (
  unit_id integer not null,
  fact_no bigint not null,
  kind    text not null,
  ref     text not null,
  hash    bytea not null check (length(hash) = 32),
  primary key (unit_id, fact_no)
);
comment on column fact_hash.kind is 'the fact table';
comment on column fact_hash.ref is 'key of the row inside its unit';

-- What a fact says, as its hash sees it: the row as PostgreSQL writes it, less the columns at its end that hold nothing, so
-- that a column added later does not disturb what was recorded before it. Nothing else is lost, for an empty text is
-- written as "". In bytes, because text is trimmed by looking at it from its beginning. Depends on timezone, datestyle and
-- bytea_output: the client sets them.
create function content_of(fact text) returns bytea language sql stable parallel safe
  return rtrim(convert_to(fact, 'UTF8'), ',)'::bytea);

-- The one definition of a fact hash. Stable, as convert_to is: called immutable, it would be planned anew in every statement
-- instead of becoming a part of it.
create function hash_of(kind text, content bytea) returns bytea language sql stable parallel safe
  return sha256(convert_to(kind, 'UTF8') || content);

create function append_only() returns trigger language plpgsql as $$
begin
  raise exception '% is append-only', tg_table_name using errcode = 'SQ405';
end $$;

-- Makes a table a fact table: append-only, numbered, hashed, visible only inside its unit. After each insert the new rows
-- get their numbers and hashes. The function that does it is written for each table, because a statement put together at
-- each insert would be planned at each insert; it belongs to soquy_books, like every door to the hashes.
create procedure make_fact_table(tab regclass, key_column text) language plpgsql as $$
declare
  recorder constant text := 'record_' || tab;
  may_create constant boolean := has_schema_privilege('soquy_books', 'public', 'create');
begin
  execute format('create trigger %I before update or delete on %s for each row execute function append_only()', tab || '_stays', tab);
  execute format('create trigger %I before truncate on %s for each statement execute function append_only()', tab || '_stays_whole', tab);
  execute format($create$
    create function %1$I() returns trigger language plpgsql security definer set timezone = 'UTC' set datestyle = 'ISO'
      set bytea_output = 'hex' set search_path = pg_catalog, public, pg_temp as $body$
    declare
      new_facts record;
      last_no bigint;
    begin
      for new_facts in select unit_id, count(*)::integer as n from appended group by unit_id order by unit_id loop
        last_no := (take_numbers(new_facts.unit_id, new_facts.n, 0)).fact_no;
        insert into fact_hash (unit_id, fact_no, kind, ref, hash)
          select a.unit_id, last_no + row_number() over (), %3$L, a.%2$I::text,
                 hash_of(%3$L, content_of(a::text))
            from appended a where a.unit_id = new_facts.unit_id;
      end loop;
      return null;
    end $body$ $create$, recorder, key_column, tab::text);
  execute format('revoke execute on function %I() from public', recorder);
  if not may_create then grant create on schema public to soquy_books; end if;
  execute format('alter function %I() owner to soquy_books', recorder);
  if not may_create then revoke create on schema public from soquy_books; end if;
  execute format('create trigger %I after insert on %s referencing new table as appended for each statement
                  execute function %I(%L)', tab || '_fact', tab, recorder, key_column);
  call keep_in_unit(tab);
end $$;

-- Row-level security by unit, for the roles that are not the owner.
create procedure keep_in_unit(tab regclass) language plpgsql as $$
begin
  execute format('alter table %s enable row level security', tab);
  execute format('create policy in_unit on %s using (unit_id = (select scope_unit())) with check (unit_id = (select scope_unit()))', tab);
end $$;

-- The audit trail: every version of every row that may change, by whom and in which operation. The trail is itself a
-- fact table; the last version of a row must equal the row.
create table audit (
  unit_id  integer not null,
  audit_id uuid not null,
  at       timestamptz not null default scope_now(),
  actor_id uuid,
  action   text,
  tab      text not null,
  ref      text not null,
  content  jsonb not null,
  primary key (unit_id, audit_id)
);
create index audit_ref on audit (unit_id, tab, ref, at);
call make_fact_table('audit', 'audit_id');

-- A version 7 UUID: ordered by time, so that indexes stay compact. (uuidv7() exists from PostgreSQL 18 on.)
create function new_id() returns uuid language sql volatile parallel safe return
  encode(set_byte(set_byte(overlay(uuid_send(gen_random_uuid())
    placing substring(int8send((extract(epoch from clock_timestamp()) * 1000)::bigint) from 3) from 1 for 6),
    6, (get_byte(uuid_send(gen_random_uuid()), 6) & 15) | 112), 8, (get_byte(uuid_send(gen_random_uuid()), 8) & 63) | 128), 'hex')::uuid;

-- The columns of a row that hold something, so that a column added later does not change the versions before it. Only the
-- columns: a null inside a document is content.
create function without_nulls(content jsonb) returns jsonb language sql immutable parallel safe return
  (select coalesce(jsonb_object_agg(key, value) filter (where value <> 'null'), '{}') from jsonb_each(content));

-- After an insert or update of a row that may change: keep the version. Argument: the key column.
create function record_version() returns trigger language plpgsql security definer set timezone = 'UTC'
  set search_path = pg_catalog, public, pg_temp as $$
begin
  execute format(
    'insert into audit (unit_id, audit_id, actor_id, action, tab, ref, content)
     select unit_id, new_id(), scope_actor(), scope_action(), %2$L, v.%1$I::text, without_nulls(to_jsonb(v)) from versions v order by v.%1$I',
    tg_argv[0], tg_table_name);
  return null;
end $$;

create function no_delete() returns trigger language plpgsql as $$
begin
  raise exception '% rows stay', tg_table_name using errcode = 'SQ405';
end $$;

-- Keeps every version of the rows of a table; rows are never deleted.
create procedure keep_versions(tab regclass, key_column text) language plpgsql as $$
begin
  execute format('create trigger %I after insert on %s referencing new table as versions for each statement
                  execute function record_version(%L)', tab || '_created', tab, key_column);
  execute format('create trigger %I after update on %s referencing new table as versions for each statement
                  execute function record_version(%L)', tab || '_changed', tab, key_column);
  execute format('create trigger %I before delete on %s for each row execute function no_delete()', tab || '_stays', tab);
  execute format('create trigger %I before truncate on %s for each statement execute function no_delete()', tab || '_stays_whole', tab);
end $$;

-- Makes a table an audited one: every version is kept, rows stay, visible only inside its unit.
create procedure make_audited_table(tab regclass, key_column text) language plpgsql as $$
begin
  call keep_versions(tab, key_column);
  call keep_in_unit(tab);
end $$;

call keep_in_unit('unit_counter');
call keep_in_unit('fact_hash');
grant select on unit_counter, fact_hash, audit to soquy_app;
grant select, insert, update on unit_counter to soquy_books;
grant select, insert on fact_hash, audit to soquy_books;
alter function record_version() owner to soquy_books;
revoke execute on function record_version() from public;
