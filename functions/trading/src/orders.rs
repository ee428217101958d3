use std::sync::Arc;

use axum::{Json, extract::State, http::StatusCode};
use shared::{
    auth::User,
    db::{self, Db},
    domain::{JobId, job::Job, order::NewOrder},
    error::{Checked, Error, Guarded, Problem, require_none},
    http::{IdempotencyKey, Input},
    news::Newsroom,
};

use crate::answer;

/// Place a market order
///
/// It becomes a job that an agent must claim within a minute. Sent again with the same `Idempotency-Key`, the first job is
/// returned, whatever the risk gate says by then.
#[utoipa::path(post, path = "/trading/orders", tag = "trading", security(("bearer" = [])), request_body = NewOrder,
    params(("Idempotency-Key" = Option<String>, Header, description = "The same key places the same order")),
    responses(
        (status = 201, body = Job),
        (status = 200, body = Job, description = "It was placed before"),
        (status = 409, body = Problem, content_type = "application/problem+json", description = "No agent serves the broker \
            connection (`no_agent`), or the risk gate refuses it; `code` is the one of a discarded signal"),
        Guarded, Checked,
    ))]
pub(crate) async fn place(
    State(db): State<Arc<Db>>,
    State(newsroom): State<Arc<Newsroom>>,
    user: User,
    idempotency: IdempotencyKey,
    Input(order): Input<NewOrder>,
) -> Result<(StatusCode, Json<Job>), Error> {
    require_none(order.problems())?;
    let id = JobId(idempotency.id(user.id.0, "orders"));
    let ordered = db::order::place(&db, user.id, id, &order).await?;
    Ok(answer(&newsroom, ordered).await)
}
