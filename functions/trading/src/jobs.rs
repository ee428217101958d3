use std::sync::Arc;

use axum::{Json, extract::State};
use shared::{
    auth::User,
    db::{self, Db},
    domain::{JobId, job::Job},
    error::{Error, Guarded, Missing},
    http::PathId,
};

/// Show a job
#[utoipa::path(get, path = "/jobs/{id}", tag = "trading", security(("bearer" = [])),
    params(("id" = Uuid, Path, description = "The job")),
    responses(
        (status = 200, body = Job),
        Guarded, Missing,
    ))]
pub(crate) async fn show(State(db): State<Arc<Db>>, user: User, PathId(id): PathId) -> Result<Json<Job>, Error> {
    db::job::show(db.as_user(&user), JobId(id)).await.map(Json)
}
