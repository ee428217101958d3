use std::slice;

use axum::{Json, extract::State, http::StatusCode};
use serde::Serialize;
use shared::{
    auth::User,
    db::{self, version::NewCompilation},
    domain::{
        JobId, VersionId,
        job::JobBrief,
        version::{Files, SOURCE_TYPE, Version},
    },
    error::{Error, Guarded, Missing, Problem},
    http::{IdempotencyKey, PathId},
};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::App;

/// A version that is given to the compiler, and the job that does it.
#[derive(Serialize, ToSchema)]
pub(crate) struct Compilation {
    version: Version,
    job: JobBrief,
}

/// Compile a version
///
/// Makes a new version of the same source, which never changes, and a job that any of your agents may take. Sent again with
/// the same `Idempotency-Key`, it is the same version and job.
#[utoipa::path(post, path = "/ea/versions/{id}/compile", tag = "ea", security(("bearer" = [])),
    params(("id" = Uuid, Path, description = "The version whose source is compiled"),
        ("Idempotency-Key" = Option<String>, Header, description = "The same key makes the same version and job")),
    responses(
        (status = 201, body = Compilation),
        (status = 409, body = Problem, content_type = "application/problem+json", description = "There is no agent that could compile"),
        (status = 422, body = Problem, content_type = "application/problem+json", description = "There is no source to compile"),
        Guarded, Missing,
    ))]
pub(crate) async fn compile(
    State(app): State<App>,
    user: User,
    idempotency: IdempotencyKey,
    PathId(id): PathId,
) -> Result<(StatusCode, Json<Compilation>), Error> {
    let session = app.db.as_user(&user);
    let job = JobId(idempotency.id(user.id.0, &format!("ea/versions/{id}/compile")));
    if let Some(first) = db::version::compiled_by(session, job).await? {
        return Ok(made(first));
    }
    let source = db::version::source(session, VersionId(id)).await?;
    let id = VersionId(Uuid::new_v4());
    let files = Files::of(user.id, (source.project, &source.project_name), id, &source.source_code)?;
    if !source.has_agent {
        return Err(Error::Conflict {
            code: "no_agent",
            detail: "An agent compiles beside its MetaTrader 5 terminal; pair one first.".to_owned(),
        });
    }
    // First the file, so that no agent is told of one that is not there.
    let content = source.source_code.clone().into();
    app.storage.upload(&files.source_path, SOURCE_TYPE, content).await?;
    let new = NewCompilation {
        id,
        job,
        owner: user.id,
        source: &source,
        files: &files,
        bucket: app.storage.bucket(),
    };
    match db::version::compile(&app.db, &new).await {
        Ok(news) => app.newsroom.send(&news).await,
        Err(error) => return settle(&app, &user, &new, error).await.map(made),
    }
    let there = db::version::compiled_by(session, job).await?;
    there.map(made).ok_or(Error::NotFound("version"))
}

/// What became of a compilation that could not be stored as far as anybody knows. That is asked and not concluded: the answer
/// may have been lost, and the same key may have come twice at once. While nobody can tell, the file stays.
async fn settle(app: &App, user: &User, new: &NewCompilation<'_>, error: Error) -> Result<(Version, JobBrief), Error> {
    let there = db::version::compiled_in_the_end(app.db.as_user(user), new.job, new.source.project).await;
    let there = match there {
        Ok(there) => there,
        Err(unknown) => {
            unknown.log();
            return Err(error);
        }
    };
    let ours = there.as_ref().is_some_and(|(version, _)| version.summary.id == new.id);
    if !ours && let Err(left_behind) = app.storage.delete(slice::from_ref(&new.files.source_path)).await {
        left_behind.log();
    }
    there.ok_or(error)
}

fn made((version, job): (Version, JobBrief)) -> (StatusCode, Json<Compilation>) {
    (StatusCode::CREATED, Json(Compilation { version, job }))
}
