//! The lending desk of Vũ Quý: a book on the microfinance chart, money, households, and the people who work there.

use rust_decimal::Decimal;
use serde_json::{Value, json};
use soquy::access::Role;
use soquy::db::Scope;
use soquy::domain::books::source::{FundKind, Nature, Origin};
use soquy::ledger::sources::{NewFund, NewSource};
use uuid::Uuid;

use crate::groups;
use crate::support::{Answer, Person, TestApp, VU_QUY, day};

/// The desk. Source 1 is entrusted by the central level, source 2 is own capital, source 3 is entrusted by the commune.
pub struct Bank {
    pub app: TestApp,
    pub officer: Person,
    pub approver: Person,
    pub cashier: Person,
    pub accountant: Person,
    pub leader: Person,
    /// The savings-and-credit group of all households.
    pub group: Uuid,
    keys: std::cell::Cell<u32>,
}

/// What a loan asks, when a test does not care.
#[derive(Clone, Copy)]
pub struct Deal<'a> {
    pub product: &'a str,
    pub class: &'a str,
    pub owner: &'a str,
    /// None: that of the owner.
    pub source: Option<i32>,
    pub amount: i64,
    pub term: u32,
    pub every: u32,
    pub on: &'a str,
}

/// 50,000,000 đồng for a poor household, 60 months, yearly instalments.
pub const POOR: Deal<'static> = Deal {
    product: "01",
    class: "poor",
    owner: "central",
    source: None,
    amount: 50_000_000,
    term: 60,
    every: 12,
    on: "2026-03-02",
};

/// 30,000,000 đồng for job creation from the bank's own capital, 36 months, yearly instalments.
pub const JOBS: Deal<'static> = Deal {
    product: "03_worker",
    class: "poor",
    owner: "mobilised",
    source: None,
    amount: 30_000_000,
    term: 36,
    every: 12,
    on: "2026-03-02",
};

impl Bank {
    /// A desk that opened on 2025-07-01 with 2,000,000,000 đồng in each source. The clock stands at 2026-03-02.
    pub async fn open() -> Self {
        Self::on_chart("tt05_2019").await
    }

    /// The same desk with its book in another chart.
    pub async fn on_chart(chart: &str) -> Self {
        let app = TestApp::new().await;
        let scope = Scope { unit: VU_QUY, actor: None, action: "test" };
        app.app
            .within(scope, async |conn| {
                soquy::ledger::open_book(conn, VU_QUY, chart, day("2025-07-01")).await?;
                let kind = FundKind::PreferentialCredit;
                let fund = NewFund { kind, name: "Tín dụng ưu đãi", opened_on: day("2025-07-01") };
                let fund = soquy::ledger::sources::add_fund(conn, VU_QUY, &fund).await?;
                for (name, origin) in [
                    ("Vốn trung ương", Origin::CentralBudget),
                    ("Vốn tự có", Origin::Bank),
                    ("Vốn ủy thác của xã", Origin::LocalBudget),
                ] {
                    let source = NewSource {
                        fund,
                        name,
                        origin,
                        nature: Nature::usual(kind, origin, false),
                        giver: None,
                        document_no: None,
                        may_revolve: true,
                        must_return: false,
                        purposes: &[],
                        recovers_into: None,
                        opened_on: day("2025-07-01"),
                    };
                    soquy::ledger::sources::add(conn, VU_QUY, &source).await?;
                }
                Ok(())
            })
            .await
            .expect("a book with three sources");
        let officer = app.person("officer", VU_QUY, &[Role::Officer]).await;
        let group = groups::a_group(&app, &officer, "Tổ 1").await;
        let bank = Self {
            group: group.rsplit('/').next().and_then(|id| id.parse().ok()).expect("the id of the group"),
            officer,
            approver: app.person("approver", VU_QUY, &[Role::Approver]).await,
            cashier: app.person("cashier", VU_QUY, &[Role::Cashier]).await,
            accountant: app.person("accountant", VU_QUY, &[Role::Accountant]).await,
            leader: app.person("leader", VU_QUY, &[Role::GroupLeader]).await,
            app,
            keys: std::cell::Cell::new(0),
        };
        let post = json!({"post": "leader", "name": "Bà Sáu", "user_id": bank.leader.user_id, "from_on": "2026-01-10"});
        bank.post(&bank.officer, &format!("groups/{}/board", bank.group), post).await.expect(201);
        for source in [1, 2, 3] {
            let capital = json!({"on": "2025-07-01", "amount": "2000000000", "till": "cash", "party": "NHCSXH", "address": "Vũ Quý"});
            bank.post(&bank.accountant, &format!("sources/{source}/receipts"), capital).await.expect(201);
        }
        bank
    }

