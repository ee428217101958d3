//! The door agents come through: a statement proves the key and does the work at once.

use tokio_postgres::{Row, types::Type};

use super::{Db, Params, Statement};
use crate::{
    auth::agent::{AgentCaller, ProvenKeys},
    domain::AgentId,
    error::{Error, Scheme},
};

/// Lets agents in, and remembers which keys were proven.
pub struct AgentDoor {
    db: Db,
    proven: ProvenKeys,
}

impl AgentDoor {
    pub fn new(db: Db) -> Self {
        Self {
            db,
            proven: ProvenKeys::default(),
        }
    }

    /// What is asked without a key.
    pub fn db(&self) -> &Db {
        &self.db
    }

    /// Runs a statement whose first parameters are the key's prefix, the hash it was proven against and the agent of the
    /// path; it does nothing unless both fit, and returns `agent_id` and `pairing_key_hash` of the key's agent.
    /// One round trip when this instance has proven the key before, two when it has not.
    pub(crate) async fn query(
        &self,
        caller: &AgentCaller,
        statement: Statement,
        params: &Params<'_>,
    ) -> Result<Row, Error> {
        let refused = || Error::BadCredentials(Scheme::AgentKey, "unknown");
        loop {
            let hash = self.proven.hash_of(caller);
            let mut all: Vec<(&(dyn tokio_postgres::types::ToSql + Sync), Type)> = vec![
                (&caller.prefix, Type::TEXT),
                (&hash, Type::TEXT),
                (&caller.path_id, Type::UUID),
            ];
            all.extend(params.iter().map(|(value, kind)| (*value, kind.clone())));
            let row = self
                .db
                .as_service()
                .query_opt(statement, &all)
                .await?
                .ok_or_else(refused)?;
            let stored: &str = row.get("pairing_key_hash");
            let proven_now = stored != hash;
            if proven_now && !self.proven.prove(caller, stored) {
                return Err(refused());
            }
            if row.get::<_, AgentId>("agent_id") != caller.path_id {
                return Err(Error::NotFound("agent"));
            }
            if !proven_now {
                return Ok(row);
            }
        }
    }
}
