//! Three loans of each programme, three years of each: what is asked a year, to the đồng.
//!
//! The figures were worked out in Python with `decimal`, from the texts and not from the tables of the program. A month bears
//! balance × rate × days / 36500 for each stretch of days (the first day counts, the last does not), rounded half up once; due dates
//! are AddMonths of the payout, clamped to the end of the month. Principal is asked every `every` months, and with the last: what is
//! left over the dates that are left, rounded down to 100,000 (07_flood: to the đồng), the rest last; where a year must bring a share
//! of the loan (07_flood 20 %, 07_poor 10 %), an instalment below it is rounded up. Students pay principal and interest first twelve
//! months after the course, the interest before that with it; the interest of five years of grace of a house comes back in equal
//! parts with its principal.

use soquy::domain::credit::loan_books::{Capital, Contract, Deal};
use soquy::domain::credit::programme::ProductCode;
use soquy::domain::credit::schedule::{Terms, Tranche, schedule};
use soquy::domain::values::money::Money;
use soquy::programmes;

use crate::support::{TestApp, day};

/// Product, day, loan, term, step of principal, paying-out period, first of the 36 months; principal and interest of each year.
type Loan = (&'static str, &'static str, i64, u32, u32, u32, usize, [(i64, i64); 3]);

#[rustfmt::skip]
const LOANS: [Loan; 33] = [
    ("01", "2018-03-15", 50_000_000, 60, 12, 0, 1, [(10_000_000, 3_300_001), (10_000_000, 2_647_230), (10_000_000, 1_979_998)]),
    ("01_30a", "2020-02-10", 100_000_000, 120, 12, 0, 1, [(10_000_000, 3_309_042), (10_000_000, 2_970_005), (10_000_000, 2_639_998)]),
    ("01_house_repair", "2024-01-31", 3_000_000, 36, 6, 0, 1, [(1_000_000, 181_908), (1_000_000, 115_363), (1_000_000, 49_364)]),
    ("02", "2014-09-05", 10_000_000, 108, 6, 48, 60, [(2_200_000, 4_503_337), (2_200_000, 493_919), (2_200_000, 322_321)]),
    ("02", "2018-09-05", 13_500_000, 84, 6, 36, 48, [(3_800_000, 4_214_457), (3_800_000, 474_294), (3_800_000, 222_088)]),
    ("02_stem", "2025-09-05", 90_000_000, 48, 6, 12, 13, [(18_000_000, 8_639_994), (36_000_000, 3_029_915), (36_000_000, 1_292_451)]),
    ("03_worker", "2018-05-31", 50_000_000, 60, 12, 0, 1, [(10_000_000, 3_960_000), (10_000_000, 3_176_681), (10_000_000, 2_375_999)]),
    ("03_worker_priority", "2020-06-15", 80_000_000, 36, 6, 0, 1, [(26_600_000, 2_905_382), (26_600_000, 1_852_023), (26_800_000, 798_658)]),
    ("03_establishment", "2026-02-02", 1_900_000_000, 120, 12, 0, 1, [(190_000_000, 159_258_002), (190_000_000, 143_332_203), (190_000_000, 127_755_462)]),
    ("04", "2018-07-16", 90_000_000, 36, 12, 0, 1, [(30_000_000, 5_939_998), (30_000_000, 3_970_849), (30_000_000, 1_979_998)]),
    ("04", "2026-01-05", 150_000_000, 36, 6, 0, 1, [(50_000_000, 11_516_638), (50_000_000, 7_325_641), (50_000_000, 3_146_122)]),
    ("04_priority", "2026-01-05", 120_000_000, 40, 12, 0, 1, [(30_000_000, 7_920_004), (30_000_000, 5_939_998), (30_000_000, 3_970_849)]),
    ("06", "2019-10-10", 20_000_000, 60, 12, 0, 1, [(4_000_000, 1_804_933), (4_000_000, 1_439_997), (4_000_000, 1_079_999)]),
    ("06_water", "2025-06-16", 25_000_000, 60, 12, 0, 1, [(5_000_000, 2_250_003), (5_000_000, 1_800_001), (5_000_000, 1_353_702)]),
    ("06_sanitation", "2026-08-31", 12_500_000, 36, 6, 0, 1, [(4_000_000, 1_034_259), (4_000_000, 676_358), (4_500_000, 314_261)]),
    ("07_flood", "2015-01-31", 15_000_000, 120, 12, 0, 61, [(3_000_000, 901_474), (3_000_000, 810_241), (3_000_000, 720_248)]),
    ("07_flood", "2020-02-29", 13_300_000, 120, 12, 0, 61, [(2_660_000, 798_226), (2_660_000, 718_423), (2_660_000, 639_282)]),
    ("07_poor", "2016-03-15", 24_900_000, 180, 12, 0, 61, [(2_500_000, 1_120_704), (2_500_000, 1_045_705), (2_500_000, 972_337)]),
    ("09", "2018-03-15", 50_000_000, 60, 12, 0, 1, [(10_000_000, 4_124_996), (10_000_000, 3_309_042), (10_000_000, 2_474_998)]),
    ("09", "2020-02-10", 20_000_000, 48, 12, 0, 1, [(5_000_000, 1_654_519), (5_000_000, 1_237_501), (5_000_000, 824_996)]),
    ("09", "2022-11-30", 77_000_000, 36, 6, 0, 1, [(25_600_000, 5_820_160), (25_600_000, 3_719_776), (25_800_000, 1_596_161)]),
    ("10", "2023-07-03", 100_000_000, 60, 12, 0, 1, [(20_000_000, 9_024_660), (20_000_000, 7_200_002), (20_000_000, 5_400_001)]),
    ("10", "2025-01-31", 35_000_000, 36, 6, 0, 1, [(11_600_000, 2_886_854), (11_600_000, 1_842_858), (11_800_000, 798_855)]),
    ("10", "2026-05-15", 8_000_000, 24, 12, 0, 1, [(4_000_000, 720_002), (4_000_000, 360_984), (0, 0)]),
    ("12_purchase", "2024-09-16", 400_000_000, 300, 12, 0, 1, [(16_000_000, 26_400_001), (16_000_000, 25_343_997), (16_000_000, 24_287_997)]),
    ("12_building", "2025-09-01", 700_000_000, 240, 6, 0, 1, [(35_000_000, 45_617_756), (35_000_000, 43_307_754), (35_000_000, 41_111_670)]),
    ("12_purchase", "2026-03-02", 500_000_000, 300, 12, 0, 1, [(20_000_000, 27_000_002), (20_000_000, 25_991_016), (20_000_000, 24_840_003)]),
    ("19", "2018-03-15", 50_000_000, 60, 12, 0, 1, [(10_000_000, 3_960_000), (10_000_000, 3_176_681), (10_000_000, 2_375_999)]),
    ("19", "2020-02-10", 65_000_000, 40, 12, 0, 1, [(16_200_000, 5_162_100), (16_200_000, 3_864_961), (16_200_000, 2_581_919)]),
    ("19", "2026-04-02", 100_000_000, 60, 6, 0, 1, [(20_000_000, 7_525_087), (20_000_000, 5_956_272), (20_000_000, 4_357_086)]),
    ("26_business", "2024-03-04", 100_000_000, 60, 12, 0, 1, [(20_000_000, 6_600_001), (20_000_000, 5_279_999), (20_000_000, 3_960_000)]),
    ("26_establishment", "2025-05-05", 1_500_000_000, 120, 12, 0, 1, [(150_000_000, 98_999_998), (150_000_000, 89_099_999), (150_000_000, 79_416_984)]),
    ("26_vocational", "2026-06-01", 40_000_000, 36, 6, 0, 1, [(13_200_000, 2_422_796), (13_200_000, 1_555_251), (13_600_000, 680_396)]),
];

