//! A user's settings.

use tokio_postgres::{Row, types::Type};

use super::{Params, Session, statement};
use crate::{
    domain::{
        UserId,
        settings::{Settings, SettingsChange, TIMEZONE_RULE, TradingMode},
    },
    error::Error,
};

/// 404 when the token outlived its user.
pub async fn show(session: Session<'_>, owner: UserId) -> Result<Settings, Error> {
    let row = session
        .query_opt(statement!("settings/show"), &[(&owner, Type::UUID)])
        .await?;
    found(row.as_ref())
}

/// Changes what was sent.
pub async fn update(session: Session<'_>, owner: UserId, change: &SettingsChange) -> Result<Settings, Error> {
    let SettingsChange {
        account_balance,
        risk_percent,
        account_currency,
        preferred_pairs,
        daily_loss_limit_pct,
        max_open_positions,
        max_lot_size,
        trading_mode,
        timezone,
    } = change;
    let params: &Params = &[
        (&owner, Type::UUID),
        (risk_percent, Type::NUMERIC),
        (account_currency, Type::TEXT),
        (preferred_pairs, Type::TEXT_ARRAY),
        (&trading_mode.map(TradingMode::as_str), Type::TEXT),
        (timezone, Type::TEXT),
        (&account_balance.is_some(), Type::BOOL),
        (&account_balance.flatten(), Type::NUMERIC),
        (&daily_loss_limit_pct.is_some(), Type::BOOL),
        (&daily_loss_limit_pct.flatten(), Type::NUMERIC),
        (&max_open_positions.is_some(), Type::BOOL),
        (&max_open_positions.flatten(), Type::INT4),
        (&max_lot_size.is_some(), Type::BOOL),
        (&max_lot_size.flatten(), Type::NUMERIC),
    ];
    let row = session.query_opt(statement!("settings/update"), params).await?;
    if row.as_ref().is_some_and(|row| !row.get::<_, bool>("zone_is_known")) {
        return Err(Error::invalid("timezone", TIMEZONE_RULE));
    }
    found(
        row.filter(|row| row.get::<_, Option<UserId>>("user_id").is_some())
            .as_ref(),
    )
}

/// Accepts the disclaimer; again it changes nothing.
pub async fn accept_disclaimer(session: Session<'_>, owner: UserId) -> Result<Settings, Error> {
    let row = session
        .query_opt(statement!("settings/accept_disclaimer"), &[(&owner, Type::UUID)])
        .await?;
    found(row.as_ref())
}

fn found(row: Option<&Row>) -> Result<Settings, Error> {
    row.map(read).ok_or(Error::NotFound("user"))
}

fn read(row: &Row) -> Settings {
    Settings {
        account_balance: row.get("account_balance"),
        risk_percent: row.get("risk_percent"),
        account_currency: row.get("account_currency"),
        preferred_pairs: row.get("preferred_pairs"),
        daily_loss_limit_pct: row.get("daily_loss_limit_pct"),
        max_open_positions: row.get("max_open_positions"),
        max_lot_size: row.get("max_lot_size"),
        trading_mode: row.get("trading_mode"),
        timezone: row.get("timezone"),
        disclaimer_accepted: row.get("disclaimer_accepted"),
        disclaimer_accepted_at: row.get("disclaimer_accepted_at"),
        updated_at: row.get("updated_at"),
    }
}
