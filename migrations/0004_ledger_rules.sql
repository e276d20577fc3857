-- What the books refuse from every role. Codes: SQ404 unknown account or source, SQ405 append-only, SQ409 a source below
-- zero, SQ422 unbalanced, SQ423 closed period, SQ424 incomplete or lines added later, SQ425 header without lines; from
-- the doors (0005) SQ403 another unit, SQ426 periods out of order, SQ431 a day that has not come, SQ427 nothing to seal, SQ428 not to be reversed so,
-- SQ429 an account that must stay as it is, SQ433 a reversal by another than the owner; SQ432 an unknown kind of journal; SQ435 a cash box or bank account below zero, SQ434 a line by hand on
-- an account that is a sum; SQ438 money into an account whose tills take it in, SQ439 no such till on that day, SQ440 a till that is not to be closed,
-- SQ441 a step that a cash count does not take now, SQ442 a source below zero within a till, SQ443 a till that is closed.

call keep_in_unit('subject');
call keep_in_unit('journal');
call keep_in_unit('line');
call keep_in_unit('balance');
call keep_in_unit('period_balance');
call keep_in_unit('day_balance');
call keep_in_unit('period_journals');
call keep_in_unit('voucher_counter');
call keep_in_unit('voucher');
call keep_in_unit('seal');

create procedure never_changes(tab regclass) language plpgsql as $$
begin
  execute format('create trigger %I before update or delete on %s for each row execute function append_only()', tab || '_stays', tab);
  execute format('create trigger %I before truncate on %s for each statement execute function append_only()', tab || '_stays_whole', tab);
end $$;
call never_changes('subject');
call never_changes('journal');
call never_changes('line');
call never_changes('voucher');
call never_changes('seal');
call never_changes('fact_hash');
call never_changes('chart_account');

-- First open day of a unit.
create function open_from(unit integer) returns date language sql stable as $$
  select closed_before from period_event where unit_id = unit order by fact_order desc limit 1
$$;

-- A journal is of a known kind, counts on an open day that has come, and is whole when its statement ends: with all its lines. Here and below
-- the search path is ours, or a temporary table named line could stand in.
create function journal_in_open_period() returns trigger language plpgsql set search_path = pg_catalog, public, pg_temp as $$
declare
  bad record;
begin
  select j.journal_no, j.n_lines, l.found_lines, p.open_from, coalesce(j.effective_on < p.open_from, true) as closed,
         j.effective_on > (select (scope_now() at time zone 'Asia/Ho_Chi_Minh')::date) as to_come, j.kind, k.kind is null as unknown into bad
    from new_journals j
    left join lateral (select kind from journal_kind where kind = j.kind offset 0) k on true
    left join lateral (select closed_before as open_from from period_event
                        where unit_id = j.unit_id order by fact_order desc limit 1) p on true
    left join lateral (select count(*) as found_lines from line where unit_id = j.unit_id and journal_no = j.journal_no) l on true
   where coalesce(j.effective_on < p.open_from, true)
      or j.effective_on > (select (scope_now() at time zone 'Asia/Ho_Chi_Minh')::date)
      or l.found_lines <> j.n_lines or k.kind is null
   order by unknown desc, closed desc, to_come desc limit 1;
  if not found then return null; end if;
  if bad.unknown then
    raise exception 'there is no kind of journal %', bad.kind using errcode = 'SQ432';
  elsif bad.closed then
    raise exception 'the books are closed before %', bad.open_from using errcode = 'SQ423', detail = coalesce(bad.open_from::text, '');
  elsif bad.to_come then
    raise exception 'a journal does not count before its day has come' using errcode = 'SQ431';
  elsif bad.found_lines = 0 then
    raise exception 'journal % has no lines', bad.journal_no using errcode = 'SQ425';
  end if;
  raise exception 'journal % is incomplete, or its lines came later', bad.journal_no using errcode = 'SQ424';
end $$;
create trigger journal_in_open_period after insert on journal referencing new table as new_journals
  for each statement execute function journal_in_open_period();

-- Lines balance in each source, on accounts that take lines, on the day of their header and in its transaction; a header has
-- all its lines when its statement ends, so one that comes later has no place left. What stands off the balance sheet
-- balances by itself, or it could hide what a balance sheet lacks. Where a unit told its tills apart, their account above takes money in
-- only by a reversal. No line is about what is not registered, and a line on a
-- control account is about a subject of its kinds; a journal of the accountant's has no line on an account that is a sum. In place of foreign keys, whose checks would lock the parent rows. Each
-- row is looked up by its key (offset 0): the plan is made for the first lines of a session and kept, and after many lines in
-- a small book it would walk over all journals ever after.
create function lines_balanced() returns trigger language plpgsql set search_path = pg_catalog, public, pg_temp as $$
declare
  bad record;
  named record;
