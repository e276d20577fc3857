-- What must be known of accounts and units beside their rows: who reset whose password and when an account was locked,
-- who made, changed or dissolved a unit. Both are facts.

-- The credential itself changes at each login and is not audited; these happenings, and what the password was, are kept for
-- ever.
create table account_event (
  unit_id          integer not null references unit,
  account_event_id uuid not null,
  user_id          uuid not null references app_user,
  kind             text not null check (kind in ('password_changed', 'password_reset', 'locked', 'token_reused')),
  actor_id         uuid,
  at               timestamptz not null default scope_now(),
  primary key (unit_id, account_event_id)
);
create index account_event_user on account_event (unit_id, user_id);
call make_fact_table('account_event', 'account_event_id');
comment on column account_event.unit_id is 'home unit of the person';
comment on column account_event.actor_id is 'who did it; null: nobody was logged in';
grant select, insert on account_event to soquy_app;

-- What every password was: only the digest of its hash, so that a hash put in the place of another shows.
create table credential_version (
  unit_id               integer not null references unit,
  credential_version_id uuid not null,
  user_id               uuid not null references app_user,
  digest                bytea not null check (length(digest) = 32),
  at                    timestamptz not null default scope_now(),
  primary key (unit_id, credential_version_id)
);
create index credential_version_user on credential_version (unit_id, user_id);
call make_fact_table('credential_version', 'credential_version_id');
comment on column credential_version.unit_id is 'home unit of the person';

create function record_credential() returns trigger language plpgsql security definer
  set search_path = pg_catalog, public, pg_temp as $$
begin
  insert into credential_version (unit_id, credential_version_id, user_id, digest)
    select u.unit_id, new_id(), new.user_id, sha256(convert_to(new.password_hash, 'UTF8'))
      from app_user u where u.user_id = new.user_id;
  return null;
end $$;
grant create on schema public to soquy_books; -- for the next line, where the owner is no superuser
alter function record_credential() owner to soquy_books;
revoke create on schema public from soquy_books;
revoke execute on function record_credential() from public;
create trigger credential_versions after insert or update of password_hash on credential
  for each row execute function record_credential();
grant select on app_user to soquy_books;
grant select, insert on credential_version to soquy_books;
grant select on credential_version to soquy_app;

-- A unit is changed in its own scope, never in that of the unit above: so each fact has one unit.
create table unit_event (
  unit_id       integer not null references unit,
  unit_event_id uuid not null,
  kind          text not null check (kind in ('created', 'changed', 'succeeded', 'code_given')),
  content       jsonb not null,
  actor_id      uuid,
  at            timestamptz not null default scope_now(),
  primary key (unit_id, unit_event_id)
);
call make_fact_table('unit_event', 'unit_event_id');
comment on column unit_event.content is 'the change as it was asked for';
grant select, insert on unit_event to soquy_app;

-- Units made here are numbered above every id that can be made from a code (a merged commune's board: below 1.3 billion).
create sequence unit_made start 1500000001 maxvalue 2147483647;
grant usage on sequence unit_made to soquy_app;

-- Makes a repeated request harmless, and two boards of the same name impossible.
create unique index unit_once on unit (parent_unit_id, kind, name) where valid_to is null;

-- The same code of a system means one unit at a time, and a unit has one code of a system at a time.
create unique index unit_code_once on unit_code (code_system, code) where valid_to is null;
create unique index unit_code_current on unit_code (unit_id, code_system) where valid_to is null;

-- Kind, parent and founding day stay; successors and codes are added, never rewritten.
revoke update on unit, unit_code, unit_successor from soquy_app;
grant update (name, valid_to) on unit to soquy_app;
grant update (valid_to) on unit_code to soquy_app;

-- Refresh tokens that ended long ago prove nothing any more.
grant delete on refresh_token to soquy_app;
