//! The demonstration: the books of commune Vũ Quý, filled through the server's own router. So it is itself a test.

mod desk;
pub mod households;
mod lending;
mod point;
mod story;

use std::collections::HashMap;

use secrecy::SecretString;
use uuid::Uuid;

use crate::access::Role;
use crate::http::App;
use crate::problem::{Kind, Problem};
use crate::users::{self, Appointed, NewUser};

use self::desk::Desk;
pub use self::desk::UNIT;

/// What everybody of the demonstration logs in with.
pub const PASSWORD: &str = "mot-dong-cung-ghi";

/// Login, name, role and what they do.
pub const PEOPLE: &[(&str, &str, Role, &str)] = &[
    ("quantri", "Vũ Đình Quản", Role::Admin, "quản trị người dùng · people"),
    ("canbo", "Phạm Thị Lan", Role::Officer, "cán bộ quỹ · makes requests, payouts, repayments"),
    ("lanhdao", "Nguyễn Văn Duyệt", Role::Approver, "người phê duyệt · the second person"),
    ("thuquy", "Đỗ Thị Thu", Role::Cashier, "thủ quỹ · handles cash"),
    ("ketoan", "Trần Văn Toán", Role::Accountant, "kế toán · keeps the books"),
    ("totruong", "Đào Đình Minh", Role::GroupLeader, "tổ trưởng tổ TK&VV · collects interest of a group"),
    ("kiemtoan", "Lê Thị Kiểm", Role::Auditor, "kiểm toán · reads everything, verifies"),
];

/// Who is there already keeps their account; the others come in.
async fn people(app: &App, owner: &mut crate::db::Conn) -> Result<HashMap<&'static str, Uuid>, Problem> {
    let mut people = HashMap::new();
    for (login, name, role, _) in PEOPLE {
        let login_name = login.parse().map_err(Problem::internal)?;
        let full_name = name.parse().map_err(Problem::internal)?;
        let user = NewUser { login: login_name, full_name };
        let roles = vec![*role];
        let person = Appointed { unit: UNIT, user, password: SecretString::from(PASSWORD), roles };
        let id = match users::appoint(owner, &app.clock, &person).await {
            Err(problem) if problem.kind == Kind::AlreadyExists => {
                let known = users::sessions::account(owner, &person.user.login).await?;
                known.ok_or_else(|| Kind::NotFound.bare())?.user_id
            }
            appointed => appointed?,
        };
        people.insert(*login, id);
    }
    Ok(people)
}

/// Fills the books; what is there already is not written twice. The application's clock must be one that stands. The unit
/// of the transaction point comes back.
pub async fn load(app: &App, owner: &mut crate::db::Conn, progress: &dyn Fn(&str)) -> anyhow::Result<i64> {
    let people = people(app, owner).await.map_err(|p| anyhow::anyhow!("{:?}: {:?}", p.kind, p.cause))?;
    let desk = Desk::new(app, UNIT, people);
    story::tell(&desk, progress).await?;
    lending::tell(&desk, progress).await
}
