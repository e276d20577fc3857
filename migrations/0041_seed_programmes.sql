-- Programmes and rules as published, with their legal bases. Intervals are half-open and touch; a product has at most one
-- rule on a day. Programmes whose figures are not known to us have a code and no rule: they can be recorded and
-- reconciled, not lent.

insert into programme (programme_code, name_vi, name_en, valid_from) values
  ('01', 'Cho vay hộ nghèo', 'Poor households', '2002-10-04'),
  ('02', 'Cho vay học sinh, sinh viên có hoàn cảnh khó khăn', 'Students in hardship', '2007-10-01'),
  ('03', 'Cho vay giải quyết việc làm', 'Job creation', '2015-09-01'),
  ('04', 'Cho vay đi làm việc có thời hạn ở nước ngoài', 'Working abroad', '2015-09-01'),
  ('06', 'Cho vay nước sạch và vệ sinh môi trường nông thôn', 'Clean water and rural sanitation', '2004-04-16'),
  ('07', 'Cho vay hộ nghèo về nhà ở', 'Housing of poor households', '2014-10-15'),
  ('09', 'Cho vay hộ mới thoát nghèo', 'Households newly escaped from poverty', '2015-09-05'),
  ('10', 'Cho vay hộ sản xuất, kinh doanh vùng khó khăn', 'Business of households in difficult areas', '2007-03-26'),
  ('12', 'Cho vay nhà ở xã hội', 'Social housing', '2015-12-10'),
  ('15', 'Cho vay thương nhân hoạt động tại vùng khó khăn', 'Traders in difficult areas', '2009-01-01'),
  ('17', 'Cho vay hộ dân tộc thiểu số theo Quyết định 755', 'Ethnic minority households, Decision 755', '2013-07-01'),
  ('19', 'Cho vay hộ cận nghèo', 'Near-poor households', '2013-04-16'),
  ('21', 'Cho vay hộ dân tộc thiểu số theo Quyết định 2085', 'Ethnic minority households, Decision 2085', '2016-10-31'),
  ('25', 'Cho vay đồng bào dân tộc thiểu số và miền núi', 'Ethnic minorities and mountain areas', '2022-04-26'),
  ('26', 'Cho vay người chấp hành xong án phạt tù', 'People who have served a sentence', '2023-10-10'),
  ('99', 'Chương trình khác', 'Other programmes', '2002-10-04');

insert into product (product_code, programme_code, name_vi, name_en, purpose) values
  ('01', '01', 'Hộ nghèo', 'Poor household', 'production'),
  ('01_30a', '01', 'Hộ nghèo tại huyện nghèo (30a)', 'Poor household in a poor district (30a)', 'production'),
  ('02', '02', 'Học sinh, sinh viên', 'Student', 'schooling'),
  ('03_worker', '03', 'Người lao động', 'Worker', 'job_creation'),
  ('03_worker_priority', '03', 'Người lao động thuộc nhóm ưu tiên', 'Worker of a priority group', 'job_creation'),
  ('03_establishment', '03', 'Cơ sở sản xuất, kinh doanh', 'Establishment', 'job_creation'),
  ('03_establishment_priority', '03', 'Cơ sở sử dụng nhiều lao động thuộc nhóm ưu tiên', 'Establishment employing priority groups', 'job_creation'),
  ('04', '04', 'Đi làm việc ở nước ngoài', 'Working abroad', 'work_abroad'),
  ('06', '06', 'Công trình nước sạch, công trình vệ sinh', 'Water and sanitation facilities', 'water_sanitation'),
  ('07_flood', '07', 'Nhà ở phòng, tránh bão, lụt', 'Housing against storms and floods', 'housing'),
  ('07_poor', '07', 'Nhà ở hộ nghèo theo chuẩn nghèo', 'Housing of poor households', 'housing'),
  ('09', '09', 'Hộ mới thoát nghèo', 'Newly escaped household', 'production'),
  ('12', '12', 'Nhà ở xã hội', 'Social housing', 'housing'),
  ('19', '19', 'Hộ cận nghèo', 'Near-poor household', 'production'),
  ('26_business', '26', 'Sản xuất, kinh doanh', 'Business', 'production'),
  ('26_vocational', '26', 'Đào tạo nghề', 'Vocational training', 'schooling');

