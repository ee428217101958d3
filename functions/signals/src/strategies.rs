use std::sync::Arc;

use axum::{Json, extract::State, http::StatusCode};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use shared::{
    auth::{User, webhook},
    db::{
        self, Db,
        strategy::{NewStrategy, WebhookBase},
    },
    domain::{
        BrokerConnectionId, StrategyId,
        alert::{self, Reading},
        strategy::{MAGIC_NUMBERS, Strategy, StrategyTerms, magic_number_of},
    },
    error::{Checked, Error, Filtered, Guarded, Missing, require_none},
    http::{Cursor, Filter, IdempotencyKey, Input, Page, Paging, PathId, sent},
};
use utoipa::ToSchema;

/// List my strategies
#[utoipa::path(get, path = "/strategies", tag = "signals", security(("bearer" = [])), params(Paging),
    responses(
        (status = 200, body = Page<Strategy>),
        Guarded, Filtered,
    ))]
pub(crate) async fn list(
    State(db): State<Arc<Db>>,
    State(base): State<WebhookBase>,
    user: User,
    Filter(paging): Filter<Paging>,
) -> Result<Json<Page<Strategy>>, Error> {
    let limit = paging.limit()?;
    let strategies = db::strategy::list(db.as_user(&user), &base, paging.cursor()?, limit).await?;
    Ok(Json(Page::new(strategies, limit, |strategy| Cursor {
        at: strategy.created_at,
        id: strategy.id.0,
    })))
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewStrategyInput {
    #[schema(min_length = 1, max_length = 80)]
    name: String,
    #[schema(value_type = Uuid)]
    broker_connection_id: BrokerConnectionId,
    /// Chosen for you unless sent; unique among your strategies.
    #[serde(default)]
    #[schema(minimum = 1, maximum = 9_007_199_254_740_991_i64)]
    magic_number: Option<i64>,
    /// Percent of equity; `null` inherits from your settings.
    #[serde(default)]
    risk_override_pct: Option<Decimal>,
    /// `null` allows every pair.
    #[serde(default)]
    allowed_pairs: Option<Vec<String>>,
    #[serde(default)]
    is_enabled: Option<bool>,
    /// 60 unless sent; `null` for no limit.
    #[serde(default, deserialize_with = "sent")]
    #[schema(value_type = Option<i32>)]
    max_signal_age_seconds: Option<Option<i32>>,
    #[serde(default)]
    default_volume: Option<Decimal>,
    #[serde(default)]
    default_sl_pips: Option<Decimal>,
    #[serde(default)]
    default_tp_pips: Option<Decimal>,
}

/// Make a strategy
///
/// Its webhook address is in the answer. Sent again with the same `Idempotency-Key`, the first one is returned.
#[utoipa::path(post, path = "/strategies", tag = "signals", security(("bearer" = [])), request_body = NewStrategyInput,
    params(("Idempotency-Key" = Option<String>, Header, description = "The same key makes the same strategy")),
    responses(
        (status = 201, body = Strategy),
        Guarded, Missing, Checked,
    ))]
pub(crate) async fn create(
    State(db): State<Arc<Db>>,
    State(base): State<WebhookBase>,
    user: User,
    idempotency: IdempotencyKey,
    Input(input): Input<NewStrategyInput>,
) -> Result<(StatusCode, Json<Strategy>), Error> {
    let id = idempotency.id(user.id.0, "strategies");
    let (connection, magic_number) = (
        input.broker_connection_id,
        input.magic_number.unwrap_or_else(|| magic_number_of(id)),
    );
    if !MAGIC_NUMBERS.contains(&magic_number) {
        return Err(Error::invalid("magic_number", "1 to 9007199254740991"));
    }
    let terms = input.into_terms();
    require_none(terms.problems())?;
    let tx = db.as_user(&user).begin().await?;
    db::connection::require(&tx, connection).await?;
    tx.elevate().await?;
    let new = NewStrategy {
        id: StrategyId(id),
        owner: user.id,
        connection,
        secret: &webhook::mint_secret(),
        magic_number,
    };
    let strategy = db::strategy::create(&tx, &base, new, &terms).await?;
    tx.commit().await?;
    Ok((StatusCode::CREATED, Json(strategy)))
}

