-- The lines of the official statements, and of which accounts each is made: B01 (balance sheet) and B02 (result) of
-- Circular 24/2024/TT-BTC, Annex IV, with the titles and codes of the forms; and drafts for microfinance institutions, whose
-- forms (Circular 05/2019/TT-BTC) are still to be read, so their lines and codes are ours and marked as unverified.
--
-- Every account that takes lines is reached by one line for each side on which it may stand; a test holds that
-- (tests/api/statements.rs). 136 and 336 are no line: they are settled to nothing before a statement is drawn up; nor are the
-- accounts that close the year (911, 001).

create table report_form (
  form        text not null check (form <> ''),
  valid_from  date not null,
  valid_to    date check (valid_to > valid_from),
  chart_id    text not null references chart,
  title_vi    text not null,
  title_en    text not null,
  legal_basis text not null,
  unverified  boolean not null,
  primary key (form, valid_from)
);
comment on column report_form.unverified is 'a draft: the text of the law was not read';

create table report_line (
  form       text not null,
  valid_from date not null,
  code       text not null check (code ~ '^[0-9]+$'),
  position   integer not null check (position > 0),
  level      smallint not null check (level between 0 and 3),
  mark       text not null,
  title_vi   text not null check (title_vi <> ''),
  title_en   text not null check (title_en <> ''),
  note_vi    text,
  note_en    text,
  primary key (form, valid_from, code),
  foreign key (form, valid_from) references report_form,
  constraint report_line_in_order unique (form, valid_from, position)
);
comment on column report_line.mark is 'the column STT of the form';
comment on column report_line.level is '0: a part or a total';
comment on column report_line.note_en is 'what the terms of the line do not say';

-- What a line adds up (op 1) or takes off (op -1):
--   balance_debit, balance_credit   what accounts have on that side; with by_party each party for itself, nothing set off
--   balance                         credit less debit; a line of net assets may be negative
--   excess_debit, excess_credit     what accounts have on that side beyond what the counter accounts have on the other
--   income, expense                 what accounts brought to the account that closes the year; before that, their turnover
--   moved                           what was debited to accounts and credited to the counter accounts
--   line                            another line of the form
-- Some lines take what is due within so many months after the closing day; others take the rest.
create table report_term (
  form           text not null,
  valid_from     date not null,
  line           text not null,
  term_no        integer not null check (term_no > 0),
  op             smallint not null check (op in (1, -1)),
  kind           text not null check (kind in ('balance_debit', 'balance_credit', 'balance', 'excess_debit', 'excess_credit', 'income',
                                               'expense', 'moved', 'line')),
  account_prefix text check (account_prefix ~ '^[0-9]+$'),
  counter_prefix text check (counter_prefix ~ '^[0-9]+$'),
  operand        text,
  by_party       boolean not null default false,
  due_over       integer check (due_over > 0),
  due_upto       integer check (due_upto > due_over),
  primary key (form, valid_from, line, term_no),
  foreign key (form, valid_from, line) references report_line,
  foreign key (form, valid_from, operand) references report_line,
  constraint report_term_of_lines_or_of_accounts check ((kind = 'line') = (operand is not null) and (kind = 'line') = (account_prefix is null)),
  constraint report_term_counter_accounts check ((kind in ('excess_debit', 'excess_credit', 'moved')) = (counter_prefix is not null)),
  constraint report_term_due_balances check (kind in ('balance_debit', 'balance_credit') or (due_over is null and due_upto is null and not by_party))
);
create index report_term_operand on report_term (form, valid_from, operand);
comment on column report_term.due_over is 'months after the closing day: only what falls due later; null: no bound';
comment on column report_term.due_upto is 'months after the closing day: only what falls due by then; null: no bound';

grant select on report_form, report_line, report_term to soquy_app;

insert into report_form (form, valid_from, valid_to, chart_id, title_vi, title_en, legal_basis, unverified) values
  ('B01/BCTC', '2025-01-01', null, 'tt24_2024', 'Báo cáo tình hình tài chính', 'Statement of financial position', 'Thông tư 24/2024/TT-BTC, Phụ lục IV', false),
  ('B02/BCTC', '2025-01-01', null, 'tt24_2024', 'Báo cáo kết quả hoạt động', 'Statement of performance', 'Thông tư 24/2024/TT-BTC, Phụ lục IV', false),
  ('B01-TCVM', '2020-03-01', null, 'tt31_2019', 'Báo cáo tình hình tài chính', 'Statement of financial position', 'Thông tư 05/2019/TT-BTC', true),
  ('B02-TCVM', '2020-03-01', null, 'tt31_2019', 'Báo cáo kết quả hoạt động', 'Statement of performance', 'Thông tư 05/2019/TT-BTC', true);

