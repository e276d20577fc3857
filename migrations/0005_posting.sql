-- The one door: posting. A batch of one to many journals of one unit, each with its lines and perhaps its voucher.
-- Lock doctrine: the caller holds the rows it read (agreements, by key); then comes the counter of the unit; then balances
-- by key. Nobody takes them in another order.

-- The content of journals, as their hashes see it: header, lines and voucher (post_batch takes it from what it writes). Lines
-- and voucher are looked up by key, which takes a journal the same time however many there are and whatever the planner
-- knew when it made its plan.
create function journal_contents(unit integer, first_no bigint, last_no bigint)
returns table (journal_no bigint, content bytea) language sql stable as $$
  select j.journal_no,
         content_of(j::text)
         || coalesce((select string_agg(content_of(l::text), ''::bytea order by l.line_no) from line l
                       where l.unit_id = j.unit_id and l.journal_no = j.journal_no), ''::bytea)
         || coalesce((select content_of(v::text) from voucher v where v.unit_id = j.unit_id and v.journal_no = j.journal_no), ''::bytea)
    from journal j
   where j.unit_id = unit and j.journal_no between first_no and last_no
$$;

-- Every door works in the unit of its transaction, and in no other.
create function insist_on_scope(unit integer) returns void language plpgsql stable as $$
begin
  if unit is distinct from scope_unit() then
    raise exception 'unit % is not the unit of this transaction', unit using errcode = 'SQ403';
  end if;
end $$;

-- The first day, from a day on, on which accounts of some sources stand below nothing, and at what; side 1: they have, −1: they
-- owe. One pass, from today's balance back: what they held on a day is what they hold now less what came later.
create function first_below_nothing(unit integer, side integer, accounts text[], sources integer[], from_day date)
returns table (on_day date, amount numeric) language sql stable as $$
  with moved as (
    select from_day as on_day, 0::numeric as amount
    union all
    select x.on_day, sum(x.amount)
      from unnest(accounts) a(code) cross join unnest(sources) s(id),
           lateral (select d.on_day, d.debit - d.credit as amount from day_balance d
                     where d.unit_id = unit and d.account = a.code and d.source_id = s.id and d.on_day > from_day offset 0) x
     group by x.on_day
  ), had as (
    select m.on_day,
           (select coalesce(sum(b.amount), 0) from balance b
             where b.unit_id = unit and b.account = any (accounts) and b.source_id = any (sources))
           - coalesce(sum(m.amount) over (order by m.on_day desc rows between unbounded preceding and 1 preceding), 0) as amount
      from moved m
  )
  select h.on_day, side * h.amount from had h where side * h.amount < 0 order by h.on_day limit 1
$$;

-- The accounts of a unit that owe others what lies in the same cash box.
create function held_accounts(unit integer) returns text[] language sql stable return
  array(select distinct r.code from book k join chart_role r using (chart_id) join held_role using (role) where k.unit_id = unit);

-- A source never spends what it does not have: from the first day on which this batch takes money out of it, its money
-- is below zero on no day. Nor what it holds for others: from the first day on which a journal of this batch takes out more than it
-- settles with them, what is left is no less than what is theirs. For batches that take money out; the others need no look.
create function refuse_overdraft(unit integer, first_no bigint, last_no bigint) returns void language plpgsql as $$
declare
  till constant text[] := array(select code from account where unit_id = unit and money);
  held constant text[] := held_accounts(unit);
  spent record;
  short record;
  theirs numeric;
begin
  for spent in
    select j.source_id, min(j.effective_on) as from_day, min(j.effective_on) filter (where j.own < 0) as own_from
      from (select l.source_id, l.effective_on, bool_or(l.amount < 0 and l.account = any (till)) as spends, sum(l.amount) as own
              from line l
             where l.unit_id = unit and l.journal_no between first_no and last_no and l.account = any (till || held)
             group by l.journal_no, l.source_id, l.effective_on) j
     where j.spends group by j.source_id order by j.source_id
  loop
    select * into short from first_below_nothing(unit, 1, till, array[spent.source_id], spent.from_day);
    if found then
      raise exception 'source % would have % on %', spent.source_id, trunc(short.amount), short.on_day
        using errcode = 'SQ409', detail = spent.source_id || ' ' || trunc(short.amount) || ' ' || short.on_day;
    end if;
    continue when spent.own_from is null;
    select * into short from first_below_nothing(unit, 1, till || held, array[spent.source_id], spent.own_from);
    if found then
      select -sum(d.debit - d.credit) into theirs from day_balance d
       where d.unit_id = unit and d.account = any (held) and d.source_id = spent.source_id and d.on_day <= short.on_day;
      raise exception 'source % would have % on %, % of it held for others', spent.source_id, trunc(short.amount + theirs), short.on_day, trunc(theirs)
        using errcode = 'SQ436', detail = spent.source_id || ' ' || trunc(short.amount + theirs) || ' ' || short.on_day || ' ' || trunc(theirs);
    end if;
  end loop;
