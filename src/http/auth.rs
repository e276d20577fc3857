//! Permission is a parameter type: a handler that takes `Officer` is not reached by anybody else.

use std::ops::Deref;
use std::sync::Arc;

use axum::extract::{FromRequestParts, RawPathParams};
use axum::http::{header, request::Parts};
use utoipa::openapi::path::{Parameter, ParameterIn};
use uuid::Uuid;

use crate::access::{Holder, Role};
use crate::db::Scope;
use crate::http::app::App;
use crate::http::document;
use crate::http::extract::only;
use crate::problem::{Kind, Problem};
use crate::text;

/// A person with a good access token, be it only good for setting a password of one's own.
#[derive(Debug, Clone, Copy)]
pub struct Bearer(pub Holder);

impl FromRequestParts<App> for Bearer {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Problem> {
        let header = only(&parts.headers, &header::AUTHORIZATION)?;
        let header = header.and_then(|value| value.to_str().ok()).unwrap_or_default();
        let token = header
            .split_once(' ')
            .filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"))
            .map(|(_, t)| t.trim());
        token
            .and_then(|token| app.keys.read(token, &app.clock))
            .map(Self)
            .ok_or_else(|| Kind::NotLoggedIn.bare())
    }
}

/// A person with a good access token and a password of their own.
#[derive(Debug, Clone, Copy)]
pub struct LoggedIn {
    /// Who.
    pub user: Uuid,
}

impl FromRequestParts<App> for LoggedIn {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Problem> {
        let Bearer(Holder { user, must_change }) = Bearer::from_request_parts(parts, app).await?;
        if must_change { Err(Kind::PasswordDue.bare()) } else { Ok(Self { user }) }
    }
}

/// Passed by a request whose address has not tried too often: the first parameter of whatever checks a password.
#[derive(Debug, Clone, Copy)]
pub struct Paced;

impl FromRequestParts<App> for Paced {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Problem> {
        let address = app.pace.address(parts);
        app.pace.knock(address, app.clock.now()).map_err(|seconds| Kind::TooMany.bare().after(seconds))?;
        Ok(Self)
    }
}

/// The unit of those who are admitted without one: no row is of it.
const NOWHERE: i32 = 0;

/// A refusal that says which role it takes.
pub fn forbidden(roles: &[Role]) -> Problem {
    let named = |name: fn(&Role) -> &'static str| roles.iter().map(name).collect::<Vec<_>>().join(", ");
    let (vi, en) = (named(|role| role.title()), named(|role| role.name()));
    Kind::Forbidden.saying(text!(
        "Việc này của người có vai trò: {vi} (mã: {en}).",
        "This is for people with the role: {en}."
    ))
}

/// What a person may do at the unit in the path.
#[derive(Debug, Clone)]
pub struct Permit {
    /// The unit in the path.
    pub unit: i32,
    /// Who.
    pub user: Uuid,
    /// Their roles at the unit, given there or above.
    pub roles: Arc<[Role]>,
}

/// What lets a caller in, and in which scope their transaction is then.
pub trait Pass {
    /// Where and for whom an operation works.
    fn scope(&self, action: &'static str) -> Scope;
}

impl Pass for LoggedIn {
    /// At no unit: what everyone may read.
    fn scope(&self, action: &'static str) -> Scope {
        Scope { unit: NOWHERE, actor: Some(self.user), action }
    }
}

impl Pass for Bearer {
    fn scope(&self, action: &'static str) -> Scope {
        Scope { unit: NOWHERE, actor: Some(self.0.user), action }
    }
}

impl Permit {
    /// Whether they hold one of the roles.
    pub fn holds(&self, any: &[Role]) -> bool {
        any.iter().any(|role| self.roles.contains(role))
    }
}

impl FromRequestParts<App> for Permit {
    type Rejection = Problem;

    /// A caller without a role at the unit learns nothing about it, not even that it keeps books.
    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Problem> {
        let LoggedIn { user } = LoggedIn::from_request_parts(parts, app).await?;
        let params =
            RawPathParams::from_request_parts(parts, app).await.map_err(|_| Kind::NotFound.bare())?;
        let named = params.iter().find(|(name, _)| *name == "unit").and_then(|(_, value)| value.parse().ok());
        let unit = named.ok_or_else(|| Kind::NotFound.bare())?;
        let roles = app.grants.at(&app.roles, user, unit).await?;
        if roles.is_empty() {
            return Err(Kind::NotFound.bare());
        }
        Ok(Self { unit, user, roles })
    }
}

macro_rules! everyone {
    ($($name:ident)+) => {$(
        impl utoipa::IntoParams for $name {
            /// For the `params(…)` of operations that ask for no role.
            fn into_params(_: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
                vec![document::permit(&[])]
            }
        }
    )+};
}

everyone! { Bearer LoggedIn }

macro_rules! permits {
    ($($(#[$doc:meta])* $name:ident: $roles:expr;)+) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone)]
        pub struct $name(pub Permit);

        impl $name {
            /// The roles that pass.
            pub const ROLES: &[Role] = $roles;
        }

        impl Deref for $name {
            type Target = Permit;

            fn deref(&self) -> &Permit {
                &self.0
            }
        }

        impl utoipa::IntoParams for $name {
            /// For the `params(…)` of the operations that they pass.
            fn into_params(_: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
                vec![document::permit(Self::ROLES)]
            }
        }

        impl Pass for $name {
            fn scope(&self, action: &'static str) -> Scope {
                Scope { unit: self.unit, actor: Some(self.user), action }
            }
        }

        impl FromRequestParts<App> for $name {
            type Rejection = Problem;

            async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Problem> {
                let permit = Permit::from_request_parts(parts, app).await?;
                if permit.holds(Self::ROLES) { Ok(Self(permit)) } else { Err(forbidden(Self::ROLES)) }
            }
        }
    )+};
}

permits! {
    /// Anybody with a role at the unit.
    Member: Role::ALL;
    /// Those who see households and agreements.
    Reader: &[Role::Officer, Role::Approver, Role::Cashier, Role::GroupLeader, Role::Accountant, Role::BankClerk, Role::Auditor];
    /// Those who see the books.
    BookReader: &[Role::Officer, Role::Approver, Role::Cashier, Role::Accountant, Role::BankClerk, Role::Auditor];
    /// Makes requests, payouts and repayments.
    Officer: &[Role::Officer];
    /// Takes repayments at the counter.
    Teller: &[Role::Officer, Role::Cashier];
    /// Takes repayments: a group leader only interest.
    Collector: &[Role::Officer, Role::Cashier, Role::GroupLeader];
    /// The second person.
    Approver: &[Role::Approver];
    /// Takes in the registers of other banks and compares them.
    RegisterKeeper: &[Role::Officer, Role::BankClerk];
    /// Sends in papers.
    Filer: &[Role::Officer, Role::Approver, Role::Cashier, Role::Accountant, Role::BankClerk];
    /// Prints the papers of cash.
    PaperIssuer: &[Role::Officer, Role::Cashier, Role::Accountant];
    /// Hands money over that belongs to others.
    MoneyKeeper: &[Role::Cashier, Role::Accountant];
    /// Keeps the books.
    Accountant: &[Role::Accountant];
    /// Reads everything, verifies.
    Auditor: &[Role::Auditor];
    /// People, no money.
    Admin: &[Role::Admin];
    /// Those who see the people of a unit.
    PeopleReader: &[Role::Admin, Role::Auditor];
}
