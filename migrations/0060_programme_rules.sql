-- Rules of the programmes to the letter: what the texts and the leaflets of the Policy Bank say, where the first seed (0041) said
-- less, said it of another day, or said it without a source. Rules that ended stay as rows, because contracts name them. A row is
-- corrected in place only where its figure was never right; a figure without a readable source keeps its mark and says which it is.

-- What the rules could not say yet.
alter table programme_rule
  add column grace_interest_spread boolean not null default false,
  add column extension_of          text not null default 'term',
  add column excluded_classes      text[] not null default '{}',
  add column once_a_household      boolean not null default false,
  add column term_as_counted       boolean not null default false,
  add column tuition_besides       boolean not null default false,
  add column paid_out_until        date,
  add constraint programme_rule_extension_of check (extension_of in ('term', 'repayment')),
  add constraint programme_rule_excluded_classes check (excluded_classes <@ '{poor,near_poor,newly_escaped,average,other}'),
  add constraint programme_rule_serves_whom_it_does_not_exclude check (not classes && excluded_classes),
  add constraint programme_rule_one_term check (not term_as_counted or (max_term_months is null and study_grace_months is null));
comment on column programme_rule.grace_interest_spread is
  'interest of the grace is asked in equal parts with the instalments of principal after it; else all with the first';
comment on column programme_rule.extension_of is 'what extension_term_percent is a share of: the term, or its part in which is repaid';
comment on column programme_rule.excluded_classes is 'households of these classes have programmes of their own';
comment on column programme_rule.once_a_household is 'a household that was lent it is not lent it a second time';
comment on column programme_rule.term_as_counted is 'at most the months that the request counts: the contract abroad';
comment on column programme_rule.tuition_besides is 'the cap of a month of study is for living: tuition comes on top';
comment on column programme_rule.paid_out_until is 'last day of payouts under contracts of this rule while no later rule holds; null: to the end';

alter table programme_cap drop constraint programme_cap_per_check;
alter table programme_cap add constraint programme_cap_per_check
  check (per in ('household', 'borrower', 'project', 'facility', 'study_month', 'worker', 'product'));

-- Students: the paying-out period is not the months in which money is paid; tuition is lent besides living under Decision 29/2025.
-- Social housing runs for 25 years.
alter table loan_request
  add column payout_months integer,
  add column tuition       numeric(20,2),
  add constraint loan_request_payout_months check (payout_months > 0),
  add constraint loan_request_tuition check (tuition > 0),
  drop constraint loan_request_term_months_check,
  add constraint loan_request_term_months_check check (term_months between 1 and 300);
comment on column loan_request.payout_months is 'from the first payout to the end of the course, whole months; null: the whole course';

insert into product (product_code, programme_code, name_vi, name_en, purpose) values
  ('01_house_repair', '01', 'Hộ nghèo: sửa chữa nhà ở', 'Poor household: house repair', 'housing'),
  ('01_electricity', '01', 'Hộ nghèo: điện thắp sáng', 'Poor household: electricity', 'electricity'),
  ('01_water', '01', 'Hộ nghèo: nước sạch', 'Poor household: clean water', 'water_sanitation'),
  ('02_stem', '02', 'Học sinh, sinh viên ngành STEM', 'Student of a STEM subject', 'schooling'),
  ('04_priority', '04', 'Đi làm việc ở nước ngoài: nhóm ưu tiên', 'Working abroad: priority group', 'work_abroad'),
  ('06_water', '06', 'Công trình nước sạch', 'Water facility', 'water_sanitation'),
  ('06_sanitation', '06', 'Công trình vệ sinh', 'Sanitation facility', 'water_sanitation'),
  ('10', '10', 'Hộ sản xuất, kinh doanh vùng khó khăn', 'Business of a household in a difficult area', 'production'),
  ('12_purchase', '12', 'Mua, thuê mua nhà ở xã hội', 'Buying or renting to buy social housing', 'housing'),
  ('12_building', '12', 'Xây dựng, cải tạo, sửa chữa nhà ở', 'Building or repairing a house', 'housing'),
  ('26_establishment', '26', 'Cơ sở sản xuất, kinh doanh sử dụng người chấp hành xong án phạt tù', 'Establishment employing people who have served a sentence', 'production');

