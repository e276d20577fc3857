-- Two charts of accounts. A unit of the State or the Fatherland Front keeps its books, the revolving fund among them,
-- in the administrative chart (Circular 24/2024/TT-BTC); a loan book follows the chart of microfinance institutions
-- (Circular 05/2019/TT-BTC), the closest official model of one.
--
-- official   an account of the circular. False: opened by us, below an official one; off the balance sheet 000 and 0941
--            stand alone.
-- side       where the balance normally stands. Contra accounts (214, 299) stand opposite to their class; "both" marks
--            accounts that may lawfully stand on either side.
-- money      cash and sight deposits: what a source can spend. Money in transit is not, or it could be spent twice.
-- memorandum off the balance sheet, where Vietnamese practice books one side only. Our journals balance without
--            exception, so each such entry has its other side in 000, an account no report prints.
--
-- Titles follow Circular 05/2019, and for Circular 24/2024 those of Circular 107/2017 where the code lives on; they are
-- to be compared with the annex before an official book is printed. Left out until then, because sources disagree
-- about their titles and no posting needs them: 151, 341, 651, 004, 006 and 008 of Circular 24/2024; 415 and 851 of
-- Circular 05/2019.
--
-- Uncollected interest has no account in Circular 24/2024. 008 and its details are budget estimates there, so the
-- memorandum account for it is 0941, after 941 of the microfinance chart.

insert into chart (chart_id, title_vi, title_en, legal_basis, valid_from, valid_to) values
  ('tt24_2024', 'Hệ thống tài khoản kế toán hành chính, sự nghiệp', 'Chart of accounts of administrative and non-business units',
   'Thông tư 24/2024/TT-BTC', '2025-01-01', null),
  ('tt05_2019', 'Hệ thống tài khoản kế toán tổ chức tài chính vi mô', 'Chart of accounts of microfinance institutions',
   'Thông tư 05/2019/TT-BTC', '2019-04-01', null);

insert into chart_account
  (chart_id, code, parent_code, name_vi, name_en, class, side, official, money, memorandum)
