-- Revolving support in cash: projects, the queue of requests with the commune's vote, agreements and what happened to them.

-- What the law allows, by date. Whoever signs copies what binds the household onto the agreement.
create table support_rule (
  valid_from           date primary key,
  valid_to             date check (valid_to > valid_from),
  max_months           integer not null check (max_months > 0),
  max_extension_months integer not null check (max_extension_months >= 0),
  votes_above_pct      integer not null check (votes_above_pct between 0 and 99),
  legal_basis          text not null
);
comment on column support_rule.max_months is 'longest project, and longest time from payout to the last due day';
comment on column support_rule.max_extension_months is 'how far past max_months an extension may reach';
comment on column support_rule.votes_above_pct is 'a request is carried by more than this share of those present';
insert into support_rule values
  ('2017-01-01', null, 36, 12, 50, 'Thông tư 18/2017/TT-BNNPTNT: dự án không quá 3 năm; gia hạn và tỷ lệ bình xét (quá nửa số người dự họp): quy ước của đơn vị, sửa theo quyết định của tỉnh');
grant select on support_rule to soquy_app;

-- A project (dự án): who may get how much for what, and how it comes back.
create table project (
  unit_id       integer not null,
  project_id    uuid not null,
  fund_id       integer not null,
  name          text not null check (name <> ''),
  programme     text not null check (programme <> ''),
  purpose       text not null check (purpose <> ''),
  content       text not null check (content <> ''),
  from_on       date not null,
  to_on         date not null,
  household_cap numeric(20,2) not null check (household_cap > 0),
  budget        numeric(20,2) not null check (budget >= household_cap),
  terms         jsonb not null,
  votes_above_pct integer not null check (votes_above_pct between 0 and 99),
  closed_on     date,
  primary key (unit_id, project_id),
  foreign key (unit_id, fund_id) references fund,
  constraint project_name_unique unique (unit_id, fund_id, name),
  constraint project_ends_after_it_begins check (to_on > from_on)
);
comment on column project.content is 'what is supported, the same word in all programmes: nobody gets it twice at a time';
comment on column project.to_on is 'first day after the project';
comment on column project.terms is 'recovery terms (domain::recovery::Terms)';
comment on column project.votes_above_pct is 'copied from support_rule when it was opened, or a larger share that its decision sets';
create index project_fund on project (unit_id, fund_id, project_id);
call make_audited_table('project', 'project_id');

-- A household asks. The class is that of the day it asked.
create table support_request (
  unit_id      integer not null,
  request_id   uuid not null,
  project_id   uuid not null,
  household_id uuid not null,
  amount       numeric(20,2) not null check (amount > 0),
  purpose      text not null check (purpose <> ''),
  class        text not null,
  class_basis  text not null,
  party        text not null check (party <> ''),
  address      text not null,
  requested_on date not null,
  state        text not null default 'queued' check (state in ('queued', 'agreed', 'withdrawn', 'refused')),
  reason       text,
  for_it       integer,
  against      integer,
  primary key (unit_id, request_id),
  foreign key (unit_id, project_id) references project,
  foreign key (unit_id, household_id) references household,
  constraint support_request_ended_with_reason check (state in ('queued', 'agreed') or reason is not null)
);
create index support_request_project on support_request (unit_id, project_id, request_id);
create unique index support_request_once on support_request (unit_id, project_id, household_id) where state = 'queued';
comment on column support_request.for_it is 'votes for it at the last vote';
comment on column support_request.against is 'votes against it at the last vote';
comment on column support_request.class_basis is 'the decision the class rests on, in words';
call make_audited_table('support_request', 'request_id');

-- The commune's vote (bình xét): a meeting with minutes, and votes for and against each request.
create table meeting (
  unit_id    integer not null,
  meeting_id uuid not null,
  project_id uuid not null,
  minutes_no text not null check (minutes_no <> ''),
  held_on    date not null,
  hamlet     text not null check (hamlet <> ''),
  chair      text not null check (chair <> ''),
  attendees  integer not null check (attendees > 0),
  edition    integer not null,
  primary key (unit_id, meeting_id),
  foreign key (unit_id, project_id) references project,
  constraint meeting_minutes_unique unique (unit_id, minutes_no, held_on, edition)
);
comment on column meeting.edition is 'how many records of the same minutes were taken back before this one';
create index meeting_project on meeting (unit_id, project_id, meeting_id);
call make_fact_table('meeting', 'meeting_id');

