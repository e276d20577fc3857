//! What must hold of closings of years and of statements of fees. `$1` is the unit.

use super::store::Claim;
use crate::domain::values::language::Text;

/// The claims.
pub const CLAIMS: &[Claim] = &[
    Claim {
        text: Text::fixed("Năm đã kết chuyển không còn thu, chi", "A year that was closed leaves nothing on income and expenses"),
        question: "with closing as (select distinct effective_on from year_closing_line where unit_id = $1)
          select count(*), null from closing
          union all
          select 0, format('account %s, source %s stands at %s at the end of %s, which was closed', d.account, d.source_id,
                           trunc(sum(d.debit - d.credit)), c.effective_on)
            from closing c
            join account a on a.unit_id = $1 and a.class in ('income', 'expense')
            join day_balance d on d.unit_id = $1 and d.account = a.code and d.on_day <= c.effective_on
           group by d.account, d.source_id, c.effective_on having sum(d.debit - d.credit) <> 0",
    },
    Claim {
        text: Text::fixed("Bảng phí ủy thác khớp với bút toán của nó", "Statements of entrustment fees and their journals agree"),
        question: "select count(*), null from entrustment_fee_statement where unit_id = $1
          union all
          select 0, format('the entrustment fees of %s come to %s, journal %s says %s', e.month, trunc(e.total), j.journal_no,
                           coalesce(trunc(l.debit)::text, 'nothing'))
            from entrustment_fee_statement e
            left join journal j using (unit_id, journal_id)
            left join lateral (select sum(amount) as debit from line
                                where unit_id = e.unit_id and journal_no = j.journal_no and amount > 0) l on true
           where e.unit_id = $1 and (l.debit is distinct from e.total or (e.statement ->> 'total')::numeric <> e.total)",
    },
];
