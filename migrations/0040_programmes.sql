-- Preferential programmes and their rules, as data with dates: what may be lent to whom, at what rate, for how long, and
-- what becomes of money that does not come back. A contract copies what it needs on the day it is signed; so a rule that
-- changes later never touches a running loan. Reference tables: the server may only read them.
--
-- `note_vi` and `unverified` mark figures that no readable legal text confirmed: they are shown with the rule.

-- Programme codes of the Policy Bank's report 31. Files write 2, 02 or 2.0 for the same code; here it is always two digits.
create table programme (
  programme_code text primary key check (programme_code ~ '^[0-9]{2}$'),
  name_vi        text not null check (name_vi <> ''),
  name_en        text not null check (name_en <> ''),
  valid_from     date not null,
  valid_to       date check (valid_to > valid_from)
);

-- What is really lent under a programme: one code may cover several products with rules of their own. A product names what
-- it lends for in the words of a source's restrictions: money given for housing pays no cow.
create table product (
  product_code   text primary key check (product_code ~ '^[0-9]{2}(_[a-z0-9_]{1,30})?$'),
  programme_code text not null references programme,
  name_vi        text not null check (name_vi <> ''),
  name_en        text not null check (name_en <> ''),
  purpose        text check (purpose ~ '^[a-z][a-z0-9_]{1,39}$'),
  constraint product_code_begins_with_programme check (left(product_code, 2) = programme_code)
);
create index product_programme on product (programme_code);
comment on column product.purpose is 'code as in source.purposes; null: not one purpose, so a restricted source does not lend it';

-- The rules of a product for an interval of days. Column defaults are what holds for every programme unless its own rule
-- says otherwise (contracts of the Policy Bank; Decision 50/2010/QĐ-TTg as amended by 08/2021/QĐ-TTg).
create table programme_rule (
  product_code                 text not null references product,
  valid_from                   date not null,
  valid_to                     date check (valid_to > valid_from),
  legal_basis                  text not null check (legal_basis <> ''),
  -- The rate at lending, percent a year: fixed, a share of another product's rate of the same day, or named by the contract.
  annual_rate                  numeric(9,6) check (annual_rate between 0 and 100),
  rate_of_product              text references product,
  rate_percent                 numeric(9,6) check (rate_percent > 0),
  -- The rate on overdue principal: a share of the rate at lending, or a fixed one.
  overdue_percent              numeric(9,6) check (overdue_percent >= 100),
  overdue_rate                 numeric(9,6) check (overdue_rate between 0 and 100),
  late_interest_rate           numeric(9,6) not null default 0 check (late_interest_rate between 0 and 100),
  -- Term. Students: the months paid out, a grace until there is work, and a share of the months paid out to repay.
  max_term_months              integer check (max_term_months > 0),
  study_grace_months           integer check (study_grace_months >= 0),
  study_short_course_months    integer check (study_short_course_months > 0),
  study_short_factor           integer check (study_short_factor > 0),
  study_long_factor            integer check (study_long_factor > 0),
  short_term_months            integer not null default 12 check (short_term_months > 0),
  medium_term_months           integer not null default 60 check (medium_term_months > 0),
  -- Instalments of principal.
  instalment_months            integer[] not null default '{6,12}' check (0 < all (instalment_months)),
  instalment_multiple          numeric(20,2) not null default 100000 check (instalment_multiple > 0),
  missed_instalment            text not null check (missed_instalment in ('carried', 'overdue')),
  grace_principal_months       integer not null default 0 check (grace_principal_months >= 0),
  grace_interest_months        integer not null default 0 check (grace_interest_months >= 0),
  yearly_principal_percent     numeric(9,6) check (yearly_principal_percent between 0 and 100),
  -- The commune's meeting is held on its day whatever day that is, so no programme of the Policy Bank moves its due dates.
  due_shift                    text not null default 'none' check (due_shift in ('none', 'forward', 'backward')),
  -- Moving dates.
  reschedule_ask_days          integer not null default 5 check (reschedule_ask_days >= 0),
  extension_ask_months         integer not null default 3 check (extension_ask_months > 0),
  extension_ask_working_days   integer not null default 5 check (extension_ask_working_days >= 0),
  extension_short_months       integer not null default 12 check (extension_short_months >= 0),
  extension_term_percent       numeric(9,6) not null default 50 check (extension_term_percent between 0 and 100),
  season_carry_over            boolean not null default false,
  carry_over_rate_of           text references product,
  misuse_days                  integer not null default 30 check (misuse_days >= 0),
  -- Interest and the books.
  day_count                    text not null default 'actual_365' check (day_count in ('actual_365', 'actual_360', 'thirty_360')),
  interest_from_month          integer not null default 1 check (interest_from_month >= 0),
  income                       text not null default 'cash' check (income in ('cash', 'accrual')),
  allocation                   text not null default 'interest_first' check (allocation in ('interest_first', 'overdue_principal_first')),
  inactive_months              integer not null default 3 check (inactive_months > 0),
  -- To whom, and against what.
  classes                      text[] not null default '{}' check (classes <@ '{poor,near_poor,newly_escaped,average,other}'),
  escaped_years                integer check (escaped_years > 0),
  group_required               boolean not null default true,
  most_percent_of_need         numeric(9,6) check (most_percent_of_need > 0 and most_percent_of_need <= 100),
  collateral_from              numeric(20,2) check (collateral_from > 0),
  local_funds_may_exceed       boolean not null default false,
  unverified                   boolean not null default false,
  note_vi                      text,
  primary key (product_code, valid_from),
  constraint programme_rule_one_rate check (
    (annual_rate is null or rate_of_product is null) and (rate_of_product is null) = (rate_percent is null)),
  constraint programme_rule_no_rate_of_itself check (rate_of_product <> product_code),
  constraint programme_rule_one_overdue_rate check ((overdue_percent is null) <> (overdue_rate is null)),
  constraint programme_rule_whole_study_rule check (
    num_nulls(study_grace_months, study_short_course_months, study_short_factor, study_long_factor) in (0, 4)),
  constraint programme_rule_says_what_is_unverified check (not unverified or note_vi is not null)
);
create index programme_rule_base on programme_rule (rate_of_product) where rate_of_product is not null;
create index programme_rule_carry_over on programme_rule (carry_over_rate_of) where carry_over_rate_of is not null;
comment on column programme_rule.annual_rate is 'null without rate_of_product: each contract names its rate';
comment on column programme_rule.due_shift is 'where a due date goes from a weekend or a public holiday';
comment on column programme_rule.carry_over_rate_of is 'the product whose rate of the day a loan carried over takes; null: its own';
comment on column programme_rule.extension_term_percent is 'of the term, for loans longer than short_term_months';
comment on column programme_rule.inactive_months is 'unpaid interest above so many monthly interests is an early warning';