create table vote (
  unit_id    integer not null,
  vote_id    uuid not null,
  meeting_id uuid not null,
  request_id uuid not null,
  for_it     integer not null check (for_it >= 0),
  against    integer not null check (against >= 0),
  primary key (unit_id, vote_id),
  foreign key (unit_id, meeting_id) references meeting,
  foreign key (unit_id, request_id) references support_request,
  constraint vote_once unique (unit_id, meeting_id, request_id)
);
create index vote_request on vote (unit_id, request_id);
call make_fact_table('vote', 'vote_id');

-- A meeting that was recorded wrongly is taken back and recorded anew: its votes count no more.
create table meeting_reversal (
  unit_id     integer not null,
  meeting_id  uuid not null,
  reason      text not null check (reason <> ''),
  recorded_at timestamptz not null default scope_now(),
  actor_id    uuid,
  primary key (unit_id, meeting_id),
  foreign key (unit_id, meeting_id) references meeting
);
call make_fact_table('meeting_reversal', 'meeting_id');

create function meeting_edition() returns trigger language plpgsql set search_path = pg_catalog, public, pg_temp as $$
begin
  new.edition := (select count(*) from meeting m join meeting_reversal using (unit_id, meeting_id)
                   where m.unit_id = new.unit_id and m.minutes_no = new.minutes_no and m.held_on = new.held_on);
  return new;
end $$;
create trigger meeting_edition before insert on meeting for each row execute function meeting_edition();

-- The door of corrections: what a contract rests on stays.
create function meeting_reversal_in_time() returns trigger language plpgsql set search_path = pg_catalog, public, pg_temp as $$
begin
  if exists (select from vote v join agreement a using (unit_id, request_id)
              where v.unit_id = new.unit_id and v.meeting_id = new.meeting_id) then
    raise exception 'agreements rest on meeting %', new.meeting_id using errcode = 'check_violation', constraint = 'meeting_reversal_in_time';
  end if;
  return new;
end $$;
create trigger meeting_reversal_in_time before insert on meeting_reversal for each row execute function meeting_reversal_in_time();

-- The door of votes: those who were there voted, on a request of the project that the meeting was about.
create function vote_of_its_meeting() returns trigger language plpgsql set search_path = pg_catalog, public, pg_temp as $$
begin
  if not exists (select from meeting m join support_request r on r.unit_id = m.unit_id and r.project_id = m.project_id
                  where m.unit_id = new.unit_id and m.meeting_id = new.meeting_id and r.request_id = new.request_id
                    and r.requested_on <= m.held_on and new.for_it::bigint + new.against <= m.attendees) then
    raise exception 'vote % is not one of its meeting', new.vote_id using errcode = 'check_violation', constraint = 'vote_of_its_meeting';
  end if;
  return new;
end $$;
create trigger vote_of_its_meeting before insert on vote for each row execute function vote_of_its_meeting();

-- The vote on a request that counts: the last one that was not taken back.
create function last_vote(unit integer, request uuid)
returns table (for_it integer, against integer, attendees integer, held_on date, minutes_no text) language sql stable as $$
  select v.for_it, v.against, m.attendees, m.held_on, m.minutes_no from vote v join meeting m using (unit_id, meeting_id)
   where v.unit_id = unit and v.request_id = request
     and not exists (select from meeting_reversal x where x.unit_id = v.unit_id and x.meeting_id = v.meeting_id)
   order by m.held_on desc, v.vote_id desc limit 1
$$;

-- The last vote counts. It stands in the request, so that a queue is read in the order of an index.
create function votes_count() returns trigger language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  update support_request r set for_it = v.for_it, against = v.against
    from (select distinct v.unit_id, v.request_id from cast_now n join vote v using (unit_id, meeting_id)) n
    left join lateral last_vote(n.unit_id, n.request_id) v on true
   where r.unit_id = n.unit_id and r.request_id = n.request_id
     and (r.for_it, r.against) is distinct from (v.for_it, v.against);
  return null;
