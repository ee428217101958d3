use std::sync::Arc;

use axum::{extract::State, http::StatusCode};
use shared::{
    auth::User,
    db::{self, Db},
    domain::ProjectId,
    error::{Error, Guarded, Missing},
    http::PathId,
};

/// Cancel what is being generated
///
/// Whatever is being written for the project ends within a second or two, with the error `cancelled`, and nothing of it is saved.
#[utoipa::path(post, path = "/ea/projects/{id}/generate/cancel", tag = "ea", security(("bearer" = [])),
    params(("id" = Uuid, Path, description = "The project")),
    responses(
        (status = 204),
        Guarded, Missing,
    ))]
pub(crate) async fn cancel(State(db): State<Arc<Db>>, user: User, PathId(id): PathId) -> Result<StatusCode, Error> {
    db::generation::cancel(db.as_user(&user), ProjectId(id), user.id).await?;
    Ok(StatusCode::NO_CONTENT)
}
