//! `cargo xtask migrate`: applies what is new in `migrations/` and says what it did.

use std::path::Path;

use anyhow::{Context, Result, bail, ensure};
use local_cloud::migrate;
use rustls::{
    ClientConfig, RootCertStore,
    pki_types::{CertificateDer, pem::PemObject},
};
use tokio_postgres::{Client, NoTls, config::SslMode};
use tokio_postgres_rustls::MakeRustlsConnect;
use xtask::root;

const LOGIN: &str = "forexelite_api";

pub(crate) fn run(url: &str, ca: Option<&Path>, functions_url: Option<&str>) -> Result<()> {
    tokio::runtime::Runtime::new()?.block_on(async {
        let mut client = connect(url, ca).await?;
        if client.query_opt("select from pg_namespace where nspname = 'auth'", &[]).await?.is_none() {
            bail!(
                "this database is no Supabase: it has no schema auth. Create a Supabase project, or use `cargo xtask dev`, \
                 which lays on a plain Postgres what Supabase provides"
            );
        }
        let report = migrate::run(&mut client, &root().join("migrations")).await?;
        for name in &report.applied {
            println!("applied  {name}");
        }
        println!("{} applied, {} had been applied before", report.applied.len(), report.already);
        match functions_url {
            Some(functions_url) => open_to_functions(&client, functions_url, ca).await,
            None => Ok(()),
        }
    })
}

/// Makes the functions' login where it cannot get in. One that can is left alone: a pooler keeps verifiers, and a new one of the
/// same password would lock the running functions out for a while.
async fn open_to_functions(client: &Client, url: &str, ca: Option<&Path>) -> Result<()> {
    if connect(url, ca).await.is_ok() {
        return Ok(());
    }
    // The error of the parser could quote the password.
    let Ok(config) = url.parse::<tokio_postgres::Config>() else {
        bail!("the functions' address is no postgres:// address");
    };
    // Poolers take the project behind a dot.
    let login = config
        .get_user()
        .unwrap_or_default()
        .split('.')
        .next()
        .unwrap_or_default();
    ensure!(
        login.starts_with(LOGIN)
            && login
                .bytes()
                .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_'),
        "functions log in as {LOGIN} or {LOGIN}_…, in small letters; their address names {login}"
    );
    let password = config
        .get_password()
        .context("the functions' address has no password")?;
    // A verifier, so that no log of statements has the password.
    let verifier = postgres_protocol::password::scram_sha_256(password);
    let statement = include_str!("../sql/create_login.sql");
    client
        .batch_execute(&statement.replace("{login}", login).replace("{verifier}", &verifier))
        .await
        .with_context(|| format!("the login {login} could not be made"))?;
    connect(url, ca).await.with_context(|| {
        format!(
            "{login} has its password now and cannot log in; look at host, port and project in the functions' address"
        )
    })?;
    println!("login    {login}");
    Ok(())
}

async fn connect(url: &str, ca: Option<&Path>) -> Result<Client> {
    let mut config: tokio_postgres::Config = url.parse().context("--database-url is no postgres:// address")?;
    if config.get_ssl_mode() == SslMode::Disable {
        let (client, connection) = config.connect(NoTls).await.context("cannot connect")?;
        tokio::spawn(connection);
        return Ok(client);
    }
    // The default, "prefer", would send the password in clear to whoever offers no TLS.
    config.ssl_mode(SslMode::Require);
    let mut roots = RootCertStore {
        roots: webpki_roots::TLS_SERVER_ROOTS.into(),
    };
    if let Some(ca) = ca {
        for certificate in CertificateDer::pem_file_iter(ca).with_context(|| ca.display().to_string())? {
            roots.add(certificate?)?;
        }
    }
    let tls = ClientConfig::builder_with_provider(rustls::crypto::ring::default_provider().into())
        .with_safe_default_protocol_versions()?
        .with_root_certificates(roots)
        .with_no_client_auth();
    let (client, connection) = config.connect(MakeRustlsConnect::new(tls)).await.context(
        "cannot connect (a database on this machine without TLS needs ?sslmode=disable, Supabase's own authority --ca)",
    )?;
    tokio::spawn(connection);
    Ok(client)
}
