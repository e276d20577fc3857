-- The national poverty standards a household's class is measured by. Income lines are đồng per person and month,
-- and an income on the line still counts as below it. `logic` says how income and deprivations combine:
--   income                  two income lines, nothing else
--   income_or_deprivation   poor by income, or between the lines with enough deprivations
--   income_and_deprivation  poor by income and deprivations together, near-poor by income alone
-- Intervals are half-open and leave no day without a standard from 2011 to 2030.
--
-- 2016: the decision took force on 5 January 2016; Decree 07/2021 kept its lines through 2021.
-- 2022: written for 2022–2025; Decree 351/2025 keeps it for 2026, so 2025 and 2026 compare.
-- 2027: Decree 351/2025 raises the lines; the twelve indicators are taken over from Decree 07/2021.

create table poverty_standard (
  standard_id         text primary key,
  title_vi            text not null,
  legal_basis         text not null,
  valid_from          date not null,
  valid_to            date check (valid_to > valid_from),
  rural_poor          numeric(20,2) not null,
  urban_poor          numeric(20,2) not null,
  rural_near          numeric(20,2) not null,
  urban_near          numeric(20,2) not null,
  deprivations_needed integer not null,
  indicators          integer not null,
  logic               text not null check (logic in ('income', 'income_or_deprivation', 'income_and_deprivation'))
);
grant select on poverty_standard to soquy_app;

insert into poverty_standard
  (standard_id, title_vi, legal_basis, valid_from, valid_to,
   rural_poor, urban_poor, rural_near, urban_near, deprivations_needed, indicators, logic)
values
  ('vn_2011', 'Chuẩn nghèo giai đoạn 2011–2015', 'Quyết định 09/2011/QĐ-TTg',
   '2011-01-01', '2016-01-05', 400000, 500000, 520000, 650000, 0, 0, 'income'),
  ('vn_2016', 'Chuẩn nghèo tiếp cận đa chiều giai đoạn 2016–2020, áp dụng đến hết năm 2021', 'Quyết định 59/2015/QĐ-TTg',
   '2016-01-05', '2022-01-01', 700000, 900000, 1000000, 1300000, 3, 10, 'income_or_deprivation'),
  ('vn_2022', 'Chuẩn nghèo đa chiều giai đoạn 2022–2025, giữ nguyên cho năm 2026',
   'Nghị định 07/2021/NĐ-CP (sửa đổi bởi Nghị định 30/2025/NĐ-CP); Nghị định 351/2025/NĐ-CP',
   '2022-01-01', '2027-01-01', 1500000, 2000000, 1500000, 2000000, 3, 12, 'income_and_deprivation'),
  ('vn_2027', 'Chuẩn nghèo đa chiều giai đoạn 2027–2030', 'Nghị định 351/2025/NĐ-CP',
   '2027-01-01', '2031-01-01', 2200000, 2800000, 2200000, 2800000, 3, 12, 'income_and_deprivation');
