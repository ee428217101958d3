//! The one test binary: the product on the local cloud, over HTTP, against a real Postgres.
//!
//! Each test has a database of its own, cloned from one migrated template, and functions of its own.

mod contract;
mod db;
mod mql5;
mod openapi;
mod routes;
mod spine;
mod support;
mod template;
mod tidy;
