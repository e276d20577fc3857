//! The lock of a data folder: one process at a time may touch the cluster in it.

use std::fs::{File, TryLockError};
use std::path::Path;
use std::time::Duration;

use tokio::time::{interval, timeout};

use super::account::Account;
use super::error::EmbeddedError;

/// Name of the locked file within the data folder.
const NAME: &str = "soquy.lock";

/// How often a lock that another process holds is tried again.
const GLANCE: Duration = Duration::from_millis(10);

/// The longest that a lock is held in passing: by a command that looks whether a server runs, or by a child
/// of a killed soquy that has not become its program yet.
const PASSING: Duration = Duration::from_millis(500);

/// Held as long as this process may touch the cluster.
///
/// The kernel ties the lock to the open file, of which a child that another thread makes has a copy until it
/// becomes its program. Closing our copy would leave the lock with that child, so it is released by name.
#[derive(Debug)]
pub(super) struct Lock(File);

impl Lock {
    /// Takes the lock, or says that another soquy has it.
    pub async fn take(home: &Path, account: Account) -> Result<Self, EmbeddedError> {
        let path = home.join(NAME);
        let lock = File::create(&path).map(Self).map_err(EmbeddedError::at(&path))?;
        account.own(&path).map_err(EmbeddedError::at(&path))?;
        let free = async {
            let mut glance = interval(GLANCE);
            while let Err(refused) = lock.0.try_lock() {
                match refused {
                    TryLockError::WouldBlock => glance.tick().await,
                    TryLockError::Error(error) => return Err(error),
                };
            }
            Ok(())
        };
        let taken = timeout(PASSING, free).await;
        taken
            .map_err(|_| EmbeddedError::Busy { folder: home.to_owned() })?
            .map_err(EmbeddedError::at(&path))?;
        Ok(lock)
    }

    /// Whether another process holds the lock of this data folder.
    pub fn is_taken(home: &Path) -> bool {
        let lock = File::open(home.join(NAME)).map(Self);
        lock.is_ok_and(|lock| matches!(lock.0.try_lock_shared(), Err(TryLockError::WouldBlock)))
    }
}

impl Drop for Lock {
    fn drop(&mut self) {
        let _ = self.0.unlock();
    }
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::*;

    /// A folder to lock, removed at the end.
    struct Home(PathBuf);

    impl Home {
        fn new(name: &str) -> Self {
            let home = std::env::temp_dir().join(format!("soquy-lock-{name}-{}", std::process::id()));
            std::fs::create_dir_all(&home).unwrap();
            Self(home)
        }

        async fn lock(&self) -> Result<Lock, EmbeddedError> {
            Lock::take(&self.0, Account::for_cluster(&self.0).unwrap()).await
        }
    }

    impl Drop for Home {
        fn drop(&mut self) {
            std::fs::remove_dir_all(&self.0).unwrap();
        }
    }

    #[tokio::test]
    async fn a_child_that_has_not_become_its_program_keeps_no_released_lock() {
        let home = Home::new("child");
        let lock = home.lock().await.unwrap();
        let child = lock.0.try_clone().unwrap(); // What a fork copies: the same open file.
        assert!(Lock::is_taken(&home.0));
        drop(lock);
        assert!(!Lock::is_taken(&home.0));
        home.lock().await.unwrap();
        drop(child);
    }

    #[tokio::test]
    async fn a_lock_held_in_passing_is_waited_for_and_one_held_on_is_not() {
        let home = Home::new("passing");
        let lock = home.lock().await.unwrap();
        let refused = home.lock().await.unwrap_err();
        assert!(matches!(&refused, EmbeddedError::Busy { folder } if *folder == home.0), "{refused}");
        // The first try finds the lock held; it is given back while the second is waited for.
        let (taken, ()) = tokio::join!(home.lock(), async { drop(lock) });
        taken.unwrap();
    }
}
