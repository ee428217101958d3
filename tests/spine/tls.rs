//! In production the functions speak TLS with Postgres, by a certificate of a private authority.

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};

use super::agent::until;
use crate::support::{Setting, Stage};

/// Turns TLS on in the test Postgres and returns the authority that signed its certificate. Connections without TLS go on.
async fn serve_tls(stage: &Stage) -> String {
    let mut authority = CertificateParams::default();
    authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let authority = CertifiedIssuer::self_signed(authority, KeyPair::generate().expect("a key")).expect("an authority");
    let key = KeyPair::generate().expect("a key");
    let certificate = CertificateParams::new(["127.0.0.1".to_owned()])
        .and_then(|params| params.signed_by(&key, &authority))
        .expect("a certificate");
    // The server refuses a key that others may read, so it writes the file itself, and only for itself.
    for (name, pem) in [("test.key", key.serialize_pem()), ("test.crt", certificate.pem())] {
        let folder = "select setting from pg_settings where name = 'data_directory'";
        let row = stage.db.query_one(folder, &[]).await.expect("a data directory");
        let file = format!("{}/{name}", row.get::<_, &str>(0));
        let lines = pem
            .lines()
            .map(|line| format!("('{line}')"))
            .collect::<Vec<_>>()
            .join(",");
        stage
            .sql(&format!(
                "copy (select * from (values {lines}) pem) to program 'umask 077 && cat > \"{file}\"'"
            ))
            .await;
    }
    for setting in ["ssl_key_file = 'test.key'", "ssl_cert_file = 'test.crt'", "ssl = on"] {
        stage.sql(&format!("alter system set {setting}")).await;
    }
    stage.sql("select pg_reload_conf()").await;
    until("Postgres serves TLS", async || {
        let newcomer = xtask::stage::connect(&stage.admin_url).await.ok()?;
        let row = newcomer.query_one("show ssl", &[]).await.ok()?;
        (row.get::<_, &str>(0) == "on").then_some(())
    })
    .await;
    authority.pem()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_functions_trust_the_databases_own_authority_and_no_stranger() {
    let first = Stage::new().await;
    let authority = serve_tls(&first).await;
    let trader = first.trader().await;

    let with = |ca: String| Setting {
        database_ca: Some(ca),
        ..Setting::default()
    };
    let trusting = Stage::on(first.database(), with(authority)).await;
    trusting.claim(&trader.agent, 204).await;
    let encrypted =
        "select count(*) from pg_stat_ssl join pg_stat_activity using (pid) where ssl and usename = 'forexelite_api'";
    assert_eq!(trusting.count(encrypted).await, 1);

    let wary = Stage::on(first.database(), with(String::new())).await;
    wary.claim(&trader.agent, 503).await;
}
