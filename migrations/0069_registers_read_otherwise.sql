-- A file read with the wrong unit of its amounts, or as of the wrong day, must be readable again as it is: what makes a
-- register known is the file together with how it was read.
alter table loan_register drop constraint loan_register_same_file_once;
alter table loan_register add constraint loan_register_same_reading_once unique (unit_id, sha256, lender, as_of_on, amount_unit);
