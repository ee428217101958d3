//! `POST /ea/projects/{id}/generate`: GLM-5 writes an expert advisor, and what it writes is seen as it comes.
//!
//! Nothing is stored before the program is whole and checked. Until GLM's first token a failure is an ordinary answer; after it
//! the status has been sent, so a failure is the stream's last event.

mod events;
mod generation;

use std::sync::Arc;

use axum::{
    body::Body,
    extract::{FromRef, State},
    http::{HeaderName, header},
    response::IntoResponse,
};
use serde::Deserialize;
use shared::{
    auth::{User, user::UserVerifier},
    config::Env,
    db::{self, Db},
    domain::{GenerationId, ProjectId, VersionId, mql5::Question},
    error::{Checked, Error, Guarded, Missing, Problem, require_none},
    glm::Glm,
    http::{Input, PathId},
    routes,
    routing::Routes,
    storage::Storage,
};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::generation::{Generation, Generator};

const SYSTEM_PROMPT: &str = include_str!("prompt.md");

#[derive(Clone, FromRef)]
pub struct App {
    verifier: Arc<UserVerifier>,
    generator: Arc<Generator>,
}

impl App {
    pub fn from_env(env: &mut Env) -> Result<Self, Error> {
        Ok(Self {
            verifier: Arc::new(UserVerifier::from_env(env)),
            generator: Arc::new(Generator {
                glm: Glm::from_env(env),
                storage: Storage::from_env(env),
                daily_limit: env.parsed("GENERATIONS_PER_DAY"),
                db: Db::from_env(env)?,
            }),
        })
    }
}

pub fn router<R: Routes<App>>() -> R {
    R::default().routes(routes!(generate))
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Request {
    /// What the program is to do, in plain words; at most 20000 characters.
    description: String,
    /// A version of this project to start from.
    #[serde(default)]
    #[schema(value_type = Option<Uuid>)]
    based_on_version_id: Option<VersionId>,
    /// What the compiler said of that version, to be mended.
    #[serde(default)]
    compiler_errors: Vec<String>,
}

/// Generate an expert advisor
///
/// Server-sent events: `token` `{"text"}` as it is written, at the end one `version` with the new draft, or one `error`
/// `{"code","detail","findings"}`, after which nothing was saved. Comments keep the stream alive. Whoever stops reading says so
/// with `POST /ea/projects/{id}/generate/cancel`.
#[utoipa::path(post, path = "/ea/projects/{id}/generate", tag = "ea", security(("bearer" = [])), request_body = Request,
    params(("id" = Uuid, Path, description = "The project that gets the version")),
    responses(
        (status = 200, body = String, content_type = "text/event-stream", description = "`token` … and one `version` or `error`",
            headers(("Cache-Control" = String, description = "no-cache"), ("X-Accel-Buffering" = String, description = "no"))),
        (status = 429, body = Problem, content_type = "application/problem+json", description = "Today's generations are used up",
            headers(("Retry-After" = i64, description = "Seconds"))),
        Guarded, Missing, Checked,
    ))]
async fn generate(
    State(generator): State<Arc<Generator>>,
    user: User,
    PathId(project): PathId,
    Input(request): Input<Request>,
) -> Result<impl IntoResponse, Error> {
    let Request {
        description,
        based_on_version_id,
        compiler_errors,
    } = request;
    let project = db::generation::basis(generator.db.as_user(&user), ProjectId(project), based_on_version_id).await?;
    let question = Question {
        description: &description,
        settings: &project.settings,
        base: project.source_code.as_deref(),
        compiler_errors: &compiler_errors,
    };
    require_none(question.problems())?;
    let id = GenerationId(Uuid::new_v4());
    let began = db::generation::begin(
        &generator.db,
        id,
        user.id,
        project.id,
        generator.glm.model(),
        generator.daily_limit,
    );
    began.await?;
    let answer = match generator.glm.ask(SYSTEM_PROMPT, &question.text()).await {
        Ok(answer) => answer,
        Err(failure) => {
            // What never began is not counted. Where that cannot be taken back, the user has one less for a day.
            if let Err(error) = db::generation::withdraw(&generator.db, id, user.id).await {
                error.log();
            }
            return Err(failure.into());
        }
    };
    let generation = Generation::new(generator, id, user, project, answer);
    // No proxy is to hold back what is written.
    let headers = [
        (header::CONTENT_TYPE, "text/event-stream"),
        (header::CACHE_CONTROL, "no-cache"),
        (HeaderName::from_static("x-accel-buffering"), "no"),
    ];
    Ok((headers, Body::new(events::body(generation))))
}
