use std::sync::Arc;

use axum::{Json, extract::State, http::StatusCode};
use serde::Deserialize;
use shared::{
    auth::User,
    db::{self, Db},
    domain::{
        JobId,
        job::Job,
        position::{ClosePosition, Flattened, Position, PositionFilter},
    },
    error::{Checked, Error, Filtered, Guarded, Missing, Problem, require_none},
    http::{Filter, IdempotencyKey, Input, Page, PathParam},
    news::Newsroom,
};

use crate::answer;

/// List my open positions, newest first
///
/// All at once.
#[utoipa::path(get, path = "/trading/positions", tag = "trading", security(("bearer" = [])), params(PositionFilter),
    responses(
        (status = 200, body = Page<Position>),
        Guarded, Filtered,
    ))]
pub(crate) async fn list(
    State(db): State<Arc<Db>>,
    user: User,
    Filter(filter): Filter<PositionFilter>,
) -> Result<Json<Page<Position>>, Error> {
    filter.check()?;
    Ok(Json(Page {
        items: db::position::list(db.as_user(&user), &filter).await?,
        next_cursor: None,
    }))
}

#[derive(Deserialize)]
pub(crate) struct TicketPath {
    ticket: i64,
}

/// Close a position, or a part of it
///
/// It becomes a job, which waits for an agent as long as it takes. While one that closes all of it is on its way, that one is
/// returned. Sent again with the same `Idempotency-Key`, so is the first.
#[utoipa::path(post, path = "/trading/positions/{ticket}/close", tag = "trading", security(("bearer" = [])),
    params(
        ("ticket" = i64, Path, description = "The position's"),
        ("Idempotency-Key" = Option<String>, Header, description = "The same key makes the same job"),
    ),
    request_body = ClosePosition,
    responses(
        (status = 201, body = Job),
        (status = 200, body = Job, description = "It was on its way before"),
        (status = 409, body = Problem, content_type = "application/problem+json", description = "The risk gate lets no exit pass: \
            `halted` or `broker_connection_inactive`"),
        Guarded, Missing, Checked,
    ))]
pub(crate) async fn close(
    State(db): State<Arc<Db>>,
    State(newsroom): State<Arc<Newsroom>>,
    user: User,
    PathParam(TicketPath { ticket }): PathParam<TicketPath>,
    idempotency: IdempotencyKey,
    Input(close): Input<ClosePosition>,
) -> Result<(StatusCode, Json<Job>), Error> {
    require_none(close.problems())?;
    let id = JobId(idempotency.id(user.id.0, "closes"));
    let ordered = db::position::close(&db, user.id, id, ticket, &close).await?;
    Ok(answer(&newsroom, ordered).await)
}

/// Close everything and stop entries
///
/// At once: trading mode becomes `reducing`, also from `halted`; entries that no agent has taken are cancelled, and each open
/// position gets a job that closes it. Sent again it makes nothing new.
#[utoipa::path(post, path = "/trading/flatten", tag = "trading", security(("bearer" = [])),
    responses(
        (status = 200, body = Flattened),
        Guarded, Missing,
    ))]
pub(crate) async fn flatten(
    State(db): State<Arc<Db>>,
    State(newsroom): State<Arc<Newsroom>>,
    user: User,
) -> Result<Json<Flattened>, Error> {
    let (flattened, news) = db::position::flatten(&db, user.id).await?;
    newsroom.send(&news).await;
    Ok(Json(flattened))
}