impl NewStrategyInput {
    fn into_terms(self) -> StrategyTerms {
        let Self {
            name,
            broker_connection_id: _,
            magic_number: _,
            risk_override_pct,
            allowed_pairs,
            is_enabled,
            max_signal_age_seconds,
            default_volume,
            default_sl_pips,
            default_tp_pips,
        } = self;
        StrategyTerms {
            name: Some(name),
            risk_override_pct: Some(risk_override_pct),
            allowed_pairs: Some(allowed_pairs),
            is_enabled,
            max_signal_age_seconds,
            default_volume: Some(default_volume),
            default_sl_pips: Some(default_sl_pips),
            default_tp_pips: Some(default_tp_pips),
        }
    }
}

/// Show a strategy
#[utoipa::path(get, path = "/strategies/{id}", tag = "signals", security(("bearer" = [])),
    params(("id" = Uuid, Path, description = "The strategy")),
    responses(
        (status = 200, body = Strategy),
        Guarded, Missing,
    ))]
pub(crate) async fn show(
    State(db): State<Arc<Db>>,
    State(base): State<WebhookBase>,
    user: User,
    PathId(id): PathId,
) -> Result<Json<Strategy>, Error> {
    db::strategy::show(db.as_user(&user), &base, StrategyId(id))
        .await
        .map(Json)
}

/// What changes; a field that is not sent stays, `null` clears one.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct StrategyChange {
    #[serde(default)]
    #[schema(min_length = 1, max_length = 80)]
    name: Option<String>,
    #[serde(default)]
    #[schema(value_type = Option<Uuid>)]
    broker_connection_id: Option<BrokerConnectionId>,
    #[serde(default)]
    is_enabled: Option<bool>,
    #[serde(default, deserialize_with = "sent")]
    #[schema(value_type = Option<f64>)]
    risk_override_pct: Option<Option<Decimal>>,
    #[serde(default, deserialize_with = "sent")]
    #[schema(value_type = Option<Vec<String>>)]
    allowed_pairs: Option<Option<Vec<String>>>,
    #[serde(default, deserialize_with = "sent")]
    #[schema(value_type = Option<i32>)]
    max_signal_age_seconds: Option<Option<i32>>,
    #[serde(default, deserialize_with = "sent")]
    #[schema(value_type = Option<f64>)]
    default_volume: Option<Option<Decimal>>,
    #[serde(default, deserialize_with = "sent")]
    #[schema(value_type = Option<f64>)]
    default_sl_pips: Option<Option<Decimal>>,
    #[serde(default, deserialize_with = "sent")]
    #[schema(value_type = Option<f64>)]
    default_tp_pips: Option<Option<Decimal>>,
}

/// Change a strategy
#[utoipa::path(patch, path = "/strategies/{id}", tag = "signals", security(("bearer" = [])), request_body = StrategyChange,
    params(("id" = Uuid, Path, description = "The strategy")),
    responses(
        (status = 200, body = Strategy),
        Guarded, Missing, Checked,
    ))]
pub(crate) async fn update(
    State(db): State<Arc<Db>>,
    State(base): State<WebhookBase>,
    user: User,
    PathId(id): PathId,
    Input(change): Input<StrategyChange>,
) -> Result<Json<Strategy>, Error> {
    let StrategyChange {
        name,
        broker_connection_id,
        is_enabled,
        risk_override_pct,
        allowed_pairs,
        max_signal_age_seconds,
        default_volume,
        default_sl_pips,
        default_tp_pips,
    } = change;
    let terms = StrategyTerms {
        name,
        risk_override_pct,
        allowed_pairs,
        is_enabled,
        max_signal_age_seconds,
        default_volume,
        default_sl_pips,
        default_tp_pips,
    };
    require_none(terms.problems())?;
    db::strategy::update(db.as_user(&user), &base, StrategyId(id), broker_connection_id, &terms)
        .await
        .map(Json)
}

/// Delete a strategy and its signals
#[utoipa::path(delete, path = "/strategies/{id}", tag = "signals", security(("bearer" = [])),
    params(("id" = Uuid, Path, description = "The strategy")),
    responses(
        (status = 204),
        Guarded, Missing,
    ))]
pub(crate) async fn delete(State(db): State<Arc<Db>>, user: User, PathId(id): PathId) -> Result<StatusCode, Error> {
    db::strategy::delete(db.as_user(&user), StrategyId(id)).await?;
    Ok(StatusCode::NO_CONTENT)
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Rotation {
    /// How long the old secret goes on working, in seconds; a day unless sent, 0 ends it at once.
    #[serde(default)]
    #[schema(minimum = 0, maximum = 2_592_000)]
    overlap_seconds: Option<i32>,
}

const DAY_SECONDS: i32 = 86_400;

/// Give a strategy a new webhook secret
#[utoipa::path(post, path = "/strategies/{id}/rotate-secret", tag = "signals", security(("bearer" = [])),
    params(("id" = Uuid, Path, description = "The strategy")), request_body = Rotation,
    responses(
        (status = 200, body = Strategy),
        Guarded, Missing, Checked,
    ))]