end $$;

-- A till as refusals name it, by its account.
create function till_named(unit integer, code text) returns jsonb language plpgsql stable as $$
begin
  return (select jsonb_build_object('account', a.code, 'till', coalesce(t.till_id, a.code), 'name', coalesce(t.name, a.name_vi),
                                    'last_day', a.closed_on - 1)
            from account a left join tills_of(unit) t on t.account = a.code
           where a.unit_id = unit and a.code = till_named.code);
end $$;

-- A cash box holds no less than nothing, and a fund does not overdraw its bank: from the first day on which this batch takes
-- money out of an account for money, it stands below zero on no day, whichever sources it holds.
create function refuse_empty_till(unit integer, first_no bigint, last_no bigint) returns void language plpgsql as $$
declare
  sources constant integer[] := array(select source_id from source where unit_id = unit);
  spent record;
  short record;
begin
  for spent in
    select l.account, min(l.effective_on) as from_day
      from line l join account a on a.unit_id = l.unit_id and a.code = l.account
     where l.unit_id = unit and l.journal_no between first_no and last_no and l.amount < 0 and a.money
     group by l.account order by l.account
  loop
    select * into short from first_below_nothing(unit, 1, array[spent.account], sources, spent.from_day);
    if found then
      raise exception 'account % would have % on %', spent.account, trunc(short.amount), short.on_day
        using errcode = 'SQ435',
              detail = till_named(unit, spent.account) || jsonb_build_object('balance', trunc(short.amount)::text, 'on', short.on_day);
    end if;
  end loop;
end $$;

-- A till is one pot. An ordinary payment takes the money that is there, and that of a source in one till may stand in for another's
-- in the next, as long as the source has it at all (refuse_overdraft). But a journal that only moves money between tills, or lays
-- what a count found short to sources, says whose money lies where: from the first day on which this batch so takes money of a source
-- out of a till, the source stands below zero there on no day.
create function refuse_source_out_of_till(unit integer, first_no bigint, last_no bigint) returns void language plpgsql as $$
declare
  spent record;
  short record;
begin
  for spent in
    select l.account, l.source_id, min(l.effective_on) as from_day
      from line l
     cross join lateral (select money from account where unit_id = unit and code = l.account offset 0) a
     cross join lateral (select kind from journal where unit_id = unit and journal_no = l.journal_no offset 0) j
     where l.unit_id = unit and l.journal_no between first_no and last_no and l.amount < 0 and a.money
       and (j.kind = 'cash_difference'
            or not exists (select from line o, lateral (select money from account where unit_id = unit and code = o.account offset 0) k
                            where o.unit_id = unit and o.journal_no = l.journal_no and not k.money))
     group by l.account, l.source_id order by l.account, l.source_id
  loop
    select * into short from first_below_nothing(unit, 1, array[spent.account], array[spent.source_id], spent.from_day);
    if found then
      raise exception 'source % would have % in account % on %', spent.source_id, trunc(short.amount), spent.account, short.on_day
        using errcode = 'SQ442',
              detail = till_named(unit, spent.account)
                || (select jsonb_build_object('source', s.source_id || ' (' || s.name || ')') from source s
                     where s.unit_id = unit and s.source_id = spent.source_id)
                || jsonb_build_object('balance', trunc(short.amount)::text, 'on', short.on_day);
    end if;
  end loop;
end $$;

-- Nobody hands over savings that no member brought: from the first day on which this batch takes some out, no less than nothing is
-- owed of each source.
create function refuse_unheld_savings(unit integer, first_no bigint, last_no bigint) returns void language plpgsql as $$
declare
  spent record;
  short record;
