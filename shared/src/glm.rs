//! GLM-5 over its own protocol: one chat completion, streamed as server-sent events.
//! <https://docs.z.ai/api-reference/llm/chat-completion>

mod answer;
mod failure;
mod wire;

use std::{sync::OnceLock, time::Duration};

use http::header;
use tokio::time::{Instant, sleep, timeout_at};

pub use answer::{Answer, Delta, Usage};
pub use failure::{Class, Failure};
use wire::{Message, Request, Thinking};

use crate::{config::Env, error::chain, secret::Secret, tls};

/// As the official client.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(8);
/// Between one try and the next.
const PAUSES: [Duration; 2] = [Duration::from_millis(500), Duration::from_secs(2)];
/// As many as the model can write; reasoning counts too.
const MAX_TOKENS: u32 = 131_072;
const TEMPERATURE: f32 = 0.2;

/// Where programs are asked for.
pub struct Glm {
    url: String,
    key: Secret,
    model: String,
    thinking: Thinking,
    idle: Duration,
    total: Duration,
    client: OnceLock<reqwest::Client>,
}

impl Glm {
    /// Reads `GLM_BASE_URL` (`https://api.z.ai/api/paas/v4`), `GLM_API_KEY`, `GLM_MODEL`, `GLM_THINKING` (`enabled` or `disabled`),
    /// `GLM_IDLE_SECONDS` (the longest pause within an answer) and `GLM_TOTAL_SECONDS` (the longest answer).
    pub fn from_env(env: &mut Env) -> Self {
        Self {
            url: format!("{}/chat/completions", env.text("GLM_BASE_URL").trim_end_matches('/')),
            key: env.secret("GLM_API_KEY"),
            model: env.text("GLM_MODEL"),
            thinking: env.parsed("GLM_THINKING"),
            idle: Duration::from_secs_f64(env.parsed("GLM_IDLE_SECONDS")),
            total: Duration::from_secs_f64(env.parsed("GLM_TOTAL_SECONDS")),
            client: OnceLock::new(),
        }
    }

    pub fn model(&self) -> &str {
        &self.model
    }

    /// An answer whose first token has arrived. Until then a passing failure is tried again, as long as a pause within an answer
    /// may be; afterwards nothing is, since what was passed on cannot be taken back.
    pub async fn ask(&self, system: &str, user: &str) -> Result<Answer, Failure> {
        let (first_token_by, deadline) = (Instant::now() + self.idle, Instant::now() + self.total);
        let mut pauses = PAUSES.into_iter();
        loop {
            let trying = self.try_once(system, user, deadline);
            let answered = timeout_at(first_token_by, trying)
                .await
                .unwrap_or(Err(Failure::Stalled));
            match (answered, pauses.next()) {
                (Err(failure), Some(pause))
                    if failure.class() == Class::Passing && Instant::now() + pause < first_token_by =>
                {
                    tracing::warn!(error.chain = chain(&failure), "asking GLM again");
                    sleep(pause).await;
                }
                (answered, _) => return answered,
            }
        }
    }

    async fn try_once(&self, system: &str, user: &str, deadline: Instant) -> Result<Answer, Failure> {
        let request = Request {
            model: &self.model,
            messages: [Message::system(system), Message::user(user)],
            stream: true,
            max_tokens: MAX_TOKENS,
            temperature: TEMPERATURE,
            thinking: self.thinking,
        };
        let sending = self
            .client()?
            .post(&self.url)
            .bearer_auth(self.key.expose())
            .header(header::ACCEPT_LANGUAGE, "en-US,en")
            .json(&request)
            .send();
        let response = sending.await.map_err(Failure::Network)?;
        if !response.status().is_success() {
            return Err(Failure::refused(response).await);
        }
        Answer::begin(response, self.idle, deadline).await
    }

    fn client(&self) -> Result<&reqwest::Client, Failure> {
        if let Some(client) = self.client.get() {
            return Ok(client);
        }
        let tls = tls::client_config(None).map_err(|error| Failure::SetUp(Box::new(error)))?;
        let client = reqwest::Client::builder()
            .tls_backend_preconfigured(tls)
            .connect_timeout(CONNECT_TIMEOUT)
            .build()
            .map_err(|error| Failure::SetUp(Box::new(error)))?;
        Ok(self.client.get_or_init(|| client))
    }
}
