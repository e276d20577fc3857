-- Which papers were printed. A voucher is made once (Law on Accounting 88/2015 art. 18): the first print is the paper, and
-- each one after it says that it is a copy. So every print is a fact, numbered per voucher.

create table voucher_print (
  unit_id    integer not null,
  print_id   uuid not null,
  journal_no bigint not null,
  print_no   integer not null check (print_no > 0),
  copies     smallint not null check (copies between 1 and 3),
  printed_at timestamptz not null default scope_now(),
  actor_id   uuid,
  primary key (unit_id, print_id),
  constraint voucher_print_voucher foreign key (unit_id, journal_no) references voucher,
  constraint voucher_print_numbered unique (unit_id, journal_no, print_no)
);
comment on column voucher_print.print_no is '1: the paper itself; after that a copy';
comment on column voucher_print.copies is 'liên: how many of it were printed together';
call make_fact_table('voucher_print', 'print_id');
grant select, insert on voucher_print to soquy_app;