-- The most that may be lent: an amount per household, borrower, project, and so on. All caps of a rule hold together.
create table programme_cap (
  product_code text not null,
  valid_from   date not null,
  per          text not null check (per in ('household', 'borrower', 'project', 'facility', 'study_month', 'worker')),
  amount       numeric(20,2) not null check (amount > 0),
  primary key (product_code, valid_from, per),
  foreign key (product_code, valid_from) references programme_rule
);

-- Programmes that one household may not hold at the same time. Each pair stands once, the lower code first.
create table programme_exclusion (
  programme_code       text not null references programme,
  other_programme_code text not null references programme,
  valid_from           date not null,
  valid_to             date check (valid_to > valid_from),
  reason_vi            text not null,
  reason_en            text not null,
  primary key (programme_code, other_programme_code, valid_from),
  constraint programme_exclusion_ordered check (programme_code < other_programme_code)
);
create index programme_exclusion_other on programme_exclusion (other_programme_code);

-- Extensions that a decision caps in months, against the general half of the term.
create table extension_special (
  programme_code text not null references programme,
  decision_code  text not null,
  valid_from     date not null,
  valid_to       date check (valid_to > valid_from),
  most_months    integer not null check (most_months >= 0),
  unverified     boolean not null,
  note_vi        text not null,
  primary key (programme_code, decision_code, valid_from)
);
comment on column extension_special.decision_code is 'decision code of the Policy Bank''s export; empty: any';

-- Whose money it is: it decides who may handle a risk, and what is set aside.
create table capital_owner (
  owner_code        text primary key check (owner_code ~ '^[a-z_]{1,30}$'),
  capital_source    text not null check (capital_source in ('1', '2')),
  name_vi           text not null,
  name_en           text not null,
  risk_authority_vi text not null,
  risk_authority_en text not null,
  legal_basis       text not null,
  valid_from        date not null,
  valid_to          date check (valid_to > valid_from)
);
comment on column capital_owner.capital_source is 'code in the Policy Bank''s files: 1 central, 2 local';

