-- The administrative units the books are kept at: Việt Nam, the provinces Thái Bình and Hưng Yên, the 65 communes and
-- wards that Thái Bình became on 1 July 2025, and in each commune and province the committee of the Fatherland Front
-- and the boards of the four mass organisations.
--
-- Sources: Decision 19/2025/QĐ-TTg (codes of the General Statistics Office from 1 July 2025), Decision
-- 124/2004/QĐ-TTg (the codes before). Intervals are half-open. 1997-01-01, the day the province of Hưng Yên was set
-- up again, is as far back as the register looks; it is not the day the older units were founded.
--
-- A name stands without "tỉnh", "xã" or "phường": the kind says it. A district keeps the word in its name, because the
-- kind covers both "huyện" and "thành phố".
--
-- Ids can be read: a province, district or commune has its GSO code; a board its place's id × 100 + 1 (Fatherland
-- Front), 2 (farmers), 3 (women), 4 (veterans), 5 (youth); a commune that was merged away, whose code is not in our
-- sources, its successor's id × 1000 + a number. A code is reused after a merger, so identity is the id, never a code.

insert into unit (unit_id, parent_unit_id, kind, name, valid_from, valid_to) values
  (1, null, 'country', 'Việt Nam', '1997-01-01', null),
  (33, 1, 'province', 'Hưng Yên', '1997-01-01', null),
  (34, 1, 'province', 'Thái Bình', '1997-01-01', '2025-07-01');

-- The district level was abolished on 1 July 2025: districts have no successor.
insert into unit (unit_id, parent_unit_id, kind, name, valid_from, valid_to) values
  (336, 34, 'district', 'Thành phố Thái Bình', '1997-01-01', '2025-07-01'),
  (338, 34, 'district', 'Huyện Quỳnh Phụ', '1997-01-01', '2025-07-01'),
  (339, 34, 'district', 'Huyện Hưng Hà', '1997-01-01', '2025-07-01'),
  (340, 34, 'district', 'Huyện Đông Hưng', '1997-01-01', '2025-07-01'),
  (341, 34, 'district', 'Huyện Thái Thụy', '1997-01-01', '2025-07-01'),
  (342, 34, 'district', 'Huyện Tiền Hải', '1997-01-01', '2025-07-01'),
  (343, 34, 'district', 'Huyện Kiến Xương', '1997-01-01', '2025-07-01'),
  (344, 34, 'district', 'Huyện Vũ Thư', '1997-01-01', '2025-07-01');

-- Merged into the ward Trà Lý (12817) and the commune Thái Thụy (12826). Diêm Điền was a township (thị trấn), which is
-- a unit of the commune's level. The other merged communes follow when their list has been reviewed.
insert into unit (unit_id, parent_unit_id, kind, name, valid_from, valid_to) values
  (12817001, 336, 'ward', 'Hoàng Diệu', '1997-01-01', '2025-07-01'),
  (12817002, 336, 'commune', 'Đông Mỹ', '1997-01-01', '2025-07-01'),
  (12817003, 336, 'commune', 'Đông Hòa', '1997-01-01', '2025-07-01'),
  (12817004, 340, 'commune', 'Đông Dương', '1997-01-01', '2025-07-01'),
  (12826001, 341, 'commune', 'Diêm Điền', '1997-01-01', '2025-07-01'),
  (12826002, 341, 'commune', 'Thụy Hải', '1997-01-01', '2025-07-01'),
  (12826003, 341, 'commune', 'Thụy Trình', '1997-01-01', '2025-07-01'),
  (12826004, 341, 'commune', 'Thụy Bình', '1997-01-01', '2025-07-01'),
  (12826005, 341, 'commune', 'Thụy Liên', '1997-01-01', '2025-07-01');

