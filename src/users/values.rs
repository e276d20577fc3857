//! Who a user is.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::sessions::RoleAt;
use crate::domain::people::credentials::Login;
use crate::domain::values::text::Name;

/// A person as an administrator of the home unit sees them.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct User {
    /// Public id.
    pub user_id: Uuid,
    /// Name to log in with.
    pub login: String,
    /// Full name.
    pub full_name: String,
    /// Since when.
    pub created_at: DateTime<Utc>,
    /// Since when they may no longer log in.
    pub disabled_at: Option<DateTime<Utc>>,
    /// Until when wrong passwords keep them out.
    pub locked_until: Option<DateTime<Utc>>,
    /// Another person made the password, and it was not yet changed.
    pub must_change: bool,
    /// Roles given at this unit or below it; none while disabled.
    pub roles: Vec<RoleAt>,
}

/// A new person.
#[derive(Debug, Clone, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewUser {
    /// Name to log in with, unique in the whole installation.
    pub login: Login,
    /// Full name.
    pub full_name: Name,
}
