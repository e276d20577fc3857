//! A commune's books in small. Every round records facts of every kind there is, through the API.

use axum::body::Body;
use axum::http::{Request, header};
use secrecy::SecretString;
use serde_json::{Value, json};
use soquy::access::Role;
use soquy::users::{Appointed, NewUser, appoint};
use uuid::Uuid;

use crate::households::HOUSEHOLDS;
use crate::loans::bank::{Bank, Deal, POOR};
use crate::revolving::{World, at};
use crate::support::{Person, TestApp, VU_QUY};

/// The days of each round: what is signed, the meeting a month later, and the month that is closed then.
const ROUNDS: [[&str; 3]; 3] = [
    ["2026-03-02", "2026-04-02", "2026-02-01"],
    ["2026-06-02", "2026-07-02", "2026-03-01"],
    ["2026-09-02", "2026-10-02", "2026-04-01"],
];

/// The last day of the first round.
pub const FIRST_ROUND_ENDS: &str = ROUNDS[0][1];

/// Vũ Quý lends and supports from one book: fund 1 with sources 1 to 3 lends, fund 2 with source 4 supports.
pub struct Story {
    pub app: TestApp,
    bank: Bank,
    world: World,
    project: Uuid,
    clerk: Person,
    province: Person,
    round: usize,
}

fn text<'a>(value: &'a Value, field: &str) -> &'a str {
    value[field].as_str().unwrap_or_else(|| panic!("{field} in {value}"))
}

impl Story {
    pub async fn begin() -> Self {
        let bank = Bank::open().await;
        let app = bank.app.clone();
        let world = World {
            app: app.clone(),
            officer: bank.officer.clone(),
            approver: bank.approver.clone(),
            cashier: bank.cashier.clone(),
            leader: bank.leader.clone(),
            accountant: bank.accountant.clone(),
        };
        let fund = json!({"kind": "revolving", "name": "Quỹ quay vòng", "opened_on": "2025-07-01"});
        app.post(&world.accountant, &at("/funds"), fund).await.expect(201);
        world.source(json!({"fund_id": 2, "name": "Ngân sách xã", "origin": "local_budget"})).await;
        world.capital(4, "500000000").await;
        let project = world.project(json!({"fund_id": 2})).await;
        let clerk = app.person("clerk", VU_QUY, &[Role::BankClerk]).await;
        let province = app.person("province", 33, &[Role::Admin]).await;
        Self { app, bank, world, project, clerk, province, round: 0 }
    }

    fn on(&mut self, on: &str) {
        self.bank.on(on);
        self.world.today(on);
        for person in [&mut self.clerk, &mut self.province] {
            person.token = self.app.app.keys.issue(person.user_id, &self.app.app.clock).unwrap();
        }
    }

    /// The next round, sealed at its end.
    pub async fn next(&mut self) {
        let [first, meeting, closed] = ROUNDS[self.round];
        self.on(first);
        self.people().await;
        self.unit_and_logins().await;
        let households = self.household_list().await;
        self.other_banks(&households[0], first).await;
        self.minutes(first).await;
        let name = format!("Nguyễn Thị Lành {}", self.round);
        let agreement = self.world.running(self.project, &name, "10000000", 4).await;
        let loan = self.bank.lent(Deal { amount: 20_000_000, on: first, ..POOR }).await;
        let month = &first[..7];
        self.on(&format!("{month}-28"));
        self.bank.repaid(&loan, 5_000, &format!("{month}-28")).await;
        self.on(meeting);
        self.bank.post(&self.bank.accountant, "entrustment-fees", json!({"month": month})).await.expect(201);
        self.support_comes_back(agreement).await;
        self.collection(meeting).await;
        self.bank.repaid(&loan, 1_000_000, meeting).await;
        self.paper().await;
        self.cash_box(meeting).await;
        let last = crate::support::day(closed).pred_opt().unwrap().min(crate::support::day(meeting));
        self.bank.close(&last.to_string()).await;
        let close = json!({"before": closed, "reason": "Khóa sổ"});
        self.app.post(&self.world.accountant, &at("/periods/closings"), close).await.expect(200);
        soquy::server::seal_all(&self.app.app).await.unwrap();
        self.round += 1;
    }

