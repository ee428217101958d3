//! The product on the local cloud: what the template asks of its environment, and the database as it must be.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};

use anyhow::{Context, Result};
use data_encoding::BASE64URL_NOPAD;
use local_cloud::{Config, Site, Urls, glm, migrate, supabase, template::Values};
use serde::{Deserialize, Serialize};
use serde_json::json;
use tokio_postgres::{Client, NoTls};

use crate::root;

/// The secrets a deployment keeps in Secrets Manager.
#[derive(Clone, Serialize, Deserialize)]
pub struct Secrets {
    pub jwt_secret: String,
    pub socket_ticket_secret: String,
    /// Of the role `forexelite_api`.
    pub database_password: String,
}

impl Secrets {
    pub fn random() -> Result<Self> {
        let word = || -> Result<String> {
            let mut bytes = [0; 32];
            getrandom::fill(&mut bytes)?;
            Ok(BASE64URL_NOPAD.encode(&bytes))
        };
        Ok(Self {
            jwt_secret: word()?,
            socket_ticket_secret: word()?,
            database_password: word()?,
        })
    }

    /// Those of an earlier run in this folder, or new ones.
    pub fn kept_in(folder: &Path) -> Result<Self> {
        let file = folder.join("secrets.json");
        if let Ok(text) = std::fs::read_to_string(&file) {
            return serde_json::from_str(&text)
                .with_context(|| format!("{}: not what was written there", file.display()));
        }
        let secrets = Self::random()?;
        write_private(&file, &serde_json::to_string_pretty(&secrets)?)?;
        Ok(secrets)
    }
}

/// Writes a file only its owner can read.
pub fn write_private(file: &Path, text: &str) -> Result<()> {
    use std::{io::Write, os::unix::fs::OpenOptionsExt};
    let mut options = std::fs::OpenOptions::new();
    let mut written = options.write(true).create(true).truncate(true).mode(0o600).open(file)?;
    written
        .write_all(text.as_bytes())
        .with_context(|| file.display().to_string())
}

/// A connection whose other half lives on a task of this runtime.
pub async fn connect(url: &str) -> Result<Client> {
    let (client, connection) = tokio_postgres::connect(url, NoTls)
        .await
        .context("cannot connect to Postgres")?;
    tokio::spawn(connection);
    Ok(client)
}

/// Supabase's part, our migrations, and the password of the functions' login. Harmless when repeated.
pub async fn lay_database(admin_url: &str, secrets: &Secrets) -> Result<migrate::Report> {
    let mut client = connect(admin_url).await?;
    supabase::prepare(&client).await?;
    let report = migrate::run(&mut client, &root().join("migrations")).await?;
    // The alphabet of the password needs no escape.
    client
        .batch_execute(&format!(
            "alter role forexelite_api password '{}'",
            secrets.database_password
        ))
        .await?;
    Ok(report)
}

/// The same database for the functions' own login.
pub fn functions_url(admin_url: &str, secrets: &Secrets) -> Result<String> {
    let config: tokio_postgres::Config = admin_url.parse()?;
    let host = config
        .get_hosts()
        .first()
        .context("the database address names no host")?;
    let host = match host {
        tokio_postgres::config::Host::Tcp(name) => name.clone(),
        tokio_postgres::config::Host::Unix(path) => path.display().to_string(),
    };
    let port = config.get_ports().first().copied().unwrap_or(5432);
    let name = config.get_dbname().unwrap_or("postgres");
    Ok(format!(
        "postgres://forexelite_api:{}@{host}:{port}/{name}?sslmode=disable",
        secrets.database_password
    ))
}

/// What a run of the local cloud needs to know of the product.
pub struct Stage<'a> {
    pub binaries: &'a Path,
    pub admin_url: &'a str,
    /// What the functions connect to.
    pub functions_url: &'a str,
    pub secrets: &'a Secrets,
    /// How often agents poll, in seconds.
    pub poll_seconds: &'a str,
    /// The exported dashboard and the port it is served on, behind the distribution.
    pub dashboard: Option<(PathBuf, u16)>,
}

impl Stage<'_> {
    pub fn config(&self) -> Config {
        let supabase = supabase::Config::new(self.admin_url, &self.secrets.jwt_secret);
        let (secrets, poll_seconds) = (self.secrets.clone(), self.poll_seconds.to_owned());
        let (database_url, service_key) = (self.functions_url.to_owned(), supabase.keys().service_role);
        let anon_key = supabase.keys().anon;
        let glm = glm::Config::default();
        let glm_key = glm.api_key.clone();
        let config = Config::new(
            root().join("template.yaml"),
            self.binaries,
            supabase,
            move |urls: &Urls| Values {
                parameters: BTreeMap::from([
                    ("SupabaseUrl".to_owned(), urls.supabase.clone()),
                    ("PublicUrl".to_owned(), urls.http.clone()),
                    ("SocketUrl".to_owned(), socket_url(urls)),
                    ("GlmBaseUrl".to_owned(), urls.glm.clone()),
                    ("DashboardOrigin".to_owned(), dashboard_origin(urls)),
                    ("AgentPollSeconds".to_owned(), poll_seconds),
                ]),
                secrets: BTreeMap::from([(
                    "forexelite".to_owned(),
                    BTreeMap::from([
                        ("database_url".to_owned(), database_url),
                        ("supabase_jwt_secret".to_owned(), secrets.jwt_secret),
                        ("supabase_service_key".to_owned(), service_key),
                        ("glm_api_key".to_owned(), glm_key),
                        ("socket_ticket_secret".to_owned(), secrets.socket_ticket_secret),
                    ]),
                )]),
            },
        );
        let site = self.dashboard.clone().map(|(folder, port)| Site {
            folder,
            port,
            // As a deployment writes it.
            objects: Box::new(move |urls: &Urls| {
                let config = json!({
                    "api_url": "/api",
                    "stream_url": "/stream",
                    "supabase_url": urls.supabase,
                    "anon_key": anon_key,
                });
                BTreeMap::from([("/config.json".to_owned(), config.to_string())])
            }),
        });
        Config { glm, site, ..config }
    }
}

/// Behind the distribution, where there is one: a page may open no socket elsewhere.
fn socket_url(urls: &Urls) -> String {
    match urls.site.strip_prefix("http://") {
        Some(site) => format!("ws://{site}/socket"),
        None => urls.ws.clone(),
    }
}

/// Without a dashboard, that of `next dev`.
fn dashboard_origin(urls: &Urls) -> String {
    if urls.site.is_empty() {
        "http://localhost:3000".to_owned()
    } else {
        urls.site.clone()
    }
}
