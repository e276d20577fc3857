-- People and what they may do where. A person belongs to the unit that entered them; roles are given at units and
-- reach down the tree. Logging in happens before there is a unit, so app_user and its secrets stand outside
-- row-level security; a person's versions are kept in the audit trail of the home unit.
create table app_user (
  user_id     uuid primary key,
  unit_id     integer not null references unit,
  login       text not null check (login ~ '^[a-z0-9][a-z0-9._-]{1,62}$'),
  full_name   text not null check (full_name <> ''),
  created_at  timestamptz not null default scope_now(),
  disabled_at timestamptz,
  constraint app_user_login_unique unique (login)
);
create index app_user_of_unit on app_user (unit_id, user_id);
call keep_versions('app_user', 'user_id');

-- The secret and the count of failures: changes at each login, so it is not audited.
create table credential (
  user_id       uuid primary key references app_user,
  password_hash text not null,
  changed_at    timestamptz not null default scope_now(),
  must_change   boolean not null default false,
  failures      integer not null default 0,
  locked_until  timestamptz
);

create table role_grant (
  unit_id    integer not null references unit,
  grant_id   uuid not null,
  user_id    uuid not null references app_user,
  role       text not null check (role in ('officer', 'approver', 'cashier', 'recorder', 'group_leader', 'accountant',
                                           'bank_clerk', 'auditor', 'admin')),
  granted_at timestamptz not null default scope_now(),
  revoked_at timestamptz,
  primary key (unit_id, grant_id)
);
create unique index role_grant_once on role_grant (unit_id, user_id, role) where revoked_at is null;
create index role_grant_user on role_grant (user_id) where revoked_at is null;
call make_audited_table('role_grant', 'grant_id');

-- Duties that one person may not hold together, at the same unit or one above the other (Law on Accounting 88/2015
-- art. 52: the cashier is not the accountant; an administrator handles people, never money).
create table duty_conflict (
  role  text not null,
  other text not null,
  why   text not null,
  primary key (role, other)
);
insert into duty_conflict
  select a, b, why
    from (values ('cashier', 'accountant', 'Thủ quỹ không được kiêm kế toán')) pair(one, two, why),
         lateral (values (one, two), (two, one)) both_ways(a, b)
  union all
  select a, b, 'Quản trị viên không làm nghiệp vụ tiền'
    from unnest(array['officer', 'approver', 'cashier', 'accountant', 'recorder', 'group_leader', 'bank_clerk']) money,
         lateral (values ('admin', money), (money, 'admin')) both_ways(a, b);

-- The unit and everything above it.
create function unit_and_above(unit integer) returns setof integer language sql stable as $$
  with recursive up as (select unit_id, parent_unit_id from unit u where u.unit_id = unit
                        union all select p.unit_id, p.parent_unit_id from unit p join up on p.unit_id = up.parent_unit_id)
  select unit_id from up
$$;

create function duties_apart() returns trigger language plpgsql security definer
  set search_path = pg_catalog, public, pg_temp as $$
begin
  perform pg_advisory_xact_lock(hashtext(new.user_id::text));
  if new.revoked_at is null and exists (
      select from role_grant g join duty_conflict d on d.role = new.role and d.other = g.role
       where g.user_id = new.user_id and g.revoked_at is null and g.grant_id <> new.grant_id
         and (g.unit_id in (select unit_and_above(new.unit_id)) or new.unit_id in (select unit_and_above(g.unit_id)))) then
    raise exception 'these duties must be held by two people' using errcode = 'SQ410';
  end if;
  return new;
end $$;
create trigger role_grant_duties_apart before insert or update on role_grant for each row execute function duties_apart();

-- Everything a person may do: roles at units, with all units below.
create function grants_of(person uuid) returns table (unit_id integer, role text)
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select g.unit_id, g.role from role_grant g join app_user u using (user_id)
   where g.user_id = person and g.revoked_at is null and u.disabled_at is null
$$;
-- The roles of a person at a unit: those given there or anywhere above.
create function roles_at(person uuid, unit integer) returns text[]
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select coalesce(array_agg(distinct g.role), '{}') from grants_of(person) g where g.unit_id in (select unit_and_above(unit))
$$;
revoke execute on function grants_of(uuid), roles_at(uuid, integer) from public;
grant execute on function grants_of(uuid), roles_at(uuid, integer) to soquy_app;

-- Refresh tokens: only their sha256. Each is spent once; a spent one that comes again revokes its family.
create table refresh_token (
  token_hash bytea primary key check (length(token_hash) = 32),
  family_id  uuid not null,
  user_id    uuid not null references app_user,
  issued_at  timestamptz not null default scope_now(),
  expires_at timestamptz not null,
  used_at    timestamptz,
  revoked_at timestamptz
);
create index refresh_token_family on refresh_token (family_id);
create index refresh_token_user on refresh_token (user_id) where revoked_at is null;

grant select, insert on app_user, credential, role_grant, refresh_token to soquy_app;
grant update (full_name, disabled_at) on app_user to soquy_app;
grant update (password_hash, changed_at, must_change, failures, locked_until) on credential to soquy_app;
grant update (revoked_at) on role_grant to soquy_app;
grant update (used_at, revoked_at) on refresh_token to soquy_app;
grant select on duty_conflict to soquy_app;
