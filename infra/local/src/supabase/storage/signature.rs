//! The tokens of signed addresses, minted and verified; and whose key a caller has.

use std::time::Duration;

use anyhow::Result;
use jiff::Timestamp;
use jsonwebtoken::errors::ErrorKind;
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation, decode, encode};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::error::Fault;

/// As long as a signed upload may be begun.
const UPLOAD_LIFETIME: Duration = Duration::from_hours(2);

pub(super) struct Signatures {
    signing_key: EncodingKey,
    verifying_key: DecodingKey,
    validation: Validation,
}

/// Stricter than Supabase's in one point: what may be read may not be written with the same token, nor the other way round.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Download {
    /// bucket/path
    url: String,
    iat: i64,
    exp: i64,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Upload {
    url: String,
    upsert: bool,
    iat: i64,
    exp: i64,
}

#[derive(Deserialize)]
struct Key {
    role: String,
}

impl Signatures {
    pub(super) fn new(jwt_secret: &str) -> Self {
        let mut validation = Validation::new(Algorithm::HS256);
        validation.leeway = 0;
        validation.validate_aud = false;
        Self {
            signing_key: EncodingKey::from_secret(jwt_secret.as_bytes()),
            verifying_key: DecodingKey::from_secret(jwt_secret.as_bytes()),
            validation,
        }
    }

    /// `expires_in` in seconds.
    pub(super) fn sign_download(&self, url: &str, expires_in: u32) -> Result<String> {
        let iat = Timestamp::now().as_second();
        self.sign(&Download {
            url: url.to_owned(),
            iat,
            exp: iat + i64::from(expires_in),
        })
    }

    pub(super) fn sign_upload(&self, url: &str, upsert: bool) -> Result<String> {
        let iat = Timestamp::now().as_second();
        self.sign(&Upload {
            url: url.to_owned(),
            upsert,
            iat,
            exp: iat + UPLOAD_LIFETIME.as_secs().cast_signed(),
        })
    }

    /// The second until which the address may be read.
    pub(super) fn verify_download(&self, token: &str, path: &str) -> Result<Timestamp, Fault> {
        let Download { url, iat: _, exp } = self.verify(token)?;
        if url != path {
            return Err(Fault::OTHER_PATH);
        }
        Timestamp::from_second(exp).or(Err(Fault::BAD_TOKEN))
    }

    /// Whether the upload may replace what is there.
    pub(super) fn verify_upload(&self, token: &str, path: &str) -> Result<bool, Fault> {
        let Upload {
            url,
            upsert,
            iat: _,
            exp: _,
        } = self.verify(token)?;
        if url == path {
            Ok(upsert)
        } else {
            Err(Fault::OTHER_PATH)
        }
    }

    /// Policies are not played, so nobody but `service_role` has access: anon and every user are refused alike.
    pub(super) fn admit(&self, bearer: &str) -> Result<(), Fault> {
        match decode::<Key>(bearer, &self.verifying_key, &self.validation) {
            Ok(token) if token.claims.role == "service_role" => Ok(()),
            Ok(_) => Err(Fault::NOT_SERVICE_ROLE),
            Err(_) => Err(Fault::BAD_KEY),
        }
    }

    fn sign(&self, claims: &impl Serialize) -> Result<String> {
        Ok(encode(&Header::new(Algorithm::HS256), claims, &self.signing_key)?)
    }

    fn verify<T: DeserializeOwned>(&self, token: &str) -> Result<T, Fault> {
        decode(token, &self.verifying_key, &self.validation)
            .map(|token| token.claims)
            .map_err(|error| match error.kind() {
                ErrorKind::ExpiredSignature => Fault::EXPIRED,
                _ => Fault::BAD_TOKEN,
            })
    }
}
