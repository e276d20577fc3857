//! `soquy verify`: proves the books of every unit from the facts. It changes nothing and trusts no projection: hashes are
//! computed here, sums are made anew, and every row is compared with what the facts say it must be.

mod closing_claims;
pub mod http;
pub mod release;
mod store;
pub mod tables;
mod till_claims;

use std::collections::HashMap;

use futures_util::TryStreamExt as _;
use serde::Serialize;
use sha2::{Digest, Sha256};
use sqlx::Connection as _;
use tables::{Kept, kept};

use crate::collection_sheets;
use crate::db::Conn;
use crate::domain::books::merkle;
use crate::domain::values::language::{Language, Text};
use crate::jobs::{Progress, Teller};
use crate::loans;
use crate::problem::Problem;
use crate::support;
use crate::text;

/// One statement about a unit, proved or refuted.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct Proof {
    /// What is claimed, Vietnamese.
    pub claim_vi: String,
    /// What is claimed, English.
    pub claim_en: String,
    /// How many things were looked at.
    pub examined: i64,
    /// What contradicts it: nothing when it holds. At most [`MOST_FINDINGS`] are named.
    pub findings: Vec<String>,
}

/// How many contradictions of one claim are named; the rest are only more of the same.
pub const MOST_FINDINGS: usize = 20;

/// The proofs of one unit.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct Report {
    /// The unit.
    pub unit_id: i32,
    /// Whether every claim holds.
    pub proved: bool,
    /// Number and hash of the last seal: compare it with the one that was published.
    pub last_seal: Option<String>,
    /// The claims.
    pub proofs: Vec<Proof>,
}

fn proof(claim: &Text, examined: i64, mut findings: Vec<String>) -> Proof {
    findings.truncate(MOST_FINDINGS);
    Proof { claim_vi: claim.vi.to_string(), claim_en: claim.en.to_string(), examined, findings }
}

/// Units that have facts.
pub async fn units(conn: &mut Conn) -> Result<Vec<i32>, Problem> {
    Ok(store::units(conn).await?)
}

/// Proves one unit. The transaction must be `repeatable read` and in the unit's scope, so that all claims speak of the
/// same instant while the server works on.
///
/// `published` are seals as `number:hash` that were kept outside the database: they must still be in the chain. After each claim
/// `teller` says how many of all were looked at.
pub async fn verify_unit(
    conn: &mut Conn,
    unit: i32,
    published: &[&str],
    teller: &Teller,
) -> Result<Report, Problem> {
    let mut proofs = Proofs { teller, all: Vec::new() };
    proofs.add(facts(conn, unit, teller).await?).await?;
    let (seals, last_seal) = sealed(conn, unit, published).await?;
    proofs.add(seals).await?;
    proofs.add(trail(conn, unit).await?).await?;
    for claim in store::CLAIMS.iter().chain(closing_claims::CLAIMS).chain(till_claims::CLAIMS) {
        let (examined, findings) = store::refutations(conn, unit, claim.question).await?;
        proofs.add(proof(&claim.text, examined, findings)).await?;
    }
    let claim =
        Text::fixed("Từng hợp đồng hỗ trợ đúng với các sự kiện", "Every agreement is what its events say");
    let agreements = store::agreements(conn, unit).await?;
    let rebuilt = attempt(conn, async |conn| Ok((agreements, support::rebuild(conn, unit).await?))).await?;
    proofs.add(proof(&claim, rebuilt.0, rebuilt.1)).await?;
    let claim = Text::fixed("Khoản vay đúng như các sự kiện của nó", "Loans are what their events give");
    let (loans, findings) = attempt(conn, async |conn| loans::rebuild(conn, unit).await).await?;
    proofs.add(proof(&claim, loans, findings)).await?;
    month_ends(conn, unit, &mut proofs).await?;
    let proofs = proofs.all;
    let proved = proofs.iter().all(|p| p.findings.is_empty());
    Ok(Report { unit_id: unit, proved, last_seal, proofs })
}

/// The claims that are not one question to the database.
const OTHER_CLAIMS: usize = 8;

