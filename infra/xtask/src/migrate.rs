//! `cargo xtask migrate`: applies what is new in `migrations/` and says what it did.

use std::path::Path;

use anyhow::{Context, Result, bail};
use local_cloud::migrate;
use rustls::{
    ClientConfig, RootCertStore,
    pki_types::{CertificateDer, pem::PemObject},
};
use tokio_postgres::{Client, NoTls, config::SslMode};
use tokio_postgres_rustls::MakeRustlsConnect;
use xtask::root;

pub(crate) fn run(url: &str, ca: Option<&Path>) -> Result<()> {
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
        Ok(())
    })
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
