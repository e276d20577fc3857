-- Savings-and-credit groups (tổ TK&VV): neighbours of one hamlet who borrow together, set up with the consent of the
-- commune and looked after by one of the four mass organisations. The group meets each month: that is where loans are
-- asked for and where interest and savings are collected.

create table group_rule (
  valid_from    date primary key,
  valid_to      date check (valid_to > valid_from),
  least_members integer not null check (least_members > 0),
  most_members  integer not null,
  same_hamlet   boolean not null,
  legal_basis   text not null,
  unverified    boolean not null,
  note_vi       text,
  constraint group_rule_members check (most_members >= least_members)
);
grant select on group_rule to soquy_app;
insert into group_rule values
  ('2002-10-04', null, 3, 60, true, 'Quy chế tổ chức và hoạt động của tổ TK&VV (HĐQT NHCSXH); Nghị định 06/2026/NĐ-CP điều 45', true,
   'Tài liệu cũ ghi 5–60 tổ viên; ngày đổi chưa đối chiếu văn bản');

create table savings_group (
  unit_id              integer not null references unit,
  group_id             uuid not null,
  name                 text not null,
  search_key           text not null,
  hamlet               text not null,
  organisation         text not null check (organisation in ('farmers', 'women', 'veterans', 'youth')),
  organisation_unit_id integer references unit,
  consent_no           text not null,
  consent_on           date not null,
  founded_on           date not null,
  -- A group may end (giải thể tổ): its members leave and its board gives up its posts on that day. What it recorded stays.
  dissolved_on         date,
  dissolved_reason     text,
  primary key (unit_id, group_id),
  constraint savings_group_name_unique unique (unit_id, name),
  constraint savings_group_consent_first check (founded_on >= consent_on),
  constraint savings_group_dissolved_after check (dissolved_on > founded_on),
  constraint savings_group_dissolved_why check ((dissolved_on is null) = (dissolved_reason is null))
);
comment on column savings_group.organisation is 'the mass organisation entrusted with the group';
comment on column savings_group.consent_no is 'number of the commune''s document of consent';
comment on column savings_group.dissolved_on is 'first day on which there is no such group';
call make_audited_table('savings_group', 'group_id');

-- Who speaks for a household in the group, from when to when.
create table group_member (
  unit_id        integer not null,
  membership_id  uuid not null,
  group_id       uuid not null,
  household_id   uuid not null,
  representative text not null,
  joined_on      date not null,
  left_on        date,
  primary key (unit_id, membership_id),
  constraint group_member_group foreign key (unit_id, group_id) references savings_group,
  constraint group_member_household foreign key (unit_id, household_id) references household,
  constraint group_member_days check (left_on > joined_on)
);
comment on column group_member.left_on is 'first day on which the household is no longer in the group';
create index group_member_group_of on group_member (unit_id, group_id);
-- A household is in one group at a time.
create unique index group_member_once on group_member (unit_id, household_id) where left_on is null;
call make_audited_table('group_member', 'membership_id');

-- The board. A leader who works with the server has a login: it sees and records this group alone.
create table group_post (
  unit_id   integer not null,
  post_id   uuid not null,
  group_id  uuid not null,
  post      text not null check (post in ('leader', 'deputy', 'member')),
  name      text not null,
  user_id   uuid references app_user,
  from_on   date not null,
  to_on     date,
  primary key (unit_id, post_id),
  constraint group_post_group foreign key (unit_id, group_id) references savings_group,
  constraint group_post_days check (to_on > from_on)
);
create index group_post_group_of on group_post (unit_id, group_id);
create unique index group_post_one_holder on group_post (unit_id, group_id, post) where to_on is null and post <> 'member';
create unique index group_post_one_group on group_post (unit_id, user_id) where to_on is null and user_id is not null;
call make_audited_table('group_post', 'post_id');

-- A meeting and its minutes (10C/TD): what was said does not change. What was recorded wrongly is taken back and recorded anew.
create table group_meeting (
  unit_id     integer not null,
  meeting_id  uuid not null,
  group_id    uuid not null,
  held_on     date not null,
  minutes_no  text not null,
  present     uuid[] not null,
  note        text,
  recorded_at timestamptz not null default scope_now(),
  recorded_by uuid,
  edition     integer not null,
  primary key (unit_id, meeting_id),
  constraint group_meeting_group foreign key (unit_id, group_id) references savings_group,
  constraint group_meeting_minutes_unique unique (unit_id, group_id, minutes_no, edition)
);
comment on column group_meeting.edition is 'how many records of the same minutes were taken back before this one';
create index group_meeting_group_of on group_meeting (unit_id, group_id, meeting_id);
comment on column group_meeting.present is 'memberships that were there';
call make_fact_table('group_meeting', 'meeting_id');

create table group_meeting_reversal (
  unit_id     integer not null,
  meeting_id  uuid not null,
  reason      text not null check (reason <> ''),
  recorded_at timestamptz not null default scope_now(),
  actor_id    uuid,
  primary key (unit_id, meeting_id),
  constraint group_meeting_reversal_meeting foreign key (unit_id, meeting_id) references group_meeting
);
call make_fact_table('group_meeting_reversal', 'meeting_id');

create function group_meeting_edition() returns trigger language plpgsql set search_path = pg_catalog, public, pg_temp as $$
begin
  new.edition := (select count(*) from group_meeting m join group_meeting_reversal using (unit_id, meeting_id)
                   where m.unit_id = new.unit_id and m.group_id = new.group_id and m.minutes_no = new.minutes_no);
  return new;
end $$;
create trigger group_meeting_edition before insert on group_meeting for each row execute function group_meeting_edition();

-- What the meeting decided on each request for a loan: the left half of list 03/TD. The bank's half comes with the loan.
create table group_vote (
  unit_id        integer not null,
  vote_id        uuid not null,
  meeting_id     uuid not null,
  membership_id  uuid not null,
  product_code   text not null references product,
  beneficiary    text not null,
  amount         numeric(20,2) not null check (amount > 0),
  purpose        text not null,
  term_months    integer not null check (term_months > 0),
  in_favour      integer not null check (in_favour >= 0),
  against        integer not null check (against >= 0),
  agreed         boolean not null,
  primary key (unit_id, vote_id),
  constraint group_vote_meeting foreign key (unit_id, meeting_id) references group_meeting,
  constraint group_vote_membership foreign key (unit_id, membership_id) references group_member,
  constraint group_vote_majority check (not agreed or in_favour > against)
);
create index group_vote_meeting_of on group_vote (unit_id, meeting_id);
create index group_vote_membership_of on group_vote (unit_id, membership_id);
create index group_vote_product on group_vote (product_code);
comment on column group_vote.beneficiary is 'class of beneficiary as the list writes it (đối tượng thụ hưởng)';
call make_fact_table('group_vote', 'vote_id');

grant select, insert on savings_group, group_member, group_post, group_meeting, group_meeting_reversal, group_vote to soquy_app;
grant update (name, search_key, hamlet, organisation, organisation_unit_id, consent_no, consent_on, founded_on, dissolved_on, dissolved_reason)
  on savings_group to soquy_app;
grant update (left_on) on group_member to soquy_app;
grant update (to_on) on group_post to soquy_app;
