//! The requests that alert senders, agents and users make.

use anyhow::{Context, Result, bail, ensure};
use local_cloud::Cloud;
use reqwest::{Client, Method, RequestBuilder, StatusCode};
use serde_json::{Value, json};
use uuid::Uuid;

use super::EMPTY;
use crate::demo::{Agent, Cast};

#[derive(Clone)]
pub(super) struct Callers {
    http: Client,
    api_url: String,
    stream_url: String,
    empty_url: String,
    access_token: String,
    pub(super) webhook_secret: String,
    pub(super) agent: Agent,
}

/// A claimed job, as its result must name it.
pub(super) struct Job {
    pub(super) id: String,
    pub(super) attempt: i64,
}

impl Callers {
    pub(super) fn new(cloud: &Cloud, empty_url: &str, cast: Cast) -> Self {
        let Cast {
            demo,
            access_token,
            agents: _,
        } = cast;
        Self {
            http: xtask::http_client(),
            api_url: cloud.http_url().to_owned(),
            stream_url: cloud.stream_url().unwrap_or_default().to_owned(),
            empty_url: empty_url.to_owned(),
            access_token,
            webhook_secret: demo.webhook_secret,
            agent: Agent {
                agent_id: demo.agent_id,
                agent_key: demo.agent_key,
            },
        }
    }

    pub(super) fn alert(&self) -> RequestBuilder {
        self.alert_to(&self.api_url)
    }

    /// The same alert to the function that does not read it.
    pub(super) fn empty(&self) -> RequestBuilder {
        self.alert_to(&self.empty_url)
    }

    fn alert_to(&self, url: &str) -> RequestBuilder {
        let url = format!("{url}/webhooks/tv/{}", self.webhook_secret);
        self.http
            .post(url)
            .header("content-type", "text/plain; charset=utf-8")
            .body(alert())
    }

    pub(super) fn claim(&self) -> RequestBuilder {
        self.as_agent(Method::GET, "jobs/next")
    }

    pub(super) fn result(&self, job: &Job) -> RequestBuilder {
        let body = json!({
            "status": "completed",
            "attempt": job.attempt,
            "output": {"ticket": 123_456_789, "fill_price": 1.0851, "volume": 0.1, "sent_at": "2026-01-31T09:30:00Z"},
        });
        self.as_agent(Method::POST, &format!("jobs/{}/result", job.id))
            .json(&body)
    }

    pub(super) fn push(&self, ticks: &Value) -> RequestBuilder {
        self.as_agent(Method::POST, "prices").json(ticks)
    }

    /// What opens a socket, once.
    pub(super) async fn ticket(&self) -> Result<String> {
        let url = format!("{}/auth/socket-ticket", self.api_url);
        let response = self.http.post(url).bearer_auth(&self.access_token).send().await?;
        let status = response.status();
        let answer = read(status, &response.text().await?)?;
        let ticket = answer["ticket"].as_str().context("the answer has no ticket")?;
        Ok(ticket.to_owned())
    }

    /// What takes a function through its usual work.
    pub(super) fn usual(&self, function: &str) -> Result<Usual> {
        let request = match function {
            EMPTY => self.empty(),
            "account" => self
                .as_agent(Method::POST, "account")
                .json(&json!({"balance": 10_000, "equity": 10_000, "margin": 0,
                "free_margin": 10_000, "currency": "USD", "positions": []})),
            "agents" => self.as_user("/agents"),
            "auth" => self.as_user("/auth/me"),
            "deployments" => self.as_user("/deployments"),
            "ea" => self.as_user("/ea/projects"),
            // Of a project that nobody knows: looked for, not found.
            "generate" => self
                .http
                .post(format!("{}/ea/projects/{}/generate", self.stream_url, Uuid::new_v4()))
                .bearer_auth(&self.access_token)
                .json(&json!({"description": "Trade."})),
            "heartbeat" => self
                .as_agent(Method::POST, "heartbeat")
                .json(&json!({"version": "bench"})),
            "job-claim" => self.claim(),
            // Of a job that nobody knows: looked for, not found.
            "job-result" => self.result(&Job {
                id: Uuid::new_v4().to_string(),
                attempt: 1,
            }),
            "onboarding" => self.as_user("/onboarding/status"),
            "price-broadcast" => return Ok(Usual::Event(queued())),
            // Not the instrument whose ticks are numbered.
            "prices" => self.push(&json!({"GBPUSD": {"bid": 1.27, "ask": 1.28}})),
            "signals" => self.as_user("/signals"),
            "socket" => return Ok(Usual::Event(pinged())),
            "sweep" => return Ok(Usual::Event(json!({"source": "aws.events"}))),
            "trading" => self.as_user("/prices"),
            "webhook" => self.alert(),
            unknown => bail!(
                "the function {unknown} is measured by nothing: add its usual request to Callers::usual in {}",
                file!()
            ),
        };
        Ok(Usual::Request(Box::new(request)))
    }

    fn as_agent(&self, method: Method, path: &str) -> RequestBuilder {
        let Agent { agent_id, agent_key } = &self.agent;
        let url = format!("{}/agents/{agent_id}/{path}", self.api_url);
        self.http.request(method, url).header("x-agent-key", agent_key)
    }

    fn as_user(&self, path: &str) -> RequestBuilder {
        self.http
            .get(format!("{}{path}", self.api_url))
            .bearer_auth(&self.access_token)
    }
}

/// How a function is asked.
pub(super) enum Usual {
    Request(Box<RequestBuilder>),
    Event(Value),
}

/// A tick that nobody watches.
fn queued() -> Value {
    let news = json!([{"type": "ticks", "source": Uuid::new_v4(), "instruments": ["EURUSD"]}]);
    json!({"Records": [{"messageId": "1", "body": news.to_string()}]})
}

/// A ping of a socket that is gone.
fn pinged() -> Value {
    json!({"requestContext": {"routeKey": "ping", "connectionId": "gone=", "connectedAt": 0, "requestTimeEpoch": 0},
        "body": r#"{"action":"ping"}"#})
}

/// An alert no other one is like.
pub(super) fn alert() -> String {
    let id = Uuid::new_v4();
    format!(r#"{{"symbol":"EURUSD","action":"buy","price":1.0850,"volume":0.10,"sl":1.0800,"tp":1.0950,"id":"{id}"}}"#)
}

/// The answer's JSON; null where there is none. Whatever is no success ends the bench: its time would mean nothing.
pub(super) fn read(status: StatusCode, body: &str) -> Result<Value> {
    ensure!(
        status.is_success(),
        "the answer was {status}: {body}; see the logs in target/bench"
    );
    if body.is_empty() {
        return Ok(Value::Null);
    }
    serde_json::from_str(body).with_context(|| format!("the answer is no JSON: {body}"))
}

/// What a claim brought.
pub(super) fn claimed(answer: &Value) -> Option<Job> {
    let job = answer.get("job")?;
    Some(Job {
        id: job.get("id")?.as_str()?.to_owned(),
        attempt: job.get("attempt")?.as_i64()?,
    })
}
