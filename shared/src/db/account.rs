//! The caller's own profile and settings.

use jiff::Timestamp;

use super::{Session, statement};
use crate::{domain::UserId, error::Error};

/// Who the caller is.
pub struct Account {
    pub id: UserId,
    pub email: Option<String>,
    pub display_name: Option<String>,
    pub created_at: Timestamp,
    pub trading_mode: String,
    pub disclaimer_accepted: bool,
    pub timezone: String,
    pub account_currency: String,
}

/// 404 when the token outlived its user.
pub async fn show(session: Session<'_>) -> Result<Account, Error> {
    let row = session
        .query_opt(statement!("account/show"), &[])
        .await?
        .ok_or(Error::NotFound("user"))?;
    Ok(Account {
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
