-- Tills: the cash boxes (quỹ tiền mặt) and bank accounts (tài khoản ngân hàng) of a unit, each a detail account below that of
-- its chart, so that each has a balance, a book and a cashier of its own; and counts of cash boxes (kiểm kê quỹ, form
-- S14-H of Circular 24/2024). A unit that opened none has one of each kind: the accounts of its chart.

create table till (
  unit_id    integer not null references book,
  till_id    text not null,
  kind       text not null check (kind in ('cash', 'bank')),
  till_no    smallint not null check (till_no between 0 and 99),
  account    text not null,
  name       text not null check (name <> ''),
  keeper     text check (keeper <> ''),
  bank       text check (bank <> ''),
  account_no text check (account_no <> ''),
  branch     text check (branch <> ''),
  holder     text check (holder <> ''),
  is_default boolean not null,
  opened_on  date not null,
  closed_on  date check (closed_on > opened_on),
  primary key (unit_id, till_id),
  foreign key (unit_id, account) references account,
  constraint till_account_once unique (unit_id, account),
  constraint till_name_unique unique (unit_id, kind, name),
  constraint till_named_by_kind_and_number check (till_id = kind || '-' || till_no),
  constraint till_first_choice_is_a_detail check (till_no > 0 or not is_default),
  constraint till_says_what_it_is check (till_no = 0 or case kind
    when 'cash' then keeper is not null and num_nonnulls(bank, account_no, branch, holder) = 0
    else bank is not null and account_no is not null and keeper is null end)
);
create unique index till_first_choice on till (unit_id, kind) where is_default;
-- However the digits are set apart.
create unique index till_number_once on till (unit_id, lower(bank), regexp_replace(account_no, '[^0-9A-Za-z]', '', 'g'));
comment on column till.till_id is 'what commands call it: cash-1, bank-2; number 0 is the account that held the money before there were details';
comment on column till.is_default is 'the one that cash or bank means';
comment on column till.closed_on is 'day after its last; from the closing on it takes no lines, of no day, until it is opened again; null: open';
call make_audited_table('till', 'till_id');
grant select on till to soquy_app, soquy_books;
grant insert, update on till to soquy_books;
grant update (name, keeper, bank, account_no, branch, holder, is_default) on till to soquy_app;

-- The account of a till on a day. `cash` and `bank` mean the first choice, another that is open on that day where it is not, and
-- before there were details the account above them; never one that was closed since, which takes no more lines.
create function till_account(integer, text, date) returns text language sql stable as $$
  select coalesce(
    (select t.account from till t
      where t.unit_id = $1 and t.opened_on <= $3
        and (t.till_id = $2 and coalesce(t.closed_on > $3, true) or t.kind = $2 and t.closed_on is null)
      order by t.is_default desc, t.till_no = 0, t.till_no limit 1),
    (select r.code from book k join chart_role r on r.chart_id = k.chart_id and r.role = $2
      where k.unit_id = $1 and $2 in ('cash', 'bank')))
$$;

-- The tills of a unit, those that are the accounts of its chart among them.
create function tills_of(integer)
returns table (unit_id integer, till_id text, kind text, till_no smallint, account text, name text, keeper text, bank text, account_no text,
               branch text, holder text, is_default boolean, opened_on date, closed_on date) language sql stable as $$
  select t.unit_id, t.till_id, t.kind, t.till_no, t.account, t.name, t.keeper, t.bank, t.account_no, t.branch, t.holder, t.is_default,
         t.opened_on, t.closed_on
    from till t where t.unit_id = $1
  union all
  select k.unit_id, r.role, r.role, 0::smallint, a.code, a.name_vi, null, null, null, null, null, true, k.opened_on, null
    from book k join chart_role r on r.chart_id = k.chart_id and r.role in ('cash', 'bank')
    join account a on a.unit_id = k.unit_id and a.code = r.code
   where k.unit_id = $1 and not exists (select from till t where t.unit_id = $1 and t.kind = r.role)
$$;

-- Opens a till: the next detail account below that of its kind. With the first of a kind, the account above becomes number 0
-- and takes no more money in from that day on. Locks the unit counter, so no line comes meanwhile.
create function ledger_open_till(unit integer, what text, said jsonb) returns text
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  parent account;
  next_no smallint;
  begins constant date := (said ->> 'opened_on')::date;
  first_choice constant boolean := coalesce((said ->> 'is_default')::boolean, false)
    or not exists (select from till t where t.unit_id = unit and t.kind = what and t.is_default and t.closed_on is null);
