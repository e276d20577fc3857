-- Who may freeze and write off is enforced, so it is a code and not words only: own and central capital the bank's board within its risk
-- fund, local capital the chairman of the People's Committee that gave it (Decision 50/2010 as amended by 08/2021; Decree 06/2026
-- art. 25). What a cause allows besides a write-off after a freeze is data too.
alter table capital_owner add column risk_authority text,
  add constraint capital_owner_risk_authority check (risk_authority in ('bank_board', 'province_chairman', 'commune_chairman'));
update capital_owner set risk_authority = case owner_code when 'province' then 'province_chairman' when 'commune' then 'commune_chairman'
                                                          else 'bank_board' end;
alter table capital_owner alter column risk_authority set not null;
comment on column capital_owner.risk_authority is 'whose decision freezes and writes off this capital';

alter table risk_cause add column write_off text not null default 'after_freeze',
  add column unverified boolean not null default false,
  add column note_vi text,
  add constraint risk_cause_write_off check (write_off in ('after_freeze', 'without_heir', 'at_once')),
  add constraint risk_cause_says_what_is_unverified check (not unverified or note_vi is not null);
comment on column risk_cause.write_off is
  'after_freeze: only when a freeze ended unpaid; without_heir: besides, of who died or is missing without heir or asset; at_once: besides, at any time';
update risk_cause set write_off = 'at_once' where cause_code = 'K5';
update risk_cause set write_off = 'without_heir', unverified = true,
       note_vi = 'Xóa nợ ngay khi người vay chết, mất tích không còn người thừa kế, tài sản: chưa đối chiếu văn bản'
  where cause_code = 'K4A';
