-- A short loan carried to the next season (lưu vụ) goes on at the rate of poor households of that day, whichever programme
-- it was lent under. Products of the poor programme keep their own.
alter table programme_rule add column carry_over_rate_of text references product;
create index programme_rule_carry_over on programme_rule (carry_over_rate_of) where carry_over_rate_of is not null;
comment on column programme_rule.carry_over_rate_of is 'the product whose rate of the day a loan carried over takes; null: its own';
update programme_rule set carry_over_rate_of = '01' where product_code = '19';
