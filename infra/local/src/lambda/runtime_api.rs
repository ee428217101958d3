//! The Lambda Runtime API, version 2018-06-01, for one process.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::UNIX_EPOCH;

use bytes::Bytes;
use http::{Method, Request, Response, StatusCode};
use http_body_util::Full;
use hyper::body::Incoming;
use hyper::service::service_fn;
use tokio::net::TcpListener;
use tokio::sync::watch;

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
