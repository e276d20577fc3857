//! Collection sheets: prepared before the meeting; sent twice, in pieces, weeks late.

use serde_json::{Value, json};
use soquy::access::{Role, Work};
use soquy::db::Scope;
use soquy::domain::sheet::{Collected, Collector, SentRow};
use soquy::problem::Problem;
use soquy::sheets::{self, State, Verdict};
use uuid::Uuid;

use crate::groups::{a_group, a_member};
use crate::support::{Person, TestApp, VU_QUY, day};

/// A group with a leader, three members, and the sheet of 5 March.
struct Village {
    app: TestApp,
    officer: Person,
    leader: Person,
    group: Uuid,
    sheet: Value,
    path: String,
}

fn id(value: &Value) -> Uuid {
    value.as_str().expect("an id").parse().expect("an id")
}

fn expected(member: &Value, interest: &str) -> Value {
    json!({"membership_id": member["membership_id"], "agreement_id": Uuid::now_v7(),
           "expected": {"interest": interest, "savings": "50000", "principal": "0"}})
}

impl Village {
    async fn new() -> Self {
        let app = TestApp::new().await;
        app.open_book().await;
        let officer = app.person("officer", VU_QUY, &[Role::Officer]).await;
        let leader = app.person("leader", VU_QUY, &[Role::GroupLeader]).await;
        let path = a_group(&app, &officer, "Tổ 1").await;
        let mut rows = Vec::new();
        for (code, interest) in [("H1", "275000"), ("H2", "165000"), ("H3", "0")] {
            rows.push(expected(&a_member(&app, &officer, &path, code, "Thôn 1").await, interest));
        }
        let post =
            json!({"post": "leader", "name": "Bà Sáu", "user_id": leader.user_id, "from_on": "2026-01-10"});
        app.post(&officer, &format!("{path}/board"), post).await.expect(201);
        let body = json!({"meeting_on": "2026-03-05", "rows": rows});
        let sheet = app.post(&officer, &format!("{path}/sheets"), body).await.expect(201);
        let group = id(&sheet["group_id"]);
        let mut village = Self { app, officer, leader, group, sheet, path };
        village.move_to("2026-03-05");
        village
    }

    /// Moves to a day, on which everybody logs in again.
    fn move_to(&mut self, on: &str) {
        let app = &self.app.app;
        app.clock.move_to(day(on));
        for person in [&mut self.officer, &mut self.leader] {
            person.token = app.keys.issue(person.user_id, &app.clock).expect("a token");
        }
    }

    /// Row `at` as it comes back.
    fn row(&self, at: usize, interest: &str, principal: &str) -> SentRow {
        let money = |text: &str| text.parse().expect("money");
        let collected =
            Collected { interest: money(interest), savings: money("0"), principal: money(principal) };
        SentRow { row_id: id(&self.sheet["rows"][at]["row_id"]), collected_on: day("2026-03-05"), collected }
    }

    /// Sends rows as somebody; the money is recorded as the day it counts on and the day it was collected.
    async fn send(
        &self,
        who: &Person,
        collector: Collector,
        rows: &[SentRow],
    ) -> Result<Vec<Verdict>, Problem> {
        let scope = Scope { unit: VU_QUY, actor: Some(who.user_id), action: "record_sheet" };
        let work = Work { unit: VU_QUY, actor: Some(who.user_id), clock: &self.app.app.clock };
        let sheet = id(&self.sheet["sheet_id"]);
        let post = async |_: &mut soquy::db::Conn, fresh: &[sheets::Collection]| {
            Ok(fresh.iter().map(|row| json!({"on": row.effective_on, "original": row.original_on})).collect())
        };
        self.app
            .app
            .within(scope, async |conn| {
                sheets::record(conn, &work, (self.group, sheet, collector), rows, post).await
            })
            .await
    }

    async fn as_leader(&self, rows: &[SentRow]) -> Vec<Verdict> {
        self.send(&self.leader, Collector::GroupLeader, rows).await.expect("verdicts")
    }
}

fn states(verdicts: &[Verdict]) -> Vec<State> {
    verdicts.iter().map(|verdict| verdict.state).collect()
}

#[tokio::test]
async fn a_sheet_is_prepared_with_a_key_and_a_printed_code_for_each_row() {
    let village = Village::new().await;
    let rows = village.sheet["rows"].as_array().unwrap();
    let shown: Vec<_> = rows
        .iter()
        .map(|r| (&r["row_no"], &r["representative"], &r["expected_interest"], &r["outcome"]))
        .collect();
    assert_eq!(shown[0], (&json!(1), &json!("H1"), &json!("275000"), &Value::Null));
    assert_eq!(shown[2], (&json!(3), &json!("H3"), &json!("0"), &Value::Null));
    assert!(rows.iter().all(|row| row["code"].as_str().unwrap().len() == 9));
    let path = format!("{}/sheets/{}", village.path, village.sheet["sheet_id"].as_str().unwrap());
    assert_eq!(village.app.get(&village.leader, &path).await.expect(200), village.sheet);
    let other = village.app.person("other", VU_QUY, &[Role::GroupLeader]).await;
    village.app.get(&other, &path).await.refused(404, "not-found");
}

