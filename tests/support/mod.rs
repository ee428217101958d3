//! The stage each test plays on.

mod caller;
pub(crate) mod contract;
mod expert_advisor;
mod held;
mod postgres;
mod proxy;
mod socket;
mod user;

pub(crate) use caller::{Caller, Reply};
pub(crate) use expert_advisor::{Compiled, SOURCE};
pub(crate) use held::{held_at_the_commit, until_waiting};
pub(crate) use proxy::Proxy;
pub(crate) use socket::Socket;
pub(crate) use user::{AgentKey, Trader};

use std::{
    path::PathBuf,
    sync::{Mutex, OnceLock, PoisonError},
    time::Duration,
};

use local_cloud::{
    Cloud,
    log::{Line, Output},
};
use reqwest::Method;
use tokio::sync::mpsc::UnboundedReceiver;
use tokio_postgres::Client;
use xtask::{
    build::{self, Profile},
    stage::{self, Secrets},
};

/// The product, up and running for one test.
pub(crate) struct Stage {
    pub(crate) cloud: Cloud,
    /// As the owner of everything.
    pub(crate) db: Client,
    pub(crate) admin_url: String,
    pub(crate) secrets: Secrets,
    pub(crate) http: reqwest::Client,
    lines: Mutex<UnboundedReceiver<Line>>,
}

/// How a stage differs from the usual one.
#[derive(Default)]
pub(crate) struct Setting {
    /// Instances of each function at most.
    pub(crate) max_instances: Option<usize>,
    /// Where the functions find Postgres, when not directly.
    pub(crate) database_port: Option<u16>,
    /// The functions speak TLS with Postgres and trust this authority (PEM), or only public ones where it is empty.
    pub(crate) database_ca: Option<String>,
    /// How often agents poll; every fifth of a second unless told.
    pub(crate) poll_seconds: Option<&'static str>,
    /// Parameters of the template that differ from its defaults.
    pub(crate) parameters: &'static [(&'static str, &'static str)],
    /// Supabase signs with published keys instead of the secret.
    pub(crate) es256: bool,
    /// Between two words of GLM.
    pub(crate) glm_pace: Duration,
    /// Nothing happens that nobody asked for: no schedule comes round.
    pub(crate) still: bool,
    /// A folder of pages, for which the distribution is there.
    pub(crate) pages: Option<PathBuf>,
}

impl Stage {
    pub(crate) async fn new() -> Self {
        Self::with(Setting::default()).await
    }

    pub(crate) async fn with(setting: Setting) -> Self {
        let database = postgres::fresh_database().await;
        Self::on(database, setting).await
    }

    /// On a database that exists, so that two stages can share one.
    pub(crate) async fn on(database: postgres::Database, setting: Setting) -> Self {
        let Setting {
            max_instances,
            database_port,
            database_ca,
            poll_seconds,
            parameters,
            es256,
            glm_pace,
            still,
            pages,
        } = setting;
        let postgres::Database { admin_url, secrets } = database;
        let mut functions_url = stage::functions_url(&admin_url, &secrets).expect("an address of ours");
        if let Some(port) = database_port {
            let config: tokio_postgres::Config = functions_url.parse().expect("an address of ours");
            functions_url = functions_url.replace(&format!(":{}/", config.get_ports()[0]), &format!(":{port}/"));
        }
        if database_ca.is_some() {
            functions_url = functions_url.replace("sslmode=disable", "sslmode=require");
        }
        let plan = stage::Stage {
            binaries: &executables(),
            admin_url: &admin_url,
            functions_url: &functions_url,
            secrets: &secrets,
            poll_seconds: poll_seconds.unwrap_or("0.2"),
            dashboard: pages.map(|pages| (pages, 0)),
        };
        let mut config = plan.config();
        config.log = Output::Nowhere;
        config.supabase.bcrypt_cost = 4;
        config.glm.pace = glm_pace;
        config.max_instances = max_instances.unwrap_or(4);
        if still {
            config.schedule_minute = Duration::from_hours(1);
        }
        if es256 {
            config.supabase = config
                .supabase
                .es256(build::target().join(format!("test-es256-{}.pem", uuid::Uuid::new_v4())));
        }
        let usual = config.values;
        config.values = Box::new(move |urls| {
            let mut values = usual(urls);
            let ca = database_ca.map(|ca| ("DatabaseCaPem".to_owned(), ca));
            let told = parameters
                .iter()
                .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
            values.parameters.extend(told.chain(ca));
            values
        });
        let cloud = Cloud::start(config).await.expect("the local cloud starts");
        let lines = Mutex::new(cloud.lines());
        let db = stage::connect(&admin_url).await.expect("the test database answers");
        Self {
            cloud,
            db,
            admin_url,
            secrets,
            http: xtask::http_client(),
            lines,
        }
    }

    /// Of the API that has a path: what is streamed has one of its own.
    pub(crate) fn base_url(&self, path: &str) -> &str {
        let streams = path.ends_with("/generate").then(|| self.cloud.stream_url()).flatten();
        streams.unwrap_or_else(|| self.cloud.http_url())
    }

    /// Somebody without credentials.
    pub(crate) fn anybody(&self) -> Caller<'_> {
        Caller::new(self)
    }

    /// The database of this stage, for another one on the same.
    pub(crate) fn database(&self) -> postgres::Database {
        postgres::Database {
            admin_url: self.admin_url.clone(),
            secrets: self.secrets.clone(),
        }
    }

    /// Posts an alert and returns the answer.
    pub(crate) async fn alert(&self, trader: &Trader, body: &str, expected: u16) -> Reply {
        self.anybody()
            .send_text(
                Method::POST,
                &format!("/webhooks/tv/{}", trader.webhook_secret),
                body,
                expected,
            )
            .await
    }

    /// Runs SQL as the owner of everything.
    pub(crate) async fn sql(&self, sql: &str) {
        self.db
            .batch_execute(sql)
            .await
            .unwrap_or_else(|error| panic!("{sql}: {error:?}"));
    }

    /// One number as the owner of everything.
    pub(crate) async fn count(&self, sql: &str) -> i64 {
        let row = self
            .db
            .query_one(sql, &[])
            .await
            .unwrap_or_else(|error| panic!("{sql}: {error:?}"));
        row.get(0)
    }

    /// Every line logged so far that was not taken yet.
    pub(crate) fn log(&self) -> Vec<String> {
        let mut lines = self.lines.lock().unwrap_or_else(PoisonError::into_inner);
        std::iter::from_fn(|| lines.try_recv().ok())
            .map(|line| line.text)
            .collect()
    }
}

/// The folder with the functions' executables, built once a run.
pub(crate) fn executables() -> PathBuf {
    static BUILT: OnceLock<PathBuf> = OnceLock::new();
    BUILT
        .get_or_init(|| build::build(Profile::Dev).expect("the functions build"))
        .clone()
}
