use std::{sync::Arc, time::Duration};

use axum::{Json, extract::State};
use jiff::Timestamp;
use serde::Serialize;
use shared::{
    auth::User,
    db::{self, Db},
    domain::ArtifactId,
    error::{Error, Guarded, Missing},
    http::PathId,
    storage::Storage,
};
use utoipa::ToSchema;

/// Long enough to begin; a download that has begun is not cut off.
const LASTS: Duration = Duration::from_mins(5);

/// Where a file can be had without other proof.
#[derive(Serialize, ToSchema)]
pub(crate) struct SignedUrl {
    url: String,
    expires_at: Timestamp,
}

/// Download a file of a version
///
/// The answer is an address that is good for five minutes.
#[utoipa::path(get, path = "/ea/artifacts/{id}/download", tag = "ea", security(("bearer" = [])),
    params(("id" = Uuid, Path, description = "The file, as a version's artifacts name it")),
    responses(
        (status = 200, body = SignedUrl),
        Guarded, Missing,
    ))]
pub(crate) async fn download(
    State(db): State<Arc<Db>>,
    State(storage): State<Arc<Storage>>,
    user: User,
    PathId(id): PathId,
) -> Result<Json<SignedUrl>, Error> {
    let file = db::version::locate(db.as_user(&user), ArtifactId(id)).await?;
    let expires_at = Timestamp::now() + LASTS;
    let url = storage.sign_download(&file.path, LASTS, Some(&file.name)).await?;
    Ok(Json(SignedUrl { url, expires_at }))
}