begin
  perform insist_on_scope(unit);
  perform take_numbers(unit, 0, 0);
  select a.* into parent from book k
    join chart_role r on r.chart_id = k.chart_id and r.role = what
    join account a on a.unit_id = k.unit_id and a.code = r.code
   where k.unit_id = unit and what in ('cash', 'bank');
  if not found then raise exception 'unit % keeps no book', unit using errcode = 'SQ423'; end if;
  if begins is null or begins < open_from(unit) then
    raise exception 'the books are open from %', open_from(unit) using errcode = 'SQ423', detail = open_from(unit)::text;
  elsif begins > (scope_now() at time zone 'Asia/Ho_Chi_Minh')::date then
    raise exception 'a till is not opened before its day has come' using errcode = 'SQ431';
  end if;
  select n into next_no from generate_series(1, 99) n
   where length(parent.code || n) <= 10
     and not exists (select from till t where t.unit_id = unit and t.kind = what and t.till_no = n)
     and not exists (select from account a where a.unit_id = unit and a.code = parent.code || n)
   order by n limit 1;
  if next_no is null then raise exception 'no number is left below %', parent.code using errcode = 'SQ429'; end if;
  insert into till (unit_id, till_id, kind, till_no, account, name, is_default, opened_on)
    select unit, what || '-0', what, 0, parent.code, parent.name_vi, false, k.opened_on from book k where k.unit_id = unit
    on conflict do nothing;
  insert into account (unit_id, code, parent_code, name_vi, name_en, class, side, money, memorandum, postable, subjects, summed, opened_on)
    values (unit, parent.code || next_no, parent.code, said ->> 'name', said ->> 'name', parent.class, parent.side, parent.money,
            parent.memorandum, true, parent.subjects, parent.summed, begins);
  update account set split_on = least(split_on, begins) where unit_id = unit and code = parent.code and coalesce(split_on > begins, true);
  if first_choice then update till set is_default = false where unit_id = unit and kind = what and is_default; end if;
  insert into till (unit_id, till_id, kind, till_no, account, name, keeper, bank, account_no, branch, holder, is_default, opened_on)
    values (unit, what || '-' || next_no, what, next_no, parent.code || next_no, said ->> 'name', said ->> 'keeper', said ->> 'bank',
            said ->> 'account_no', said ->> 'branch', said ->> 'holder', first_choice, begins);
  return what || '-' || next_no;
end $$;

-- Closes a till after its last day, or opens it again (null). It holds nothing then, nothing came or went later, and the first
-- choice is closed last. Locks the unit counter, so no line comes meanwhile.
create function ledger_close_till(unit integer, which text, last_day date) returns void
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  closing till;
  holds numeric;
  moved date;
begin
  perform insist_on_scope(unit);
  perform take_numbers(unit, 0, 0);
  select * into closing from till t where t.unit_id = unit and t.till_id = which and t.till_no > 0;
  if not found then raise exception 'no till %', which using errcode = 'SQ439', detail = which; end if;
  if (closing.closed_on is null) = (last_day is null) then
    raise exception 'till % is so already', which using errcode = 'SQ440', detail = 'state';
  end if;
  if last_day is not null then
    select coalesce(sum(b.amount), 0) into holds from balance b where b.unit_id = unit and b.account = closing.account;
    select max(d.on_day) into moved from day_balance d where d.unit_id = unit and d.account = closing.account;
    if holds <> 0 then
      raise exception 'till % holds %', which, trunc(holds) using errcode = 'SQ440', detail = 'holds ' || trunc(holds);
    elsif greatest(moved, closing.opened_on) > last_day then
      raise exception 'till % was used on %', which, greatest(moved, closing.opened_on)
        using errcode = 'SQ440', detail = 'used ' || greatest(moved, closing.opened_on);
    elsif closing.is_default and exists (select from till t where t.unit_id = unit and t.kind = closing.kind and t.till_no > 0
                                            and t.till_id <> which and t.closed_on is null) then
      raise exception 'till % is the first choice', which using errcode = 'SQ440', detail = 'first choice';
    end if;
  end if;
  update till set closed_on = last_day + 1 where unit_id = unit and till_id = which;
  update account set closed_on = last_day + 1 where unit_id = unit and code = closing.account;
end $$;

-- An account is called what its till is called. Number 0 is the chart's own and stays as it is.
create function till_names_its_account() returns trigger language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  if new.till_no = 0 then
    raise exception 'till % is an account of the chart', new.till_id using errcode = 'SQ440', detail = 'chart';
  end if;
  update account set name_vi = new.name, name_en = new.name where unit_id = new.unit_id and code = new.account and name_vi <> new.name;
  return null;
