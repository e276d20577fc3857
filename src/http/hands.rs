//! The hands that work on jobs: how many at a time, on which units, and how they and those who watch are woken.

use std::collections::HashSet;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};

use tokio::sync::futures::Notified;
use tokio::sync::{AcquireError, Notify, Semaphore, SemaphorePermit};

/// The hands of a server.
#[derive(Debug)]
pub struct Hands {
    at_work: Semaphore,
    units: Mutex<HashSet<i32>>,
    asked: Notify,
    news: Notify,
    closed: AtomicBool,
}

impl Hands {
    /// So many at a time.
    pub fn at_a_time(many: usize) -> Self {
        Self {
            at_work: Semaphore::new(many),
            units: Mutex::default(),
            asked: Notify::new(),
            news: Notify::new(),
            closed: AtomicBool::new(false),
        }
    }

    /// Waits for a free hand, in the order of asking.
    pub async fn free(&self) -> Result<SemaphorePermit<'_>, AcquireError> {
        self.at_work.acquire().await
    }

    /// Begins to serve a unit; false when it is served.
    pub fn begin(&self, unit: i32) -> bool {
        self.units.lock().unwrap_or_else(PoisonError::into_inner).insert(unit)
    }

    /// Ends serving a unit.
    pub fn end(&self, unit: i32) {
        self.units.lock().unwrap_or_else(PoisonError::into_inner).remove(&unit);
    }

    /// Somebody asked for a job, or for its end.
    pub fn wake(&self) {
        self.asked.notify_one();
    }

    /// Waits until somebody asks.
    pub async fn woken(&self) {
        self.asked.notified().await;
    }

    /// Something happened to a job.
    pub fn tell(&self) {
        self.news.notify_waiters();
    }

    /// Waits until something happens to a job; what happens from the call on counts.
    pub fn news(&self) -> Notified<'_> {
        self.news.notified()
    }

    /// The server stops: nobody is kept waiting for news.
    pub fn close(&self) {
        self.closed.store(true, Ordering::Relaxed);
        self.news.notify_waiters();
    }

    /// Whether the server stops.
    pub fn is_closed(&self) -> bool {
        self.closed.load(Ordering::Relaxed)
    }
}