/// The accounts held what the sub-ledgers came to, at the end of every month and today.
async fn month_ends(conn: &mut Conn, unit: i32, proofs: &mut Proofs<'_>) -> Result<(), Problem> {
    let claim = Text::fixed(
        "Cuối mỗi tháng, sổ cái đúng với từng khoản vay theo nguồn vốn",
        "At the end of every month the accounts hold what the loans of each source come to",
    );
    let (ends, findings) = attempt(conn, async |conn| loans::tie_out(conn, unit).await).await?;
    proofs.add(proof(&claim, ends, findings)).await?;
    let claim = Text::fixed(
        "Cuối mỗi tháng, sổ cái đúng với từng hợp đồng hỗ trợ theo nguồn vốn",
        "At the end of every month the accounts hold what the agreements of each source come to",
    );
    let (ends, findings) = attempt(conn, async |conn| support::tie_out(conn, unit).await).await?;
    proofs.add(proof(&claim, ends, findings)).await?;
    let claim = Text::fixed(
        "Cuối mỗi tháng, tiền gửi thu hộ của tổ viên đúng với bảng kê và số đã nộp ngân hàng",
        "At the end of every month the accounts hold the savings that sheets took and that the bank did not get",
    );
    let (ends, findings) = attempt(conn, async |conn| collection_sheets::tie_out(conn, unit).await).await?;
    proofs.add(proof(&claim, ends, findings)).await
}

/// The proofs so far.
struct Proofs<'a> {
    teller: &'a Teller,
    all: Vec<Proof>,
}

impl Proofs<'_> {
    /// One more, and a word of it.
    async fn add(&mut self, proof: Proof) -> Result<(), Problem> {
        let says = Text { vi: proof.claim_vi.clone().into(), en: proof.claim_en.clone().into() };
        self.all.push(proof);
        let count = |n: usize| i64::try_from(n).unwrap_or(i64::MAX);
        let others = closing_claims::CLAIMS.len() + till_claims::CLAIMS.len() + OTHER_CLAIMS;
        let total = Some(count(store::CLAIMS.len() + others));
        self.teller.tell(Progress { done: count(self.all.len()), of: total, says }).await
    }
}

/// Rows that nothing can read refute what is claimed of them; the other claims are still looked at.
async fn attempt(
    conn: &mut Conn,
    look: impl AsyncFnOnce(&mut Conn) -> Result<(i64, Vec<String>), Problem>,
) -> Result<(i64, Vec<String>), Problem> {
    let mut savepoint = conn.begin().await?;
    match look(&mut savepoint).await {
        Ok(found) => {
            savepoint.commit().await?;
            Ok(found)
        }
        Err(problem) => {
            savepoint.rollback().await?;
            Ok((0, vec![format!("cannot be read: {}", reason(problem))]))
        }
    }
}

fn reason(problem: Problem) -> String {
    let body = problem.body(Language::En, "");
    let text = |key: &str| body[key].as_str().unwrap_or_default().to_owned();
    match problem.cause {
        Some(cause) => format!("{cause:#}"),
        None => format!("{}. {}", text("title"), text("detail")).trim_end().to_owned(),
    }
}

/// After how many facts a word is said of it.
const A_WORD_EACH: i64 = 20_000;

/// Every fact is there once, unchanged, and numbered without gaps.
async fn facts(conn: &mut Conn, unit: i32, teller: &Teller) -> Result<Proof, Problem> {
    let (mut findings, mut read) = (Vec::new(), 0);
    let mut hashes: HashMap<(String, String), Vec<u8>> = HashMap::new();
    let mut expected = 0;
    for fact in store::fact_hashes(conn, unit).await? {
        expected += 1;
        if fact.fact_no != expected {
            findings.push(format!("fact {expected} is missing before {}", fact.fact_no));
            expected = fact.fact_no;
        }
        hashes.insert((fact.kind, fact.ref_), fact.hash);
    }
    let counter = store::counter(conn, unit).await?.last_fact_no;
    if counter != expected {
        findings.push(format!("the counter says {counter} facts, the last is {expected}"));
    }
    let kinds = store::fact_kinds(conn).await?;
    let silent = kept(Kept::Fact).filter(|table| !kinds.iter().any(|kind| kind == table));
    findings.extend(silent.map(|table| format!("{table} records no facts any more")));
    for kind in kinds {
        let mut rows = store::fact_contents(conn, unit, &kind);
        while let Some((key, content)) = rows.try_next().await? {
            read += 1;
            if read % A_WORD_EACH == 0 {
                let says = text!("Đang đọc từng sự kiện", "Reading fact by fact");
                teller.tell(Progress { done: read, of: Some(counter), says }).await?;
            }
            let hash = Sha256::new().chain_update(&kind).chain_update(content).finalize();
            match hashes.remove(&(kind.clone(), key.clone())) {
                None => findings.push(format!("{kind} {key} was slipped in")),
                Some(kept) if kept != hash.as_slice() => findings.push(format!("{kind} {key} was changed")),
                Some(_) => {}
            }
        }
    }
    let mut missing: Vec<String> =
        hashes.into_keys().map(|(kind, key)| format!("{kind} {key} was removed")).collect();
    missing.sort();
    findings.extend(missing);
    let claim = text!(
        "Mọi sự kiện còn nguyên, đánh số liên tục",
        "Every fact is unchanged and numbered without gaps"
    );
    Ok(proof(&claim, expected, findings))
}

