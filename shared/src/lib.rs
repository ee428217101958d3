//! Everything two functions share: who calls, what is answered, the rules, the database.
//!
//! Of Lambda only `lambda_http` types are known here; no environment variable and no SQL stands outside this crate.

pub mod auth;
mod aws;
pub mod bootstrap;
mod client;
pub mod config;
pub mod db;
pub mod domain;
pub mod error;
pub mod glm;
pub mod http;
pub mod news;
pub mod routing;
pub mod secret;
pub mod sockets;
pub mod storage;
pub mod telemetry;
mod tls;
