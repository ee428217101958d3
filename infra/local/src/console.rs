//! What people look at: the product's contract as a page, from assets that are compiled in, so it works without a network.

use std::path::PathBuf;
use std::sync::Arc;

use axum::Router;
use axum::extract::State;
use axum::response::{Html, IntoResponse, Response};
use axum::routing::get;
use http::{Request, StatusCode, header};
use hyper::body::Incoming;
use hyper::service::service_fn;
use swagger_ui_dist::{ApiDefinition, OpenApiSource, generate_routes};
use tokio::net::TcpListener;
use tokio::sync::watch;
use tower::ServiceExt as _;

pub(crate) const PAGE: &str = "/docs";
const CONTRACT: &str = "/docs/openapi.json";
const ASSETS: &str = "/docs/ui";
/// A browser then asks no other host for anything, whatever the assets would like.
const ONLY_FROM_HERE: &str =
    "default-src 'self'; script-src 'self' 'unsafe-inline'; style-src 'self' 'unsafe-inline'; img-src 'self' data:";

/// `contract` is an `OpenAPI` document in JSON, read anew for each look at it.
pub(crate) async fn serve(contract: PathBuf, listener: TcpListener, stop: watch::Receiver<()>) {
    let assets = generate_routes(ApiDefinition {
        uri_prefix: ASSETS,
        api_definition: OpenApiSource::Uri(CONTRACT),
        title: None,
    });
    let router = Router::new()
        .route(PAGE, get(page))
        .route(CONTRACT, get(document))
        .with_state(Arc::new(contract))
        .merge(assets);
    crate::http::serve(listener, stop, |_| {
        let router = router.clone();
        service_fn(move |request: Request<Incoming>| router.clone().oneshot(request))
    })
    .await;
}

async fn page() -> impl IntoResponse {
    (
        [(header::CONTENT_SECURITY_POLICY, ONLY_FROM_HERE)],
        Html(include_str!("../assets/contract.html")),
    )
}

async fn document(State(file): State<Arc<PathBuf>>) -> Response {
    match tokio::fs::read(file.as_path()).await {
        Ok(text) => ([(header::CONTENT_TYPE, "application/json")], text).into_response(),
        Err(error) => (StatusCode::NOT_FOUND, format!("{}: {error}", file.display())).into_response(),
    }
}