insert into report_line (form, valid_from, code, position, level, mark, title_vi, title_en)
  select 'B01/BCTC', '2025-01-01', l.* from (values
    ('100', 1, 0, 'A', 'TÀI SẢN NGẮN HẠN', 'CURRENT ASSETS'),
    ('110', 2, 1, 'I', 'Tiền và tương đương tiền', 'Cash and cash equivalents'),
    ('120', 3, 1, 'II', 'Đầu tư tài chính ngắn hạn', 'Short-term financial investments'),
    ('121', 4, 2, '1', 'Đầu tư tài chính ngắn hạn', 'Short-term financial investments'),
    ('122', 5, 2, '2', 'Dự phòng tổn thất đầu tư tài chính ngắn hạn', 'Provision for short-term financial investments'),
    ('130', 6, 1, 'III', 'Các khoản phải thu ngắn hạn', 'Short-term receivables'),
    ('131', 7, 2, '1', 'Phải thu của khách hàng ngắn hạn', 'Short-term receivables from customers'),
    ('132', 8, 2, '2', 'Phải thu kinh phí được cấp', 'Funding receivable'),
    ('133', 9, 2, '3', 'Trả trước cho người bán ngắn hạn', 'Short-term prepayments to suppliers'),
    ('134', 10, 2, '4', 'Các khoản phải thu ngắn hạn khác', 'Other short-term receivables'),
    ('135', 11, 2, '5', 'Dự phòng phải thu ngắn hạn khó đòi', 'Provision for doubtful short-term receivables'),
    ('140', 12, 1, 'IV', 'Hàng tồn kho', 'Inventories'),
    ('141', 13, 2, '1', 'Hàng tồn kho', 'Inventories'),
    ('142', 14, 2, '2', 'Dự phòng giảm giá hàng tồn kho', 'Provision for inventories'),
    ('150', 15, 1, 'V', 'Tài sản ngắn hạn khác', 'Other current assets'),
    ('160', 16, 0, 'B', 'TÀI SẢN DÀI HẠN', 'NON-CURRENT ASSETS'),
    ('170', 17, 1, 'I', 'Đầu tư tài chính dài hạn', 'Long-term financial investments'),
    ('171', 18, 2, '1', 'Đầu tư tài chính dài hạn', 'Long-term financial investments'),
    ('172', 19, 2, '2', 'Dự phòng tổn thất đầu tư tài chính dài hạn', 'Provision for long-term financial investments'),
    ('180', 20, 1, 'II', 'Các khoản phải thu dài hạn', 'Long-term receivables'),
    ('181', 21, 2, '1', 'Phải thu của khách hàng dài hạn', 'Long-term receivables from customers'),
    ('182', 22, 2, '2', 'Trả trước cho người bán dài hạn', 'Long-term prepayments to suppliers'),
    ('183', 23, 2, '3', 'Các khoản phải thu dài hạn khác', 'Other long-term receivables'),
    ('184', 24, 2, '4', 'Dự phòng phải thu dài hạn khó đòi', 'Provision for doubtful long-term receivables'),
    ('190', 25, 1, 'III', 'Tài sản cố định của đơn vị', 'Fixed assets of the unit'),
    ('191', 26, 2, '1', 'Tài sản cố định hữu hình', 'Tangible fixed assets'),
    ('192', 27, 3, '-', 'Nguyên giá', 'Cost'),
    ('193', 28, 3, '-', 'Khấu hao và hao mòn lũy kế', 'Accumulated depreciation'),
    ('194', 29, 2, '2', 'Tài sản cố định vô hình', 'Intangible fixed assets'),
    ('195', 30, 3, '-', 'Nguyên giá', 'Cost'),
    ('196', 31, 3, '-', 'Khấu hao và hao mòn lũy kế', 'Accumulated depreciation'),
    ('200', 32, 1, 'IV', 'Tài sản kết cấu hạ tầng đơn vị trực tiếp khai thác, sử dụng', 'Infrastructure operated and used by the unit itself'),
    ('201', 33, 2, '1', 'Tài sản cố định hữu hình', 'Tangible fixed assets'),
    ('202', 34, 3, '-', 'Nguyên giá', 'Cost'),
    ('203', 35, 3, '-', 'Khấu hao và hao mòn lũy kế', 'Accumulated depreciation'),
    ('204', 36, 2, '2', 'Tài sản cố định vô hình', 'Intangible fixed assets'),
    ('205', 37, 3, '-', 'Nguyên giá', 'Cost'),
    ('206', 38, 3, '-', 'Khấu hao và hao mòn lũy kế', 'Accumulated depreciation'),
    ('210', 39, 1, 'V', 'Mua sắm, đầu tư xây dựng dở dang', 'Purchases and construction in progress'),
    ('211', 40, 2, '1', 'Mua sắm, nâng cấp tài sản cố định', 'Purchase and upgrading of fixed assets'),
    ('212', 41, 2, '2', 'Đầu tư, xây dựng dở dang', 'Construction in progress'),
    ('213', 42, 2, '3', 'Dự án, công trình đầu tư xây dựng đã bàn giao, chờ phê duyệt quyết toán', 'Works handed over, awaiting approval of their settlement'),
    ('220', 43, 1, 'VI', 'Tài sản dài hạn khác', 'Other non-current assets'),
    ('230', 44, 0, '', 'TỔNG CỘNG TÀI SẢN', 'TOTAL ASSETS'),
    ('240', 45, 0, 'A', 'NỢ PHẢI TRẢ', 'LIABILITIES'),
    ('250', 46, 1, 'I', 'Nợ ngắn hạn', 'Current liabilities'),
    ('251', 47, 2, '1', 'Phải trả người bán ngắn hạn', 'Short-term payables to suppliers'),
    ('252', 48, 2, '2', 'Các khoản nhận trước của khách hàng ngắn hạn', 'Short-term prepayments of customers'),
    ('253', 49, 2, '3', 'Các khoản nhận trước kinh phí được cấp', 'Funding received in advance'),
    ('254', 50, 2, '4', 'Phải trả nợ vay ngắn hạn', 'Short-term borrowings'),
    ('255', 51, 2, '5', 'Dự phòng phải trả ngắn hạn', 'Short-term provisions'),
    ('256', 52, 2, '6', 'Các Quỹ phải trả', 'Funds payable'),
    ('257', 53, 2, '7', 'Các khoản nợ phải trả ngắn hạn khác', 'Other current liabilities'),
    ('260', 54, 1, 'II', 'Nợ dài hạn', 'Non-current liabilities'),
    ('261', 55, 2, '1', 'Phải trả người bán dài hạn', 'Long-term payables to suppliers'),
    ('262', 56, 2, '2', 'Các khoản nhận trước của khách hàng dài hạn', 'Long-term prepayments of customers'),
    ('263', 57, 2, '3', 'Phải trả nợ vay dài hạn', 'Long-term borrowings'),
    ('264', 58, 2, '4', 'Dự phòng phải trả dài hạn', 'Long-term provisions'),
    ('265', 59, 2, '5', 'Các khoản nợ phải trả dài hạn khác', 'Other non-current liabilities'),
    ('280', 60, 0, 'B', 'TÀI SẢN THUẦN', 'NET ASSETS'),
    ('281', 61, 2, '1', 'Vốn góp', 'Contributed capital'),
    ('282', 62, 2, '2', 'Thặng dư/thâm hụt lũy kế', 'Accumulated surplus or deficit'),
    ('283', 63, 2, '3', 'Quỹ thuộc đơn vị', 'Funds of the unit'),
    ('284', 64, 2, '4', 'Kinh phí mang sang năm sau', 'Funding carried forward'),
    ('285', 65, 2, '5', 'Tài sản thuần khác', 'Other net assets'),
    ('300', 66, 0, '', 'TỔNG CỘNG NGUỒN VỐN', 'TOTAL LIABILITIES AND NET ASSETS')
  ) l;
