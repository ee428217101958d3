//! A deployment: one version of an expert advisor on one chart of one agent's terminal.
//!
//! | status | what it means | leaves by |
//! |---|---|---|
//! | `pending` | ordered; no agent has begun | the agent claims the job, or the order is withdrawn |
//! | `deploying` | the agent places and attaches it | the agent's result |
//! | `running` | attached | a stop that was done; one that failed leaves it running |
//! | `stopped` | not attached | a new run |
//! | `failed` | not known to be attached | a new run, or a stop to make sure |
//!
//! Which moves there are stands in the database's guard, and the jobs make them (`forexelite.move_deployment`).

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use super::{
    AgentId, BrokerConnectionId, DeploymentId, ProjectId, VersionId,
    job::JobBrief,
    json::{Object, is_number},
    strategy::{MAGIC_NUMBERS, is_symbol},
    version::{ArtifactType, VersionStatus, file_stem},
    word::words,
};
use crate::error::{Error, FieldErrors, require_none};

const MOST_INPUTS: usize = 200;
const INPUT_NAME_CHARS: usize = 63;
const INPUT_TEXT_CHARS: usize = 1000;

words! {
    /// How far a deployment is.
    DeploymentStatus {
        /// Ordered; no agent has begun.
        Pending = "pending",
        Deploying = "deploying",
        Running = "running",
        Stopped = "stopped",
        /// Not known to be attached.
        Failed = "failed",
    }
}

words! {
    /// A chart's period.
    ChartTimeframe {
        M1 = "M1",
        M5 = "M5",
        M15 = "M15",
        M30 = "M30",
        H1 = "H1",
        H4 = "H4",
        D1 = "D1",
        W1 = "W1",
        MN1 = "MN1",
    }
}

#[derive(Debug, Serialize, ToSchema)]
pub struct Deployment {
    #[schema(value_type = Uuid)]
    pub id: DeploymentId,
    #[schema(value_type = Uuid)]
    pub ea_version_id: VersionId,
    pub version_number: i32,
    #[schema(value_type = Uuid)]
    pub ea_project_id: ProjectId,
    pub project_name: String,
    /// `null` once the agent was deleted.
    #[schema(value_type = Option<Uuid>)]
    pub mt5_agent_id: Option<AgentId>,
    pub agent_name: Option<String>,
    /// The account the agent served when it was ordered; it is started on no other.
    #[schema(value_type = Option<Uuid>)]
    pub broker_connection_id: Option<BrokerConnectionId>,
    pub symbol: String,
    pub timeframe: ChartTimeframe,
    pub magic_number: i64,
    #[schema(value_type = Object)]
    pub inputs: Value,
    pub status: DeploymentStatus,
    /// Why it failed, or why it could not be stopped.
    pub error_message: Option<String>,
    pub deployed_at: Option<Timestamp>,
    pub stopped_at: Option<Timestamp>,
    /// What was last ordered.
    pub last_job: Option<JobBrief>,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewDeployment {
    /// A compiled one.
    #[schema(value_type = Uuid)]
    pub ea_version_id: VersionId,
    #[schema(value_type = Uuid)]
    pub mt5_agent_id: AgentId,
    /// 1 to 32 letters, digits and `. _ # ! + & -`.
    pub symbol: String,
    pub timeframe: ChartTimeframe,
    /// By which its orders are known in the terminal; chosen for you unless sent.
    #[serde(default)]
    pub magic_number: Option<i64>,
    /// Numbers, texts and truths by the names of the program's inputs; at most 200.
    #[serde(default)]
    #[schema(value_type = Object)]
    pub inputs: Object,
}

impl NewDeployment {
    /// Names what is not allowed.
    pub fn require_valid(&self) -> Result<(), Error> {
        let Self {
            ea_version_id: _,
            mt5_agent_id: _,
            symbol,
            timeframe: _,
            magic_number,
            inputs,
        } = self;
        let mut wrong = FieldErrors::default();
        wrong.require(is_symbol(symbol), "symbol", "1 to 32 letters, digits and . _ # ! + & -");
        wrong.require(
            magic_number.is_none_or(|number| MAGIC_NUMBERS.contains(&number)),
            "magic_number",
            "1 to 9007199254740991",
        );
        wrong.require(
            inputs.len() <= MOST_INPUTS
                && inputs
                    .iter()
                    .all(|(name, value)| is_input_name(name) && is_input(value)),
            "inputs",
            "at most 200 names as MQL5 has them, with numbers, truths, or texts of up to 1000 characters on one line",
        );
        require_none(wrong.0)
    }
}

fn is_input_name(name: &str) -> bool {
    (1..=INPUT_NAME_CHARS).contains(&name.len())
        && !name.starts_with(|c: char| c.is_ascii_digit())
        && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_')
}

/// The agent writes them into a template of the terminal's, a line each: a text with lines could write others.
fn is_input(value: &Value) -> bool {
    match value {
        Value::Bool(_) => true,
        Value::Number(number) => is_number(number),
        Value::String(text) => text.chars().count() <= INPUT_TEXT_CHARS && !text.contains(char::is_control),
        Value::Null | Value::Array(_) | Value::Object(_) => false,
    }
}

/// What an agent calls the program: a file of its own for each version, since a terminal goes on with the old content of a
/// file it has loaded, and projects may share a name.
pub fn program_name(project: &str, number: i32, version: VersionId) -> String {
    let (stem, kind) = (file_stem(project), ArtifactType::Program.as_str());
    let id = version.0.simple().to_string();
    format!("{stem}_v{number}_{}.{kind}", &id[..8])
}

/// Only what the compiler made can be deployed.
pub fn require_compiled(status: VersionStatus, has_program: bool) -> Result<(), Error> {
    match status {
        VersionStatus::Compiled if has_program => Ok(()),
        VersionStatus::Draft | VersionStatus::Compiling | VersionStatus::Compiled | VersionStatus::Failed => {
            Err(Error::Conflict {
                code: "not_compiled",
                detail: "Only a compiled version can be deployed; compile it first.".to_owned(),
            })
        }
    }
}

/// What a user's wish to stop comes to.
#[derive(Debug, PartialEq, Eq)]
pub enum Stop {
    /// It is stopped.
    Nothing,
    /// The agent is told to.
    Order,
    /// The order to start it is withdrawn.
    Withdraw,
}

/// What a user's wish to run comes to.
#[derive(Debug, PartialEq, Eq)]
pub enum Run {
    /// It runs, or soon will.
    Nothing,
    Order,
}

impl Deployment {
    pub fn stop(&self) -> Result<Stop, Error> {
        match self.status {
            DeploymentStatus::Stopped => Ok(Stop::Nothing),
            DeploymentStatus::Pending => Ok(Stop::Withdraw),
            DeploymentStatus::Deploying => Err(starting()),
            DeploymentStatus::Running | DeploymentStatus::Failed => self.require_agent().map(|()| Stop::Order),
        }
    }

