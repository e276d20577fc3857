-- What the books refuse, whoever asks. Codes: SQ404 unknown account or source, SQ405 append-only, SQ409 a source below
-- zero, SQ422 unbalanced, SQ423 closed period, SQ424 incomplete or lines added later, SQ425 header without lines; from
-- the doors (0005) SQ403 another unit, SQ426 periods out of order, SQ431 a day that has not come, SQ427 nothing to seal, SQ428 not to be reversed so,
-- SQ429 an account that must stay as it is.

call keep_in_unit('journal');
call keep_in_unit('line');
call keep_in_unit('balance');
call keep_in_unit('period_balance');
call keep_in_unit('voucher_counter');
call keep_in_unit('voucher');
call keep_in_unit('seal');

create procedure never_changes(tab regclass) language plpgsql as $$
begin
  execute format('create trigger %I before update or delete on %s for each row execute function append_only()', tab || '_stays', tab);
  execute format('create trigger %I before truncate on %s for each statement execute function append_only()', tab || '_stays_whole', tab);
end $$;
call never_changes('journal');
call never_changes('line');
call never_changes('voucher');
call never_changes('seal');
call never_changes('fact_leaf');
call never_changes('chart_account');

-- A header comes alone only until the transaction ends: one index probe per journal at commit.
-- It runs at commit, with the search path of the session: a temporary table named line must not stand in for ours.
create function journal_has_lines() returns trigger language plpgsql set search_path = pg_catalog, public, pg_temp as $$
begin
  if not exists (select from line where unit_id = new.unit_id and journal_no = new.journal_no) then
    raise exception 'journal % has no lines', new.journal_no using errcode = 'SQ425';
  end if;
  return null;
end $$;
create constraint trigger journal_has_lines after insert on journal
  deferrable initially deferred for each row execute function journal_has_lines();

-- First open day of a unit.
create function open_from(unit integer) returns date language sql stable as $$
  select closed_before from period_event where unit_id = unit order by fact_order desc limit 1
$$;

create function journal_in_open_period() returns trigger language plpgsql as $$
declare
  late record;
begin
  select p.open_from, coalesce(n.first_day < p.open_from, true) as closed into late
    from (select unit_id, min(effective_on) as first_day, max(effective_on) as last_day from new_journals group by unit_id) n
    left join lateral (select closed_before as open_from from period_event
                        where unit_id = n.unit_id order by fact_order desc limit 1) p on true
   where coalesce(n.first_day < p.open_from, true) or n.last_day > (scope_now() at time zone 'Asia/Ho_Chi_Minh')::date
   order by closed desc limit 1;
  if late.closed then
    raise exception 'the books are closed before %', late.open_from using errcode = 'SQ423', detail = coalesce(late.open_from::text, '');
  elsif found then
    raise exception 'a journal does not count before its day has come' using errcode = 'SQ431';
  end if;
  return null;
end $$;
create trigger journal_in_open_period after insert on journal referencing new table as new_journals
  for each statement execute function journal_in_open_period();

-- One INSERT brings all lines of a journal: complete, balanced in each source, on accounts that take lines, in the
-- transaction of the header. What stands off the balance sheet balances by itself, or it could hide what a balance
-- sheet lacks. In place of foreign keys, whose checks would lock the parent rows.
create function lines_balanced() returns trigger language plpgsql as $$
declare
  bad record;
begin
  select x.journal_no, x.unbalanced, x.unknown into bad from (
    select s.unit_id, s.journal_no, sum(s.n) as n, bool_or(s.total <> 0) as unbalanced, bool_or(s.unknown) as unknown,
           min(s.first_day) as first_day, max(s.last_day) as last_day
      from (select l.unit_id, l.journal_no, l.source_id, a.memorandum, count(*) as n, sum(l.amount) as total,
                   min(l.effective_on) as first_day, max(l.effective_on) as last_day,
                   bool_or(a.code is null or not a.postable or f.source_id is null
                           or coalesce(l.effective_on >= f.closed_on, false)) as unknown
              from new_lines l
              left join account a on a.unit_id = l.unit_id and a.code = l.account
              left join source f on f.unit_id = l.unit_id and f.source_id = l.source_id
             group by 1, 2, 3, 4) s
     group by 1, 2) x
    left join journal j on j.unit_id = x.unit_id and j.journal_no = x.journal_no
   where x.unbalanced or x.unknown or j.n_lines is distinct from x.n or j.txid is distinct from pg_current_xact_id()
      or j.effective_on <> x.first_day or j.effective_on <> x.last_day
   limit 1;
  if not found then return null; end if;
  if bad.unknown then
    raise exception 'journal % names an account or a source that takes no lines', bad.journal_no using errcode = 'SQ404';
  elsif bad.unbalanced then
    raise exception 'journal % does not balance in each source', bad.journal_no using errcode = 'SQ422';
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
