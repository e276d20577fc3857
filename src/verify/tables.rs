//! Every table of units, and what proves its rows. A table that is in no list would hold rows that nothing looks at; a test
//! compares the list with the database.

/// What proves the rows of a table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kept {
    /// Appended, numbered and hashed.
    Fact,
    /// May change; every version is in the audit trail.
    Audited,
    /// Neither, and why that is enough.
    Otherwise(&'static str),
}

const AS_MADE: Kept = Kept::Otherwise("public; compared with the release and the changes on record");
const WITH_ITS_JOURNAL: Kept = Kept::Otherwise("hashed with its journal");
const A_SUM: Kept = Kept::Otherwise("a sum; a claim makes it anew from the lines");
const A_COUNTER: Kept = Kept::Otherwise("a counter; a claim compares it with what it counted");
const A_FOLD: Kept = Kept::Otherwise("a projection; a claim makes it anew from the events");
const WORK: Kept = Kept::Otherwise("work that was asked for; what it did is in the books, under who asked");

/// Tables that carry a unit, by name.
pub const TABLES: &[(&str, Kept)] = &[
    ("account", Kept::Audited),
    ("account_event", Kept::Fact),
    ("agreement", Kept::Fact),
    ("agreement_event", Kept::Fact),
    ("agreement_state", A_FOLD),
    ("app_user", Kept::Audited),
    ("approval", Kept::Audited),
    ("audit", Kept::Fact),
    ("balance", A_SUM),
    ("book", Kept::Audited),
    ("cash_count", Kept::Fact),
    ("cash_count_event", Kept::Fact),
    ("class_decision", Kept::Fact),
    (
        "closed_day",
        Kept::Otherwise("the books hold loans and agreements on these days as their events give them"),
    ),
    ("contract_counter", A_COUNTER),
    ("credential_version", Kept::Fact),
    ("day_balance", A_SUM),
    ("entrustment_fee_statement", Kept::Fact),
    ("external_loan", Kept::Fact),
    ("fact_hash", Kept::Otherwise("the hashes themselves; seals cover them")),
    ("file", Kept::Fact),
    ("file_content", Kept::Otherwise("bytes; a claim hashes them anew, and the hash is a fact")),
    ("fund", Kept::Audited),
    ("group_meeting", Kept::Fact),
    ("group_meeting_reversal", Kept::Fact),
    ("group_member", Kept::Audited),
    ("group_post", Kept::Audited),
    ("group_vote", Kept::Fact),
    ("household", Kept::Audited),
    ("household_class", A_FOLD),
    ("household_member", Kept::Audited),
    ("household_representative", Kept::Fact),
    ("idempotency", Kept::Fact),
    ("job", WORK),
    ("job_event", WORK),
    ("job_file", WORK),
    ("journal", Kept::Fact),
    ("journal_file", Kept::Fact),
    ("line", WITH_ITS_JOURNAL),
    ("loan", Kept::Fact),
    ("loan_close", Kept::Otherwise("how far the close of a day came; what it booked is in the books")),
    ("loan_event", Kept::Fact),
    ("loan_number", Kept::Otherwise("a counter; numbers of contracts are unique without it")),
    ("loan_purpose", Kept::Fact),
    ("loan_register", Kept::Fact),
    ("loan_request", Kept::Audited),
    ("loan_state", A_FOLD),
    ("meeting", Kept::Fact),
    ("meeting_reversal", Kept::Fact),
    ("period_balance", A_SUM),
    ("period_event", Kept::Fact),
    ("period_journals", A_SUM),
    ("project", Kept::Audited),
    ("register_loan", Kept::Fact),
    ("role_grant", Kept::Audited),
    ("savings_group", Kept::Audited),
    ("seal", Kept::Otherwise("a chain; each is computed anew and the last one is published")),
    ("sheet", Kept::Fact),
    ("sheet_collection", Kept::Fact),
    ("sheet_row", Kept::Fact),
    ("source", Kept::Audited),
    ("subject", Kept::Otherwise("a register; a claim compares it with the rows it names")),
    ("support_request", Kept::Audited),
    ("till", Kept::Audited),
    ("unit", AS_MADE),
    ("unit_code", AS_MADE),
    ("unit_counter", A_COUNTER),
    ("unit_event", Kept::Fact),
    ("unit_successor", AS_MADE),
    ("vote", Kept::Fact),
    ("voucher", WITH_ITS_JOURNAL),
    ("voucher_counter", A_COUNTER),
    ("voucher_print", Kept::Fact),
];

/// The tables of one kind.
pub fn kept(how: Kept) -> impl Iterator<Item = &'static str> {
    TABLES.iter().filter(move |(_, kept)| *kept == how).map(|(name, _)| *name)
}
