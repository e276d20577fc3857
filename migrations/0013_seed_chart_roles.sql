-- Which account has which role in the recipes, in both charts.

-- The microfinance chart has one account for project money (466). A revolving fund tells what it was given from what came
-- back, so two detail accounts stand below it.
insert into chart_account (chart_id, code, parent_code, name_vi, name_en, class, side, official, money, memorandum) values
  ('tt05_2019', '4661', '466', 'Vốn ban đầu và bổ sung', 'Initial and added capital', 'liability', 'credit', false, false, false),
  ('tt05_2019', '4662', '466', 'Vốn thu hồi để quay vòng', 'Recovered capital, to revolve', 'liability', 'credit', false, false, false);

-- Savings that members of groups bring to the meeting belong to the bank: the unit only carries them there, so they are
-- owed to the bank from the moment they are taken and never become money of the fund.
insert into chart_account (chart_id, code, parent_code, name_vi, name_en, class, side, official, money, memorandum) values
  ('tt05_2019', '4627', '462', 'Tiền gửi của tổ viên thu hộ ngân hàng', 'Members'' savings collected for the bank',
   'liability', 'credit', false, false, false);

insert into chart_role (chart_id, role, code) values
  ('tt24_2024', 'cash', '1111'),
  ('tt24_2024', 'bank', '1121'),
  ('tt24_2024', 'in_transit', '113'),
  ('tt24_2024', 'support_outstanding', '13881'),
  ('tt24_2024', 'support_overdue', '13882'),
  ('tt24_2024', 'support_income', '5158'),
  ('tt24_2024', 'overpayments', '33881'),
  ('tt24_2024', 'suspense', '33882'),
  ('tt24_2024', 'capital', '43181'),
  ('tt24_2024', 'recovered_capital', '43182'),
  ('tt24_2024', 'capital_loss', '61181'),
  ('tt05_2019', 'cash', '101'),
  ('tt05_2019', 'bank', '130'),
  ('tt05_2019', 'in_transit', '519'),
  ('tt05_2019', 'support_outstanding', '2011'),
  ('tt05_2019', 'support_overdue', '2012'),
  ('tt05_2019', 'support_income', '7011'),
  ('tt05_2019', 'overpayments', '4628'),
  ('tt05_2019', 'suspense', '4629'),
  ('tt05_2019', 'member_savings', '4627'),
  ('tt05_2019', 'capital', '4661'),
  ('tt05_2019', 'recovered_capital', '4662'),
  ('tt05_2019', 'capital_loss', '891');
insert into held_role (role) values ('member_savings');