/// The seals follow each other and their roots are those of the facts.
async fn sealed(conn: &mut Conn, unit: i32, published: &[&str]) -> Result<(Proof, Option<String>), Problem> {
    let mut findings = Vec::new();
    let mut wanted: Vec<&str> = published.to_vec();
    let mut previous = vec![0_u8; 32];
    let (mut number, mut upto) = (0, 0);
    for seal in store::seals(conn, unit).await? {
        number += 1;
        let at = seal.sealed_at.timestamp_micros();
        let range = format!("{unit}|{number}|{}|{}|{at}", upto + 1, seal.upto_fact_no);
        let hashes = store::hashes_between(conn, unit, seal.from_fact_no, seal.upto_fact_no).await?;
        let root = merkle::root(&hashes);
        let follows = seal.seal_no == number && seal.from_fact_no == upto + 1 && seal.previous == previous;
        if !follows {
            findings.push(format!("seal {} does not follow the one before it", seal.seal_no));
        } else if root != seal.root.as_slice() {
            findings.push(format!(
                "seal {number}: the facts {} to {} are not those that were sealed",
                upto + 1,
                seal.upto_fact_no
            ));
        } else if merkle::seal_hash(&previous, &root, &range) != seal.hash.as_slice() {
            findings.push(format!("seal {number}: its hash is not its own"));
        }
        let name = format!("{number}:{}", hex(&seal.hash));
        wanted.retain(|seal| *seal != name);
        (previous, upto) = (seal.hash, seal.upto_fact_no);
    }
    let counter = store::counter(conn, unit).await?.last_seal_no;
    if counter != number {
        findings.push(format!("the counter says {counter} seals, there are {number}"));
    }
    let last = (number > 0).then(|| format!("{number}:{}", hex(&previous)));
    let claim = text!(
        "Chuỗi niêm phong khớp với sự kiện (đến số {upto})",
        "The chain of seals fits the facts (up to {upto})"
    );
    let mut proof = proof(&claim, number, findings);
    // However many there are, each that was asked for is answered.
    let missing = wanted.iter().map(|seal| {
        format!(
            "dấu niêm phong đã công bố {seal} không có trong chuỗi của đơn vị {unit} · the published seal {seal} is not in \
             the chain of unit {unit}"
        )
    });
    proof.findings.splice(0..0, missing);
    Ok((proof, last))
}

/// The rows that may change are what the audit trail says they became.
async fn trail(conn: &mut Conn, unit: i32) -> Result<Proof, Problem> {
    let (mut tables, mut findings) = (0, Vec::new());
    let audited = store::audited_tables(conn).await?;
    let silent = kept(Kept::Audited).filter(|table| !audited.iter().any(|name| name == table));
    findings.extend(silent.map(|table| format!("{table} is not audited any more")));
    for table in audited {
        tables += 1;
        for (key, what) in store::audit_differences(conn, unit, &table).await? {
            findings.push(format!("{table} {key}: {what}"));
        }
    }
    let claim =
        text!("Mọi bản ghi đúng với nhật ký thay đổi", "Every row is what the audit trail says it became");
    Ok(proof(&claim, tables, findings))
}

fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes.iter().fold(String::new(), |mut text, byte| {
        // Writing to a String cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}