    pub fn run(&self) -> Result<Run, Error> {
        match self.status {
            DeploymentStatus::Pending | DeploymentStatus::Deploying | DeploymentStatus::Running => Ok(Run::Nothing),
            DeploymentStatus::Stopped | DeploymentStatus::Failed => self.require_agent().map(|()| Run::Order),
        }
    }

    /// Refuses what may be attached, unless its agent is gone: then nobody can stop it from here any more.
    pub fn require_ended(&self) -> Result<(), Error> {
        match self.status {
            DeploymentStatus::Deploying | DeploymentStatus::Running if self.mt5_agent_id.is_some() => Err(running()),
            DeploymentStatus::Pending
            | DeploymentStatus::Deploying
            | DeploymentStatus::Running
            | DeploymentStatus::Stopped
            | DeploymentStatus::Failed => Ok(()),
        }
    }

    /// Once its agent was deleted nobody can stop it any more.
    fn require_agent(&self) -> Result<(), Error> {
        if self.mt5_agent_id.is_some() {
            return Ok(());
        }
        Err(Error::Conflict {
            code: "agent_deleted",
            detail: "Its agent was deleted. Remove the expert advisor in the terminal, then delete this deployment."
                .to_owned(),
        })
    }
}

/// The agent is at it.
pub fn starting() -> Error {
    Error::Conflict {
        code: "deployment_starting",
        detail: "The agent is just starting it; wait until it runs, then stop it.".to_owned(),
    }
}

/// It may be attached.
pub fn running() -> Error {
    Error::Conflict {
        code: "deployment_running",
        detail: "It is running or about to; stop it first.".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use uuid::Uuid;

    use super::*;

    fn inputs(value: &Value) -> bool {
        let new = NewDeployment {
            ea_version_id: VersionId(Uuid::nil()),
            mt5_agent_id: AgentId(Uuid::nil()),
            symbol: "EURUSD.i".to_owned(),
            timeframe: ChartTimeframe::H1,
            magic_number: None,
            inputs: value.as_object().expect("an object").clone(),
        };
        new.require_valid().is_ok()
    }

    #[test]
    fn inputs_are_named_scalars_of_one_line() {
        assert!(inputs(
            &json!({"Lots": 0.1, "_use_trail": true, "Comment1": "тренд", "Mode": "PERIOD_H1"})
        ));
        for bad in [
            json!({"": 1}),
            json!({"1st": 1}),
            json!({"stop loss": 1}),
            json!({"a=b": 1}),
            json!({"Lots": null}),
            json!({"Lots": [1]}),
            json!({"Lots": {"x": 1}}),
            json!({"Comment": "a\n<expert>"}),
            json!({"Comment": "x".repeat(1001)}),
            json!({"x".repeat(64): 1}),
        ] {
            assert!(!inputs(&bad), "{bad}");
        }
    }

    #[test]
    fn each_version_is_a_file_of_its_own() {
        let version = |id: u128| VersionId(Uuid::from_u128(id << 96));
        assert_eq!(
            program_name("Trend Rider", 3, version(0x1a2b_3c4d)),
            "Trend_Rider_v3_1a2b3c4d.ex5"
        );
        assert_ne!(program_name("EA", 1, version(1)), program_name("EA", 1, version(2)));
    }

    #[test]
    fn only_a_compiled_version_with_a_program_can_be_deployed() {
        assert!(require_compiled(VersionStatus::Compiled, true).is_ok());
        for (status, has_program) in [
            (VersionStatus::Compiled, false),
            (VersionStatus::Draft, true),
            (VersionStatus::Compiling, true),
            (VersionStatus::Failed, true),
        ] {
            let refused = require_compiled(status, has_program).expect_err("refused");
            assert_eq!(refused.code(), "not_compiled");
        }
    }
}