pub(crate) async fn rotate_secret(
    State(db): State<Arc<Db>>,
    State(base): State<WebhookBase>,
    user: User,
    PathId(id): PathId,
    Input(Rotation { overlap_seconds }): Input<Rotation>,
) -> Result<Json<Strategy>, Error> {
    let overlap = overlap_seconds.unwrap_or(DAY_SECONDS);
    if !(0..=30 * DAY_SECONDS).contains(&overlap) {
        return Err(Error::invalid("overlap_seconds", "0 to 2592000"));
    }
    let id = StrategyId(id);
    let tx = db.as_user(&user).begin().await?;
    db::strategy::show_in(&tx, &base, id).await?;
    tx.elevate().await?;
    let strategy = db::strategy::rotate_secret(&tx, &base, id, user.id, &webhook::mint_secret(), overlap).await?;
    tx.commit().await?;
    Ok(Json(strategy))
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Question {
    /// The alert message as it would be sent, JSON or text.
    alert: String,
}

/// How an alert would be read and judged.
#[derive(Serialize, ToSchema)]
pub(crate) struct Explanation {
    /// Whether the reader understands it.
    readable: bool,
    /// `pending` when it would be traded.
    would_be: &'static str,
    reason_code: Option<String>,
    detail: Option<String>,
    /// What was read, and in which dialect.
    #[schema(value_type = Option<Object>)]
    reading: Option<Reading>,
    sizing: Option<Sizing>,
}

/// What the order would be sized by.
#[derive(Serialize, ToSchema)]
pub(crate) struct Sizing {
    /// Lots; `null` when the risk decides.
    volume: Option<Decimal>,
    risk_pct: Option<Decimal>,
    max_volume: Option<Decimal>,
    sl_pips: Option<Decimal>,
    tp_pips: Option<Decimal>,
}

/// Explain an alert
///
/// How it would be read and judged now. Nothing is stored.
#[utoipa::path(post, path = "/strategies/{id}/explain", tag = "signals", security(("bearer" = [])),
    params(("id" = Uuid, Path, description = "The strategy")), request_body = Question,
    responses(
        (status = 200, body = Explanation),
        Guarded, Missing, Checked,
    ))]
pub(crate) async fn explain(
    State(db): State<Arc<Db>>,
    State(base): State<WebhookBase>,
    user: User,
    PathId(id): PathId,
    Input(Question { alert }): Input<Question>,
) -> Result<Json<Explanation>, Error> {
    let id = StrategyId(id);
    let tx = db.as_user(&user).begin().await?;
    db::strategy::show_in(&tx, &base, id).await?;
    let reading = match alert::read(alert.as_bytes()) {
        Ok(reading) => reading,
        Err(unreadable) => {
            tx.commit().await?;
            return Ok(Json(Explanation {
                readable: false,
                would_be: "discarded",
                reason_code: Some(unreadable.code.as_str().to_owned()),
                detail: Some(unreadable.detail),
                reading: None,
                sizing: None,
            }));
        }
    };
    tx.elevate().await?;
    let judgement = db::strategy::judge(&tx, id, user.id, &reading.alert).await?;
    tx.commit().await?;
    Ok(Json(Explanation::of(reading, judgement)))
}

impl Explanation {
    fn of(reading: Reading, judgement: db::strategy::Judgement) -> Self {
        let db::strategy::Judgement {
            reason_code,
            detail,
            volume,
            risk_pct,
            default_sl_pips,
            default_tp_pips,
            max_volume,
        } = judgement;
        let alert = &reading.alert;
        let sizing = Sizing {
            volume,
            risk_pct: risk_pct.filter(|_| volume.is_none()),
            max_volume,
            sl_pips: alert.sl_pips.or(default_sl_pips).filter(|_| alert.sl.is_none()),
            tp_pips: alert.tp_pips.or(default_tp_pips).filter(|_| alert.tp.is_none()),
        };
        Self {
            readable: true,
            would_be: if reason_code.is_none() { "pending" } else { "discarded" },
            reason_code,
            detail,
            sizing: (alert.action != alert::Action::Close).then_some(sizing),
            reading: Some(reading),
        }
    }
}
