-- The books: charts, accounts, funds, sources, journals and their lines, vouchers, balances, periods.

-- Charts of accounts as published, with the detail accounts opened below them. Reference data, dated.
create table chart (
  chart_id        text primary key,
  title_vi        text not null,
  title_en        text not null,
  legal_basis     text not null,
  valid_from      date not null,
  valid_to        date check (valid_to > valid_from),
  superseded_by   text references chart,
  superseded_from date,
  constraint chart_superseded_from_a_day check ((superseded_by is null) = (superseded_from is null))
);
comment on column chart.valid_to is 'first day on which no book is opened in it any more';
comment on column chart.superseded_by is 'the chart that a new book takes instead; this one can still be opened';
create table chart_account (
  chart_id    text not null references chart,
  code        text not null check (code ~ '^[0-9]{2,10}$'),
  parent_code text,
  name_vi     text not null,
  name_en     text not null,
  class       text not null check (class in ('asset', 'liability', 'equity', 'income', 'expense', 'memorandum')),
  side        text not null check (side in ('debit', 'credit', 'both')),
  official    boolean not null,
  money       boolean not null,
  memorandum  boolean not null,
  primary key (chart_id, code),
  foreign key (chart_id, parent_code) references chart_account
);
comment on column chart_account.side is 'the side on which the account normally stands';
comment on column chart_account.official is 'false: a detail account opened below an official one';
comment on column chart_account.money is 'cash or bank: what a source can spend';

-- Which account has which role in the posting recipes, per chart: account codes are data, not code. Capital stands on an
-- account of its nature, so its roles have a row for each; several rows may name one account.
create table chart_role (
  chart_id      text not null references chart,
  role          text not null,
  nature        text not null default '',
  code          text not null,
  primary key (chart_id, role, nature),
  foreign key (chart_id, code) references chart_account
);
comment on column chart_role.nature is 'lines of sources of this nature only; empty: of all sources';

-- The book of a unit: one chart, one first day.
create table book (
  unit_id       integer primary key references unit,
  chart_id      text not null references chart,
  opened_on     date not null,
  -- Periods are months (Law on Accounting 88/2015 art. 12); a first month that began in the middle could be closed and
  -- never opened again.
  constraint book_opens_with_a_month check (extract(day from opened_on) = 1)
);
call make_audited_table('book', 'unit_id');

create table account (
  unit_id       integer not null references book,
  code          text not null check (code ~ '^[0-9]{2,10}$'),
  parent_code   text,
  name_vi       text not null check (name_vi <> ''),
  name_en       text not null check (name_en <> ''),
  class         text not null check (class in ('asset', 'liability', 'equity', 'income', 'expense', 'memorandum')),
  side          text not null check (side in ('debit', 'credit', 'both')),
  money         boolean not null,
  memorandum    boolean not null,
  postable      boolean not null,
  subjects      text[],
  summed        boolean not null,
  opened_on     date,
  closed_on     date,
  split_on      date,
  primary key (unit_id, code),
  foreign key (unit_id, parent_code) references account,
  constraint account_extends_its_parent check (starts_with(code, parent_code) and code <> parent_code)
);
create index account_parent on account (unit_id, parent_code);
comment on column account.opened_on is 'first day on which it takes lines; null: with the book';
comment on column account.closed_on is 'day after its last; from the closing on it takes no lines, of no day; null: open';
comment on column account.split_on is 'from this day on its tills take the money in, and it only gives away what it holds (0057)';
comment on column account.postable is 'false: a heading whose detail accounts take the lines';
comment on column account.subjects is 'a control account: kinds of subjects, one of which each line is about';
comment on column account.summed is 'its balance is a sum over a sub-ledger, by source: the accountant writes no lines there';
call make_audited_table('account', 'code');

-- The cash box of a unit: the account with that role and those below it. Papers of cash are held against its lines.
create function cash_accounts(unit integer) returns setof text language sql stable as $$
  with recursive cash as (
    select r.code from book k join chart_role r on r.chart_id = k.chart_id and r.role = 'cash' where k.unit_id = unit
    union all
    select a.code from cash c join account a on a.unit_id = unit and a.parent_code = c.code)
  select code from cash
$$;