insert into report_term (form, valid_from, line, term_no, op, kind, operand)
  select 'B01/BCTC', '2025-01-01', s.line, o.n, case when o.code like '-%' then -1 else 1 end, 'line', ltrim(o.code, '-') from (values
    ('100', '{110,120,130,140,150}'::text[]),
    ('120', '{121,122}'::text[]),
    ('130', '{131,132,133,134,135}'::text[]),
    ('140', '{141,142}'::text[]),
    ('160', '{170,180,190,200,210,220}'::text[]),
    ('170', '{171,172}'::text[]),
    ('180', '{181,182,183,184}'::text[]),
    ('190', '{191,194}'::text[]),
    ('191', '{192,193}'::text[]),
    ('194', '{195,196}'::text[]),
    ('200', '{201,204}'::text[]),
    ('201', '{202,203}'::text[]),
    ('204', '{205,206}'::text[]),
    ('210', '{211,212,213}'::text[]),
    ('230', '{100,160}'::text[]),
    ('240', '{250,260}'::text[]),
    ('250', '{251,252,253,254,255,256,257}'::text[]),
    ('260', '{261,262,263,264,265}'::text[]),
    ('280', '{281,282,283,284,285}'::text[]),
    ('300', '{240,280}'::text[])
  ) s(line, operands) cross join unnest(s.operands) with ordinality o(code, n);
