//! API Gateway as a WebSocket API plays it: `$connect` before the upgrade, routes by a member of the message,
//! `@connections` on the same port.

mod connections;
mod conversation;
mod entry;
mod event;
mod management;
mod wire;

use std::collections::BTreeMap;
use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result};
use bytes::Bytes;
use http::{Request, Response, StatusCode};
use http_body_util::Full;
use hyper::body::Incoming;
use hyper::service::service_fn;
use jiff::Timestamp;
use serde::Deserialize;
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::time::timeout;

use self::connections::{Connection, Connections, Disconnect, Id, Order};
use self::event::Call;
use crate::http::LAST_ANSWERS;
use crate::lambda::{Function, Invoked};
use crate::log::{Log, Source, took};
use crate::template::SocketApi;

type Answer = Response<Full<Bytes>>;

const INTEGRATION_TIMEOUT: Duration = Duration::from_secs(29);

#[derive(Debug, Clone, Copy)]
pub(crate) struct Limits {
    pub(crate) idle_timeout: Duration,
    pub(crate) lifetime: Duration,
}

pub(crate) struct Sockets {
    api: SocketApi,
    functions: BTreeMap<String, Arc<Function>>,
    port: u16,
    limits: Limits,
    connections: Connections,
    failures_to_come: AtomicUsize,
    /// Each conversation holds a receiver: when all are gone, so is the last `$disconnect`.
    conversations: watch::Sender<()>,
    log: Log,
}

/// Why a function's answer is none.
#[derive(Debug, Clone, Copy)]
enum Failure {
    Failed,
    TimedOut,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Proxy {
    status_code: u16,
    #[serde(default)]
    headers: BTreeMap<String, Value>,
}

impl Sockets {
    /// `functions` by name, for the routes of the API.
    pub(crate) fn new(
        api: SocketApi,
        functions: BTreeMap<String, Arc<Function>>,
        port: u16,
        limits: Limits,
        log: Log,
    ) -> Arc<Self> {
        Arc::new(Self {
            api,
            functions,
            port,
            limits,
            connections: Connections::default(),
            failures_to_come: AtomicUsize::new(0),
            conversations: watch::channel(()).0,
            log,
        })
    }

    pub(crate) fn count(&self) -> usize {
        self.connections.len()
    }

    pub(crate) fn fail_posts(&self, count: usize) {
        self.failures_to_come.store(count, Ordering::Relaxed);
    }

    fn fails_now(&self) -> bool {
        let one_less = |left: usize| left.checked_sub(1);
        self.failures_to_come
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, one_less)
            .is_ok()
    }

    /// Whether there was such a connection.
    pub(crate) fn cut(&self, id: &str) -> bool {
        let connection = Id::parse(id.as_bytes()).and_then(|id| self.connections.get(id));
        connection
            .inspect(|connection| connection.order(Order::Vanish))
            .is_some()
    }

    pub(crate) async fn serve(self: Arc<Self>, listener: TcpListener, stop: watch::Receiver<()>) {
        crate::http::serve(listener, stop, |peer| {
            let sockets = Arc::clone(&self);
            service_fn(move |request| {
                let sockets = Arc::clone(&sockets);
                async move { Ok::<_, Infallible>(sockets.answer(peer, request).await) }
            })
        })
        .await;
        for connection in self.connections.all() {
            connection.order(Order::Close(Disconnect::new(1001, "Going away")));
        }
        let _ = timeout(LAST_ANSWERS, self.conversations.closed()).await;
    }

    pub(crate) async fn answer(self: Arc<Self>, peer: SocketAddr, request: Request<Incoming>) -> Answer {
        let uri = request.uri().clone();
        let below = uri
            .path()
            .strip_prefix('/')
            .and_then(|path| path.strip_prefix(self.api.stage.as_str()));
        match below {
            Some("" | "/") => self.enter(peer, request).await,
            Some(path) => match path.strip_prefix("/@connections/") {
                Some(id) => self.manage(id, request).await,
                None => forbidden(),
            },
            None => forbidden(),
        }
    }

