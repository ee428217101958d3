//! What meets a real Postgres: the functions' login, and the SQL that runbooks tell people to run.

use local_cloud::postgres::{Server, Settings};
use tokio_postgres::Client;
use xtask::{
    build::target,
    stage::{self, Secrets},
};

use crate::documents::{documents, sql_blocks};

struct Played {
    server: Server,
    admin: Client,
    _data: tempfile::TempDir,
}

impl Played {
    async fn start() -> Self {
        let data = tempfile::tempdir().expect("a folder");
        let settings = Settings {
            port: 0,
            fsync: false,
            cache: target().join("postgres"),
            ..Settings::default()
        };
        let server = Server::start(data.path().join("data"), settings)
            .await
            .expect("Postgres starts");
        let secrets = Secrets::random().expect("random bytes");
        stage::lay_database(&server.admin_url(), &secrets)
            .await
            .expect("the migrations apply");
        let admin = stage::connect(&server.admin_url()).await.expect("it answers");
        Self {
            server,
            admin,
            _data: data,
        }
    }

    fn functions_url(&self, login: &str, password: &str) -> String {
        let config: tokio_postgres::Config = self.server.admin_url().parse().expect("an address");
        let name = config.get_dbname().unwrap_or("postgres");
        format!(
            "postgres://{login}:{password}@127.0.0.1:{}/{name}?sslmode=disable",
            self.server.port()
        )
    }

    /// `cargo xtask migrate`, as `deploy` runs it.
    async fn migrate(&self, functions_url: &str) -> (bool, String) {
        let mut command = tokio::process::Command::new(env!("CARGO_BIN_EXE_xtask"));
        let admin = self.server.admin_url();
        let separator = if admin.contains('?') { '&' } else { '?' };
        command
            .arg("migrate")
            .env("DATABASE_URL", format!("{admin}{separator}sslmode=disable"))
            .env("FUNCTIONS_DATABASE_URL", functions_url);
        let output = command.output().await.expect("it starts");
        let said = [output.stdout, output.stderr].concat();
        (output.status.success(), String::from_utf8_lossy(&said).into_owned())
    }

    async fn verifier(&self, login: &str) -> String {
        let row = self
            .admin
            .query_one("select rolpassword from pg_authid where rolname = $1", &[&login])
            .await;
        row.expect("the login is there").get(0)
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn migrate_lets_the_functions_in_and_leaves_alone_who_can_get_in() {
    let played = Played::start().await;

    let url = played.functions_url("forexelite_api", "first-password");
    let (ok, said) = played.migrate(&url).await;
    assert!(ok, "{said}");
    assert!(said.contains("login    forexelite_api"), "{said}");
    assert!(!said.contains("first-password"), "the password was printed: {said}");
    stage::connect(&url).await.expect("the functions get in");

    let before = played.verifier("forexelite_api").await;
    assert!(before.starts_with("SCRAM-SHA-256$"), "{before}");
    let (ok, said) = played.migrate(&url).await;
    assert!(ok && !said.contains("login"), "{said}");
    assert_eq!(
        played.verifier("forexelite_api").await,
        before,
        "a pooler that keeps verifiers would lock the running functions out"
    );

    // A password is replaced by a second login, while the first still gets in.
    let second = played.functions_url("forexelite_api_b", "second-password");
    let (ok, said) = played.migrate(&second).await;
    assert!(ok, "{said}");
    stage::connect(&url).await.expect("the old login still gets in");
    let functions = stage::connect(&second).await.expect("the new login gets in");
    let refused = functions.query("select from public.jobs", &[]).await;
    let refused = refused.expect_err("a login that picks no role reads nothing");
    assert_eq!(
        refused.code(),
        Some(&tokio_postgres::error::SqlState::INSUFFICIENT_PRIVILEGE)
    );
    functions
        .batch_execute("begin; set local role service_role; select from public.jobs; commit")
        .await
        .expect("it may take the roles that the functions take");

    for (login, because) in [
        ("postgres2", "functions log in as forexelite_api"),
        ("forexelite_api%3Bdrop", "functions log in as forexelite_api"),
    ] {
        let (ok, said) = played.migrate(&played.functions_url(login, "x")).await;
        assert!(!ok && said.contains(because), "{login}: {said}");
    }
    played.server.stop().await.expect("Postgres stops");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_restore_closes_everything_that_came_back_open() {
    let played = Played::start().await;
    let seed = include_str!("open_jobs.sql");
    played.admin.batch_execute(seed).await.expect("open jobs can be made");
    let open = "select (select count(*) from jobs where status in ('pending', 'running'))
                     + (select count(*) from tv_signals where status = 'pending')
                     + (select count(*) from ea_versions where status = 'compiling')
                     + (select count(*) from user_settings where trading_mode <> 'halted')
                     + (select count(*) from ws_connections)";
    let count = async || -> i64 { played.admin.query_one(open, &[]).await.expect("it counts").get(0) };
    assert_eq!(count().await, 8, "what the seed leaves open");

    let runbook = std::fs::read_to_string(xtask::root().join("docs/runbooks/restore.md")).expect("the runbook");
    let close = sql_blocks(&runbook)
        .next()
        .expect("its first block closes what is open");
    played.admin.batch_execute(close).await.expect("no guard refuses it");
    assert_eq!(count().await, 0);
    let deployment = "select status from ea_deployments";
    let status: String = played
        .admin
        .query_one(deployment, &[])
        .await
        .expect("it is there")
        .get(0);
    assert_eq!(status, "stopped", "a deployment follows its job");
    played.server.stop().await.expect("Postgres stops");
}

#[tokio::test(flavor = "multi_thread")]
async fn every_statement_of_the_docs_prepares_on_the_migrated_schema() {
    let played = Played::start().await;
    let mut found = 0;
    for file in documents() {
        let text = std::fs::read_to_string(&file).expect("a document");
        for block in sql_blocks(&text) {
            for statement in block.split(';').map(str::trim).filter(|text| !text.is_empty()) {
                found += 1;
                if let Err(error) = played.admin.prepare(statement).await {
                    panic!(
                        "{} tells people to run this, and it does not prepare ({error:?}):\n{statement}",
                        file.display()
                    );
                }
            }
        }
    }
    assert!(found > 15, "only {found} statements were found in docs/");
    played.server.stop().await.expect("Postgres stops");
}
