//! `GET /agents/{id}/jobs/next`: the agent's next job, claimed for it and nobody else.

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
};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

pub struct App {
    door: AgentDoor,
    newsroom: Newsroom,
}

impl App {
    pub fn from_env(env: &mut Env) -> Result<Arc<Self>, Error> {
        Ok(Arc::new(Self {
            newsroom: Newsroom::from_env(env),
            door: AgentDoor::new(Db::from_env(env)?),
        }))
    }
}

pub fn router() -> OpenApiRouter<Arc<App>> {
    OpenApiRouter::new().routes(routes!(claim))
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
    let db::job::Claim {
        job,
        jobs_waiting,
        news,
    } = db::job::claim(&app.door, &caller).await?;
    app.newsroom.send(news.as_slice()).await;
    let waiting = JobsWaiting(jobs_waiting);
    Ok(match job {
        Some(job) => (waiting, Json(Claimed { job, jobs_waiting })).into_response(),
        None => (StatusCode::NO_CONTENT, waiting, ()).into_response(),
    })
}
