-- Savings that members of groups bring to the meeting belong to the bank: the unit only carries them there, so they are
-- owed to the bank from the moment they are taken and never become money of the fund.
insert into chart_account (chart_id, code, parent_code, name_vi, name_en, class, side, official, money, memorandum) values
  ('tt05_2019', '4627', '462', 'Tiền gửi của tổ viên thu hộ ngân hàng', 'Members'' savings collected for the bank',
   'liability', 'credit', false, false, false);
insert into chart_role (chart_id, role, code) values ('tt05_2019', 'member_savings', '4627');