    /// A receipt on paper, and the paper behind it.
    async fn paper(&self) {
        let cashier = &self.world.cashier;
        let receipts = self.app.get(cashier, &at("/vouchers?kind=receipt&limit=1")).await.expect(200);
        let first = &receipts["items"][0];
        let (book, year, number) = (text(first, "book"), &first["year"], &first["number"]);
        let path = at(&format!("/vouchers/{book}/{year}/receipt/{number}/prints"));
        let printed =
            self.app.post_once(cashier, &format!("print-{:05}", self.round), &path, json!({})).await;
        printed.expect(201);
        let scan = format!("Giấy nộp tiền {}", self.round);
        let scan = crate::files::stored(&self.app, cashier, "text/plain", scan).await.expect(201);
        let behind = json!({"sha256": scan["sha256"], "name": "Giấy nộp tiền"});
        let papers = at(&format!("/journals/{}/papers", first["journal_no"]));
        self.app.post(cashier, &papers, behind).await.expect(201);
    }

    /// Another bank account, and a count of the cash box that is taken back.
    async fn cash_box(&self, on: &str) {
        let (accountant, round) = (&self.world.accountant, self.round);
        let till = json!({"kind": "bank", "name": format!("Agribank {round}"), "bank": "Agribank", "opened_on": on,
                          "account_no": format!("3400 2050 0{round}"), "is_default": false});
        self.app.post(accountant, &at("/tills"), till).await.expect(201);
        let count = json!({"on": on, "notes": [{"face": 500_000, "pieces": 1}], "reason": "Chưa đếm hết",
                           "counted_by": "Đỗ Thị Thu", "keeper": "Phạm Thị Mai"});
        let counted = self.app.post(accountant, &at("/tills/cash/counts"), count).await.expect(201);
        let path = at(&format!("/cash-counts/{}/withdrawal", text(&counted, "cash_count_id")));
        self.app.post(accountant, &path, json!({"reason": "Đếm lại"})).await.expect(200);
    }

    /// A household with one who signs for it, and a decision on its class.
    async fn people(&self) {
        let mut lien = crate::households::lien();
        lien["code"] = json!(format!("24131410100{}", self.round));
        lien["head"]["personal_id"] = json!(format!("03418190000{}", self.round));
        let household = self.app.post(&self.bank.officer, HOUSEHOLDS, lien).await.expect(201);
        let path = format!("{HOUSEHOLDS}/{}", text(&household, "household_id"));
        let paper = json!({"member_id": household["members"][2]["member_id"], "document_no": "03/GUQ", "from_on": "2026-01-01",
                           "to_on": null});
        self.app.post(&self.bank.officer, &format!("{path}/representatives"), paper).await.expect(201);
        let decision = json!({"class_year": 2026, "class": "poor", "decision_no": "112/QĐ-UBND", "decision_on": "2025-12-15"});
        self.app.post(&self.bank.officer, &format!("{path}/class-decisions"), decision).await.expect(201);
    }

    /// A commune below the province, and an administrator whose password the province resets.
    async fn unit_and_logins(&self) {
        let child =
            json!({"kind": "commune", "name": format!("Xã mới {}", self.round), "valid_from": "2026-01-01"});
        self.app.post(&self.province, "/v1/units/33/children", child).await.expect(201);
        let login = format!("admin{}", self.round);
        let admin = Appointed {
            unit: VU_QUY,
            user: NewUser { login: login.parse().unwrap(), full_name: "Phạm Thị Lan".parse().unwrap() },
            password: SecretString::from("con trâu đen đi trước"),
            roles: vec![Role::Admin],
        };
        let mut owner = self.app.owner.acquire().await.unwrap();
        let admin = appoint(&mut owner, &self.app.app.clock, &admin).await.unwrap();
        let reset = at(&format!("/users/{admin}/reset-password"));
        self.app.post(&self.province, &reset, json!({})).await.expect(200);
    }

    async fn sent(&self, who: &Person, path: &str, file: String) -> Value {
        let request = Request::post(at(path))
            .header(header::AUTHORIZATION, format!("Bearer {}", who.token))
            .header(header::CONTENT_TYPE, "text/csv; charset=utf-8");
        self.app.send(request.body(Body::from(file)).unwrap()).await.expect(200)
    }

    /// Two households by a list; their ids.
    async fn household_list(&self) -> Vec<String> {
        let mut file =
            "Mã hộ;Thôn;Họ và tên chủ hộ;Ngày sinh;Phân loại;Năm;Số quyết định;Ngày quyết định\n".to_owned();
        for (n, name) in ["Trần Văn Bình", "Đỗ Thị Hiền"].into_iter().enumerate() {
            file += &format!(
                "L{}{n};Thôn Đông;{name};20/04/198{n};Hộ nghèo;2026;112/QĐ-UBND;15/12/2025\n",
                self.round
            );
        }
        self.sent(&self.bank.officer, "/households/import", file).await;
        let ids =
            sqlx::query_scalar("select household_id::text from household where code like $1 order by code");
        ids.bind(format!("L{}%", self.round)).fetch_all(&self.app.owner).await.unwrap()
    }

