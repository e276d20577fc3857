//! Revolving support, from the first đồng to the next household. Every test ends with the books proved.

mod cycle;
mod ends;
mod frozen;
mod mechanisms;
mod overdue;
mod queue;
mod refusals;
mod repayments;
mod batches;
mod votes;

use axum::http::{Request, header};
use serde_json::{Value, json};
use soquy::access::Role;
use soquy::db::Scope;
use uuid::Uuid;

use crate::support::{Answer, Person, TestApp, VU_QUY, day};

/// Commune Vũ Quý with an open book, one fund and three sources: 1 central budget (500,000,000), 2 an enterprise's gift for
/// breeding stock (50,000,000), 3 recovered capital. The day is 2026-03-02.
pub struct World {
    pub app: TestApp,
    pub officer: Person,
    pub approver: Person,
    pub cashier: Person,
    pub leader: Person,
    pub accountant: Person,
}

/// Path inside Vũ Quý.
pub fn at(path: &str) -> String {
    format!("/v1/units/{VU_QUY}{path}")
}

fn id(value: &Value, field: &str) -> Uuid {
    value[field].as_str().and_then(|text| text.parse().ok()).unwrap_or_else(|| panic!("{field} in {value}"))
}

impl World {
    pub async fn new() -> Self {
        Self::on_chart("tt24_2024").await
    }

    /// The same with a book on another chart.
    pub async fn on_chart(chart: &str) -> Self {
        Self::on(TestApp::new().await, chart).await
    }

    /// The same in an application that is there already.
    pub async fn on(app: TestApp, chart: &str) -> Self {
        app.open_book_on(chart).await;
        let world = Self {
            officer: app.person("officer", VU_QUY, &[Role::Officer]).await,
            approver: app.person("approver", VU_QUY, &[Role::Approver]).await,
            cashier: app.person("cashier", VU_QUY, &[Role::Cashier]).await,
            leader: app.person("leader", VU_QUY, &[Role::GroupLeader]).await,
            accountant: app.person("accountant", VU_QUY, &[Role::Accountant]).await,
            app,
        };
        world.fund_and_sources().await;
        world
    }

    async fn fund_and_sources(&self) {
        let fund =
            json!({"kind": "revolving", "name": "Quỹ quay vòng giảm nghèo", "opened_on": "2025-07-01"});
        self.app.post(&self.accountant, &at("/funds"), fund).await.expect(201);
        self.source(json!({"name": "Ngân sách trung ương", "origin": "central_budget"})).await;
        self.source(
            json!({"name": "Công ty Hải Hà", "origin": "enterprise", "purposes": ["breeding_stock"]}),
        )
        .await;
        self.source(json!({"name": "Vốn thu hồi", "origin": "recovered_capital"})).await;
        self.capital(1, "500000000").await;
        self.capital(2, "50000000").await;
    }

    /// Opens a source of fund 1 that revolves, unless told otherwise.
    pub async fn source(&self, more: Value) -> i64 {
        let mut source =
            json!({"fund_id": 1, "may_revolve": true, "must_return": false, "opened_on": "2025-07-01"});
        source.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        let opened = self.app.post(&self.accountant, &at("/sources"), source).await.expect(201);
        opened["source_id"].as_i64().unwrap()
    }

    /// Cash arrives on 2025-07-01.
    pub async fn capital(&self, source: i64, amount: &str) {
        let body = json!({"on": "2025-07-01", "amount": amount, "till": "cash", "party": "Kho bạc", "address": "Vũ Quý"});
        let key = format!("capital-{source}-{amount}");
        self.app
            .post_once(&self.accountant, &key, &at(&format!("/sources/{source}/receipts")), body)
            .await
            .expect(201);
    }

    /// Moves the clock; everybody logs in again.
    pub fn today(&mut self, text: &str) {
        self.app.app.clock.move_to(day(text));
        let fresh = |person: &mut Person| {
            person.token = self.app.app.keys.issue(person.user_id, &self.app.app.clock).unwrap()
        };
        [&mut self.officer, &mut self.approver, &mut self.cashier, &mut self.leader, &mut self.accountant]
            .into_iter()
            .for_each(fresh);
    }