-- 01: caps of 50 and 100 million are confirmed; the day from which 6.6 % holds is not. To 120 months since 2019-03-01; small amounts
-- for house, electricity and water within the cap of the programme.
update programme_rule set note_vi = 'Lãi suất trước ngày áp dụng mức 6,6 % chưa có nguồn: ghi theo hợp đồng'
  where product_code = '01' and valid_from = '2014-05-01';
update programme_rule set note_vi = 'Ngày áp dụng lãi suất 6,6 % chưa có nguồn' where product_code = '01' and valid_from = '2015-06-01';
update programme_rule set max_term_months = 120, unverified = false, note_vi = null where product_code = '01' and valid_from = '2019-03-01';
update programme_rule set max_term_months = 120, note_vi = 'Lãi suất 3,3 % chưa có nguồn'
  where product_code = '01_30a' and valid_from = '2019-03-01';
insert into programme_rule (product_code, valid_from, legal_basis, rate_of_product, rate_percent, overdue_percent, max_term_months,
                            missed_instalment, classes, unverified, note_vi)
  select code, '2019-03-01', 'Nghị định 78/2002/NĐ-CP; tờ rơi của NHCSXH năm 2025', '01', 100, 130, 120, 'carried', '{poor}', true,
         'Mức ' || amount || ' theo tờ rơi của NHCSXH; ngày áp dụng chưa có nguồn'
    from (values ('01_house_repair', '3 triệu'), ('01_electricity', '1,5 triệu'), ('01_water', '10 triệu')) as small (code, amount);
insert into programme_cap (product_code, valid_from, per, amount) values
  ('01_house_repair', '2019-03-01', 'household', 100000000), ('01_house_repair', '2019-03-01', 'product', 3000000),
  ('01_electricity', '2019-03-01', 'household', 100000000), ('01_electricity', '2019-03-01', 'product', 1500000),
  ('01_water', '2019-03-01', 'household', 100000000), ('01_water', '2019-03-01', 'product', 10000000);

-- 19: up to 130 % of the poor rate until Decision 1826/2013 made it 120 %. The cap of 30 million has no source of its own.
update programme_rule set valid_to = '2013-10-08', rate_percent = 130, note_vi = 'Mức 30 triệu theo mức của hộ nghèo chưa đối chiếu văn bản'
  where product_code = '19' and valid_from = '2013-04-16';
insert into programme_rule (product_code, valid_from, valid_to, legal_basis, rate_of_product, rate_percent, overdue_percent,
                            missed_instalment, season_carry_over, carry_over_rate_of, classes, unverified, note_vi) values
  ('19', '2013-10-08', '2014-05-01', 'Quyết định 15/2013/QĐ-TTg; Quyết định 1826/QĐ-TTg năm 2013', '01', 120, 130, 'overdue', true, '01',
   '{near_poor}', true, 'Mức 30 triệu theo mức của hộ nghèo chưa đối chiếu văn bản');
insert into programme_cap (product_code, valid_from, per, amount) values ('19', '2013-10-08', 'household', 30000000);
update programme_rule set legal_basis = 'Quyết định 15/2013/QĐ-TTg; Quyết định 1826/QĐ-TTg năm 2013', unverified = false, note_vi = null
  where product_code = '19' and valid_from in ('2014-05-01', '2019-03-01');

-- 09: missed instalments are carried, as those of poor households; nothing was paid out between 2020-12-31 and Decision 02/2021.
update programme_rule set missed_instalment = 'carried', unverified = false, note_vi = null where product_code = '09';
update programme_rule set valid_to = '2021-01-01', paid_out_until = '2020-12-31' where product_code = '09' and valid_from = '2019-03-01';
insert into programme_rule (product_code, valid_from, legal_basis, rate_of_product, rate_percent, overdue_percent, max_term_months,
                            missed_instalment, classes, escaped_years) values
  ('09', '2021-03-30', 'Quyết định 28/2015/QĐ-TTg; Quyết định 02/2021/QĐ-TTg', '01', 125, 130, 60, 'carried', '{newly_escaped}', 3);
insert into programme_cap (product_code, valid_from, per, amount) values ('09', '2021-03-30', 'household', 100000000);