-- What may be done about a loss, by its share of the whole project (own capital and loan). Half-open in percent.
create table risk_measure (
  valid_from    date not null,
  valid_to      date check (valid_to > valid_from),
  loss_from     numeric(9,6) not null check (loss_from >= 0),
  loss_to       numeric(9,6),
  measure       text not null check (measure in ('extension', 'freeze')),
  most_months   integer check (most_months > 0),
  bears_interest boolean not null,
  repeatable    boolean not null,
  legal_basis   text not null,
  primary key (valid_from, loss_from),
  constraint risk_measure_interval check (loss_to > loss_from)
);
comment on column risk_measure.most_months is 'null: the programme''s own rule on extensions';

create table risk_cause (
  cause_code  text primary key check (cause_code ~ '^K[0-9][A-C]?$'),
  name_vi     text not null,
  name_en     text not null,
  legal_basis text not null,
  valid_from  date not null,
  valid_to    date check (valid_to > valid_from)
);

-- What a loan, or a part of it, is in the bank's columns.
create table debt_class (
  debt_class   text primary key check (debt_class in ('performing', 'overdue', 'frozen', 'written_off')),
  abbreviation text not null,
  name_vi      text not null,
  name_en      text not null,
  bears_interest boolean not null,
  bad          boolean not null,
  legal_basis  text not null
);
comment on column debt_class.bad is 'counted in the ratio of bad debt (nợ quá hạn và nợ khoanh)';

-- Lateness in days for the report on ages; both ends included.
create table ageing_bucket (
  valid_from date not null,
  valid_to   date check (valid_to > valid_from),
  days_from  integer not null check (days_from >= 0),
  days_to    integer,
  name_vi    text not null,
  name_en    text not null,
  primary key (valid_from, days_from),
  constraint ageing_bucket_interval check (days_to >= days_from)
);

-- What is set aside against loss, in percent of a balance.
create table provision_rate (
  owner_code  text not null references capital_owner,
  debt_class  text not null references debt_class,
  valid_from  date not null,
  valid_to    date check (valid_to > valid_from),
  percent     numeric(9,6) not null check (percent between 0 and 100),
  at_least    boolean not null,
  legal_basis text not null,
  primary key (owner_code, debt_class, valid_from)
);
create index provision_rate_class on provision_rate (debt_class);
comment on column provision_rate.at_least is 'the law sets a floor, the owner may set aside more';

-- The fee for entrusted work (phí ủy thác): a monthly percent of the balance on which interest was collected.
create table entrustment_fee (
  fee_code                 text not null check (fee_code ~ '^[a-z_]{1,30}$'),
  programme_code           text references programme,
  valid_from               date not null,
  valid_to                 date check (valid_to > valid_from),
  monthly_percent          numeric(9,6) not null check (monthly_percent between 0 and 1),
  group_commission_percent numeric(9,6) check (group_commission_percent between 0 and 1),
  legal_basis              text not null,
  primary key (fee_code, valid_from)
);
create index entrustment_fee_programme on entrustment_fee (programme_code) where programme_code is not null;
comment on column entrustment_fee.programme_code is 'null: every programme without a fee of its own';

-- How much of the fee is paid, by the share of overdue debt. Half-open in percent: exactly 2 % is on the second step.
create table entrustment_ladder (
  valid_from   date not null,
  valid_to     date check (valid_to > valid_from),
  overdue_from numeric(9,6) not null check (overdue_from >= 0),
  overdue_to   numeric(9,6),
  paid_percent numeric(9,6) not null check (paid_percent between 0 and 100),
  legal_basis  text not null,
  primary key (valid_from, overdue_from),
  constraint entrustment_ladder_interval check (overdue_to > overdue_from)
);

-- How the fee is shared among the levels of the mass organisation. The shares of an interval add up to 100.
create table entrustment_share (
  valid_from  date not null,
  valid_to    date check (valid_to > valid_from),
  level       text not null check (level in ('commune', 'district', 'province', 'central')),
  percent     numeric(9,6) not null check (percent > 0 and percent <= 100),
  legal_basis text not null,
  unverified  boolean not null,
  note_vi     text,
  primary key (valid_from, level),
  constraint entrustment_share_says_what_is_unverified check (not unverified or note_vi is not null)
);

grant select on programme, product, programme_rule, programme_cap, programme_exclusion, extension_special, capital_owner,
  risk_measure, risk_cause, debt_class, ageing_bucket, provision_rate, entrustment_fee, entrustment_ladder, entrustment_share
  to soquy_app;
