//! GLM-5 as Z.ai serves it (docs.z.ai, "Chat Completion"): one route, answers that stream, errors with their codes.
//! It writes one of a few Expert Advisors, whichever the description asks for, and fails when a marker in the description
//! says so; `script.rs` lists the markers.

mod answer;
mod error;
mod request;
mod script;

use std::collections::HashSet;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use axum::Router;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use bytes::Bytes;
use http::{HeaderMap, Request, StatusCode, header};
use hyper::body::Incoming;
use hyper::service::service_fn;
use serde_json::Value;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tower::ServiceExt as _;

use self::answer::Stream;
use self::error::Fault;
use self::request::Completion;
use self::script::{Outcome, Script};
use crate::log::{Log, Source};

/// What stands before the route, as in `https://api.z.ai/api/paas/v4`.
pub(crate) const BASE: &str = "/api/paas/v4";

#[derive(Debug, Clone)]
pub struct Config {
    /// 0 takes any free port.
    pub port: u16,
    pub api_key: String,
    /// Between two pieces of an answer, which are words; about 15 ms makes a plausible model.
    pub pace: Duration,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            port: 0,
            api_key: "local-glm-key".to_owned(),
            pace: Duration::ZERO,
        }
    }
}

pub(crate) struct Glm {
    config: Config,
    down: AtomicBool,
    cancelled: AtomicUsize,
    told: Mutex<Told>,
    log: Log,
}

#[derive(Default)]
struct Told {
    /// The bodies of all requests with the right key, oldest first.
    requests: Vec<Value>,
    /// What has failed once and was to fail once only.
    failed: HashSet<String>,
    /// When the latest answer had its first piece of content.
    spoke_at: Option<Instant>,
}

impl Glm {
    pub(crate) fn new(config: Config, log: Log) -> Arc<Self> {
        Arc::new(Self {
            config,
            down: AtomicBool::new(false),
            cancelled: AtomicUsize::new(0),
            told: Mutex::default(),
            log,
        })
    }

    pub(crate) async fn serve(self: Arc<Self>, listener: TcpListener, stop: watch::Receiver<()>) {
        let router = Router::new()
            .route(&format!("{BASE}/chat/completions"), post(complete))
            .with_state(self);
        crate::http::serve(listener, stop, |_| {
            let router = router.clone();
            service_fn(move |request: Request<Incoming>| router.clone().oneshot(request))
        })
        .await;
    }

    pub(crate) fn set_down(&self, down: bool) {
        self.down.store(down, Ordering::Relaxed);
    }

    pub(crate) fn requests(&self) -> Vec<Value> {
        self.told().requests.clone()
    }

    pub(crate) fn cancelled(&self) -> usize {
        self.cancelled.load(Ordering::Relaxed)
    }

    pub(crate) fn spoke_at(&self) -> Option<Instant> {
        self.told().spoke_at
    }

    fn begins_to_speak(&self) {
        self.told().spoke_at = Some(Instant::now());
    }

    fn told(&self) -> MutexGuard<'_, Told> {
        // Every change is complete before anything can panic.
        self.told.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn answer(self: &Arc<Self>, headers: &HeaderMap, body: &[u8]) -> Result<Response, Fault> {
        let key = headers.get(header::AUTHORIZATION).ok_or(Fault::NO_KEY)?;
        if key.as_bytes() != format!("Bearer {}", self.config.api_key).as_bytes() {
            return Err(Fault::BAD_KEY);
        }
        let value: Value = serde_json::from_slice(body).or(Err(Fault::BAD_PARAMETER))?;
        self.told().requests.push(value.clone());
        let completion = Completion::read(value)?;
        let mut script = Script::of(&completion);
        if script.once && !self.told().failed.insert(completion.asked()) {
            script.outcome = Outcome::Whole;
        }
        if let Outcome::Refused(fault) = script.outcome {
            return Err(fault);
        }
        if completion.stream {
            Ok(Stream::new(self, &completion, &script).response())
        } else {
            Ok(answer::in_one_piece(&completion, &script).into_response())
        }
    }
}

async fn complete(State(glm): State<Arc<Glm>>, headers: HeaderMap, body: Bytes) -> Response {
    if glm.down.load(Ordering::Relaxed) {
        return StatusCode::SERVICE_UNAVAILABLE.into_response();
    }
    glm.answer(&headers, &body).unwrap_or_else(|fault| {
        glm.log.line(Source::Glm, format!("refused: {fault}"));
        fault.into_response()
    })
}