    /// A message to its route's function. What the function answers is not for the client; that it failed is.
    async fn deliver(&self, connection: &Connection, text: &str) {
        let begun = Instant::now();
        let selected = serde_json::from_str::<Value>(text).ok();
        let selected = selected
            .as_ref()
            .and_then(|message| message.get(&self.api.selector)?.as_str());
        let found = selected
            // `$connect` and `$disconnect` are not the client's to call.
            .filter(|key| !key.starts_with('$'))
            .and_then(|key| self.api.routes.get_key_value(key))
            .or_else(|| self.api.routes.get_key_value("$default"));
        let Ok(request_id) = Id::random() else { return };
        let Some((route, function)) = found else {
            return refuse(connection, "Forbidden", request_id);
        };
        let call = self.call(connection, route, request_id);
        let outcome = match event::message(&call, text) {
            Ok(event) => self.invoke(function, event).await,
            Err(_) => Err(Failure::Failed),
        };
        match outcome {
            Ok(_) => {}
            Err(Failure::Failed) => refuse(connection, "Internal server error", request_id),
            Err(Failure::TimedOut) => refuse(connection, "Endpoint request timed out", request_id),
        }
        self.tell(
            route,
            outcome.map(|(proxy, cold_start)| (proxy.status_code, cold_start)),
            begun,
        );
    }

    async fn disconnected(&self, connection: &Connection, why: &Disconnect) {
        let begun = Instant::now();
        let route = "$disconnect";
        let (Some(function), Ok(request_id)) = (self.api.routes.get(route), Id::random()) else {
            return;
        };
        let call = self.call(connection, route, request_id);
        let outcome = match event::disconnect(&call, why) {
            Ok(event) => self.invoke(function, event).await,
            Err(_) => Err(Failure::Failed),
        };
        self.tell(
            route,
            outcome.map(|(proxy, cold_start)| (proxy.status_code, cold_start)),
            begun,
        );
    }

    async fn invoke(&self, function: &str, event: Bytes) -> Result<(Proxy, Option<Duration>), Failure> {
        let function = self.functions.get(function).ok_or(Failure::Failed)?;
        // A task of its own: like Lambda, the function goes on when the gateway gives up.
        let invocation = tokio::spawn(Arc::clone(function).invoke(event));
        let invoked = timeout(INTEGRATION_TIMEOUT, invocation)
            .await
            .map_err(|_| Failure::TimedOut)?;
        let Invoked { response, cold_start } = invoked.map_err(|_| Failure::Failed)?;
        let response = response.ok_or(Failure::Failed)?;
        let proxy = serde_json::from_slice(&response)
            .context("no statusCode")
            .map_err(|error| {
                self.log
                    .line(Source::Socket, format!("response of {}: {error:#}", function.name));
                Failure::Failed
            })?;
        Ok((proxy, cold_start))
    }

    fn call<'a>(&'a self, connection: &'a Connection, route_key: &'a str, request_id: Id) -> Call<'a> {
        Call {
            connection,
            api_id: &self.api.logical_id,
            stage: &self.api.stage,
            route_key,
            request_id,
            now: Timestamp::now(),
        }
    }

    fn tell(&self, route: &str, outcome: Result<(u16, Option<Duration>), Failure>, begun: Instant) {
        let (status, cold_start) = match outcome {
            Ok(answered) => answered,
            Err(failure) => (failure.status().as_u16(), None),
        };
        let took = took(begun, cold_start);
        self.log.line(Source::Socket, format!("{route} {status} {took}"));
    }
}

impl Failure {
    fn status(self) -> StatusCode {
        match self {
            Self::Failed => StatusCode::BAD_GATEWAY,
            Self::TimedOut => StatusCode::GATEWAY_TIMEOUT,
        }
    }
}

/// A client that does not listen misses this as well.
fn refuse(connection: &Connection, message: &str, request_id: Id) {
    let text = json!({
        "message": message,
        "connectionId": connection.id.to_string(),
        "requestId": request_id.to_string(),
    });
    let _ = connection.post(text.to_string().into());
}

fn forbidden() -> Answer {
    let mut answer = Response::new(Full::from(r#"{"message":"Forbidden"}"#));
    *answer.status_mut() = StatusCode::FORBIDDEN;
    answer
}

fn plain(status: StatusCode) -> Answer {
    let mut answer = Response::new(Full::default());
    *answer.status_mut() = status;
    answer
}
