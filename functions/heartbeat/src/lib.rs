//! `POST /agents/{id}/heartbeat`: the agent lives; it is told what changed.

use std::{
    fmt::{self, Display},
    sync::Arc,
};

use axum::{Json, extract::State};
use jiff::Timestamp;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use shared::{
    auth::AgentCaller,
    config::Env,
    db::{self, AgentDoor, Db},
    error::{Checked, Error, Guarded, Missing},
    http::{Input, JobsWaiting},
    news::Newsroom,
    routes,
    routing::Routes,
};
use utoipa::{
    ToSchema,
    openapi::{
        Object,
        schema::{SchemaType, Type},
    },
};

/// The agent this backend was made for; an older one may say so to its user.
const AGENT_VERSION: &str = env!("CARGO_PKG_VERSION");

pub struct App {
    door: AgentDoor,
    newsroom: Newsroom,
    poll_seconds: Decimal,
    socket_url: String,
}

impl App {
    pub fn from_env(env: &mut Env) -> Result<Arc<Self>, Error> {
        Ok(Arc::new(Self {
            newsroom: Newsroom::from_env(env),
            poll_seconds: env.parsed("AGENT_POLL_SECONDS"),
            socket_url: env.text("SOCKET_URL"),
            door: AgentDoor::new(Db::from_env(env)?),
        }))
    }
}

pub fn router<R: Routes<Arc<App>>>() -> R {
    R::default().routes(routes!(beat))
}

/// How the agent, its terminal and its account are.
#[derive(Serialize, Deserialize, ToSchema)]
struct Heartbeat {
    version: String,
    #[serde(default)]
    cpu_pct: Option<Decimal>,
    #[serde(default)]
    memory_mb: Option<Decimal>,
    #[serde(default)]
    terminal: Option<Terminal>,
    #[serde(default)]
    account: Option<Account>,
    /// Whatever else this version of the agent reports.
    #[serde(flatten)]
    #[schema(value_type = Object)]
    more: Map<String, Value>,
}

#[derive(Serialize, Deserialize, ToSchema)]
struct Terminal {
    #[serde(default)]
    connected: Option<bool>,
    #[serde(default)]
    trade_allowed: Option<bool>,
    #[serde(default)]
    build: Option<i64>,
}

/// The account number, kept as it came: text or a whole number.
#[derive(Serialize, Deserialize)]
#[serde(try_from = "Value")]
struct Login(Value);

impl TryFrom<Value> for Login {
    type Error = &'static str;

    fn try_from(sent: Value) -> Result<Self, Self::Error> {
        match &sent {
            Value::String(_) => Ok(Self(sent)),
            Value::Number(number) if number.is_u64() => Ok(Self(sent)),
            _ => Err("an account number, as text or a whole number"),
        }
    }
}

impl Display for Login {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Value::String(text) => f.write_str(text),
            number => number.fmt(f),
        }
    }
}

fn text_or_number() -> Object {
    Object::with_type(SchemaType::from_iter([Type::String, Type::Integer, Type::Null]))
}

#[derive(Serialize, Deserialize, ToSchema)]
struct Account {
    #[serde(default)]
    #[schema(schema_with = text_or_number)]
    login: Option<Login>,
    #[serde(default)]
    server: Option<String>,
    #[serde(default)]
    trade_mode: Option<String>,
    #[serde(default)]
    currency: Option<String>,
}

#[derive(Serialize, ToSchema)]
struct Beat {
    server_time: Timestamp,
    config: AgentConfig,
    jobs_waiting: i64,
}

/// What the agent applies without a restart.
#[derive(Serialize, ToSchema)]
struct AgentConfig {
    poll_seconds: Decimal,
    /// Where the doorbell hangs: a WebSocket that opens with `X-Agent-Id` and `X-Agent-Key`.
    socket_url: String,
    /// Instruments somebody is looking at.
    instruments: Vec<String>,
    /// The account's own names of symbols.
    #[schema(value_type = Object)]
    symbol_map: Value,
    trading_mode: String,
    agent_version: &'static str,
}

/// Report that the agent lives
#[utoipa::path(post, path = "/agents/{id}/heartbeat", tag = "agent", security(("agent_key" = [])),
    params(("id" = Uuid, Path, description = "The agent")),
    request_body = Heartbeat,
    responses(
        (status = 200, body = Beat, headers(("X-Jobs-Waiting" = i64, description = "How many jobs wait, counted to ten"))),
        Guarded, Missing, Checked,
    ))]
async fn beat(
    State(app): State<Arc<App>>,
    caller: AgentCaller,
    Input(heartbeat): Input<Heartbeat>,
) -> Result<(JobsWaiting, Json<Beat>), Error> {
    let report = serde_json::to_value(&heartbeat).map_err(|error| Error::internal("heartbeat/report", error))?;
    let account = heartbeat.account.as_ref();
    let login = account.and_then(|account| account.login.as_ref()).map(Login::to_string);
    let server = account.and_then(|account| account.server.as_deref());
    let beat = db::agent::heartbeat(&app.door, &caller, &report, login.as_deref(), server).await?;
    let db::agent::Beat {
        server_time,
        symbol_map,
        trading_mode,
        instruments,
        jobs_waiting,
        news,
    } = beat;
    app.newsroom.send(news.as_slice()).await;
    let config = AgentConfig {
        poll_seconds: app.poll_seconds,
        socket_url: app.socket_url.clone(),
        instruments,
        symbol_map,
        trading_mode,
        agent_version: AGENT_VERSION,
    };
    Ok((
        JobsWaiting(jobs_waiting),
        Json(Beat {
            server_time,
            config,
            jobs_waiting,
        }),
    ))
}