values
  -- Assets
  ('tt24_2024', '111', null, 'Tiền mặt', 'Cash', 'asset', 'debit', true, false, false),
  ('tt24_2024', '1111', '111', 'Tiền Việt Nam', 'Cash in đồng', 'asset', 'debit', true, true, false),
  ('tt24_2024', '1112', '111', 'Ngoại tệ', 'Cash in foreign currency', 'asset', 'debit', true, true, false),
  ('tt24_2024', '112', null, 'Tiền gửi ngân hàng, kho bạc', 'Deposits at banks and the State Treasury', 'asset', 'debit', true, false, false),
  ('tt24_2024', '1121', '112', 'Tiền Việt Nam', 'Deposits in đồng, at sight', 'asset', 'debit', true, true, false),
  ('tt24_2024', '1122', '112', 'Ngoại tệ', 'Deposits in foreign currency', 'asset', 'debit', true, true, false),
  ('tt24_2024', '113', null, 'Tiền đang chuyển', 'Money in transit', 'asset', 'debit', true, false, false),
  ('tt24_2024', '121', null, 'Đầu tư tài chính', 'Financial investments', 'asset', 'debit', true, false, false),
  ('tt24_2024', '131', null, 'Phải thu khách hàng', 'Receivables from customers', 'asset', 'both', true, false, false),
  ('tt24_2024', '133', null, 'Thuế GTGT được khấu trừ', 'Deductible value-added tax', 'asset', 'debit', true, false, false),
  ('tt24_2024', '135', null, 'Phải thu kinh phí được cấp', 'Budget funds receivable', 'asset', 'debit', true, false, false),
  ('tt24_2024', '136', null, 'Phải thu nội bộ', 'Internal receivables', 'asset', 'debit', true, false, false),
  ('tt24_2024', '138', null, 'Phải thu khác', 'Other receivables', 'asset', 'both', true, false, false),
  ('tt24_2024', '1388', '138', 'Phải thu vốn hỗ trợ luân chuyển', 'Revolving support to be recovered', 'asset', 'debit', false, false, false),
  ('tt24_2024', '13881', '1388', 'Vốn hỗ trợ luân chuyển trong hạn', 'Principal to recover, within term', 'asset', 'debit', false, false, false),
  ('tt24_2024', '13882', '1388', 'Vốn hỗ trợ luân chuyển quá hạn', 'Principal to recover, overdue', 'asset', 'debit', false, false, false),
  ('tt24_2024', '13883', '1388', 'Vốn hỗ trợ luân chuyển được khoanh', 'Principal to recover, frozen', 'asset', 'debit', false, false, false),
  ('tt24_2024', '141', null, 'Tạm ứng', 'Advances', 'asset', 'debit', true, false, false),
  ('tt24_2024', '152', null, 'Nguyên liệu, vật liệu', 'Materials', 'asset', 'debit', true, false, false),
  ('tt24_2024', '153', null, 'Công cụ, dụng cụ', 'Tools and supplies', 'asset', 'debit', true, false, false),
  ('tt24_2024', '154', null, 'Chi phí sản xuất, kinh doanh, dịch vụ dở dang', 'Work in progress', 'asset', 'debit', true, false, false),
  ('tt24_2024', '155', null, 'Sản phẩm', 'Products', 'asset', 'debit', true, false, false),
  ('tt24_2024', '211', null, 'Tài sản cố định hữu hình', 'Tangible fixed assets', 'asset', 'debit', true, false, false),
  ('tt24_2024', '213', null, 'Tài sản cố định vô hình', 'Intangible fixed assets', 'asset', 'debit', true, false, false),
  ('tt24_2024', '214', null, 'Khấu hao và hao mòn lũy kế tài sản cố định', 'Accumulated depreciation of fixed assets', 'asset', 'credit', true, false, false),
  ('tt24_2024', '241', null, 'Xây dựng cơ bản dở dang', 'Construction in progress', 'asset', 'debit', true, false, false),
  ('tt24_2024', '242', null, 'Chi phí trả trước', 'Prepaid expenses', 'asset', 'debit', true, false, false),
  -- Liabilities
  ('tt24_2024', '331', null, 'Phải trả cho người bán', 'Payables to suppliers', 'liability', 'both', true, false, false),
  ('tt24_2024', '332', null, 'Các khoản phải nộp theo lương', 'Payroll contributions payable', 'liability', 'both', true, false, false),
  ('tt24_2024', '3321', '332', 'Bảo hiểm xã hội', 'Social insurance', 'liability', 'both', true, false, false),
  ('tt24_2024', '3322', '332', 'Bảo hiểm y tế', 'Health insurance', 'liability', 'both', true, false, false),
  ('tt24_2024', '3323', '332', 'Kinh phí công đoàn', 'Trade union fee', 'liability', 'both', true, false, false),
  ('tt24_2024', '3324', '332', 'Bảo hiểm thất nghiệp', 'Unemployment insurance', 'liability', 'both', true, false, false),
  ('tt24_2024', '333', null, 'Các khoản phải nộp nhà nước', 'Taxes and dues to the State', 'liability', 'both', true, false, false),
  ('tt24_2024', '334', null, 'Phải trả người lao động', 'Payables to employees', 'liability', 'both', true, false, false),
  ('tt24_2024', '336', null, 'Phải trả nội bộ', 'Internal payables', 'liability', 'credit', true, false, false),
  ('tt24_2024', '338', null, 'Phải trả khác', 'Other payables', 'liability', 'both', true, false, false),
  ('tt24_2024', '3388', '338', 'Phải trả khác của vốn hỗ trợ luân chuyển', 'Other payables of revolving support', 'liability', 'credit', false, false, false),
  ('tt24_2024', '33881', '3388', 'Hộ nộp thừa chờ hoàn trả', 'Overpayments to give back to households', 'liability', 'credit', false, false, false),
  ('tt24_2024', '33882', '3388', 'Khoản thu chưa xác định được nội dung', 'Receipts not yet identified', 'liability', 'credit', false, false, false),
  ('tt24_2024', '366', null, 'Các khoản nhận trước chưa ghi thu', 'Funds received, not yet used', 'liability', 'credit', true, false, false),
  -- Net assets
  ('tt24_2024', '411', null, 'Nguồn vốn kinh doanh', 'Business capital', 'equity', 'credit', true, false, false),
  ('tt24_2024', '413', null, 'Chênh lệch tỷ giá hối đoái', 'Exchange differences', 'equity', 'both', true, false, false),
  ('tt24_2024', '421', null, 'Thặng dư (thâm hụt) lũy kế', 'Accumulated surplus (deficit)', 'equity', 'both', true, false, false),
  ('tt24_2024', '4211', '421', 'Thặng dư (thâm hụt) lũy kế năm trước', 'Accumulated surplus (deficit) of earlier years', 'equity', 'both', true, false, false),
  ('tt24_2024', '4212', '421', 'Thặng dư (thâm hụt) lũy kế năm nay', 'Accumulated surplus (deficit) of this year', 'equity', 'both', true, false, false),
  ('tt24_2024', '431', null, 'Các quỹ', 'Funds', 'equity', 'credit', true, false, false),
  ('tt24_2024', '4311', '431', 'Quỹ khen thưởng', 'Bonus fund', 'equity', 'credit', true, false, false),
  ('tt24_2024', '4312', '431', 'Quỹ phúc lợi', 'Welfare fund', 'equity', 'credit', true, false, false),
  ('tt24_2024', '4314', '431', 'Quỹ phát triển hoạt động sự nghiệp', 'Development fund', 'equity', 'credit', true, false, false),
  ('tt24_2024', '4318', '431', 'Quỹ quay vòng giảm nghèo', 'Revolving poverty-reduction fund', 'equity', 'credit', false, false, false),
  ('tt24_2024', '43181', '4318', 'Vốn ban đầu và bổ sung', 'Initial and added capital', 'equity', 'credit', false, false, false),
  ('tt24_2024', '43182', '4318', 'Vốn thu hồi để quay vòng', 'Recovered capital, to revolve', 'equity', 'credit', false, false, false),
  ('tt24_2024', '468', null, 'Nguồn cải cách tiền lương', 'Wage reform fund', 'equity', 'credit', true, false, false),
  -- Income
  ('tt24_2024', '511', null, 'Thu hoạt động do ngân sách nhà nước cấp', 'Revenue from the state budget', 'income', 'credit', true, false, false),
  ('tt24_2024', '512', null, 'Thu viện trợ, vay nợ nước ngoài', 'Revenue from foreign aid and loans', 'income', 'credit', true, false, false),
  ('tt24_2024', '514', null, 'Thu phí được khấu trừ, để lại', 'Fees retained', 'income', 'credit', true, false, false),
  ('tt24_2024', '515', null, 'Doanh thu tài chính', 'Financial income', 'income', 'credit', true, false, false),
  ('tt24_2024', '5158', '515', 'Thu lãi, phí của vốn hỗ trợ luân chuyển', 'Interest and fees of revolving support', 'income', 'credit', false, false, false),
  ('tt24_2024', '518', null, 'Doanh thu hoạt động nghiệp vụ', 'Income from professional activities', 'income', 'credit', true, false, false),
  ('tt24_2024', '531', null, 'Doanh thu hoạt động sản xuất, kinh doanh, dịch vụ', 'Business and service income', 'income', 'credit', true, false, false),
  -- Expenses
  ('tt24_2024', '611', null, 'Chi phí hoạt động', 'Operating expenses', 'expense', 'debit', true, false, false),
  ('tt24_2024', '6118', '611', 'Chi phí của vốn hỗ trợ luân chuyển', 'Expenses of revolving support', 'expense', 'debit', false, false, false),
  ('tt24_2024', '61181', '6118', 'Tổn thất vốn được phê duyệt', 'Approved losses of capital', 'expense', 'debit', false, false, false),
  ('tt24_2024', '61182', '6118', 'Chi phí lựa chọn dự án', 'Cost of selecting projects', 'expense', 'debit', false, false, false),
  ('tt24_2024', '612', null, 'Chi phí từ nguồn viện trợ, vay nợ nước ngoài', 'Expenses from foreign aid and loans', 'expense', 'debit', true, false, false),
  ('tt24_2024', '614', null, 'Chi phí hoạt động thu phí', 'Expenses of fee collection', 'expense', 'debit', true, false, false),
  ('tt24_2024', '615', null, 'Chi phí tài chính', 'Financial expenses', 'expense', 'debit', true, false, false),
  ('tt24_2024', '618', null, 'Chi phí hoạt động nghiệp vụ', 'Expenses of professional activities', 'expense', 'debit', true, false, false),
  ('tt24_2024', '642', null, 'Chi phí quản lý của hoạt động sản xuất, kinh doanh, dịch vụ', 'Administrative expenses of business and services', 'expense', 'debit', true, false, false),
  -- Other, and the result
  ('tt24_2024', '711', null, 'Thu nhập khác', 'Other income', 'income', 'credit', true, false, false),
  ('tt24_2024', '811', null, 'Chi phí khác', 'Other expenses', 'expense', 'debit', true, false, false),
  ('tt24_2024', '911', null, 'Xác định kết quả', 'Determination of results', 'equity', 'both', true, false, false),
  -- Off balance
  ('tt24_2024', '000', null, 'Tài khoản đối ứng ngoài bảng', 'Contra of memorandum entries', 'memorandum', 'both', false, false, true),
  ('tt24_2024', '001', null, 'Tài sản thuê ngoài', 'Rented assets', 'memorandum', 'debit', true, false, true),
  ('tt24_2024', '012', null, 'Lệnh chi tiền thực chi', 'Payment orders, final', 'memorandum', 'debit', true, false, true),
  ('tt24_2024', '013', null, 'Lệnh chi tiền tạm ứng', 'Payment orders, advance', 'memorandum', 'debit', true, false, true),
  ('tt24_2024', '0941', null, 'Lãi, phí hỗ trợ luân chuyển chưa thu được', 'Interest and fees of revolving support not collected', 'memorandum', 'debit', false, false, true);

