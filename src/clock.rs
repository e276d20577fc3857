//! The only place that asks what time it is.

use std::sync::{Arc, Mutex, PoisonError};

use chrono::{DateTime, FixedOffset, NaiveDate, Utc};
use uuid::{ContextV7, Timestamp, Uuid};

/// Việt Nam has kept UTC+7 without daylight saving since 1975: the business date of every unit is the date there.
const HO_CHI_MINH: Option<FixedOffset> = FixedOffset::east_opt(7 * 3600);

/// What time it is: the machine's, or the one a test or the demo says.
#[derive(Debug, Clone)]
pub enum Clock {
    /// The machine's clock.
    System,
    /// A clock that moves only when told.
    Fixed(Arc<Mutex<DateTime<Utc>>>),
}

impl Clock {
    /// A clock that stands at an instant.
    pub fn fixed(at: DateTime<Utc>) -> Self {
        Self::Fixed(Arc::new(Mutex::new(at)))
    }

    /// A clock that stands at nine in the morning of a day in Việt Nam.
    pub fn on(day: NaiveDate) -> Self {
        let clock = Self::fixed(DateTime::UNIX_EPOCH);
        clock.move_to(day);
        clock
    }

    /// Moves a fixed clock to nine in the morning of a day; the machine's clock does not move.
    pub fn move_to(&self, day: NaiveDate) {
        let nine = day.and_hms_opt(2, 0, 0).expect("02:00 UTC exists on every day").and_utc();
        if let Self::Fixed(at) = self {
            *at.lock().unwrap_or_else(PoisonError::into_inner) = nine;
        }
    }

    /// Now.
    #[expect(clippy::disallowed_methods, reason = "this is the clock")]
    pub fn now(&self) -> DateTime<Utc> {
        match self {
            Self::System => Utc::now(),
            Self::Fixed(at) => *at.lock().unwrap_or_else(PoisonError::into_inner),
        }
    }

    /// The business date: today in Asia/Ho_Chi_Minh.
    pub fn today(&self) -> NaiveDate {
        self.now().with_timezone(&HO_CHI_MINH.expect("seven hours are an offset")).date_naive()
    }

    /// The instant to tell the database; none when its own clock is the witness.
    pub fn fixed_at(&self) -> Option<DateTime<Utc>> {
        matches!(self, Self::Fixed(_)).then(|| self.now())
    }

    /// A new public id: version 7, ordered by time.
    pub fn new_id(&self) -> Uuid {
        static CONTEXT: Mutex<ContextV7> = Mutex::new(ContextV7::new());
        let now = self.now();
        let seconds = u64::try_from(now.timestamp()).unwrap_or_default();
        let context = CONTEXT.lock().unwrap_or_else(PoisonError::into_inner);
        Uuid::new_v7(Timestamp::from_unix(&*context, seconds, now.timestamp_subsec_nanos()))
    }
}
