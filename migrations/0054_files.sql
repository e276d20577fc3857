-- Papers that facts refer to: photographs, minutes, lists as they were sent. A file is its content, so its key is the hash of
-- it: who sends the same paper twice, from a place with a bad line, finds it kept once. What it is called, and by whom, is
-- said where a fact refers to it. The fact is the hash; the bytes stand beside it and cannot be others.
create table file (
  unit_id    integer not null,
  sha256     bytea not null check (length(sha256) = 32),
  media_type text not null check (media_type in ('image/jpeg', 'image/png', 'image/webp', 'image/heic', 'application/pdf',
    'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
    'application/vnd.openxmlformats-officedocument.wordprocessingml.document', 'text/csv', 'text/plain', 'application/xml')),
  stored_at  timestamptz not null default scope_now(),
  stored_by  uuid,
  primary key (unit_id, sha256)
);
call make_fact_table('file', 'sha256');
grant select, insert on file to soquy_app;

create table file_content (
  unit_id integer not null,
  sha256  bytea not null,
  bytes   bytea not null check (length(bytes) > 0),
  primary key (unit_id, sha256),
  constraint file_content_file foreign key (unit_id, sha256) references file,
  constraint file_content_as_hashed check (sha256(bytes) = sha256)
);
-- No file without its content.
alter table file add constraint file_has_content foreign key (unit_id, sha256) references file_content deferrable initially deferred;
-- Photographs and workbooks are compressed already.
alter table file_content alter column bytes set storage external;
create trigger file_content_stays before update or delete on file_content for each row execute function append_only();
create trigger file_content_stays_whole before truncate on file_content for each statement execute function append_only();
call keep_in_unit('file_content');
grant select, insert on file_content to soquy_app;

-- The papers behind a journal (chứng từ gốc kèm theo).
create table journal_file (
  unit_id     integer not null,
  attached_id uuid not null,
  journal_no  bigint not null,
  sha256      bytea not null,
  name        text not null check (name <> ''),
  attached_at timestamptz not null default scope_now(),
  attached_by uuid,
  primary key (unit_id, attached_id),
  constraint journal_file_journal foreign key (unit_id, journal_no) references journal,
  constraint journal_file_file foreign key (unit_id, sha256) references file,
  constraint journal_file_once unique (unit_id, journal_no, sha256)
);
create index journal_file_file_of on journal_file (unit_id, sha256);
comment on column journal_file.name is 'what the paper is called there';
call make_fact_table('journal_file', 'attached_id');
grant select, insert on journal_file to soquy_app;
