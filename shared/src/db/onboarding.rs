//! How far a user has come.

use tokio_postgres::types::Type;

use super::{Session, statement};
use crate::{
    domain::{UserId, onboarding::Done},
    error::Error,
};

/// 404 when the token outlived its user.
pub async fn show(session: Session<'_>, owner: UserId) -> Result<Done, Error> {
    let row = session
        .query_opt(statement!("onboarding/show"), &[(&owner, Type::UUID)])
        .await?
        .ok_or(Error::NotFound("user"))?;
    Ok(Done {
        disclaimer_accepted: row.get("disclaimer_accepted"),
        broker_connection: row.get("broker_connection"),
        agent_paired: row.get("agent_paired"),
        strategy: row.get("strategy"),
        first_signal: row.get("first_signal"),
    })
}