insert into chart_account
  (chart_id, code, parent_code, name_vi, name_en, class, side, official, money, memorandum)
values
  -- Assets
  ('tt05_2019', '101', null, 'Tiền mặt', 'Cash', 'asset', 'debit', true, true, false),
  ('tt05_2019', '110', null, 'Tiền gửi tại Ngân hàng Nhà nước', 'Deposits at the State Bank', 'asset', 'debit', true, true, false),
  ('tt05_2019', '130', null, 'Tiền gửi tại tổ chức tín dụng', 'Deposits at credit institutions', 'asset', 'debit', true, true, false),
  ('tt05_2019', '201', null, 'Cho vay', 'Loans', 'asset', 'debit', true, false, false),
  ('tt05_2019', '2011', '201', 'Cho vay trong hạn', 'Loans within term', 'asset', 'debit', false, false, false),
  ('tt05_2019', '2012', '201', 'Cho vay quá hạn', 'Loans overdue', 'asset', 'debit', false, false, false),
  ('tt05_2019', '251', null, 'Cho vay bằng nguồn vốn ủy thác', 'Loans of entrusted capital', 'asset', 'debit', true, false, false),
  ('tt05_2019', '2511', '251', 'Cho vay bằng nguồn vốn ủy thác trong hạn', 'Loans of entrusted capital within term', 'asset', 'debit', false, false, false),
  ('tt05_2019', '2512', '251', 'Cho vay bằng nguồn vốn ủy thác quá hạn', 'Loans of entrusted capital overdue', 'asset', 'debit', false, false, false),
  ('tt05_2019', '281', null, 'Các khoản nợ chờ xử lý', 'Debts awaiting handling', 'asset', 'debit', true, false, false),
  ('tt05_2019', '291', null, 'Nợ cho vay được khoanh', 'Frozen loans', 'asset', 'debit', true, false, false),
  ('tt05_2019', '2911', '291', 'Nợ được khoanh của vốn tự có', 'Frozen loans of own capital', 'asset', 'debit', false, false, false),
  ('tt05_2019', '2912', '291', 'Nợ được khoanh của vốn ủy thác', 'Frozen loans of entrusted capital', 'asset', 'debit', false, false, false),
  ('tt05_2019', '299', null, 'Dự phòng rủi ro cho vay', 'Provision for loan losses', 'asset', 'credit', true, false, false),
  ('tt05_2019', '2991', '299', 'Dự phòng chung', 'General provision', 'asset', 'credit', false, false, false),
  ('tt05_2019', '2992', '299', 'Dự phòng cụ thể', 'Specific provision', 'asset', 'credit', false, false, false),
  ('tt05_2019', '382', null, 'Ủy thác cho vay', 'Lending through others', 'asset', 'debit', true, false, false),
  ('tt05_2019', '391', null, 'Lãi và phí phải thu', 'Interest and fees receivable', 'asset', 'debit', true, false, false),
  ('tt05_2019', '3911', '391', 'Lãi phải thu từ cho vay', 'Interest receivable on loans', 'asset', 'debit', false, false, false),
  -- Liabilities
  ('tt05_2019', '420', null, 'Tiền gửi của khách hàng', 'Customer deposits', 'liability', 'credit', true, false, false),
  ('tt05_2019', '441', null, 'Vốn nhận ủy thác cho vay', 'Capital received for entrusted lending', 'liability', 'credit', true, false, false),
  ('tt05_2019', '4411', '441', 'Vốn nhận ủy thác từ trung ương', 'Entrusted capital of the central level', 'liability', 'credit', false, false, false),
  ('tt05_2019', '4412', '441', 'Vốn nhận ủy thác từ địa phương', 'Entrusted capital of the local level', 'liability', 'credit', false, false, false),
  ('tt05_2019', '462', null, 'Phải trả khác', 'Other payables', 'liability', 'both', true, false, false),
  ('tt05_2019', '4628', '462', 'Hộ nộp thừa chờ hoàn trả', 'Overpayments to give back to households', 'liability', 'credit', false, false, false),
  ('tt05_2019', '4629', '462', 'Khoản thu chưa xác định được nội dung', 'Receipts not yet identified', 'liability', 'credit', false, false, false),
  ('tt05_2019', '466', null, 'Nguồn kinh phí dự án', 'Project funds', 'liability', 'credit', true, false, false),
  ('tt05_2019', '471', null, 'Dự phòng phải trả', 'Provisions payable', 'liability', 'credit', true, false, false),
  ('tt05_2019', '491', null, 'Lãi và phí phải trả', 'Interest and fees payable', 'liability', 'credit', true, false, false),
  ('tt05_2019', '4911', '491', 'Lãi phải trả của vốn nhận ủy thác', 'Interest payable on entrusted capital', 'liability', 'credit', false, false, false),
  ('tt05_2019', '519', null, 'Thanh toán nội bộ', 'Settlement between units', 'liability', 'both', true, false, false),
  -- Equity
  ('tt05_2019', '601', null, 'Vốn chủ sở hữu', 'Owner''s capital', 'equity', 'credit', true, false, false),
  ('tt05_2019', '611', null, 'Quỹ dự trữ bổ sung vốn điều lệ', 'Reserve to supplement charter capital', 'equity', 'credit', true, false, false),
  ('tt05_2019', '612', null, 'Quỹ đầu tư phát triển', 'Development investment reserve', 'equity', 'credit', true, false, false),
  ('tt05_2019', '613', null, 'Quỹ dự phòng tài chính', 'Financial reserve', 'equity', 'credit', true, false, false),
  ('tt05_2019', '691', null, 'Lợi nhuận chưa phân phối', 'Retained earnings', 'equity', 'both', true, false, false),
  -- Income
  ('tt05_2019', '701', null, 'Doanh thu tín dụng', 'Income from lending', 'income', 'credit', true, false, false),
  ('tt05_2019', '7011', '701', 'Thu lãi cho vay', 'Interest on loans', 'income', 'credit', false, false, false),
  ('tt05_2019', '7018', '701', 'Thu khác từ cho vay', 'Other income from lending', 'income', 'credit', false, false, false),
  ('tt05_2019', '711', null, 'Doanh thu dịch vụ', 'Income from services', 'income', 'credit', true, false, false),
  ('tt05_2019', '741', null, 'Doanh thu hoạt động kinh doanh khác', 'Income from other business', 'income', 'credit', true, false, false),
  ('tt05_2019', '791', null, 'Thu nhập khác', 'Other income', 'income', 'credit', true, false, false),
  -- Expenses
  ('tt05_2019', '801', null, 'Chi phí hoạt động tín dụng', 'Expenses of lending', 'expense', 'debit', true, false, false),
  ('tt05_2019', '811', null, 'Chi phí hoạt động dịch vụ', 'Expenses of services', 'expense', 'debit', true, false, false),
  ('tt05_2019', '841', null, 'Chi phí hoạt động kinh doanh khác', 'Expenses of other business', 'expense', 'debit', true, false, false),
  ('tt05_2019', '881', null, 'Chi phí dự phòng', 'Provision expense', 'expense', 'debit', true, false, false),
  ('tt05_2019', '8811', '881', 'Chi phí dự phòng chung', 'General provision expense', 'expense', 'debit', false, false, false),
  ('tt05_2019', '8812', '881', 'Chi phí dự phòng cụ thể', 'Specific provision expense', 'expense', 'debit', false, false, false),
  ('tt05_2019', '891', null, 'Chi phí khác', 'Other expenses', 'expense', 'debit', true, false, false),
  -- Off balance
  ('tt05_2019', '000', null, 'Tài khoản đối ứng ngoài bảng', 'Contra of memorandum entries', 'memorandum', 'both', false, false, true),
  ('tt05_2019', '901', null, 'Tiền không có giá trị lưu hành', 'Money not in circulation', 'memorandum', 'debit', true, false, true),
  ('tt05_2019', '941', null, 'Lãi cho vay và phí chưa thu được', 'Interest and fees not collected', 'memorandum', 'debit', true, false, true),
  ('tt05_2019', '9411', '941', 'Lãi chưa thu được của nợ trong hạn', 'Interest not collected on loans within term', 'memorandum', 'debit', false, false, true),
  ('tt05_2019', '9412', '941', 'Lãi chưa thu được của nợ quá hạn', 'Interest not collected on overdue loans', 'memorandum', 'debit', false, false, true),
  ('tt05_2019', '971', null, 'Nợ khó đòi đã xử lý', 'Bad debts written off', 'memorandum', 'debit', true, false, true),
  ('tt05_2019', '9711', '971', 'Nợ gốc đã xử lý', 'Principal written off', 'memorandum', 'debit', false, false, true),
  ('tt05_2019', '9712', '971', 'Nợ lãi đã xử lý', 'Interest written off', 'memorandum', 'debit', false, false, true),
  ('tt05_2019', '983', null, 'Nghiệp vụ ủy thác và đại lý', 'Entrusted and agency business', 'memorandum', 'debit', true, false, true),
  ('tt05_2019', '992', null, 'Tài sản khác giữ hộ', 'Other assets held for others', 'memorandum', 'debit', true, false, true);
