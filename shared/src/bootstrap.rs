//! How every function starts: telemetry, configuration, router, then the Lambda runtime's loop.

use axum::{Router, middleware};
use utoipa_axum::router::OpenApiRouter;

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
pub fn serve<A>(app: fn(&mut Env) -> Result<A, Error>, router: fn() -> OpenApiRouter<A>) -> Result<(), StartError>
where
    A: Clone + Send + Sync + 'static,
{
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
        lambda_http::run(service(router().with_state(app?)))
            .await
            .map_err(StartError::from)
    })
}

fn service(router: OpenApiRouter) -> Router {
    Router::from(router)
        .fallback(async || Error::NotFound("route"))
        .layer(middleware::from_fn(telemetry::observe))
}