begin
  for spent in
    select l.source_id, l.account, min(l.effective_on) as from_day
      from book k join chart_role r on r.chart_id = k.chart_id and r.role = 'member_savings'
      join line l on l.unit_id = k.unit_id and l.account = r.code
     where k.unit_id = unit and l.journal_no between first_no and last_no and l.amount > 0
     group by l.source_id, l.account order by l.source_id
  loop
    select * into short from first_below_nothing(unit, -1, array[spent.account], array[spent.source_id], spent.from_day);
    if found then
      raise exception 'source % would owe % of savings on %', spent.source_id, trunc(short.amount), short.on_day
        using errcode = 'SQ437', detail = spent.source_id || ' ' || trunc(short.amount) || ' ' || short.on_day;
    end if;
  end loop;
end $$;

-- Posts a batch. Each item: {journal_id, effective_on, kind, description, actor?, reverses?, voucher?: {book, kind, party, address,
-- content, amount, attachments}, lines: [{role or account, source, amount, subject?}]}. Lines with a role take the
-- account that has it in the chart of the unit, or the till of that name (0057). Returns the numbers in the order of the batch.
--
-- One statement, because a header never stands without its lines, and because the hashes and balances of a batch need not
-- be read again when it returns what it wrote. The voucher counter is locked after the unit counter, so numbers never have a gap.
create function post_batch(unit integer, batch jsonb)
returns table (journal_id uuid, journal_no bigint, book text, year integer, kind text, number integer)
language plpgsql as $$
#variable_conflict use_column
declare
  n constant integer := jsonb_array_length(batch);
  numbers constant record := take_numbers(unit, n, n);
  -- Read with the unit counter locked, so that what was known at a time is always the journals up to some number.
  booked constant timestamptz := coalesce(nullif(current_setting('soquy.now', true), '')::timestamptz, clock_timestamp());
  -- A paper bears the day on which it is issued, whatever day its journal counts: so numbers and days never cross.
  issued constant date := (booked at time zone 'Asia/Ho_Chi_Minh')::date;
  has_tills constant boolean := exists (select from till t where t.unit_id = unit);
  spends boolean;
