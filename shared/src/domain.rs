//! The product's words and rules, without I/O.

pub mod account;
pub mod account_state;
pub mod agent;
pub mod alert;
pub mod broker_account;
pub mod candle;
pub mod connection;
pub mod deployment;
mod id;
pub mod job;
pub mod json;
pub mod mql5;
pub mod onboarding;
pub mod order;
pub mod position;
pub mod price;
pub mod project;
pub mod settings;
pub mod signal;
pub mod strategy;
pub mod trade_event;
pub mod version;
pub(crate) mod word;

pub use id::{
    AgentId, ArtifactId, BrokerConnectionId, DeploymentId, GenerationId, JobId, ProjectId, SignalId, StrategyId,
    UserId, VersionId,
};
