use std::sync::Arc;

use axum::{Json, extract::State};
use jiff::Timestamp;
use serde::Deserialize;
use shared::{
    auth::User,
    db::{self, Db},
    domain::{
        candle::{Candle, Wanted},
        price::{Instrument, Price},
    },
    error::{Error, Filtered, Guarded, Missing},
    http::{Filter, Page, PathParam},
};

/// List the newest price of every instrument
///
/// My own while it is less than a minute old; else the newer one of mine and a public feed's. All at once, in the order of
/// their names.
#[utoipa::path(get, path = "/prices", tag = "trading", security(("bearer" = [])),
    responses(
        (status = 200, body = Page<Price>),
        Guarded,
    ))]
pub(crate) async fn list(State(db): State<Arc<Db>>, user: User) -> Result<Json<Page<Price>>, Error> {
    Ok(Json(Page {
        items: db::price::list(db.as_user(&user)).await?,
        next_cursor: None,
    }))
}

#[derive(Deserialize)]
pub(crate) struct InstrumentPath {
    instrument: Instrument,
}

/// List an instrument's candles, oldest first
///
/// The newest ones, or the newest ones before a time; `next_cursor` as `before` gives the ones before these. All are of one
/// source: mine where I have any in that range, else a public feed's.
#[utoipa::path(get, path = "/prices/{instrument}/candles", tag = "trading", security(("bearer" = [])),
    params(("instrument" = String, Path, description = "1 to 32 letters, digits and . _ # & + -"), Wanted),
    responses(
        (status = 200, body = Page<Candle>),
        Guarded, Missing, Filtered,
    ))]
pub(crate) async fn candles(
    State(db): State<Arc<Db>>,
    user: User,
    PathParam(InstrumentPath { instrument }): PathParam<InstrumentPath>,
    Filter(wanted): Filter<Wanted>,
) -> Result<Json<Page<Candle>>, Error> {
    let (limit, before) = (wanted.limit()?, wanted.before(Timestamp::now()));
    let candles = db::candle::list(db.as_user(&user), &instrument, wanted.timeframe, before, limit).await?;
    Ok(Json(oldest_first(candles, limit)))
}

fn oldest_first(mut candles: Vec<Candle>, limit: i64) -> Page<Candle> {
    let limit = usize::try_from(limit).unwrap_or_default();
    let more = candles.len() > limit;
    candles.truncate(limit);
    candles.reverse();
    Page {
        next_cursor: candles.first().filter(|_| more).map(|oldest| oldest.ts.to_string()),
        items: candles,
    }
}