insert into report_term (form, valid_from, line, term_no, op, kind, account_prefix, counter_prefix, by_party, due_over, due_upto)
  select 'B01/BCTC', '2025-01-01', t.line, row_number() over (partition by t.line order by t.n, p.n), t.op, t.kind, split_part(p.code, '/', 1),
         nullif(split_part(p.code, '/', 2), ''), t.by_party, t.due_over, t.due_upto from (values
    (1, '110', 1, 'balance_debit', '{111,112,113}'::text[], false, null::integer, null::integer),
    (2, '110', 1, 'balance_debit', '{121}'::text[], false, null::integer, 3),
    (3, '121', 1, 'balance_debit', '{121}'::text[], false, 3, 12),
    (4, '122', -1, 'balance_credit', '{2293}'::text[], false, null::integer, 12),
    (5, '131', 1, 'balance_debit', '{131}'::text[], true, null::integer, 12),
    (6, '132', 1, 'balance_debit', '{135}'::text[], true, null::integer, null::integer),
    (7, '133', 1, 'balance_debit', '{331}'::text[], true, null::integer, 12),
    (8, '134', 1, 'balance_debit', '{137,1381,1382,1383,1384,141,332,334,353}'::text[], true, null::integer, null::integer),
    (9, '134', 1, 'balance_debit', '{1385,1388,248,338}'::text[], true, null::integer, 12),
    (10, '135', -1, 'balance_credit', '{2292}'::text[], false, null::integer, 12),
    (11, '141', 1, 'balance_debit', '{151,152,153,154,155,156}'::text[], false, null::integer, null::integer),
    (12, '142', -1, 'balance_credit', '{2291}'::text[], false, null::integer, null::integer),
    (13, '150', 1, 'balance_debit', '{133,333}'::text[], true, null::integer, null::integer),
    (14, '150', 1, 'balance_debit', '{242}'::text[], false, null::integer, 12),
    (15, '150', 1, 'excess_debit', '{172/372}'::text[], false, null::integer, null::integer),
    (16, '171', 1, 'balance_debit', '{121}'::text[], false, 12, null::integer),
    (17, '172', -1, 'balance_credit', '{2293}'::text[], false, 12, null::integer),
    (18, '181', 1, 'balance_debit', '{131}'::text[], true, 12, null::integer),
    (19, '182', 1, 'balance_debit', '{331}'::text[], true, 12, null::integer),
    (20, '183', 1, 'balance_debit', '{1385,1388,248,338}'::text[], true, 12, null::integer),
    (21, '184', -1, 'balance_credit', '{2292}'::text[], false, 12, null::integer),
    (22, '192', 1, 'balance_debit', '{2111}'::text[], false, null::integer, null::integer),
    (23, '193', -1, 'balance_credit', '{2141}'::text[], false, null::integer, null::integer),
    (24, '195', 1, 'balance_debit', '{2113}'::text[], false, null::integer, null::integer),
    (25, '196', -1, 'balance_credit', '{2143}'::text[], false, null::integer, null::integer),
    (26, '202', 1, 'balance_debit', '{2121}'::text[], false, null::integer, null::integer),
    (27, '203', -1, 'balance_credit', '{2151}'::text[], false, null::integer, null::integer),
    (28, '205', 1, 'balance_debit', '{2123}'::text[], false, null::integer, null::integer),
    (29, '206', -1, 'balance_credit', '{2153}'::text[], false, null::integer, null::integer),
    (30, '211', 1, 'balance_debit', '{2411,2413}'::text[], false, null::integer, null::integer),
    (31, '212', 1, 'balance_debit', '{24121}'::text[], false, null::integer, null::integer),
    (32, '213', -1, 'balance_credit', '{24122}'::text[], false, null::integer, null::integer),
    (33, '220', 1, 'balance_debit', '{242}'::text[], false, 12, null::integer),
    (34, '251', 1, 'balance_credit', '{331}'::text[], true, null::integer, 12),
    (35, '252', 1, 'balance_credit', '{131}'::text[], true, null::integer, 12),
    (36, '253', 1, 'balance_credit', '{135}'::text[], true, null::integer, null::integer),
    (37, '254', 1, 'balance_credit', '{341}'::text[], true, null::integer, 12),
    (38, '255', 1, 'balance_credit', '{352}'::text[], false, null::integer, 12),
    (39, '256', 1, 'balance_credit', '{353}'::text[], true, null::integer, null::integer),
    (40, '257', 1, 'balance_credit', '{137,332,333,334,3381,3382,3383}'::text[], true, null::integer, null::integer),
    (41, '257', 1, 'balance_credit', '{138,3387,3388,348}'::text[], true, null::integer, 12),
    (42, '257', 1, 'balance_credit', '{356}'::text[], false, null::integer, null::integer),
    (43, '257', 1, 'excess_credit', '{372/172}'::text[], false, null::integer, null::integer),
    (44, '261', 1, 'balance_credit', '{331}'::text[], true, 12, null::integer),
    (45, '262', 1, 'balance_credit', '{131}'::text[], true, 12, null::integer),
    (46, '263', 1, 'balance_credit', '{341}'::text[], true, 12, null::integer),
    (47, '264', 1, 'balance_credit', '{352}'::text[], false, 12, null::integer),
    (48, '265', 1, 'balance_credit', '{138,3387,3388,348}'::text[], true, 12, null::integer),
    (49, '281', 1, 'balance', '{411}'::text[], false, null::integer, null::integer),
    (50, '282', 1, 'balance', '{421}'::text[], false, null::integer, null::integer),
    (51, '283', 1, 'balance', '{431}'::text[], false, null::integer, null::integer),
    (52, '284', 1, 'balance', '{468}'::text[], false, null::integer, null::integer),
    (53, '285', 1, 'balance', '{413}'::text[], false, null::integer, null::integer)
  ) t(n, line, op, kind, prefixes, by_party, due_over, due_upto) cross join unnest(t.prefixes) with ordinality p(code, n);

