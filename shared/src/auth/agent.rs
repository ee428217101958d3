//! The MT5 agent: a pairing key `fxa_<8-char prefix>_<43-char secret>` in `X-Agent-Key`, stored as its bcrypt hash.
//!
//! The prefix finds the agent, the hash proves the key. bcrypt's least work factor suffices, since 256 random bits cannot be
//! guessed; and a warm instance remembers which key it proved against which hash. The stored hash is compared by every
//! statement all the same, so rotating or deleting takes effect at once.

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
};

use axum::extract::{FromRequestParts, RawPathParams};
use data_encoding::BASE64URL_NOPAD;
use http::request::Parts;
use sha2::{Digest, Sha256};
use uuid::Uuid;

use crate::{
    domain::AgentId,
    error::{Error, Scheme},
    secret::Secret,
};

const PREFIX_LEN: usize = 8;
const SECRET_LEN: usize = 43;
const BCRYPT_COST: u32 = 4;
/// Agents that one instance remembers; beyond that it starts anew.
const REMEMBERED: usize = 4096;

/// A key that was just made: shown once, kept as its hash.
pub struct PairingKey {
    pub key: Secret,
    pub prefix: String,
    pub hash: String,
}

impl PairingKey {
    pub fn mint() -> Result<Self, Error> {
        let mut bytes = [0; 6];
        getrandom::fill(&mut bytes).map_err(|error| Error::internal("auth/mint_pairing_key", error))?;
        let prefix = BASE64URL_NOPAD.encode(&bytes).replace(['-', '_'], "0");
        let key = format!("fxa_{prefix}_{}", Secret::random().expose());
        let hash = bcrypt::hash(&key, BCRYPT_COST).map_err(|error| Error::internal("auth/mint_pairing_key", error))?;
        Ok(Self {
            key: Secret::new(key),
            prefix,
            hash,
        })
    }
}

/// Somebody who sent a well-formed pairing key to the path of an agent. [`crate::db::AgentDoor`] finds out whether the key
/// is that agent's, in the same statement that does the work.
#[derive(Debug)]
pub struct AgentCaller {
    pub(crate) path_id: AgentId,
    pub(crate) prefix: String,
    pub(crate) key: Secret,
}

impl<S: Send + Sync> FromRequestParts<S> for AgentCaller {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Error> {
        let header = parts
            .headers
            .get("x-agent-key")
            .ok_or(Error::NoCredentials(Scheme::AgentKey))?;
        // Before the path, so that somebody without a key learns nothing about it.
        let key = header.to_str().unwrap_or_default();
        let (prefix, key) = well_formed(key)?;
        let params = RawPathParams::from_request_parts(parts, state)
            .await
            .map_err(|_| Error::NotFound("agent"))?;
        let id = params
            .iter()
            .find(|(name, _)| *name == "id")
            .and_then(|(_, id)| Uuid::parse_str(id).ok());
        Ok(Self {
            path_id: AgentId(id.unwrap_or_default()),
            prefix,
            key,
        })
    }
}

impl AgentCaller {
    /// Of the agent that it says it is.
    pub(crate) fn of(id: &str, key: &str) -> Result<Self, Error> {
        let (prefix, key) = well_formed(key)?;
        Ok(Self {
            path_id: AgentId(Uuid::parse_str(id).unwrap_or_default()),
            prefix,
            key,
        })
    }
}

/// The prefix and the key, which is not proven yet.
fn well_formed(key: &str) -> Result<(String, Secret), Error> {
    let prefix = prefix_of(key).ok_or(Error::BadCredentials(Scheme::AgentKey, "malformed"))?;
    Ok((prefix.to_owned(), Secret::new(key)))
}

fn prefix_of(key: &str) -> Option<&str> {
    let (prefix, secret) = key.strip_prefix("fxa_")?.split_at_checked(PREFIX_LEN)?;
    let secret = secret.strip_prefix('_')?;
    let well_formed =
        key.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_') && secret.len() == SECRET_LEN;
    well_formed.then_some(prefix)
}

/// Which key this instance has proven against which stored hash.
#[derive(Default)]
pub struct ProvenKeys(Mutex<HashMap<[u8; 32], String>>);

impl ProvenKeys {
    /// The hash that the key was last proven against; empty, which no stored hash equals, when it never was.
    pub fn hash_of(&self, caller: &AgentCaller) -> String {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .get(&digest(caller))
            .cloned()
            .unwrap_or_default()
    }

    /// Whether the key is the one of this stored hash; if so it is remembered.
    pub fn prove(&self, caller: &AgentCaller, stored_hash: &str) -> bool {
        // A stored value that is no bcrypt hash proves nobody.
        if !bcrypt::verify(caller.key.expose(), stored_hash).unwrap_or(false) {
            return false;
        }
        let mut proven = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if proven.len() >= REMEMBERED {
            proven.clear();
        }
        proven.insert(digest(caller), stored_hash.to_owned());
        true
    }
}

fn digest(caller: &AgentCaller) -> [u8; 32] {
    Sha256::digest(caller.key.expose()).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn caller(key: &Secret) -> AgentCaller {
        let prefix = prefix_of(key.expose()).expect("well-formed").to_owned();
        AgentCaller {
            path_id: AgentId(Uuid::nil()),
            prefix,
            key: key.clone(),
        }
    }

    #[test]
    fn a_minted_key_proves_itself_and_no_other() {
        let (mine, other) = (PairingKey::mint().expect("minted"), PairingKey::mint().expect("minted"));
        let proven = ProvenKeys::default();
        assert!(!proven.prove(&caller(&other.key), &mine.hash));
        assert_eq!(proven.hash_of(&caller(&mine.key)), "");
        assert!(proven.prove(&caller(&mine.key), &mine.hash));
        assert_eq!(proven.hash_of(&caller(&mine.key)), mine.hash);
        assert_eq!(prefix_of(mine.key.expose()), Some(mine.prefix.as_str()));
    }

    #[test]
    fn an_empty_stored_hash_proves_nobody() {
        let key = PairingKey::mint().expect("minted").key;
        assert!(!ProvenKeys::default().prove(&caller(&key), ""));
    }

    #[test]
    fn only_well_formed_keys_have_a_prefix() {
        let secret = "s".repeat(SECRET_LEN);
        assert_eq!(prefix_of(&format!("fxa_abcdefgh_{secret}")), Some("abcdefgh"));
        for bad in [
            "",
            "fxa_",
            "fxa_abcdefgh_short",
            &format!("fxb_abcdefgh_{secret}"),
            &format!("fxa_abcdéfg_{secret}"),
        ] {
            assert_eq!(prefix_of(bad), None, "{bad}");
        }
    }
}
