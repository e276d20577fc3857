-- What `soquy verify` reads. The hashing is done outside the database; these functions only hand out content.

-- The fact tables and their keys: those whose triggers record facts, and the journal with its lines and voucher.
create function fact_kinds() returns table (kind text, key_column text) language sql stable as $$
  select c.relname::text, encode(substring(t.tgargs from 1 for length(t.tgargs) - 1), 'escape')
    from pg_trigger t join pg_class c on c.oid = t.tgrelid where t.tgfoid = 'record_facts()'::regprocedure
  union all select 'journal', 'journal_no'
$$;

-- The content of every row of a fact table in a unit, as its leaf saw it.
create function fact_contents(unit integer, kind text) returns table (ref text, content text)
language plpgsql stable set timezone = 'UTC' as $$
begin
  if kind = 'journal' then
    return query select c.journal_no::text, jsonb_strip_nulls(c.content)::text from journal_content c where c.unit_id = unit;
    return;
  end if;
  return query execute (
    select format('select %I::text, jsonb_strip_nulls(to_jsonb(t))::text from %I t where unit_id = $1', k.key_column, k.kind)
      from fact_kinds() k where k.kind = fact_contents.kind) using unit;
end $$;

-- The audited tables and their keys.
create function audited_tables() returns table (tab text, key_column text) language sql stable as $$
  select distinct c.relname::text, encode(substring(t.tgargs from 1 for length(t.tgargs) - 1), 'escape')
    from pg_trigger t join pg_class c on c.oid = t.tgrelid where t.tgfoid = 'record_version()'::regprocedure
$$;

-- Rows of an audited table that differ from the last version in the audit trail, or miss on one side.
create function audit_differences(unit integer, tab text) returns table (ref text, what text)
language plpgsql stable set timezone = 'UTC' as $$
begin
  return query execute (
    select format(
      'select coalesce(r.ref, v.ref), case when r.ref is null then ''missing'' when v.ref is null then ''not in the audit trail''
                                            else ''changed'' end
         from (select %1$I::text as ref, jsonb_strip_nulls(to_jsonb(t)) as content from %2$I t where unit_id = $1) r
         full join (select distinct on (a.ref) a.ref, a.content from audit a
                      join fact_leaf f on f.unit_id = a.unit_id and f.kind = ''audit'' and f.ref = a.audit_id::text
                     where a.unit_id = $1 and a.tab = %2$L order by a.ref, f.fact_no desc) v on v.ref = r.ref
        where r.content is distinct from v.content order by 1', k.key_column, k.tab)
      from audited_tables() k where k.tab = audit_differences.tab) using unit;
end $$;

-- Units that have recorded facts, whatever the scope.
create function units_with_facts() returns setof integer language sql stable security definer
  set search_path = pg_catalog, public, pg_temp as $$
  select unit_id from pen where last_fact_no > 0 order by 1
$$;

-- Units with facts that no seal covers yet.
create function units_to_seal() returns setof integer language sql stable security definer
  set search_path = pg_catalog, public, pg_temp as $$
  select p.unit_id from pen p
   where p.last_fact_no > coalesce((select s.upto_fact_no from seal s where s.unit_id = p.unit_id order by s.seal_no desc limit 1), 0)
   order by 1
$$;

-- Guards that do not stand: triggers switched off, tables of units without row-level security.
create function fallen_guards() returns setof text language sql stable as $$
  select format('trigger %s on %s is off', t.tgname, c.relname)
    from pg_trigger t join pg_class c on c.oid = t.tgrelid
   where c.relnamespace = 'public'::regnamespace and t.tgenabled not in ('O', 'A')
  union all
  select format('row-level security of %s is off', c.relname)
    from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attname = 'unit_id' and not a.attisdropped
   where c.relnamespace = 'public'::regnamespace and c.relkind = 'r' and not c.relrowsecurity
     and c.relname not in ('unit', 'unit_code', 'unit_successor', 'app_user')
  union all
  select format('%s lost its guard against changes', k.kind)
    from fact_kinds() k
   where not exists (select from pg_trigger t where t.tgrelid = k.kind::regclass and t.tgfoid = 'append_only()'::regprocedure)
$$;

-- Digests of the reference tables as the last migration left them.
create table reference_digest (
  tab    text primary key,
  digest bytea not null
);
create function digest_of(tab text) returns bytea language plpgsql stable set timezone = 'UTC' as $$
declare
  digest bytea;
begin
  execute format('select sha256(convert_to(coalesce(string_agg(to_jsonb(t)::text, E''\n'' order by to_jsonb(t)::text), ''''), ''UTF8'')) from %I t', tab)
    into digest;
  return digest;
end $$;

-- Reference tables: those that the application may only read.
create function reference_tables() returns setof text language sql stable as $$
  select c.relname::text from pg_class c
   where c.relnamespace = 'public'::regnamespace and c.relkind = 'r'
     and c.relname not in ('reference_digest', '_sqlx_migrations')
     and not exists (select from pg_attribute a where a.attrelid = c.oid and a.attname = 'unit_id' and not a.attisdropped)
     and has_table_privilege('soquy_app', c.oid, 'select')
     and not has_any_column_privilege('soquy_app', c.oid, 'insert, update')
$$;

create procedure note_references() language sql as $$
  delete from reference_digest;
  insert into reference_digest select t, digest_of(t) from reference_tables() t;
$$;

grant select on reference_digest to soquy_app;
grant execute on function units_with_facts(), units_to_seal() to soquy_app;
