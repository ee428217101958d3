//! Supabase Auth as supabase-js uses it, and the database under it.

use std::time::Duration;

use local_cloud::postgres::{Server, Settings};
use local_cloud::{Cloud, migrate, supabase};
use reqwest::{Client, Method};
use serde_json::{Value, json};
use tokio_postgres::NoTls;

use crate::{Folder, client, cloud};

const SECRET: &str = "a secret of at least 32 characters";

struct Project {
    cloud: Cloud,
    client: Client,
}

impl Project {
    async fn call(&self, method: Method, path: &str, token: &str, body: Value) -> (u16, Value) {
        let answer = self
            .client
            .request(
                method,
                format!("{}/auth/v1{path}", self.cloud.supabase_url()),
            )
            .header("apikey", self.cloud.anon_key())
            .header("x-supabase-api-version", "2024-01-01")
            .bearer_auth(token)
            .json(&body)
            .send()
            .await
            .expect("an answer");
        (
            answer.status().as_u16(),
            answer.json().await.unwrap_or_default(),
        )
    }

    async fn refresh(&self, token: &Value) -> (u16, Value) {
        self.call(
            Method::POST,
            "/token?grant_type=refresh_token",
            "",
            json!({ "refresh_token": token }),
        )
        .await
    }
}

/// The claims, unverified.
fn claims(session: &Value) -> Value {
    let token = session["access_token"].as_str().expect("a token");
    let payload = token.split('.').nth(1).expect("a payload");
    serde_json::from_slice(
        &data_encoding::BASE64URL_NOPAD
            .decode(payload.as_bytes())
            .expect("base64"),
    )
    .expect("JSON")
}

async fn connect(url: &str) -> tokio_postgres::Client {
    let (client, connection) = tokio_postgres::connect(url, NoTls)
        .await
        .expect("a connection");
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
    let (one, two) = (
        connect(&server.admin_url()).await,
        connect(&server.admin_url()).await,
    );
    one.batch_execute("create database other")
        .await
        .expect("a database");
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
    let account = json!({ "email": format!("Ada@{signing}.Example.com"), "password": "secret1", "data": { "name": "Ada" } });
    let (status, session) = project
        .call(Method::POST, "/signup", "", account.clone())
        .await;
    assert_eq!(status, 200, "{session}");
    let said = claims(&session);
    assert_eq!(said["sub"], session["user"]["id"]);
    assert_eq!(
        said["iss"],
        format!("{}/auth/v1", project.cloud.supabase_url())
    );
    assert_eq!(
        (&said["aud"], &said["role"], &said["aal"]),
        (
            &json!("authenticated"),
            &json!("authenticated"),
            &json!("aal1")
        )
    );
    assert_eq!(
        session["user"]["email"],
        format!("ada@{signing}.example.com")
    );
    assert_eq!(session["user"]["user_metadata"]["name"], "Ada");

    let (_, keys) = project
        .call(Method::GET, "/.well-known/jwks.json", "", Value::Null)
        .await;
    assert_eq!(
        keys["keys"].as_array().map(Vec::len),
        Some(usize::from(signing == "es256")),
        "{keys}"
    );

    let code = |answer: (u16, Value)| {
        (
            answer.0,
            answer.1["code"].as_str().unwrap_or_default().to_owned(),
        )
    };
    assert_eq!(
        code(
            project
                .call(Method::POST, "/signup", "", account.clone())
                .await
        ),
        (422, "user_already_exists".into())
    );
    let weak = json!({ "email": "b@example.com", "password": "short" });
    assert_eq!(
        code(project.call(Method::POST, "/signup", "", weak).await),
        (422, "weak_password".into())
    );
    let wrong = json!({ "email": account["email"], "password": "secret2" });
    let path = "/token?grant_type=password";
    assert_eq!(
        code(project.call(Method::POST, path, "", wrong).await),
        (400, "invalid_credentials".into())
    );
    let (status, laptop) = project.call(Method::POST, path, "", account.clone()).await;
    assert_eq!(status, 200, "{laptop}");

    // A spent token is forgiven for the reuse interval, and then costs the whole session.
    let old = &session["refresh_token"];
    let (status, rotated) = project.refresh(old).await;
    assert_eq!(status, 200, "{rotated}");
    assert_ne!(&rotated["refresh_token"], old);
    assert_eq!(
        project.refresh(old).await.1["refresh_token"],
        rotated["refresh_token"]
    );
    tokio::time::sleep(Duration::from_millis(250)).await;
    assert_eq!(
        code(project.refresh(old).await),
        (400, "refresh_token_already_used".into())
    );
    assert_eq!(
        code(project.refresh(&rotated["refresh_token"]).await),
        (400, "refresh_token_already_used".into())
    );
    assert_eq!(
        code(project.refresh(&json!("unknown")).await),
        (400, "refresh_token_not_found".into())
    );

    let bearer = laptop["access_token"].as_str().expect("a token");
    assert_eq!(
        project
            .call(Method::GET, "/user", bearer, Value::Null)
            .await
            .1["email"],
        session["user"]["email"]
    );
    assert_eq!(
        code(
            project
                .call(Method::GET, "/user", "nonsense", Value::Null)
                .await
        ),
        (403, "bad_jwt".into())
    );
    assert_eq!(
        code(
            project
                .call(Method::GET, "/user", project.cloud.anon_key(), Value::Null)
                .await
        ),
        (403, "bad_jwt".into())
    );
    let change = json!({ "password": "secret3", "data": { "name": null, "city": "London" } });
    let (status, changed) = project.call(Method::PUT, "/user", bearer, change).await;
    assert_eq!(
        (status, &changed["user_metadata"]["city"]),
        (200, &json!("London")),
        "{changed}"
    );
    assert!(changed["user_metadata"].get("name").is_none(), "{changed}");
    assert_eq!(
        code(project.call(Method::POST, path, "", account).await),
        (400, "invalid_credentials".into())
    );
    let first = session["access_token"].as_str().expect("a token");
    assert_eq!(
        code(project.call(Method::GET, "/user", first, Value::Null).await),
        (403, "session_not_found".into())
    );

    assert_eq!(
        project
            .call(Method::POST, "/logout?scope=local", bearer, Value::Null)
            .await
            .0,
        204
    );
    assert_eq!(
        code(
            project
                .call(Method::GET, "/user", bearer, Value::Null)
                .await
        ),
        (403, "session_not_found".into())
    );
    assert_eq!(
        code(project.refresh(&laptop["refresh_token"]).await),
        (400, "refresh_token_not_found".into())
    );
}

#[tokio::test]
async fn data_outlives_a_restart_and_an_edited_migration_is_refused() {
    let folder = Folder::new("migrations");
    let migrations = folder.0.join("migrations");
    std::fs::create_dir(&migrations).expect("a folder");
    let write =
        |name: &str, sql: &str| std::fs::write(migrations.join(name), sql).expect("a migration");
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
    let report = migrate::run(&mut client, &migrations)
        .await
        .expect("migrated");
    assert_eq!(
        (report.applied, report.already),
        (vec!["0002_fill_thing".to_owned()], 1)
    );

    write("0001_create_thing.sql", "create table thing (id bigint)");
    let error = migrate::run(&mut client, &migrations)
        .await
        .expect_err("an edited migration");
    assert!(
        format!("{error:#}")
            .contains("0001_create_thing.sql was applied to this database with other contents"),
        "{error:#}"
    );
    drop(client);
    server.stop().await.expect("stopped");
}
