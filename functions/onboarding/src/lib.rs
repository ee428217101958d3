//! Router C2: who the user is to us and how far they have come, from the disclaimer to the first alert; and the broker
//! connections that everything else refers to.

mod connections;
mod profile;
mod progress;
mod settings;

use std::sync::Arc;

use axum::extract::FromRef;
use shared::{auth::user::UserVerifier, config::Env, db::Db, error::Error, routes, routing::Routes};

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

pub fn router<R: Routes<App>>() -> R {
    R::default()
        .routes(routes!(profile::show, profile::update))
        .routes(routes!(settings::show, settings::update))
        .routes(routes!(settings::accept_disclaimer))
        .routes(routes!(progress::show))
        .routes(routes!(connections::list, connections::create))
        .routes(routes!(connections::update, connections::delete))
}