end $$;
create trigger till_names_its_account after update of name, keeper, bank, account_no, branch, holder on till
  for each row execute function till_names_its_account();

-- The notes of the đồng that are money on a day (State Bank of Viet Nam). The dates from which one may rely on a row, not those of
-- issue: by 2013 the last cotton notes of the larger values had ceased to be money.
create table denomination (
  face       integer not null check (face > 0),
  valid_from date not null,
  valid_to   date check (valid_to > valid_from),
  primary key (face, valid_from)
);
comment on column denomination.face is 'đồng';
insert into denomination (face, valid_from)
  select unnest(array[500000, 200000, 100000, 50000, 20000, 10000, 5000, 2000, 1000, 500, 200, 100]), '2013-01-01';
grant select on denomination to soquy_app, soquy_books;

-- What notes come to: {face: pieces}.
create function notes_sum(notes jsonb) returns numeric language sql immutable
  return (select coalesce(sum(key::numeric * value::numeric), 0) from jsonb_each_text(notes));

-- Counts of cash boxes. What the books held at the end of that day the database itself writes beside it, as they were when the count
-- was recorded: by the journals up to a number, so that it can be shown again whatever is dated back later.
create table cash_count (
  unit_id         integer not null,
  cash_count_id   uuid not null,
  till_id         text not null,
  account         text not null,
  counted_on      date not null,
  notes           jsonb not null,
  counted         numeric(20,2) not null check (counted >= 0),
  booked          numeric(20,2) not null,
  upto_journal_no bigint not null,
  reason          text check (reason <> ''),
  counted_by      text not null check (counted_by <> ''),
  witness         text check (witness <> ''),
  keeper          text not null check (keeper <> ''),
  recorded_at     timestamptz not null default scope_now(),
  actor_id        uuid,
  primary key (unit_id, cash_count_id),
  constraint cash_count_adds_up check (counted = notes_sum(notes)),
  constraint cash_count_difference_has_a_reason check (counted = booked or reason is not null)
);
create index cash_count_of_account on cash_count (unit_id, account, counted_on, cash_count_id);
comment on column cash_count.notes is 'pieces by face value';
comment on column cash_count.booked is 'what its account held at the end of the day by the journals up to upto_journal_no';
call make_fact_table('cash_count', 'cash_count_id');

create function cash_count_as_booked() returns trigger language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  perform insist_on_scope(new.unit_id);
  if new.counted_on > (scope_now() at time zone 'Asia/Ho_Chi_Minh')::date then
    raise exception 'a box is not counted before the day has come' using errcode = 'SQ431';
  end if;
  new.upto_journal_no := (take_numbers(new.unit_id, 0, 0)).journal_no;
  new.account := till_account(new.unit_id, new.till_id, new.counted_on);
  select t.till_id into new.till_id from tills_of(new.unit_id) t where t.account = new.account and t.kind = 'cash';
  if not found then raise exception 'there is no such cash box on that day' using errcode = 'SQ439', detail = ''; end if;
  if exists (select from jsonb_each_text(new.notes) n
              where n.value !~ '^[0-9]{1,9}$'
                 or not exists (select from denomination d where d.face::text = n.key and d.valid_from <= new.counted_on
                                   and coalesce(d.valid_to > new.counted_on, true))) then
    raise exception 'a note that is no money on %', new.counted_on
      using errcode = 'check_violation', constraint = 'cash_count_of_money';
  end if;
  new.booked := (select coalesce(sum(b.amount), 0) from balance b where b.unit_id = new.unit_id and b.account = new.account)
              - (select coalesce(sum(d.debit - d.credit), 0) from day_balance d
                  where d.unit_id = new.unit_id and d.account = new.account and d.on_day > new.counted_on);
  return new;
end $$;
create trigger cash_count_as_booked before insert on cash_count for each row execute function cash_count_as_booked();

