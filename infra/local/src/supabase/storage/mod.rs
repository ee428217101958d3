//! Supabase Storage's REST protocol (supabase/storage, `src/http/routes`): buckets and objects are rows of the schema
//! `storage`, contents are files in a folder.
//!
//! Policies on `storage.objects` are not played. `service_role` may everything, anon and users nothing but what a signed
//! address or a public bucket opens to everybody. Neither are ranges, resumable uploads, copies, moves and images.

mod body;
mod buckets;
mod error;
mod extract;
mod files;
mod objects;
mod signature;
mod signed;
mod store;

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use anyhow::{Context, Result};
use axum::Router;
use axum::extract::{DefaultBodyLimit, Request, State};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::routing::{delete, get, post};
use http::{Method, StatusCode};

use self::error::Failure;
use self::files::Files;
use self::signature::Signatures;
use self::store::Store;
use super::{Config, edge};
use crate::log::Log;

pub(super) const PREFIX: &str = "/storage/v1";

type Answer = Result<Response, Failure>;
type App = State<Arc<Storage>>;

pub(crate) struct Storage {
    store: Store,
    files: Files,
    signatures: Signatures,
    down: AtomicBool,
    log: Log,
}

impl Storage {
    /// Files go to a temporary folder when none is given.
    pub(super) fn new(config: &Config, folder: Option<&Path>, log: Log) -> Result<Self> {
        Ok(Self {
            store: Store::new(&config.admin_database_url)?,
            files: Files::new(folder).context("Storage's folder")?,
            signatures: Signatures::new(&config.jwt_secret),
            down: AtomicBool::new(false),
            log,
        })
    }

    pub(crate) fn set_down(&self, down: bool) {
        self.down.store(down, Ordering::Relaxed);
    }
}

pub(super) fn router(storage: Arc<Storage>) -> Router {
    let objects = Router::new()
        .route("/sign/{bucket}", post(signed::sign_many))
        .route("/sign/{bucket}/{*name}", post(signed::sign).get(signed::download))
        .route(
            "/upload/sign/{bucket}/{*name}",
            post(signed::sign_upload).put(signed::upload),
        )
        .route("/authenticated/{bucket}/{*name}", get(objects::download))
        .route("/public/{bucket}/{*name}", get(objects::download_public))
        .route("/info/{bucket}/{*name}", get(objects::info))
        .route("/info/authenticated/{bucket}/{*name}", get(objects::info))
        .route("/info/public/{bucket}/{*name}", get(objects::info_public))
        .route("/list/{bucket}", post(objects::list))
        .route("/{bucket}", delete(objects::delete_many))
        .route(
            "/{bucket}/{*name}",
            get(objects::download)
                .post(objects::upload)
                .put(objects::replace)
                .delete(objects::delete),
        );
    let v1 = Router::new()
        .route("/bucket", post(buckets::create))
        .route("/bucket/{bucket}", get(buckets::show))
        .nest("/object", objects);
    Router::new()
        .nest(PREFIX, v1)
        // A bucket has a limit of its own.
        .layer(DefaultBodyLimit::disable())
        .layer(from_fn_with_state(Arc::clone(&storage), guard))
        .with_state(storage)
}

async fn guard(State(storage): App, request: Request, next: Next) -> Response {
    let call = edge::Call::of(&request);
    let response = if request.method() == Method::OPTIONS {
        StatusCode::NO_CONTENT.into_response()
    } else if storage.down.load(Ordering::Relaxed) {
        StatusCode::SERVICE_UNAVAILABLE.into_response()
    } else {
        next.run(request).await
    };
    call.answered(response, &storage.log)
}