-- 02: caps by date; 7.8 % from 2011, 6.6 % later. Whoever is poor, near-poor, of average living standard or in sudden hardship may ask:
-- the commune confirms which, so the class alone bars nobody.
update programme_rule set valid_to = '2015-06-01', annual_rate = 7.8,
       legal_basis = 'Quyết định 157/2007/QĐ-TTg; Quyết định 853/QĐ-TTg năm 2011',
       note_vi = 'Mức 1,1 triệu và ngày áp dụng chưa đối chiếu văn bản'
  where product_code = '02' and valid_from = '2013-08-01';
update programme_rule set valid_to = '2017-06-15', legal_basis = 'Quyết định 157/2007/QĐ-TTg; Quyết định 07/2016/QĐ-TTg',
       unverified = false, note_vi = null
  where product_code = '02' and valid_from = '2017-01-01';
update programme_rule set unverified = false, note_vi = null where product_code = '02' and valid_from in ('2019-12-01', '2022-05-19');
insert into programme_rule (product_code, valid_from, valid_to, legal_basis, annual_rate, overdue_percent, study_grace_months,
                            study_short_course_months, study_short_factor, study_long_factor, missed_instalment, unverified, note_vi) values
  ('02', '2011-08-01', '2013-08-01', 'Quyết định 157/2007/QĐ-TTg; Quyết định 853/QĐ-TTg năm 2011', 7.8, 130, 12, 12, 2, 1, 'overdue', true,
   'Mức 1 triệu và ngày áp dụng chưa đối chiếu văn bản'),
  ('02', '2015-06-01', '2016-01-09', 'Quyết định 157/2007/QĐ-TTg', 6.6, 130, 12, 12, 2, 1, 'overdue', true,
   'Mức 1,1 triệu và ngày áp dụng lãi suất 6,6 % chưa có nguồn'),
  ('02', '2016-01-09', '2017-01-01', 'Quyết định 157/2007/QĐ-TTg; Quyết định 07/2016/QĐ-TTg', 6.6, 130, 12, 12, 2, 1, 'overdue', false, null),
  ('02', '2017-06-15', '2019-12-01', 'Quyết định 157/2007/QĐ-TTg; Quyết định 751/QĐ-TTg năm 2017', 6.6, 130, 12, 12, 2, 1, 'overdue', false, null);
insert into programme_rule (product_code, valid_from, legal_basis, annual_rate, overdue_percent, study_grace_months,
                            study_short_course_months, study_short_factor, study_long_factor, missed_instalment, tuition_besides,
                            collateral_from, unverified, note_vi) values
  ('02_stem', '2025-08-28', 'Quyết định 29/2025/QĐ-TTg', 4.8, 130, 12, 12, 2, 1, 'overdue', true, 500000001, true,
   'Thời hạn và lãi suất quá hạn lấy theo chương trình học sinh, sinh viên, chưa đối chiếu văn bản');
insert into programme_cap (product_code, valid_from, per, amount) values
  ('02', '2011-08-01', 'study_month', 1000000), ('02', '2015-06-01', 'study_month', 1100000), ('02', '2016-01-09', 'study_month', 1250000),
  ('02', '2017-06-15', 'study_month', 1500000), ('02_stem', '2025-08-28', 'study_month', 5000000);
-- Instalments of at most six months; an extension is at most half of the time in which the loan is repaid.
update programme_rule set instalment_months = '{6,1,2,3,4,5}', extension_of = 'repayment' where product_code in ('02', '02_stem');

-- 03 before Decree 74/2019.
insert into programme_rule (product_code, valid_from, valid_to, legal_basis, rate_of_product, rate_percent, overdue_percent, max_term_months,
                            missed_instalment, group_required, collateral_from, unverified, note_vi) values
  ('03_worker', '2015-09-01', '2019-11-08', 'Nghị định 61/2015/NĐ-CP', '19', 100, 130, 60, 'overdue', true, null, true,
   'Thời hạn 60 tháng chưa đối chiếu văn bản'),
  ('03_worker_priority', '2015-09-01', '2019-11-08', 'Nghị định 61/2015/NĐ-CP', '19', 50, 130, 60, 'overdue', true, null, true,
   'Thời hạn 60 tháng chưa đối chiếu văn bản'),
  ('03_establishment', '2015-09-01', '2019-11-08', 'Nghị định 61/2015/NĐ-CP', '19', 100, 130, 60, 'overdue', false, 50000000, true,
   'Thời hạn 60 tháng và mức phải bảo đảm tiền vay chưa đối chiếu văn bản'),
  ('03_establishment_priority', '2015-09-01', '2019-11-08', 'Nghị định 61/2015/NĐ-CP', '19', 50, 130, 60, 'overdue', false, 50000000, true,
   'Thời hạn 60 tháng và mức phải bảo đảm tiền vay chưa đối chiếu văn bản');
