//! `GET /agents/{id}/jobs/next`: the agent's next job, claimed for it and nobody else.

mod files;

use std::sync::Arc;

use axum::{
    Json,
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use serde::Serialize;
use shared::{
    auth::AgentCaller,
    config::Env,
    db::{self, AgentDoor, Db},
    domain::job::ClaimedJob,
    error::{Error, Guarded, Missing},
    http::JobsWaiting,
    news::Newsroom,
    routes,
    routing::Routes,
    storage::Storage,
};
use utoipa::ToSchema;

pub struct App {
    door: AgentDoor,
    newsroom: Newsroom,
    storage: Storage,
}

impl App {
    pub fn from_env(env: &mut Env) -> Result<Arc<Self>, Error> {
        Ok(Arc::new(Self {
            newsroom: Newsroom::from_env(env),
            storage: Storage::from_env(env),
            door: AgentDoor::new(Db::from_env(env)?),
        }))
    }
}

pub fn router<R: Routes<Arc<App>>>() -> R {
    R::default().routes(routes!(claim))
}

#[derive(Serialize, ToSchema)]
struct Claimed {
    job: ClaimedJob,
    /// How many more wait, counted to ten.
    jobs_waiting: i64,
}

/// Claim the next job
///
/// Oldest first. The job is this agent's from now on; report its result before the lease ends, or it comes back to the same
/// agent with a higher attempt.
#[utoipa::path(get, path = "/agents/{id}/jobs/next", tag = "agent", security(("agent_key" = [])),
    params(("id" = Uuid, Path, description = "The agent")),
    responses(
        (status = 200, body = Claimed, headers(("X-Jobs-Waiting" = i64, description = "How many more wait, counted to ten"))),
        (status = 204, description = "Nothing to do", headers(("X-Jobs-Waiting" = i64, description = "0"))),
        Guarded, Missing,
    ))]
async fn claim(State(app): State<Arc<App>>, caller: AgentCaller) -> Result<Response, Error> {
    for _ in 0..PASSED_OVER {
        let claim = db::job::claim(&app.door, &caller).await?;
        app.newsroom.send(claim.news.as_slice()).await;
        let (waiting, jobs_waiting) = (JobsWaiting(claim.jobs_waiting), claim.jobs_waiting);
        let Some(job) = claim.job else {
            return Ok((StatusCode::NO_CONTENT, waiting, ()).into_response());
        };
        match files::addressed(&app.storage, job).await {
            Ok(job) => return Ok((waiting, Json(Claimed { job, jobs_waiting })).into_response()),
            // It comes back after its lease; a trade behind it does not wait for that.
            Err(error) => error.log(),
        }
    }
    Err(Error::dependency(
        "job/claim",
        "the files of several jobs cannot be reached",
    ))
}

/// Jobs whose files cannot be reached, before an agent is told to come again.
const PASSED_OVER: usize = 3;
