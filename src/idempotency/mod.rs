//! Idempotency-Key: claim, fingerprint, replay. The answer is stored in the transaction of its effect, for ever.

mod store;
mod values;

use std::collections::HashSet;

use crate::db::Conn;
use crate::problem::{Kind, Problem};

use self::store::{Stored, StoredAnswers, Taken};
pub use self::values::{Answer, Claim};

/// Locks the key. `Some` is the stored answer of the same request: send it again instead of working.
pub async fn claim(conn: &mut Conn, unit: i32, claim: &Claim) -> Result<Option<Answer>, Problem> {
    claim_all(conn, unit, &[claim]).await?.pop().unwrap_or(Ok(None))
}

impl Stored {
    /// The answer, if the request is the one it was given to.
    fn answer_to(self, claim: &Claim) -> Result<Answer, Problem> {
        if self.request_hash != claim.fingerprint {
            return Err(Kind::KeyReused.bare());
        }
        let status = u16::try_from(self.status).map_err(Problem::internal)?;
        Ok(Answer { status, location: self.location, body: self.response })
    }
}

/// Locks many keys at once, in the order of the claims: the kept answer, nothing yet, or why it cannot be worked on now.
/// A key that comes twice is worked on once; the second is told to come again.
pub async fn claim_all(
    conn: &mut Conn,
    unit: i32,
    claims: &[&Claim],
) -> Result<Vec<Result<Option<Answer>, Problem>>, Problem> {
    let keys: Vec<String> = claims.iter().map(|claim| claim.key.clone()).collect();
    let taken = store::claim(conn, unit, &keys).await?;
    let mut seen = HashSet::new();
    let mut answers = Vec::with_capacity(claims.len());
    for (claim, Taken { free, stored }) in claims.iter().zip(taken) {
        let alone = seen.insert(&claim.key) && free;
        answers.push(match stored {
            _ if !alone => Err(Kind::StillRunning.bare().after(1)),
            Some(stored) => stored.answer_to(claim).map(Some),
            None => Ok(None),
        });
    }
    Ok(answers)
}

/// Stores answers, each under the key of its claim.
pub async fn store_answers<'a>(
    conn: &mut Conn,
    unit: i32,
    answers: impl IntoIterator<Item = (&'a Claim, &'a Answer)>,
) -> Result<(), Problem> {
    let mut stored = StoredAnswers::default();
    for (claim, answer) in answers {
        stored.add(claim, answer);
    }
    if stored.keys.is_empty() { Ok(()) } else { Ok(store::insert(conn, unit, &stored).await?) }
}
