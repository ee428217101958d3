//! TradingView strategies.

use rust_decimal::Decimal;
use tokio_postgres::{Row, types::Type};

use super::{Params, Session, Tx, conflict_on, connection, statement};
use crate::{
    domain::{
        BrokerConnectionId, StrategyId, UserId,
        alert::Alert,
        strategy::{Strategy, StrategyTerms},
    },
    error::Error,
    http::Cursor,
    secret::Secret,
};

const CONNECTION: &str = "tv_strategies_broker_connection_id_user_id_fkey";

/// Where webhooks are reached, to make the address that is pasted into TradingView.
#[derive(Clone)]
pub struct WebhookBase(pub String);

pub async fn list(
    session: Session<'_>,
    base: &WebhookBase,
    after: Option<Cursor>,
    limit: i64,
) -> Result<Vec<Strategy>, Error> {
    let rows = session
        .query(
            statement!("strategy/list"),
            &[
                (&after.map(|cursor| cursor.at), Type::TIMESTAMPTZ),
                (&after.map(|cursor| cursor.id), Type::UUID),
                (&(limit + 1), Type::INT8),
            ],
        )
        .await?;
    Ok(rows.iter().map(|row| read(row, base)).collect())
}

pub async fn show(session: Session<'_>, base: &WebhookBase, id: StrategyId) -> Result<Strategy, Error> {
    found(
        session
            .query_opt(statement!("strategy/show"), &[(&id, Type::UUID)])
            .await?
            .as_ref(),
        base,
    )
}

/// As [`show`], within a transaction.
pub async fn show_in(tx: &Tx, base: &WebhookBase, id: StrategyId) -> Result<Strategy, Error> {
    found(
        tx.query_opt(statement!("strategy/show"), &[(&id, Type::UUID)])
            .await?
            .as_ref(),
        base,
    )
}

/// What a new strategy consists of besides its terms.
pub struct NewStrategy<'a> {
    pub id: StrategyId,
    pub owner: UserId,
    pub connection: BrokerConnectionId,
    pub secret: &'a Secret,
    pub magic_number: i64,
}

/// Makes the strategy, or returns the one of the same id.
pub async fn create(
    tx: &Tx,
    base: &WebhookBase,
    new: NewStrategy<'_>,
    terms: &StrategyTerms,
) -> Result<Strategy, Error> {
    let NewStrategy {
        id,
        owner,
        connection,
        secret,
        magic_number,
    } = new;
    let params: &Params = &[
        (&id, Type::UUID),
        (&owner, Type::UUID),
        (&connection, Type::UUID),
        (&terms.name, Type::TEXT),
        (&secret.expose(), Type::TEXT),
        (&magic_number, Type::INT8),
        (&terms.risk_override_pct.flatten(), Type::NUMERIC),
        (&terms.allowed_pairs.clone().flatten(), Type::TEXT_ARRAY),
        (&terms.is_enabled.unwrap_or(true), Type::BOOL),
        (
            &terms.max_signal_age_seconds.unwrap_or(Some(DEFAULT_SIGNAL_AGE)),
            Type::INT4,
        ),
        (&terms.default_volume.flatten(), Type::NUMERIC),
        (&terms.default_sl_pips.flatten(), Type::NUMERIC),
        (&terms.default_tp_pips.flatten(), Type::NUMERIC),
    ];
    let row = tx
        .query_opt(statement!("strategy/create"), params)
        .await
        .map_err(|error| {
            conflict_on("tv_strategies_user_id_magic_number_key", error, || {
                Error::invalid("magic_number", "one that no other strategy of yours uses")
            })
        })
        // Deleted since it was asked for.
        .map_err(|error| conflict_on(CONNECTION, error, connection::unknown));
    found(row?.as_ref(), base)
}

/// Entries older than this many seconds are discarded unless the strategy says otherwise.
const DEFAULT_SIGNAL_AGE: i32 = 60;

