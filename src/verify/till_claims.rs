//! What must hold of cash boxes, bank accounts and counts. `$1` is the unit.

use super::store::Claim;
use crate::domain::values::language::Text;

/// The claims.
pub const CLAIMS: &[Claim] = &[
    Claim {
        text: Text::fixed("Mỗi quỹ tiền mặt, tài khoản ngân hàng là một tài khoản chi tiết đúng chỗ", "Every cash box and bank account is a detail account in its place"),
        question: "select count(*), null from till where unit_id = $1
          union all
          select 0, format('till %s is not account %s below that of its kind, or not on the same days', t.till_id, t.account)
            from till t
            join book k on k.unit_id = t.unit_id
            left join chart_role r on r.chart_id = k.chart_id and r.role = t.kind
            left join account a on a.unit_id = t.unit_id and a.code = t.account
           where t.unit_id = $1
             and case t.till_no when 0 then a.code is distinct from r.code or a.split_on is null
                  else (a.parent_code, a.opened_on, a.closed_on, a.name_vi) is distinct from (r.code, t.opened_on, t.closed_on, t.name) end
          union all
          select 0, format('account %s moved outside the days of till %s', t.account, t.till_id)
            from till t
           where t.unit_id = $1
             and exists (select from line l where l.unit_id = $1 and l.account = t.account
                            and (l.effective_on < t.opened_on or l.effective_on >= t.closed_on))",
    },
    Claim {
        text: Text::fixed("Số dư sổ trên biên bản kiểm kê quỹ đúng với bút toán đã ghi lúc ấy", "What counts of cash boxes say of the books is what their lines said then"),
        question: "select count(*), null from cash_count where unit_id = $1
          union all
          select 0, format('the count of %s on %s says that the books held %s, their lines say %s', c.till_id, c.counted_on, trunc(c.booked),
                           trunc(l.amount))
            from cash_count c
           cross join lateral (select coalesce(sum(amount), 0) as amount from line
                                where unit_id = $1 and account = c.account and effective_on <= c.counted_on
                                  and journal_no <= c.upto_journal_no) l
           where c.unit_id = $1 and l.amount <> c.booked",
    },
    Claim {
        text: Text::fixed("Chênh lệch kiểm kê quỹ đã xử lý đúng bằng bút toán của nó", "Differences of counts are what their journals booked"),
        question: "with stands as (select distinct on (cash_count_id) cash_count_id, kind, journal_id from cash_count_event
                           where unit_id = $1 order by cash_count_id, event_no desc),
               booked as (select j.journal_id, j.journal_no, l.account, sum(l.amount) as amount
                            from journal j join line l on l.unit_id = j.unit_id and l.journal_no = j.journal_no
                           where j.unit_id = $1 and j.kind = 'cash_difference'
                             and not exists (select from journal r where r.unit_id = $1 and r.reverses = j.journal_no)
                           group by 1, 2, 3)
          select count(*), null from stands where kind = 'settled'
          union all
          select 0, format('the count of %s on %s found %s more, its journal booked %s', c.till_id, c.counted_on,
                           trunc(c.counted - c.booked), coalesce(trunc(b.amount)::text, 'nothing'))
            from stands s
            join cash_count c on c.unit_id = $1 and c.cash_count_id = s.cash_count_id
            left join booked b on b.journal_id = s.journal_id and b.account = c.account
           where s.kind = 'settled' and b.amount is distinct from c.counted - c.booked
          union all
          select distinct 0, format('journal %s books the difference of no count', b.journal_no)
            from booked b
           where not exists (select from stands s where s.kind = 'settled' and s.journal_id = b.journal_id)",
    },
];