-- 60 communes and 5 wards.
insert into unit (unit_id, parent_unit_id, kind, name, valid_from, valid_to) values
  -- mostly the old city of Thái Bình
  (13225, 33, 'ward', 'Thái Bình', '2025-07-01', null),
  (12454, 33, 'ward', 'Trần Lãm', '2025-07-01', null),
  (12452, 33, 'ward', 'Trần Hưng Đạo', '2025-07-01', null),
  (12817, 33, 'ward', 'Trà Lý', '2025-07-01', null),
  (12466, 33, 'ward', 'Vũ Phúc', '2025-07-01', null),
  -- the old district Thái Thụy
  (12826, 33, 'commune', 'Thái Thụy', '2025-07-01', null),
  (12862, 33, 'commune', 'Đông Thụy Anh', '2025-07-01', null),
  (12859, 33, 'commune', 'Bắc Thụy Anh', '2025-07-01', null),
  (12865, 33, 'commune', 'Thụy Anh', '2025-07-01', null),
  (12904, 33, 'commune', 'Nam Thụy Anh', '2025-07-01', null),
  (12850, 33, 'commune', 'Tây Thụy Anh', '2025-07-01', null),
  (12916, 33, 'commune', 'Bắc Thái Ninh', '2025-07-01', null),
  (12922, 33, 'commune', 'Thái Ninh', '2025-07-01', null),
  (12943, 33, 'commune', 'Đông Thái Ninh', '2025-07-01', null),
  (12961, 33, 'commune', 'Nam Thái Ninh', '2025-07-01', null),
  (12919, 33, 'commune', 'Tây Thái Ninh', '2025-07-01', null),
  -- the old district Tiền Hải
  (12970, 33, 'commune', 'Tiền Hải', '2025-07-01', null),
  (13039, 33, 'commune', 'Tây Tiền Hải', '2025-07-01', null),
  (13021, 33, 'commune', 'Ái Quốc', '2025-07-01', null),
  (13003, 33, 'commune', 'Đồng Châu', '2025-07-01', null),
  (12988, 33, 'commune', 'Đông Tiền Hải', '2025-07-01', null),
  (13057, 33, 'commune', 'Nam Cường', '2025-07-01', null),
  (13066, 33, 'commune', 'Hưng Phú', '2025-07-01', null),
  (13063, 33, 'commune', 'Nam Tiền Hải', '2025-07-01', null),
  -- the old district Quỳnh Phụ
  (12472, 33, 'commune', 'Quỳnh Phụ', '2025-07-01', null),
  (12511, 33, 'commune', 'Minh Thọ', '2025-07-01', null),
  (12532, 33, 'commune', 'Nguyễn Du', '2025-07-01', null),
  (12577, 33, 'commune', 'Quỳnh An', '2025-07-01', null),
  (12517, 33, 'commune', 'Ngọc Lâm', '2025-07-01', null),
  (12526, 33, 'commune', 'Đồng Bằng', '2025-07-01', null),
  (12499, 33, 'commune', 'A Sào', '2025-07-01', null),
  (12523, 33, 'commune', 'Phụ Dực', '2025-07-01', null),
  (12583, 33, 'commune', 'Tân Tiến', '2025-07-01', null),
  -- the old district Hưng Hà
  (12586, 33, 'commune', 'Hưng Hà', '2025-07-01', null),
  (12634, 33, 'commune', 'Tiên La', '2025-07-01', null),
  (12676, 33, 'commune', 'Lê Quý Đôn', '2025-07-01', null),
  (12685, 33, 'commune', 'Hồng Minh', '2025-07-01', null),
  (12631, 33, 'commune', 'Thần Khê', '2025-07-01', null),
  (12619, 33, 'commune', 'Diên Hà', '2025-07-01', null),
  (12595, 33, 'commune', 'Ngự Thiên', '2025-07-01', null),
  (12613, 33, 'commune', 'Long Hưng', '2025-07-01', null),
  -- the old district Đông Hưng
  (12688, 33, 'commune', 'Đông Hưng', '2025-07-01', null),
  (12700, 33, 'commune', 'Bắc Tiên Hưng', '2025-07-01', null),
  (12736, 33, 'commune', 'Đông Tiên Hưng', '2025-07-01', null),
  (12775, 33, 'commune', 'Nam Đông Hưng', '2025-07-01', null),
  (12745, 33, 'commune', 'Bắc Đông Quan', '2025-07-01', null),
  (12694, 33, 'commune', 'Bắc Đông Hưng', '2025-07-01', null),
  (12793, 33, 'commune', 'Đông Quan', '2025-07-01', null),
  (12763, 33, 'commune', 'Nam Tiên Hưng', '2025-07-01', null),
  (12754, 33, 'commune', 'Tiên Hưng', '2025-07-01', null),
  -- the old district Kiến Xương
  (13120, 33, 'commune', 'Lê Lợi', '2025-07-01', null),
  (13075, 33, 'commune', 'Kiến Xương', '2025-07-01', null),
  (13132, 33, 'commune', 'Quang Lịch', '2025-07-01', null),
  (13141, 33, 'commune', 'Vũ Quý', '2025-07-01', null),
  (13183, 33, 'commune', 'Bình Thanh', '2025-07-01', null),
  (13186, 33, 'commune', 'Bình Định', '2025-07-01', null),
  (13159, 33, 'commune', 'Hồng Vũ', '2025-07-01', null),
  (13096, 33, 'commune', 'Bình Nguyên', '2025-07-01', null),
  (13093, 33, 'commune', 'Trà Giang', '2025-07-01', null),
  -- the old district Vũ Thư
  (13192, 33, 'commune', 'Vũ Thư', '2025-07-01', null),
  (13222, 33, 'commune', 'Thư Trì', '2025-07-01', null),
  (13246, 33, 'commune', 'Tân Thuận', '2025-07-01', null),
  (13264, 33, 'commune', 'Thư Vũ', '2025-07-01', null),
  (13279, 33, 'commune', 'Vũ Tiên', '2025-07-01', null),
  (13219, 33, 'commune', 'Vạn Xuân', '2025-07-01', null);

