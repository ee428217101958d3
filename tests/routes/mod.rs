//! One file for each route, good case to sent twice.

mod account;
mod agents;
mod auth;
mod broker_connections;
mod explain;
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
mod tokens;
mod trading;
mod webhook;
