//! What a list or a report reads does not grow with what happened: in a unit with 200,000 lines behind it every request that
//! reads is asked in every way, and the blocks that the database looked at are counted. An operation that is in no list fails
//! the test.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
use soquy::access::Role::{self, Auditor, Officer};
use sqlx::{AssertSqlSafe, ConnectOptions as _, Connection as _, PgConnection, PgPool, Row as _};

use super::permits::permitted;
use super::{Api, Operation};
use crate::support::{Person, TestApp, VU_QUY};
use crate::upgrade::story::Story;

/// The most blocks of 8 kB that a request looks at, whatever the history: 24 for each row of a page, whose indexes are four
/// blocks deep.
const MOST_BLOCKS: i64 = 1_200;

/// Operations, and ways to ask, that read as much as they are asked about, and why.
const AS_MUCH_AS_ASKED: &[(&str, &str)] = &[
    ("verify_books", "proves every row"),
    ("report_outstanding", "adds up the loans of the unit"),
    ("report_ageing", "folds the events of every loan, as of any day"),
    ("report_contract_reviews", "holds each contract that it looks at against its rule and its request"),
    ("statement_csv", "a file holds all lines of its period"),
    ("statement_xlsx", "a file holds all lines of its period"),
    ("statement_pdf", "a file holds all lines of its period"),
    ("till_book_csv", "a file holds all lines of its period"),
    ("till_book_xlsx", "a file holds all lines of its period"),
    ("till_book_pdf", "a file holds all lines of its period"),
    ("show_till_day", "holds all lines of a day"),
    ("till_day_csv", "holds all lines of a day"),
    ("till_day_xlsx", "holds all lines of a day"),
    ("till_day_pdf", "holds all lines of a day"),
    ("compute_entrustment_fees", "folds the loans that stood or moved in the month"),
    ("compare_registers", "compares two files row by row"),
];

