//! Who is logged in, and what the database knows of it.

use chrono::{DateTime, Utc};
use serde::Serialize;
use uuid::Uuid;

use crate::access::Role;

/// A role and where it was given; it reaches all units below.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct RoleAt {
    /// The unit.
    pub unit_id: i32,
    /// Its name without its kind.
    pub unit_name: String,
    /// officer, approver, cashier …
    #[schema(value_type = Role)]
    pub role: String,
}

/// Who a person is and what they may do where.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct Me {
    /// Public id.
    pub user_id: Uuid,
    /// Name to log in with.
    pub login: String,
    /// Full name.
    pub full_name: String,
    /// The unit that entered them.
    pub unit_id: i32,
    /// Another person made the password: until it is changed, only `/v1/me` answers.
    pub must_change: bool,
    /// Their roles.
    pub roles: Vec<RoleAt>,
}

/// Somebody who may log in, as the password is checked.
#[derive(Debug)]
pub struct Account {
    /// Who.
    pub user_id: Uuid,
    /// Their home unit, in whose scope the trace of a guess is kept.
    pub unit_id: i32,
    /// Their login.
    pub login: String,
    pub(super) password_hash: String,
    pub(super) locked_until: Option<DateTime<Utc>>,
}

/// A refresh token as the database knows it.
#[derive(Debug)]
pub struct Token {
    pub(super) hash: [u8; 32],
    pub(super) family: Uuid,
}
