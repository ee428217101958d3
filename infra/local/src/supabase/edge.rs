//! What stands before every route on Supabase: CORS and, before Auth, the project's key and the shape of errors; and here the log.

use std::sync::Arc;
use std::time::Instant;

use axum::Json;
use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use serde_json::json;

use super::auth::Auth;
use super::error::Fault;
use super::tokens::Keys;
use crate::log::{Log, Source, took};

/// A request under way: what its answer's headers and its line in the log need of it. Never the query, which may hold a token.
pub(super) struct Call {
    begun: Instant,
    method: Method,
    path: String,
    wanted_headers: Option<HeaderValue>,
}

impl Call {
    pub(super) fn of(request: &Request) -> Self {
        Self {
            begun: Instant::now(),
            method: request.method().clone(),
            path: request.uri().path().to_owned(),
            wanted_headers: request.headers().get(header::ACCESS_CONTROL_REQUEST_HEADERS).cloned(),
        }
    }

    pub(super) fn answered(self, mut response: Response, log: &Log) -> Response {
        let Self {
            begun,
            method,
            path,
            wanted_headers,
        } = self;
        if let Some(error) = response.extensions().get::<Arc<anyhow::Error>>() {
            log.line(Source::Supabase, format!("{method} {path} failed: {error:#}"));
        }
        allow_every_origin(response.headers_mut(), wanted_headers);
        let status = response.status().as_u16();
        log.line(
            Source::Supabase,
            format!("{method} {path} {status} {}", took(begun, None)),
        );
        response
    }
}

pub(super) async fn guard(State(auth): State<Arc<Auth>>, request: Request, next: Next) -> Response {
    let call = Call::of(&request);
    let versioned = request
        .headers()
        .get("x-supabase-api-version")
        .is_some_and(|version| version.as_bytes() >= b"2024-01-01".as_slice());
    let mut response = if call.method == Method::OPTIONS {
        StatusCode::NO_CONTENT.into_response()
    } else if let Some(refusal) = refused(&auth, &call.path, request.headers()) {
        refusal
    } else {
        next.run(request).await
    };
    if let Some(fault) = response.extensions().get::<Fault>() {
        let mut shaped = fault.body(versioned);
        if let Some(error) = response.extensions_mut().remove::<Arc<anyhow::Error>>() {
            shaped.extensions_mut().insert(error);
        }
        response = shaped;
    }
    call.answered(response, &auth.log)
}

fn refused(auth: &Auth, path: &str, headers: &HeaderMap) -> Option<Response> {
    if path.ends_with("/jwks.json") {
        return None;
    }
    let Keys { anon, service_role } = auth.keys();
    let message = match headers.get("apikey") {
        Some(key) if key == anon || key == service_role => return None,
        Some(_) => "Invalid API key",
        None => "No API key found in request",
    };
    let hint = "Send the project's `anon` key in the header `apikey`.";
    Some(
        (
            StatusCode::UNAUTHORIZED,
            Json(json!({ "message": message, "hint": hint })),
        )
            .into_response(),
    )
}

fn allow_every_origin(headers: &mut HeaderMap, wanted: Option<HeaderValue>) {
    headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
    headers.insert(
        header::ACCESS_CONTROL_EXPOSE_HEADERS,
        HeaderValue::from_static("x-total-count, link, x-supabase-api-version, x-sb-error-code"),
    );
    if let Some(wanted) = wanted {
        headers.insert(header::ACCESS_CONTROL_ALLOW_HEADERS, wanted);
        headers.insert(
            header::ACCESS_CONTROL_ALLOW_METHODS,
            HeaderValue::from_static("GET,HEAD,POST,PUT,DELETE,OPTIONS"),
        );
        headers.insert(header::ACCESS_CONTROL_MAX_AGE, HeaderValue::from_static("3600"));
    }
}
