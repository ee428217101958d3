//! News for sockets, by way of a queue: whoever stores something tells the broadcast what changed, and the broadcast asks the
//! database what it is now. News is never trusted for truth, so one that cannot be sent fails nothing.
//!
//! The queue is first-in-first-out by line: of all prices of one source, and of all other news of one user, one message
//! is handled at a time. That is what keeps a socket from seeing an instrument go back in time.

pub mod edition;

use std::{collections::BTreeMap, sync::OnceLock, time::Duration};

use aws_sdk_sqs::{
    Client,
    config::{BehaviorVersion, Region, SharedHttpClient, retry::RetryConfig, timeout::TimeoutConfig},
    types::SendMessageBatchRequestEntry,
};
use aws_smithy_http_client::{
    Builder,
    tls::{Provider, rustls_provider::CryptoMode},
};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{
    aws::Aws,
    config::Env,
    domain::{
        AgentId, BrokerConnectionId, JobId, SignalId, UserId,
        agent::AgentStatus,
        job::{JobStatus, JobType},
        signal::{Action, SignalStatus},
    },
    error::Error,
};

/// What SQS takes in one batch.
const BATCH: usize = 10;
/// A caller waits for it, and nothing of value is lost when it fails.
const CONNECT_TIMEOUT: Duration = Duration::from_millis(500);
const SEND_TIMEOUT: Duration = Duration::from_secs(1);
const BACK_OFF: Duration = Duration::from_millis(50);

/// What a user is told of one change of many rows. Dashboards read their lists again long before more would be shown one by one.
pub(crate) const TOLD_AT_ONCE: usize = 20;

