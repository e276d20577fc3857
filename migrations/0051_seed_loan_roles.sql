-- Which account of the microfinance chart has which role in the journals of loans (`domain::credit::loan_books::recipes`).
insert into chart_role (chart_id, role, code) values
  ('tt05_2019', 'loan_in_term', '2011'),
  ('tt05_2019', 'loan_overdue', '2012'),
  ('tt05_2019', 'loan_frozen', '2911'),
  ('tt05_2019', 'entrusted_loan_in_term', '2511'),
  ('tt05_2019', 'entrusted_loan_overdue', '2512'),
  ('tt05_2019', 'entrusted_loan_frozen', '2912'),
  ('tt05_2019', 'interest_receivable', '3911'),
  ('tt05_2019', 'loan_income', '7011'),
  ('tt05_2019', 'entrusted_interest', '7011'),
  ('tt05_2019', 'recovered_loss', '791'),
  ('tt05_2019', 'entrusted_central', '4411'),
  ('tt05_2019', 'entrusted_local', '4412'),
  ('tt05_2019', 'general_provision', '2991'),
  ('tt05_2019', 'general_provision_cost', '8811'),
  ('tt05_2019', 'specific_provision', '2992'),
  ('tt05_2019', 'specific_provision_cost', '8812'),
  ('tt05_2019', 'unpaid_interest_in_term', '9411'),
  ('tt05_2019', 'unpaid_interest_overdue', '9412'),
  ('tt05_2019', 'written_off_principal', '9711'),
  ('tt05_2019', 'written_off_interest', '9712'),
  ('tt05_2019', 'memo_contra', '000');
insert into chart_role (chart_id, role, code) values
  ('tt31_2019', 'entrusted_interest', '49131'),
  ('tt31_2019', 'recovered_loss', '7911');