begin
  select s.journal_no, s.total <> 0 as unbalanced, s.unknown, s.about_nothing, h.summed,
         s.split and j.kind <> 'reversal' as split into bad
    from (select l.unit_id, l.journal_no, max(l.line_no) as last_line, sum(l.amount) as total,
                 min(l.effective_on) as first_day, max(l.effective_on) as last_day,
                 bool_or(a.code is null or not a.postable or f.source_id is null
                         or coalesce(l.effective_on >= f.closed_on, false)
                         or a.closed_on is not null or coalesce(l.effective_on < a.opened_on, false)) as unknown,
                 coalesce(bool_or(l.effective_on >= a.split_on and l.amount > 0), false) as split,
                 min(l.account) filter (where case when l.subject_id is null then a.subjects is not null
                                                        else coalesce(b.kind <> all (a.subjects), b.kind is null) end) as about_nothing,
                 min(l.account) filter (where a.summed) as summed
            from new_lines l
            left join lateral (select * from account where unit_id = l.unit_id and code = l.account offset 0) a on true
            left join lateral (select kind from subject where unit_id = l.unit_id and subject_id = l.subject_id offset 0) b on true
            left join lateral (select * from source where unit_id = l.unit_id and source_id = l.source_id offset 0) f on true
           group by l.unit_id, l.journal_no, l.source_id, a.memorandum) s
    left join lateral (select * from journal where unit_id = s.unit_id and journal_no = s.journal_no offset 0) j
           on j.txid = pg_current_xact_id()
    left join lateral (select s.summed from journal_kind k
                        where s.summed is not null and k.kind = j.kind and k.reversed_by = 'accountant' offset 0) h on true
   where s.total <> 0 or s.unknown or s.about_nothing is not null or h.summed is not null or j.journal_no is null
      or (s.split and j.kind <> 'reversal') or s.last_line > j.n_lines
      or j.effective_on <> s.first_day or j.effective_on <> s.last_day
   order by s.unknown desc, unbalanced desc limit 1;
  if not found then return null; end if;
  -- What is refused is named here, where it costs nothing on the way of good lines.
  select min(l.account) filter (where l.account like '%-%') as no_till,
         min(l.account) filter (where l.amount > 0 and l.effective_on >= a.split_on) as split,
         min(l.account) filter (where a.closed_on is not null) as closed, min(l.unit_id) as unit
    into named from new_lines l left join account a on a.unit_id = l.unit_id and a.code = l.account where l.journal_no = bad.journal_no;
  if bad.unknown and named.no_till is not null then
    raise exception 'there is no till % on that day', named.no_till using errcode = 'SQ439', detail = named.no_till;
  elsif bad.unknown and named.closed is not null then
    raise exception 'account % is closed, also for the days before', named.closed
      using errcode = 'SQ443', detail = till_named(named.unit, named.closed);
  elsif bad.unknown then
    raise exception 'journal % names an account or a source that takes no lines', bad.journal_no using errcode = 'SQ404';
  elsif bad.unbalanced then
    raise exception 'journal % does not balance in each source', bad.journal_no using errcode = 'SQ422';
  elsif bad.about_nothing is not null then
    raise exception 'journal % has a line on % about nothing that it may be about', bad.journal_no, bad.about_nothing
      using errcode = 'SQ430', detail = bad.about_nothing;
  elsif bad.split then
    raise exception 'account % takes no more money in: its tills do', named.split using errcode = 'SQ438', detail = named.split;
  elsif bad.summed is not null then
    raise exception 'journal % has a line by hand on %, which is a sum', bad.journal_no, bad.summed using errcode = 'SQ434', detail = bad.summed;
  end if;
  raise exception 'journal % is incomplete, or its lines came later', bad.journal_no using errcode = 'SQ424';
end $$;
create trigger lines_balanced after insert on line referencing new table as new_lines
  for each statement execute function lines_balanced();

-- The keys that lines point to do not move.
create function key_stays() returns trigger language plpgsql as $$
begin
  raise exception 'the key of % stays', tg_table_name using errcode = 'SQ405';
end $$;
create trigger account_key_stays before update of unit_id, code on account for each row execute function key_stays();
create trigger source_key_stays before update of unit_id, source_id, fund_id on source for each row execute function key_stays();
