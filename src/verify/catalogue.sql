-- Everything in the schema that decides what the books refuse, as (name, definition). Objects of extensions are not ours.
-- The owner is written as such, because the release may be installed by any role.
with ours as (
  select c.oid, c.relname, c.relkind, c.relowner, c.relacl, c.relrowsecurity, c.relforcerowsecurity
    from pg_class c
   where c.relnamespace = 'public'::regnamespace
     and not exists (select from pg_depend d where d.classid = 'pg_class'::regclass and d.objid = c.oid and d.deptype = 'e')
), routine as (
  select p.oid, p.oid::regprocedure::text as name, p.proowner, p.proacl, p.prokind
    from pg_proc p
   where p.pronamespace = 'public'::regnamespace
     and not exists (select from pg_depend d where d.classid = 'pg_proc'::regclass and d.objid = p.oid and d.deptype = 'e')
), privilege as (
  select 'relation ' || o.relname as of, o.relowner as owner, a.* from ours o, aclexplode(o.relacl) a
  union all
  select 'column ' || o.relname || '.' || t.attname, o.relowner, a.*
    from ours o join pg_attribute t on t.attrelid = o.oid, aclexplode(t.attacl) a
  union all
  select 'function ' || r.name, r.proowner, a.* from routine r, aclexplode(coalesce(r.proacl, acldefault('f', r.proowner))) a
  union all
  select 'schema public', n.nspowner, a.* from pg_namespace n, aclexplode(n.nspacl) a where n.nspname = 'public'
)
select 'relation ' || relname as name,
       concat_ws(' ', relkind, relrowsecurity, relforcerowsecurity, pg_get_userbyid(relowner) = 'soquy_books',
                 case when relkind in ('v', 'm') then md5(pg_get_viewdef(oid)) end) as definition
  from ours where relkind in ('r', 'p', 'v', 'm', 'S', 'f')
union all
select 'column ' || o.relname || '.' || a.attname,
       concat_ws(' ', format_type(a.atttypid, a.atttypmod), a.attnotnull, a.attidentity, a.attgenerated, pg_get_expr(d.adbin, d.adrelid))
  from ours o join pg_attribute a on a.attrelid = o.oid and a.attnum > 0 and not a.attisdropped
  left join pg_attrdef d on d.adrelid = o.oid and d.adnum = a.attnum
 where o.relkind in ('r', 'p', 'v', 'm', 'f')
union all
select 'function ' || name, concat_ws(' ', case when prokind in ('f', 'p') then md5(pg_get_functiondef(oid)) else prokind::text end,
                                      pg_get_userbyid(proowner) = 'soquy_books')
  from routine
union all
select 'trigger ' || t.tgname || ' on ' || o.relname, concat_ws(' ', t.tgenabled, pg_get_triggerdef(t.oid))
  from ours o join pg_trigger t on t.tgrelid = o.oid where not t.tgisinternal
union all
select 'trigger of ' || k.conname || ' on ' || o.relname || ' ' || row_number() over (partition by t.tgconstraint, o.oid order by t.oid),
       t.tgenabled::text
  from ours o join pg_trigger t on t.tgrelid = o.oid join pg_constraint k on k.oid = t.tgconstraint where t.tgisinternal
union all
select 'constraint ' || k.conname || ' on ' || o.relname, concat_ws(' ', k.convalidated, pg_get_constraintdef(k.oid))
  from ours o join pg_constraint k on k.conrelid = o.oid
union all
select 'index ' || o.relname, concat_ws(' ', i.indisvalid, pg_get_indexdef(o.oid)) from ours o join pg_index i on i.indexrelid = o.oid
union all
select 'policy ' || p.polname || ' on ' || o.relname,
       concat_ws(' ', p.polcmd, p.polpermissive, pg_get_expr(p.polqual, p.polrelid), pg_get_expr(p.polwithcheck, p.polrelid),
                 p.polroles = '{0}')
  from ours o join pg_policy p on p.polrelid = o.oid
union all
select 'rule ' || r.rulename || ' on ' || o.relname, r.ev_enabled::text
  from ours o join pg_rewrite r on r.ev_class = o.oid where r.rulename <> '_RETURN'
union all
select 'event trigger ' || evtname, evtenabled::text from pg_event_trigger
union all
select 'migration ' || version, concat_ws(' ', success, encode(checksum, 'hex')) from _sqlx_migrations
union all
select format('privilege %s on %s for %s', privilege_type, of, case when grantee = 0 then 'everybody' else pg_get_userbyid(grantee) end),
       is_grantable::text
  from privilege where grantee <> owner