-- A fund (quỹ): a purpose with rules. Numbered inside its unit.
create table fund (
  unit_id   integer not null references book,
  fund_id   integer not null check (fund_id > 0),
  kind      text not null check (kind in ('revolving', 'preferential_credit', 'for_the_poor')),
  name      text not null check (name <> ''),
  opened_on date not null,
  closed_on date check (closed_on >= opened_on),
  primary key (unit_id, fund_id),
  constraint fund_name_unique unique (unit_id, name)
);
call make_audited_table('fund', 'fund_id');

-- A source (nguồn vốn): money of one origin and one set of restrictions inside a fund. The thread from gift to support
-- to recovery to the next household; each journal balances per source.
create table source (
  unit_id       integer not null references book,
  source_id     integer not null check (source_id > 0),
  fund_id       integer not null,
  name          text not null check (name <> ''),
  origin        text not null check (origin in ('central_budget', 'local_budget', 'bank', 'enterprise', 'donor', 'campaign',
                                                'designated_gift', 'recovered_capital', 'beneficiary')),
  giver         text,
  document_no   text,
  nature        text not null check (nature in ('own', 'programme', 'returnable', 'borrowed', 'entrusted_central', 'entrusted_local')),
  may_revolve   boolean not null,
  must_return   boolean not null,
  purposes      text[] check (cardinality(purposes) > 0),
  recovers_into integer,
  opened_on     date not null,
  closed_on     date check (closed_on >= opened_on),
  primary key (unit_id, source_id),
  foreign key (unit_id, fund_id) references fund,
  foreign key (unit_id, recovers_into) references source,
  constraint source_name_unique unique (unit_id, fund_id, name),
  constraint source_revolves_or_returns check (not (may_revolve and must_return)),
  constraint source_recovers_elsewhere check (recovers_into <> source_id)
);
create index source_fund on source (unit_id, fund_id);
comment on column source.nature is 'whose its capital is: the account it stands on follows from it';
comment on column source.closed_on is 'first day on which it takes no lines; null: open';
comment on column source.purposes is 'what it may be spent on; null: anything the fund allows';
comment on column source.recovers_into is 'the source to which recovered capital goes; null: back to this one';
call make_audited_table('source', 'source_id');

-- Closing and reopening of periods. Everything before the last closed_before is closed.
create table period_event (
  unit_id         integer not null references book,
  period_event_id uuid not null,
  action          text not null check (action in ('open', 'close', 'reopen')),
  closed_before   date not null check (extract(day from closed_before) = 1 or action = 'open'),
  at              timestamptz not null default scope_now(),
  actor_id        uuid,
  reason          text,
  fact_order      integer not null,
  primary key (unit_id, period_event_id),
  constraint period_event_in_order unique (unit_id, fact_order)
);
comment on column period_event.closed_before is 'first day that is open after this event';
call make_fact_table('period_event', 'period_event_id');

-- What lines can be about. The rows of one kind are a sub-ledger: what they add up to stands on accounts of the books, and
-- `soquy verify` compares the two. Named after its table; a feature adds the kinds of its own.
create table subject_kind (
  kind       text primary key,
  key_column text not null,
  ledger     text
);

-- Control accounts, by role: what a household owes is kept by contract, and the account that holds the sum is only as true as
-- every line on it says whose it is. So the books refuse a line there that is about nothing of these kinds (0004). A
-- book that is opened copies them onto its accounts.
create table control_role (
  role text not null,
  kind text not null references subject_kind,
  primary key (role, kind)
);

-- Accounts that hold a sum over a sub-ledger, by role: no line says whose it is, so a journal by hand would put the account out of
-- step with the sub-ledger for good, and the books refuse it (0004). Copied like control_role.
create table sum_role (
  role text primary key
);

-- Money of others in the same cash box, by role of the account that owes it: no source spends it (0005).
create table held_role (
  role text primary key
);

-- Everything that lines of a unit are about, written once by the table that owns it (names_subjects).
create table subject (
  unit_id    integer not null,
  subject_id uuid not null,
  kind       text not null,
  primary key (unit_id, subject_id)
);
create function register_subjects() returns trigger language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  execute format('insert into subject (unit_id, subject_id, kind) select unit_id, %I, %L from named order by 1, 2', tg_argv[0], tg_table_name);
  return null;
