//! The Lambda Runtime API, version 2018-06-01, for one process.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::UNIX_EPOCH;

use bytes::Bytes;
use data_encoding::BASE64;
use http::{HeaderMap, Method, Request, Response, StatusCode};
use http_body_util::{BodyExt as _, Full};
use hyper::body::Incoming;
use hyper::service::service_fn;
use tokio::net::TcpListener;
use tokio::sync::{mpsc, watch};

use super::PAYLOAD_LIMIT;
use super::instance::{Instance, Outcome};

const PREFIX: &str = "/2018-06-01/runtime/";

pub(super) async fn serve(instance: Arc<Instance>, listener: TcpListener, stop: watch::Receiver<()>) {
    crate::http::serve(listener, stop, |_| {
        let instance = Arc::clone(&instance);
        service_fn(move |request| {
            let instance = Arc::clone(&instance);
            async move { Ok::<_, Infallible>(answer(&instance, request).await) }
        })
    })
    .await;
}

async fn answer(instance: &Instance, request: Request<Incoming>) -> Response<Full<Bytes>> {
    let (parts, body) = request.into_parts();
    let path = parts.uri.path().strip_prefix(PREFIX).unwrap_or_default();
    match (&parts.method, path.split('/').collect::<Vec<_>>().as_slice()) {
        (&Method::GET, ["invocation", "next"]) => next(instance).await,
        (&Method::POST, ["invocation", id, "response"]) if is_stream(&parts.headers) => {
            stream(instance, id, body).await
        }
        (&Method::POST, ["invocation", id, "response"]) => {
            if let Some(response) = read(body).await {
                return complete(instance, id, Outcome::Response(response));
            }
            complete(instance, id, Outcome::Failed("Function.ResponseSizeTooLarge".into()));
            plain(StatusCode::PAYLOAD_TOO_LARGE)
        }
        (&Method::POST, ["invocation", id, "error"]) => complete(instance, id, Outcome::Failed(text(read(body).await))),
        // The process says why before it ends; its end is what counts.
        (&Method::POST, ["init", "error"]) => {
            instance.init_failed(text(read(body).await));
            plain(StatusCode::ACCEPTED)
        }
        _ => plain(StatusCode::NOT_FOUND),
    }
}

async fn next(instance: &Instance) -> Response<Full<Bytes>> {
    instance.came_for_next();
    loop {
        if let Some(event) = take(instance) {
            return event;
        }
        instance.event_ready.notified().await;
    }
}

fn take(instance: &Instance) -> Option<Response<Full<Bytes>>> {
    let mut state = instance.state();
    let invocation = state.invocation.as_mut()?;
    let event = invocation.event.take()?;
    let deadline = invocation
        .deadline
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default()
        .as_millis();
    let id = invocation.request_id;
    let response = Response::builder()
        .header("content-type", "application/json")
        .header("lambda-runtime-aws-request-id", id.to_string())
        .header("lambda-runtime-deadline-ms", deadline.to_string())
        .header("lambda-runtime-invoked-function-arn", &instance.arn)
        .header(
            "lambda-runtime-trace-id",
            format!("Root=1-{:08x}-{:024x};Sampled=0", deadline / 1000, id.as_u128() >> 32),
        )
        .body(Full::new(event));
    Some(response.unwrap_or_else(|_| plain(StatusCode::INTERNAL_SERVER_ERROR)))
}

fn is_stream(headers: &HeaderMap) -> bool {
    headers
        .get("lambda-runtime-function-response-mode")
        .is_some_and(|mode| mode == "streaming")
}

/// Hands on what the function writes as it comes. Whoever invoked it may be gone: the function is not told and its writes
/// succeed, as on Lambda ("streaming responses are not interrupted or stopped when the invoking client connection is broken").
async fn stream(instance: &Instance, id: &str, mut body: Incoming) -> Response<Full<Bytes>> {
    let Some(asked_for) = asked_for(instance, id) else {
        return plain(StatusCode::BAD_REQUEST);
    };
    let mut buffered = Vec::new();
    let mut error = None;
    while let Some(frame) = body.frame().await {
        // The process ended in the middle, which is logged with its reason, or gave its connection up.
        let Ok(frame) = frame else {
            return complete(instance, id, Outcome::Failed("the stream was cut off".into()));
        };
        match (frame.into_data(), &asked_for) {
            (Ok(chunk), Some(stream)) => drop(stream.send(chunk).await),
            (Ok(chunk), None) if buffered.len() + chunk.len() <= PAYLOAD_LIMIT => buffered.extend_from_slice(&chunk),
            (Ok(_), None) => error = Some("Function.ResponseSizeTooLarge".to_owned()),
            (Err(trailers), _) => error = error.or_else(|| reported(trailers.trailers_ref()?)),
        }
    }
    complete(
        instance,
        id,
        match (error, asked_for) {
            (Some(error), _) => Outcome::Failed(error),
            (None, Some(_)) => Outcome::Streamed,
            (None, None) => Outcome::Response(buffered.into()),
        },
    )
}

/// Whether the response is to be streamed and where to; `None` when this is not the invocation under way.
fn asked_for(instance: &Instance, id: &str) -> Option<Option<mpsc::Sender<Bytes>>> {
    let state = instance.state();
    let invocation = state.invocation.as_ref()?;
    (invocation.request_id.to_string() == id).then(|| invocation.stream.clone())
}

/// The error that a function reports after it began to stream: its type, and what it says in base64.
fn reported(trailers: &HeaderMap) -> Option<String> {
    let text = |name: &str| trailers.get(name)?.to_str().ok();
    let kind = text("lambda-runtime-function-error-type")?;
    let said = text("lambda-runtime-function-error-body").and_then(|body| BASE64.decode(body.as_bytes()).ok());
    Some(format!(
        "{kind}: {}",
        String::from_utf8_lossy(&said.unwrap_or_default())
    ))
}

fn complete(instance: &Instance, id: &str, outcome: Outcome) -> Response<Full<Bytes>> {
    let mut state = instance.state();
    match &state.invocation {
        Some(invocation) if invocation.request_id.to_string() == id => {}
        Some(_) | None => return plain(StatusCode::BAD_REQUEST),
    }
    if let Some(invocation) = state.invocation.take() {
        // An error means that the caller has given up waiting.
        let _ = invocation.done.send(outcome);
    }
    plain(StatusCode::ACCEPTED)
}

async fn read(body: Incoming) -> Option<Bytes> {
    crate::http::collect(body, PAYLOAD_LIMIT).await
}

fn text(body: Option<Bytes>) -> String {
    String::from_utf8_lossy(&body.unwrap_or_default()).into_owned()
}

fn plain(status: StatusCode) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::default());
    *response.status_mut() = status;
    response
}
