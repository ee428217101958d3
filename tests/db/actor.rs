//! Somebody who tries a statement; whatever it does is rolled back.

use tokio_postgres::{Client, SimpleQueryMessage};
use uuid::Uuid;

pub(super) struct Actor {
    pub(super) name: &'static str,
    pub(super) role: &'static str,
    /// `request.jwt.claims`; empty where a pooled connection has none.
    claims: String,
}

/// Why Postgres refused.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Refusal {
    pub(super) code: String,
    pub(super) rule: String,
    pub(super) message: String,
}

impl Actor {
    fn new(name: &'static str, role: &'static str, claims: String) -> Self {
        Self { name, role, claims }
    }

    pub(super) fn user(id: Uuid) -> Self {
        Self::new("the user", "authenticated", claims_of(id))
    }

    /// The role the machine endpoints take.
    pub(super) fn service() -> Self {
        Self::new("service_role", "service_role", String::new())
    }

    /// Everybody who is not `owner`, as far as Postgres can tell them apart.
    pub(super) fn strangers(owner: Uuid, other: Uuid) -> [Self; 6] {
        [
            Self::new("another user", "authenticated", claims_of(other)),
            Self::new("a user without claims", "authenticated", String::new()),
            Self::new(
                "a user whose claims name nobody",
                "authenticated",
                r#"{"role":"authenticated"}"#.to_owned(),
            ),
            Self::new("anon", "anon", String::new()),
            Self::new("anon with the owner's claims", "anon", claims_of(owner)),
            Self::new(
                "the functions' login before it takes a role",
                "forexelite_api",
                claims_of(owner),
            ),
        ]
    }

    /// How many rows the last of these statements saw or changed.
    pub(super) async fn tries(&self, db: &Client, sql: &str) -> Result<u64, Refusal> {
        let Self { name: _, role, claims } = self;
        let sql =
            format!("begin; set local role {role}; select set_config('request.jwt.claims', '{claims}', true); {sql}");
        let done = db.simple_query(&sql).await;
        db.batch_execute("rollback").await.expect("an attempt can be undone");
        match done {
            Ok(messages) => Ok(messages
                .iter()
                .rev()
                .find_map(rows)
                .expect("a statement says how many rows it touched")),
            Err(error) => {
                let refusal = error
                    .as_db_error()
                    .unwrap_or_else(|| panic!("the connection broke at {sql}: {error:?}"));
                Err(Refusal {
                    code: refusal.code().code().to_owned(),
                    rule: refusal.constraint().unwrap_or_default().to_owned(),
                    message: refusal.message().to_owned(),
                })
            }
        }
    }
}

fn claims_of(user: Uuid) -> String {
    format!(r#"{{"sub":"{user}","role":"authenticated"}}"#)
}

fn rows(message: &SimpleQueryMessage) -> Option<u64> {
    if let SimpleQueryMessage::CommandComplete(rows) = message {
        Some(*rows)
    } else {
        None
    }
}

/// Postgres's word for "you may not".
pub(super) const DENIED: &str = "42501";

/// That a rule of ours, by its name, refused.
#[track_caller]
pub(super) fn assert_refused(what: &str, rule: &str, outcome: Result<u64, Refusal>) {
    match outcome {
        Ok(rows) => panic!("{what}: done ({rows} rows), but {rule} must refuse it"),
        Err(refusal) => assert_eq!(
            refusal.rule, rule,
            "{what}: refused by another rule than {rule}: {refusal:?}"
        ),
    }
}