begin
  for journal_id, journal_no, book, year, kind, number, spends in
    with asked as materialized (
      select numbers.journal_no + x.n as journal_no, x.*
        from rows from (jsonb_to_recordset(batch) as (journal_id uuid, effective_on date, kind text, description text, actor uuid,
                          reverses bigint, lines jsonb, voucher jsonb))
             with ordinality x(journal_id, effective_on, kind, description, actor, reverses, lines, voucher, n)
    ), headers as (
      insert into journal as j (unit_id, journal_no, journal_id, effective_on, booked_at, kind, description, n_lines, reverses, actor_id)
        select unit, a.journal_no, a.journal_id, a.effective_on, booked, a.kind, a.description, jsonb_array_length(a.lines), a.reverses,
               coalesce(a.actor, scope_actor())
          from asked a
        returning j.journal_no, content_of(j::text) as content
    ), tills as materialized (
      -- Where a unit told its tills apart, a role of money is the till of its name on the day: once for each name and day of the batch.
      select d.role, d.effective_on, till_account(unit, d.role, d.effective_on) as account
        from (select distinct x.role, a.effective_on from asked a cross join lateral jsonb_to_recordset(a.lines) x(role text)
               where has_tills and (x.role in ('cash', 'bank') or x.role like '%-%')) d
    ), lines as (
      insert into line as l (unit_id, journal_no, line_no, account, source_id, effective_on, amount, subject_id)
        select unit, a.journal_no, x.line_no, coalesce(x.account, t.account, r.code, x.role), x.source, a.effective_on, x.amount, x.subject
          from asked a
         cross join lateral rows from (jsonb_to_recordset(a.lines) as (account text, role text, source integer, amount numeric, subject uuid))
               with ordinality x(account, role, source, amount, subject, line_no)
          left join tills t on t.role = x.role and t.effective_on = a.effective_on
          left join source s on s.unit_id = unit and s.source_id = x.source
          left join chart_role r on r.role = x.role and r.nature in ('', s.nature)
                                and r.chart_id = (select k.chart_id from book k where k.unit_id = unit)
        returning l.journal_no, l.line_no, l.account, l.source_id, l.effective_on, l.amount,
                  content_of(l::text) as content
    ), papers as (
      select a.journal_no, y.year, v.*,
             row_number() over (partition by v.book, y.year, v.kind order by a.journal_no desc) as from_last
        from asked a, lateral (select extract(year from issued)::integer as year) y,
             jsonb_to_record(a.voucher) v(book text, kind text, party text, address text, content text, amount numeric, attachments smallint)
       where jsonb_typeof(a.voucher) = 'object'
    ), counted as (
      insert into voucher_counter as c (unit_id, book, year, kind, last_number)
        select unit, book, year, kind, count(*) from papers group by book, year, kind order by book, year, kind
        on conflict (unit_id, book, year, kind) do update set last_number = c.last_number + excluded.last_number
        returning c.book, c.year, c.kind, c.last_number
    ), vouchers as (
      insert into voucher as v (unit_id, journal_no, book, year, kind, number, issued_on, party, address, content, amount, attachments)
        select unit, p.journal_no, p.book, p.year, p.kind, c.last_number - p.from_last + 1, issued,
               p.party, p.address, p.content, p.amount, coalesce(p.attachments, 0)
          from papers p join counted c using (book, year, kind)
        returning v.journal_no, v.book, v.year, v.kind, v.number, content_of(v::text) as content
    ), hashes as (
      insert into fact_hash (unit_id, fact_no, kind, ref, hash)
        select unit, numbers.fact_no + h.journal_no - numbers.journal_no, 'journal', h.journal_no::text,
               hash_of('journal', h.content || coalesce(l.content, ''::bytea) || coalesce(v.content, ''::bytea))
          from headers h
          left join (select journal_no, string_agg(content, ''::bytea order by line_no) as content from lines group by journal_no) l
               using (journal_no)
          left join vouchers v using (journal_no)
    ), moved as materialized (
      select account, source_id, effective_on, date_trunc('month', effective_on)::date as month, count(*) as lines,
             coalesce(sum(amount) filter (where amount > 0), 0) as debit, coalesce(-sum(amount) filter (where amount < 0), 0) as credit
        from lines group by account, source_id, effective_on
    ), of_days as (
      insert into day_balance as b (unit_id, account, source_id, on_day, debit, credit)
        select unit, account, source_id, effective_on, debit, credit from moved order by account, source_id, effective_on
        on conflict (unit_id, account, source_id, on_day) do update
          set debit = b.debit + excluded.debit, credit = b.credit + excluded.credit
    ), in_months as (
      insert into period_journals as p (unit_id, month, journals)
        select unit, date_trunc('month', effective_on)::date, count(*) from asked group by 2 order by 2
        on conflict (unit_id, month) do update set journals = p.journals + excluded.journals
    ), of_months as (
      insert into period_balance as b (unit_id, account, source_id, month, debit, credit, lines)
        select unit, account, source_id, month, sum(debit), sum(credit), sum(lines)
          from moved group by account, source_id, month order by account, source_id, month
        on conflict (unit_id, account, source_id, month) do update
          set debit = b.debit + excluded.debit, credit = b.credit + excluded.credit, lines = b.lines + excluded.lines
    ), of_accounts as (
      insert into balance as b (unit_id, account, source_id, amount, lines)
        select unit, account, source_id, sum(debit - credit), sum(lines) from moved group by account, source_id order by account, source_id
        on conflict (unit_id, account, source_id) do update set amount = b.amount + excluded.amount, lines = b.lines + excluded.lines
    )
    select a.journal_id, a.journal_no, v.book, v.year, v.kind, v.number,
           exists (select from moved m, lateral (select from account where unit_id = unit and code = m.account and money offset 0) k
                    where m.credit > 0)
      from asked a left join vouchers v using (journal_no) order by a.journal_no
  loop
    return next;
  end loop;
  if spends then
    perform refuse_overdraft(unit, numbers.journal_no + 1, numbers.journal_no + n);
    perform refuse_empty_till(unit, numbers.journal_no + 1, numbers.journal_no + n);
    perform refuse_source_out_of_till(unit, numbers.journal_no + 1, numbers.journal_no + n);
    perform refuse_unheld_savings(unit, numbers.journal_no + 1, numbers.journal_no + n);
  end if;
end $$;

-- The door, with a planner that neither compiles (a posting is shorter than its compilation) nor takes a whole table for
-- the rows of one batch, as a plan made while the books were empty would. Nobody but ledger_reverse says that a journal
-- reverses another: the mirror must be the true one.
create function ledger_post(unit integer, batch jsonb)
returns table (journal_id uuid, journal_no bigint, book text, year integer, kind text, number integer)
language plpgsql security definer set search_path = pg_catalog, public, pg_temp set timezone = 'UTC'
  set datestyle = 'ISO' set jit = off set enable_seqscan = off as $$