insert into report_line (form, valid_from, code, position, level, mark, title_vi, title_en)
  select 'B02/BCTC', '2025-01-01', l.* from (values
    ('400', 1, 0, '1', 'DOANH THU', 'INCOME'),
    ('411', 2, 1, '1.1', 'Doanh thu từ kinh phí NSNN cấp', 'Income from the state budget'),
    ('412', 3, 1, '1.2', 'Doanh thu từ nhà tài trợ nước ngoài', 'Income from foreign donors'),
    ('413', 4, 1, '1.3', 'Doanh thu từ phí được khấu trừ, để lại', 'Income from fees retained'),
    ('414', 5, 1, '1.4', 'Doanh thu tài chính', 'Financial income'),
    ('415', 6, 1, '1.5', 'Doanh thu từ hoạt động nghiệp vụ', 'Income from professional activities'),
    ('416', 7, 1, '1.6', 'Doanh thu từ hoạt động sản xuất kinh doanh, dịch vụ', 'Income from business and services'),
    ('417', 8, 2, '-', 'Doanh thu do đơn vị trực tiếp thu', 'Income collected by the unit itself'),
    ('418', 9, 2, '-', 'Doanh thu kinh phí cung cấp dịch vụ sự nghiệp công từ NSNN', 'Income from the state budget for public services'),
    ('419', 10, 1, '1.7', 'Thu nhập khác', 'Other income'),
    ('450', 11, 0, '2', 'CHI PHÍ', 'EXPENSES'),
    ('451', 12, 1, '2.1', 'Chi phí hoạt động không giao tự chủ', 'Operating expenses without autonomy'),
    ('452', 13, 1, '2.2', 'Chi phí hoạt động giao tự chủ', 'Operating expenses with autonomy'),
    ('453', 14, 1, '2.3', 'Chi phí tài chính', 'Financial expenses'),
    ('454', 15, 1, '2.4', 'Giá vốn hàng bán', 'Cost of goods sold'),
    ('455', 16, 1, '2.5', 'Chi phí bán hàng', 'Selling expenses'),
    ('456', 17, 1, '2.6', 'Chi phí quản lý của hoạt động sản xuất kinh doanh, dịch vụ', 'Administrative expenses of business and services'),
    ('457', 18, 1, '2.7', 'Chi phí khác', 'Other expenses'),
    ('458', 19, 1, '2.8', 'Chi phí tài sản bàn giao', 'Cost of assets handed over'),
    ('460', 20, 0, '3', 'CHI PHÍ THUẾ THU NHẬP DOANH NGHIỆP', 'CORPORATE INCOME TAX'),
    ('500', 21, 0, '4', 'KẾT QUẢ HOẠT ĐỘNG TRONG NĂM', 'RESULT OF THE YEAR'),
    ('510', 22, 0, '5', 'ĐIỀU CHỈNH KẾT QUẢ HOẠT ĐỘNG DO CHI PHÍ GHI NHẬN NĂM NAY NHƯNG DOANH THU ĐÃ GHI NHẬN NĂM TRƯỚC', 'ADJUSTMENT FOR EXPENSES OF THIS YEAR WHOSE INCOME WAS OF AN EARLIER YEAR'),
    ('520', 23, 0, '6', 'THẶNG DƯ/THÂM HỤT TRONG NĂM', 'SURPLUS OR DEFICIT OF THE YEAR'),
    ('521', 24, 1, '-', 'Các khoản phân phối vào quỹ thuộc đơn vị', 'Put into funds of the unit'),
    ('522', 25, 1, '-', 'Nguồn kinh phí mang sang năm sau', 'Funding carried forward'),
    ('525', 26, 1, '-', 'Thặng dư không phân phối/thâm hụt chuyển năm sau', 'Surplus not distributed or deficit carried forward')
  ) l;
insert into report_term (form, valid_from, line, term_no, op, kind, operand)
  select 'B02/BCTC', '2025-01-01', s.line, o.n, case when o.code like '-%' then -1 else 1 end, 'line', ltrim(o.code, '-') from (values
    ('400', '{411,412,413,414,415,416,419}'::text[]),
    ('416', '{417,418}'::text[]),
    ('450', '{451,452,453,454,455,456,457,458}'::text[]),
    ('500', '{400,-450,-460}'::text[]),
    ('520', '{500,510}'::text[]),
    ('525', '{520,-521,-522}'::text[])
  ) s(line, operands) cross join unnest(s.operands) with ordinality o(code, n);