-- What became of a count: its difference was booked, that was taken back, or the count itself was.
create table cash_count_event (
  unit_id             integer not null,
  cash_count_event_id uuid not null,
  cash_count_id       uuid not null,
  event_no            integer not null check (event_no > 0),
  kind                text not null check (kind in ('settled', 'settlement_reversed', 'withdrawn')),
  journal_id          uuid,
  reason              text check (reason <> ''),
  at                  timestamptz not null default scope_now(),
  actor_id            uuid,
  primary key (unit_id, cash_count_event_id),
  constraint cash_count_event_count foreign key (unit_id, cash_count_id) references cash_count,
  constraint cash_count_event_in_order unique (unit_id, cash_count_id, event_no),
  constraint cash_count_event_journal check ((kind = 'withdrawn') = (journal_id is null)),
  constraint cash_count_event_reason check (kind = 'settled' or reason is not null)
);
call make_fact_table('cash_count_event', 'cash_count_event_id');
grant select, insert on cash_count, cash_count_event to soquy_app;

-- Where a count stands: its last event; null: it stands as it was recorded.
create function cash_count_state(integer, uuid) returns text language sql stable as $$
  select kind from cash_count_event where unit_id = $1 and cash_count_id = $2 order by event_no desc limit 1
$$;

-- Steps in their turn, and only over what was really found and booked. Two who take a step at once take the same number, so one of
-- them is refused by cash_count_event_in_order.
create function cash_count_event_in_turn() returns trigger language plpgsql set search_path = pg_catalog, public, pg_temp as $$
declare
  stands constant text := cash_count_state(new.unit_id, new.cash_count_id);
  found_more numeric;
begin
  new.event_no := (select coalesce(max(event_no), 0) + 1 from cash_count_event
                    where unit_id = new.unit_id and cash_count_id = new.cash_count_id);
  if not (case new.kind when 'settlement_reversed' then coalesce(stands = 'settled', false)
                        else coalesce(stands = 'settlement_reversed', true) end) then
    raise exception 'a count that was % is not %', coalesce(stands, 'recorded'), new.kind using errcode = 'SQ441', detail = coalesce(stands, '');
  end if;
  if new.kind = 'settled' then
    select c.counted - c.booked into found_more from cash_count c where c.unit_id = new.unit_id and c.cash_count_id = new.cash_count_id;
    if found_more is distinct from
       (select sum(l.amount) from cash_count c, journal j, line l
         where c.unit_id = new.unit_id and c.cash_count_id = new.cash_count_id
           and j.unit_id = new.unit_id and j.journal_id = new.journal_id and j.kind = 'cash_difference' and j.effective_on >= c.counted_on
           and l.unit_id = j.unit_id and l.journal_no = j.journal_no and l.account = c.account) then
      raise exception 'the journal does not book what the count found' using errcode = 'SQ441', detail = 'journal';
    end if;
  end if;
  return new;
end $$;
create trigger cash_count_event_in_turn before insert on cash_count_event for each row execute function cash_count_event_in_turn();

-- Cash over or short waits on an account of its own until it is decided. The older microfinance chart has none, so they are
-- details of its other receivables and payables.
insert into chart_account (chart_id, code, parent_code, name_vi, name_en, class, side, official, money, memorandum) values
  ('tt05_2019', '359', null, 'Các khoản phải thu khác', 'Other receivables', 'asset', 'debit', true, false, false),
  ('tt05_2019', '3591', '359', 'Tiền thiếu chờ xử lý', 'Cash short, awaiting its handling', 'asset', 'debit', false, false, false),
  ('tt05_2019', '4626', '462', 'Tiền thừa chờ xử lý', 'Cash over, awaiting its handling', 'liability', 'credit', false, false, false);
insert into chart_role (chart_id, role, code) values
  ('tt24_2024', 'cash_shortage', '1381'),
  ('tt24_2024', 'cash_surplus', '3381'),
  ('tt05_2019', 'cash_shortage', '3591'),
  ('tt05_2019', 'cash_surplus', '4626'),
  ('tt31_2019', 'cash_shortage', '3622'),
  ('tt31_2019', 'cash_surplus', '4622');

insert into journal_kind (kind, reversed_by, name_vi, name_en) values
  ('cash_difference', 'cash_counts', 'Thừa, thiếu quỹ khi kiểm kê', 'Cash over or short at a count');
insert into sensitive_command (command) values ('settle_cash_count'), ('reverse_cash_settlement');

do $$
declare
  door text;
begin
  grant create on schema public to soquy_books;
  foreach door in array array['ledger_open_till(integer, text, jsonb)', 'ledger_close_till(integer, text, date)',
      'till_names_its_account()', 'cash_count_as_booked()'] loop
    execute format('revoke execute on function %s from public', door);
    execute format('alter function %s owner to soquy_books', door);
  end loop;
  grant execute on function ledger_open_till(integer, text, jsonb), ledger_close_till(integer, text, date) to soquy_app;
  revoke create on schema public from soquy_books;
end $$;
