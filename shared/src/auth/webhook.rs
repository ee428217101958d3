//! TradingView: the secret in the path. It is compared by digest, so that the time of an index walk tells nothing about it
//! and no statement carries it.

use axum::extract::{FromRequestParts, RawPathParams};
use http::request::Parts;
use sha2::{Digest, Sha256};

use crate::{error::Error, secret::Secret};

/// Somebody who posted to a webhook address; the database knows whether it is one.
pub struct Webhook {
    pub secret_digest: Vec<u8>,
}

impl<S: Send + Sync> FromRequestParts<S> for Webhook {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Error> {
        let params = RawPathParams::from_request_parts(parts, state)
            .await
            .map_err(|_| Error::NotFound("webhook"))?;
        let (_, secret) = params
            .iter()
            .find(|(name, _)| *name == "webhook_secret")
            .ok_or(Error::NotFound("webhook"))?;
        Ok(Self {
            secret_digest: Sha256::digest(secret).to_vec(),
        })
    }
}

/// A new webhook secret: 43 URL-safe characters, 256 bits.
pub fn mint_secret() -> Secret {
    Secret::random()
}
