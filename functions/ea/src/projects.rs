use std::sync::Arc;

use axum::{Json, extract::State, http::StatusCode};
use shared::{
    auth::User,
    db::{self, Db},
    domain::{
        ProjectId, VersionId,
        json::Object,
        project::{NewProject, Project, ProjectChange},
    },
    error::{Checked, Error, Filtered, Guarded, Missing, Problem},
    http::{Cursor, Filter, IdempotencyKey, Input, Page, Paging, PathId, SourceInput},
    storage::Storage,
};

/// List my projects, newest first
#[utoipa::path(get, path = "/ea/projects", tag = "ea", security(("bearer" = [])), params(Paging),
    responses(
        (status = 200, body = Page<Project>),
        Guarded, Filtered,
    ))]
pub(crate) async fn list(
    State(db): State<Arc<Db>>,
    user: User,
    Filter(paging): Filter<Paging>,
) -> Result<Json<Page<Project>>, Error> {
    let limit = paging.limit()?;
    let projects = db::project::list(db.as_user(&user), paging.cursor()?, limit).await?;
    Ok(Json(Page::new(projects, limit, |project| Cursor {
        at: project.created_at,
        id: project.id.0,
    })))
}

/// Make a project
///
/// With source code it has a first version, a draft, which is the one in the editor. Sent again with the same
/// `Idempotency-Key`, the first project is returned.
#[utoipa::path(post, path = "/ea/projects", tag = "ea", security(("bearer" = [])), request_body = NewProject,
    params(("Idempotency-Key" = Option<String>, Header, description = "The same key makes the same project")),
    responses(
        (status = 201, body = Project),
        Guarded, Checked,
    ))]
pub(crate) async fn create(
    State(db): State<Arc<Db>>,
    user: User,
    idempotency: IdempotencyKey,
    Input(new): SourceInput<NewProject>,
) -> Result<(StatusCode, Json<Project>), Error> {
    new.require_valid()?;
    let id = ProjectId(idempotency.id(user.id.0, "ea/projects"));
    let session = db.as_user(&user);
    let tx = session.begin().await?;
    let mut project = db::project::create(&tx, id, user.id, &new).await?;
    if let Some(source) = &new.source_code {
        tx.elevate().await?;
        let first = VersionId::first_of(id);
        db::version::create(&tx, first, id, user.id, source, &Object::new()).await?;
    }
    tx.commit().await?;
    if new.source_code.is_some() {
        project = db::project::show(session, id).await?;
    }
    Ok((StatusCode::CREATED, Json(project)))
}

/// Show a project
#[utoipa::path(get, path = "/ea/projects/{id}", tag = "ea", security(("bearer" = [])),
    params(("id" = Uuid, Path, description = "The project")),
    responses(
        (status = 200, body = Project),
        Guarded, Missing,
    ))]
pub(crate) async fn show(State(db): State<Arc<Db>>, user: User, PathId(id): PathId) -> Result<Json<Project>, Error> {
    db::project::show(db.as_user(&user), ProjectId(id)).await.map(Json)
}

/// Change a project
#[utoipa::path(patch, path = "/ea/projects/{id}", tag = "ea", security(("bearer" = [])), request_body = ProjectChange,
    params(("id" = Uuid, Path, description = "The project")),
    responses(
        (status = 200, body = Project),
        Guarded, Missing, Checked,
    ))]
pub(crate) async fn update(
    State(db): State<Arc<Db>>,
    user: User,
    PathId(id): PathId,
    Input(change): Input<ProjectChange>,
) -> Result<Json<Project>, Error> {
    change.require_valid()?;
    db::project::update(db.as_user(&user), ProjectId(id), &change)
        .await
        .map(Json)
}

/// Delete a project
///
/// With its versions, their files, and the deployments that have ended.
#[utoipa::path(delete, path = "/ea/projects/{id}", tag = "ea", security(("bearer" = [])),
    params(("id" = Uuid, Path, description = "The project")),
    responses(
        (status = 204),
        (status = 409, body = Problem, content_type = "application/problem+json", description = "A deployment of it is running or about to"),
        Guarded, Missing,
    ))]
pub(crate) async fn delete(
    State(db): State<Arc<Db>>,
    State(storage): State<Arc<Storage>>,
    user: User,
    PathId(id): PathId,
) -> Result<StatusCode, Error> {
    let id = ProjectId(id);
    let tx = db.as_user(&user).begin().await?;
    db::project::show_in(&tx, id).await?;
    tx.elevate().await?;
    let files = db::project::delete(&tx, id, user.id).await?;
    tx.commit().await?;
    // Files that nothing refers to cost a few bytes; the project is gone all the same.
    if let Err(error) = storage.delete(&files).await {
        error.log();
    }
    Ok(StatusCode::NO_CONTENT)
}