-- Poor (01), and in the poor districts of Resolution 30a. Instalments missed are carried; seasonal carry-over (lưu vụ).
insert into programme_rule (product_code, valid_from, valid_to, legal_basis, annual_rate, overdue_percent, missed_instalment,
                            season_carry_over, classes, unverified, note_vi) values
  ('01', '2002-10-04', '2014-05-01', 'Nghị định 78/2002/NĐ-CP', null, 130, 'carried', true, '{poor}', true,
   'Mức 30 triệu và ngày áp dụng chưa đối chiếu văn bản; lãi suất trước 2015 theo từng hợp đồng'),
  ('01', '2014-05-01', '2015-06-01', 'Nghị định 78/2002/NĐ-CP; quyết định của HĐQT NHCSXH năm 2014', null, 130, 'carried', true, '{poor}', true,
   'Ngày áp dụng mức 50 triệu chưa đối chiếu văn bản; lãi suất trước 2015 theo từng hợp đồng'),
  ('01', '2015-06-01', '2019-03-01', 'Nghị định 78/2002/NĐ-CP; quyết định của Thủ tướng về lãi suất', 6.6, 130, 'carried', true, '{poor}', true,
   'Ngày áp dụng lãi suất 6,6 % và mức 50 triệu chưa đối chiếu văn bản'),
  ('01', '2019-03-01', null, 'Nghị định 78/2002/NĐ-CP; quyết định của HĐQT NHCSXH năm 2019', 6.6, 130, 'carried', true, '{poor}', true,
   'Ngày áp dụng mức 100 triệu chưa đối chiếu văn bản'),
  ('01_30a', '2015-06-01', '2019-03-01', 'Nghị quyết 30a/2008/NQ-CP', 3.3, 130, 'carried', true, '{poor}', true,
   'Lãi suất 3,3 % và ngày áp dụng chưa đối chiếu văn bản'),
  ('01_30a', '2019-03-01', null, 'Nghị quyết 30a/2008/NQ-CP', 3.3, 130, 'carried', true, '{poor}', true,
   'Lãi suất 3,3 % và ngày áp dụng mức 100 triệu chưa đối chiếu văn bản');

-- Near-poor (19): 120 % of the poor rate. Newly escaped (09): 125 %, within three years, to 60 months, no carry-over.
-- A short loan carried to the next season (lưu vụ) goes on at the rate of poor households of that day, whichever programme
-- it was lent under. Products of the poor programme keep their own.
insert into programme_rule (product_code, valid_from, valid_to, legal_basis, rate_of_product, rate_percent, overdue_percent, max_term_months,
                            missed_instalment, season_carry_over, carry_over_rate_of, classes, escaped_years, unverified, note_vi) values
  ('19', '2013-04-16', '2014-05-01', 'Quyết định 15/2013/QĐ-TTg', '01', 120, 130, null, 'overdue', true, '01', '{near_poor}', null, true,
   'Mức trần theo mức của hộ nghèo; ngày áp dụng chưa đối chiếu văn bản'),
  ('19', '2014-05-01', '2019-03-01', 'Quyết định 15/2013/QĐ-TTg', '01', 120, 130, null, 'overdue', true, '01', '{near_poor}', null, true,
   'Mức trần theo mức của hộ nghèo; ngày áp dụng chưa đối chiếu văn bản'),
  ('19', '2019-03-01', null, 'Quyết định 15/2013/QĐ-TTg', '01', 120, 130, null, 'overdue', true, '01', '{near_poor}', null, true,
   'Mức trần theo mức của hộ nghèo; ngày áp dụng chưa đối chiếu văn bản'),
  ('09', '2015-09-05', '2019-03-01', 'Quyết định 28/2015/QĐ-TTg', '01', 125, 130, 60, 'overdue', false, null, '{newly_escaped}', 3, true,
   'Mức trần theo mức của hộ nghèo; ngày áp dụng chưa đối chiếu văn bản'),
  ('09', '2019-03-01', null, 'Quyết định 28/2015/QĐ-TTg', '01', 125, 130, 60, 'overdue', false, null, '{newly_escaped}', 3, true,
   'Mức trần theo mức của hộ nghèo; ngày áp dụng chưa đối chiếu văn bản');