begin
  perform insist_on_scope(unit);
  if batch @? '$[*].reverses' then
    raise exception 'a reversal is built from its journal' using errcode = 'SQ428', detail = 'not a mirror';
  end if;
  return query select * from post_batch(unit, batch);
end $$;

-- Reverses a journal on behalf of its owner (journal_kind): the mirror of its lines, once, not before its own day. The
-- database builds the mirror itself. A
-- reversal is not reversed: the paper of its journal says void and stays so; what was right after all is posted anew.
create function ledger_reverse(unit integer, reversed_no bigint, new_journal_id uuid, on_day date, why text, owner text)
returns table (journal_id uuid, journal_no bigint, book text, year integer, kind text, number integer)
language plpgsql security definer set search_path = pg_catalog, public, pg_temp set timezone = 'UTC'
  set datestyle = 'ISO' set jit = off set enable_seqscan = off as $$
#variable_conflict use_column
declare
  reversed journal;
  mirror jsonb;
begin
  perform insist_on_scope(unit);
  select * into reversed from journal j where j.unit_id = unit and j.journal_no = reversed_no;
  if not found then
    raise exception 'no journal %', reversed_no using errcode = 'SQ404';
  elsif reversed.reverses is not null then
    raise exception 'journal % is itself a reversal', reversed_no using errcode = 'SQ428', detail = 'reversal';
  elsif owner is distinct from (select k.reversed_by from journal_kind k where k.kind = reversed.kind) or owner = 'nobody' then
    raise exception 'a journal of kind % is not reversed by %', reversed.kind, owner using errcode = 'SQ433', detail = reversed.kind;
  elsif on_day < reversed.effective_on then
    raise exception 'journal % counts from %', reversed_no, reversed.effective_on
      using errcode = 'SQ428', detail = 'before ' || reversed.effective_on;
  end if;
  select jsonb_build_array(jsonb_build_object(
           'journal_id', new_journal_id, 'effective_on', on_day, 'kind', 'reversal', 'description', why, 'reverses', j.journal_no,
           'voucher', case when v.journal_no is not null then jsonb_build_object('book', v.book, 'kind', 'general', 'party', v.party,
              'address', v.address, 'content', why, 'amount', v.amount, 'attachments', 0) end,
           'lines', (select jsonb_agg(jsonb_build_object('account', l.account, 'source', l.source_id, 'amount', -l.amount,
                       'subject', l.subject_id) order by l.line_no)
                       from line l where l.unit_id = unit and l.journal_no = j.journal_no)))
    into mirror from journal j left join voucher v on v.unit_id = j.unit_id and v.journal_no = j.journal_no
   where j.unit_id = unit and j.journal_no = reversed_no;
  return query select * from post_batch(unit, mirror);
end $$;

-- Opens the book of a unit with the accounts of a chart. Its first day is open.
create function ledger_open(unit integer, chart text, first_day date) returns void
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  perform insist_on_scope(unit);
  insert into book (unit_id, chart_id, opened_on) values (unit, chart, first_day);
  insert into account (unit_id, code, parent_code, name_vi, name_en, class, side, money, memorandum, postable, subjects, summed)
    select unit, c.code, c.parent_code, c.name_vi, c.name_en, c.class, c.side, c.money, c.memorandum,
           not exists (select from chart_account d where d.chart_id = c.chart_id and d.parent_code = c.code),
           (select array_agg(distinct s.kind order by s.kind) from chart_role r join control_role s using (role)
             where r.chart_id = c.chart_id and r.code = c.code),
           exists (select from chart_role r join sum_role s using (role) where r.chart_id = c.chart_id and r.code = c.code)
      from chart_account c where c.chart_id = chart;
  insert into period_event (unit_id, period_event_id, action, closed_before, actor_id, fact_order)
    values (unit, new_id(), 'open', first_day, scope_actor(), 1);
end $$;

-- Opens a detail account below another, which becomes a heading: it must have no lines, now and later, no role
-- in the recipes, and be no till. Locks the unit counter, so no line comes meanwhile.
create function ledger_add_account(unit integer, below text, new_code text, vi text, en text) returns void
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  parent account;
begin
  perform insist_on_scope(unit);
  perform take_numbers(unit, 0, 0);
  select * into parent from account where unit_id = unit and code = below;
  if not found then raise exception 'no account %', below using errcode = 'SQ404'; end if;
  if exists (select from line where unit_id = unit and account = below)
     or exists (select from chart_role r join book k using (chart_id) where k.unit_id = unit and r.code = below)
     or exists (select from till t where t.unit_id = unit and t.account = below) then
    raise exception 'account % must take lines itself', below using errcode = 'SQ429';
  end if;
  insert into account (unit_id, code, parent_code, name_vi, name_en, class, side, money, memorandum, postable, subjects, summed)
    values (unit, new_code, below, vi, en, parent.class, parent.side, parent.money, parent.memorandum, true, parent.subjects, parent.summed);
  update account set postable = false where unit_id = unit and code = below and postable;
