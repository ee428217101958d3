//! The product's words and rules, without I/O.

pub mod account;
pub mod account_state;
pub mod agent;
pub mod alert;
pub mod broker_account;
pub mod candle;
pub mod connection;
mod id;
pub mod job;
pub mod mql5;
pub mod onboarding;
pub mod order;
pub mod position;
pub mod price;
pub mod settings;
pub mod signal;
pub mod strategy;
pub mod trade_event;
pub(crate) mod word;

pub use id::{AgentId, BrokerConnectionId, JobId, SignalId, StrategyId, UserId};