/// Changes what was sent.
pub async fn update(
    session: Session<'_>,
    base: &WebhookBase,
    id: StrategyId,
    connection: Option<BrokerConnectionId>,
    terms: &StrategyTerms,
) -> Result<Strategy, Error> {
    let StrategyTerms {
        name,
        risk_override_pct,
        allowed_pairs,
        is_enabled,
        max_signal_age_seconds,
        default_volume,
        default_sl_pips,
        default_tp_pips,
    } = terms;
    let params: &Params = &[
        (&id, Type::UUID),
        (name, Type::TEXT),
        (&connection, Type::UUID),
        (is_enabled, Type::BOOL),
        (&risk_override_pct.is_some(), Type::BOOL),
        (&risk_override_pct.flatten(), Type::NUMERIC),
        (&allowed_pairs.is_some(), Type::BOOL),
        (&allowed_pairs.clone().flatten(), Type::TEXT_ARRAY),
        (&max_signal_age_seconds.is_some(), Type::BOOL),
        (&max_signal_age_seconds.flatten(), Type::INT4),
        (&default_volume.is_some(), Type::BOOL),
        (&default_volume.flatten(), Type::NUMERIC),
        (&default_sl_pips.is_some(), Type::BOOL),
        (&default_sl_pips.flatten(), Type::NUMERIC),
        (&default_tp_pips.is_some(), Type::BOOL),
        (&default_tp_pips.flatten(), Type::NUMERIC),
    ];
    let row = session
        .query_opt(statement!("strategy/update"), params)
        .await
        .map_err(|error| conflict_on(CONNECTION, error, connection::unknown));
    found(row?.as_ref(), base)
}

pub async fn delete(session: Session<'_>, id: StrategyId) -> Result<(), Error> {
    let row = session
        .query_opt(statement!("strategy/delete"), &[(&id, Type::UUID)])
        .await?;
    row.map(|_| ()).ok_or(Error::NotFound("strategy"))
}

pub async fn rotate_secret(
    tx: &Tx,
    base: &WebhookBase,
    id: StrategyId,
    owner: UserId,
    secret: &Secret,
    overlap_seconds: i32,
) -> Result<Strategy, Error> {
    let params: &Params = &[
        (&id, Type::UUID),
        (&owner, Type::UUID),
        (&secret.expose(), Type::TEXT),
        (&overlap_seconds, Type::INT4),
    ];
    found(
        tx.query_opt(statement!("strategy/rotate_secret"), params)
            .await?
            .as_ref(),
        base,
    )
}

/// What the risk gate says of an alert now, and what the order would be sized by.
pub struct Judgement {
    pub reason_code: Option<String>,
    pub detail: Option<String>,
    pub volume: Option<Decimal>,
    pub risk_pct: Option<Decimal>,
    pub default_sl_pips: Option<Decimal>,
    pub default_tp_pips: Option<Decimal>,
    pub max_volume: Option<Decimal>,
}

/// Asks the risk gate; nothing is stored.
pub async fn judge(tx: &Tx, id: StrategyId, owner: UserId, alert: &Alert) -> Result<Judgement, Error> {
    let params: &Params = &[
        (&id, Type::UUID),
        (&owner, Type::UUID),
        (&alert.symbol.as_str(), Type::TEXT),
        (&alert.action.as_str(), Type::TEXT),
        (&alert.volume, Type::NUMERIC),
        (&alert.risk_pct, Type::NUMERIC),
        (&(alert.sl.is_some() || alert.sl_pips.is_some()), Type::BOOL),
        (&alert.time, Type::TIMESTAMPTZ),
    ];
    let row = tx
        .query_opt(statement!("strategy/judge"), params)
        .await?
        .ok_or(Error::NotFound("strategy"))?;
    Ok(Judgement {
        reason_code: row.get("reason_code"),
        detail: row.get("detail"),
        volume: row.get("volume"),
        risk_pct: row.get("risk_pct"),
        default_sl_pips: row.get("default_sl_pips"),
        default_tp_pips: row.get("default_tp_pips"),
        max_volume: row.get("max_lot_size"),
    })
}

fn found(row: Option<&Row>, base: &WebhookBase) -> Result<Strategy, Error> {
    row.as_ref()
        .map(|row| read(row, base))
        .ok_or(Error::NotFound("strategy"))
}

fn read(row: &Row, WebhookBase(base): &WebhookBase) -> Strategy {
    let webhook_secret: String = row.get("webhook_secret");
    Strategy {
        id: row.get("id"),
        broker_connection_id: row.get("broker_connection_id"),
        name: row.get("name"),
        webhook_url: format!("{base}/webhooks/tv/{webhook_secret}"),
        webhook_secret,
        previous_secret_expires_at: row.get("previous_secret_expires_at"),
        risk_override_pct: row.get("risk_override_pct"),
        allowed_pairs: row.get("allowed_pairs"),
        is_enabled: row.get("is_enabled"),
        max_signal_age_seconds: row.get("max_signal_age_seconds"),
        magic_number: row.get("magic_number"),
        default_volume: row.get("default_volume"),
        default_sl_pips: row.get("default_sl_pips"),
        default_tp_pips: row.get("default_tp_pips"),
        created_at: row.get("created_at"),
        updated_at: row.get("updated_at"),
    }
}