insert into programme_cap (product_code, valid_from, per, amount) values
  ('03_worker', '2015-09-01', 'borrower', 50000000), ('03_worker_priority', '2015-09-01', 'borrower', 50000000),
  ('03_establishment', '2015-09-01', 'project', 1000000000), ('03_establishment', '2015-09-01', 'worker', 50000000),
  ('03_establishment_priority', '2015-09-01', 'project', 1000000000), ('03_establishment_priority', '2015-09-01', 'worker', 50000000);

-- 04 from 2026: the rates of job creation, secured above 200 million, as long as the contract abroad, lent at the office.
update programme_rule set valid_to = '2026-01-01' where product_code = '04' and valid_from = '2015-09-01';
insert into programme_rule (product_code, valid_from, legal_basis, rate_of_product, rate_percent, overdue_percent, term_as_counted,
                            missed_instalment, group_required, most_percent_of_need, collateral_from) values
  ('04', '2026-01-01', 'Nghị định 338/2025/NĐ-CP; tờ rơi của NHCSXH', '01', 127, 130, true, 'overdue', false, 100, 200000001),
  ('04_priority', '2026-01-01', 'Nghị định 338/2025/NĐ-CP; tờ rơi của NHCSXH', '01', 100, 130, true, 'overdue', false, 100, 200000001);

-- 06: 25 million for each kind of facility, each once. A request names the kind, so the product of both ends with the day on which
-- the kinds begin; its row stays for contracts that name it.
update programme_rule set unverified = false, note_vi = null where product_code = '06';
update programme_rule set valid_to = '2024-09-03' where product_code = '06' and valid_from = '2024-09-02';
insert into programme_rule (product_code, valid_from, legal_basis, annual_rate, overdue_percent, max_term_months, instalment_months,
                            missed_instalment, once_a_household)
  select code, '2024-09-02', 'Quyết định 10/2024/QĐ-TTg; tờ rơi của NHCSXH', 9.0, 130, 60, '{12,6}', 'carried', true
    from (values ('06_water'), ('06_sanitation')) as kind (code);
insert into programme_cap (product_code, valid_from, per, amount) values
  ('06_water', '2024-09-02', 'household', 50000000), ('06_water', '2024-09-02', 'product', 25000000),
  ('06_sanitation', '2024-09-02', 'household', 50000000), ('06_sanitation', '2024-09-02', 'product', 25000000);

-- 07: the interest of five years of grace comes back by fifths (tenths) with principal, as the leaflets show; the texts are silent.
-- Decision 33/2015 served the poor of the standard of 2011–2015; its programme ended with 2020.
update programme_rule set grace_interest_spread = true, unverified = true,
       note_vi = 'Lãi 5 năm ân hạn chia đều theo các kỳ trả gốc: theo tờ rơi của NHCSXH, văn bản không nói'
  where product_code = '07_flood';
update programme_rule set valid_to = '2021-01-01', grace_interest_spread = true, yearly_principal_percent = 10, unverified = true,
       note_vi = 'Ngày kết thúc 31/12/2020 và cách chia lãi 5 năm ân hạn chưa đối chiếu văn bản'
  where product_code = '07_poor';

-- 10: households in difficult areas that no other programme serves.
insert into programme_rule (product_code, valid_from, legal_basis, annual_rate, overdue_percent, missed_instalment, excluded_classes,
                            escaped_years, unverified, note_vi) values
  ('10', '2023-06-05', 'Quyết định 31/2007/QĐ-TTg; tờ rơi của NHCSXH', 9.0, 130, 'overdue', '{poor,near_poor,newly_escaped}', 3, true,
   'Ngày áp dụng mức 100 triệu, cách xử lý kỳ chưa trả và mức trước đó chưa đối chiếu văn bản');