-- Students (02): lent by the month of study; the term is the paying-out, up to twelve months until work, and repayment.
insert into programme_rule (product_code, valid_from, valid_to, legal_basis, annual_rate, overdue_percent, study_grace_months,
                            study_short_course_months, study_short_factor, study_long_factor, missed_instalment, unverified, note_vi) values
  ('02', '2013-08-01', '2017-01-01', 'Quyết định 157/2007/QĐ-TTg', 6.6, 130, 12, 12, 2, 1, 'overdue', true,
   'Ngày áp dụng mức 1,1 triệu và lãi suất trước 2015 chưa đối chiếu văn bản'),
  ('02', '2017-01-01', '2019-12-01', 'Quyết định 157/2007/QĐ-TTg', 6.6, 130, 12, 12, 2, 1, 'overdue', true,
   'Ngày áp dụng mức 1,25 triệu lấy theo tháng 01/2017'),
  ('02', '2019-12-01', '2022-05-19', 'Quyết định 157/2007/QĐ-TTg', 6.6, 130, 12, 12, 2, 1, 'overdue', true,
   'Mức 2,5 triệu và ngày áp dụng chưa đối chiếu văn bản'),
  ('02', '2022-05-19', null, 'Quyết định 157/2007/QĐ-TTg; Quyết định 05/2022/QĐ-TTg', 6.6, 130, 12, 12, 2, 1, 'overdue', true,
   'Ngày áp dụng mức 4 triệu chưa đối chiếu văn bản');

-- Job creation (03). To 2025 the near-poor rate, half of it for priority groups; from 2026 127 % of the poor rate.
insert into programme_rule (product_code, valid_from, valid_to, legal_basis, rate_of_product, rate_percent, overdue_percent, max_term_months,
                            missed_instalment, group_required, collateral_from, local_funds_may_exceed, unverified, note_vi) values
  ('03_worker', '2019-11-08', '2026-01-01', 'Nghị định 61/2015/NĐ-CP; Nghị định 74/2019/NĐ-CP', '19', 100, 130, 120, 'overdue', true, null, false, false, null),
  ('03_worker_priority', '2019-11-08', '2026-01-01', 'Nghị định 61/2015/NĐ-CP; Nghị định 74/2019/NĐ-CP', '19', 50, 130, 120, 'overdue', true, null, false, false, null),
  ('03_establishment', '2019-11-08', '2026-01-01', 'Nghị định 61/2015/NĐ-CP; Nghị định 74/2019/NĐ-CP', '19', 100, 130, 120, 'overdue', false, 100000000, false, false, null),
  ('03_establishment_priority', '2019-11-08', '2026-01-01', 'Nghị định 61/2015/NĐ-CP; Nghị định 74/2019/NĐ-CP', '19', 50, 130, 120, 'overdue', false, 100000000, false, false, null),
  ('03_worker', '2026-01-01', null, 'Nghị định 338/2025/NĐ-CP', '01', 127, 130, 120, 'overdue', true, null, true, false, null),
  ('03_worker_priority', '2026-01-01', null, 'Nghị định 338/2025/NĐ-CP', '01', 100, 130, 120, 'overdue', true, null, true, false, null),
  ('03_establishment', '2026-01-01', null, 'Nghị định 338/2025/NĐ-CP', '01', 127, 130, 120, 'overdue', false, 100000000, true, true,
   'Mức phải bảo đảm tiền vay từ 2026 chưa đối chiếu văn bản'),
  ('03_establishment_priority', '2026-01-01', null, 'Nghị định 338/2025/NĐ-CP', '01', 100, 130, 120, 'overdue', false, 100000000, true, true,
   'Mức phải bảo đảm tiền vay từ 2026 chưa đối chiếu văn bản');

