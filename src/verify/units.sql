-- Every unit as the release made it and as the changes on record left it, against its rows. $1: units as made.
with made as (
  select (m -> 'unit' ->> 'unit_id')::integer as unit_id, m -> 'unit' as unit, m -> 'codes' as codes, m -> 'successors' as successors
    from jsonb_array_elements($1) m
), told as (
  select f.unit_id, f.fact_no, e.kind, e.content
    from unit_event e join fact_hash f on f.unit_id = e.unit_id and f.kind = 'unit_event' and f.ref = e.unit_event_id::text
), last_name as (
  select distinct on (unit_id) unit_id, content ->> 'name' as name from told
   where kind in ('created', 'changed') and content ->> 'name' is not null order by unit_id, fact_no desc
), last_end as (
  select distinct on (unit_id) unit_id, coalesce(content ->> 'on', content ->> 'valid_to') as day from told
   where kind = 'succeeded' or kind = 'changed' and content ->> 'valid_to' is not null order by unit_id, fact_no desc
), founded as (
  select unit_id, content from told where kind = 'created'
), expected as (
  select unit_id,
         coalesce(f.content ->> 'kind', m.unit ->> 'kind') as kind,
         coalesce(n.name, m.unit ->> 'name') as name,
         coalesce(f.content ->> 'valid_from', m.unit ->> 'valid_from')::date as valid_from,
         coalesce(e.day, m.unit ->> 'valid_to')::date as valid_to,
         (m.unit ->> 'parent_unit_id')::integer as parent_unit_id,
         m.unit is null as made_here
    from made m full join founded f using (unit_id) left join last_name n using (unit_id) left join last_end e using (unit_id)
), code as (
  select unit_id, code_system, code, valid_from from unit_code
  except
  select m.unit_id, c ->> 'code_system', c ->> 'code', (c ->> 'valid_from')::date from made m, jsonb_array_elements(m.codes) c
  except
  select unit_id, content ->> 'code_system', content ->> 'code', (content ->> 'valid_from')::date from told where kind = 'code_given'
), lost_code as (
  select m.unit_id, c ->> 'code' as code from made m, jsonb_array_elements(m.codes) c
   where not exists (select from unit_code k where k.unit_id = m.unit_id and k.code_system = c ->> 'code_system'
                        and k.code = c ->> 'code' and k.valid_from = (c ->> 'valid_from')::date
                        and (k.valid_to is not distinct from (c ->> 'valid_to')::date
                             or exists (select from told t where t.unit_id = m.unit_id and t.kind = 'code_given')))
), successor as (
  select unit_id, successor_unit_id, on_date from unit_successor
  except
  select m.unit_id, (s ->> 'successor_unit_id')::integer, (s ->> 'on_date')::date from made m, jsonb_array_elements(m.successors) s
  except
  select t.unit_id, i::integer, (t.content ->> 'on')::date from told t, jsonb_array_elements_text(t.content -> 'into') i
   where t.kind = 'succeeded'
), lost_successor as (
  select m.unit_id, s ->> 'successor_unit_id' as successor from made m, jsonb_array_elements(m.successors) s
   where not exists (select from unit_successor k where k.unit_id = m.unit_id
                        and k.successor_unit_id = (s ->> 'successor_unit_id')::integer and k.on_date = (s ->> 'on_date')::date)
)
select case when u.unit_id is null then format('unit %s was removed', unit_id)
            when e.unit_id is null then format('unit %s was slipped in', unit_id)
            when (u.kind, u.name, u.valid_from, u.valid_to) is distinct from (e.kind, e.name, e.valid_from, e.valid_to)
              or not e.made_here and u.parent_unit_id is distinct from e.parent_unit_id then format('unit %s was changed', unit_id)
       end
  from unit u full join expected e using (unit_id)
union all select format('code %s of unit %s was slipped in or changed', code, unit_id) from code
union all select format('code %s of unit %s was removed or changed', code, unit_id) from lost_code
union all select format('successor %s of unit %s was slipped in or changed', successor_unit_id, unit_id) from successor
union all select format('successor %s of unit %s was removed or changed', successor, unit_id) from lost_successor
