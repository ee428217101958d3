//! The database: a session says who asks, a noun's module says what can be asked.

mod door;
mod session;

pub mod account;
pub mod agent;
pub mod broker_account;
pub mod candle;
pub mod connection;
pub mod deployment;
pub mod generation;
pub mod job;
pub mod onboarding;
pub mod order;
pub mod position;
pub mod price;
pub mod profile;
pub mod project;
pub mod settings;
pub mod signal;
pub mod socket;
pub mod strategy;
pub mod sweep;
pub mod trade_event;
pub mod version;

pub use door::AgentDoor;
pub use session::{Db, Session, Tx};
pub(crate) use session::{Params, Statement, conflict_on, statement};
