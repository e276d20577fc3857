-- A group may end (giải thể tổ): its members leave and its board gives up its posts on that day. What it recorded stays.
alter table savings_group
  add column dissolved_on     date,
  add column dissolved_reason text,
  add constraint savings_group_dissolved_after check (dissolved_on > founded_on),
  add constraint savings_group_dissolved_why check ((dissolved_on is null) = (dissolved_reason is null));
comment on column savings_group.dissolved_on is 'first day on which there is no such group';
grant update (dissolved_on, dissolved_reason) on savings_group to soquy_app;