end $$;
alter function votes_count() owner to soquy_books;
revoke execute on function votes_count() from public;
create trigger votes_count after insert on vote referencing new table as cast_now for each statement execute function votes_count();
create trigger votes_count after insert on meeting_reversal referencing new table as cast_now for each statement execute function votes_count();
grant select on vote, meeting, meeting_reversal, support_request to soquy_books;
grant update (for_it, against) on support_request to soquy_books;

-- Where requests stand in the queue: more votes first, then the poorer, then the earlier. `place` is that among the same state.
create index support_request_rank on support_request
  (unit_id, project_id, for_it desc nulls last, against, array_position(array['poor', 'near_poor', 'newly_escaped'], class),
   requested_on, request_id) include (state, class) where state in ('queued', 'agreed');
create view request_rank with (security_invoker = true) as
  select unit_id, project_id, request_id, state, for_it, against,
         array_position(array['poor', 'near_poor', 'newly_escaped'], class) as class_no, requested_on,
         row_number() over ranked as rank,
         case state when 'queued' then count(*) filter (where state = 'queued') over ranked
                    else count(*) filter (where state = 'agreed') over ranked end as place
    from support_request
   where state in ('queued', 'agreed')
  window ranked as (partition by unit_id, project_id
                    order by for_it desc nulls last, against,
                             array_position(array['poor', 'near_poor', 'newly_escaped'], class), requested_on, request_id
                    rows unbounded preceding);

-- Contract numbers run without gaps per unit and year. The row is locked before the unit counter.
create table contract_counter (
  unit_id     integer not null,
  year        integer not null,
  last_number integer not null,
  primary key (unit_id, year)
);
call keep_in_unit('contract_counter');

-- The contract with a household: what was given on which terms. It never changes; what happens to it are events.
create table agreement (
  unit_id       integer not null,
  agreement_id  uuid not null,
  request_id    uuid not null,
  project_id    uuid not null,
  household_id  uuid not null,
  source_id     integer not null,
  recovers_into integer,
  contract_year integer not null,
  contract_no   integer not null check (contract_no > 0),
  content       text not null,
  given         numeric(20,2) not null check (given > 0),
  to_return     numeric(20,2) not null check (to_return > 0 and to_return <= given),
  terms         jsonb not null,
  party         text not null check (party <> ''),
  address       text not null,
  signed_on     date not null,
  decided_by    uuid not null,
  primary key (unit_id, agreement_id),
  foreign key (unit_id, request_id) references support_request,
  constraint agreement_of_request unique (unit_id, request_id),
  constraint agreement_contract_unique unique (unit_id, contract_year, contract_no)
);
create index agreement_household on agreement (unit_id, household_id, agreement_id);
create index agreement_project on agreement (unit_id, project_id, agreement_id) include (household_id, given, to_return);
comment on column agreement.party is 'who signed, as on the paper';
comment on column agreement.recovers_into is 'copied from the source at signing';
create index agreement_source on agreement (unit_id, source_id);
call make_fact_table('agreement', 'agreement_id');

-- The door of contracts: the last vote on the request was held by the day of the contract, and more than the project's
-- share of those present were for it.
create function agreement_voted_for() returns trigger language plpgsql set search_path = pg_catalog, public, pg_temp as $$
begin
  if not exists (select from support_request r join project p using (unit_id, project_id)
                  cross join lateral last_vote(r.unit_id, r.request_id) v
                  where r.unit_id = new.unit_id and r.request_id = new.request_id and r.project_id = new.project_id
                    and v.held_on <= new.signed_on and v.for_it * 100 > v.attendees * p.votes_above_pct) then
    raise exception 'request % was not voted for', new.request_id using errcode = 'check_violation', constraint = 'agreement_voted_for';
  end if;
  return new;
end $$;
create trigger agreement_voted_for before insert on agreement for each row execute function agreement_voted_for();