/// How each operation is asked, besides plainly. `@` begins a cursor: the place of the last row of the page before.
const ASKED: &[(&str, &[&str])] = &[
    ("list_users", &["after=@\"{planted}0000000000c8\""]),
    ("show_user", &[]),
    (
        "list_households",
        &[
            "q=khongcoai",
            "hamlet=Th%C3%B4n%201",
            "class=near_poor",
            "class=poor&after=@\"P02000\"",
            "class=poor&on=2024-01-01",
            "on=2026-01-01",
            "closed=true",
            "after=@\"P02900\"",
        ],
    ),
    ("show_household", &[]),
    ("show_eligibility", &["on=2026-03-01"]),
    ("show_book", &[]),
    ("list_accounts", &["after=@\"3311\""]),
    ("show_account", &[]),
    ("list_funds", &["after=@1"]),
    ("show_fund", &[]),
    ("list_sources", &["fund=2", "after=@2"]),
    ("show_source", &[]),
    (
        "list_journals",
        &[
            "after=@90000",
            "kind=support_repayment",
            "kind=support_repayment&after=@90000",
            "kind=capital_received,reversal",
            "kind=support_loss",
            "account={code}",
            "account={code}&after=@90000",
            "account={bank}",
            "source=1",
            "source=3",
            "source=4&after=@90000",
            "fund=1",
            "fund=2&after=@90000",
            "fund=2&kind=capital_received,capital_returned,reversal&to=2026-04-01",
            "subject={agreement}",
            "subject={agreement}&account={code}",
            "from=2026-01-01&to=2026-02-01",
            "from=2026-01-15&to=2026-01-16&after=@50000",
            "from=2026-01-01&to=2026-02-01&account={code}",
            "from=2026-01-01&to=2026-02-01&source=4&after=@50000",
            "to=2025-08-01",
        ],
    ),
    ("show_journal", &[]),
    (
        "list_vouchers",
        &[
            "after=@90000",
            "kind=receipt&after=@90000",
            "kind=goods_in",
            "book=01&year=2026",
            "year=2025&after=@90000",
            "number=77",
            "book=no",
        ],
    ),
    ("show_voucher", &[]),
    ("list_voucher_prints", &[]),
    ("list_periods", &["after=@\"2025-09-01\""]),
    ("list_entrustment_fees", &["after=@\"{planted}000000000001\""]),
    ("show_year_result", &["year=2025", "year=2026"]),
    ("preview_closing", &["before=2025-08-01", "before=2026-04-01"]),
    ("list_tills", &["on=2026-03-15"]),
    ("show_till", &[]),
    ("show_till_book", &["from=2026-01-01&to=2026-02-01", "after=@[\"2026-03-20\",90000,1]"]),
    ("list_cash_counts", &["after=@\"{planted}000000000080\""]),
    ("show_cash_count", &[]),
    ("show_cash_sheet", &[]),
    ("cash_sheet_csv", &[]),
    ("cash_sheet_xlsx", &[]),
    ("cash_sheet_pdf", &[]),
    ("list_projects", &["fund=1", "fund=2", "after=@\"{planted}000000000001\""]),
    ("show_project", &[]),
    ("list_support_requests", &["state=queued", "state=agreed&after=@3000", "state=refused", "after=@1"]),
    ("list_meetings", &["after=@\"{planted}000000000700\""]),
    (
        "list_agreements",
        &[
            "after=@\"{planted}000000001200\"",
            "status=running",
            "status=cancelled",
            "overdue=true",
            "household={household}",
            "project={project}",
        ],
    ),
    ("show_agreement", &["as_of=2026-03-15"]),
    ("show_indicators", &["on=2026-04-02"]),
    (
        "show_balances",
        &[
            "on=2026-03-15",
            "known_at=2026-04-02T03:01:39.900Z",
            "known_at=2025-12-31T00:00:00Z",
            "source=4",
            "account={code}",
        ],
    ),
    ("show_trial_balance", TRIAL_BALANCE),
    ("trial_balance_csv", TRIAL_BALANCE),
    ("trial_balance_pdf", TRIAL_BALANCE),
    ("trial_balance_xlsx", TRIAL_BALANCE),
    (
        "show_statement",
        &["from=2026-01-01&to=2026-02-01", "source=4", "source=1", "after=@[\"2026-03-20\",90000,1]"],
    ),
    (
        "list_approvals",
        &["state=waiting", "state=rejected", "state=approved&after=@\"{planted}000000004000\""],
    ),
    ("show_approval", &[]),
    ("list_loan_requests", &["state=asked", "state=refused", "after=@\"{planted}000000001200\""]),
    ("show_loan_request", &[]),
    (
        "list_loans",
        &[
            "after=@\"{planted}000000001200\"",
            "programme=06",
            "group={group}",
            "household={household}",
            "status=current",
            "status=frozen",
            "late_days=1",
        ],
    ),
    ("show_loan", &["as_of=2026-03-15"]),
    ("show_payoff", &["on=2026-05-01"]),
    ("show_close_of_day", &[]),
    ("list_groups", &["after=@\"{planted}000000000001\""]),
    ("show_group", &[]),
    ("list_group_meetings", &["after=@\"{planted}000000000700\""]),
    ("show_meeting", &[]),
    ("list_sheets", &["after=@\"{planted}000000000700\""]),
    ("show_sheet", &[]),
    ("list_registers", &["after=@\"{planted}000000000040\""]),
    ("show_register", &[]),
    ("list_register_loans", &["after=@4000"]),
    ("list_external_loans", &["household={household}", "after=@\"{planted}000000001200\""]),
    ("list_jobs", &["after=@\"{planted}000000001200\""]),
    ("show_job", &[]),
    ("watch_job", &[]),
    ("fetch_job_file", &[]),
    ("fetch_file", &[]),
    ("list_papers", &[]),
];

const TRIAL_BALANCE: &[&str] =
    &["from=2026-01-10&to=2026-03-20", "source=4", "to=2026-03-20&known_at=2026-04-02T03:01:39.900Z"];

/// What stands before the number of a planted key. Keys of the story come after all of them.
const PLANTED: &str = "01900000-0000-7000-8000-";

