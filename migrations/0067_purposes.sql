-- What a product lends for, in the words of a source's restrictions: money given for housing pays no cow.
alter table product add column purpose text check (purpose ~ '^[a-z][a-z0-9_]{1,39}$');
comment on column product.purpose is 'code as in source.purposes; null: not one purpose, so a restricted source does not lend it';
update product set purpose = case
    when programme_code in ('01', '09', '19') or product_code = '26_business' then 'production'
    when programme_code = '02' or product_code = '26_vocational' then 'schooling'
    when programme_code = '03' then 'job_creation'
    when programme_code = '04' then 'work_abroad'
    when programme_code = '06' then 'water_sanitation'
    when programme_code in ('07', '12') then 'housing'
  end;
