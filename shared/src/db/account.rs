//! The caller's own profile and settings.

use super::{Session, statement};
use crate::{domain::account::Me, error::Error};

/// 404 when the token outlived its user.
pub async fn show(session: Session<'_>) -> Result<Me, Error> {
    let row = session
        .query_opt(statement!("account/show"), &[])
        .await?
        .ok_or(Error::NotFound("user"))?;
    Ok(Me {
        id: row.get("id"),
        email: row.get("email"),
        display_name: row.get("display_name"),
        created_at: row.get("created_at"),
        trading_mode: row.get("trading_mode"),
        disclaimer_accepted: row.get("disclaimer_accepted"),
        timezone: row.get("timezone"),
        account_currency: row.get("account_currency"),
    })
}