end $$;

-- Waits until nobody posts in the unit, and keeps it so to the end of the transaction: what is read then is what is booked on.
create function ledger_wait(unit integer) returns void
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  perform insist_on_scope(unit);
  perform take_numbers(unit, 0, 0);
end $$;

-- Closes everything before a first of a month, or opens it again. Locks the unit counter, so no posting is half-way.
create function ledger_close(unit integer, what text, before date, why text) returns date
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  was date;
begin
  perform insist_on_scope(unit);
  perform take_numbers(unit, 0, 0);
  was := open_from(unit);
  if was is null then raise exception 'unit % keeps no book', unit using errcode = 'SQ423'; end if;
  if (what = 'close' and before <= was) or (what = 'reopen' and before >= was) or what not in ('close', 'reopen')
     or before < (select opened_on from book where unit_id = unit) then
    raise exception 'the books are open from %', was using errcode = 'SQ426', detail = was::text;
  end if;
  insert into period_event (unit_id, period_event_id, action, closed_before, actor_id, reason, fact_order)
    select unit, new_id(), what, before, scope_actor(), why, max(fact_order) + 1 from period_event where unit_id = unit;
  return before;
end $$;

-- Appends a seal over the facts up to upto. The server computes the root of the Merkle tree; the chain is kept here.
create function seal_append(unit integer, upto bigint, merkle_root bytea) returns bytea
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  before seal;
  sealed bytea;
begin
  perform insist_on_scope(unit);
  perform take_numbers(unit, 0, 0);
  update unit_counter set last_seal_no = last_seal_no + 1 where unit_id = unit;
  select * into before from seal where unit_id = unit order by seal_no desc limit 1;
  if upto <= coalesce(before.upto_fact_no, 0) or upto > (select last_fact_no from unit_counter where unit_id = unit) then
    raise exception 'nothing to seal up to %', upto using errcode = 'SQ427';
  end if;
  before.seal_no := coalesce(before.seal_no, 0) + 1;
  before.upto_fact_no := coalesce(before.upto_fact_no, 0);
  before.hash := coalesce(before.hash, decode(repeat('00', 32), 'hex'));
  sealed := sha256(before.hash || merkle_root || convert_to(concat_ws('|', unit, before.seal_no, before.upto_fact_no + 1, upto,
                   (extract(epoch from scope_now()) * 1000000)::bigint), 'UTF8'));
  insert into seal (unit_id, seal_no, from_fact_no, upto_fact_no, root, previous, hash)
    values (unit, before.seal_no, before.upto_fact_no + 1, upto, merkle_root, before.hash, sealed);
  return sealed;
end $$;

-- The doors belong to the books' own role; the inner ones open only for it.
do $$
declare
  inner_door text;
  door text;
begin
  foreach inner_door in array array['take_numbers(integer, integer, integer)', 'post_batch(integer, jsonb)',
      'refuse_overdraft(integer, bigint, bigint)', 'refuse_empty_till(integer, bigint, bigint)',
      'refuse_source_out_of_till(integer, bigint, bigint)',
      'refuse_unheld_savings(integer, bigint, bigint)', 'first_below_nothing(integer, integer, text[], integer[], date)'] loop
    execute format('revoke execute on function %s from public', inner_door);
    execute format('grant execute on function %s to soquy_books', inner_door);
  end loop;
  foreach door in array array['ledger_post(integer, jsonb)', 'ledger_reverse(integer, bigint, uuid, date, text, text)',
      'ledger_open(integer, text, date)', 'ledger_add_account(integer, text, text, text, text)', 'ledger_wait(integer)',
      'ledger_close(integer, text, date, text)', 'seal_append(integer, bigint, bytea)'] loop
    execute format('revoke execute on function %s from public', door);
    execute format('grant execute on function %s to soquy_app', door);
    execute format('alter function %s owner to soquy_books', door);
  end loop;
end $$;
revoke create on schema public from soquy_books;
