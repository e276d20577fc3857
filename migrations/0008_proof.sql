-- What `soquy verify` reads. The hashing is done outside the database; these functions only hand out content.

-- The fact tables and their keys: those whose triggers record facts, and the journal with its lines and voucher.
create function fact_kinds() returns table (kind text, key_column text) language sql stable as $$
  select c.relname::text, encode(substring(t.tgargs from 1 for length(t.tgargs) - 1), 'escape')
    from pg_trigger t join pg_class c on c.oid = t.tgrelid where t.tgname = c.relname || '_fact'
  union all select 'journal', 'journal_no'
$$;

-- The content of every row of a fact table in a unit, as its hash saw it.
create function fact_contents(unit integer, kind text) returns table (ref text, content bytea)
language plpgsql stable set timezone = 'UTC' set datestyle = 'ISO' set bytea_output = 'hex' set jit = off as $$
begin
  if kind = 'journal' then
    return query select c.journal_no::text, c.content
                   from journal_contents(unit, 1, (select max(j.journal_no) from journal j where j.unit_id = unit)) c;
    return;
  end if;
  return query execute (
    select format('select %I::text, content_of(t::text) from %I t where unit_id = $1', k.key_column, k.kind)
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
         from (select %1$I::text as ref, without_nulls(to_jsonb(t)) as content from %2$I t where unit_id = $1) r
         full join (select distinct on (a.ref) a.ref, a.content from audit a
                      join fact_hash f on f.unit_id = a.unit_id and f.kind = ''audit'' and f.ref = a.audit_id::text
                     where a.unit_id = $1 and a.tab = %2$L order by a.ref, f.fact_no desc) v on v.ref = r.ref
        where r.content is distinct from v.content order by 1', k.key_column, k.tab)
      from audited_tables() k where k.tab = audit_differences.tab) using unit;
end $$;

-- What the sub-ledgers of a unit say that its accounts hold: by subject, or by source.
create function subledgers(unit integer) returns table (subject_id uuid, source_id integer, role text, amount numeric)
language plpgsql stable as $$
declare
  of text;
begin
  for of in select ledger from subject_kind where ledger is not null order by kind loop
    return query execute format('select subject_id, source_id, role, amount from %I where unit_id = $1', of) using unit;
  end loop;
end $$;

-- Subjects of a unit without their row, and rows that are no subject.
create function lost_subjects(unit integer) returns table (kind text, subject_id uuid, registered boolean)
language plpgsql stable as $$
declare
  of subject_kind;
begin
  for of in select * from subject_kind order by subject_kind.kind loop
    return query execute format(
      'select %1$L, coalesce(s.subject_id, t.%2$I), s.subject_id is not null
         from (select subject_id from subject where unit_id = $1 and kind = %1$L) s
         full join (select %2$I from %1$I where unit_id = $1) t on t.%2$I = s.subject_id
        where s.subject_id is null or t.%2$I is null', of.kind, of.key_column) using unit;
  end loop;
end $$;

-- Units with facts that no seal covers yet.
create function units_to_seal() returns setof integer language sql stable security definer
  set search_path = pg_catalog, public, pg_temp as $$
  select p.unit_id from unit_counter p
   where p.last_fact_no > coalesce((select s.upto_fact_no from seal s where s.unit_id = p.unit_id order by s.seal_no desc limit 1), 0)
   order by 1
$$;

grant execute on function units_to_seal() to soquy_app;
