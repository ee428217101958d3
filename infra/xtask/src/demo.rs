//! The demo user, made through the same doors as any user: Supabase's sign-up and the product's API. Keys derive from the
//! idempotency keys, so a second run finds the same agent and strategy.

use anyhow::{Context, Result, bail};
use reqwest::{Client, Method};
use serde::Serialize;
use serde_json::{Value, json};
use tokio_postgres::types::Type;
use uuid::Uuid;
use xtask::stage;

const EMAIL: &str = "demo@forexelite.test";
const PASSWORD: &str = "forexelite-demo";

#[derive(Clone, Serialize)]
pub(crate) struct Agent {
    pub(crate) agent_id: String,
    pub(crate) agent_key: String,
}

#[derive(Serialize)]
pub(crate) struct Demo {
    pub(crate) email: &'static str,
    pub(crate) password: &'static str,
    pub(crate) user_id: String,
    pub(crate) agent_id: String,
    pub(crate) agent_key: String,
    pub(crate) strategy_id: String,
    pub(crate) webhook_secret: String,
}

pub(crate) struct Cast {
    pub(crate) demo: Demo,
    /// The demo user's, good for an hour.
    pub(crate) access_token: String,
    /// The demo agent first.
    pub(crate) agents: Vec<Agent>,
}

/// Where the demo user is made.
pub(crate) struct Place<'a> {
    pub(crate) http_url: &'a str,
    pub(crate) supabase_url: &'a str,
    pub(crate) anon_key: &'a str,
    pub(crate) admin_url: &'a str,
}

pub(crate) async fn seed(place: Place<'_>, agents: usize) -> Result<Cast> {
    let http = xtask::http_client();
    let (token, user_id) = sign_in(&http, &place).await?;
    let connection = Uuid::new_v5(&user_id, b"demo broker connection");
    stage::connect(place.admin_url)
        .await?
        .query_typed(
            include_str!("../sql/seed_demo.sql"),
            &[(&user_id, Type::UUID), (&connection, Type::UUID)],
        )
        .await?;

    let create = async |path: &str, key: String, body: Value| {
        let request = http
            .request(Method::POST, format!("{}{path}", place.http_url))
            .bearer_auth(&token);
        answer(request.header("idempotency-key", key).json(&body)).await
    };
    let mut cast = Vec::new();
    for number in 1..=agents.max(1) {
        let body = json!({"agent_name": format!("Demo agent {number}"), "broker_connection_id": connection});
        let made = create("/agents", format!("demo agent {number}"), body).await?;
        cast.push(Agent {
            agent_id: text(&made, "/agent/id")?,
            agent_key: text(&made, "/agent_key")?,
        });
    }
    let body = json!({"name": "Demo strategy", "broker_connection_id": connection, "default_volume": 0.1});
    let strategy = create("/strategies", "demo strategy".to_owned(), body).await?;
    let first = cast.first().context("there is at least one agent")?.clone();
    let demo = Demo {
        email: EMAIL,
        password: PASSWORD,
        user_id: user_id.to_string(),
        agent_id: first.agent_id,
        agent_key: first.agent_key,
        strategy_id: text(&strategy, "/id")?,
        webhook_secret: text(&strategy, "/webhook_secret")?,
    };
    Ok(Cast {
        demo,
        access_token: token,
        agents: cast,
    })
}

/// The first alert of a demo account that has none yet, so that a newcomer sees a signal on its way.
pub(crate) async fn trade_once(cast: &Cast, http_url: &str) -> Result<()> {
    let http = xtask::http_client();
    let signals = http
        .get(format!("{http_url}/signals?limit=1"))
        .bearer_auth(&cast.access_token);
    let known = answer(signals).await?;
    if known["items"].as_array().is_some_and(Vec::is_empty) {
        let webhook = format!("{http_url}/webhooks/tv/{}", cast.demo.webhook_secret);
        let alert = json!({"symbol": "EURUSD", "action": "buy", "sl_pips": 40, "tp_pips": 80});
        answer(http.post(webhook).json(&alert)).await?;
    }
    Ok(())
}

async fn sign_in(http: &Client, place: &Place<'_>) -> Result<(String, Uuid)> {
    let credentials = json!({"email": EMAIL, "password": PASSWORD});
    let post = |path: &str| {
        http.post(format!("{}/auth/v1/{path}", place.supabase_url))
            .header("apikey", place.anon_key)
            .json(&credentials)
    };
    let session = match answer(post("token?grant_type=password")).await {
        Ok(session) => session,
        Err(_) => answer(post("signup")).await?,
    };
    Ok((text(&session, "/access_token")?, text(&session, "/user/id")?.parse()?))
}

async fn answer(request: reqwest::RequestBuilder) -> Result<Value> {
    let response = request.send().await?;
    let (url, status) = (response.url().path().to_owned(), response.status());
    let body = response.text().await?;
    if !status.is_success() {
        bail!("{url} answered {status}: {body}");
    }
    Ok(serde_json::from_str(&body)?)
}

fn text(value: &Value, pointer: &str) -> Result<String> {
    let found = value.pointer(pointer).and_then(Value::as_str);
    found
        .map(str::to_owned)
        .with_context(|| format!("the answer has no {pointer}"))
}
