//! Connections on loan from a pool. The host of a database may go without a word, and then nothing on an open connection is ever
//! answered: not the statement, not the question whether the connection still lives. So every loan has its limit, and a
//! connection on which something was begun and not ended is closed instead of being given back.

use std::time::Duration;

use sqlx::pool::PoolConnection;
use sqlx::{PgConnection, PgPool, Postgres};
use tokio::time::timeout;

/// How long a connection may take to be given back: the pool asks it whether it lives.
const GIVING_BACK: Duration = Duration::from_secs(2);

/// A connection of a pool.
pub struct Lease {
    conn: Option<PoolConnection<Postgres>>,
    ended: bool,
}

impl Lease {
    /// Takes a connection of a pool, which waits for one only so long (`acquire_timeout`).
    pub async fn of(pool: &PgPool) -> sqlx::Result<Self> {
        Ok(Self { conn: Some(pool.acquire().await?), ended: true })
    }

    /// The connection, for something that must end with [`Lease::ended`].
    pub fn begun(&mut self) -> sqlx::Result<&mut PgConnection> {
        self.ended = false;
        self.conn.as_deref_mut().ok_or(sqlx::Error::PoolClosed)
    }

    /// What was begun has ended: every answer has come.
    pub const fn ended(&mut self) {
        self.ended = true;
    }
}

impl Drop for Lease {
    fn drop(&mut self) {
        let Some(mut conn) = self.conn.take() else { return };
        match tokio::runtime::Handle::try_current() {
            Ok(runtime) if self.ended => {
                // As the pool itself does, but not for ever.
                runtime.spawn(timeout(GIVING_BACK, async move { conn.return_to_pool().await }));
            }
            // Without its place in the pool it is closed here and now; the database takes back what was not committed.
            _ => drop(conn.detach()),
        }
    }
}
