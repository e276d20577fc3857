//! What commands about an agreement have in common while they wait for a second person, and when they are carried out.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use uuid::Uuid;

use super::case::{Case, StateRow, Writing};
use super::store;
use crate::access::Work;
use crate::approvals::{self, Approval, Ask, Command};
use crate::db::Conn;
use crate::domain::values::language::Text;
use crate::ledger;
use crate::problem::Problem;

/// A command about an agreement as it waits.
#[derive(Debug, Serialize, Deserialize)]
pub struct OfAgreement<T> {
    pub agreement: Uuid,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub event: Option<Uuid>,
    pub what: T,
}

/// The command as it was kept.
pub fn parsed<T: serde::de::DeserializeOwned>(body: Value) -> Result<OfAgreement<T>, Problem> {
    serde_json::from_value(body).map_err(Problem::internal)
}

/// Puts a command before the second person.
pub async fn put<T: Serialize>(
    conn: &mut Conn,
    work: &Work<'_>,
    command: Command,
    what: &OfAgreement<T>,
    summary: Text,
) -> Result<Approval, Problem> {
    let body = serde_json::to_value(what).map_err(Problem::internal)?;
    let subject = Some(what.event.unwrap_or(what.agreement));
    approvals::ask(conn, work, Ask { command, subject, body, summary }).await
}

/// Posts what there is to post, stores the events, and answers with the journals.
pub async fn write(
    conn: &mut Conn,
    work: &Work<'_>,
    case: &Case,
    writing: &Writing,
) -> Result<Value, Problem> {
    let posted = ledger::post(&mut *conn, work.unit, &writing.postings).await?;
    store::write(conn, work.unit, &writing.records, &[StateRow::of(case)?]).await?;
    serde_json::to_value(posted).map_err(Problem::internal)
}