    /// A household of a class, by decisions of 2025 to 2029.
    pub async fn household(&self, name: &str, class: &str) -> Uuid {
        let (household, head) = (self.app.app.clock.new_id(), self.app.app.clock.new_id());
        let mut tx = self.app.owner.begin().await.unwrap();
        sqlx::query("select set_config('soquy.unit_id', $1, true)")
            .bind(VU_QUY.to_string())
            .execute(&mut *tx)
            .await
            .unwrap();
        sqlx::query("insert into household (unit_id, household_id, code, hamlet, head_id, search_key) values ($1, $2, $3, 'Thôn 1', $4, '')")
            .bind(VU_QUY).bind(household).bind(&household.simple().to_string()[20..]).bind(head)
            .execute(&mut *tx).await.unwrap();
        sqlx::query("insert into household_member (unit_id, member_id, household_id, name, relation) values ($1, $2, $3, $4, 'chủ hộ')")
            .bind(VU_QUY).bind(head).bind(household).bind(name)
            .execute(&mut *tx).await.unwrap();
        for year in 2025..2030 {
            sqlx::query("insert into class_decision (unit_id, class_decision_id, household_id, class_year, class, standard_id, decision_no, decision_on)
                         values ($1, $2, $3, $4, $5, 'vn_2022', '112/QĐ-UBND', make_date($4 - 1, 12, 15))")
                .bind(VU_QUY).bind(self.app.app.clock.new_id()).bind(household).bind(year).bind(class)
                .execute(&mut *tx).await.unwrap();
        }
        tx.commit().await.unwrap();
        household
    }

    /// Ten million for three years at 0 %, 20 million at most, in 30 monthly parts after half a year; `more` overrides.
    pub async fn project(&self, more: Value) -> Uuid {
        let mut project = json!({
            "fund_id": 1, "name": "Chăn nuôi bò sinh sản", "programme": "CTMTQG giảm nghèo bền vững", "purpose": "breeding_stock",
            "from_on": "2025-07-01", "to_on": "2028-07-01", "household_cap": "20000000", "budget": "500000000",
            "terms": {"basis": {"kind": "capital_percent", "percent": "100"}, "rounding_unit": 1000,
                      "due": {"kind": "instalments", "every_months": 1, "count": 30, "first_after_months": 7}},
        });
        project.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        id(&self.app.post(&self.officer, &at("/projects"), project).await.expect(201), "project_id")
    }

    /// A household asks for an amount.
    pub async fn request(&self, project: Uuid, household: Uuid, amount: &str) -> Uuid {
        let body = json!({"household_id": household, "amount": amount, "purpose": "Mua bò giống"});
        id(
            &self
                .app
                .post(&self.officer, &at(&format!("/projects/{project}/requests")), body)
                .await
                .expect(201),
            "request_id",
        )
    }

    /// What the officer asked waits: its id.
    pub async fn asked(&self, path: &str, body: Value) -> Uuid {
        id(&self.app.post(&self.officer, &at(path), body).await.expect(202), "approval_id")
    }

    /// The approver approves.
    pub async fn decide(&self, approval: Uuid) -> Answer {
        let path = at(&format!("/approvals/{approval}/approve"));
        self.app.post_once(&self.approver, &format!("approve-{approval}"), &path, json!({})).await
    }

    /// Asked and approved: the outcome.
    pub async fn approved(&self, path: &str, body: Value) -> Value {
        let approval = self.asked(path, body).await;
        self.decide(approval).await.expect(200)["outcome"].clone()
    }

    /// Asked with a key and approved: the outcome.
    pub async fn approved_once(&self, key: &str, path: &str, body: Value) -> Value {
        let asked = self.app.post_once(&self.officer, key, &at(path), body).await.expect(202);
        self.decide(id(&asked, "approval_id")).await.expect(200)["outcome"].clone()
    }

    /// A meeting of forty, held today: votes for and against each request.
    pub async fn vote(&self, project: Uuid, minutes: &str, votes: &[(Uuid, i32, i32)]) -> Value {
        let votes: Vec<Value> =
            votes.iter().map(|(r, yes, no)| json!({"request_id": r, "for": yes, "against": no})).collect();
        let today = self.app.app.clock.today();
        let body = json!({"minutes_no": minutes, "held_on": today, "hamlet": "Thôn 1", "chair": "Phạm Văn Chính", "attendees": 40, "votes": votes});
        self.app.post(&self.officer, &at(&format!("/projects/{project}/meetings")), body).await.expect(201)
    }

    /// A meeting at which everybody is for a request, where none voted on it yet.
    pub async fn carried(&self, project: Uuid, request: Uuid) {
        let voted = sqlx::query_scalar("select exists (select from vote where request_id = $1)");
        let voted: bool = voted.bind(request).fetch_one(&self.app.owner).await.unwrap();
        if !voted {
            self.vote(project, &format!("{}/BB", request.simple()), &[(request, 40, 0)]).await;
        }
    }

    /// From a request to a contract, signed today.
    pub async fn sign(&self, project: Uuid, request: Uuid, source: i64) -> Uuid {
        self.carried(project, request).await;
        let today = self.app.app.clock.today();
        let body = json!({"source_id": source, "signed_on": today});
        id(
            &self.approved(&format!("/projects/{project}/requests/{request}/approval"), body).await,
            "agreement_id",
        )
    }

    /// Paid out in cash today.
    pub async fn pay_out(&self, agreement: Uuid) -> Value {
        let body = json!({"on": self.app.app.clock.today(), "till": "cash"});
        self.approved(&format!("/support/{agreement}/payout"), body).await
    }

    /// A running support of a new poor household, paid out today.
    pub async fn running(&self, project: Uuid, name: &str, amount: &str, source: i64) -> Uuid {
        let household = self.household(name, "poor").await;
        let request = self.request(project, household, amount).await;
        let agreement = self.sign(project, request, source).await;
        self.pay_out(agreement).await;
        agreement
    }

    /// Brings money today, in cash.
    pub async fn repay(&self, agreement: Uuid, key: &str, amount: &str) -> Answer {
        self.repay_with(agreement, key, json!({"amount": amount})).await
    }

    /// The same with other fields.
    pub async fn repay_with(&self, agreement: Uuid, key: &str, more: Value) -> Answer {
        let mut body = json!({"received_on": self.app.app.clock.today(), "till": "cash"});
        body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        self.app.post_once(&self.officer, key, &at(&format!("/support/{agreement}/repayments")), body).await
    }

    pub async fn show(&self, agreement: Uuid, as_of: &str) -> Value {
        self.app.get(&self.officer, &at(&format!("/support/{agreement}?as_of={as_of}"))).await.expect(200)
    }

    /// Money of a source as its page shows it: free, with households, capital, recovered.
    pub async fn figures(&self, source: i64) -> [String; 4] {
        let shown = self.app.get(&self.accountant, &at(&format!("/sources/{source}"))).await.expect(200);
        ["free", "with_households", "capital", "recovered"]
            .map(|field| shown[field].as_str().unwrap().to_owned())
    }

    /// Lines of a journal: source, account, debit, credit.
    pub async fn lines(&self, journal_no: &Value) -> Vec<String> {
        let journal =
            self.app.get(&self.accountant, &at(&format!("/journals/{journal_no}"))).await.expect(200);
        let line = |l: &Value| {
            let text = |field: &str| l[field].as_str().unwrap().to_owned();
            format!("{} {} {} {}", l["source_id"], text("account"), text("debit"), text("credit"))
        };
        journal["lines"].as_array().unwrap().iter().map(line).collect()
    }

    /// Changes something on the version of a tag; on none when there is no tag.
    pub async fn patch(&self, path: &str, tag: Option<&str>, body: Value) -> Answer {
        let request = Request::patch(at(path))
            .header(header::AUTHORIZATION, format!("Bearer {}", self.officer.token))
            .header(header::CONTENT_TYPE, "application/json");
        let request = tag.into_iter().fold(request, |request, tag| request.header(header::IF_MATCH, tag));
        self.app.send(request.body(body.to_string().into()).unwrap()).await
    }

    /// `soquy verify` finds nothing: facts, books, projections and agreements.
    pub async fn proved(&self) {
        assert_eq!(self.findings().await, Vec::<String>::new());
    }

    /// What `soquy verify` finds.
    pub async fn findings(&self) -> Vec<String> {
        let scope = Scope { unit: VU_QUY, actor: None, action: "test" };
        let report = self.app.app.within(scope, async |conn| {
            soquy::verify::verify_unit(conn, VU_QUY, &[], &soquy::jobs::Teller::silent()).await
        });
        report.await.unwrap().proofs.into_iter().flat_map(|proof| proof.findings).collect()
    }
}