/// Rows like one that is there: the table, how many, and what is different in the i-th of them.
const ROWS: &[(&str, i64, &str)] = &[
    (
        "household",
        3_000,
        "'household_id', key, 'code', 'P' || lpad(i::text, 5, '0'), 'head_id', key, 'search_key', 'p' || i",
    ),
    ("household_member", 3_000, "'member_id', key, 'household_id', key, 'personal_id', null"),
    (
        "household_class",
        3_000,
        "'household_id', key, 'code', 'P' || lpad(i::text, 5, '0'), 'class', 'poor', 'to_on', '9999-12-31'",
    ),
    ("class_decision", 3_000, "'class_decision_id', key, 'household_id', key, 'class', 'poor'"),
    ("app_user", 300, "'user_id', key, 'login', 'planted' || i"),
    ("credential", 300, "'user_id', key"),
    ("approval", 20_000, "'approval_id', key, 'subject_id', key, 'state', 'approved'"),
    ("project", 3, "'project_id', key, 'fund_id', 2, 'name', 'Dự án ' || i"),
    ("meeting", 3_000, "'meeting_id', key, 'project_id', key_of(1), 'minutes_no', 'P' || i"),
    ("support_request", 5_000, "'request_id', key, 'state', 'agreed', 'project_id', key_of(1)"),
    ("vote", 5_000, "'vote_id', key, 'meeting_id', key_of(1), 'request_id', key"),
    (
        "agreement",
        5_000,
        "'agreement_id', key, 'request_id', key, 'contract_no', 1000 + i, 'project_id', key_of(1), 'household_id', key",
    ),
    (
        "agreement_state",
        5_000,
        "'agreement_id', key, 'state', 'settled', 'overdue_from', null, 'paid_out_on', '2025-08-01', 'final_due_on', '2026-01-31',
         'summary_valid_until', '2026-01-31'",
    ),
    (
        "agreement_event",
        20_000,
        "'event_id', key, 'agreement_id', key_of(1 + i % 5000), 'event_no', 10 + i / 5000",
    ),
    (
        "loan_request",
        5_000,
        "'loan_request_id', key, 'state', 'approved', 'loan_id', key, 'household_id', key",
    ),
    (
        "loan",
        5_000,
        "'loan_id', key, 'loan_request_id', key, 'contract_number', 1000 + i, 'household_id', key, 'group_id', key_of(1 + i % 3)",
    ),
    ("loan_state", 5_000, "'loan_id', key, 'status', 'closed', 'late_since', null"),
    ("loan_event", 20_000, "'loan_event_id', key, 'loan_id', key_of(1 + i % 5000), 'seq', 10 + i / 5000"),
    ("savings_group", 3, "'group_id', key, 'name', 'Nhóm ' || i"),
    ("group_meeting", 3_000, "'meeting_id', key, 'minutes_no', 'P' || i"),
    ("sheet", 3_000, "'sheet_id', key, 'meeting_on', '2030-01-01'::date + i"),
    ("loan_register", 100, "'register_id', key, 'lender', 'P' || i"),
    ("register_loan", 5_000, "'register_loan_id', key, 'line_no', 10 + i, 'contract_no', 'P' || i"),
    ("cash_count", 270, "'cash_count_id', key, 'counted_on', '2025-07-01'::date + (i % 270)::integer"),
    ("cash_count_event", 270, "'cash_count_event_id', key, 'cash_count_id', key_of(1), 'event_no', 10 + i"),
    ("external_loan", 5_000, "'external_loan_id', key, 'contract_no', 'P' || i, 'household_id', key"),
];

