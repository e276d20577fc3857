-- Housing in the flood zone comes back in at least a fifth of the loan each year (Decision 48/2014/QĐ-TTg). Rounded down to
-- hundreds of thousands an instalment may fall short of it, so these instalments go to the đồng.
update programme_rule set instalment_multiple = 1 where product_code = '07_flood';
