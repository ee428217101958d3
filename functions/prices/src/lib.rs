//! `POST /agents/{id}/prices`: ticks and closed bars come in; whoever watches is told by way of the queue.

use std::sync::Arc;

use axum::{Json, extract::State};
use jiff::Timestamp;
use serde::Serialize;
use shared::{
    auth::AgentCaller,
    config::Env,
    db::{self, AgentDoor, Db},
    domain::price::{Ignored, Push},
    error::{Checked, Error, Guarded, Missing},
    http::{Input, JobsWaiting},
    news::{News, Newsroom},
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
    R::default().routes(routes!(push))
}

#[derive(Serialize, ToSchema)]
struct Pushed {
    /// Ticks stored.
    accepted: usize,
    /// What somebody watches now; push nothing while it is empty.
    instruments: Vec<String>,
    jobs_waiting: i64,
    /// Ticks that were not stored, and why.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    ignored: Vec<Ignored>,
}

/// Push prices
///
/// `{"ticks": {"EURUSD": {"bid", "ask", "ts"?}}, "bars": [closed one-minute bars]}`, or the ticks alone. At most 200
/// instruments and 1000 bars. Anything that cannot be true (bid above ask, a time ahead of the server's clock) refuses the
/// whole push by name; a tick that is merely old is left out.
#[utoipa::path(post, path = "/agents/{id}/prices", tag = "agent", security(("agent_key" = [])),
    params(("id" = Uuid, Path, description = "The agent")),
    request_body = Push,
    responses(
        (status = 200, body = Pushed, headers(("X-Jobs-Waiting" = i64, description = "How many jobs wait, counted to ten"))),
        Guarded, Missing, Checked,
    ))]
async fn push(
    State(app): State<Arc<App>>,
    caller: AgentCaller,
    Input(push): Input<Push>,
) -> Result<(JobsWaiting, Json<Pushed>), Error> {
    let fresh = push.check(Timestamp::now())?;
    let pushed = db::price::push(&app.door, &caller, fresh).await?;
    let db::price::Pushed {
        source,
        stored,
        ignored,
        instruments,
        jobs_waiting,
    } = pushed;
    let accepted = stored.len();
    let watched: Vec<String> = stored.into_iter().filter(|name| instruments.contains(name)).collect();
    if !watched.is_empty() {
        let ticks = News::Ticks {
            source,
            instruments: watched,
        };
        app.newsroom.send(&[ticks]).await;
    }
    Ok((
        JobsWaiting(jobs_waiting),
        Json(Pushed {
            accepted,
            instruments,
            jobs_waiting,
            ignored,
        }),
    ))
}