#[tokio::test]
async fn three_loans_of_each_programme_ask_what_was_worked_out_by_hand() {
    let app = TestApp::new().await;
    let mut conn = app.app.pool.acquire().await.unwrap();
    for (product, on, amount, term_months, every, payout_months, first, years) in LOANS {
        let code: ProductCode = product.parse().unwrap();
        let lending = programmes::rule_on(&mut conn, &code, day(on)).await.unwrap();
        let deal = Deal {
            amount: Money::vnd(amount.into()).unwrap(),
            term_months,
            principal_every_months: every,
            payout_months,
            capital: Capital::Own,
            recovers_into: None,
            rates: lending.rates.unwrap_or_else(|| panic!("{product} {on} has a rate")),
            extension_special: None,
            holidays: Default::default(),
        };
        let contract = Contract::under(&lending.rule, &deal);
        let tranches = vec![Tranche { on: day(on), amount: amount.into() }];
        let rows = schedule(&Terms { tranches, ..contract.terms().plan }).unwrap().rows;
        let of_year = |year: usize| {
            let rows = rows.iter().skip(first - 1 + 12 * year).take(12);
            rows.fold((0, 0), |(principal, interest), row| {
                let whole = |money: Money| i64::try_from(money.amount()).unwrap();
                (principal + whole(row.principal), interest + whole(row.interest))
            })
        };
        assert_eq!([0, 1, 2].map(of_year), years, "{product} {on}");
        let before: i64 = (1..first).map(|n| i64::try_from(rows[n - 1].total.amount()).unwrap()).sum();
        assert_eq!(before, 0, "{product} {on}: nothing is asked before month {first}");
    }
}
