use std::sync::Arc;

use axum::{Json, extract::State, http::StatusCode};
use shared::{
    auth::User,
    db::{self, Db},
    domain::{
        BrokerConnectionId,
        connection::{BrokerConnection, ConnectionChange, NewConnection},
    },
    error::{Checked, Error, Filtered, Guarded, Missing, Problem, require_none},
    http::{Cursor, Filter, IdempotencyKey, Input, Page, Paging, PathId},
};

/// List my broker connections
#[utoipa::path(get, path = "/broker-connections", tag = "onboarding", security(("bearer" = [])), params(Paging),
    responses(
        (status = 200, body = Page<BrokerConnection>),
        Guarded, Filtered,
    ))]
pub(crate) async fn list(
    State(db): State<Arc<Db>>,
    user: User,
    Filter(paging): Filter<Paging>,
) -> Result<Json<Page<BrokerConnection>>, Error> {
    let limit = paging.limit()?;
    let connections = db::connection::list(db.as_user(&user), paging.cursor()?, limit).await?;
    Ok(Json(Page::new(connections, limit, |connection| Cursor {
        at: connection.created_at,
        id: connection.id.0,
    })))
}

/// Make a broker connection
///
/// Sent again with the same `Idempotency-Key`, the first one is returned.
#[utoipa::path(post, path = "/broker-connections", tag = "onboarding", security(("bearer" = [])), request_body = NewConnection,
    params(("Idempotency-Key" = Option<String>, Header, description = "The same key makes the same connection")),
    responses(
        (status = 201, body = BrokerConnection),
        Guarded, Missing, Checked,
    ))]
pub(crate) async fn create(
    State(db): State<Arc<Db>>,
    user: User,
    idempotency: IdempotencyKey,
    Input(new): Input<NewConnection>,
) -> Result<(StatusCode, Json<BrokerConnection>), Error> {
    require_none(new.problems())?;
    let id = BrokerConnectionId(idempotency.id(user.id.0, "broker-connections"));
    let connection = db::connection::create(db.as_user(&user), id, user.id, &new).await?;
    Ok((StatusCode::CREATED, Json(connection)))
}

/// Change a broker connection
#[utoipa::path(patch, path = "/broker-connections/{id}", tag = "onboarding", security(("bearer" = [])),
    params(("id" = Uuid, Path, description = "The broker connection")), request_body = ConnectionChange,
    responses(
        (status = 200, body = BrokerConnection),
        Guarded, Missing, Checked,
    ))]
pub(crate) async fn update(
    State(db): State<Arc<Db>>,
    user: User,
    PathId(id): PathId,
    Input(change): Input<ConnectionChange>,
) -> Result<Json<BrokerConnection>, Error> {
    require_none(change.problems())?;
    db::connection::update(db.as_user(&user), BrokerConnectionId(id), &change)
        .await
        .map(Json)
}

/// Delete a broker connection
///
/// With its account's state and jobs. Its agents stay, without a connection.
#[utoipa::path(delete, path = "/broker-connections/{id}", tag = "onboarding", security(("bearer" = [])),
    params(("id" = Uuid, Path, description = "The broker connection")),
    responses(
        (status = 204),
        (status = 409, body = Problem, content_type = "application/problem+json", description = "Strategies trade over it"),
        Guarded, Missing,
    ))]
pub(crate) async fn delete(State(db): State<Arc<Db>>, user: User, PathId(id): PathId) -> Result<StatusCode, Error> {
    db::connection::delete(db.as_user(&user), BrokerConnectionId(id)).await?;
    Ok(StatusCode::NO_CONTENT)
}
