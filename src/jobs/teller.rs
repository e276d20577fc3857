//! How a step says how far it came, before it ends.

use std::sync::atomic::{AtomicBool, Ordering};

use tokio::sync::{mpsc, oneshot};

use super::store;
use super::values::Progress;
use crate::db::Conn;
use crate::domain::values::ids::JobId;
use crate::problem::{Kind, Problem};

/// Says how far a step came, and learns whether the job is to stop. What it says goes to whoever works on the job, who writes
/// it down at once: the transaction of the step shows nothing before it ends.
#[derive(Debug, Default)]
pub struct Teller {
    line: Option<mpsc::Sender<Said>>,
    stopped: AtomicBool,
}

/// What a step says.
#[derive(Debug)]
pub struct Said {
    /// How far it came.
    pub progress: Progress,
    /// To be told whether it goes on.
    pub goes_on: oneshot::Sender<bool>,
}

impl Teller {
    /// Of work that nobody watches.
    pub const fn silent() -> Self {
        Self { line: None, stopped: AtomicBool::new(false) }
    }

    /// Of a job, and where it is heard.
    pub fn heard() -> (Self, mpsc::Receiver<Said>) {
        let (line, hearing) = mpsc::channel(1);
        (Self { line: Some(line), stopped: AtomicBool::new(false) }, hearing)
    }

    /// Whether the job was told to stop.
    pub fn is_stopped(&self) -> bool {
        self.stopped.load(Ordering::Relaxed)
    }

    fn stop(&self) -> Problem {
        self.stopped.store(true, Ordering::Relaxed);
        Kind::WrongState.bare()
    }

    /// Learns, on the connection of a step that begins, whether the job is to stop.
    ///
    /// # Errors
    /// When it is.
    pub async fn listen(&self, conn: &mut Conn, unit: i32, job: JobId) -> Result<(), Problem> {
        if store::is_to_stop(conn, unit, job).await? { Err(self.stop()) } else { Ok(()) }
    }

    /// Says how far the step came.
    ///
    /// # Errors
    /// When the job is to stop: the step ends with this error, and what it did is taken back.
    pub async fn tell(&self, progress: Progress) -> Result<(), Problem> {
        let Some(line) = &self.line else { return Ok(()) };
        let (goes_on, told) = oneshot::channel();
        line.send(Said { progress, goes_on }).await.map_err(Problem::internal)?;
        if told.await.map_err(Problem::internal)? { Ok(()) } else { Err(self.stop()) }
    }
}
