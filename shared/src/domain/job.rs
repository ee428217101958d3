//! A job: what an agent is told to do, and what came of it.

use jiff::Timestamp;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::{AgentId, BrokerConnectionId, JobId, word::words};
use crate::error::Error;

words! {
    JobType {
        Compile = "compile",
        Deploy = "deploy",
        Run = "run",
        Stop = "stop",
        Trade = "trade",
        ClosePosition = "close_position",
    }
}

words! {
    /// Where a job stands.
    JobStatus {
        Pending = "pending",
        Running = "running",
        Completed = "completed",
        Failed = "failed",
        Cancelled = "cancelled",
    }
}

words! {
    /// How a job ended.
    Outcome {
        Completed = "completed",
        Failed = "failed",
    }
}

impl From<Outcome> for JobStatus {
    fn from(outcome: Outcome) -> Self {
        match outcome {
            Outcome::Completed => Self::Completed,
            Outcome::Failed => Self::Failed,
        }
    }
}

/// A job as its owner sees it.
#[derive(Debug, Serialize, ToSchema)]
pub struct Job {
    #[schema(value_type = Uuid)]
    pub id: JobId,
    pub job_type: JobType,
    pub status: JobStatus,
    #[schema(value_type = Option<Uuid>)]
    pub broker_connection_id: Option<BrokerConnectionId>,
    /// What it was made for: a signal, a version, a deployment; `null` for an order by hand.
    pub entity_type: Option<String>,
    pub entity_id: Option<Uuid>,
    /// What it orders, by job type.
    #[schema(value_type = Object)]
    pub input: serde_json::Value,
    /// What its agent reported.
    #[schema(value_type = Option<Object>)]
    pub output: Option<serde_json::Value>,
    pub error_message: Option<String>,
    /// A machine word for a failure or a cancellation.
    pub reason_code: Option<String>,
    /// Whose it is since it was claimed.
    #[schema(value_type = Option<Uuid>)]
    pub agent_id: Option<AgentId>,
    /// How often it was claimed.
    pub attempts: i32,
    /// An entry that no agent claimed by then is cancelled.
    pub not_after: Option<Timestamp>,
    pub created_at: Timestamp,
    pub claimed_at: Option<Timestamp>,
    pub completed_at: Option<Timestamp>,
}

/// A job as its agent gets it.
#[derive(Debug, Serialize, ToSchema)]
pub struct ClaimedJob {
    #[schema(value_type = Uuid)]
    pub id: JobId,
    pub job_type: JobType,
    pub entity_type: Option<String>,
    pub entity_id: Option<Uuid>,
    /// By job type; a trade's is `symbol`, `side` and what sizes and guards the order.
    #[schema(value_type = Object)]
    pub input: serde_json::Value,
    /// An entry must not be sent after this.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub not_after: Option<Timestamp>,
    pub attempt: i32,
}

/// A job as its owner sees it beside what it is for.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct JobBrief {
    #[schema(value_type = Uuid)]
    pub id: JobId,
    pub job_type: JobType,
    pub status: JobStatus,
    pub error_message: Option<String>,
    pub reason_code: Option<String>,
    pub created_at: Timestamp,
    pub claimed_at: Option<Timestamp>,
    pub completed_at: Option<Timestamp>,
}

/// What an agent says came of a job.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct JobResult {
    pub status: Outcome,
    /// The attempt that the job was claimed with.
    #[serde(default)]
    pub attempt: Option<i32>,
    /// By job type; a trade's is `ticket`, `fill_price`, `volume`, `slippage_points`, `retcode`, `sent_at`, `filled_at`.
    #[serde(default)]
    #[schema(value_type = Object)]
    pub output: serde_json::Map<String, serde_json::Value>,
    #[serde(default)]
    pub error_message: Option<String>,
    #[serde(default)]
    pub reason_code: Option<String>,
}

/// The parts of an output that the database keeps in columns. What is absent or null is `None`; what is there must be
/// of its kind.
#[derive(Debug, Default, Deserialize)]
pub struct OutputFacts {
    #[serde(default)]
    pub ticket: Option<Ticket>,
    #[serde(default)]
    pub broker_order_id: Option<Ticket>,
    #[serde(default)]
    pub fill_price: Option<Decimal>,
    #[serde(default)]
    pub volume: Option<Decimal>,
    #[serde(default)]
    pub sent_at: Option<Timestamp>,
    #[serde(default)]
    pub filled_at: Option<Timestamp>,
    #[serde(default)]
    pub profit: Option<Decimal>,
    #[serde(default)]
    pub checksum: Option<String>,
    #[serde(default)]
    pub file_size: Option<i64>,
    /// Of the compiler's log, where the agent uploaded it.
    #[serde(default)]
    pub log_checksum: Option<String>,
    #[serde(default)]
    pub log_size: Option<i64>,
    #[serde(default)]
    pub diagnostics: Vec<Diagnostic>,
}

impl OutputFacts {
    pub fn of(output: &serde_json::Value) -> Result<Self, Error> {
        serde_path_to_error::deserialize(output)
            .map_err(|error| Error::invalid(&format!("output.{}", error.path()), error.inner().to_string()))
    }
}

/// A ticket is a u64 in MetaTrader; some clients send it as text.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
pub enum Ticket {
    Number(u64),
    Text(String),
}

impl std::fmt::Display for Ticket {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Number(number) => number.fmt(f),
            Self::Text(text) => text.fmt(f),
        }
    }
}

/// A message of the MQL5 compiler.
#[derive(Debug, Deserialize)]
pub struct Diagnostic {
    #[serde(default)]
    pub line: Option<u32>,
    #[serde(default)]
    pub column: Option<u32>,
    pub severity: String,
    pub message: String,
}

/// The compiler's errors as text, a line each; `None` when there are none.
pub fn compilation_error(diagnostics: &[Diagnostic]) -> Option<String> {
    let lines: Vec<String> = diagnostics
        .iter()
        .filter(|diagnostic| diagnostic.severity == "error")
        .map(
            |Diagnostic {
                 line,
                 column,
                 severity: _,
                 message,
             }| match (line, column) {
                (Some(line), Some(column)) => format!("({line},{column}) {message}"),
                _ => message.clone(),
            },
        )
        .collect();
    (!lines.is_empty()).then(|| lines.join("\n"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_errors_are_a_compilation_error() {
        let text = r#"{"diagnostics":[{"line":12,"column":8,"severity":"error","code":256,"message":"undeclared identifier"},
            {"severity":"warning","message":"possible loss of data"}]}"#;
        let facts: OutputFacts = serde_json::from_str(text).expect("readable");
        assert_eq!(
            compilation_error(&facts.diagnostics).as_deref(),
            Some("(12,8) undeclared identifier")
        );
        assert_eq!(compilation_error(&[]), None);
    }
}
