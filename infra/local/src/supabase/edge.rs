//! What stands before every route on Supabase: CORS, the project's key, the shape of errors; and here the log.

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
use crate::log::Source;

pub(super) async fn guard(State(auth): State<Arc<Auth>>, request: Request, next: Next) -> Response {
    let begun = Instant::now();
    let (method, path) = (request.method().clone(), request.uri().path().to_owned());
    let wanted = request.headers().get(header::ACCESS_CONTROL_REQUEST_HEADERS).cloned();
    let versioned = request
        .headers()
        .get("x-supabase-api-version")
        .is_some_and(|version| version.as_bytes() >= b"2024-01-01".as_slice());
    let mut response = if method == Method::OPTIONS {
        StatusCode::NO_CONTENT.into_response()
    } else if let Some(refusal) = refused(&auth, &path, request.headers()) {
        refusal
    } else {
        next.run(request).await
    };
    if let Some(fault) = response.extensions().get::<Fault>().cloned() {
        if let Some(error) = response.extensions().get::<Arc<anyhow::Error>>() {
            auth.log
                .line(Source::Supabase, format!("{method} {path} failed: {error:#}"));
        }
        response = fault.body(versioned);
    }
    allow_every_origin(response.headers_mut(), wanted);
    let took = 1000.0 * begun.elapsed().as_secs_f64();
    auth.log.line(
        Source::Supabase,
        format!("{method} {path} {} {took:.1} ms", response.status().as_u16()),
    );
    response
}

fn refused(auth: &Auth, path: &str, headers: &HeaderMap) -> Option<Response> {
    if path.ends_with("/jwks.json") {
        return None;
    }
    let (anon, service_role) = auth.keys();
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
            HeaderValue::from_static("GET,POST,PUT,DELETE,OPTIONS"),
        );
        headers.insert(header::ACCESS_CONTROL_MAX_AGE, HeaderValue::from_static("3600"));
    }
}
