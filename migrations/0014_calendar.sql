-- Public holidays, as data: Tết follows the moon and the Government announces the days of each year. They count for windows
-- in working days, and for due dates of products that move them from days off.

create table public_holiday (
  holiday_on  date primary key,
  name_vi     text not null check (name_vi <> ''),
  name_en     text not null check (name_en <> ''),
  announced   boolean not null,
  legal_basis text not null check (legal_basis <> '')
);
comment on column public_holiday.announced is 'false: fixed by the Labour Code, but its days, or those in their place, are not announced yet';

-- Labour Code 45/2019/QH14 art. 112: 1 January, five days of Tết, Giỗ Tổ (10th of the third lunar month), 30 April, 1 May,
-- National Day and one day beside it; a holiday on a weekly day off is made up for on the next working day (art. 111).
-- Working days exchanged for Saturdays are left out: they move only office hours.
insert into public_holiday (holiday_on, name_vi, name_en, announced, legal_basis)
select d.day, h.vi, h.en, h.announced, 'Bộ luật Lao động 45/2019/QH14, Điều 111, 112'
  from (values
    ('Tết Dương lịch', 'New Year''s Day', true, '{2025-01-01,2026-01-01,2027-01-01}'::date[]),
    ('Tết Ất Tỵ', 'Lunar New Year 2025', true, '{2025-01-27,2025-01-28,2025-01-29,2025-01-30,2025-01-31}'),
    ('Tết Bính Ngọ', 'Lunar New Year 2026', true, '{2026-02-16,2026-02-17,2026-02-18,2026-02-19,2026-02-20}'),
    ('Tết Đinh Mùi', 'Lunar New Year 2027', false,
     '{2027-02-05,2027-02-06,2027-02-07,2027-02-08,2027-02-09,2027-02-10,2027-02-11}'),
    ('Giỗ Tổ Hùng Vương', 'Hùng Kings'' Day', true, '{2025-04-07,2026-04-26,2026-04-27,2027-04-16}'),
    ('Ngày Chiến thắng', 'Reunification Day', true, '{2025-04-30,2026-04-30,2027-04-30}'),
    ('Quốc tế Lao động', 'Labour Day', true, '{2025-05-01,2026-05-01,2027-05-01,2027-05-03}'),
    ('Quốc khánh', 'National Day', true, '{2025-09-01,2025-09-02,2026-09-01,2026-09-02,2027-09-02}'),
    ('Ngày liền kề Quốc khánh', 'The day beside National Day', false, '{2027-09-03}')
  ) h(vi, en, announced, days), unnest(h.days) d(day);

grant select on public_holiday to soquy_app;