#[tokio::test]
async fn pieces_and_repeats_record_each_row_once() {
    let mut village = Village::new().await;
    let (first, second) = (village.row(0, "275000", "0"), village.row(1, "165000", "0"));
    let piece = village.as_leader(&[first]).await;
    assert_eq!(
        (states(&piece), &piece[0].outcome),
        (vec![State::Recorded], &Some(json!({"on": "2026-03-05", "original": null})))
    );
    let whole = village.as_leader(&[first, second, second]).await;
    assert_eq!(states(&whole), [State::Replayed, State::Recorded, State::Replayed]);
    assert_eq!(whole[0].outcome, piece[0].outcome);
    village.move_to("2026-04-20");
    let late = village.as_leader(&[first, second]).await;
    assert_eq!((states(&late), &late[0].outcome), (vec![State::Replayed; 2], &piece[0].outcome));
    let list = village.app.get(&village.officer, &format!("{}/sheets", village.path)).await.expect(200);
    assert_eq!((&list["items"][0]["row_count"], &list["items"][0]["recorded_count"]), (&json!(3), &json!(2)));
}

#[tokio::test]
async fn refused_rows_do_not_hold_back_the_others_and_may_be_sent_again() {
    let village = Village::new().await;
    let (good, principal) = (village.row(0, "275000", "0"), village.row(1, "165000", "1000000"));
    let stranger = SentRow { row_id: Uuid::nil(), ..good };
    let sent = [good, principal, stranger, village.row(0, "275001", "0"), village.row(2, "0", "0")];
    let verdicts = village.send(&village.leader, Collector::GroupLeader, &sent).await.unwrap();
    let codes: Vec<_> = verdicts.iter().map(|verdict| serde_json::to_value(verdict.code).unwrap()).collect();
    assert_eq!(
        codes,
        [
            json!(null),
            json!("forbidden"),
            json!("not-found"),
            json!("idempotency-key-reused"),
            json!("nothing")
        ]
    );
    assert!(verdicts[1].detail_en.as_ref().unwrap().contains("principal"));
    let officer = village.send(&village.officer, Collector::Officer, &[principal]).await.unwrap();
    assert_eq!(states(&officer), [State::Recorded]);
    let stranger = village.app.person("stranger", VU_QUY, &[Role::GroupLeader]).await;
    let refused = village.send(&stranger, Collector::GroupLeader, &[good]).await.unwrap_err();
    assert_eq!(refused.kind, soquy::problem::Kind::NotFound);
}

#[tokio::test]
async fn weeks_late_into_closed_books_it_counts_today_and_names_its_day() {
    let mut village = Village::new().await;
    village.move_to("2026-04-20");
    let scope = Scope { unit: VU_QUY, actor: None, action: "test" };
    let close =
        async |conn: &mut _| Ok(soquy::ledger::close_before(conn, VU_QUY, day("2026-04-01"), "").await?);
    village.app.app.within(scope, close).await.unwrap();
    let verdicts = village
        .send(&village.leader, Collector::GroupLeader, &[village.row(0, "275000", "0")])
        .await
        .unwrap();
    assert_eq!(verdicts[0].outcome, Some(json!({"on": "2026-04-20", "original": "2026-03-05"})));
}

#[tokio::test]
async fn the_same_sheet_sent_by_two_at_once_is_recorded_once() {
    let village = Village::new().await;
    let rows = [village.row(0, "275000", "0"), village.row(1, "165000", "0")];
    let (one, two) = tokio::join!(
        village.send(&village.leader, Collector::GroupLeader, &rows),
        village.send(&village.officer, Collector::Officer, &rows)
    );
    let mut found = [states(&one.unwrap()), states(&two.unwrap())];
    found.sort_by_key(|states| states[0] == State::Replayed);
    assert_eq!(found, [vec![State::Recorded; 2], vec![State::Replayed; 2]]);
}

#[tokio::test]
async fn sheets_that_cannot_be_are_refused() {
    let village = Village::new().await;
    let path = format!("{}/sheets", village.path);
    let row = json!({"membership_id": village.sheet["rows"][0]["membership_id"], "agreement_id": Uuid::now_v7(),
                     "expected": {"interest": "1", "savings": "0", "principal": "0"}});
    let good = json!({"meeting_on": "2026-04-05", "rows": [row]});
    for (pointer, value, at) in [
        ("/meeting_on", json!("2026-03-04"), "/meeting_on"),
        ("/meeting_on", json!("2026-02-30"), "/meeting_on"),
        ("/rows", json!([]), "/rows"),
        ("/rows", json!([row, row]), "/rows/1/agreement_id"),
        ("/rows/0/membership_id", json!(Uuid::nil()), "/rows/0/membership_id"),
        ("/rows/0/expected/interest", json!("0.5"), "/rows/0/expected/interest"),
    ] {
        let mut wrong = good.clone();
        *wrong.pointer_mut(pointer).unwrap() = value;
        let refused = village.app.post(&village.officer, &path, wrong).await.refused(422, "invalid-field");
        assert_eq!(refused["errors"][0]["pointer"], at);
    }
    village.app.post(&village.officer, &path, good.clone()).await.expect(201);
    village.app.post(&village.officer, &path, good.clone()).await.refused(409, "already-exists");
    village.app.post(&village.leader, &path, good).await.refused(403, "forbidden");
}
