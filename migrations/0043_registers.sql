-- Loans that other banks keep: the Policy Bank's monthly export as it came and as it was understood, and loans of
-- commercial banks recorded by hand. We do not lend this money; we record it and say where the books differ.

create table loan_register (
  unit_id      integer not null references unit,
  register_id  uuid not null,
  lender       text not null,
  as_of_on     date not null,
  sha256       bytea not null check (length(sha256) = 32),
  amount_unit  text not null check (amount_unit in ('dong', 'million')),
  headings     text[] not null,
  row_count    integer not null check (row_count > 0),
  recorded_at  timestamptz not null default scope_now(),
  recorded_by  uuid,
  primary key (unit_id, register_id),
  -- A file read with the wrong unit of its amounts, or as of the wrong day, must be readable again as it is: what makes a
  -- register known is the file together with how it was read.
  constraint loan_register_same_reading_once unique (unit_id, sha256, lender, as_of_on, amount_unit)
);
call make_fact_table('loan_register', 'register_id');
comment on column loan_register.headings is 'as they stand in the file';

create table register_loan (
  unit_id             integer not null,
  register_loan_id    uuid not null,
  register_id         uuid not null,
  line_no             integer not null check (line_no > 0),
  raw                 jsonb not null,
  contract_no         text not null,
  customer_code       text,
  customer_name       text not null,
  commune_code        text,
  group_code          text,
  programme_code      text not null check (programme_code ~ '^[0-9]{2}$'),
  capital_source      text not null check (capital_source in ('1', '2')),
  lent_on             date not null,
  due_on              date not null,
  extended_due_on     date,
  term_months         integer not null check (term_months >= 0),
  annual_rate         numeric(9,6) not null check (annual_rate between 0 and 100),
  lent                numeric(20,2) not null check (lent >= 0),
  performing          numeric(20,2) not null check (performing >= 0),
  overdue             numeric(20,2) not null check (overdue >= 0),
  frozen              numeric(20,2) not null check (frozen >= 0),
  interest_performing numeric(20,2) not null check (interest_performing >= 0),
  interest_overdue    numeric(20,2) not null check (interest_overdue >= 0),
  savings             numeric(20,2) not null check (savings >= 0),
  primary key (unit_id, register_loan_id),
  constraint register_loan_register foreign key (unit_id, register_id) references loan_register,
  constraint register_loan_contract_once unique (unit_id, register_id, contract_no),
  constraint register_loan_line_once unique (unit_id, register_id, line_no)
);
call make_fact_table('register_loan', 'register_loan_id');
comment on column register_loan.raw is 'the cells as they stand in the file; they may hold identity numbers and are not shown';

-- A loan of a commercial bank, as read from a paper on a day. A later reading takes the place of an earlier.
create table external_loan (
  unit_id          integer not null references unit,
  external_loan_id uuid not null,
  household_id     uuid not null,
  lender           text not null,
  contract_no      text not null,
  credit_limit     numeric(20,2) check (credit_limit >= 0),
  rate_text        text not null,
  lent_on          date,
  due_on           date,
  outstanding      numeric(20,2) not null check (outstanding >= 0),
  as_of_on         date not null,
  note             text,
  recorded_at      timestamptz not null default scope_now(),
  recorded_by      uuid,
  primary key (unit_id, external_loan_id),
  constraint external_loan_household foreign key (unit_id, household_id) references household,
  constraint external_loan_read_once unique (unit_id, lender, contract_no, as_of_on),
  constraint external_loan_days check (due_on >= lent_on)
);
create index external_loan_household_of on external_loan (unit_id, household_id, external_loan_id);
call make_fact_table('external_loan', 'external_loan_id');
comment on column external_loan.rate_text is 'the rate as the contract words it; it is not computed with';

grant select, insert on loan_register, register_loan, external_loan to soquy_app;
