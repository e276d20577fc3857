//! One byte changed by a superuser, anywhere in the books, is found.

use serde_json::{Value, json};
use soquy::access::Role;
use soquy::db::Scope;
use soquy::domain::books::account_role::AccountRole;
use soquy::domain::books::journal_kind::{JournalKind, Owner};
use soquy::domain::books::posting::{Posting, Voucher, VoucherKind};
use sqlx::{AssertSqlSafe, Executor as _};

use crate::support::{TestApp, VU_QUY, database, day};

/// Books with a gift, a payout and its reversal, all sealed but the last.
async fn books() -> TestApp {
    books_on(&database::fresh().await).await
}

/// The same in a database that is there.
pub async fn books_on(url: &str) -> TestApp {
    let app = TestApp::on(url).await;
    app.open_book().await;
    let accountant = app.person("ketoan", VU_QUY, &[Role::Accountant]).await.user_id;
    let scope = Scope { unit: VU_QUY, actor: None, action: "test" };
    let (household, head) = (app.app.clock.new_id(), app.app.clock.new_id());
    app.owner
        .execute(
            AssertSqlSafe(format!(
            "begin; set local soquy.unit_id = 13141;
             insert into credential (user_id, password_hash) values ('{accountant}', '$argon2id$…');
             insert into unit_event values (13141, new_id(), 'changed', '{{\"name\": \"Vũ Quý\"}}');
             insert into household (unit_id, household_id, code, hamlet, head_id, search_key)
               values (13141, '{household}', 'H1', 'thôn 1', '{head}', 'h1');
             insert into household_member (unit_id, member_id, household_id, name, relation) values (13141, '{head}', '{household}', 'Hoa', 'chủ hộ');
             insert into fund values (13141, 1, 'revolving', 'Quỹ quay vòng', '2025-07-01');
             insert into source (unit_id, source_id, fund_id, name, origin, nature, may_revolve, must_return, opened_on)
               values (13141, 1, 1, 'Ngân sách trung ương', 'central_budget', 'own', true, false, '2025-07-01');
             commit")),
        )
        .await
        .unwrap();
    let clock = &app.app.clock;
    let paper = |kind, amount: &str| Voucher {
        book: "01".into(),
        kind,
        party: "Nguyễn Thị Hoa".into(),
        address: "thôn 1".into(),
        content: "vốn".into(),
        amount: amount.parse().unwrap(),
        attachments: 0,
    };
    let post = async |draft: soquy::domain::books::posting::Draft| {
        let posting = draft.balanced().unwrap();
        app.app
            .within(scope, async |conn| Ok(soquy::ledger::post(conn, VU_QUY, &[posting]).await?))
            .await
            .unwrap();
    };
    let million = |n: u32| format!("{n}000000").parse().unwrap();
    post(
        Posting::draft(clock.new_id(), JournalKind::CapitalReceived, day("2026-01-05"), "Nhận vốn")
            .source(1)
            .debit(AccountRole::Cash, million(500))
            .credit(AccountRole::Capital, million(500))
            .voucher(paper(VoucherKind::Receipt, "500000000")),
    )
    .await;
    post(
        Posting::draft(clock.new_id(), JournalKind::SupportPayout, day("2026-02-02"), "Chi hỗ trợ")
            .source(1)
            .about(household)
            .line("1411", million(10).amount())
            .credit(AccountRole::Cash, million(10))
            .voucher(paper(VoucherKind::Payment, "10000000")),
    )
    .await;
    soquy::server::seal_all(&app.app).await.unwrap();
    let reversal = soquy::ledger::Reversal {
        journal_id: clock.new_id(),
        effective_on: day("2026-03-02"),
        reason: "chi nhầm",
        owner: Owner::Support,
    };
    app.app
        .within(scope, async |conn| Ok(soquy::ledger::reverse(conn, VU_QUY, 2, reversal).await?))
        .await
        .unwrap();
    app
}

async fn report(app: &TestApp) -> Value {
    let auditor = app.person("auditor", VU_QUY, &[Role::Auditor]).await;
    app.get(&auditor, "/v1/units/13141/verification").await.expect(200)
}

fn findings(report: &Value) -> Vec<String> {
    let proofs = report["proofs"].as_array().unwrap();
    let named = proofs.iter().flat_map(|p| p["findings"].as_array().unwrap());
    named.map(|f| f.as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn honest_books_are_proved() {
    let app = books().await;
    let report = report(&app).await;
    assert_eq!((report["proved"].as_bool(), findings(&report)), (Some(true), vec![]));
    let proofs = report["proofs"].as_array().unwrap();
    let examined = |claim: &str| proofs.iter().find(|p| p["claim_en"] == claim).unwrap()["examined"].clone();
    assert_eq!(examined("Every journal balances in each source"), 3);
    assert_eq!(examined("Receipts and payments say what cash their journals moved"), 2);
    assert!(report["last_seal"].as_str().unwrap().starts_with("1:"));
}

/// What a superuser with the triggers switched off does, and a word of what must be found.
const DEEDS: &[(&str, &str)] = &[
    ("update line set amount = amount + 1 where journal_no = 1 and line_no = 1", "journal 1 was changed"),
    ("update line set amount = amount * 2 where journal_no = 2", "journal 2 was changed"),
    ("update line set subject_id = null where subject_id is not null", "journal 2 was changed"),
    ("update journal set description = 'Nhan von' where journal_no = 1", "journal 1 was changed"),
    ("update journal set effective_on = '2026-01-06' where journal_no = 1", "journal 1 was changed"),
    (
        "update journal set booked_at = booked_at - interval '1 microsecond' where journal_no = 3",
        "journal 3 was changed",
    ),
    ("update voucher set party = 'Nguyễn Thị Hoà' where journal_no = 2", "journal 2 was changed"),
    ("delete from voucher where journal_no = 2", "journal 2 was changed"),
    (
        "update voucher set amount = amount + 1 where journal_no = 1",
        "receipt 1/2026 of journal 1 says 500000001, the cash it moved is 500000000",
    ),
    (
        "update voucher set kind = 'payment', book = '02' where journal_no = 1",
        "payment 1/2026 of journal 1 says 500000000, the cash it moved is 500000000",
    ),
    (
        "update line set account = '1121' where journal_no = 1 and account = '1111'",
        "receipt 1/2026 of journal 1 says 500000000, the cash it moved is 0",
    ),
    (
        "update voucher set kind = 'general', book = '02' where journal_no = 2",
        "journal 2 moved -10000000 of cash and has no payment",
    ),
    ("delete from voucher where journal_no = 1", "journal 1 moved 500000000 of cash and has no receipt"),
    (
        "delete from line where journal_no = 3; delete from journal where journal_no = 3",
        "journal 3 was removed",
    ),
    ("update balance set amount = amount - 1 where account = '1111'", "balance of 1111"),
    (
        "update period_balance set debit = debit + 1 where month = '2026-01-01' and account = '1111'",
        "movement of 1111",
    ),
    ("update day_balance set credit = credit + 1 where account = '1111'", "movement of 1111, source 1 on 2026-01"),
    ("update period_journals set journals = journals + 1", "the month says"),
    ("update voucher_counter set last_number = 7 where kind = 'payment'", "counter 7"),
    ("update source set giver = 'ai đó'", "source 1: changed"),
    ("update account set money = false where code = '1111'", "account 1111: changed"),
    ("update audit set actor_id = gen_random_uuid() where tab = 'source'", "audit"),
    ("delete from period_event", "period_event"),
    ("update fact_hash set hash = sha256('x') where fact_no = 3", "fact"),
    ("delete from fact_hash where fact_no = (select max(fact_no) from fact_hash)", "the counter says"),
    ("update seal set root = sha256('x')", "seal 1"),
    ("update seal set hash = sha256('x')", "its hash is not its own"),
    ("update unit_counter set last_journal_no = 4", "the counter says 4"),
    ("delete from unit_counter", "the counter says 0 facts"),
    ("delete from seal", "the counter says 1 seals"),
    ("update seal set sealed_at = sealed_at - interval '1 microsecond'", "its hash is not its own"),
    ("update journal set txid = '1'::xid8 where journal_no = 1", "journal 1 was changed"),
    ("update unit_event set content = content || '{\"stolen\": null}'", "unit_event"),
    (
        "update credential set password_hash = password_hash || '='",
        "the password of ketoan was changed behind the back of the server",
    ),
    ("update role_grant set role = 'approver'", "role_grant"),
    (
        "update line set subject_id = '00000000-0000-7000-8000-000000000009' where subject_id is not null",
        "account 1411 stands at 0 about 00000000-0000-7000-8000-000000000009, which is no subject",
    ),
    (
        "update line set account = '13881', subject_id = null where account = '1411' and amount > 0",
        "account 13881 stands at 10000000 about nobody, the sub-ledger says 0",
    ),
    (
        "insert into subject values (13141, '00000000-0000-7000-8000-000000000009', 'agreement')",
        "subject 00000000-0000-7000-8000-000000000009 is no agreement",
    ),
    (
        "insert into agreement_state (unit_id, agreement_id, state, events, outstanding, recovered, interest_paid, surplus)
         values (13141, '00000000-0000-7000-8000-000000000009', 'running', 1, 7000000, 0, 0, 0)",
        "account 13881 stands at 0 about 00000000-0000-7000-8000-000000000009, the sub-ledger says 7000000",
    ),
    ("delete from subject", "is no subject"),
];

#[tokio::test]
async fn every_changed_byte_is_found() {
    let app = books().await;
    for (deed, found) in DEEDS {
        let mut tx = app.owner.begin().await.unwrap();
        tx.execute("set local session_replication_role = replica; set local soquy.unit_id = 13141")
            .await
            .unwrap();
        tx.execute(*deed).await.unwrap();
        let report =
            soquy::verify::verify_unit(&mut tx, VU_QUY, &[], &soquy::jobs::Teller::silent()).await.unwrap();
        tx.rollback().await.unwrap();
        let findings: Vec<String> = report.proofs.into_iter().flat_map(|p| p.findings).collect();
        assert!(!report.proved && findings.iter().any(|f| f.contains(found)), "{deed}: {findings:?}");
    }
}

#[tokio::test]
async fn a_consistent_forgery_is_found_by_the_seal_that_was_published() {
    let app = books().await;
    let before = report(&app).await["last_seal"].as_str().unwrap().to_owned();
    let mut tx = app.owner.begin().await.unwrap();
    tx.execute(
        "set local session_replication_role = replica; set local soquy.unit_id = 13141; set local timezone = 'UTC';
         update journal set description = 'khác' where journal_no = 1;
         update fact_hash f set hash = hash_of('journal', c.content) from journal_contents(13141, 1, 1) c
          where f.kind = 'journal' and f.ref = '1' and f.unit_id = 13141;
         delete from seal; update unit_counter set last_seal_no = 0",
    )
    .await
    .unwrap();
    while soquy::ledger::seals::seal_next(&mut tx, VU_QUY).await.unwrap().is_some() {}
    let alone =
        soquy::verify::verify_unit(&mut tx, VU_QUY, &[], &soquy::jobs::Teller::silent()).await.unwrap();
    assert!(alone.proved, "without the published seal the forged chain is consistent");
    let with_seal = soquy::verify::verify_unit(&mut tx, VU_QUY, &[&before], &soquy::jobs::Teller::silent())
        .await
        .unwrap();
    let findings: Vec<String> = with_seal.proofs.into_iter().flat_map(|p| p.findings).collect();
    let missing = format!(
        "dấu niêm phong đã công bố {before} không có trong chuỗi của đơn vị 13141 · the published seal {before} is not in the \
         chain of unit 13141"
    );
    assert_eq!(findings, [missing]);
    // Each is answered, however many there are.
    let wrong: Vec<String> = (1..=30).map(|number| format!("{number}:{}", "0".repeat(64))).collect();
    let wrong: Vec<&str> = wrong.iter().map(String::as_str).collect();
    let report =
        soquy::verify::verify_unit(&mut tx, VU_QUY, &wrong, &soquy::jobs::Teller::silent()).await.unwrap();
    assert_eq!(report.proofs[1].findings.len(), 30);
}

/// What a superuser does to the guards, and what must be said of it.
const SABOTAGE: &[(&str, &[&str])] = &[
    ("alter table line disable trigger lines_balanced", &["trigger lines_balanced on line was changed"]),
    (
        "drop trigger journal_in_open_period on journal",
        &["trigger journal_in_open_period on journal is missing"],
    ),
    (
        "create or replace function lines_balanced() returns trigger language plpgsql as $$ begin return null; end $$",
        &["function lines_balanced() was changed"],
    ),
    ("alter table journal disable row level security", &["relation journal was changed"]),
    (
        "alter table line drop constraint line_of_whole_dong",
        &["constraint line_of_whole_dong on line is missing"],
    ),
    ("drop index journal_reversed_once", &["index journal_reversed_once is missing"]),
    ("drop policy in_unit on journal", &["policy in_unit on journal is missing"]),
    (
        "grant update on journal to soquy_app",
        &["privilege UPDATE on relation journal for soquy_app is not of this release"],
    ),
    (
        "create function evil() returns void language sql security definer as 'select 1'",
        &[
            "function evil() is not of this release",
            "privilege EXECUTE on function evil() for everybody is not of this release",
        ],
    ),
    (
        "create rule nothing as on insert to line do instead nothing",
        &["rule nothing on line is not of this release"],
    ),
    (
        "update poverty_standard set rural_poor = 1500001 where standard_id = 'vn_2022'",
        &["poverty_standard was changed"],
    ),
    ("delete from duty_conflict where role = 'admin' and other = 'officer'", &["duty_conflict was changed"]),
    ("update unit set name = 'Vũ Quỷ' where unit_id = 13141", &["unit 13141 was changed"]),
    ("insert into unit values (99999, 33, 'commune', 'Ma', '2025-07-01')", &["unit 99999 was slipped in"]),
    ("delete from unit_code where unit_id = 13141", &["code 13141 of unit 13141 was removed or changed"]),
    (
        "insert into unit_successor values (13141, 13120, '2026-01-01')",
        &["successor 13120 of unit 13141 was slipped in or changed"],
    ),
];

#[tokio::test]
async fn a_guard_taken_away_a_rule_rewritten_and_a_unit_slipped_in_are_found() {
    let (app, fresh) = (TestApp::new().await, TestApp::new().await);
    let mut fresh = fresh.owner.acquire().await.unwrap();
    for (deed, told) in SABOTAGE.iter().chain([&("select 1", [].as_slice())]) {
        let mut tx = app.owner.begin().await.unwrap();
        tx.execute(*deed).await.unwrap();
        let proofs = soquy::verify::release::compare(&mut tx, &mut fresh).await.unwrap();
        tx.rollback().await.unwrap();
        let findings: Vec<String> = proofs.into_iter().flat_map(|p| p.findings).collect();
        assert_eq!(findings, *told, "{deed}");
    }
}

#[tokio::test]
async fn units_made_changed_merged_and_given_codes_are_as_their_record_says() {
    let (app, fresh) = (TestApp::new().await, TestApp::new().await);
    let admin = app.person("admin", 33, &[Role::Admin]).await;
    let new = json!({"kind": "commune", "name": "Mới", "valid_from": "2026-01-01"});
    let made = app.post(&admin, "/v1/units/33/children", new).await.expect(201);
    let child = format!("/v1/units/33/children/{}", made["unit_id"]);
    let code = json!({"code_system": "gso", "code": "99901", "valid_from": "2026-01-01"});
    app.post(&admin, &format!("{child}/codes"), code).await.expect(200);
    let end = json!({"into": [13120], "on": "2026-03-01"});
    app.post(&admin, &format!("{child}/succession"), end).await.expect(200);
    let (mut here, mut fresh) = (app.owner.acquire().await.unwrap(), fresh.owner.acquire().await.unwrap());
    let proofs = soquy::verify::release::compare(&mut here, &mut fresh).await.unwrap();
    assert!(proofs.iter().all(|p| p.findings.is_empty()), "{proofs:?}");
    assert_eq!(proofs[2].examined, 421);
}

#[tokio::test]
async fn only_the_auditor_of_the_unit_may_ask() {
    let app = books().await;
    let officer = app.person("officer", VU_QUY, &[Role::Officer]).await;
    app.get(&officer, "/v1/units/13141/verification").await.refused(403, "forbidden");
    let stranger = app.person("stranger", 13120, &[Role::Auditor]).await;
    app.get(&stranger, "/v1/units/13141/verification").await.refused(404, "not-found");
}