insert into report_term (form, valid_from, line, term_no, op, kind, account_prefix, counter_prefix, by_party, due_over, due_upto)
  select 'B02/BCTC', '2025-01-01', t.line, row_number() over (partition by t.line order by t.n, p.n), t.op, t.kind, split_part(p.code, '/', 1),
         nullif(split_part(p.code, '/', 2), ''), t.by_party, t.due_over, t.due_upto from (values
    (1, '411', 1, 'income', '{511}'::text[], false, null::integer, null::integer),
    (2, '412', 1, 'income', '{512}'::text[], false, null::integer, null::integer),
    (3, '413', 1, 'income', '{514}'::text[], false, null::integer, null::integer),
    (4, '414', 1, 'income', '{515}'::text[], false, null::integer, null::integer),
    (5, '415', 1, 'income', '{518}'::text[], false, null::integer, null::integer),
    (6, '417', 1, 'income', '{5311}'::text[], false, null::integer, null::integer),
    (7, '418', 1, 'income', '{5312}'::text[], false, null::integer, null::integer),
    (8, '419', 1, 'income', '{711}'::text[], false, null::integer, null::integer),
    (9, '451', 1, 'expense', '{611}'::text[], false, null::integer, null::integer),
    (10, '452', 1, 'expense', '{612}'::text[], false, null::integer, null::integer),
    (11, '453', 1, 'expense', '{615}'::text[], false, null::integer, null::integer),
    (12, '454', 1, 'expense', '{632}'::text[], false, null::integer, null::integer),
    (13, '455', 1, 'expense', '{641}'::text[], false, null::integer, null::integer),
    (14, '456', 1, 'expense', '{642}'::text[], false, null::integer, null::integer),
    (15, '457', 1, 'expense', '{811}'::text[], false, null::integer, null::integer),
    (16, '458', 1, 'expense', '{812}'::text[], false, null::integer, null::integer),
    (17, '460', 1, 'expense', '{821}'::text[], false, null::integer, null::integer),
    (18, '510', 1, 'moved', '{431/421}'::text[], false, null::integer, null::integer),
    (19, '510', 1, 'moved', '{468/421}'::text[], false, null::integer, null::integer),
    (20, '521', 1, 'moved', '{421/431}'::text[], false, null::integer, null::integer),
    (21, '522', 1, 'moved', '{421/468}'::text[], false, null::integer, null::integer)
  ) t(n, line, op, kind, prefixes, by_party, due_over, due_upto) cross join unnest(t.prefixes) with ordinality p(code, n);

insert into report_line (form, valid_from, code, position, level, mark, title_vi, title_en)
  select 'B01-TCVM', '2020-03-01', l.* from (values
    ('100', 1, 0, 'A', 'TÀI SẢN', 'ASSETS'),
    ('110', 2, 1, 'I', 'Tiền mặt', 'Cash'),
    ('120', 3, 1, 'II', 'Tiền gửi tại NHNN', 'Deposits at the State Bank'),
    ('130', 4, 1, 'III', 'Tiền gửi tại các TCTD', 'Deposits at credit institutions'),
    ('140', 5, 1, 'IV', 'Các khoản đầu tư', 'Investments'),
    ('141', 6, 2, '1', 'Các khoản đầu tư', 'Investments'),
    ('142', 7, 2, '2', 'Dự phòng các khoản đầu tư', 'Provision for investments'),
    ('150', 8, 1, 'V', 'Cho vay', 'Loans'),
    ('151', 9, 2, '1', 'Cho vay', 'Loans'),
    ('152', 10, 2, '2', 'Cho vay bằng nguồn vốn ủy thác', 'Loans of entrusted capital'),
    ('153', 11, 2, '3', 'Các khoản nợ chờ xử lý', 'Debts awaiting handling'),
    ('154', 12, 2, '4', 'Nợ cho vay được khoanh', 'Frozen loans'),
    ('155', 13, 2, '5', 'Dự phòng rủi ro cho vay', 'Provision for loan losses'),
    ('160', 14, 1, 'VI', 'Tài sản cố định', 'Fixed assets'),
    ('161', 15, 2, '1', 'Nguyên giá', 'Cost'),
    ('162', 16, 2, '2', 'Hao mòn tài sản cố định', 'Accumulated depreciation'),
    ('170', 17, 1, 'VII', 'Tài sản khác', 'Other assets'),
    ('171', 18, 2, '1', 'Các khoản phải thu', 'Receivables'),
    ('172', 19, 2, '2', 'Dự phòng rủi ro các khoản phải thu', 'Provision for receivables'),
    ('173', 20, 2, '3', 'Lãi và phí phải thu', 'Interest and fees receivable'),
    ('174', 21, 2, '4', 'Công cụ, vật liệu, xây dựng cơ bản dở dang', 'Tools, materials and construction in progress'),
    ('175', 22, 2, '5', 'Ủy thác cho vay', 'Lending through others'),
    ('176', 23, 2, '6', 'Chi dự án', 'Project expenditure'),
    ('177', 24, 2, '7', 'Tài sản khác', 'Other assets'),
    ('200', 25, 0, '', 'TỔNG TÀI SẢN', 'TOTAL ASSETS'),
    ('300', 26, 0, 'B', 'NỢ PHẢI TRẢ', 'LIABILITIES'),
    ('310', 27, 1, 'I', 'Vay cá nhân, các TCTD, tổ chức khác', 'Borrowings from persons, credit institutions and others'),
    ('320', 28, 1, 'II', 'Tiền gửi của khách hàng', 'Customer deposits'),
    ('330', 29, 1, 'III', 'Vốn nhận ủy thác cho vay', 'Capital received for entrusted lending'),
    ('340', 30, 1, 'IV', 'Các khoản phải trả', 'Payables'),
    ('350', 31, 1, 'V', 'Nguồn kinh phí dự án, dự phòng phải trả, các quỹ', 'Project funds, provisions and funds'),
    ('360', 32, 1, 'VI', 'Lãi và phí phải trả', 'Interest and fees payable'),
    ('400', 33, 0, 'C', 'VỐN CHỦ SỞ HỮU', 'EQUITY'),
    ('410', 34, 1, 'I', 'Vốn đầu tư của chủ sở hữu', 'Owners capital'),
    ('420', 35, 1, 'II', 'Các quỹ', 'Reserves'),
    ('430', 36, 1, 'III', 'Chênh lệch đánh giá lại tài sản, tỷ giá hối đoái', 'Revaluation and exchange differences'),
    ('440', 37, 1, 'IV', 'Lợi nhuận sau thuế chưa phân phối', 'Undistributed profit after tax'),
    ('500', 38, 0, '', 'TỔNG NỢ PHẢI TRẢ VÀ VỐN CHỦ SỞ HỮU', 'TOTAL LIABILITIES AND EQUITY')
  ) l;
