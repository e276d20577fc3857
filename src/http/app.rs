//! The application: what every handler may need.

use std::sync::Arc;

use metrics_exporter_prometheus::PrometheusHandle;
use sqlx::PgPool;

use crate::access::{Grants, Keys, UnknownLogins};
use crate::clock::Clock;
use crate::http::edge::Origin;
use crate::http::hands::Hands;
use crate::http::pace::Pace;
use crate::http::turns::Turns;

/// Everything a handler may need.
#[derive(Clone)]
pub struct App {
    /// Connections that work as `soquy_app`. Handlers use [`super::request`].
    pub pool: PgPool,
    /// The same for batches, see [`super::batcher`].
    pub writers: PgPool,
    /// The same for roles, which every request asks for.
    pub roles: PgPool,
    /// The same for what reads much, see [`super::turns`].
    pub reports: PgPool,
    /// The same for jobs, see [`super::hands`].
    pub jobs: PgPool,
    /// Who works on jobs.
    pub hands: Arc<Hands>,
    /// Whose turn it is among what reads much.
    pub turns: Arc<Turns>,
    /// What time it is.
    pub clock: Clock,
    /// The key of access tokens.
    pub keys: Arc<Keys>,
    /// Remembered roles.
    pub grants: Arc<Grants>,
    /// Wrong passwords for unknown logins.
    pub unknown_logins: Arc<UnknownLogins>,
    /// How often each address tried passwords.
    pub pace: Arc<Pace>,
    /// The origins whose web pages may call.
    pub origins: Vec<Origin>,
    /// Figures for `/metrics`.
    pub metrics: PrometheusHandle,
}
