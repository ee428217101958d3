//! API Gateway as a REST API plays it whose integrations stream (`responseTransferMode: STREAM`).
//!
//! A client that hangs up, and every timeout of this gateway, end the connection and nothing else: the function is not told,
//! its writes succeed, it runs to its own end and is billed for it, as on AWS. Not played: the 2 MB/s that a response is
//! slowed down to after its first 10 MB.

mod body;
mod event;
mod head;

use std::collections::HashMap;
use std::convert::Infallible;
use std::error::Error;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Result;
use bytes::Bytes;
use http::{HeaderName, HeaderValue, Method, Request, Response, StatusCode, header};
use http_body_util::combinators::UnsyncBoxBody;
use http_body_util::{BodyExt as _, Full};
use hyper::body::Incoming;
use hyper::service::service_fn;
use tokio::net::TcpListener;
use tokio::sync::{mpsc, watch};
use tokio::time::Instant;
use uuid::Uuid;

use self::body::{Flow, Seen};
use self::event::Call;
use self::head::Head;
use super::routes::{Found, Routes};
use super::{HEAD_LIMIT, head_size, read};
use crate::lambda::{Function, PAYLOAD_LIMIT};
use crate::log::{Log, Source};
use crate::template::{Headers, StreamApi, StreamRoute};

type Body = UnsyncBoxBody<Bytes, Box<dyn Error + Send + Sync>>;
type Answer = Response<Body>;

/// What a function may be ahead of its client, in chunks.
const AHEAD: usize = 16;

pub(crate) struct StreamGateway {
    api: StreamApi,
    routes: Routes,
    /// Of each route key.
    timeouts: HashMap<String, Duration>,
    idle_timeout: Duration,
    port: u16,
    log: Log,
}

impl StreamGateway {
    pub(crate) fn new(
        api: StreamApi,
        functions: impl Iterator<Item = (StreamRoute, Arc<Function>)>,
        idle_timeout: Duration,
        port: u16,
        log: Log,
    ) -> Result<Arc<Self>> {
        let mut timeouts = HashMap::new();
        let routes = functions.map(|(StreamRoute { route, timeout }, function)| {
            timeouts.insert(format!("{} {}", route.method, route.path), timeout);
            (route, function)
        });
        Ok(Arc::new(Self {
            routes: Routes::new(routes)?,
            timeouts,
            api,
            idle_timeout,
            port,
            log,
        }))
    }

    pub(crate) async fn serve(self: Arc<Self>, listener: TcpListener, stop: watch::Receiver<()>) {
        crate::http::serve(listener, stop, |peer| {
            let gateway = Arc::clone(&self);
            service_fn(move |request| {
                let gateway = Arc::clone(&gateway);
                async move { Ok::<_, Infallible>(gateway.answer(peer, request).await) }
            })
        })
        .await;
    }

    pub(crate) async fn answer(&self, peer: SocketAddr, request: Request<Incoming>) -> Answer {
        let request_id = Uuid::new_v4().to_string();
        let seen = Seen::new(request.method().clone(), self.log.clone());
        let mut answer = self.route(peer, request, &request_id, seen).await;
        if let Ok(id) = HeaderValue::try_from(request_id) {
            answer.headers_mut().insert("x-amzn-requestid", id);
        }
        answer
    }