    /// The register of the Policy Bank, and a loan of another bank.
    async fn other_banks(&self, household: &str, on: &str) {
        let row = format!(
            "13141;KH1;Nguyễn Thị Sáu;KU-{};15/03/2021;60;6,6;50.000.000;15/03/2026;50.000.000;0;50.000.000;1;1",
            self.round
        );
        let headings = "Mã xã;Mã KH;Tên KH;Số khế ước;Ngày vay;Thời hạn vay;Lãi suất;Mức vay;Ngày ĐH theo hợp đồng;\
                        Dư nợ trong hạn;Dư nợ quá hạn;Tổng dư nợ;Mã chương trình;Nguồn vốn";
        let path = format!("/loan-registers?lender=NHCSXH&as_of={on}");
        let report = self.sent(&self.clerk, &path, format!("{headings}\n{row}\n")).await;
        assert_eq!(report["stored"], true, "{report}");
        let reading = json!({"household_id": household, "lender": "Agribank", "contract_no": format!("LAV-{}", self.round),
            "credit_limit": null, "rate_text": "8,5 %/năm, thả nổi", "lent_on": "2025-05-10", "due_on": "2027-05-10",
            "outstanding": "150000000", "as_of_on": on});
        self.app.post(&self.clerk, &at("/external-loans"), reading).await.expect(201);
    }

    /// The hamlet votes on a request for support, the group on one for a loan; each record is taken back and made anew.
    async fn minutes(&self, on: &str) {
        let household = self.world.household(&format!("Lê Văn Chờ {}", self.round), "poor").await;
        let request = self.world.request(self.project, household, "5000000").await;
        let minutes = json!({"minutes_no": format!("0{}/BB", self.round), "held_on": on, "hamlet": "Thôn 1", "chair": "Phạm Văn Chính",
            "attendees": 40, "votes": [{"request_id": request, "for": 30, "against": 2}]});
        let path = at(&format!("/projects/{}/meetings", self.project));
        self.recorded_twice(&path, &minutes).await;

        let group = at(&format!("/groups/{}", self.bank.group));
        let member = crate::groups::a_member(
            &self.app,
            &self.bank.officer,
            &group,
            &format!("V{}", self.round),
            "Thôn 1",
        )
        .await;
        let minutes = json!({"held_on": on, "minutes_no": format!("0{}/10C", self.round), "present": [member["membership_id"]],
            "votes": [{"membership_id": member["membership_id"], "product_code": "01", "beneficiary": "Hộ nghèo",
                       "amount": "50000000", "purpose": "Mua bò sinh sản", "term_months": 60, "in_favour": 1, "against": 0}]});
        self.recorded_twice(&format!("{group}/meetings"), &minutes).await;
    }

    async fn recorded_twice(&self, meetings: &str, minutes: &Value) {
        let wrong = self.app.post(&self.world.officer, meetings, minutes.clone()).await.expect(201);
        let path = format!("{meetings}/{}/reversal", text(&wrong, "meeting_id"));
        self.app.post(&self.world.officer, &path, json!({"reason": "Ghi nhầm ngày"})).await.expect(200);
        self.app.post(&self.world.officer, meetings, minutes.clone()).await.expect(201);
    }

    /// Twice money of the household, once by mistake.
    async fn support_comes_back(&self, agreement: Uuid) {
        let wrong = self.world.repay(agreement, &format!("wrong-{agreement}"), "2000000").await.expect(201);
        self.world.repay(agreement, &format!("right-{agreement}"), "1500000").await.expect(201);
        let path = format!("/support/{agreement}/repayments/{}/reversal", text(&wrong, "event_id"));
        let back = json!({"on": self.app.app.clock.today(), "reason": "Ghi nhầm hộ"});
        self.world.approved(&path, back).await;
    }

    /// The group's sheet, with savings and the interest of its first loan.
    async fn collection(&self, on: &str) {
        let path = format!("groups/{}/sheets", self.bank.group);
        let sheet = self.bank.post(&self.bank.officer, &path, json!({"meeting_on": on})).await.expect(201);
        let row = json!({"row_id": sheet["rows"][0]["row_id"], "collected_on": on,
                         "collected": {"interest": "100000", "savings": "50000", "principal": "0"}});
        let path = at(&format!("/{path}/{}/collections", text(&sheet, "sheet_id")));
        let verdicts = self.app.post(&self.bank.leader, &path, json!({"rows": [row]})).await.expect(200);
        assert_eq!(verdicts[0]["state"], "recorded", "{verdicts}");
    }
}
