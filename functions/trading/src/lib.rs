//! Router C4: the account, its positions and history, orders by hand, flatten; jobs; prices and candles.

mod account;
mod history;
mod jobs;
mod orders;
mod positions;
mod prices;

use std::sync::Arc;

use axum::{Json, extract::FromRef, http::StatusCode};
use shared::{
    auth::user::UserVerifier,
    config::Env,
    db::{Db, job::Ordered},
    domain::job::Job,
    error::Error,
    news::Newsroom,
    routes,
    routing::Routes,
};

#[derive(Clone, FromRef)]
pub struct App {
    db: Arc<Db>,
    verifier: Arc<UserVerifier>,
    newsroom: Arc<Newsroom>,
}

impl App {
    pub fn from_env(env: &mut Env) -> Result<Self, Error> {
        Ok(Self {
            verifier: Arc::new(UserVerifier::from_env(env)),
            newsroom: Arc::new(Newsroom::from_env(env)),
            db: Arc::new(Db::from_env(env)?),
        })
    }
}

pub fn router<R: Routes<App>>() -> R {
    R::default()
        .routes(routes!(account::list))
        .routes(routes!(positions::list))
        .routes(routes!(positions::close))
        .routes(routes!(positions::flatten))
        .routes(routes!(history::list))
        .routes(routes!(orders::place))
        .routes(routes!(jobs::show))
        .routes(routes!(prices::list))
        .routes(routes!(prices::candles))
}

/// Tells whom it concerns, and answers with the job: 201 when it was made now, 200 when it was there.
async fn answer(newsroom: &Newsroom, ordered: Ordered) -> (StatusCode, Json<Job>) {
    let Ordered { job, created, news } = ordered;
    newsroom.send(&news).await;
    let status = if created { StatusCode::CREATED } else { StatusCode::OK };
    (status, Json(job))
}