    async fn route(&self, peer: SocketAddr, request: Request<Incoming>, request_id: &str, mut seen: Seen) -> Answer {
        let (parts, body) = request.into_parts();
        let below = parts.uri.path().strip_prefix('/').unwrap_or_default();
        let Some(path) = below.strip_prefix(&self.api.stage).filter(|path| path.starts_with('/')) else {
            return self.refusal(StatusCode::FORBIDDEN, "Forbidden", seen);
        };
        if parts.method == Method::OPTIONS
            && let Some(headers) = &self.api.preflight
            && self.routes.has(path)
        {
            return preflight(headers, seen);
        }
        let Some(found) = self.routes.find(&parts.method, path) else {
            return self.refusal(StatusCode::FORBIDDEN, "Missing Authentication Token", seen);
        };
        seen.route.clone_from(&found.target.path);
        if head_size(&parts) > HEAD_LIMIT {
            return self.refusal(
                StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE,
                "Request Header Fields Too Large",
                seen,
            );
        }
        let Ok(body) = read(body).await else {
            return self.refusal(StatusCode::PAYLOAD_TOO_LARGE, "Request Too Long", seen);
        };
        let call = Call {
            resource: &found.target.path,
            path,
            stage: &self.api.stage,
            path_parameters: &found.parameters,
            source: peer.ip(),
            port: self.port,
            request_id,
            now: jiff::Timestamp::now(),
        };
        match event::build(&call, &parts, &body) {
            Ok(event) if event.len() <= PAYLOAD_LIMIT => self.integrate(&found, event, seen).await,
            Ok(_) => self.refusal(StatusCode::PAYLOAD_TOO_LARGE, "Request Too Long", seen),
            Err(error) => self.failure(&format!("event: {error}"), seen),
        }
    }

    async fn integrate(&self, found: &Found<'_>, event: Bytes, seen: Seen) -> Answer {
        let timeout = self.timeouts.get(&found.target.key).copied().unwrap_or_default();
        let deadline = Instant::now() + timeout;
        let (sender, chunks) = mpsc::channel(AHEAD);
        // A task of its own: the function goes on whoever gives up on it.
        let invocation = tokio::spawn(Arc::clone(&found.target.function).invoke_streaming(event, sender));
        let mut flow = Flow::new(chunks, invocation, deadline, self.idle_timeout, seen);
        match Head::read(&mut flow).await {
            Ok(Head { status, headers, rest }) => {
                flow.begin(status, rest);
                let mut answer = Response::new(flow.body());
                *answer.status_mut() = status;
                *answer.headers_mut() = headers;
                answer
            }
            Err(head::Failure::TimedOut) => self.refusal(
                StatusCode::GATEWAY_TIMEOUT,
                "Endpoint request timed out",
                flow.give_up(),
            ),
            Err(head::Failure::Bad(error)) => {
                let name = &found.target.function.name;
                self.failure(&format!("response of {name}: {error}"), flow.give_up())
            }
        }
    }

    /// What a REST API says whenever the function failed before it answered.
    fn failure(&self, error: &str, seen: Seen) -> Answer {
        self.log.line(Source::Gateway, error.to_owned());
        self.refusal(StatusCode::BAD_GATEWAY, "Internal server error", seen)
    }

    fn refusal(&self, status: StatusCode, text: &str, seen: Seen) -> Answer {
        let body = Full::from(format!(r#"{{"message":"{text}"}}"#));
        let mut answer = seen.answered(status, body);
        let headers = if status.is_server_error() {
            &self.api.on_5xx
        } else {
            &self.api.on_4xx
        };
        add(&mut answer, headers);
        answer
    }
}

impl Seen {
    /// An answer of the gateway's own.
    fn answered(mut self, status: StatusCode, body: Full<Bytes>) -> Answer {
        self.status = Some(status);
        self.end = "";
        let mut answer = Response::new(body.map_err(|never| match never {}).boxed_unsync());
        *answer.status_mut() = status;
        let json = HeaderValue::from_static("application/json");
        answer.headers_mut().insert(header::CONTENT_TYPE, json);
        answer
    }
}

/// As SAM's mock integration answers, whatever the origin.
fn preflight(headers: &Headers, seen: Seen) -> Answer {
    let mut answer = seen.answered(StatusCode::OK, Full::from("{}\n"));
    add(&mut answer, headers);
    answer
}

fn add(answer: &mut Answer, headers: &Headers) {
    for (name, value) in headers {
        if let (Ok(name), Ok(value)) = (HeaderName::try_from(name), HeaderValue::try_from(value)) {
            answer.headers_mut().insert(name, value);
        }
    }
}
