-- How revolving support goes round is the business of each mechanism: what a province decides for a programme and a period, or what the
-- owner of other money says of it. The 36 months of Circular 18/2017 bind budget money of 2016–2020; a project of a union's money may
-- run for longer. `support_rule` stays what holds where a project names no mechanism.
create table support_mechanism (
  mechanism_code       text primary key check (mechanism_code ~ '^[a-z][a-z0-9_]{1,39}$'),
  name_vi              text not null check (name_vi <> ''),
  name_en              text not null check (name_en <> ''),
  province             text,
  programme            text,
  budget_money         boolean not null,
  valid_from           date not null,
  valid_to             date check (valid_to > valid_from),
  max_months           integer not null check (max_months > 0),
  max_extension_months integer not null check (max_extension_months >= 0),
  least_return_percent numeric(9,6) not null check (least_return_percent between 0 and 100),
  due_days             integer check (due_days > 0),
  return_form          text not null check (return_form in ('cash', 'kind', 'either')),
  risk_rule_vi         text not null,
  end_rule_vi          text not null,
  legal_basis          text not null check (legal_basis <> ''),
  unverified           boolean not null,
  note_vi              text,
  constraint support_mechanism_says_what_is_unverified check (not unverified or note_vi is not null)
);
comment on column support_mechanism.budget_money is 'whether it is for money of the state budget; else for that of others only';
comment on column support_mechanism.valid_from is 'projects begin under it from this day to valid_to';
comment on column support_mechanism.max_months is 'longest project, and longest cycle from payout to the last due day';
comment on column support_mechanism.least_return_percent is 'of what is given, at least this comes back';
comment on column support_mechanism.due_days is 'days after acceptance (nghiệm thu) within which it comes back; null: as the project says';
grant select on support_mechanism to soquy_app;

insert into support_mechanism (mechanism_code, name_vi, name_en, province, programme, budget_money, valid_from, valid_to, max_months,
                               max_extension_months, least_return_percent, due_days, return_form, risk_rule_vi, end_rule_vi, legal_basis,
                               unverified, note_vi) values
  ('ntp_2016_2020', 'CTMTQG giảm nghèo bền vững 2016–2020', 'National target programme on poverty 2016–2020', null,
   'CTMTQG giảm nghèo bền vững', true, '2017-11-27', '2021-01-01', 36, 12, 0, null, 'either',
   'Theo dự án được duyệt', 'Theo dự án được duyệt', 'Thông tư 18/2017/TT-BNNPTNT', true,
   'Thời gian gia hạn là quy ước của đơn vị'),
  ('ca_mau_2023_especially_difficult', 'Cà Mau: địa bàn đặc biệt khó khăn', 'Cà Mau: especially difficult areas', 'Cà Mau', null, true,
   '2023-01-01', null, 36, 0, 10, 30, 'either', 'Theo dự án: nguyên nhân khách quan, chủ quan', 'Theo dự án', 'Quyết định của UBND tỉnh Cà Mau năm 2023',
   true, 'Số, ngày quyết định chưa đối chiếu văn bản; hiện vật được quy đổi thành tiền'),
  ('ca_mau_2023_difficult', 'Cà Mau: địa bàn khó khăn', 'Cà Mau: difficult areas', 'Cà Mau', null, true,
   '2023-01-01', null, 36, 0, 15, 30, 'either', 'Theo dự án: nguyên nhân khách quan, chủ quan', 'Theo dự án', 'Quyết định của UBND tỉnh Cà Mau năm 2023',
   true, 'Số, ngày quyết định chưa đối chiếu văn bản; hiện vật được quy đổi thành tiền'),
  ('ca_mau_2023_other', 'Cà Mau: địa bàn khác', 'Cà Mau: other areas', 'Cà Mau', null, true,
   '2023-01-01', null, 36, 0, 20, 30, 'either', 'Theo dự án: nguyên nhân khách quan, chủ quan', 'Theo dự án', 'Quyết định của UBND tỉnh Cà Mau năm 2023',
   true, 'Số, ngày quyết định chưa đối chiếu văn bản; hiện vật được quy đổi thành tiền'),
  ('own_money', 'Vốn của tổ chức, doanh nghiệp, nhà tài trợ', 'Money of unions, enterprises and donors', null, null, false,
   '2002-01-01', null, 120, 12, 0, null, 'either', 'Theo dự án', 'Theo dự án', 'Quy định của bên có vốn', true,
   'Thời hạn 120 tháng là giới hạn của sổ, không phải của pháp luật');

alter table project add column mechanism_code text,
  add constraint project_mechanism foreign key (mechanism_code) references support_mechanism;
create index project_mechanism on project (mechanism_code) where mechanism_code is not null;
comment on column project.mechanism_code is 'null: support_rule of its first day';