end $$;
alter function register_subjects() owner to soquy_books;
revoke execute on function register_subjects() from public;

-- Makes the rows of a table subjects: lines may be about them. `ledger` is the view of what the books must hold of each.
create procedure names_subjects(tab regclass, key_column text, ledger text default null) language plpgsql as $$
begin
  insert into subject_kind (kind, key_column, ledger) values (tab::text, key_column, ledger);
  execute format('create trigger %I after insert on %s referencing new table as named for each statement
                  execute function register_subjects(%L)', tab || '_named', tab, key_column);
end $$;
comment on column subject_kind.ledger is
  'a view (unit_id, subject_id, source_id, role, amount): what it says of an account, by subject, or by source where lines are sums';

-- Kinds of journals: what happened, and who may reverse it. What keeps a record of a journal elsewhere is its owner, or the
-- record would not learn that the journal is gone. A feature adds the kinds of its own journals.
create table journal_kind (
  kind        text primary key,
  reversed_by text not null,
  name_vi     text not null,
  name_en     text not null
);
insert into journal_kind (kind, reversed_by, name_vi, name_en) values
  ('capital_received', 'accountant', 'Nhận vốn', 'Capital received'),
  ('capital_returned', 'accountant', 'Hoàn trả vốn', 'Capital returned'),
  ('transfer_between_accounts', 'accountant', 'Chuyển tiền giữa quỹ và ngân hàng', 'Transfer between cash and bank'),
  ('manual', 'accountant', 'Bút toán kế toán lập', 'Manual journal'),
  ('year_closing', 'periods', 'Kết chuyển thu, chi cuối năm', 'Year-end closing of income and expenses'),
  ('surplus_carried', 'periods', 'Kết chuyển thặng dư năm trước', 'Surplus of the last year joins the years before'),
  ('reversal', 'nobody', 'Bút toán đảo', 'Reversal');

create table journal (
  unit_id      integer not null,
  journal_no   bigint not null,
  journal_id   uuid not null,
  effective_on date not null,
  booked_at    timestamptz not null default scope_now(),
  kind         text not null check (kind <> ''),
  description  text not null,
  n_lines      smallint not null check (n_lines >= 2),
  reverses     bigint,
  actor_id     uuid,
  txid         xid8 not null default pg_current_xact_id(),
  primary key (unit_id, journal_no),
  constraint journal_id_unique unique (unit_id, journal_id),
  constraint journal_reverses_another check (reverses < journal_no),
  constraint journal_reversal_names_its_journal check ((kind = 'reversal') = (reverses is not null))
);
create unique index journal_reversed_once on journal (unit_id, reverses) where reverses is not null;
create index journal_effective on journal (unit_id, effective_on, journal_no);
create index journal_of_kind on journal (unit_id, kind, journal_no);
comment on column journal.txid is 'the transaction that wrote the header: lines come in the same one or never. Not xmin, which is the subtransaction''s after a savepoint';

create table line (
  unit_id      integer not null,
  journal_no   bigint not null,
  line_no      smallint not null check (line_no > 0),
  account      text not null,
  source_id    integer not null,
  effective_on date not null,
  amount       numeric(20,2) not null check (amount <> 0 and abs(amount) < 1000000000000000000),
  subject_id   uuid,
  primary key (unit_id, journal_no, line_no),
  -- Đồng has no decimals (Law on Accounting 88/2015 art. 10).
  constraint line_of_whole_dong check (amount = trunc(amount))
);
-- Lists go along these: an account and a source in the order of days, or of journals. What names only one of the two goes along
-- the pairs of `balance`, which are few however many lines there are.
create index line_by_day on line (unit_id, account, source_id, effective_on, journal_no, line_no) include (amount);
create index line_by_journal on line (unit_id, account, source_id, journal_no);
create index line_subject on line (unit_id, subject_id, journal_no) where subject_id is not null;
-- What year-end closings that stand took from income and expenses. Figures of a year leave them out, so they are the same before
-- the closing and after it.
create view year_closing_line with (security_invoker = true) as
  select l.unit_id, l.account, l.source_id, l.effective_on, l.journal_no, l.amount
    from journal j
    join line l using (unit_id, journal_no)
   where j.kind = 'year_closing'
     and not exists (select from journal r where r.unit_id = j.unit_id and r.reverses = j.journal_no);
comment on column line.amount is 'đồng; + debit, - credit';
comment on column line.subject_id is 'the agreement, donation or household it concerns: key of the sub-ledger';

-- Balances are rows, because posting in a unit is serial anyway (see unit_counter): exact at every commit, no rollup to wait for.
create table balance (
  unit_id   integer not null,
  account   text not null,
  source_id integer not null,
  amount    numeric(20,2) not null,
  lines     bigint not null,
  primary key (unit_id, account, source_id)
) with (fillfactor = 50);
create table period_balance (
  unit_id   integer not null,
  account   text not null,
  source_id integer not null,
  month     date not null,
  debit     numeric(20,2) not null,
  credit    numeric(20,2) not null,
  lines     bigint not null,
  primary key (unit_id, account, source_id, month)
) with (fillfactor = 50);
comment on table period_balance is 'movement of a month: a balance as of any day is the months before plus the days of its month';
create table day_balance (
  unit_id   integer not null,
  account   text not null,
  source_id integer not null,
  on_day    date not null,
  debit     numeric(20,2) not null,
  credit    numeric(20,2) not null,
  primary key (unit_id, account, source_id, on_day)
) with (fillfactor = 50);
comment on table day_balance is 'movement of a day, so that no balance adds up the lines of a month';
create table period_journals (
  unit_id  integer not null,
  month    date not null,
  journals bigint not null,
  primary key (unit_id, month)
) with (fillfactor = 50);
comment on table period_journals is 'how many journals count in a month';

-- Vouchers: the numbered paper of a journal. Numbers have no gaps per unit, book (quyển), year and kind.
create table voucher_counter (
  unit_id     integer not null,
  book        text not null,
  year        integer not null,
  kind        text not null,
  last_number integer not null,
  primary key (unit_id, book, year, kind)
) with (fillfactor = 50);
create table voucher (
  unit_id     integer not null,
  journal_no  bigint not null,
  book        text not null check (book <> ''),
  year        integer not null,
  kind        text not null check (kind in ('receipt', 'payment', 'goods_in', 'goods_out', 'donation_receipt', 'general')),
  number      integer not null check (number > 0),
  issued_on   date not null,
  party       text not null,
  address     text not null,
  content     text not null,
  amount      numeric(20,2) not null check (amount > 0 and amount < 1000000000000000000 and amount = trunc(amount)),
  attachments smallint not null default 0 check (attachments >= 0),
  primary key (unit_id, journal_no),
  constraint voucher_number_unique unique (unit_id, book, year, kind, number)
);
comment on column voucher.issued_on is 'the day it was made out, which its number follows; the day it counts is that of its journal';
create index voucher_series on voucher (unit_id, book, year, kind, journal_no);

-- Seals: each covers the next facts of the unit with the root of their Merkle tree (RFC 6962) and the seal before it.
create table seal (
  unit_id      integer not null,
  seal_no      bigint not null,
  from_fact_no bigint not null,
  upto_fact_no bigint not null check (upto_fact_no >= from_fact_no),
  root         bytea not null check (length(root) = 32),
  previous     bytea not null check (length(previous) = 32),
  hash         bytea not null check (length(hash) = 32),
  sealed_at    timestamptz not null default scope_now(),
  primary key (unit_id, seal_no)
);

grant select on chart, chart_account, chart_role, year_closing_line, subject_kind, control_role, sum_role, held_role, subject, journal_kind, book, account, fund, source, period_event, journal, line, balance,
  period_balance, day_balance, period_journals, voucher_counter, voucher, seal to soquy_app, soquy_books;
grant insert on fund, source to soquy_app;
grant update (name, opened_on, closed_on) on fund to soquy_app;
grant update (name, giver, document_no, nature, may_revolve, must_return, purposes, recovers_into, opened_on, closed_on) on source to soquy_app;
grant insert on subject, journal, line, voucher, seal, period_event, book, account to soquy_books;
grant update (postable, name_vi, name_en, closed_on, split_on) on account to soquy_books;
grant insert, update on balance, period_balance, day_balance, period_journals, voucher_counter to soquy_books;