-- Working abroad (04): the whole of the contract's cost, for as long as the contract runs.
insert into programme_rule (product_code, valid_from, legal_basis, rate_of_product, rate_percent, overdue_percent, missed_instalment,
                            most_percent_of_need) values
  ('04', '2015-09-01', 'Nghị định 61/2015/NĐ-CP', '01', 100, 130, 'overdue', 100);

-- Water and sanitation (06): two facilities a household; instalments missed are carried.
insert into programme_rule (product_code, valid_from, valid_to, legal_basis, annual_rate, overdue_percent, max_term_months, instalment_months,
                            missed_instalment, unverified, note_vi) values
  ('06', '2018-09-19', '2024-09-02', 'Quyết định 62/2004/QĐ-TTg; Quyết định 18/2014/QĐ-TTg', 9.0, 130, 60, '{12,6}', 'carried', true,
   'Lãi suất 9 %, thời hạn 60 tháng (thông lệ) và ngày áp dụng chưa đối chiếu văn bản'),
  ('06', '2024-09-02', null, 'Quyết định 10/2024/QĐ-TTg', 9.0, 130, 60, '{12,6}', 'carried', true,
   'Mức 25 triệu một công trình, lãi suất 9 %, thời hạn 60 tháng (thông lệ) và ngày áp dụng chưa đối chiếu văn bản');

-- Housing (07): ten or fifteen years with five years free of principal and interest; then at least a fifth of the loan a year.
-- Housing in the flood zone (Decision 48/2014/QĐ-TTg) comes back by instalments to the đồng: rounded down to hundreds of
-- thousands an instalment may fall short of that fifth.
insert into programme_rule (product_code, valid_from, legal_basis, annual_rate, overdue_percent, overdue_rate, max_term_months, instalment_months,
                            instalment_multiple, missed_instalment, grace_principal_months, grace_interest_months, yearly_principal_percent, classes,
                            unverified, note_vi) values
  ('07_flood', '2014-10-15', 'Quyết định 48/2014/QĐ-TTg; Thông tư 41/2014/TT-NHNN', 3.0, null, 3.9, 120, '{12}', 1, 'overdue', 60, 60, 20, '{poor}', false, null),
  ('07_poor', '2015-10-01', 'Quyết định 33/2015/QĐ-TTg', 3.0, 130, null, 180, '{12}', 100000, 'overdue', 60, 60, null, '{poor}', true,
   'Mức 25 triệu, lãi suất 3 %, thời hạn 15 năm và 5 năm ân hạn chưa đối chiếu văn bản');

-- Social housing (12): the buyer brings at least 30 %; the rate is set from time to time.
insert into programme_rule (product_code, valid_from, legal_basis, overdue_percent, missed_instalment, most_percent_of_need, unverified, note_vi) values
  ('12', '2015-12-10', 'Nghị định 100/2015/NĐ-CP', 130, 'overdue', 70, true, 'Lãi suất theo quyết định từng thời kỳ: ghi theo hợp đồng');

-- People who have served a sentence (26).
insert into programme_rule (product_code, valid_from, legal_basis, overdue_percent, missed_instalment, unverified, note_vi) values
  ('26_business', '2023-10-10', 'Quyết định 22/2023/QĐ-TTg', 130, 'overdue', true, 'Lãi suất và thời hạn chưa đối chiếu văn bản: ghi theo hợp đồng'),
  ('26_vocational', '2023-10-10', 'Quyết định 22/2023/QĐ-TTg', 130, 'overdue', true, 'Lãi suất và thời hạn chưa đối chiếu văn bản: ghi theo hợp đồng');

