//! One file for each route, good case to sent twice.

mod account;
mod agents;
mod alert_text;
mod auth;
mod broker_connections;
mod deployments;
mod ea;
mod explain;
mod generate;
mod heartbeat;
mod jobs_next;
mod jobs_result;
mod jobs_show;
mod onboarding;
mod prices;
mod prices_read;
mod risk_gate;
mod signals;
mod socket;
mod strategies;
pub(crate) mod tokens;
mod trading;
mod webhook;
