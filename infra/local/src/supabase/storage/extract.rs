//! What a handler is given: proof of who calls, and the object that the path names.

use std::sync::Arc;

use axum::extract::{FromRequestParts, Path};
use http::header;
use http::request::Parts;

use super::Storage;
use super::error::Fault;

/// The caller holds the project's `service_role` key.
pub(super) struct ServiceRole;

impl FromRequestParts<Arc<Storage>> for ServiceRole {
    type Rejection = Fault;

    async fn from_request_parts(parts: &mut Parts, storage: &Arc<Storage>) -> Result<Self, Fault> {
        let authorization = parts
            .headers
            .get(header::AUTHORIZATION)
            .ok_or(Fault::NO_AUTHORIZATION)?;
        let bearer = authorization
            .to_str()
            .ok()
            .and_then(|value| value.strip_prefix("Bearer "))
            .ok_or(Fault::BAD_KEY)?;
        storage.signatures.admit(bearer).map(|()| Self)
    }
}

/// `{bucket}/{*name}` of a path, decoded.
pub(super) struct Target {
    pub(super) bucket: String,
    pub(super) name: String,
}

impl Target {
    /// As it stands in a token and in `Key`.
    pub(super) fn path(&self) -> String {
        format!("{}/{}", self.bucket, self.name)
    }
}

impl FromRequestParts<Arc<Storage>> for Target {
    type Rejection = Fault;

    async fn from_request_parts(parts: &mut Parts, storage: &Arc<Storage>) -> Result<Self, Fault> {
        let path = Path::<(String, String)>::from_request_parts(parts, storage).await;
        let Path((bucket, name)) = path.map_err(|error| Fault::bad_request(error.to_string()))?;
        if is_key(&name) {
            Ok(Self { bucket, name })
        } else {
            Err(Fault::bad_key(&name))
        }
    }
}

/// The letters that supabase/storage allows (`src/storage/limits.ts`); no part may lead out of the bucket.
fn is_key(name: &str) -> bool {
    name.chars().all(is_key_letter) && name.split('/').all(|part| !matches!(part, "." | ".."))
}

pub(super) fn is_bucket_name(name: &str) -> bool {
    (1..64).contains(&name.len()) && name.chars().all(|letter| letter != '/' && is_key_letter(letter))
}

fn is_key_letter(letter: char) -> bool {
    letter.is_ascii_alphanumeric() || "_/!-.*'() &$@=;:+,?".contains(letter)
}