insert into programme_cap (product_code, valid_from, per, amount) values
  ('01', '2002-10-04', 'household', 30000000), ('01', '2014-05-01', 'household', 50000000),
  ('01', '2015-06-01', 'household', 50000000), ('01', '2019-03-01', 'household', 100000000),
  ('01_30a', '2015-06-01', 'household', 50000000), ('01_30a', '2019-03-01', 'household', 100000000),
  ('19', '2013-04-16', 'household', 30000000), ('19', '2014-05-01', 'household', 50000000), ('19', '2019-03-01', 'household', 100000000),
  ('09', '2015-09-05', 'household', 50000000), ('09', '2019-03-01', 'household', 100000000),
  ('02', '2013-08-01', 'study_month', 1100000), ('02', '2017-01-01', 'study_month', 1250000),
  ('02', '2019-12-01', 'study_month', 2500000), ('02', '2022-05-19', 'study_month', 4000000),
  ('03_worker', '2019-11-08', 'borrower', 100000000), ('03_worker_priority', '2019-11-08', 'borrower', 100000000),
  ('03_establishment', '2019-11-08', 'project', 2000000000), ('03_establishment', '2019-11-08', 'worker', 100000000),
  ('03_establishment_priority', '2019-11-08', 'project', 2000000000), ('03_establishment_priority', '2019-11-08', 'worker', 100000000),
  ('03_worker', '2026-01-01', 'borrower', 200000000), ('03_worker_priority', '2026-01-01', 'borrower', 200000000),
  ('03_establishment', '2026-01-01', 'project', 10000000000), ('03_establishment', '2026-01-01', 'worker', 200000000),
  ('03_establishment_priority', '2026-01-01', 'project', 10000000000), ('03_establishment_priority', '2026-01-01', 'worker', 200000000),
  ('06', '2018-09-19', 'household', 20000000), ('06', '2018-09-19', 'facility', 10000000),
  ('06', '2024-09-02', 'household', 50000000), ('06', '2024-09-02', 'facility', 25000000),
  ('07_flood', '2014-10-15', 'household', 15000000), ('07_poor', '2015-10-01', 'household', 25000000),
  ('26_business', '2023-10-10', 'borrower', 100000000), ('26_vocational', '2023-10-10', 'study_month', 4000000);

insert into programme_exclusion (programme_code, other_programme_code, valid_from, reason_vi, reason_en) values
  ('01', '19', '2013-04-16', 'Hộ đang vay chương trình hộ nghèo không vay chương trình hộ cận nghèo', 'A household with a poor-household loan takes no near-poor loan'),
  ('01', '09', '2015-09-05', 'Hộ đang vay chương trình hộ nghèo không vay chương trình hộ mới thoát nghèo', 'A household with a poor-household loan takes no newly-escaped loan'),
  ('09', '19', '2015-09-05', 'Hộ đang vay chương trình hộ mới thoát nghèo không vay chương trình hộ cận nghèo', 'A household with a newly-escaped loan takes no near-poor loan');

insert into extension_special (programme_code, decision_code, valid_from, most_months, unverified, note_vi) values
  ('17', '', '2013-07-01', 30, true, 'Theo thực tế tác nghiệp'),
  ('09', '29', '2015-09-05', 0, true, 'Mã quyết định 29: hộ mới thoát nghèo không gia hạn (theo thực tế tác nghiệp)'),
  ('09', '54', '2015-09-05', 0, true, 'Mã quyết định 54: hộ mới thoát nghèo không gia hạn (theo thực tế tác nghiệp)'),
  ('01', '29', '2002-10-04', 30, true, 'Mã quyết định 29: hộ nghèo 30 tháng (theo thực tế tác nghiệp)'),
  ('01', '54', '2002-10-04', 30, true, 'Mã quyết định 54: hộ nghèo 30 tháng (theo thực tế tác nghiệp)');

