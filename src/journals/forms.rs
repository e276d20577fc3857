//! The forms of cash vouchers: C40-BB and C41-BB.

use chrono::NaiveDate;

use super::prints::Printable;
use super::values::{NewPrint, PrintSheet, VoucherPrint};
use crate::domain::books::posting::VoucherKind;
use crate::domain::values::figures;
use crate::domain::values::language::Language;
use crate::domain::values::money::Money;
use crate::ledger::vouchers::{PaperState, Voucher};
use crate::print::{self, Block, Document, Field, Line, Signer, Stamp, day_in_words};

/// What is left open is written by hand.
const DAY_BY_HAND: &str = "Ngày ..... tháng ..... năm ........";

fn field(label: &'static str, value: impl Into<String>) -> Block {
    Block::Field(Field { label, value: Some(value.into()) })
}

const fn open(label: &'static str) -> Block {
    Block::Field(Field { label, value: None })
}

const fn signer(post: &'static str, how: &'static str, name: Option<String>) -> Signer {
    Signer { above: None, post, how, name }
}

fn digits(amount: Money) -> String {
    format!("{} đồng", figures::group(amount.amount(), Language::Vi))
}

/// The paper of a print.
pub fn printed(of: &Printable, print: &VoucherPrint, new: NewPrint, today: NaiveDate) -> Document {
    let mut document = form(of, today);
    document.copies = (1..=print.copies).map(|copy| format!("Liên số: {copy}")).collect();
    if new.sheet == PrintSheet::A4 {
        document.paper = print::Paper::TwoOnA4;
    }
    if print.is_copy {
        let by = print.actor_name.iter().map(|name| format!("Người in: {name}"));
        let when = format!("In lần {}, ngày {}", print.print_no, figures::date(today, Language::Vi));
        document.stamp = Some(copy_stamp([when].into_iter().chain(by).collect()));
    }
    document
}

/// A copy to look at. It is no print: nothing is recorded.
pub fn copy(of: &Printable, today: NaiveDate) -> Document {
    let when = format!("Xem ngày {}", figures::date(today, Language::Vi));
    Document { stamp: Some(copy_stamp(vec![when])), ..form(of, today) }
}

fn copy_stamp(lines: Vec<String>) -> Stamp {
    Stamp { word: "BẢN SAO".to_owned(), lines }
}

fn form(of: &Printable, today: NaiveDate) -> Document {
    let (paper, voucher) = (&of.paper, &of.paper.voucher);
    let unit = Line::bold(format!("Đơn vị: {}", paper.issuer.full_name()));
    let code = paper.budget_code.as_deref().unwrap_or(".....................");
    let void = voucher.void_by.map(|by| format!("Đã hủy theo bút toán số {by}"));
    let number = format!("Số: {}", voucher.number);
    Document {
        name: format!("{} số {}", voucher.title, voucher.number),
        issuer: vec![unit, Line::plain(format!("Mã QHNS: {code}"))],
        form: voucher.form.map(|form| Line::bold(format!("Mẫu số: {form}"))).into_iter().collect(),
        title: voucher.title.to_uppercase(),
        subtitle: [format!("Ngày {}", day_in_words(voucher.issued_on)), number]
            .into_iter()
            .chain(void)
            .collect(),
        references: [
            format!("Quyển số: {}", voucher.book),
            format!("Nợ: {}", voucher.debits.join(", ")),
            format!("Có: {}", voucher.credits.join(", ")),
        ]
        .into_iter()
        .chain(
            (voucher.counts_on != voucher.issued_on)
                .then(|| format!("Ghi sổ ngày: {}", figures::date(voucher.counts_on, Language::Vi))),
        )
        .collect(),
        body: body(voucher, of.maker.clone()),
        across: (voucher.state == PaperState::Void).then(|| "ĐÃ HỦY".to_owned()),
        ..Document::new(print::Paper::A5Across, today)
    }
}

fn body(voucher: &Voucher, maker: Option<String>) -> Vec<Block> {
    let paid_out = voucher.kind == VoucherKind::Payment;
    let (asked, post) = if paid_out {
        ("Họ và tên người nhận tiền:", "NGƯỜI NHẬN TIỀN")
    } else {
        ("Họ và tên người nộp tiền:", "NGƯỜI NỘP TIỀN")
    };
    let (figures, words) = (digits(voucher.amount), voucher.in_words.clone());
    let mut body = vec![
        field(asked, &voucher.party),
        field("Địa chỉ:", &voucher.address),
        field("Nội dung:", &voucher.content),
        field("Số tiền:", format!("{figures} (loại tiền: {})", voucher.amount.currency().code())),
        field("Viết bằng chữ:", &words),
        field("Kèm theo:", format!("{} chứng từ gốc", voucher.attachments)),
        Block::Signatures(vec![
            signer("THỦ TRƯỞNG ĐƠN VỊ", "(Ký, họ tên, đóng dấu)", None),
            signer("KẾ TOÁN TRƯỞNG", "(Ký, họ tên)", None),
            signer("NGƯỜI LẬP", "(Ký, họ tên)", maker),
        ]),
        field("Đã nhận đủ số tiền: - Bằng số:", figures),
        field("- Bằng chữ:", words),
    ];
    if paid_out {
        body.extend([open("(+) Tỷ giá ngoại tệ:"), open("(+) Số tiền quy đổi:")]);
    }
    body.push(Block::Signatures(vec![
        signer(post, "(Ký, họ tên)", Some(voucher.party.clone())),
        Signer { above: Some(DAY_BY_HAND.to_owned()), ..signer("THỦ QUỸ", "(Ký, họ tên)", None) },
    ]));
    body
}
