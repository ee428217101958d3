//! Supabase and the deployed product, on one address.

use std::{
    path::PathBuf,
    sync::{Arc, Mutex, mpsc},
    thread,
};

use axum::{
    Router,
    extract::State,
    http::{HeaderMap, Method, StatusCode, Uri},
    response::{IntoResponse, Response},
};
use serde_json::json;

use super::jwt;

/// What is wrong with it; nothing, unless a test says so.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Faults {
    pub(crate) asleep: bool,
    pub(crate) no_content_policy: bool,
    pub(crate) not_uploaded: bool,
    pub(crate) takes_any_alert: bool,
    pub(crate) opens_any_socket: bool,
    pub(crate) answers_any_origin: bool,
    pub(crate) database_is_gone: bool,
    pub(crate) stream_is_open: bool,
    pub(crate) key_pair: bool,
}

#[derive(Clone)]
pub(crate) struct Site {
    url: String,
    config: Arc<tempfile::TempDir>,
    faults: Arc<Mutex<Faults>>,
}

impl Site {
    pub(crate) fn start() -> Self {
        let (sender, receiver) = mpsc::channel();
        let (config, faults) = (Arc::new(tempfile::tempdir().expect("a folder")), Arc::default());
        let (of_server, faults_of_server) = (Arc::clone(&config), Arc::clone(&faults));
        // It ends with the process, as the test does.
        thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build()
                .expect("a runtime");
            runtime.block_on(async {
                let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
                let site = Self {
                    url: format!("http://{}", listener.local_addr().expect("an address")),
                    config: of_server,
                    faults: faults_of_server,
                };
                sender.send(site.url.clone()).expect("the test waits");
                let router = Router::new().fallback(answer).with_state(site);
                axum::serve(listener, router).await.expect("the site serves");
            });
        });
        Self {
            url: receiver.recv().expect("the site starts"),
            config,
            faults,
        }
    }

    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    pub(crate) fn config_file(&self) -> PathBuf {
        self.config.path().join("config.json")
    }

    pub(crate) fn has(&self, faults: Faults) {
        *self.faults.lock().expect("no test panicked with it") = faults;
    }
}

async fn answer(State(site): State<Site>, method: Method, uri: Uri, headers: HeaderMap) -> Response {
    let faults = *site.faults.lock().expect("no test panicked with it");
    let header = |name: &str| {
        headers
            .get(name)
            .and_then(|value| value.to_str().ok())
            .unwrap_or_default()
    };
    let path = uri.path();
    if method == Method::OPTIONS {
        let origin = header("origin");
        let own = origin == site.url;
        return if own || faults.answers_any_origin {
            (
                [("access-control-allow-origin", origin.to_owned())],
                StatusCode::NO_CONTENT,
            )
                .into_response()
        } else {
            StatusCode::NO_CONTENT.into_response()
        };
    }
    match path {
        "/auth/v1/settings" if header("apikey") == jwt("anon") => "{}".into_response(),
        "/auth/v1/settings" => StatusCode::UNAUTHORIZED.into_response(),
        "/auth/v1/.well-known/jwks.json" if faults.key_pair => {
            json!({"keys": [{"kid": "1"}]}).to_string().into_response()
        }
        "/auth/v1/.well-known/jwks.json" => json!({"keys": []}).to_string().into_response(),
        // Storage's own way to say 403.
        "/storage/v1/bucket/ea" if header("apikey") != jwt("service_role") => {
            let body =
                json!({"statusCode": "403", "error": "Unauthorized", "message": "signature verification failed"});
            (StatusCode::BAD_REQUEST, body.to_string()).into_response()
        }
        "/storage/v1/bucket/ea" => {
            let body = json!({"statusCode": "404", "error": "Bucket not found", "message": "Bucket not found"});
            (StatusCode::BAD_REQUEST, body.to_string()).into_response()
        }
        "/api/health" if faults.asleep => StatusCode::BAD_GATEWAY.into_response(),
        "/api/health" => json!({"status": "ok"}).to_string().into_response(),
        "/" if faults.not_uploaded => StatusCode::NOT_FOUND.into_response(),
        "/" if faults.no_content_policy => "<html>".into_response(),
        "/" => (
            [("content-security-policy", "default-src 'self'")],
            "<!doctype html><HTML>",
        )
            .into_response(),
        "/config.json" => match std::fs::read(site.config_file()) {
            Ok(config) => config.into_response(),
            Err(_) => StatusCode::NOT_FOUND.into_response(),
        },
        "/api/auth/me" => StatusCode::UNAUTHORIZED.into_response(),
        "/socket" if faults.opens_any_socket => StatusCode::SWITCHING_PROTOCOLS.into_response(),
        "/socket" if header("upgrade") == "websocket" => StatusCode::UNAUTHORIZED.into_response(),
        _ if path.starts_with("/api/webhooks/tv/") && faults.takes_any_alert => StatusCode::OK.into_response(),
        _ if path.starts_with("/api/agents/") && faults.database_is_gone => {
            StatusCode::SERVICE_UNAVAILABLE.into_response()
        }
        _ if path.starts_with("/api/agents/") => StatusCode::UNAUTHORIZED.into_response(),
        _ if path.starts_with("/stream/") && faults.stream_is_open => StatusCode::OK.into_response(),
        _ if path.starts_with("/stream/") => StatusCode::UNAUTHORIZED.into_response(),
        _ => StatusCode::NOT_FOUND.into_response(),
    }
}
