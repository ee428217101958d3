//! `POST /agents/{id}/jobs/{job_id}/result`: what came of a job, and what follows for its signal, version or deployment.

use std::sync::Arc;

use axum::{Json, extract::State};
use serde::{Deserialize, Serialize};
use shared::{
    auth::AgentCaller,
    config::Env,
    db::{self, AgentDoor, Db},
    domain::{
        JobId,
        job::{JobResult, Outcome},
    },
    error::{Checked, Error, Guarded, Missing, Problem},
    http::{Input, JobsWaiting, PathParam},
    news::Newsroom,
    routes,
    routing::Routes,
};
use utoipa::ToSchema;

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

pub fn router<R: Routes<Arc<App>>>() -> R {
    R::default().routes(routes!(finish))
}

#[derive(Serialize, ToSchema)]
struct Acknowledged {
    acknowledged: bool,
    status: Outcome,
}

/// Report a job's result
///
/// Sent again, the same result is acknowledged again.
#[utoipa::path(post, path = "/agents/{id}/jobs/{job_id}/result", tag = "agent", security(("agent_key" = [])),
    params(("id" = Uuid, Path, description = "The agent"), ("job_id" = Uuid, Path, description = "The job")),
    request_body = JobResult,
    responses(
        (status = 200, body = Acknowledged, headers(("X-Jobs-Waiting" = i64, description = "How many jobs wait, counted to ten"))),
        (status = 409, body = Problem, content_type = "application/problem+json", description = "Another result is stored, or it is of another attempt"),
        Guarded, Missing, Checked,
    ))]
async fn finish(
    State(app): State<Arc<App>>,
    caller: AgentCaller,
    PathParam(job): PathParam<JobPath>,
    Input(result): Input<JobResult>,
) -> Result<(JobsWaiting, Json<Acknowledged>), Error> {
    let finished = db::job::finish(&app.door, &caller, job.job_id, &result).await?;
    let db::job::Finished { jobs_waiting, news } = finished;
    app.newsroom.send(&news).await;
    Ok((
        JobsWaiting(jobs_waiting),
        Json(Acknowledged {
            acknowledged: true,
            status: result.status,
        }),
    ))
}

#[derive(Deserialize)]
struct JobPath {
    job_id: JobId,
}
