//! Supabase as far as the product needs it: what it lays in the database, and Auth for e-mail and password.

mod auth;
mod edge;
mod error;
mod requests;
mod store;
mod tokens;

use std::path::PathBuf;
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
use self::store::Store;
pub use self::tokens::Signing;
use self::tokens::Tokens;
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
}

impl Supabase {
    /// `url` is the project's address, the issuer of every token.
    pub(crate) fn new(config: &Config, url: &str, log: Log) -> Result<Self> {
        let tokens = Tokens::new(config, url)?;
        let store = Store::new(&config.admin_database_url)?;
        Ok(Self {
            auth: Arc::new(Auth::new(config, store, tokens, log)),
        })
    }

    /// The two keys of the project: `anon` for the browser, `service_role` for servers.
    pub(crate) fn keys(&self) -> (&str, &str) {
        self.auth.keys()
    }

    pub(crate) async fn serve(self, listener: TcpListener, stop: watch::Receiver<()>) {
        let router = auth::router(self.auth);
        crate::http::serve(listener, stop, |_| {
            let router = router.clone();
            service_fn(move |request: Request<Incoming>| router.clone().oneshot(request))
        })
        .await;
    }
}