-- What happened to an agreement. The three changes are what was posted: their sums are the state on any day.
create table agreement_event (
  unit_id      integer not null,
  event_id     uuid not null,
  agreement_id uuid not null,
  event_no     integer not null check (event_no > 0),
  kind         text not null check (kind in ('paid_out', 'repaid', 'reversed', 'adjusted', 'rescheduled', 'refunded', 'cancelled',
                                           'reported', 'dismissed', 'lost')),
  effective_on date not null,
  amount       numeric(20,2) not null default 0 check (amount >= 0),
  principal    numeric(20,2) not null default 0,
  interest     numeric(20,2) not null default 0,
  surplus      numeric(20,2) not null default 0,
  lost         numeric(20,2) not null default 0,
  overdue      numeric(20,2) not null default 0,
  frozen       numeric(20,2) not null default 0,
  method       text check (method ~ '^(cash|bank)(-[0-9]{1,2})?$'),
  of_event_id  uuid,
  parts        jsonb,
  journal_id   uuid,
  decision_no  text,
  reason       text,
  recorded_at  timestamptz not null default scope_now(),
  actor_id     uuid,
  primary key (unit_id, event_id),
  constraint agreement_event_in_order unique (unit_id, agreement_id, event_no),
  constraint agreement_event_split check (kind <> 'repaid' or (principal + interest + surplus = amount and least(principal, interest, surplus) >= 0)),
  constraint agreement_event_loss check (case kind when 'lost' then lost = amount and amount > 0 and decision_no is not null and reason is not null
                                                   when 'reported' then amount > 0 and decision_no is not null and reason is not null
                                                   when 'repaid' then lost between -principal and 0 else true end),
  constraint agreement_event_of check ((kind in ('reversed', 'adjusted', 'dismissed')) = (of_event_id is not null)),
  constraint agreement_event_parts check ((kind = 'rescheduled') = (parts is not null))
);
create unique index agreement_event_reversed_once on agreement_event (unit_id, of_event_id) where kind = 'reversed';
comment on column agreement_event.overdue is 'what its journal moved to the account of overdue capital';
comment on column agreement_event.frozen is 'what its journal moved to the account of capital reported as lost';
comment on column agreement_event.lost is 'change of the capital written off and not recovered since';
comment on column agreement_event.decision_no is 'the decision that writes capital off';
call make_fact_table('agreement_event', 'event_id');

-- An event on its way into the table.
create type new_event as (
  event_id uuid, agreement_id uuid, event_no integer, kind text, effective_on date, amount numeric, principal numeric,
  interest numeric, surplus numeric, lost numeric, overdue numeric, frozen numeric, method text, of_event_id uuid, parts jsonb, journal_id uuid,
  decision_no text, reason text, actor_id uuid);

-- In place of foreign keys, whose checks would lock the agreement and the journal once an event. Both are facts: none goes away.
create function events_have_their_agreement() returns trigger language plpgsql
  set search_path = pg_catalog, public, pg_temp as $$
begin
  if exists (select from happened e
              where (select a.unit_id from agreement a where a.unit_id = e.unit_id and a.agreement_id = e.agreement_id) is null) then
    raise exception 'an event of no agreement' using errcode = 'foreign_key_violation', constraint = 'agreement_event_of_an_agreement';
  end if;
  if exists (select from happened e
              where e.journal_id is not null
                and (select j.unit_id from journal j where j.unit_id = e.unit_id and j.journal_id = e.journal_id) is null) then
    raise exception 'an event of no journal' using errcode = 'foreign_key_violation', constraint = 'agreement_event_of_a_journal';
  end if;
  return null;
end $$;
create trigger events_have_their_agreement after insert on agreement_event referencing new table as happened
  for each statement execute function events_have_their_agreement();

-- Whoever writes: money goes out once, unless the payout was taken back; and what was given up stays so. Two who write at
-- once take the same event_no, so one of them is refused by agreement_event_in_order.
create function agreement_event_in_turn() returns trigger language plpgsql set search_path = pg_catalog, public, pg_temp as $$
begin
  if exists (select from agreement_event e
              where e.unit_id = new.unit_id and e.agreement_id = new.agreement_id and e.kind in ('paid_out', 'cancelled')
                and not exists (select from agreement_event r
                                 where r.unit_id = e.unit_id and r.of_event_id = e.event_id and r.kind = 'reversed')) then
    raise exception 'agreement % was paid out or given up', new.agreement_id
      using errcode = 'unique_violation', constraint = 'agreement_event_paid_out_once';
  end if;
  return new;
end $$;
create trigger agreement_event_in_turn before insert on agreement_event
  for each row when (new.kind in ('paid_out', 'cancelled')) execute function agreement_event_in_turn();

