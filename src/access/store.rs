use sqlx::PgPool;
use uuid::Uuid;

/// Names of the roles of a person at a unit, given there or above.
pub async fn roles_at(pool: &PgPool, user: Uuid, unit: i32) -> sqlx::Result<Vec<String>> {
    let roles = sqlx::query_scalar!("select roles_at($1, $2)", user, unit).fetch_one(pool).await?;
    Ok(roles.unwrap_or_default())
}
