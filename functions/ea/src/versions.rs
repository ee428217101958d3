use std::sync::Arc;

use axum::{Json, extract::State, http::StatusCode};
use shared::{
    auth::User,
    db::{self, Db},
    domain::{
        ProjectId, VersionId,
        version::{NewVersion, Version, VersionChange, VersionSummary},
    },
    error::{Checked, Error, Filtered, Guarded, Missing, Problem, Stale},
    http::{Cursor, ETag, Filter, IdempotencyKey, IfMatch, Input, Page, Paging, PathId, SourceInput},
};

/// List a project's versions, newest first
#[utoipa::path(get, path = "/ea/projects/{id}/versions", tag = "ea", security(("bearer" = [])),
    params(("id" = Uuid, Path, description = "The project"), Paging),
    responses(
        (status = 200, body = Page<VersionSummary>),
        Guarded, Missing, Filtered,
    ))]
pub(crate) async fn list(
    State(db): State<Arc<Db>>,
    user: User,
    PathId(id): PathId,
    Filter(paging): Filter<Paging>,
) -> Result<Json<Page<VersionSummary>>, Error> {
    let limit = paging.limit()?;
    let versions = db::version::list(db.as_user(&user), ProjectId(id), paging.cursor()?, limit).await?;
    Ok(Json(Page::new(versions, limit, |version| Cursor {
        at: version.created_at,
        id: version.id.0,
    })))
}

/// Make a draft
///
/// Of a version that cannot be edited, too: send its source. The draft is the one in the editor from now on. Sent again with
/// the same `Idempotency-Key`, the first one is returned.
#[utoipa::path(post, path = "/ea/projects/{id}/versions", tag = "ea", security(("bearer" = [])), request_body = NewVersion,
    params(("id" = Uuid, Path, description = "The project"),
        ("Idempotency-Key" = Option<String>, Header, description = "The same key makes the same version")),
    responses(
        (status = 201, body = Version, headers(("ETag" = String, description = "Of this state, for If-Match"))),
        Guarded, Missing, Checked,
    ))]
pub(crate) async fn create(
    State(db): State<Arc<Db>>,
    user: User,
    idempotency: IdempotencyKey,
    PathId(project): PathId,
    Input(new): SourceInput<NewVersion>,
) -> Result<(StatusCode, ETag, Json<Version>), Error> {
    new.require_valid()?;
    let id = VersionId(idempotency.id(user.id.0, &format!("ea/projects/{project}/versions")));
    let project = ProjectId(project);
    let session = db.as_user(&user);
    let tx = session.begin().await?;
    db::project::show_in(&tx, project).await?;
    tx.elevate().await?;
    db::version::create(&tx, id, project, user.id, &new.source_code, &new.config).await?;
    tx.commit().await?;
    let version = db::version::show(session, id).await?;
    Ok((StatusCode::CREATED, ETag(version.summary.updated_at), Json(version)))
}

/// Show a version with its source
#[utoipa::path(get, path = "/ea/versions/{id}", tag = "ea", security(("bearer" = [])),
    params(("id" = Uuid, Path, description = "The version")),
    responses(
        (status = 200, body = Version, headers(("ETag" = String, description = "Of this state, for If-Match"))),
        Guarded, Missing,
    ))]
pub(crate) async fn show(
    State(db): State<Arc<Db>>,
    user: User,
    PathId(id): PathId,
) -> Result<(ETag, Json<Version>), Error> {
    let version = db::version::show(db.as_user(&user), VersionId(id)).await?;
    Ok((ETag(version.summary.updated_at), Json(version)))
}

/// Save a draft
///
/// `If-Match` is the `ETag` of the state that was edited, or `*` to overwrite whatever is there. Who saved in between is not
/// overwritten: the answer is 412 then, with their version and its `ETag`.
#[utoipa::path(patch, path = "/ea/versions/{id}", tag = "ea", security(("bearer" = [])), request_body = VersionChange,
    params(("id" = Uuid, Path, description = "The version"),
        ("If-Match" = String, Header, description = "The ETag of the state that was edited, or *")),
    responses(
        (status = 200, body = Version, headers(("ETag" = String, description = "Of this state, for If-Match"))),
        (status = 409, body = Problem, content_type = "application/problem+json", description = "It is no draft"),
        (status = 412, body = Stale<Version>, content_type = "application/problem+json", description = "Saved elsewhere in between",
            headers(("ETag" = String, description = "Of what is stored now"))),
        (status = 428, body = Problem, content_type = "application/problem+json", description = "Without If-Match"),
        Guarded, Missing, Checked,
    ))]
pub(crate) async fn save(
    State(db): State<Arc<Db>>,
    user: User,
    PathId(id): PathId,
    made_on: IfMatch,
    Input(change): SourceInput<VersionChange>,
) -> Result<(ETag, Json<Version>), Error> {
    change.require_valid()?;
    let version = db::version::save(db.as_user(&user), VersionId(id), made_on, &change).await?;
    Ok((ETag(version.summary.updated_at), Json(version)))
}