insert into report_term (form, valid_from, line, term_no, op, kind, operand)
  select 'B01-TCVM', '2020-03-01', s.line, o.n, case when o.code like '-%' then -1 else 1 end, 'line', ltrim(o.code, '-') from (values
    ('100', '{110,120,130,140,150,160,170}'::text[]),
    ('140', '{141,142}'::text[]),
    ('150', '{151,152,153,154,155}'::text[]),
    ('160', '{161,162}'::text[]),
    ('170', '{171,172,173,174,175,176,177}'::text[]),
    ('200', '{100}'::text[]),
    ('300', '{310,320,330,340,350,360}'::text[]),
    ('400', '{410,420,430,440}'::text[]),
    ('500', '{300,400}'::text[])
  ) s(line, operands) cross join unnest(s.operands) with ordinality o(code, n);
insert into report_term (form, valid_from, line, term_no, op, kind, account_prefix, counter_prefix, by_party, due_over, due_upto)
  select 'B01-TCVM', '2020-03-01', t.line, row_number() over (partition by t.line order by t.n, p.n), t.op, t.kind, split_part(p.code, '/', 1),
         nullif(split_part(p.code, '/', 2), ''), t.by_party, t.due_over, t.due_upto from (values
    (1, '110', 1, 'balance_debit', '{101}'::text[], false, null::integer, null::integer),
    (2, '120', 1, 'balance_debit', '{110}'::text[], false, null::integer, null::integer),
    (3, '130', 1, 'balance_debit', '{130}'::text[], false, null::integer, null::integer),
    (4, '141', 1, 'balance_debit', '{1211,1212,1218}'::text[], false, null::integer, null::integer),
    (5, '142', -1, 'balance_credit', '{1219}'::text[], false, null::integer, null::integer),
    (6, '151', 1, 'balance_debit', '{201}'::text[], false, null::integer, null::integer),
    (7, '152', 1, 'balance_debit', '{251}'::text[], false, null::integer, null::integer),
    (8, '153', 1, 'balance_debit', '{281}'::text[], false, null::integer, null::integer),
    (9, '154', 1, 'balance_debit', '{291}'::text[], false, null::integer, null::integer),
    (10, '155', -1, 'balance_credit', '{299}'::text[], false, null::integer, null::integer),
    (11, '161', 1, 'balance_debit', '{301,302,303}'::text[], false, null::integer, null::integer),
    (12, '162', -1, 'balance_credit', '{305}'::text[], false, null::integer, null::integer),
    (13, '171', 1, 'balance_debit', '{351,353,362,453,461}'::text[], true, null::integer, null::integer),
    (14, '172', -1, 'balance_credit', '{359}'::text[], false, null::integer, null::integer),
    (15, '173', 1, 'balance_debit', '{391}'::text[], false, null::integer, null::integer),
    (16, '174', 1, 'balance_debit', '{311,313,321}'::text[], false, null::integer, null::integer),
    (17, '175', 1, 'balance_debit', '{382}'::text[], false, null::integer, null::integer),
    (18, '176', 1, 'balance_debit', '{366}'::text[], false, null::integer, null::integer),
    (19, '177', 1, 'balance_debit', '{381,519}'::text[], false, null::integer, null::integer),
    (20, '310', 1, 'balance_credit', '{415}'::text[], false, null::integer, null::integer),
    (21, '320', 1, 'balance_credit', '{420}'::text[], false, null::integer, null::integer),
    (22, '330', 1, 'balance_credit', '{441}'::text[], false, null::integer, null::integer),
    (23, '340', 1, 'balance_credit', '{451,453,461,462}'::text[], true, null::integer, null::integer),
    (24, '340', 1, 'balance_credit', '{519}'::text[], false, null::integer, null::integer),
    (25, '350', 1, 'balance_credit', '{466,471,483,484}'::text[], false, null::integer, null::integer),
    (26, '360', 1, 'balance_credit', '{491}'::text[], false, null::integer, null::integer),
    (27, '410', 1, 'balance', '{601}'::text[], false, null::integer, null::integer),
    (28, '420', 1, 'balance', '{611,612,613}'::text[], false, null::integer, null::integer),
    (29, '430', 1, 'balance', '{631,641}'::text[], false, null::integer, null::integer),
    (30, '440', 1, 'balance', '{691}'::text[], false, null::integer, null::integer)
  ) t(n, line, op, kind, prefixes, by_party, due_over, due_upto) cross join unnest(t.prefixes) with ordinality p(code, n);