/// Repayments of support by 100,000 journals with a receipt each, on days that do not follow their numbers; and what sums them up.
const BOOKS: &str = "
    create temp table planted as
      select c.last_journal_no + i as journal_no, '2025-07-01'::date + (i * 7919 % 270) as effective_on, i
        from unit_counter c, generate_series(1, 100000) i where c.unit_id = 13141;
    insert into journal (unit_id, journal_no, journal_id, effective_on, booked_at, kind, description, n_lines)
      select 13141, journal_no, key_of(i), effective_on, '2026-04-02T03:00:00Z'::timestamptz + i * interval '1 millisecond',
             'support_repayment', 'Thu hồi', 2 from planted;
    insert into line (unit_id, journal_no, line_no, account, source_id, effective_on, amount, subject_id)
      select 13141, journal_no, n, r.code, 4, effective_on, amount, key_of(1 + i % 5000)
        from planted, (values (1, 'cash', 1000), (2, 'support_outstanding', -1000)) l (n, role, amount)
        join book k on k.unit_id = 13141 join chart_role r on r.chart_id = k.chart_id and r.role = l.role;
    insert into voucher (unit_id, journal_no, book, year, kind, number, issued_on, party, address, content, amount)
      select 13141, journal_no, '01', 2026, 'receipt', 1000 + i, effective_on, 'An', '', 'Thu hồi', 1000 from planted;
    update unit_counter set last_journal_no = last_journal_no + 100000 where unit_id = 13141;
    insert into loan_close (unit_id, closed_upto) values (13141, '2026-04-01') on conflict (unit_id) do update set closed_upto = '2026-04-01';
    insert into closed_day (unit_id, day) select 13141, '2006-04-01'::date + i from generate_series(1, 7305) i on conflict do nothing;
    delete from balance where unit_id = 13141;
    delete from period_balance where unit_id = 13141;
    delete from day_balance where unit_id = 13141;
    delete from period_journals where unit_id = 13141;
    insert into balance select unit_id, account, source_id, sum(amount), count(*) from line group by 1, 2, 3;
    insert into day_balance select unit_id, account, source_id, effective_on, sum(greatest(amount, 0)), sum(greatest(-amount, 0))
      from line group by 1, 2, 3, 4;
    insert into period_balance
      select unit_id, account, source_id, date_trunc('month', effective_on), sum(greatest(amount, 0)), sum(greatest(-amount, 0)), count(*)
        from line group by 1, 2, 3, 4;
    insert into period_journals select unit_id, date_trunc('month', effective_on), count(*) from journal group by 1, 2;";

/// Jobs that are done, files, and papers behind journals.
const WORK: &str = "
    insert into job (unit_id, job_id, kind, request, state, events, result, asked_by, ended_at)
      select 13141, key_of(i), (array['household_import', 'statement_export', 'verification'])[1 + i % 3], to_jsonb(i), 'done',
             3, '{}', key_of(i), scope_now() from generate_series(1, 20000) i;
    insert into job_event (unit_id, job_id, event_no, what, done, total, says)
      select 13141, key_of(1 + i % 20000), 1 + i / 20000, 'progress', i, i, '{\"vi\": \"đang làm\", \"en\": \"at it\"}'
        from generate_series(0, 59999) i;
    update job_event set what = 'done', done = null, total = null where event_no = 3;
    insert into job_file (unit_id, job_id, name, media_type, bytes)
      select 13141, key_of(i), 'a.csv', 'text/csv', 'a' from generate_series(1, 20000) i;
    insert into file (unit_id, sha256, media_type)
      select 13141, sha256(i::text::bytea), 'text/plain' from generate_series(1, 20000) i;
    insert into file_content select 13141, sha256(i::text::bytea), i::text::bytea from generate_series(1, 20000) i;
    insert into journal_file (unit_id, attached_id, journal_no, sha256, name)
      select 13141, key_of(i), 77700 + i, sha256(i::text::bytea), 'Giấy ' || i from generate_series(1, 20000) i;";

