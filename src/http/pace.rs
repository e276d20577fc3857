//! How often one address may try passwords.
//!
//! The lock on an account stops many guesses at one account; this stops one guess at many accounts, and the cost of
//! hashing them.

use std::collections::HashMap;
use std::net::{IpAddr, Ipv6Addr, SocketAddr};
use std::sync::{Mutex, PoisonError};

use axum::extract::ConnectInfo;
use axum::http::request::Parts;
use chrono::{DateTime, TimeDelta, Utc};

/// Tries at once: a whole office behind one address logs in at eight.
const BURST: i32 = 30;

/// After the burst, one try each so many seconds.
const SECONDS: i64 = 2;

/// Addresses remembered before those that rested are forgotten.
const REMEMBERED: usize = 10_000;

/// When each address will have rested.
#[derive(Debug, Default)]
pub struct Pace {
    /// Whether `X-Forwarded-For` is the word of our own proxy. Otherwise anybody could write it.
    behind_proxy: bool,
    rested_at: Mutex<HashMap<IpAddr, DateTime<Utc>>>,
}

impl Pace {
    /// A pace for a server that only its own proxy reaches.
    pub fn behind_proxy() -> Self {
        Self { behind_proxy: true, ..Self::default() }
    }

    /// Counts a try. Too many: the seconds until the next one.
    pub(super) fn knock(&self, address: IpAddr, now: DateTime<Utc>) -> Result<(), u64> {
        let mut rested_at = self.rested_at.lock().unwrap_or_else(PoisonError::into_inner);
        if rested_at.len() >= REMEMBERED {
            rested_at.retain(|_, at| *at > now);
        }
        let entry = rested_at.entry(address).or_insert(now);
        let rested = (*entry).max(now) + TimeDelta::seconds(SECONDS);
        let too_early = rested - now - TimeDelta::seconds(SECONDS) * BURST;
        if too_early > TimeDelta::zero() {
            return Err(u64::try_from(too_early.num_milliseconds()).unwrap_or_default().div_ceil(1000));
        }
        *entry = rested;
        Ok(())
    }

    /// Where a request comes from. All whose address is not known share one.
    pub(super) fn address(&self, parts: &Parts) -> IpAddr {
        let forwarded = parts.headers.get_all("x-forwarded-for").iter().next_back();
        // The last one is the one that our proxy added.
        let last =
            forwarded.and_then(|v| v.to_str().ok()).and_then(|v| v.rsplit(',').next()?.trim().parse().ok());
        let peer = || parts.extensions.get::<ConnectInfo<SocketAddr>>().map(|peer| peer.0.ip());
        let address = last.filter(|_| self.behind_proxy).or_else(peer);
        address.map_or(IpAddr::V6(Ipv6Addr::UNSPECIFIED), subscriber)
    }
}

/// A subscriber has a whole /64 of IPv6 addresses.
fn subscriber(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(v6) => Ipv6Addr::from_bits(v6.to_bits() & !u128::from(u64::MAX)).into(),
        v4 @ IpAddr::V4(_) => v4,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parts(peer: &str, forwarded: &[&str]) -> Parts {
        let mut request = axum::http::Request::new(());
        for value in forwarded {
            request.headers_mut().append("x-forwarded-for", value.parse().unwrap());
        }
        request.extensions_mut().insert(ConnectInfo(SocketAddr::new(peer.parse().unwrap(), 1)));
        request.into_parts().0
    }

    #[test]
    fn after_the_burst_one_try_each_two_seconds() {
        let (pace, now, home) = (Pace::default(), DateTime::UNIX_EPOCH, IpAddr::from([10, 0, 0, 1]));
        for n in 0..30 {
            assert_eq!(pace.knock(home, now), Ok(()), "{n}");
        }
        assert_eq!(pace.knock(home, now), Err(2));
        assert_eq!(pace.knock(IpAddr::from([10, 0, 0, 2]), now), Ok(()));
        assert_eq!(pace.knock(home, now + TimeDelta::milliseconds(500)), Err(2));
        assert_eq!(pace.knock(home, now + TimeDelta::seconds(2)), Ok(()));
        assert_eq!(pace.knock(home, now + TimeDelta::seconds(3)), Err(1));
        assert_eq!(pace.knock(home, now + TimeDelta::seconds(62)), Ok(()));
    }

    #[test]
    fn only_our_own_proxy_is_believed() {
        let asked = parts("192.0.2.1", &["203.0.113.9, 198.51.100.7", "1.1.1.1, 198.51.100.8"]);
        assert_eq!(Pace::default().address(&asked), IpAddr::from([192, 0, 2, 1]));
        assert_eq!(Pace::behind_proxy().address(&asked), IpAddr::from([198, 51, 100, 8]));
        assert_eq!(Pace::behind_proxy().address(&parts("192.0.2.1", &["x"])), IpAddr::from([192, 0, 2, 1]));
    }

    #[test]
    fn a_subscriber_counts_once_however_many_addresses_it_has() {
        let pace = Pace::default();
        assert_eq!(pace.address(&parts("2001:db8::1", &[])), pace.address(&parts("2001:db8::ffff:0:2", &[])));
        assert_ne!(pace.address(&parts("2001:db8:0:1::1", &[])), pace.address(&parts("2001:db8::1", &[])));
        assert_eq!(pace.address(&parts("::ffff:192.0.2.1", &[])), IpAddr::from([192, 0, 2, 1]));
    }

    #[test]
    fn addresses_that_rested_are_forgotten() {
        let (pace, now) = (Pace::default(), DateTime::UNIX_EPOCH);
        for n in 0..10_000_u32 {
            pace.knock(IpAddr::from(n.to_be_bytes()), now).unwrap();
        }
        pace.knock(IpAddr::from([10, 0, 0, 1]), now + TimeDelta::seconds(2)).unwrap();
        assert_eq!(pace.rested_at.lock().unwrap().len(), 1);
    }
}
