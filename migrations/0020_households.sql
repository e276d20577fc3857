-- Households (hộ gia đình): the commune's register of whom its funds may help, who speaks for them, and what the yearly
-- review decided about them.

-- How long a household that left poverty may still be helped. A rule with a date, because the next programme may change
-- it.
create table eligibility_rule (
  valid_from    date primary key,
  escaped_years integer not null check (escaped_years between 0 and 10),
  legal_basis   text not null
);
grant select on eligibility_rule to soquy_app;
insert into eligibility_rule values
  ('2015-09-05', 3, 'Quyết định 28/2015/QĐ-TTg: hộ mới thoát nghèo được tính tối đa 3 năm từ ngày ra khỏi danh sách');

-- A household has one head, who is one of its members: the key below says so, not a flag. There is no national rule for
-- the code, so nothing is read from it.
create table household (
  unit_id              integer not null references unit,
  household_id         uuid not null,
  code                 text collate "C" not null,
  hamlet               text not null,
  address              text,
  phone                text,
  note                 text,
  signs_by_fingerprint boolean not null default false,
  head_id              uuid not null,
  closed_on            date,
  search_key           text not null,
  primary key (unit_id, household_id),
  constraint household_code_unique unique (unit_id, code)
);
create index household_hamlet on household (unit_id, hamlet, code);
comment on column household.search_key is 'code, hamlet and names without diacritics, made by the server: the database needs no extension';
comment on column household.closed_on is 'first day on which it is no longer in the register (moved away, merged, died out)';
comment on column household.signs_by_fingerprint is 'its representative signs papers by fingerprint (điểm chỉ)';
call make_audited_table('household', 'household_id');

create table household_member (
  unit_id      integer not null,
  member_id    uuid not null,
  household_id uuid not null,
  name         text not null,
  relation     text not null,
  born_on      date,
  birth_year   integer,
  gender       text check (gender in ('male', 'female')),
  ethnicity    text,
  personal_id  text check (personal_id ~ '^([0-9]{9}|[0-9]{12})$'),
  left_on      date,
  primary key (unit_id, member_id),
  constraint household_member_of_one_household unique (unit_id, household_id, member_id),
  constraint household_member_household foreign key (unit_id, household_id) references household,
  constraint household_member_birth check (born_on is null or birth_year = extract(year from born_on))
);
comment on column household_member.relation is 'to the head, as the commune writes it: vợ, con, mẹ';
comment on column household_member.birth_year is 'known without the day for many older people';
comment on column household_member.left_on is 'first day on which the person is no longer of the household';
-- A person lives in one household of the unit.
create unique index household_member_personal_id_once on household_member (unit_id, personal_id) where left_on is null;
call make_audited_table('household_member', 'member_id');

alter table household add constraint household_head_is_a_member
  foreign key (unit_id, household_id, head_id) references household_member (unit_id, household_id, member_id)
  deferrable initially deferred;

-- Who receives and signs for the household instead of its head, by a written authorisation. A paper does not change:
-- a later one takes its place.
create table household_representative (
  unit_id           integer not null,
  representative_id uuid not null,
  household_id      uuid not null,
  member_id         uuid not null,
  document_no       text not null,
  from_on           date not null,
  to_on             date,
  recorded_at       timestamptz not null default scope_now(),
  primary key (unit_id, representative_id),
  constraint household_representative_is_a_member foreign key (unit_id, household_id, member_id)
    references household_member (unit_id, household_id, member_id),
  constraint household_representative_days check (to_on > from_on)
);
create index household_representative_household on household_representative (unit_id, household_id);
comment on column household_representative.to_on is 'first day on which the authorisation no longer holds';
call make_fact_table('household_representative', 'representative_id');

-- What the commune decided about a household's class for a year. A wrong entry is corrected by a later one that names
-- it; the class null then says that the decision named was not about this household.
create table class_decision (
  unit_id           integer not null,
  class_decision_id uuid not null,
  household_id      uuid not null,
  class_year        integer not null,
  class             text check (class in ('poor', 'near_poor', 'newly_escaped', 'average', 'other')),
  change            text check (change in ('escaped', 'escaped_near_poverty', 'rose_to_near_poor', 'fell_to_poor',
                                           'relapsed', 'newly_poor', 'newly_near_poor')),
  standard_id       text not null references poverty_standard,
  decision_no       text not null,
  decision_on       date not null,
  supersedes        uuid,
  recorded_at       timestamptz not null default scope_now(),
  primary key (unit_id, class_decision_id),
  constraint class_decision_household foreign key (unit_id, household_id) references household,
  constraint class_decision_of_household unique (unit_id, household_id, class_decision_id),
  constraint class_decision_supersedes foreign key (unit_id, household_id, supersedes)
    references class_decision (unit_id, household_id, class_decision_id),
  constraint class_decision_superseded_once unique (unit_id, supersedes),
  constraint class_decision_once unique nulls not distinct (unit_id, household_id, class_year, decision_no, supersedes),
  constraint class_decision_withdraws_another check (class is not null or supersedes is not null)
);
create index class_decision_by_year on class_decision (unit_id, household_id, class_year);
comment on column class_decision.change is 'the change as the decision states it; null: follows from the history';
call make_fact_table('class_decision', 'class_decision_id');

