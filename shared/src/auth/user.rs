//! The dashboard's user: a Supabase access token, verified here and handed to Postgres as claims, where row-level security
//! answers. HS256 by the project's secret, or ES256 / RS256 by its published keys (JWKS); which algorithm is allowed follows
//! from the key, never from the token.

use std::{
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};

use axum::extract::{FromRef, FromRequestParts};
use http::{header, request::Parts};
use jsonwebtoken::{
    Algorithm, DecodingKey, Validation, decode, decode_header,
    jwk::{Jwk, JwkSet, KeyAlgorithm},
};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{
    config::Env,
    domain::UserId,
    error::{Error, Scheme},
    secret::Secret,
    tls,
};

/// The published keys are asked for again at most this often, however many unknown key ids arrive.
const REFETCH: Duration = Duration::from_secs(30);
const FETCH_TIMEOUT: Duration = Duration::from_secs(3);
const LEEWAY_SECONDS: u64 = 5;

/// A signed-in user.
#[derive(Debug, Clone)]
pub struct User {
    pub id: UserId,
    /// The claims that row-level security reads, as JSON.
    pub(crate) claims: String,
}

#[derive(Debug, Serialize, Deserialize)]
struct Claims {
    sub: Uuid,
    role: String,
    #[serde(default)]
    email: Option<String>,
    #[serde(default)]
    session_id: Option<String>,
}

/// Knows which tokens are good. Lives as long as the instance.
pub struct UserVerifier {
    issuer: String,
    secret: Option<DecodingKey>,
    published: Mutex<Published>,
}

#[derive(Default)]
struct Published {
    keys: Vec<Jwk>,
    asked_at: Option<Instant>,
}

impl UserVerifier {
    /// Reads `SUPABASE_URL`, and `SUPABASE_JWT_SECRET` (empty for projects that only sign with published keys).
    pub fn from_env(env: &mut Env) -> Self {
        let issuer = format!("{}/auth/v1", env.text("SUPABASE_URL").trim_end_matches('/'));
        let secret = env.text_or_empty("SUPABASE_JWT_SECRET").map(Secret::new);
        let secret = secret.map(|secret| DecodingKey::from_secret(secret.expose().as_bytes()));
        Self {
            issuer,
            secret,
            published: Mutex::default(),
        }
    }

    async fn verify(&self, token: &str) -> Result<User, Error> {
        let refused = |why| Error::BadCredentials(Scheme::Bearer, why);
        let header = decode_header(token).map_err(|_| refused("it is not a JWT"))?;
        let (key, algorithm) = match (header.alg, &self.secret) {
            (Algorithm::HS256, Some(secret)) => (secret.clone(), Algorithm::HS256),
            (Algorithm::ES256 | Algorithm::RS256, _) => {
                let kid = header.kid.ok_or_else(|| refused("it names no key"))?;
                self.published_key(&kid)
                    .await?
                    .ok_or_else(|| refused("it names an unknown key"))?
            }
            _ => return Err(refused("its algorithm is not allowed")),
        };
        let mut validation = Validation::new(algorithm);
        validation.leeway = LEEWAY_SECONDS;
        validation.set_audience(&["authenticated"]);
        validation.set_issuer(&[&self.issuer]);
        validation.set_required_spec_claims(&["exp", "aud", "iss", "sub"]);
        let claims = decode::<Claims>(token, &key, &validation)
            .map_err(|error| {
                refused(match error.kind() {
                    jsonwebtoken::errors::ErrorKind::ExpiredSignature => "it has expired",
                    jsonwebtoken::errors::ErrorKind::InvalidSignature => "its signature is wrong",
                    _ => "its claims are not a user's",
                })
            })?
            .claims;
        if claims.role != "authenticated" {
            return Err(refused("its role is not a user's"));
        }
        let json = serde_json::to_string(&claims).map_err(|error| Error::internal("auth/verify", error))?;
        Ok(User {
            id: UserId(claims.sub),
            claims: json,
        })
    }

    /// The published key of this id and the one algorithm it is for.
    async fn published_key(&self, kid: &str) -> Result<Option<(DecodingKey, Algorithm)>, Error> {
        {
            let mut published = self.published.lock().unwrap_or_else(PoisonError::into_inner);
            if let Some(key) = find(&published.keys, kid) {
                return Ok(Some(key));
            }
            if published.asked_at.is_some_and(|at| at.elapsed() < REFETCH) {
                return Ok(None);
            }
            published.asked_at = Some(Instant::now());
        }
        let keys = fetch_keys(&format!("{}/.well-known/jwks.json", self.issuer))
            .await
            .inspect_err(|_| {
                self.published.lock().unwrap_or_else(PoisonError::into_inner).asked_at = None;
            })?;
        let found = find(&keys, kid);
        self.published.lock().unwrap_or_else(PoisonError::into_inner).keys = keys;
        Ok(found)
    }
}

fn find(keys: &[Jwk], kid: &str) -> Option<(DecodingKey, Algorithm)> {
    let key = keys.iter().find(|key| key.common.key_id.as_deref() == Some(kid))?;
    let algorithm = match key.common.key_algorithm? {
        KeyAlgorithm::ES256 => Algorithm::ES256,
        KeyAlgorithm::RS256 => Algorithm::RS256,
        // A symmetric key among published ones would let everybody sign.
        _ => return None,
    };
    DecodingKey::from_jwk(key).ok().map(|key| (key, algorithm))
}

async fn fetch_keys(url: &str) -> Result<Vec<Jwk>, Error> {
    const OP: &str = "auth/fetch_keys";
    let tls = tls::client_config(None).map_err(|error| Error::internal(OP, error))?;
    let client = reqwest::Client::builder()
        .tls_backend_preconfigured(tls)
        .timeout(FETCH_TIMEOUT)
        .build()
        .map_err(|error| Error::internal(OP, error))?;
    let answer = client
        .get(url)
        .send()
        .await
        .and_then(reqwest::Response::error_for_status);
    let set: JwkSet = match answer {
        Ok(answer) => answer.json().await.map_err(|error| Error::dependency(OP, error))?,
        Err(error) => return Err(Error::dependency(OP, error)),
    };
    Ok(set.keys)
}

impl<S> FromRequestParts<S> for User
where
    S: Send + Sync,
    std::sync::Arc<UserVerifier>: FromRef<S>,
{
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Error> {
        let header = parts
            .headers
            .get(header::AUTHORIZATION)
            .ok_or(Error::NoCredentials(Scheme::Bearer))?;
        let token = header
            .to_str()
            .ok()
            .and_then(|value| value.split_once(' '))
            .filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"))
            .map(|(_, token)| token.trim())
            .ok_or(Error::NoCredentials(Scheme::Bearer))?;
        std::sync::Arc::<UserVerifier>::from_ref(state).verify(token).await
    }
}
