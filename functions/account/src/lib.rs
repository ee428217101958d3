//! `POST /agents/{id}/account`: the broker account as its agent sees it, for the dashboard and the risk gate.

use std::sync::Arc;

use axum::{Json, extract::State};
use serde::Serialize;
use shared::{
    auth::AgentCaller,
    config::Env,
    db::{self, AgentDoor, Db},
    domain::broker_account::AccountReport,
    error::{Checked, Error, Guarded, Missing, Problem},
    http::{Input, JobsWaiting},
    routes,
    routing::Routes,
};
use utoipa::ToSchema;

pub struct App {
    door: AgentDoor,
}

impl App {
    pub fn from_env(env: &mut Env) -> Result<Arc<Self>, Error> {
        Ok(Arc::new(Self {
            door: AgentDoor::new(Db::from_env(env)?),
        }))
    }
}

pub fn router<R: Routes<Arc<App>>>() -> R {
    R::default().routes(routes!(report))
}

#[derive(Serialize, ToSchema)]
struct AccountReported {
    jobs_waiting: i64,
}

/// Report the broker account
///
/// Its money, all open positions, and the deals since the last report: those that are told twice count once. The newest report
/// stands; one that arrives while a newer one is stored changes only the deals.
#[utoipa::path(post, path = "/agents/{id}/account", tag = "agent", security(("agent_key" = [])),
    params(("id" = Uuid, Path, description = "The agent")),
    request_body = AccountReport,
    responses(
        (status = 200, body = AccountReported, headers(("X-Jobs-Waiting" = i64, description = "How many jobs wait, counted to ten"))),
        (status = 409, body = Problem, content_type = "application/problem+json", description = "The agent belongs to no broker connection"),
        Guarded, Missing, Checked,
    ))]
async fn report(
    State(app): State<Arc<App>>,
    caller: AgentCaller,
    Input(report): Input<AccountReport>,
) -> Result<(JobsWaiting, Json<AccountReported>), Error> {
    let problems = report.problems();
    if !problems.is_empty() {
        return Err(Error::Invalid(problems));
    }
    let jobs_waiting = db::broker_account::report(&app.door, &caller, &report.without_zeros()).await?;
    Ok((JobsWaiting(jobs_waiting), Json(AccountReported { jobs_waiting })))
}
