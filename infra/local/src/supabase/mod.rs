//! Supabase as far as the product needs it: what it lays in the database, Auth for e-mail and password, and Storage.

mod auth;
mod edge;
mod error;
mod requests;
mod storage;
mod store;
mod tokens;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result};
use http::Request;
use hyper::body::Incoming;
use hyper::service::service_fn;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tower::ServiceExt as _;

use self::auth::Auth;
pub(crate) use self::storage::Storage;
use self::store::Store;
use self::tokens::Tokens;
pub use self::tokens::{Keys, Signing};
use crate::log::Log;

#[derive(Debug, Clone)]
pub struct Config {
    /// 0 takes any free port.
    pub port: u16,
    /// A login that may become `supabase_auth_admin`.
    pub admin_database_url: String,
    /// Signs the `anon` and `service_role` keys, and with `Signing::Hs256` the users' tokens.
    pub jwt_secret: String,
    pub signing: Signing,
    pub token_lifetime: Duration,
    /// A spent refresh token is forgiven for this long, so that two tabs that wake together stay signed in.
    pub reuse_interval: Duration,
    pub bcrypt_cost: u32,
}

impl Config {
    /// Supabase's own defaults.
    pub fn new(admin_database_url: impl Into<String>, jwt_secret: impl Into<String>) -> Self {
        Self {
            port: 0,
            admin_database_url: admin_database_url.into(),
            jwt_secret: jwt_secret.into(),
            signing: Signing::Hs256,
            token_lifetime: Duration::from_hours(1),
            reuse_interval: Duration::from_secs(10),
            bcrypt_cost: 10,
        }
    }

    #[must_use]
    pub fn es256(self, key_file: impl Into<PathBuf>) -> Self {
        Self {
            signing: Signing::Es256 {
                key_file: key_file.into(),
            },
            ..self
        }
    }

    /// The same in every run with this secret.
    pub fn keys(&self) -> Keys {
        Keys::signed_with(&self.jwt_secret)
    }
}

/// Lays on a plain database what Supabase provides. Harmless when repeated, and when several databases of a cluster are prepared at once.
pub async fn prepare(client: &tokio_postgres::Client) -> Result<()> {
    client
        .batch_execute(include_str!("../../sql/roles.sql"))
        .await
        .context("Supabase's roles")?;
    client
        .batch_execute(include_str!("../../sql/supabase.sql"))
        .await
        .context("Supabase's schemas")
}

pub(crate) struct Supabase {
    auth: Arc<Auth>,
    pub(crate) storage: Arc<Storage>,
}

impl Supabase {
    /// `url` is the project's address, the issuer of every token; files are kept in `folder`.
    pub(crate) fn new(config: &Config, url: &str, folder: Option<&Path>, log: Log) -> Result<Self> {
        let tokens = Tokens::new(config, url)?;
        let store = Store::new(&config.admin_database_url)?;
        Ok(Self {
            storage: Arc::new(Storage::new(config, folder, log.clone())?),
            auth: Arc::new(Auth::new(config, store, tokens, log)),
        })
    }

    pub(crate) async fn serve(self, listener: TcpListener, stop: watch::Receiver<()>) {
        let (auth, storage) = (auth::router(self.auth), storage::router(self.storage));
        crate::http::serve(listener, stop, |_| {
            let (auth, storage) = (auth.clone(), storage.clone());
            service_fn(move |request: Request<Incoming>| {
                let router = if request.uri().path().starts_with(storage::PREFIX) {
                    &storage
                } else {
                    &auth
                };
                router.clone().oneshot(request)
            })
        })
        .await;
    }
}
