//! API Gateway as an HTTP API plays it: routes, limits, CORS, payload format 2.0.

mod cors;
mod event;
mod response;
mod routes;
mod stream;

use std::collections::BTreeMap;
use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, anyhow};
use bytes::Bytes;
use http::request::Parts;
use http::{HeaderValue, Request, Response, StatusCode, header};
use http_body_util::{BodyExt, Full, LengthLimitError, Limited};
use hyper::body::{Body as _, Incoming};
use hyper::service::service_fn;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::time::timeout;
use uuid::Uuid;

use self::cors::Cors;
use self::event::Call;
use self::routes::Routes;
pub(crate) use self::stream::StreamGateway;
use crate::lambda::{Function, PAYLOAD_LIMIT};
use crate::log::{Log, Source, took};
use crate::template::{HttpApi, Route};

type Answer = Response<Full<Bytes>>;

const BODY_LIMIT: usize = 10 * 1024 * 1024;
/// Request line and headers together.
const HEAD_LIMIT: usize = 10 * 1024;
const INTEGRATION_TIMEOUT: Duration = Duration::from_secs(30);

pub(crate) struct Gateway {
    routes: Routes,
    cors: Option<Cors>,
    stage_variables: BTreeMap<String, String>,
    port: u16,
    log: Log,
}

/// What the gateway's line in the log says of a request. Never its path: that may hold a secret.
struct Seen {
    route: String,
    cold_start: Option<Duration>,
}

impl Gateway {
    pub(crate) fn new(
        api: &HttpApi,
        functions: impl Iterator<Item = (Route, Arc<Function>)>,
        port: u16,
        log: Log,
    ) -> Result<Arc<Self>> {
        let cors = api
            .cors_configuration
            .as_ref()
            .map(Cors::new)
            .transpose()
            .context("CorsConfiguration")?;
        let routes = Routes::new(functions)?;
        Ok(Arc::new(Self {
            routes,
            cors,
            stage_variables: api.stage_variables.clone(),
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
        let begun = Instant::now();
        let method = request.method().clone();
        let origin = request.headers().get(header::ORIGIN).cloned();
        let mut seen = Seen {
            route: "-".to_owned(),
            cold_start: None,
        };
        let request_id = Uuid::new_v4().to_string();
        let mut answer = match self.cors.as_ref().and_then(|cors| cors.preflight(&request)) {
            Some(preflight) => preflight,
            None => self.route(peer, request, &request_id, &mut seen).await,
        };
        if let Some(cors) = &self.cors {
            cors.mark(answer.headers_mut(), origin.as_ref());
        }
        if let Ok(id) = HeaderValue::try_from(request_id) {
            answer.headers_mut().insert("apigw-requestid", id);
        }
        self.log.line(
            Source::Gateway,
            format!(
                "{method} {} {} {}",
                seen.route,
                answer.status().as_u16(),
                took(begun, seen.cold_start)
            ),
        );
        answer
    }

    async fn route(&self, peer: SocketAddr, request: Request<Incoming>, request_id: &str, seen: &mut Seen) -> Answer {
        let (parts, body) = request.into_parts();
        let Some(found) = self.routes.find(&parts.method, parts.uri.path()) else {
            return message(StatusCode::NOT_FOUND, "Not Found");
        };
        seen.route.clone_from(&found.target.path);
        if head_size(&parts) > HEAD_LIMIT {
            return message(
                StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE,
                "Request Header Fields Too Large",
            );
        }
        let body = match read(body).await {
            Ok(body) => body,
            Err(refusal) => return refusal,
        };
        let call = Call {
            route_key: &found.target.key,
            path_parameters: &found.parameters,
            stage_variables: &self.stage_variables,
            source: peer.ip(),
            port: self.port,
            request_id,
            now: jiff::Timestamp::now(),
        };
        let event = match event::build(&call, &parts, &body) {
            Ok(event) if event.len() <= PAYLOAD_LIMIT => event,
            Ok(_) => return message(StatusCode::PAYLOAD_TOO_LARGE, "Request Too Long"),
            Err(error) => return self.failure(&anyhow!(error).context("event")),
        };
        self.integrate(&found.target.function, event, seen).await
    }

    async fn integrate(&self, function: &Arc<Function>, event: Bytes, seen: &mut Seen) -> Answer {
        // A task of its own: like Lambda, the function goes on when the client hangs up or the gateway gives up.
        let invocation = tokio::spawn(Arc::clone(function).invoke(event));
        let Ok(invoked) = timeout(INTEGRATION_TIMEOUT, invocation).await else {
            return message(StatusCode::SERVICE_UNAVAILABLE, "Service Unavailable");
        };
        let Some(response) = invoked.ok().and_then(|invoked| {
            seen.cold_start = invoked.cold_start;
            invoked.response
        }) else {
            return internal();
        };
        response::decode(&response)
            .unwrap_or_else(|error| self.failure(&error.context(format!("response of {}", function.name))))
    }

    fn failure(&self, error: &anyhow::Error) -> Answer {
        self.log.line(Source::Gateway, format!("{error:#}"));
        internal()
    }
}

fn head_size(parts: &Parts) -> usize {
    let line = parts.method.as_str().len() + parts.uri.path_and_query().map_or(0, |path| path.as_str().len());
    line + parts
        .headers
        .iter()
        .map(|(name, value)| name.as_str().len() + value.len())
        .sum::<usize>()
}

async fn read(body: Incoming) -> Result<Bytes, Answer> {
    let too_long = || message(StatusCode::PAYLOAD_TOO_LARGE, "Request Too Long");
    if body.size_hint().lower() > BODY_LIMIT as u64 {
        return Err(too_long());
    }
    match Limited::new(body, BODY_LIMIT).collect().await {
        Ok(body) => Ok(body.to_bytes()),
        Err(error) if error.is::<LengthLimitError>() => Err(too_long()),
        Err(_) => Err(message(StatusCode::BAD_REQUEST, "Bad Request")),
    }
}

fn message(status: StatusCode, text: &str) -> Answer {
    let mut response = Response::new(Full::from(format!(r#"{{"message":"{text}"}}"#)));
    *response.status_mut() = status;
    response
        .headers_mut()
        .insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    response
}

/// What an HTTP API says whenever the function failed: an error, its timeout, a crash, an answer it cannot read.
fn internal() -> Answer {
    message(StatusCode::INTERNAL_SERVER_ERROR, "Internal Server Error")
}