insert into programme_cap (product_code, valid_from, per, amount) values ('10', '2023-06-05', 'household', 100000000);
insert into programme_exclusion (programme_code, other_programme_code, valid_from, reason_vi, reason_en) values
  ('01', '10', '2007-03-26', 'Hộ đang vay chương trình hộ nghèo không vay chương trình vùng khó khăn', 'A household with a poor-household loan takes no difficult-area loan'),
  ('03', '10', '2015-09-01', 'Hộ đang vay giải quyết việc làm không vay chương trình vùng khó khăn', 'A household with a job-creation loan takes no difficult-area loan'),
  ('09', '10', '2015-09-05', 'Hộ đang vay chương trình hộ mới thoát nghèo không vay chương trình vùng khó khăn', 'A household with a newly-escaped loan takes no difficult-area loan'),
  ('10', '19', '2013-04-16', 'Hộ đang vay chương trình hộ cận nghèo không vay chương trình vùng khó khăn', 'A household with a near-poor loan takes no difficult-area loan');

-- 12 since Decree 100/2024: lent directly at the poor rate, since Decree 261/2025 at 5.4 %.
update programme_rule set valid_to = '2024-08-01' where product_code = '12' and valid_from = '2015-12-10';
insert into programme_rule (product_code, valid_from, valid_to, legal_basis, annual_rate, rate_of_product, rate_percent, overdue_percent,
                            max_term_months, missed_instalment, group_required, most_percent_of_need, unverified, note_vi)
  select kind.code, period.valid_from::date, period.valid_to::date, period.basis, period.rate, period.rate_of, period.share, 130, 300,
         'overdue', false, kind.percent, period.note is not null, period.note
    from (values ('12_purchase', 80), ('12_building', 70)) as kind (code, percent)
   cross join (values
     ('2024-08-01', '2025-10-10', 'Nghị định 100/2024/NĐ-CP', null::numeric, '01', 100::numeric, null),
     ('2025-10-10', null, 'Nghị định 100/2024/NĐ-CP; Nghị định 261/2025/NĐ-CP', 5.4, null, null,
      'Lãi suất 5,4 % và ngày áp dụng 10/10/2025 chưa đối chiếu văn bản')) as period (valid_from, valid_to, basis, rate, rate_of, share, note);
insert into programme_cap (product_code, valid_from, per, amount) values
  ('12_building', '2024-08-01', 'project', 1000000000), ('12_building', '2025-10-10', 'project', 1000000000);

-- 26: the poor rate, to 120 months; establishments 2 billion a project.
update programme_rule set rate_of_product = '01', rate_percent = 100, max_term_months = 120, unverified = false, note_vi = null
  where product_code = '26_business';
update programme_rule set rate_of_product = '01', rate_percent = 100, max_term_months = 120,
       note_vi = 'Thời hạn cho vay đào tạo nghề chưa đối chiếu văn bản'
  where product_code = '26_vocational';
insert into programme_rule (product_code, valid_from, legal_basis, rate_of_product, rate_percent, overdue_percent, max_term_months,
                            missed_instalment, group_required, unverified, note_vi) values
  ('26_establishment', '2023-10-10', 'Quyết định 22/2023/QĐ-TTg', '01', 100, 130, 120, 'overdue', false, true,
   'Mức một lao động và mức phải bảo đảm tiền vay chưa đối chiếu văn bản');
insert into programme_cap (product_code, valid_from, per, amount) values ('26_establishment', '2023-10-10', 'project', 2000000000);

-- Decision codes 29 and 54 are probably Decisions 29/2013 and 54/2012: they cannot hold before those were signed.
update extension_special set valid_from = '2013-07-05', note_vi = note_vi || '; có lẽ là Quyết định 29/2013/QĐ-TTg, chưa có nguồn'
  where programme_code = '01' and decision_code = '29';
update extension_special set valid_from = '2013-01-25', note_vi = note_vi || '; có lẽ là Quyết định 54/2012/QĐ-TTg, chưa có nguồn'
  where programme_code = '01' and decision_code = '54';