-- Five boards in each of the 67 places; those of Thái Bình end with the province.
insert into unit (unit_id, parent_unit_id, kind, name, valid_from, valid_to)
select place.unit_id * 100 + board.number,
       place.unit_id,
       board.kind,
       board.title || ' ' ||
         case place.kind when 'province' then 'tỉnh' when 'ward' then 'phường' else 'xã' end || ' ' || place.name,
       place.valid_from,
       place.valid_to
from unit as place
cross join (values
  (1, 'front_board', 'Ủy ban MTTQ Việt Nam'),
  (2, 'organisation', 'Hội Nông dân'),
  (3, 'organisation', 'Hội Liên hiệp Phụ nữ'),
  (4, 'organisation', 'Hội Cựu chiến binh'),
  (5, 'organisation', 'Đoàn Thanh niên')
) as board (number, kind, title)
where place.kind = 'province'
   or (place.kind in ('commune', 'ward') and place.valid_to is null);

-- The codes of the General Statistics Office; leading zeros count, so a code is text.
insert into unit_code (unit_id, code_system, code, valid_from, valid_to)
select unit_id, 'gso', unit_id::text, valid_from, valid_to
from unit
where kind in ('province', 'district')
   or (kind in ('commune', 'ward') and valid_to is null);

-- Who took over on 1 July 2025: the province, its boards, and the merged communes known by name.
insert into unit_successor (unit_id, successor_unit_id, on_date) values
  (34, 33, '2025-07-01'),
  (3401, 3301, '2025-07-01'),
  (3402, 3302, '2025-07-01'),
  (3403, 3303, '2025-07-01'),
  (3404, 3304, '2025-07-01'),
  (3405, 3305, '2025-07-01'),
  (12817001, 12817, '2025-07-01'),
  (12817002, 12817, '2025-07-01'),
  (12817003, 12817, '2025-07-01'),
  (12817004, 12817, '2025-07-01'),
  (12826001, 12826, '2025-07-01'),
  (12826002, 12826, '2025-07-01'),
  (12826003, 12826, '2025-07-01'),
  (12826004, 12826, '2025-07-01'),
  (12826005, 12826, '2025-07-01');
