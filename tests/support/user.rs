//! A trader: a user with a broker connection, an agent and a strategy, made through the product's own doors.

use serde_json::json;
use tokio_postgres::types::Type;
use uuid::Uuid;

use super::{Caller, Stage};

#[derive(Clone)]
pub(crate) struct AgentKey {
    pub(crate) id: String,
    pub(crate) key: String,
}

#[derive(Clone)]
pub(crate) struct Trader {
    pub(crate) id: Uuid,
    pub(crate) token: String,
    pub(crate) refresh_token: String,
    pub(crate) connection: Uuid,
    pub(crate) agent: AgentKey,
    pub(crate) strategy: String,
    pub(crate) webhook_secret: String,
}

impl Stage {
    /// Signs up with Supabase and nothing more: id, access token, refresh token.
    pub(crate) async fn sign_up(&self) -> (Uuid, String, String) {
        let credentials = json!({"email": format!("{}@example.test", Uuid::new_v4()), "password": "a good password"});
        let url = format!("{}/auth/v1/signup", self.cloud.supabase_url());
        let request = self
            .http
            .post(url)
            .header("apikey", self.cloud.anon_key())
            .json(&credentials);
        let session: serde_json::Value = request
            .send()
            .await
            .expect("Supabase answers")
            .json()
            .await
            .expect("a session is JSON");
        let text = |pointer: &str| {
            session
                .pointer(pointer)
                .and_then(|value| value.as_str())
                .expect(pointer)
                .to_owned()
        };
        (
            text("/user/id").parse().expect("an id is a UUID"),
            text("/access_token"),
            text("/refresh_token"),
        )
    }

    /// A broker connection of the user.
    pub(crate) async fn connection_of(&self, user: Uuid) -> Uuid {
        let sql = "insert into broker_connections (user_id, broker_type, name) values ($1, 'MT5_AGENT', 'Broker') returning id";
        let row = self
            .db
            .query_typed_one(sql, &[(&user, Type::UUID)])
            .await
            .expect("a connection can be made");
        row.get(0)
    }

    /// A trader who may trade.
    pub(crate) async fn trader(&self) -> Trader {
        let (id, token, refresh_token) = self.sign_up().await;
        let accept = "update user_settings set disclaimer_accepted = true where user_id = $1";
        self.db
            .execute_typed(accept, &[(&id, Type::UUID)])
            .await
            .expect("the disclaimer can be accepted");
        let connection = self.connection_of(id).await;
        let caller = self.anybody().bearing(&token);
        let agent = self.agent_of(&caller, connection).await;
        let body = json!({"name": "Strategy", "broker_connection_id": connection});
        let strategy = caller.post("/strategies", body, 201).await;
        Trader {
            id,
            token,
            refresh_token,
            connection,
            agent,
            strategy: strategy.text("/id").to_owned(),
            webhook_secret: strategy.text("/webhook_secret").to_owned(),
        }
    }

    pub(crate) async fn agent_of(&self, caller: &Caller<'_>, connection: Uuid) -> AgentKey {
        let made = caller
            .post(
                "/agents",
                json!({"agent_name": "Agent", "broker_connection_id": connection}),
                201,
            )
            .await;
        AgentKey {
            id: made.text("/agent/id").to_owned(),
            key: made.text("/agent_key").to_owned(),
        }
    }

    pub(crate) fn as_user(&self, trader: &Trader) -> Caller<'_> {
        self.anybody().bearing(&trader.token)
    }

    pub(crate) fn as_agent(&self, agent: &AgentKey) -> Caller<'_> {
        self.anybody().with("x-agent-key", &agent.key)
    }

    /// Claims the next job of an agent; `expected` is 200 or 204.
    pub(crate) async fn claim(&self, agent: &AgentKey, expected: u16) -> super::Reply {
        self.as_agent(agent)
            .get(&format!("/agents/{}/jobs/next", agent.id), expected)
            .await
    }

    /// The job as an agent of the simulated broker would report it done.
    pub(crate) async fn fill(&self, agent: &AgentKey, job: &str, attempt: i64, expected: u16) -> super::Reply {
        let output = json!({"ticket": 42, "fill_price": 1.08521, "volume": 0.1, "slippage_points": 1, "retcode": 10009,
            "sent_at": "2026-01-01T00:00:00.100Z", "filled_at": "2026-01-01T00:00:00.200Z"});
        let body = json!({"status": "completed", "attempt": attempt, "output": output});
        self.as_agent(agent)
            .post(&format!("/agents/{}/jobs/{job}/result", agent.id), body, expected)
            .await
    }
}
