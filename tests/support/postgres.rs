//! One Postgres a run, one migrated template, one clone a test.

use std::{sync::mpsc, thread};

use local_cloud::postgres::{Server, Settings};
use tokio::sync::{Mutex, OnceCell};
use xtask::{
    build::target,
    stage::{self, Secrets},
};

const TEMPLATE: &str = "forexelite_template";

/// A database of a test's own.
pub(crate) struct Database {
    pub(crate) admin_url: String,
    pub(crate) secrets: Secrets,
}

struct Cluster {
    admin_url: String,
    secrets: Secrets,
    /// Cloning locks the template; one at a time is as fast.
    number: Mutex<u32>,
}

static CLUSTER: OnceCell<Cluster> = OnceCell::const_new();

pub(crate) async fn fresh_database() -> Database {
    let cluster = CLUSTER.get_or_init(start).await;
    let mut number = cluster.number.lock().await;
    *number += 1;
    let name = format!("test_{}_{number}", std::process::id());
    let admin = stage::connect(&cluster.admin_url)
        .await
        .expect("the test Postgres answers");
    let sql = format!("create database {name} template {TEMPLATE}");
    admin.batch_execute(&sql).await.expect("the template can be cloned");
    // A database's own settings are no part of the clone.
    let path = format!("alter database {name} set search_path = \"$user\", public, extensions");
    admin.batch_execute(&path).await.expect("the clone takes its settings");
    Database {
        admin_url: named(&cluster.admin_url, &name),
        secrets: cluster.secrets.clone(),
    }
}

async fn start() -> Cluster {
    let admin_url = match std::env::var("DATABASE_URL") {
        Ok(url) => url,
        Err(_) => start_server(),
    };
    let admin = stage::connect(&admin_url).await.expect("the test Postgres answers");
    let old = "select format('drop database if exists %I with (force)', datname) from pg_database
        where datname = $1 or datname like 'test\\_%'";
    for row in admin.query(old, &[&TEMPLATE]).await.expect("databases can be listed") {
        admin
            .batch_execute(row.get(0))
            .await
            .expect("databases of an earlier run can be dropped");
    }
    admin
        .batch_execute(&format!("create database {TEMPLATE}"))
        .await
        .expect("a template can be made");
    let secrets = Secrets::random().expect("random bytes");
    stage::lay_database(&named(&admin_url, TEMPLATE), &secrets)
        .await
        .expect("the template takes the migrations");
    Cluster {
        admin_url,
        secrets,
        number: Mutex::new(0),
    }
}

/// On a thread that lives as long as the process: a test's own runtime would take the server with it.
fn start_server() -> String {
    let (sender, receiver) = mpsc::channel();
    thread::spawn(move || {
        let runtime = tokio::runtime::Runtime::new().expect("a runtime");
        runtime.block_on(async {
            let cache = target().join("embedded-postgres");
            let settings = Settings {
                fsync: false,
                cache,
                ..Settings::default()
            };
            let server = Server::start(target().join("test-postgres"), settings).await;
            let server = server.unwrap_or_else(|error| panic!("the tests need a Postgres: {error:?}"));
            sender.send(server.admin_url()).expect("somebody waits for the address");
            std::future::pending::<()>().await;
        });
    });
    receiver
        .recv()
        .expect("the test Postgres starts; the error stands above")
}

fn named(url: &str, name: &str) -> String {
    let (server, _) = url.rsplit_once('/').expect("an address ends in its database");
    format!("{server}/{name}")
}
