//! The secrets of a deployment: what must be in them, and what is plainly no secret yet.

use std::collections::BTreeMap;

use anyhow::{Context, Result, bail, ensure};
use data_encoding::BASE64URL_NOPAD;
use serde_json::Value;
use tokio_postgres::config::Host;

/// What a person writes where a secret should be.
const PLACEHOLDERS: [&str; 8] = [
    "<",
    "…",
    "...",
    "changeme",
    "change-me",
    "placeholder",
    "replace",
    "your-",
];
/// Of `socket_ticket_secret`.
const KEY_BYTES: usize = 32;
/// Supavisor's and `PgBouncer`'s port in transaction mode.
const TRANSACTION_PORT: u16 = 6543;

/// The keys of the functions' secret. No `Debug`: it would show them.
pub(super) struct Secret {
    /// Of Secrets Manager.
    pub(super) version: String,
    keys: BTreeMap<String, String>,
}

impl Secret {
    pub(super) fn parse(answer: &Value) -> Result<Self> {
        let text = answer["SecretString"]
            .as_str()
            .context("the secret is binary; it must be a text of JSON")?;
        // The error of the parser could quote the text.
        let Ok(keys) = serde_json::from_str(text) else {
            bail!("the secret is no JSON object of texts");
        };
        let version = answer["VersionId"].as_str().context("the answer names no version")?;
        Ok(Self {
            version: version.to_owned(),
            keys,
        })
    }

    pub(super) fn get(&self, key: &str) -> &str {
        self.keys.get(key).map_or("", String::as_str)
    }

    /// Everything wrong with it, by key, without a value.
    pub(super) fn check(&self) -> Result<()> {
        let mut problems = Vec::new();
        let required = [
            "database_url",
            "supabase_service_key",
            "glm_api_key",
            "socket_ticket_secret",
        ];
        for key in required.into_iter().chain(["supabase_jwt_secret"]) {
            let Some(value) = self.keys.get(key) else {
                problems.push(format!("{key} is missing"));
                continue;
            };
            let lower = value.to_lowercase();
            if value.is_empty() && key != "supabase_jwt_secret" {
                problems.push(format!("{key} is empty"));
            } else if PLACEHOLDERS.iter().any(|word| lower.contains(word)) {
                problems.push(format!("{key} still has a placeholder"));
            } else if value.trim() != value {
                problems.push(format!("{key} begins or ends with white space"));
            } else if let Some(problem) = problem_of(key, value) {
                problems.push(format!("{key} {problem}"));
            }
        }
        ensure!(problems.is_empty(), "{}", problems.join("; "));
        Ok(())
    }
}

fn problem_of(key: &str, value: &str) -> Option<String> {
    match key {
        "database_url" if !value.is_empty() => problem_of_address(value),
        "supabase_service_key" if !value.starts_with("sb_secret_") => match role_of(value).as_deref() {
            Some("service_role") => None,
            Some(role) => Some(format!("is the key of the role {role}; take the one of service_role")),
            None => Some("is neither an sb_secret_ key nor a JWT".to_owned()),
        },
        "socket_ticket_secret" if value.len() < KEY_BYTES => Some(format!("is shorter than {KEY_BYTES} characters")),
        _ => None,
    }
}

fn problem_of_address(address: &str) -> Option<String> {
    let Ok(config) = address.parse::<tokio_postgres::Config>() else {
        return Some("is no postgres:// address".to_owned());
    };
    let user = config.get_user().unwrap_or_default();
    let host = match config.get_hosts().first() {
        Some(Host::Tcp(name)) => name.as_str(),
        Some(Host::Unix(_)) | None => "",
    };
    if !user.starts_with("forexelite_api") {
        return Some(format!(
            "logs in as {user}; functions log in as forexelite_api, which owns nothing"
        ));
    }
    if host.starts_with("db.") && host.ends_with(".supabase.co") && config.get_ports() != [TRANSACTION_PORT] {
        return Some("is the direct address, which functions cannot reach; take the transaction pooler's".to_owned());
    }
    if host.ends_with(".pooler.supabase.com") {
        if !user.contains('.') {
            return Some("needs the project in its user name: forexelite_api.<project>".to_owned());
        }
        if config.get_ports() != [TRANSACTION_PORT] {
            return Some(format!(
                "is the session pooler; functions need the transaction pooler, port {TRANSACTION_PORT}"
            ));
        }
    }
    None
}

/// The claim of Supabase's own keys.
pub(super) fn role_of(jwt: &str) -> Option<String> {
    let payload = BASE64URL_NOPAD.decode(jwt.split('.').nth(1)?.as_bytes()).ok()?;
    let claims: Value = serde_json::from_slice(&payload).ok()?;
    Some(claims["role"].as_str()?.to_owned())
}

/// 256 random bits.
pub(super) fn random() -> Result<String> {
    let mut bytes = [0; KEY_BYTES];
    getrandom::fill(&mut bytes)?;
    Ok(BASE64URL_NOPAD.encode(&bytes))
}
