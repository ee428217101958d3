//! `POST /webhooks/tv/{webhook_secret}`: a TradingView alert becomes a signal, and a job where the risk gate lets it through.
//!
//! TradingView gives up after 3 s and sends again only after a 5xx, so whatever was stored is answered 200, refusals too.

use std::sync::Arc;

use axum::{Json, body::Body, extract::State};
use serde::Serialize;
use shared::{
    auth::Webhook,
    config::Env,
    db::{self, Db},
    domain::{
        SignalId, alert,
        signal::{SignalStatus, body_digest},
    },
    error::{Error, Missing, Problem},
    http::read_body,
    news::Newsroom,
    routes,
    routing::Routes,
};
use utoipa::ToSchema;

/// The largest alert, in bytes.
const ALERT_LIMIT: usize = 64 * 1024;

pub struct App {
    db: Db,
    newsroom: Newsroom,
}

impl App {
    pub fn from_env(env: &mut Env) -> Result<Arc<Self>, Error> {
        Ok(Arc::new(Self {
            newsroom: Newsroom::from_env(env),
            db: Db::from_env(env)?,
        }))
    }
}

pub fn router<R: Routes<Arc<App>>>() -> R {
    R::default().routes(routes!(receive))
}

/// What became of an alert.
#[derive(Serialize, ToSchema)]
struct Received {
    #[schema(value_type = Uuid)]
    signal_id: SignalId,
    status: SignalStatus,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason_code: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    detail: Option<String>,
    /// The same alert was stored before; `signal_id` is the first one's.
    duplicate: bool,
}

/// Take an alert
///
/// JSON or text of any content type, at most 64 KiB.
#[utoipa::path(post, path = "/webhooks/tv/{webhook_secret}", tag = "webhook",
    params(("webhook_secret" = String, Path, description = "The strategy's secret")),
    request_body(description = "The alert message", content((String = "text/plain"), (Value = "application/json"))),
    responses(
        (status = 200, body = Received, description = "Understood and logged, also when it was discarded"),
        (status = 422, body = Problem, content_type = "application/problem+json", description = "Nobody can read it; logged as discarded"),
        (status = 503, body = Problem, content_type = "application/problem+json", description = "Not stored; send it again"),
        (status = 413, body = Problem, content_type = "application/problem+json"),
        Missing,
    ))]
async fn receive(State(app): State<Arc<App>>, webhook: Webhook, body: Body) -> Result<Json<Received>, Error> {
    let body = read_body(body, ALERT_LIMIT).await?;
    let reading = alert::read(&body);
    let received = db::signal::Received {
        secret_digest: &webhook.secret_digest,
        reading: &reading,
        raw_payload: &alert::redact(&body),
        body_digest: &body_digest(&body),
    };
    let stored = db::signal::receive(&app.db, received)
        .await?
        .ok_or(Error::NotFound("webhook"))?;
    app.newsroom.send(&stored.news).await;
    if let Err(unreadable) = reading {
        return Err(Error::UnreadableAlert {
            code: unreadable.code.as_str(),
            detail: unreadable.detail,
        });
    }
    let db::signal::Stored {
        id,
        status,
        reason_code,
        detail,
        duplicate,
        news: _,
    } = stored;
    Ok(Json(Received {
        signal_id: id,
        status,
        reason_code,
        detail,
        duplicate,
    }))
}
