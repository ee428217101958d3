use std::sync::Arc;

use axum::{Json, extract::State};
use serde::Deserialize;
use shared::{
    auth::User,
    db::{self, Db, signal::SignalFilter},
    domain::{
        SignalId, StrategyId,
        signal::{Signal, SignalStatus},
    },
    error::{Error, Filtered, Guarded, Missing},
    http::{Cursor, Filter, Page, Paging, PathId},
};
use utoipa::IntoParams;

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct Wanted {
    /// Only of this strategy.
    #[param(value_type = Option<Uuid>)]
    strategy_id: Option<StrategyId>,
    /// Only in this state.
    status: Option<SignalStatus>,
}

/// List my signals, newest first
#[utoipa::path(get, path = "/signals", tag = "signals", security(("bearer" = [])), params(Paging, Wanted),
    responses(
        (status = 200, body = Page<Signal>),
        Guarded, Filtered,
    ))]
pub(crate) async fn list(
    State(db): State<Arc<Db>>,
    user: User,
    Filter(paging): Filter<Paging>,
    Filter(wanted): Filter<Wanted>,
) -> Result<Json<Page<Signal>>, Error> {
    let Wanted { strategy_id, status } = wanted;
    let limit = paging.limit()?;
    let filter = SignalFilter {
        strategy_id,
        status,
        after: paging.cursor()?,
    };
    let signals = db::signal::list(db.as_user(&user), &filter, limit).await?;
    Ok(Json(Page::new(signals, limit, |signal| Cursor {
        at: signal.latency.received_at,
        id: signal.id.0,
    })))
}

/// Show a signal and its latency trail
#[utoipa::path(get, path = "/signals/{id}", tag = "signals", security(("bearer" = [])),
    params(("id" = Uuid, Path, description = "The signal")),
    responses(
        (status = 200, body = Signal),
        Guarded, Missing,
    ))]
pub(crate) async fn show(State(db): State<Arc<Db>>, user: User, PathId(id): PathId) -> Result<Json<Signal>, Error> {
    db::signal::show(db.as_user(&user), SignalId(id)).await.map(Json)
}
