use std::sync::Arc;

use axum::{Json, extract::State};
use serde::Serialize;
use shared::{
    auth::User,
    db::{self, Db},
    domain::trade_event::{TradeEvent, TradeEventFilter, TradeTotals},
    error::{Error, Filtered, Guarded},
    http::{Cursor, Filter, Page, Paging},
};
use utoipa::ToSchema;

/// A page of events, and what all that the filter finds come to.
#[derive(Serialize, ToSchema)]
pub(crate) struct History {
    items: Vec<TradeEvent>,
    next_cursor: Option<String>,
    /// One for each account with an event that the filter finds, whichever page it is on.
    totals: Vec<TradeTotals>,
}

/// List what happened on my accounts, newest first
#[utoipa::path(get, path = "/trading/history", tag = "trading", security(("bearer" = [])), params(Paging, TradeEventFilter),
    responses(
        (status = 200, body = History),
        Guarded, Filtered,
    ))]
pub(crate) async fn list(
    State(db): State<Arc<Db>>,
    user: User,
    Filter(paging): Filter<Paging>,
    Filter(filter): Filter<TradeEventFilter>,
) -> Result<Json<History>, Error> {
    filter.check()?;
    let (limit, after) = (paging.limit()?, paging.cursor()?);
    let (events, totals) = db::trade_event::list(db.as_user(&user), &filter, after, limit).await?;
    let Page { items, next_cursor } = Page::new(events, limit, |event| Cursor {
        at: event.created_at,
        id: event.id,
    });
    Ok(Json(History {
        items,
        next_cursor,
        totals,
    }))
}
