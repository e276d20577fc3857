-- Which account plays which part in the posting recipes (`domain::posting::Role`), per chart.
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
  ('tt24_2024', 'capital_loss', '61181');