insert into report_line (form, valid_from, code, position, level, mark, title_vi, title_en)
  select 'B02-TCVM', '2020-03-01', l.* from (values
    ('10', 1, 0, 'I', 'Thu nhập thuần từ hoạt động tín dụng', 'Net income from lending'),
    ('11', 2, 1, '1', 'Doanh thu từ hoạt động tín dụng', 'Income from lending'),
    ('12', 3, 1, '2', 'Chi phí hoạt động tín dụng', 'Expenses of lending'),
    ('20', 4, 0, 'II', 'Thu nhập thuần từ hoạt động dịch vụ', 'Net income from services'),
    ('21', 5, 1, '3', 'Doanh thu từ hoạt động dịch vụ', 'Income from services'),
    ('22', 6, 1, '4', 'Chi phí hoạt động dịch vụ', 'Expenses of services'),
    ('30', 7, 0, 'III', 'Thu nhập thuần từ hoạt động khác', 'Net income from other activities'),
    ('31', 8, 1, '5', 'Doanh thu từ hoạt động khác', 'Income from other activities'),
    ('32', 9, 1, '6', 'Chi hoạt động khác', 'Expenses of other activities'),
    ('40', 10, 0, 'IV', 'Thu nhập thuần khác', 'Other net income'),
    ('41', 11, 1, '7', 'Doanh thu khác', 'Other income'),
    ('42', 12, 1, '8', 'Chi phí khác', 'Other expenses'),
    ('50', 13, 0, 'V', 'Chi phí quản lý', 'Administrative expenses'),
    ('60', 14, 0, 'VI', 'Chi phí dự phòng', 'Provision expense'),
    ('70', 15, 0, 'VII', 'Lợi nhuận trước thuế', 'Profit before tax'),
    ('80', 16, 0, 'VIII', 'Chi phí thuế thu nhập doanh nghiệp', 'Corporate income tax expense'),
    ('90', 17, 0, 'IX', 'Lợi nhuận sau thuế', 'Profit after tax')
  ) l;
insert into report_term (form, valid_from, line, term_no, op, kind, operand)
  select 'B02-TCVM', '2020-03-01', s.line, o.n, case when o.code like '-%' then -1 else 1 end, 'line', ltrim(o.code, '-') from (values
    ('10', '{11,-12}'::text[]),
    ('20', '{21,-22}'::text[]),
    ('30', '{31,-32}'::text[]),
    ('40', '{41,-42}'::text[]),
    ('70', '{10,20,30,40,-50,-60}'::text[]),
    ('90', '{70,-80}'::text[])
  ) s(line, operands) cross join unnest(s.operands) with ordinality o(code, n);
insert into report_term (form, valid_from, line, term_no, op, kind, account_prefix, counter_prefix, by_party, due_over, due_upto)
  select 'B02-TCVM', '2020-03-01', t.line, row_number() over (partition by t.line order by t.n, p.n), t.op, t.kind, split_part(p.code, '/', 1),
         nullif(split_part(p.code, '/', 2), ''), t.by_party, t.due_over, t.due_upto from (values
    (1, '11', 1, 'income', '{701}'::text[], false, null::integer, null::integer),
    (2, '21', 1, 'income', '{711}'::text[], false, null::integer, null::integer),
    (3, '31', 1, 'income', '{741}'::text[], false, null::integer, null::integer),
    (4, '41', 1, 'income', '{791}'::text[], false, null::integer, null::integer),
    (5, '12', 1, 'expense', '{801}'::text[], false, null::integer, null::integer),
    (6, '22', 1, 'expense', '{811}'::text[], false, null::integer, null::integer),
    (7, '32', 1, 'expense', '{841}'::text[], false, null::integer, null::integer),
    (8, '42', 1, 'expense', '{891}'::text[], false, null::integer, null::integer),
    (9, '50', 1, 'expense', '{851}'::text[], false, null::integer, null::integer),
    (10, '60', 1, 'expense', '{881}'::text[], false, null::integer, null::integer),
    (11, '80', 1, 'expense', '{831}'::text[], false, null::integer, null::integer)
  ) t(n, line, op, kind, prefixes, by_party, due_over, due_upto) cross join unnest(t.prefixes) with ordinality p(code, n);

update report_line l set note_vi = n.note_vi, note_en = n.note_en from (values
    ('B01/BCTC', '110', 'Tài khoản 121: khoản có kỳ hạn không quá 3 tháng kể từ ngày đầu tư', 'Account 121: what runs for no more than 3 months from the day of the investment'),
    ('B01/BCTC', '121', 'Ngoài các khoản đã là tương đương tiền', 'Without what are cash equivalents'),
    ('B02/BCTC', '510', 'Cộng thêm chi phí từ thặng dư chưa phân phối các năm trước, do đơn vị tự tính',
     'Plus costs met from undistributed surplus of earlier years, which the unit works out itself')
  ) n(form, code, note_vi, note_en) where l.form = n.form and l.code = n.code;
