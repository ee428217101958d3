//! Router C7: TradingView strategies, and the signals that came of their alerts.

mod alert_text;
mod signals;
mod strategies;

use std::sync::Arc;

use axum::extract::FromRef;
use shared::{
    auth::user::UserVerifier,
    config::Env,
    db::{Db, strategy::WebhookBase},
    error::Error,
    routes,
    routing::Routes,
};

#[derive(Clone, FromRef)]
pub struct App {
    db: Arc<Db>,
    verifier: Arc<UserVerifier>,
    webhooks: WebhookBase,
}

impl App {
    pub fn from_env(env: &mut Env) -> Result<Self, Error> {
        Ok(Self {
            verifier: Arc::new(UserVerifier::from_env(env)),
            webhooks: WebhookBase(env.text("PUBLIC_URL")),
            db: Arc::new(Db::from_env(env)?),
        })
    }
}

pub fn router<R: Routes<App>>() -> R {
    R::default()
        .routes(routes!(strategies::list, strategies::create))
        .routes(routes!(strategies::show, strategies::update, strategies::delete))
        .routes(routes!(strategies::rotate_secret))
        .routes(routes!(strategies::explain))
        .routes(routes!(alert_text::show))
        .routes(routes!(signals::list))
        .routes(routes!(signals::show))
}
