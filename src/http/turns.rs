//! What reads much takes turns: reports, files and proofs work a few at a time on connections of their own, so that whoever
//! records money or logs in does not wait for them. Turns are given in the order of asking, and each person waits with one
//! request at a time: forty of one person do not stand before the first of another.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::Duration;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::timeout;
use uuid::Uuid;

use crate::problem::{Kind, Problem};

/// The longest wait for a turn; after that a caller is told to come again.
const PATIENCE: Duration = Duration::from_secs(20);

/// The turns.
#[derive(Debug)]
pub struct Turns {
    all: Arc<Semaphore>,
    people: Mutex<HashMap<Uuid, Weak<Semaphore>>>,
}

/// A turn; over when it is dropped.
#[derive(Debug)]
pub struct Turn {
    _of_all: OwnedSemaphorePermit,
    _of_person: OwnedSemaphorePermit,
}

impl Turns {
    /// So many at a time.
    pub fn at_a_time(many: usize) -> Self {
        Self { all: Arc::new(Semaphore::new(many)), people: Mutex::default() }
    }

    /// Waits for a turn.
    pub async fn turn(&self, person: Uuid) -> Result<Turn, Problem> {
        let own = self.of_person(person);
        let turn = async {
            let of_person = own.acquire_owned().await?;
            let of_all = self.all.clone().acquire_owned().await?;
            Ok(Turn { _of_all: of_all, _of_person: of_person })
        };
        let turn = timeout(PATIENCE, turn).await.map_err(|_| Kind::TryAgain.bare().after(5))?;
        turn.map_err(|closed: tokio::sync::AcquireError| Problem::internal(closed))
    }

    /// The one place in which a person waits. It is there while one of their requests holds it or waits for it.
    fn of_person(&self, person: Uuid) -> Arc<Semaphore> {
        let mut people = self.people.lock().unwrap_or_else(PoisonError::into_inner);
        people.retain(|_, own| own.strong_count() > 0);
        if let Some(own) = people.get(&person).and_then(Weak::upgrade) {
            return own;
        }
        let own = Arc::new(Semaphore::new(1));
        people.insert(person, Arc::downgrade(&own));
        own
    }
}

#[cfg(test)]
mod tests {
    use std::pin::pin;
    use std::task::{Context, Poll, Waker};

    use super::*;

    #[tokio::test]
    async fn another_person_is_next_however_many_one_person_has_asked_for() {
        let (turns, [one, other]) = (Turns::at_a_time(1), [1, 2].map(Uuid::from_u128));
        let mut context = Context::from_waker(Waker::noop());
        let first = turns.turn(one).await.unwrap();
        let (mut second, mut third) = (pin!(turns.turn(one)), pin!(turns.turn(one)));
        let mut of_other = pin!(turns.turn(other));
        assert!(second.as_mut().poll(&mut context).is_pending());
        assert!(third.as_mut().poll(&mut context).is_pending());
        assert!(of_other.as_mut().poll(&mut context).is_pending());
        drop(first);
        let Poll::Ready(Ok(turn)) = of_other.as_mut().poll(&mut context) else { panic!("it is their turn") };
        assert!(second.as_mut().poll(&mut context).is_pending());
        drop(turn);
        let Poll::Ready(Ok(turn)) = second.as_mut().poll(&mut context) else { panic!("it is theirs again") };
        assert!(third.as_mut().poll(&mut context).is_pending());
        drop(turn);
        assert!(third.as_mut().poll(&mut context).is_ready());
    }
}
