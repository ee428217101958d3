//! What clients send.

use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use super::error::Fault;

#[derive(Deserialize)]
pub(super) struct SignUp {
    pub(super) email: String,
    pub(super) password: String,
    pub(super) data: Option<Map<String, Value>>,
}

#[derive(Deserialize)]
pub(super) struct Grant {
    pub(super) grant_type: Option<String>,
}

#[derive(Deserialize)]
pub(super) struct Password {
    pub(super) email: String,
    pub(super) password: String,
}

#[derive(Deserialize)]
pub(super) struct RefreshToken {
    pub(super) refresh_token: String,
}

#[derive(Deserialize)]
pub(super) struct Change {
    pub(super) email: Option<String>,
    pub(super) password: Option<String>,
    pub(super) data: Option<Map<String, Value>>,
}

#[derive(Deserialize)]
pub(super) struct Scope {
    pub(super) scope: Option<String>,
}

pub(super) fn parse<T: DeserializeOwned>(body: &[u8]) -> Result<T, Fault> {
    serde_json::from_slice(body).or(Err(Fault::BAD_JSON))
}

pub(super) fn address(email: &str) -> Result<String, Fault> {
    let email = email.trim().to_lowercase();
    let plausible = email.split_once('@').is_some_and(|(name, host)| {
        !name.is_empty() && host.contains('.') && !host.contains('@') && !host.starts_with('.') && !host.ends_with('.')
    });
    if plausible && !email.contains(char::is_whitespace) {
        Ok(email)
    } else {
        Err(Fault::BAD_EMAIL)
    }
}
