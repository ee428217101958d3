//! A user's profile.

use tokio_postgres::{Row, types::Type};

use super::{Params, Session, statement};
use crate::{
    domain::{UserId, account::Profile},
    error::Error,
};

/// 404 when the token outlived its user.
pub async fn show(session: Session<'_>, owner: UserId) -> Result<Profile, Error> {
    let row = session
        .query_opt(statement!("profile/show"), &[(&owner, Type::UUID)])
        .await?;
    found(row.as_ref())
}

/// Changes what was sent; `Some(None)` clears the name.
pub async fn update(session: Session<'_>, owner: UserId, display_name: Option<Option<&str>>) -> Result<Profile, Error> {
    let params: &Params = &[
        (&owner, Type::UUID),
        (&display_name.is_some(), Type::BOOL),
        (&display_name.flatten(), Type::TEXT),
    ];
    let row = session.query_opt(statement!("profile/update"), params).await?;
    found(row.as_ref())
}

fn found(row: Option<&Row>) -> Result<Profile, Error> {
    row.map(read).ok_or(Error::NotFound("user"))
}

fn read(row: &Row) -> Profile {
    Profile {
        id: row.get("id"),
        email: row.get("email"),
        display_name: row.get("display_name"),
        created_at: row.get("created_at"),
        updated_at: row.get("updated_at"),
    }
}
