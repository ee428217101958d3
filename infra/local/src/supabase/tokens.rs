//! Supabase's tokens, minted and verified: users' access tokens and the project's two keys.

use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use data_encoding::BASE64URL_NOPAD;
use jiff::Timestamp;
use jsonwebtoken::jwk::{Jwk, JwkSet, PublicKeyUse};
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation, decode, encode};
use p256::pkcs8::{EncodePrivateKey, LineEnding};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::Config;
use super::store::User;

#[derive(Debug, Clone)]
pub enum Signing {
    /// The legacy secret; the JWKS is then empty, as on Supabase.
    Hs256,
    /// The key is made when the file does not exist, so that tokens outlive a restart.
    Es256 { key_file: PathBuf },
}

/// The project's keys look the same in every run, so that a dashboard's settings stay good.
const KEYS_ISSUED_AT: i64 = 1_735_689_600;
const KEYS_EXPIRE_AT: i64 = 2_051_222_400;

pub(super) struct Tokens {
    issuer: String,
    lifetime: i64,
    header: Header,
    signing_key: EncodingKey,
    verifying_key: DecodingKey,
    validation: Validation,
    pub(super) jwks: JwkSet,
    pub(super) keys: Keys,
}

/// The two keys of a project: `anon` for the browser, `service_role` for servers.
#[derive(Clone)]
pub struct Keys {
    pub anon: String,
    pub service_role: String,
}

impl Keys {
    pub(super) fn signed_with(jwt_secret: &str) -> Self {
        let key = |role: &str| {
            let claims = json!({ "iss": "supabase", "ref": "local", "role": role, "iat": KEYS_ISSUED_AT, "exp": KEYS_EXPIRE_AT });
            let secret = EncodingKey::from_secret(jwt_secret.as_bytes());
            encode(&Header::new(Algorithm::HS256), &claims, &secret).expect("HS256 signs with any secret")
        };
        Self {
            anon: key("anon"),
            service_role: key("service_role"),
        }
    }
}

/// What a valid access token says.
#[derive(Debug, Deserialize)]
pub(super) struct Claims {
    pub(super) sub: Uuid,
    pub(super) session_id: Uuid,
}

#[derive(Serialize)]
struct AccessToken<'a> {
    iss: &'a str,
    sub: Uuid,
    aud: &'a str,
    exp: i64,
    iat: i64,
    email: &'a str,
    phone: &'a str,
    app_metadata: &'a Value,
    user_metadata: &'a Value,
    role: &'a str,
    aal: &'a str,
    amr: [Value; 1],
    session_id: Uuid,
    is_anonymous: bool,
}

impl Tokens {
    pub(super) fn new(config: &Config, url: &str) -> Result<Self> {
        let secret = config.jwt_secret.as_bytes();
        let issuer = format!("{url}/auth/v1");
        let (header, signing_key, verifying_key, keys) = match &config.signing {
            Signing::Hs256 => (
                Header::new(Algorithm::HS256),
                EncodingKey::from_secret(secret),
                DecodingKey::from_secret(secret),
                Vec::new(),
            ),
            Signing::Es256 { key_file } => {
                let pem = load_or_make(key_file).with_context(|| format!("signing key {}", key_file.display()))?;
                let key = EncodingKey::from_ec_pem(pem.as_bytes())?;
                let mut jwk = Jwk::from_encoding_key(&key, Algorithm::ES256)?;
                jwk.common.public_key_use = Some(PublicKeyUse::Signature);
                let kid = BASE64URL_NOPAD.encode(&Sha256::digest(serde_json::to_vec(&jwk.algorithm)?)[..12]);
                jwk.common.key_id = Some(kid.clone());
                let header = Header {
                    kid: Some(kid),
                    ..Header::new(Algorithm::ES256)
                };
                (header, key, DecodingKey::from_jwk(&jwk)?, vec![jwk])
            }
        };
        let mut validation = Validation::new(header.alg);
        validation.leeway = 0;
        validation.set_audience(&["authenticated"]);
        validation.set_issuer(&[&issuer]);
        Ok(Self {
            keys: config.keys(),
            issuer,
            lifetime: config.token_lifetime.as_secs().try_into()?,
            header,
            signing_key,
            verifying_key,
            validation,
            jwks: JwkSet { keys },
        })
    }

    /// The session as `POST /token` answers it. `signed_in_at` is when the password was given.
    pub(super) fn session(
        &self,
        user: &User,
        session_id: Uuid,
        refresh_token: &str,
        signed_in_at: Timestamp,
    ) -> Result<Value> {
        let now = Timestamp::now().as_second();
        let access_token = AccessToken {
            iss: &self.issuer,
            sub: user.id,
            aud: &user.aud,
            exp: now + self.lifetime,
            iat: now,
            email: &user.email,
            phone: "",
            app_metadata: &user.app_data,
            user_metadata: &user.data,
            role: &user.role,
            aal: "aal1",
            amr: [json!({ "method": "password", "timestamp": signed_in_at.as_second() })],
            session_id,
            is_anonymous: user.is_anonymous,
        };
        Ok(json!({
            "access_token": encode(&self.header, &access_token, &self.signing_key)?,
            "token_type": "bearer",
            "expires_in": self.lifetime,
            "expires_at": now + self.lifetime,
            "refresh_token": refresh_token,
            "user": user.to_json(),
        }))
    }

    pub(super) fn verify(&self, token: &str) -> jsonwebtoken::errors::Result<Claims> {
        decode(token, &self.verifying_key, &self.validation).map(|token| token.claims)
    }
}

fn load_or_make(file: &Path) -> Result<String> {
    match std::fs::read_to_string(file) {
        Err(error) if error.kind() == ErrorKind::NotFound => {}
        read => return Ok(read?),
    }
    let mut scalar = [0; 32];
    getrandom::fill(&mut scalar)?;
    let pem = p256::SecretKey::from_slice(&scalar)?.to_pkcs8_pem(LineEnding::LF)?;
    std::fs::write(file, pem.as_bytes())?;
    Ok(pem.to_string())
}