/// A history behind the books of a story.
async fn plant(app: &TestApp) {
    let mut owner = app.owner.acquire().await.unwrap();
    let run = async |owner: &mut PgConnection, sql: String| {
        sqlx::raw_sql(AssertSqlSafe(sql.clone()))
            .execute(owner)
            .await
            .unwrap_or_else(|why| panic!("{why}: {sql}"));
    };
    let key_of = format!(
        "set session_replication_role = replica;
         create function pg_temp.key_of(i bigint) returns uuid language sql immutable
           return ('{PLANTED}' || lpad(to_hex(i), 12, '0'))::uuid"
    );
    run(&mut owner, key_of).await;
    for (table, many, other) in ROWS {
        let other = other.replace("key_of", "pg_temp.key_of");
        let sql = format!(
            "insert into {table}
             select r.* from (select to_jsonb(t) as row from {table} t where {} limit 1) t,
                    generate_series(1, {many}) i, pg_temp.key_of(i) key, jsonb_populate_record(null::{table}, t.row || jsonb_build_object({other})) r",
            if *table == "credential" { "true" } else { "unit_id = 13141" }
        );
        run(&mut owner, sql).await;
    }
    for planted in [BOOKS, WORK] {
        run(&mut owner, planted.replace("key_of", "pg_temp.key_of")).await;
    }
    run(&mut owner, "set session_replication_role = origin".to_owned()).await;
    run(&mut owner, "vacuum analyze".to_owned()).await;
}

/// Counts the blocks that the database of an application looks at.
struct Counter<'a> {
    app: &'a TestApp,
    beside: PgConnection,
    database: String,
}

impl<'a> Counter<'a> {
    async fn new(app: &'a TestApp) -> Self {
        let options = (*app.owner.connect_options()).clone();
        let database = options.get_database().expect("a name").to_owned();
        let beside = PgConnection::connect_with(&options.database("postgres")).await.unwrap();
        Self { app, beside, database }
    }

    /// How many it has looked at so far, with all that the connections of the application have not told yet.
    async fn blocks(&mut self) -> i64 {
        // What reads much has connections of its own.
        told(&self.app.app.pool).await;
        told(&self.app.app.reports).await;
        let counted = "select blks_hit + blks_read from pg_stat_database where datname = $1";
        sqlx::query_scalar(counted).bind(&self.database).fetch_one(&mut self.beside).await.unwrap()
    }

    /// How many a request looks at when the connection that serves it has its plans; every connection has its turn.
    async fn blocks_of(&mut self, person: &Person, path: &str) -> i64 {
        let mut least = i64::MAX;
        for _ in 0..=self.app.app.pool.size().max(self.app.app.reports.size()) {
            let before = self.blocks().await;
            let answer = self.app.get(person, path).await;
            assert_eq!(answer.status, 200, "{path}: {}", answer.text);
            least = least.min(self.blocks().await - before);
        }
        least
    }
}

/// Has every connection of a pool tell its figures, once all are back.
async fn told(pool: &PgPool) {
    let mut idle = Vec::new();
    while idle.len() < usize::try_from(pool.size()).unwrap() {
        idle.push(pool.acquire().await.unwrap());
    }
    for conn in &mut idle {
        sqlx::query("select pg_stat_force_next_flush()").execute(&mut **conn).await.unwrap();
    }
}

/// Keys of things that the story made, by the name of the parameter, and a few that are not of their type.
async fn known(app: &TestApp) -> Vec<(&'static str, String)> {
    let of = [
        ("household", "select household_id from agreement"),
        ("agreement", "select agreement_id from agreement_state where state = 'running'"),
        ("project", "select project_id from agreement group by project_id having count(*) > 1000"),
        ("approval", "select approval_id from approval"),
        ("user", "select user_id from app_user join credential using (user_id) where unit_id = 13141"),
        ("loan", "select loan_id from loan"),
        ("request", "select loan_request_id from loan_request"),
        ("group", "select group_id from savings_group"),
        ("meeting", "select meeting_id from group_meeting"),
        ("sheet", "select sheet_id from sheet"),
        ("count", "select cash_count_id from cash_count"),
        ("register", "select register_id from loan_register"),
        ("job", "select job_id from job where kind = 'statement_export'"),
    ];
    let mut known: Vec<(&str, String)> = Vec::new();
    for (name, sql) in of {
        let last = AssertSqlSafe(format!("{sql} order by 1 desc limit 1"));
        let row = sqlx::query(last).fetch_one(&app.owner).await.unwrap();
        known.push((name, row.get::<uuid::Uuid, _>(0).to_string()));
    }
    for role in ["cash", "bank"] {
        let code =
            "select code from chart_role join book using (chart_id) where unit_id = 13141 and role = $1";
        let code: String = sqlx::query_scalar(code).bind(role).fetch_one(&app.owner).await.unwrap();
        known.push((if role == "cash" { "code" } else { role }, code));
    }
    let file = "select encode(sha256, 'hex') from file order by sha256 limit 1";
    known.push(("sha256", sqlx::query_scalar(file).fetch_one(&app.owner).await.unwrap()));
    let others = [("till", "cash"), ("fund", "2"), ("source", "4"), ("journal_no", "77777")];
    let voucher = [("book", "01"), ("year", "2026"), ("kind", "receipt"), ("number", "77777")];
    known.extend(others.into_iter().chain(voucher).map(|(name, value)| (name, value.to_owned())));
    known
}

