//! Supabase Auth as supabase-js uses it, and the database under it.

use std::time::Duration;

use local_cloud::postgres::{Server, Settings};
use local_cloud::{Cloud, migrate, supabase};
use reqwest::{Client, Method};
use serde_json::{Value, json};
use tokio_postgres::NoTls;

use crate::{Folder, client, cloud};

const SECRET: &str = "a secret of at least 32 characters";
const SIGN_IN: &str = "/token?grant_type=password";
const REFRESH: &str = "/token?grant_type=refresh_token";

struct Project {
    cloud: Cloud,
    client: Client,
}

impl Project {
    async fn call(&self, method: Method, path: &str, token: &str, body: Value) -> (u16, Value) {
        let answer = self
            .client
            .request(method, format!("{}/auth/v1{path}", self.cloud.supabase_url()))
            .header("apikey", self.cloud.anon_key())
            .header("x-supabase-api-version", "2024-01-01")
            .bearer_auth(token)
            .json(&body)
            .send()
            .await
            .expect("an answer");
        (answer.status().as_u16(), answer.json().await.unwrap_or_default())
    }

    async fn refuses(&self, path: &str, body: Value, status: u16, code: &str) {
        let (found, answer) = self.call(Method::POST, path, "", body).await;
        assert_eq!((found, &answer["code"]), (status, &json!(code)), "{path}: {answer}");
    }

    /// The token opens nothing.
    async fn closed(&self, token: &str, code: &str) {
        let (status, answer) = self.call(Method::GET, "/user", token, Value::Null).await;
        assert_eq!((status, &answer["code"]), (403, &json!(code)), "{answer}");
    }
}

fn text(value: &Value) -> &str {
    value.as_str().expect("a string")
}

/// The claims, unverified.
fn claims(session: &Value) -> Value {
    let payload = text(&session["access_token"]).split('.').nth(1).expect("a payload");
    serde_json::from_slice(
        &data_encoding::BASE64URL_NOPAD
            .decode(payload.as_bytes())
            .expect("base64"),
    )
    .expect("JSON")
}

async fn connect(url: &str) -> tokio_postgres::Client {
    let (client, connection) = tokio_postgres::connect(url, NoTls).await.expect("a connection");
    tokio::spawn(connection);
    client
}

#[tokio::test]
async fn an_account_from_sign_up_to_sign_out() {
    let folder = Folder::new("auth");
    let server = Server::start(
        folder.0.join("postgres"),
        Settings {
            fsync: false,
            ..Settings::default()
        },
    )
    .await
    .expect("Postgres");
    let (one, two) = (connect(&server.admin_url()).await, connect(&server.admin_url()).await);
    one.batch_execute("create database other").await.expect("a database");
    let other = connect(&server.database_url("other")).await;
    // Twice, and two databases of one cluster at the same moment: roles are shared.
    let (first, second) = tokio::join!(supabase::prepare(&one), supabase::prepare(&other));
    first.and(second).expect("prepared");
    supabase::prepare(&two).await.expect("prepared again");

    for signing in ["hs256", "es256"] {
        let mut config = supabase::Config::new(server.admin_url(), SECRET);
        config.bcrypt_cost = 4;
        config.reuse_interval = Duration::from_millis(200);
        if signing == "es256" {
            config = config.es256(folder.0.join("key.pem"));
        }
        let template = "Resources: { Api: { Type: AWS::Serverless::HttpApi } }";
        let project = Project {
            cloud: cloud(&folder.0, template, config, |_| ()).await,
            client: client(),
        };
        whole_life(&project, signing).await;
        project.cloud.stop().await;
    }
    drop((one, two, other));
    server.stop().await.expect("stopped");
}

