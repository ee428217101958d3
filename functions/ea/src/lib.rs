//! Router C4: expert advisors, from a project over its drafts to what the compiler made of them. Files are in Storage; of them
//! only source code passes through here.

mod artifacts;
mod compile;
mod generation;
mod projects;
mod versions;

use std::sync::Arc;

use axum::extract::FromRef;
use shared::{
    auth::user::UserVerifier, config::Env, db::Db, error::Error, news::Newsroom, routes, routing::Routes,
    storage::Storage,
};

#[derive(Clone, FromRef)]
pub struct App {
    db: Arc<Db>,
    verifier: Arc<UserVerifier>,
    storage: Arc<Storage>,
    newsroom: Arc<Newsroom>,
}

impl App {
    pub fn from_env(env: &mut Env) -> Result<Self, Error> {
        Ok(Self {
            verifier: Arc::new(UserVerifier::from_env(env)),
            storage: Arc::new(Storage::from_env(env)),
            newsroom: Arc::new(Newsroom::from_env(env)),
            db: Arc::new(Db::from_env(env)?),
        })
    }
}

pub fn router<R: Routes<App>>() -> R {
    R::default()
        .routes(routes!(projects::list, projects::create))
        .routes(routes!(projects::show, projects::update, projects::delete))
        .routes(routes!(versions::list, versions::create))
        .routes(routes!(versions::show, versions::save))
        .routes(routes!(compile::compile))
        .routes(routes!(generation::cancel))
        .routes(routes!(artifacts::download))
}
