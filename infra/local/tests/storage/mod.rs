//! Supabase Storage as a server uses it with its key, and as the world uses the addresses that server signs.

mod objects;
mod refusals;
mod signed;
mod uploads;

use std::path::PathBuf;
use std::sync::mpsc;
use std::thread;

use local_cloud::postgres::{Server, Settings};
use local_cloud::{Cloud, supabase};
use reqwest::{Client, Method, RequestBuilder, Response};
use serde_json::{Value, json};
use tokio::sync::OnceCell;
use tokio_postgres::NoTls;

use crate::{Folder, client, cloud};

const SECRET: &str = "a secret of at least 32 characters";

/// One bucket of a test's own, on a database that all share.
struct Project {
    cloud: Cloud,
    client: Client,
    bucket: String,
    /// Where the files lie.
    files: PathBuf,
    folder: Folder,
}

impl Project {
    async fn new(name: &str) -> Self {
        Self::with_bucket(name, "false, null, null").await
    }

    /// `rest` is SQL: public, the limit of a file's size, the allowed types.
    async fn with_bucket(name: &str, rest: &str) -> Self {
        let database = database().await;
        sql(
            database,
            &format!(
                "insert into storage.buckets (id, name, public, file_size_limit, allowed_mime_types)
                 values ('{name}', '{name}', {rest}) on conflict (id) do nothing"
            ),
        )
        .await;
        let folder = Folder::new(name);
        let cloud = Self::cloud(database, &folder).await;
        Self {
            cloud,
            client: client(),
            bucket: name.to_owned(),
            files: folder.0.join("data/storage"),
            folder,
        }
    }

    async fn cloud(database: &str, folder: &Folder) -> Cloud {
        let template = "Resources: { Api: { Type: AWS::Serverless::HttpApi } }";
        let data = folder.0.join("data");
        cloud(&folder.0, template, supabase::Config::new(database, SECRET), |config| {
            config.data = Some(data);
        })
        .await
    }

    /// As nobody. `path` begins after `/storage/v1`, and `{b}` is the bucket.
    fn open(&self, method: Method, path: &str) -> RequestBuilder {
        let path = path.replace("{b}", &self.bucket);
        let url = format!("{}/storage/v1{path}", self.cloud.supabase_url());
        self.client.request(method, url)
    }

    fn with_key(&self, method: Method, path: &str) -> RequestBuilder {
        self.open(method, path).bearer_auth(self.cloud.service_role_key())
    }

    async fn upload(&self, path: &str, body: &str) -> Response {
        let request = self.with_key(Method::POST, &format!("/object/{{b}}/{path}"));
        send(request.header("content-type", "text/plain").body(body.to_owned())).await
    }

    async fn text(&self, path: &str) -> String {
        let answer = send(self.with_key(Method::GET, &format!("/object/{{b}}/{path}"))).await;
        assert_eq!(answer.status(), 200, "{path}");
        answer.text().await.expect("a body")
    }

    /// How many files lie on disk, whole or half.
    fn count(&self) -> usize {
        std::fs::read_dir(&self.files).expect("a folder").count()
    }
}

async fn send(request: RequestBuilder) -> Response {
    request.send().await.expect("an answer")
}

async fn body(answer: Response) -> Value {
    answer.json().await.expect("JSON")
}

/// Storage says what it means in the body; HTTP's status is 400 whatever it is.
async fn refused(answer: Response, status: &str, error: &str) {
    let http = answer.status();
    let body = body(answer).await;
    assert_eq!(
        (http.as_u16(), &body["statusCode"], &body["error"]),
        (400, &json!(status), &json!(error)),
        "{body}"
    );
    assert!(body["message"].is_string(), "{body}");
}

async fn sql(database: &str, text: &str) {
    let (client, connection) = tokio_postgres::connect(database, NoTls).await.expect("a connection");
    tokio::spawn(connection);
    client.batch_execute(text).await.expect(text);
}

/// The address of a database as Supabase lays it, empty at the beginning of a run.
async fn database() -> &'static str {
    static DATABASE: OnceCell<String> = OnceCell::const_new();
    DATABASE
        .get_or_init(|| async {
            let admin = start_server();
            sql(&admin, "drop database if exists storage with (force)").await;
            sql(&admin, "create database storage").await;
            let (server, _) = admin.rsplit_once('/').expect("an address ends in its database");
            let url = format!("{server}/storage");
            let (client, connection) = tokio_postgres::connect(&url, NoTls).await.expect("a connection");
            tokio::spawn(connection);
            supabase::prepare(&client).await.expect("prepared");
            url
        })
        .await
}

/// On a thread that lives as long as the process: a test's own runtime would take the server with it.
fn start_server() -> String {
    let (sender, receiver) = mpsc::channel();
    thread::spawn(move || {
        let runtime = tokio::runtime::Runtime::new().expect("a runtime");
        runtime.block_on(async {
            let settings = Settings {
                fsync: false,
                ..Settings::default()
            };
            let folder = concat!(env!("CARGO_TARGET_TMPDIR"), "/local-cloud-postgres");
            let server = Server::start(folder, settings).await.expect("Postgres");
            sender.send(server.admin_url()).expect("somebody waits for the address");
            std::future::pending::<()>().await;
        });
    });
    receiver.recv().expect("Postgres starts; the error stands above")
}