-- From which day up to which day a household is of a class, as its decisions say: of those in force on a day the one of the last
-- year, and in it the last, unless a later entry corrects it.
create view household_class_decided with (security_invoker = true) as
  select unit_id, household_id, class, from_on,
         lead(from_on, 1, date '9999-12-31') over (partition by unit_id, household_id order by from_on) as to_on
    from (select b.unit_id, b.household_id, b.from_on, d.class,
                 lag(d.class) over (partition by b.unit_id, b.household_id order by b.from_on) as before
            from (select distinct unit_id, household_id, greatest(make_date(class_year, 1, 1), decision_on) as from_on
                    from class_decision) b
            left join lateral (
                 select d.class from class_decision d
                  where d.unit_id = b.unit_id and d.household_id = b.household_id and d.class is not null
                    and greatest(make_date(d.class_year, 1, 1), d.decision_on) <= b.from_on
                    and not exists (select from class_decision l where l.unit_id = d.unit_id and l.supersedes = d.class_decision_id)
                  order by d.class_year desc, d.decision_on desc, d.class_decision_id desc limit 1) d on true) c
   where class is distinct from before;

-- The same as rows with the code of the household, so that a list of a class looks at no household of another one.
create table household_class (
  unit_id      integer not null,
  household_id uuid not null,
  from_on      date not null,
  to_on        date not null check (to_on > from_on),
  class        text,
  code         text collate "C" not null,
  primary key (unit_id, household_id, from_on)
);
create index household_class_list on household_class (unit_id, class, code, from_on) include (to_on, household_id);
comment on column household_class.to_on is 'first day after; 9999-12-31: no decision ends it';
comment on column household_class.class is 'none where every decision before was withdrawn';
call keep_in_unit('household_class');

create function class_decisions_change_classes() returns trigger language plpgsql security definer
  set search_path = pg_catalog, public, pg_temp as $$
begin
  delete from household_class c using (select distinct unit_id, household_id from decided) d
   where c.unit_id = d.unit_id and c.household_id = d.household_id;
  insert into household_class (unit_id, household_id, from_on, to_on, class, code)
    select h.unit_id, h.household_id, c.from_on, c.to_on, c.class, h.code
      from (select distinct unit_id, household_id from decided) d
      join household h on h.unit_id = d.unit_id and h.household_id = d.household_id
     cross join lateral (select * from household_class_decided v
                          where v.unit_id = d.unit_id and v.household_id = d.household_id offset 0) c;
  return null;
end $$;
alter function class_decisions_change_classes() owner to soquy_books;
revoke execute on function class_decisions_change_classes() from public;
create trigger class_decisions_change_classes after insert on class_decision referencing new table as decided
  for each statement execute function class_decisions_change_classes();

create function household_code_changes_classes() returns trigger language plpgsql security definer
  set search_path = pg_catalog, public, pg_temp as $$
begin
  update household_class set code = new.code where unit_id = new.unit_id and household_id = new.household_id;
  return null;
end $$;
alter function household_code_changes_classes() owner to soquy_books;
revoke execute on function household_code_changes_classes() from public;
create trigger household_code_changes_classes after update of code on household
  for each row when (new.code is distinct from old.code) execute function household_code_changes_classes();

grant select on household, class_decision, household_class_decided to soquy_books;
grant select, insert, update, delete on household_class to soquy_books;
grant select on household_class, household_class_decided to soquy_app;
grant select, insert on household, household_member, household_representative, class_decision to soquy_app;
grant update (code, hamlet, address, phone, note, signs_by_fingerprint, head_id, closed_on, search_key) on household to soquy_app;
grant update (name, relation, born_on, birth_year, gender, ethnicity, personal_id, left_on) on household_member to soquy_app;

-- A household is what a line is about where no contract is: money it has at the fund.
call names_subjects('household', 'household_id');
