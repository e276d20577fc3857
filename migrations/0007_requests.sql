-- What the edge must remember: answers under their keys, and commands waiting for a second person.

-- The answer to a POST, stored in the transaction of its effect. Keys of postings never expire: a collection sheet may
-- come again weeks later. The body, JSON, is kept as it was sent, byte for byte.
create table idempotency (
  unit_id         integer not null,
  idempotency_key text not null check (length(idempotency_key) between 8 and 100),
  operation       text not null,
  request_hash    bytea not null check (length(request_hash) = 32),
  status          smallint not null,
  location        text,
  response        text not null,
  stored_at       timestamptz not null default scope_now(),
  primary key (unit_id, idempotency_key)
);
call make_fact_table('idempotency', 'idempotency_key');
grant select, insert on idempotency to soquy_app;

-- Takes keys until the transaction ends, and says in their order which no other request works under right now and what was kept
-- under them. Two statements, so that what another request kept meanwhile is seen once the key is taken.
create function claim_keys(unit integer, keys text[])
returns table (free boolean, request_hash bytea, status smallint, location text, response text) language plpgsql as $$
declare
  taken constant boolean[] := array(select pg_try_advisory_xact_lock(hashtextextended(k, unit)) from unnest(keys) k);
begin
  return query
    select c.free, i.request_hash, i.status, i.location, i.response
      from unnest(keys, taken) with ordinality c(key, free, n)
      left join lateral (select * from idempotency a where a.unit_id = unit and a.idempotency_key = c.key offset 0) i on true
     order by c.n;
end $$;

-- What needs a second person. A feature adds its own commands.
create table sensitive_command (
  command text primary key
);
insert into sensitive_command (command) values
  ('post_journal'), ('reverse_journal'), ('return_capital'), ('close_running_month'), ('reopen_periods');
grant select on sensitive_command to soquy_app;

-- A sensitive command on its way: made by one person, decided by another; the decision executes it.
create table approval (
  unit_id     integer not null,
  approval_id uuid not null,
  command     text not null references sensitive_command,
  subject_id  uuid,
  body        jsonb not null,
  summary_vi  text not null,
  summary_en  text not null,
  made_by     uuid not null references app_user,
  made_at     timestamptz not null default scope_now(),
  state       text not null default 'waiting' check (state in ('waiting', 'approved', 'rejected', 'withdrawn')),
  decided_by  uuid references app_user,
  decided_at  timestamptz,
  note        text,
  outcome     jsonb,
  primary key (unit_id, approval_id),
  constraint approval_by_a_second_person check (state <> 'approved' or decided_by <> made_by),
  constraint approval_decided check ((state = 'waiting') = (decided_by is null))
);
create index approval_state on approval (unit_id, state, approval_id);
create index approval_decided_at on approval (unit_id, decided_at) where state = 'approved';
create unique index approval_one_waiting on approval (unit_id, command, subject_id) where state = 'waiting' and subject_id is not null;
call make_audited_table('approval', 'approval_id');

-- A decision is taken once.
create function approval_decided_once() returns trigger language plpgsql as $$
begin
  if old.state <> 'waiting' then raise exception 'this was decided before' using errcode = 'SQ405'; end if;
  return new;
end $$;
create trigger approval_decided_once before update on approval for each row execute function approval_decided_once();

-- Every command begins waiting: the columns of the decision cannot be given at birth.
grant select on approval to soquy_app;
grant insert (unit_id, approval_id, command, subject_id, body, summary_vi, summary_en, made_by) on approval to soquy_app;
grant update (state, decided_by, decided_at, note, outcome) on approval to soquy_app;
