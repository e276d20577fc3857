-- Work that takes longer than a request may: lists taken in, days closed, books proved, long files made. A job is asked for and
-- answered at once; a worker takes those of a unit one after the other. What a job did stands in the books, under who asked
-- for it; here stands only how far it came, so these rows are no facts.
-- What time it is at this very moment; scope_now() is the beginning of a transaction, which may have taken minutes.
create function scope_instant() returns timestamptz language sql volatile parallel safe
  return coalesce(nullif(current_setting('soquy.now', true), '')::timestamptz, clock_timestamp());

create table job (
  unit_id          integer not null,
  job_id           uuid not null,
  kind             text not null check (kind in ('household_import', 'register_import', 'close_of_day', 'verification',
                                                 'statement_export')),
  request          jsonb not null,
  state            text not null default 'waiting' check (state in ('waiting', 'running', 'done', 'failed', 'cancelled')),
  place            jsonb,
  attempts         smallint not null default 0,
  events           integer not null default 0,
  result           jsonb,
  problem          jsonb,
  asked_by         uuid not null,
  asked_at         timestamptz not null default scope_now(),
  begun_at         timestamptz,
  ended_at         timestamptz,
  cancel_asked_at  timestamptz,
  primary key (unit_id, job_id),
  constraint job_ends_once check ((ended_at is not null) = (state in ('done', 'failed', 'cancelled'))),
  constraint job_done_has_result check ((state = 'done') = (result is not null)),
  constraint job_failed_has_problem check ((state = 'failed') = (problem is not null))
);
create unique index job_asked_once on job (unit_id, kind, md5(request::text)) where state in ('waiting', 'running');
create index job_to_do on job (unit_id, job_id) where state in ('waiting', 'running');
create index job_of_kind on job (unit_id, kind, job_id);
comment on column job.place is 'where the next step goes on, written with what the step before it did';
comment on column job.attempts is 'how often a worker took it into its hands';
comment on column job.events is 'number of its last event';
call keep_in_unit('job');
grant select, insert on job to soquy_app;
grant update (state, place, attempts, events, result, problem, begun_at, ended_at, cancel_asked_at) on job to soquy_app;

-- A job that has ended stays as it ended.
create function job_stays_ended() returns trigger language plpgsql as $$
begin
  raise exception 'job % has ended', old.job_id using errcode = 'SQ405';
end $$;
create trigger job_stays_ended before update on job for each row when (old.ended_at is not null) execute function job_stays_ended();

-- What happened to a job, for those who watch.
create table job_event (
  unit_id  integer not null,
  job_id   uuid not null,
  event_no integer not null check (event_no > 0),
  at       timestamptz not null default scope_instant(),
  what     text not null check (what in ('asked', 'begun', 'resumed', 'progress', 'cancel_asked', 'done', 'failed', 'cancelled')),
  done     bigint,
  total    bigint,
  says     jsonb,
  primary key (unit_id, job_id, event_no),
  constraint job_event_job foreign key (unit_id, job_id) references job,
  constraint job_event_progress check ((what = 'progress') = (done is not null))
);
comment on column job_event.says is 'a sentence in both languages';
call keep_in_unit('job_event');
grant select, insert on job_event to soquy_app;

-- The file that a job made. It can be made again, so it does not stay for ever.
create table job_file (
  unit_id    integer not null,
  job_id     uuid not null,
  name       text not null,
  media_type text not null,
  bytes      bytea not null,
  made_at    timestamptz not null default scope_now(),
  primary key (unit_id, job_id),
  constraint job_file_job foreign key (unit_id, job_id) references job
);
create index job_file_old on job_file (unit_id, made_at);
alter table job_file alter column bytes set storage external;
call keep_in_unit('job_file');
grant select, insert, delete on job_file to soquy_app;

-- Units in which somebody waits for a job.
create function units_with_jobs() returns setof integer language sql stable security definer
  set search_path = pg_catalog, public, pg_temp as $$
  select distinct j.unit_id from job j where j.state in ('waiting', 'running') order by 1
$$;
revoke execute on function units_with_jobs() from public;
grant execute on function units_with_jobs() to soquy_app;
