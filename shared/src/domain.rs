//! The product's words and rules, without I/O.

pub mod account;
pub mod agent;
pub mod alert;
mod id;
pub mod job;
pub mod order;
pub mod signal;
pub mod strategy;
mod word;

pub use id::{AgentId, BrokerConnectionId, JobId, SignalId, StrategyId, UserId};
