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
  ('tt24_2024', 'support_frozen', '13883'),
  ('tt24_2024', 'support_income', '5158'),
  ('tt24_2024', 'overpayments', '33881'),
  ('tt24_2024', 'suspense', '33882'),
  ('tt24_2024', 'capital_loss', '61181'),
  ('tt24_2024', 'result', '911'),
  ('tt24_2024', 'surplus_this_year', '4212'),
  ('tt24_2024', 'surplus_earlier', '4211'),
  ('tt05_2019', 'cash', '101'),
  ('tt05_2019', 'bank', '130'),
  ('tt05_2019', 'in_transit', '519'),
  ('tt05_2019', 'support_outstanding', '2011'),
  ('tt05_2019', 'support_overdue', '2012'),
  ('tt05_2019', 'support_frozen', '2911'),
  ('tt05_2019', 'support_income', '7011'),
  ('tt05_2019', 'overpayments', '4628'),
  ('tt05_2019', 'suspense', '4629'),
  ('tt05_2019', 'member_savings', '4627'),
  ('tt05_2019', 'capital_loss', '891'),
  ('tt05_2019', 'result', '001'),
  ('tt05_2019', 'surplus_this_year', '691'),
  ('tt05_2019', 'surplus_earlier', '691');
insert into held_role (role) values ('member_savings');

-- Capital by its nature. What a programme or donors gave stands among the funds payable (Circular 24/2024/TT-BTC, account
-- 353), conditional money on the credit side of 135, loans on 341; only the unit's own is its net assets.
insert into chart_role (chart_id, role, nature, code) values
  ('tt24_2024', 'capital', 'own', '43181'),
  ('tt24_2024', 'capital', 'programme', '35381'),
  ('tt24_2024', 'capital', 'returnable', '13531'),
  ('tt24_2024', 'capital', 'borrowed', '3411'),
  ('tt24_2024', 'capital', 'entrusted_central', '35381'),
  ('tt24_2024', 'capital', 'entrusted_local', '35381'),
  ('tt24_2024', 'recovered_capital', 'own', '43182'),
  ('tt24_2024', 'recovered_capital', 'programme', '35382'),
  ('tt24_2024', 'recovered_capital', 'returnable', '13532'),
  ('tt24_2024', 'recovered_capital', 'borrowed', '3412'),
  ('tt24_2024', 'recovered_capital', 'entrusted_central', '35382'),
  ('tt24_2024', 'recovered_capital', 'entrusted_local', '35382'),
  ('tt05_2019', 'capital', 'own', '4661'),
  ('tt05_2019', 'capital', 'programme', '4661'),
  ('tt05_2019', 'capital', 'returnable', '4661'),
  ('tt05_2019', 'capital', 'borrowed', '4661'),
  ('tt05_2019', 'capital', 'entrusted_central', '4411'),
  ('tt05_2019', 'capital', 'entrusted_local', '4412'),
  ('tt05_2019', 'recovered_capital', 'own', '4662'),
  ('tt05_2019', 'recovered_capital', 'programme', '4662'),
  ('tt05_2019', 'recovered_capital', 'returnable', '4662'),
  ('tt05_2019', 'recovered_capital', 'borrowed', '4662'),
  ('tt05_2019', 'recovered_capital', 'entrusted_central', '4662'),
  ('tt05_2019', 'recovered_capital', 'entrusted_local', '4662');