-- Where each agreement stands after its last event: what a fold over the events gives again. Its row is what writers lock.
create table agreement_state (
  unit_id       integer not null,
  agreement_id  uuid not null,
  state         text not null check (state in ('signed', 'running', 'settled', 'cancelled')),
  events        integer not null,
  paid_out_on   date,
  outstanding   numeric(20,2) not null,
  recovered     numeric(20,2) not null,
  interest_paid numeric(20,2) not null,
  surplus       numeric(20,2) not null,
  lost          numeric(20,2) not null default 0,
  overdue       numeric(20,2) not null default 0 check (overdue between 0 and outstanding),
  frozen        numeric(20,2) not null default 0 check (frozen between 0 and outstanding - overdue),
  next_due_on   date,
  overdue_from  date,
  final_due_on  date,
  summary_valid_until   date,
  primary key (unit_id, agreement_id)
) with (fillfactor = 70);
comment on column agreement_state.overdue is 'what the books hold as overdue, as of the last event or the last closed day';
comment on column agreement_state.frozen is 'what the books hold as reported as lost and not decided';
comment on column agreement_state.next_due_on is 'day of the first part that is not met';
comment on column agreement_state.summary_valid_until is
  'day of the last event, where the sums say as much as the events (domain::support::HistorySummary)';
comment on column agreement_state.overdue_from is 'first day on which that part is overdue, grace included';
create index agreement_state_state on agreement_state (unit_id, state, agreement_id);
call keep_in_unit('agreement_state');

-- A state on its way into the table.
create type new_state as (
  agreement_id uuid, state text, events integer, paid_out_on date, outstanding numeric, recovered numeric, interest_paid numeric,
  surplus numeric, lost numeric, overdue numeric, frozen numeric, next_due_on date, overdue_from date, final_due_on date, summary_valid_until date);

grant select on project, support_request, meeting, meeting_reversal, vote, request_rank, contract_counter, agreement, agreement_event, agreement_state to soquy_app;
grant insert on project, support_request, meeting, meeting_reversal, vote, contract_counter, agreement, agreement_event, agreement_state to soquy_app;
grant update (name, budget, household_cap, to_on, closed_on) on project to soquy_app;
grant update (state, reason) on support_request to soquy_app;
grant update (last_number) on contract_counter to soquy_app;
grant update (state, events, paid_out_on, outstanding, recovered, interest_paid, surplus, lost, overdue, frozen, next_due_on, overdue_from, final_due_on,
  summary_valid_until) on agreement_state to soquy_app;

insert into journal_kind (kind, reversed_by, name_vi, name_en) values
  ('support_payout', 'support', 'Giải ngân hỗ trợ', 'Payout of support'),
  ('support_repayment', 'support', 'Thu hồi hỗ trợ', 'Repayment of support'),
  ('support_reallocation', 'nobody', 'Phân bổ lại khoản thu hồi', 'Repayment divided anew'),
  ('support_loss', 'support', 'Tổn thất vốn hỗ trợ', 'Loss of support'),
  ('support_to_overdue', 'nobody', 'Chuyển vốn hỗ trợ quá hạn', 'Support that became overdue'),
  ('support_refund', 'nobody', 'Hoàn tiền nộp thừa của khoản hỗ trợ', 'Refund of a surplus of support');

insert into sensitive_command (command) values
  ('approve_support'), ('pay_out_support'), ('cancel_support'), ('record_loss'),
  ('reverse_repayment'), ('reverse_payout'), ('reverse_loss'), ('refund_overpayment'), ('reschedule_support');

-- What the books must hold of each agreement.
create view agreement_ledger with (security_invoker = true) as
  select s.unit_id, s.agreement_id as subject_id, null::integer as source_id, v.role, v.amount
    from agreement_state s
   cross join lateral (values ('support_outstanding', s.outstanding - s.overdue - s.frozen), ('support_overdue', s.overdue),
                              ('support_frozen', s.frozen), ('capital_loss', s.lost), ('overpayments', -s.surplus)) v(role, amount);
grant select on agreement_ledger to soquy_app;
call names_subjects('agreement', 'agreement_id', 'agreement_ledger');
insert into held_role (role) values ('overpayments');
insert into control_role (role, kind) values
  ('support_outstanding', 'agreement'), ('support_overdue', 'agreement'), ('support_frozen', 'agreement'), ('overpayments', 'agreement');