    /// Moves the clock; tokens are made anew.
    pub fn on(&mut self, text: &str) {
        self.app.app.clock.move_to(day(text));
        for person in
            [&mut self.officer, &mut self.approver, &mut self.cashier, &mut self.accountant, &mut self.leader]
        {
            person.token = self.app.app.keys.issue(person.user_id, &self.app.app.clock).unwrap();
        }
    }

    /// A command with a fresh key.
    pub async fn post(&self, who: &Person, path: &str, body: Value) -> Answer {
        self.keys.set(self.keys.get() + 1);
        let key = format!("test-key-{:06}", self.keys.get());
        self.app.post_once(who, &key, &format!("/v1/units/{VU_QUY}/{path}"), body).await
    }

    pub async fn get(&self, path: &str) -> Value {
        self.app.get(&self.officer, &format!("/v1/units/{VU_QUY}/{path}")).await.expect(200)
    }

    /// Approves what waits and hands out its outcome.
    pub async fn approved(&self, asked: Answer) -> Value {
        let id = asked.expect(202)["approval_id"].as_str().unwrap().to_owned();
        self.post(&self.approver, &format!("approvals/{id}/approve"), json!({})).await.expect(200)["outcome"]
            .clone()
    }

    /// A household of a class for 2026, member of the group.
    pub async fn household(&self, class: &str) -> Uuid {
        self.keys.set(self.keys.get() + 1);
        let household = groups::a_household(&self.app, &format!("H{}", self.keys.get()), "Thôn 1").await;
        self.classed(household, class, "2025-12-15").await;
        let body =
            json!({"household_id": household, "representative": "Phạm Thị Lan", "joined_on": "2026-01-10"});
        self.app
            .post(&self.officer, &format!("{}/{}/members", groups::GROUPS, self.group), body)
            .await
            .expect(201);
        household
    }

    /// A decision on the class of a household for 2026.
    pub async fn classed(&self, household: Uuid, class: &str, on: &str) {
        let mut tx = self.app.owner.begin().await.unwrap();
        sqlx::query("select set_config('soquy.unit_id', $1, true)")
            .bind(VU_QUY.to_string())
            .execute(&mut *tx)
            .await
            .unwrap();
        let row = "insert into class_decision (unit_id, class_decision_id, household_id, class_year, class, standard_id, decision_no, decision_on)
                   select $1, new_id(), $2, 2026, $3, max(standard_id), $4, $5::date from poverty_standard";
        let insert =
            sqlx::query(row).bind(VU_QUY).bind(household).bind(class).bind(format!("QĐ {on}")).bind(day(on));
        insert.execute(&mut *tx).await.unwrap();
        tx.commit().await.unwrap();
    }

    /// A request of a household.
    pub fn request(&self, household: Uuid, deal: Deal<'_>) -> Value {
        let source = match deal.owner {
            "mobilised" => 2,
            "province" | "commune" => 3,
            _ => 1,
        };
        json!({
            "product_code": deal.product, "household_id": household, "group_id": self.group,
            "source_id": deal.source.unwrap_or(source), "owner": deal.owner,
            "amount": deal.amount.to_string(), "total_need": (deal.amount + 10_000_000).to_string(), "own_capital": "10000000",
            "term_months": deal.term, "principal_every_months": deal.every, "requested_on": deal.on,
            "purposes": [{"item": "Bò cái sinh sản", "quantity": "2 con", "amount": deal.amount.to_string()}],
        })
    }

    /// A contract: asked, listed, confirmed, approved.
    pub async fn signed(&self, household: Uuid, deal: Deal<'_>) -> String {
        let asked =
            self.post(&self.officer, "loan-requests", self.request(household, deal)).await.expect(201);
        let path = format!("loan-requests/{}", asked["loan_request_id"].as_str().unwrap());
        let listing = json!({"minutes_no": "05/BB", "listed_on": deal.on});
        self.post(&self.officer, &format!("{path}/listing"), listing).await.expect(200);
        let paper = json!({"document_no": "12/XN-UBND", "confirmed_on": deal.on});
        self.post(&self.officer, &format!("{path}/confirmation"), paper).await.expect(200);
        let signing = json!({"signed_on": deal.on});
        let outcome =
            self.approved(self.post(&self.officer, &format!("{path}/approval"), signing).await).await;
        outcome["loan_id"].as_str().unwrap().to_owned()
    }