/// The address with its cursor as the server writes it.
fn address(path: &str, query: &str, known: &[(&str, String)]) -> String {
    let filled = known.iter().fold(query.replace("{planted}", PLANTED), |query, (name, value)| {
        query.replace(&format!("{{{name}}}"), value)
    });
    match filled.split_once('@') {
        Some((before, cursor)) => {
            let (cursor, rest) = cursor.split_once('&').unwrap_or((cursor, ""));
            format!("{path}?{before}{}&{rest}", BASE64.encode(cursor)).trim_end_matches('&').to_owned()
        }
        None => format!("{path}?{filled}"),
    }
}

#[tokio::test]
async fn no_list_and_no_report_reads_more_because_more_has_happened() {
    let mut story = Story::begin().await;
    story.next().await;
    plant(&story.app).await;
    // With few connections, each of which has its plans after its first time.
    let app = TestApp::on(story.app.owner.connect_options().to_url_lossy().as_str()).await;
    app.app.clock.move_to(story.app.app.clock.today());
    let (officer, auditor) =
        (app.person("reader", VU_QUY, &[Officer]).await, app.person("auditor9", VU_QUY, &[Auditor]).await);
    let reader = |roles: &[Role]| if roles.contains(&Officer) { &officer } else { &auditor };
    let (api, known, mut counter) = (Api::read(), known(&app).await, Counter::new(&app).await);
    let given: Vec<(&str, &str)> = known.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let as_much = |asked: &str| AS_MUCH_AS_ASKED.iter().any(|(known, _)| *known == asked);
    let reads = |operation: &&Operation| operation.method == "GET" && operation.is_of_a_unit();
    let mut complaints = Vec::new();
    for operation in api.operations.iter().filter(reads) {
        if as_much(&operation.id) {
            continue;
        }
        let Some((_, queries)) = ASKED.iter().find(|(id, _)| *id == operation.id) else {
            complaints.push(format!("{}: nothing says how it is asked", operation.id));
            continue;
        };
        let person = reader(permitted(&operation.id).expect("roles"));
        let path = operation.path_with(&api, &[&[("unit", "13141")], given.as_slice()].concat());
        let asked: Vec<String> =
            operation.parameters("query").map(|p| p["name"].as_str().unwrap().to_owned()).collect();
        let unasked = asked
            .iter()
            .filter(|name| *name != "limit" && !queries.iter().any(|q| q.contains(&format!("{name}="))));
        complaints.extend(unasked.map(|name| format!("{}: not asked by {name}", operation.id)));
        for query in std::iter::once(&"").chain(*queries) {
            let address = address(&path, query, &known);
            if as_much(&format!("{}?{query}", operation.id)) {
                continue;
            }
            let blocks = counter.blocks_of(person, &address).await;
            if blocks > MOST_BLOCKS {
                complaints.push(format!("{}: {blocks} blocks for {query}", operation.id));
            }
        }
    }
    assert!(complaints.is_empty(), "\n{}\n", complaints.join("\n"));
}