insert into capital_owner (owner_code, capital_source, name_vi, name_en, risk_authority_vi, risk_authority_en, legal_basis, valid_from) values
  ('central', '1', 'Vốn trung ương', 'Central capital', 'Hội đồng quản trị NHCSXH, trong phạm vi quỹ dự phòng rủi ro', 'Board of the Policy Bank, within the risk fund',
   'Quyết định 50/2010/QĐ-TTg; Quyết định 08/2021/QĐ-TTg', '2010-07-28'),
  ('mobilised', '1', 'Vốn NHCSXH huy động', 'Capital mobilised by the bank', 'Hội đồng quản trị NHCSXH, trong phạm vi quỹ dự phòng rủi ro', 'Board of the Policy Bank, within the risk fund',
   'Quyết định 50/2010/QĐ-TTg; Quyết định 08/2021/QĐ-TTg', '2010-07-28'),
  ('national_fund', '1', 'Quỹ quốc gia về việc làm', 'National Employment Fund', 'Hội đồng quản trị NHCSXH, trong phạm vi quỹ dự phòng rủi ro', 'Board of the Policy Bank, within the risk fund',
   'Quyết định 50/2010/QĐ-TTg; Quyết định 08/2021/QĐ-TTg', '2010-07-28'),
  ('province', '2', 'Vốn ủy thác của tỉnh', 'Entrusted capital of the province', 'Chủ tịch Ủy ban nhân dân tỉnh', 'Chairman of the provincial People''s Committee',
   'Quyết định 08/2021/QĐ-TTg; Nghị định 06/2026/NĐ-CP điều 25', '2010-07-28'),
  ('commune', '2', 'Vốn ủy thác của xã', 'Entrusted capital of the commune', 'Chủ tịch Ủy ban nhân dân xã', 'Chairman of the commune People''s Committee',
   'Quyết định 08/2021/QĐ-TTg; Nghị định 06/2026/NĐ-CP điều 25', '2010-07-28');

insert into risk_measure (valid_from, loss_from, loss_to, measure, most_months, bears_interest, repeatable, legal_basis) values
  ('2021-03-11', 0, 40, 'extension', null, true, false, 'Quyết định 50/2010/QĐ-TTg; Quyết định 08/2021/QĐ-TTg'),
  ('2021-03-11', 40, 80, 'freeze', 36, false, true, 'Quyết định 50/2010/QĐ-TTg; Quyết định 08/2021/QĐ-TTg'),
  ('2021-03-11', 80, null, 'freeze', 60, false, true, 'Quyết định 50/2010/QĐ-TTg; Quyết định 08/2021/QĐ-TTg');

insert into risk_cause (cause_code, name_vi, name_en, legal_basis, valid_from) values
  ('K1', 'Thiên tai, dịch bệnh', 'Natural disaster, epidemic', 'Quyết định 50/2010/QĐ-TTg; Quyết định 08/2021/QĐ-TTg', '2010-07-28'),
  ('K2', 'Nhà nước thay đổi chính sách', 'Change of state policy', 'Quyết định 50/2010/QĐ-TTg; Quyết định 08/2021/QĐ-TTg', '2010-07-28'),
  ('K3', 'Biến động kinh tế vĩ mô', 'Macroeconomic change', 'Quyết định 50/2010/QĐ-TTg; Quyết định 08/2021/QĐ-TTg', '2010-07-28'),
  ('K4A', 'Ốm nặng, chết, mất tích', 'Grave illness, death, missing', 'Quyết định 50/2010/QĐ-TTg; Quyết định 08/2021/QĐ-TTg', '2010-07-28'),
  ('K4B', 'Ốm đau kéo dài', 'Long illness', 'Quyết định 50/2010/QĐ-TTg; Quyết định 08/2021/QĐ-TTg', '2010-07-28'),
  ('K4C', 'Vắng mặt tại nơi cư trú từ 2 năm trở lên', 'Absent for two years or more', 'Quyết định 50/2010/QĐ-TTg; Quyết định 08/2021/QĐ-TTg', '2010-07-28'),
  ('K5', 'Theo quyết định của Tòa án', 'By decision of a court', 'Quyết định 50/2010/QĐ-TTg; Quyết định 08/2021/QĐ-TTg', '2010-07-28');

insert into debt_class (debt_class, abbreviation, name_vi, name_en, bears_interest, bad, legal_basis) values
  ('performing', 'TH', 'Nợ trong hạn', 'Performing', true, false, 'Mẫu sao kê khoản vay NHCSXH'),
  ('overdue', 'QH', 'Nợ quá hạn', 'Overdue', true, true, 'Mẫu sao kê khoản vay NHCSXH'),
  ('frozen', 'KH', 'Nợ khoanh', 'Frozen', false, true, 'Quyết định 50/2010/QĐ-TTg; Quyết định 08/2021/QĐ-TTg'),
  ('written_off', 'XN', 'Nợ đã xóa', 'Written off', false, false, 'Quyết định 50/2010/QĐ-TTg; Thông tư 05/2019/TT-BTC (tài khoản 971)');