/// One thing that changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum News {
    /// Newer ticks of these instruments are stored.
    Ticks {
        source: UserId,
        instruments: Vec<String>,
    },
    /// A socket began to watch instruments whose prices come from this source.
    Watched {
        source: UserId,
        connection_id: String,
        instruments: Vec<String>,
    },
    Signal {
        user_id: UserId,
        signal: SignalNews,
    },
    Job {
        user_id: UserId,
        job: JobNews,
    },
    Agent {
        user_id: UserId,
        agent: AgentNews,
    },
    /// A job waits: for any agent of the user, or for those of one broker connection.
    JobsWaiting {
        user_id: UserId,
        broker_connection_id: Option<BrokerConnectionId>,
    },
    /// What the user's dashboards watch has grown.
    Instruments {
        user_id: UserId,
    },
    /// A socket that is to be closed.
    HangUp {
        user_id: UserId,
        connection_id: String,
    },
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignalNews {
    pub id: SignalId,
    pub status: SignalStatus,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub symbol: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub action: Option<Action>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason_code: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct JobNews {
    pub id: JobId,
    pub job_type: JobType,
    pub status: JobStatus,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AgentNews {
    pub id: AgentId,
    pub status: AgentStatus,
}

impl News {
    /// What is handled one after the other.
    fn line(&self) -> String {
        match self {
            Self::Ticks { source, .. } | Self::Watched { source, .. } => format!("prices-{}", source.0),
            Self::Signal { user_id, .. }
            | Self::Job { user_id, .. }
            | Self::Agent { user_id, .. }
            | Self::JobsWaiting { user_id, .. }
            | Self::Instruments { user_id }
            | Self::HangUp { user_id, .. } => format!("news-{}", user_id.0),
        }
    }
}

/// What one message of the queue says.
pub fn read(body: &str) -> Result<Vec<News>, serde_json::Error> {
    serde_json::from_str(body)
}

/// Where news is handed in.
pub struct Newsroom {
    aws: Aws,
    queue_url: String,
    client: OnceLock<Client>,
}

impl Newsroom {
    /// Reads `NEWS_QUEUE_URL`.
    pub fn from_env(env: &mut Env) -> Self {
        Self {
            aws: Aws::from_env(env),
            queue_url: env.text("NEWS_QUEUE_URL"),
            client: OnceLock::new(),
        }
    }

    /// One message for each line. A failure is logged and nothing more: what the news is about is stored.
    pub async fn send(&self, news: &[News]) {
        let mut lines = BTreeMap::<String, Vec<&News>>::new();
        for item in news {
            lines.entry(item.line()).or_default().push(item);
        }
        let messages: Vec<_> = lines
            .into_iter()
            .map(|(line, news)| (line, serde_json::to_string(&news).expect("news is plain JSON")))
            .collect();
        for batch in messages.chunks(BATCH) {
            if let Err(error) = self.send_batch(batch).await {
                error.log();
            }
        }
    }

    async fn send_batch(&self, messages: &[(String, String)]) -> Result<(), Error> {
        const OP: &str = "news/send";
        let client = self.client.get_or_init(|| self.connect());
        if let [(line, body)] = messages {
            let message = client.send_message().queue_url(&self.queue_url).message_body(body);
            let message = message.message_group_id(line).message_deduplication_id(Uuid::new_v4());
            return match message.send().await {
                Ok(_) => Ok(()),
                Err(error) => Err(Error::dependency(OP, error)),
            };
        }
        let mut batch = client.send_message_batch().queue_url(&self.queue_url);
        for (number, (line, body)) in messages.iter().enumerate() {
            let entry = SendMessageBatchRequestEntry::builder()
                .id(number.to_string())
                .message_body(body);
            let entry = entry.message_group_id(line).message_deduplication_id(Uuid::new_v4());
            batch = batch.entries(entry.build().map_err(|error| Error::internal(OP, error))?);
        }
        let answer = batch.send().await.map_err(|error| Error::dependency(OP, error))?;
        match answer.failed.first() {
            None => Ok(()),
            Some(refused) => Err(Error::dependency(
                OP,
                format!(
                    "{} of {} refused: {}",
                    answer.failed.len(),
                    messages.len(),
                    refused.code
                ),
            )),
        }
    }

    fn connect(&self) -> Client {
        let config = aws_sdk_sqs::Config::builder()
            .behavior_version(BehaviorVersion::latest())
            .region(Region::new(self.aws.region.clone()))
            .credentials_provider(self.aws.credentials.clone())
            .endpoint_url(origin(&self.queue_url))
            .http_client(http_client())
            .timeout_config(
                TimeoutConfig::builder()
                    .connect_timeout(CONNECT_TIMEOUT)
                    .operation_attempt_timeout(SEND_TIMEOUT)
                    .build(),
            )
            .retry_config(
                RetryConfig::standard()
                    .with_max_attempts(2)
                    .with_initial_backoff(BACK_OFF),
            )
            .build();
        Client::from_conf(config)
    }
}

/// With the cryptography that everything else here uses.
fn http_client() -> SharedHttpClient {
    Builder::new()
        .tls_provider(Provider::Rustls(CryptoMode::Ring))
        .build_https()
}

/// The queue's address begins with its service's.
fn origin(queue_url: &str) -> &str {
    let host = queue_url.find("://").map_or(0, |at| at + 3);
    let end = queue_url[host..].find('/').map_or(queue_url.len(), |at| host + at);
    &queue_url[..end]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_endpoint_is_the_origin_of_the_queue() {
        let aws = "https://sqs.eu-central-1.amazonaws.com/123456789012/News.fifo";
        assert_eq!(origin(aws), "https://sqs.eu-central-1.amazonaws.com");
        assert_eq!(
            origin("http://127.0.0.1:4566/000000000000/News.fifo"),
            "http://127.0.0.1:4566"
        );
    }

    #[test]
    fn prices_and_news_of_one_user_are_lines_of_their_own() {
        let user = UserId(Uuid::nil());
        let ticks = News::Ticks {
            source: user,
            instruments: vec![],
        };
        let news = News::Instruments { user_id: user };
        assert_ne!(ticks.line(), news.line());
        let body = serde_json::to_string(&[&ticks, &news]).expect("JSON");
        assert_eq!(read(&body).expect("what was written"), [ticks, news]);
    }
}
