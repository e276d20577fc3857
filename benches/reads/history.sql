-- The history of a commune behind its first journals: advances from the cash box and their return, with a paper each, over
-- eight months, and what sums them up. Past the triggers, as only a superuser can.
set local session_replication_role = replica;
create temp table planted on commit drop as
  select c.last_journal_no + i as journal_no, '2025-07-01'::date + (i % 240)::integer as effective_on, i,
         case when i % 2 = 0 then -1000 else 1000 end as amount
    from unit_counter c, generate_series(1, :journals) i where c.unit_id = :unit;
insert into journal (unit_id, journal_no, journal_id, effective_on, booked_at, kind, description, n_lines)
  select :unit, journal_no, gen_random_uuid(), effective_on, '2026-03-02T03:00:00Z'::timestamptz + i * interval '1 millisecond',
         'manual', 'Tạm ứng chọn giống', 2 from planted;
insert into line (unit_id, journal_no, line_no, account, source_id, effective_on, amount)
  select :unit, journal_no, n, account, 1, effective_on, amount * side
    from planted, (values (1, '141', 1), (2, '1111', -1)) l (n, account, side);
insert into voucher (unit_id, journal_no, book, year, kind, number, issued_on, party, address, content, amount)
  select :unit, journal_no, '01', 2025, 'general', 1000 + i, effective_on, 'An', 'Xã', 'Tạm ứng', 1000 from planted;
update unit_counter set last_journal_no = last_journal_no + :journals where unit_id = :unit;
insert into voucher_counter values (:unit, '01', 2025, 'general', 1000 + :journals)
  on conflict (unit_id, book, year, kind) do update set last_number = excluded.last_number;
delete from balance where unit_id = :unit;
delete from period_balance where unit_id = :unit;
delete from day_balance where unit_id = :unit;
delete from period_journals where unit_id = :unit;
insert into balance select unit_id, account, source_id, sum(amount), count(*) from line where unit_id = :unit group by 1, 2, 3;
insert into day_balance
  select unit_id, account, source_id, effective_on, sum(greatest(amount, 0)), sum(greatest(-amount, 0)) from line
   where unit_id = :unit group by 1, 2, 3, 4;
insert into period_balance
  select unit_id, account, source_id, date_trunc('month', effective_on), sum(greatest(amount, 0)), sum(greatest(-amount, 0)), count(*)
    from line where unit_id = :unit group by 1, 2, 3, 4;
insert into period_journals select unit_id, date_trunc('month', effective_on), count(*) from journal where unit_id = :unit group by 1, 2;