async fn whole_life(project: &Project, signing: &str) {
    let account =
        json!({ "email": format!("Ada@{signing}.Example.com"), "password": "secret1", "data": { "name": "Ada" } });
    let (status, phone) = project.call(Method::POST, "/signup", "", account.clone()).await;
    assert_eq!(status, 200, "{phone}");
    let said = claims(&phone);
    assert_eq!(said["sub"], phone["user"]["id"]);
    assert_eq!(said["iss"], format!("{}/auth/v1", project.cloud.supabase_url()));
    assert_eq!(
        json!([said["aud"], said["role"], said["aal"]]),
        json!(["authenticated", "authenticated", "aal1"])
    );
    assert_eq!(phone["user"]["email"], format!("ada@{signing}.example.com"));
    assert_eq!(phone["user"]["user_metadata"]["name"], "Ada");
    let (_, keys) = project
        .call(Method::GET, "/.well-known/jwks.json", "", Value::Null)
        .await;
    assert_eq!(
        keys["keys"].as_array().map(Vec::len),
        Some(usize::from(signing == "es256")),
        "{keys}"
    );

    let weak = json!({ "email": "b@example.com", "password": "short" });
    let wrong = json!({ "email": account["email"], "password": "secret2" });
    project
        .refuses("/signup", account.clone(), 422, "user_already_exists")
        .await;
    project.refuses("/signup", weak, 422, "weak_password").await;
    project.refuses(SIGN_IN, wrong, 400, "invalid_credentials").await;
    let (status, laptop) = project.call(Method::POST, SIGN_IN, "", account.clone()).await;
    assert_eq!(status, 200, "{laptop}");

    a_spent_token_is_forgiven_once_and_then_costs_the_session(project, &phone).await;
    a_new_password_closes_the_other_sessions(project, &phone, &laptop).await;
    project.refuses(SIGN_IN, account, 400, "invalid_credentials").await;

    let bearer = text(&laptop["access_token"]);
    assert_eq!(
        project
            .call(Method::POST, "/logout?scope=local", bearer, Value::Null)
            .await
            .0,
        204
    );
    project.closed(bearer, "session_not_found").await;
    project
        .refuses(
            REFRESH,
            json!({ "refresh_token": laptop["refresh_token"] }),
            400,
            "refresh_token_not_found",
        )
        .await;
}

async fn a_spent_token_is_forgiven_once_and_then_costs_the_session(project: &Project, session: &Value) {
    let spent = json!({ "refresh_token": session["refresh_token"] });
    let (status, rotated) = project.call(Method::POST, REFRESH, "", spent.clone()).await;
    assert_eq!(status, 200, "{rotated}");
    assert_ne!(rotated["refresh_token"], spent["refresh_token"]);
    let (_, forgiven) = project.call(Method::POST, REFRESH, "", spent.clone()).await;
    assert_eq!(forgiven["refresh_token"], rotated["refresh_token"]);
    // The reuse interval is the thing under test.
    tokio::time::sleep(Duration::from_millis(250)).await;
    project.refuses(REFRESH, spent, 400, "refresh_token_already_used").await;
    let newest = json!({ "refresh_token": rotated["refresh_token"] });
    project
        .refuses(REFRESH, newest, 400, "refresh_token_already_used")
        .await;
}

async fn a_new_password_closes_the_other_sessions(project: &Project, other: &Value, session: &Value) {
    let bearer = text(&session["access_token"]);
    assert_eq!(
        project.call(Method::GET, "/user", bearer, Value::Null).await.1["id"],
        session["user"]["id"]
    );
    project.closed("nonsense", "bad_jwt").await;
    project.closed(project.cloud.anon_key(), "bad_jwt").await;
    let change = json!({ "password": "secret3", "data": { "name": null, "city": "London" } });
    let (status, changed) = project.call(Method::PUT, "/user", bearer, change).await;
    assert_eq!(status, 200, "{changed}");
    assert_eq!(changed["user_metadata"]["city"], "London");
    assert!(changed["user_metadata"].get("name").is_none(), "{changed}");
    project.closed(text(&other["access_token"]), "session_not_found").await;
}

#[tokio::test]
async fn data_outlives_a_restart_and_an_edited_migration_is_refused() {
    let folder = Folder::new("migrations");
    let migrations = folder.0.join("migrations");
    std::fs::create_dir(&migrations).expect("a folder");
    let write = |name: &str, sql: &str| std::fs::write(migrations.join(name), sql).expect("a migration");
    write("0001_create_thing.sql", "create table thing (id int)");
    let settings = || Settings {
        fsync: false,
        ..Settings::default()
    };

    let server = Server::start(folder.0.join("postgres"), settings())
        .await
        .expect("Postgres");
    let report = migrate::run(&mut connect(&server.admin_url()).await, &migrations)
        .await
        .expect("migrated");
    assert_eq!(
        (report.applied, report.already),
        (vec!["0001_create_thing".to_owned()], 0)
    );
    // Not stopped but dropped, as by a panic: the next start waits for it.
    drop(server);

    let server = Server::start(folder.0.join("postgres"), settings())
        .await
        .expect("Postgres again");
    let mut client = connect(&server.admin_url()).await;
    write("0002_fill_thing.sql", "insert into thing values (1)");
    let report = migrate::run(&mut client, &migrations).await.expect("migrated");
    assert_eq!(
        (report.applied, report.already),
        (vec!["0002_fill_thing".to_owned()], 1)
    );

    write("0001_create_thing.sql", "create table thing (id bigint)");
    let error = migrate::run(&mut client, &migrations)
        .await
        .expect_err("an edited migration");
    assert!(
        format!("{error:#}").contains("0001_create_thing.sql was applied to this database with other contents"),
        "{error:#}"
    );
    drop(client);
    server.stop().await.expect("stopped");
}