insert into ageing_bucket (valid_from, days_from, days_to, name_vi, name_en) values
  ('2002-10-04', 0, 0, 'Trong hạn', 'Not late'),
  ('2002-10-04', 1, 30, '1–30 ngày', '1–30 days'),
  ('2002-10-04', 31, 90, '31–90 ngày', '31–90 days'),
  ('2002-10-04', 91, 180, '91–180 ngày', '91–180 days'),
  ('2002-10-04', 181, 360, '181–360 ngày', '181–360 days'),
  ('2002-10-04', 361, null, 'Trên 360 ngày', 'Over 360 days');

insert into provision_rate (owner_code, debt_class, valid_from, percent, at_least, legal_basis) values
  ('province', 'performing', '2021-03-11', 0.75, true, 'Quyết định 08/2021/QĐ-TTg'),
  ('commune', 'performing', '2021-03-11', 0.75, true, 'Quyết định 08/2021/QĐ-TTg');

insert into entrustment_fee (fee_code, programme_code, valid_from, monthly_percent, group_commission_percent, legal_basis) values
  ('general', null, '2002-10-04', 0.032, null, 'Văn bản liên tịch giữa NHCSXH và tổ chức chính trị - xã hội'),
  ('social_housing', '12', '2015-12-10', 0.003, 0.005, 'Nghị định 100/2015/NĐ-CP; hướng dẫn của NHCSXH');

insert into entrustment_ladder (valid_from, overdue_from, overdue_to, paid_percent, legal_basis) values
  ('2002-10-04', 0, 2, 100, 'Văn bản liên tịch giữa NHCSXH và tổ chức chính trị - xã hội'),
  ('2002-10-04', 2, 3, 80, 'Văn bản liên tịch giữa NHCSXH và tổ chức chính trị - xã hội'),
  ('2002-10-04', 3, 4, 50, 'Văn bản liên tịch giữa NHCSXH và tổ chức chính trị - xã hội'),
  ('2002-10-04', 4, null, 0, 'Văn bản liên tịch giữa NHCSXH và tổ chức chính trị - xã hội');

insert into entrustment_share (valid_from, valid_to, level, percent, legal_basis, unverified, note_vi) values
  ('2002-10-04', '2025-07-01', 'commune', 84, 'Văn bản liên tịch giữa NHCSXH và tổ chức chính trị - xã hội', false, null),
  ('2002-10-04', '2025-07-01', 'district', 9, 'Văn bản liên tịch giữa NHCSXH và tổ chức chính trị - xã hội', false, null),
  ('2002-10-04', '2025-07-01', 'province', 4.5, 'Văn bản liên tịch giữa NHCSXH và tổ chức chính trị - xã hội', false, null),
  ('2002-10-04', '2025-07-01', 'central', 2.5, 'Văn bản liên tịch giữa NHCSXH và tổ chức chính trị - xã hội', false, null),
  ('2025-07-01', null, 'commune', 84, 'Bỏ cấp huyện từ 01/7/2025', true, 'Phần 9 % của cấp huyện tạm tính cho cấp tỉnh, nơi nhận việc kiểm tra xã; chưa có văn bản'),
  ('2025-07-01', null, 'province', 13.5, 'Bỏ cấp huyện từ 01/7/2025', true, 'Phần 9 % của cấp huyện tạm tính cho cấp tỉnh, nơi nhận việc kiểm tra xã; chưa có văn bản'),
  ('2025-07-01', null, 'central', 2.5, 'Bỏ cấp huyện từ 01/7/2025', true, 'Phần 9 % của cấp huyện tạm tính cho cấp tỉnh, nơi nhận việc kiểm tra xã; chưa có văn bản');
