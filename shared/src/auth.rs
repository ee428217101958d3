//! The three callers and their proofs. An extractor type in a handler's arguments is the proof of who calls; minting and
//! verifying a credential stand in the same file.

pub mod agent;
pub mod socket;
pub mod user;
pub mod webhook;

pub use agent::AgentCaller;
pub use user::User;
pub use webhook::Webhook;
