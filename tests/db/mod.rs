//! What the database itself holds, whoever asks it.

mod actor;
pub(crate) mod fixture;
mod guards;
mod isolation;
mod jobs;
mod owners;
mod schema;
