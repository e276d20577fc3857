//! Unknown logins, counted as known ones are: otherwise the lock would tell which exist.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use chrono::{DateTime, Utc};

use crate::domain::people::credentials::{Login, lock_after};

/// Names remembered; then those that are not locked are forgotten.
const REMEMBERED: usize = 10_000;

/// Wrong passwords for a name, and until when it answers as a locked account does.
#[derive(Debug, Clone, Copy, Default)]
struct Count {
    failures: i32,
    locked_until: Option<DateTime<Utc>>,
}

/// The counts, as long as the server runs.
#[derive(Debug, Default)]
pub struct UnknownLogins(Mutex<HashMap<Login, Count>>);

impl UnknownLogins {
    /// Until when a name is locked, if it is.
    pub fn locked_until(&self, login: &Login, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
        let counts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        counts.get(login)?.locked_until.filter(|until| *until > now)
    }

    /// Counts a wrong password. Until when the name is locked, if it now is; while it is locked none counts.
    pub fn count(&self, login: &Login, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
        let mut counts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if counts.len() >= REMEMBERED && !counts.contains_key(login) {
            forget(&mut counts, now);
        }
        let count = counts.entry(login.clone()).or_default();
        if count.locked_until.is_none_or(|until| until <= now) {
            count.failures = count.failures.saturating_add(1);
            count.locked_until = lock_after(count.failures).map(|lock| now + lock);
        }
        count.locked_until
    }
}

fn forget(counts: &mut HashMap<Login, Count>, now: DateTime<Utc>) {
    counts.retain(|_, count| count.locked_until.is_some_and(|until| until > now));
    if counts.len() >= REMEMBERED {
        counts.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_more_names_are_remembered_than_fit() {
        let (unknown_logins, now) = (UnknownLogins::default(), DateTime::UNIX_EPOCH);
        for n in 0..REMEMBERED {
            unknown_logins.count(&format!("name{n}").parse().unwrap(), now);
        }
        let locked: Login = "name7".parse().unwrap();
        for _ in 0..4 {
            unknown_logins.count(&locked, now);
        }
        unknown_logins.count(&"one.more".parse().unwrap(), now);
        assert_eq!(unknown_logins.0.lock().unwrap().len(), 2);
        assert!(unknown_logins.locked_until(&locked, now).is_some());
    }
}
