//! The whole way: alert, job, agent, order, and back.

mod account;
mod agent;
mod alert_to_order;
mod broadcast;
mod claims;
mod crash;
mod doorbell;
mod edge;
mod expert_advisor;
mod log;
mod metrics;
mod order;
mod outage;
mod round_trips;
mod storage;
mod sweep;
mod tls;

pub(crate) use agent::until;
