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

/// What is wrong with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fault {
    Asleep,
    NoContentPolicy,
    NotUploaded,
    TakesAnyAlert,
    OpensAnySocket,
    AnswersAnyOrigin,
    DatabaseIsGone,
    StreamIsOpen,
    /// No fault: the project signs its tokens with a key pair.
    KeyPair,
}

#[derive(Clone)]
pub(crate) struct Site {
    url: String,
    config: Arc<tempfile::TempDir>,
    faults: Arc<Mutex<Vec<Fault>>>,
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

    pub(crate) fn has(&self, faults: &[Fault]) {
        *self.faults.lock().expect("no test panicked with it") = faults.to_vec();
    }
}

async fn answer(State(site): State<Site>, method: Method, uri: Uri, headers: HeaderMap) -> Response {
    let faults = site.faults.lock().expect("no test panicked with it").clone();
    let has = |fault| faults.contains(&fault);
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
        return if own || has(Fault::AnswersAnyOrigin) {
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
        "/auth/v1/.well-known/jwks.json" if has(Fault::KeyPair) => {
            json!({"keys": [{"kid": "1"}]}).to_string().into_response()
        }
        "/auth/v1/.well-known/jwks.json" => json!({"keys": []}).to_string().into_response(),
        // Storage's own way to say 403.
        "/storage/v1/bucket/ea" if !takes(header("apikey"), header("authorization")) => {
            let body =
                json!({"statusCode": "403", "error": "Unauthorized", "message": "signature verification failed"});
            (StatusCode::BAD_REQUEST, body.to_string()).into_response()
        }
        "/storage/v1/bucket/ea" => {
            let body = json!({"statusCode": "404", "error": "Bucket not found", "message": "Bucket not found"});
            (StatusCode::BAD_REQUEST, body.to_string()).into_response()
        }
        "/api/health" if has(Fault::Asleep) => StatusCode::BAD_GATEWAY.into_response(),
        "/api/health" => json!({"status": "ok"}).to_string().into_response(),
        "/" if has(Fault::NotUploaded) => StatusCode::NOT_FOUND.into_response(),
        "/" if has(Fault::NoContentPolicy) => "<html>".into_response(),
        "/" => (
            [("content-security-policy", "default-src 'self'")],
            "<!doctype html><HTML>",
        )
            .into_response(),
        "/config.json" => match std::fs::read(site.config_file()) {
            Ok(config) => config.into_response(),
            Err(_) => StatusCode::NOT_FOUND.into_response(),
        },
        "/auth/v1/settings" | "/api/auth/me" => StatusCode::UNAUTHORIZED.into_response(),
        "/socket" if has(Fault::OpensAnySocket) => StatusCode::SWITCHING_PROTOCOLS.into_response(),
        "/socket" if header("upgrade") == "websocket" => StatusCode::UNAUTHORIZED.into_response(),
        _ if path.starts_with("/api/webhooks/tv/") && has(Fault::TakesAnyAlert) => StatusCode::OK.into_response(),
        _ if path.starts_with("/api/agents/") && has(Fault::DatabaseIsGone) => {
            StatusCode::SERVICE_UNAVAILABLE.into_response()
        }
        // A key of another form would be refused without asking the database.
        _ if path.starts_with("/api/agents/") && header("x-agent-key").len() != "fxa_".len() + 8 + 1 + 43 => {
            StatusCode::BAD_REQUEST.into_response()
        }
        _ if path.starts_with("/api/agents/") => StatusCode::UNAUTHORIZED.into_response(),
        _ if path.starts_with("/stream/") && has(Fault::StreamIsOpen) => StatusCode::OK.into_response(),
        _ if path.starts_with("/stream/") => StatusCode::UNAUTHORIZED.into_response(),
        _ => StatusCode::NOT_FOUND.into_response(),
    }
}

/// A JWT stands in both headers, a key of the new kind only in its own.
fn takes(key: &str, authorization: &str) -> bool {
    let service_role = jwt("service_role");
    (key == service_role && authorization == format!("Bearer {service_role}"))
        || (key == "sb_secret_of_this_project" && authorization.is_empty())
}