    /// A loan paid out in full on its day.
    pub async fn lent(&self, deal: Deal<'_>) -> String {
        let household = self.household(deal.class).await;
        let loan = self.signed(household, deal).await;
        self.pay_out(&loan, deal.amount, deal.on).await;
        loan
    }

    pub async fn pay_out(&self, loan: &str, amount: i64, on: &str) -> Value {
        let payout = json!({"amount": amount.to_string(), "paid_on": on, "till": "cash"});
        self.approved(self.post(&self.officer, &format!("loans/{loan}/disbursements"), payout).await).await
    }

    /// A repayment at the counter.
    pub async fn repaid(&self, loan: &str, amount: i64, on: &str) -> Value {
        let body = json!({"amount": amount.to_string(), "received_on": on, "till": "cash"});
        self.post(&self.cashier, &format!("loans/{loan}/repayments"), body).await.expect(201)
    }

    /// A measure, asked for. A freeze and a write-off are decided by the authority of the capital, unless a test says by whom.
    pub async fn measure(&self, loan: &str, on: &str, mut action: Value) -> Answer {
        if matches!(action["kind"].as_str(), Some("freeze" | "write_off")) && action["decided_by"].is_null() {
            let owner = self.loan(loan).await["owner_code"].clone();
            action["decided_by"] = match owner.as_str() {
                Some("province") => json!("province_chairman"),
                Some("commune") => json!("commune_chairman"),
                _ => json!("bank_board"),
            };
        }
        let body = json!({"action": action, "on": on, "document_no": "03/BB", "reason": "theo biên bản"});
        self.post(&self.officer, &format!("loans/{loan}/measures"), body).await
    }

    pub async fn loan(&self, loan: &str) -> Value {
        self.get(&format!("loans/{loan}")).await
    }

    pub async fn loan_on(&self, loan: &str, on: &str) -> Value {
        self.get(&format!("loans/{loan}?as_of={on}")).await
    }

    /// Closes up to a day; years of months take more than one call.
    pub async fn close(&self, upto: &str) -> Value {
        loop {
            let progress =
                self.post(&self.accountant, "close-of-day", json!({"upto": upto})).await.expect(200);
            if progress["done"] == true {
                return progress;
            }
        }
    }

    /// What an account of a source stands at: debit positive.
    pub async fn account(&self, account: &str, source: i32) -> i64 {
        let amount: Option<Decimal> = sqlx::query_scalar(
            "select sum(amount) from balance where unit_id = $1 and account = $2 and source_id = $3",
        )
        .bind(VU_QUY)
        .bind(account)
        .bind(source)
        .fetch_one(&self.app.owner)
        .await
        .unwrap();
        i64::try_from(amount.unwrap_or_default()).unwrap()
    }

    /// Several accounts of a source at once.
    pub async fn accounts<const N: usize>(&self, source: i32, accounts: [&str; N]) -> [i64; N] {
        let mut sums = [0; N];
        for (sum, account) in sums.iter_mut().zip(accounts) {
            *sum = self.account(account, source).await;
        }
        sums
    }

    /// The lines of a journal as `account amount`, in the order of accounts.
    pub async fn lines(&self, journal: i64) -> Vec<String> {
        let rows: Vec<(String, Decimal)> =
            sqlx::query_as("select account, amount from line where unit_id = $1 and journal_no = $2 order by account, amount")
                .bind(VU_QUY)
                .bind(journal)
                .fetch_all(&self.app.owner)
                .await
                .unwrap();
        rows.into_iter().map(|(account, amount)| format!("{account} {}", amount.trunc())).collect()
    }

    /// Insists that everything that `verify` claims holds: states, books and papers.
    pub async fn proved(&self) {
        assert_eq!(self.findings().await, Vec::<String>::new());
    }

    /// What `verify` finds.
    pub async fn findings(&self) -> Vec<String> {
        let scope = Scope { unit: VU_QUY, actor: None, action: "test" };
        let teller = soquy::jobs::Teller::silent();
        let prove =
            async |conn: &mut soquy::db::Conn| soquy::verify::verify_unit(conn, VU_QUY, &[], &teller).await;
        let report = self.app.app.within(scope, prove).await.unwrap();
        report.proofs.into_iter().flat_map(|proof| proof.findings).collect()
    }
}

/// A sum of a shown loan, as text without decimals.
pub fn sum<'a>(shown: &'a Value, group: &str, name: &str) -> &'a str {
    shown["state"][group][name].as_str().unwrap_or_else(|| panic!("no {group}.{name} in {shown}"))
}
