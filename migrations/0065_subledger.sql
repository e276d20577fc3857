-- Sub-ledgers and their control accounts. What a household owes is kept by contract; the account that holds the sum is only
-- as true as every line on it says whose it is. So the books refuse a line there that names nobody (lines_balanced, 0004).

update chart_role set needs_subject = true
 where role in ('support_outstanding', 'support_overdue', 'loan_in_term', 'loan_overdue', 'loan_frozen', 'entrusted_loan_in_term',
                'entrusted_loan_overdue', 'entrusted_loan_frozen', 'overpayments', 'written_off_principal');
