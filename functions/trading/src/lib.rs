//! Router C4: prices and candles.

mod prices;

use std::sync::Arc;

use axum::extract::FromRef;
use shared::{auth::user::UserVerifier, config::Env, db::Db, error::Error};
use utoipa_axum::{router::OpenApiRouter, routes};

#[derive(Clone, FromRef)]
pub struct App {
    db: Arc<Db>,
    verifier: Arc<UserVerifier>,
}

impl App {
    pub fn from_env(env: &mut Env) -> Result<Self, Error> {
        Ok(Self {
            verifier: Arc::new(UserVerifier::from_env(env)),
            db: Arc::new(Db::from_env(env)?),
        })
    }
}

pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(prices::list))
        .routes(routes!(prices::candles))
}
