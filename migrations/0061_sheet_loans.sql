-- A row of a collection sheet is about a loan of the unit.
alter table sheet_row
  add constraint sheet_row_loan foreign key (unit_id, agreement_id) references loan (unit_id, loan_id);
create index sheet_row_loan_of on sheet_row (unit_id, agreement_id);
