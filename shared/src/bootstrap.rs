//! How every function starts: telemetry, configuration, then the Lambda runtime's loop with its router or its handler.

mod stream;

use axum::{Router, middleware};
use lambda_http::{LambdaEvent, lambda_runtime};
use serde::{Serialize, de::DeserializeOwned};

use crate::{
    config::{ConfigError, Env},
    error::Error,
    telemetry,
};

#[derive(Debug, thiserror::Error)]
pub enum StartError {
    #[error(transparent)]
    Config(#[from] ConfigError),
    #[error(transparent)]
    App(#[from] Error),
    #[error(transparent)]
    Runtime(#[from] lambda_http::Error),
}

/// Runs a function: `app` reads the environment, `router` has the routes that live on what it read.
pub fn serve<A>(app: fn(&mut Env) -> Result<A, Error>, router: fn() -> Router<A>) -> Result<(), StartError>
where
    A: Clone + Send + Sync + 'static,
{
    start(app, async |app| {
        lambda_http::run(service(router().with_state(app))).await
    })
}

/// As [`serve`], behind a REST API: an answer leaves as it is written. Reads `DASHBOARD_ORIGIN`, the one that a browser may call
/// from: unlike an HTTP API, a REST API leaves that to the function.
pub fn serve_stream<A>(app: fn(&mut Env) -> Result<A, Error>, router: fn() -> Router<A>) -> Result<(), StartError>
where
    A: Clone + Send + Sync + 'static,
{
    let with_origin = |env: &mut Env| {
        let origin = env.text("DASHBOARD_ORIGIN");
        app(env).map(|app| (app, origin))
    };
    start(with_origin, async |(app, origin)| {
        stream::run(service(router().with_state(app)), &origin).await
    })
}

/// Runs a function that no HTTP request triggers: a queue, a schedule, a socket. An error fails the invocation.
pub fn serve_events<A, E, R>(
    app: fn(&mut Env) -> Result<A, Error>,
    handle: impl AsyncFn(&A, E) -> Result<R, Error>,
) -> Result<(), StartError>
where
    E: DeserializeOwned,
    R: Serialize,
{
    start(app, async move |app| {
        let (app, handle) = (&app, &handle);
        let service = lambda_runtime::service_fn(async move |event: LambdaEvent<E>| {
            let LambdaEvent { payload, context } = event;
            // On the heap: one future inside the other overflows the compiler's limit for layouts.
            telemetry::observe_event(&context, Box::pin(handle(app, payload))).await
        });
        lambda_runtime::run(service).await
    })
}

fn start<A>(
    app: impl FnOnce(&mut Env) -> Result<A, Error>,
    run: impl AsyncFnOnce(A) -> Result<(), lambda_http::Error>,
) -> Result<(), StartError> {
    telemetry::start();
    // One thread: an instance serves one request at a time on a fraction of a core.
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(lambda_http::Error::from)?;
    runtime.block_on(async {
        let mut env = Env::of_process();
        let app = app(&mut env);
        env.finish()?;
        run(app?).await.map_err(StartError::from)
    })
}

fn service(router: Router) -> Router {
    router
        .fallback(async || Error::NotFound("route"))
        .layer(middleware::from_fn(telemetry::observe))
}
