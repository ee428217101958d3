//! Supabase Auth (`GoTrue`) for e-mail and password, with confirmation of addresses switched off.

use std::sync::Arc;
use std::time::Duration;

use axum::extract::{Query, State};
use axum::middleware::from_fn_with_state;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use bytes::Bytes;
use data_encoding::BASE64URL_NOPAD;
use http::{HeaderMap, StatusCode, header};
use jiff::Timestamp;
use serde_json::{Value, json};
use uuid::Uuid;

use super::error::{Failure, Fault};
use super::requests::{Change, Grant, Password, RefreshToken, Scope, SignUp, address, parse};
use super::store::{Refresh, Store, User};
use super::tokens::{Claims, Keys, Tokens};
use super::{Config, edge};
use crate::log::Log;

const LEAST_PASSWORD: usize = 6;
/// bcrypt reads no further.
const LONGEST_PASSWORD: usize = 72;

type Answer = Result<Response, Failure>;
type App = State<Arc<Auth>>;

pub(super) struct Auth {
    store: Store,
    tokens: Tokens,
    bcrypt_cost: u32,
    reuse_interval: Duration,
    pub(super) log: Log,
}

impl Auth {
    pub(super) fn new(config: &Config, store: Store, tokens: Tokens, log: Log) -> Self {
        Self {
            store,
            tokens,
            bcrypt_cost: config.bcrypt_cost,
            reuse_interval: config.reuse_interval,
            log,
        }
    }

    pub(super) fn keys(&self) -> &Keys {
        &self.tokens.keys
    }

    /// The caller of a request, whose session must still be open.
    async fn caller(&self, headers: &HeaderMap) -> Result<(User, Claims), Failure> {
        let bearer = headers
            .get(header::AUTHORIZATION)
            .and_then(|value| value.to_str().ok()?.strip_prefix("Bearer "));
        let Ok(claims) = self.tokens.verify(bearer.ok_or(Fault::NO_AUTHORIZATION)?) else {
            return Err(Fault::BAD_JWT.into());
        };
        let user = self.store.user_by_id(claims.sub).await?.ok_or(Fault::NO_USER)?;
        if !self.store.session_exists(claims.session_id, user.id).await? {
            return Err(Fault::NO_SESSION.into());
        }
        Ok((user, claims))
    }

    async fn open_session(&self, user: Uuid) -> Answer {
        let (session, refresh_token) = (Uuid::new_v4(), new_refresh_token()?);
        let user = self.store.open_session(user, session, &refresh_token).await?;
        Ok(Json(self.tokens.session(&user, session, &refresh_token, Timestamp::now())?).into_response())
    }

    async fn hash(&self, password: String) -> Result<String, Failure> {
        if password.len() < LEAST_PASSWORD {
            return Err(Fault::WEAK_PASSWORD.into());
        }
        if password.len() > LONGEST_PASSWORD {
            return Err(Fault::LONG_PASSWORD.into());
        }
        let cost = self.bcrypt_cost;
        Ok(tokio::task::spawn_blocking(move || bcrypt::hash(password, cost)).await??)
    }
}

pub(super) fn router(auth: Arc<Auth>) -> Router {
    let v1 = Router::new()
        .route("/signup", post(sign_up))
        .route("/token", post(token))
        .route("/user", get(user).put(change_user))
        .route("/logout", post(log_out))
        .route("/settings", get(settings))
        .route("/health", get(health))
        .route("/.well-known/jwks.json", get(jwks));
    Router::new()
        .nest("/auth/v1", v1)
        .layer(from_fn_with_state(Arc::clone(&auth), edge::guard))
        .with_state(auth)
}

async fn sign_up(State(auth): App, body: Bytes) -> Answer {
    let SignUp { email, password, data } = parse(&body)?;
    let email = address(&email)?;
    if password.is_empty() {
        return Err(Fault::NO_PASSWORD.into());
    }
    let hash = auth.hash(password).await?;
    let user = auth
        .store
        .create_user(&email, &hash, &Value::Object(data.unwrap_or_default()))
        .await?;
    auth.open_session(user.ok_or(Fault::USER_EXISTS)?.id).await
}

async fn token(State(auth): App, Query(Grant { grant_type }): Query<Grant>, body: Bytes) -> Answer {
    match grant_type.as_deref() {
        Some("password") => sign_in(&auth, parse(&body)?).await,
        Some("refresh_token") => refresh(&auth, parse(&body)?).await,
        _ => Err(Fault::BAD_GRANT.into()),
    }
}

async fn sign_in(auth: &Auth, Password { email, password }: Password) -> Answer {
    let user = auth
        .store
        .user_by_email(email.trim())
        .await?
        .ok_or(Fault::INVALID_CREDENTIALS)?;
    if !matches(password, &user).await? {
        return Err(Fault::INVALID_CREDENTIALS.into());
    }
    auth.open_session(user.id).await
}

async fn refresh(auth: &Auth, RefreshToken { refresh_token }: RefreshToken) -> Answer {
    let next = new_refresh_token()?;
    match auth.store.refresh(&refresh_token, &next, auth.reuse_interval).await? {
        Refresh::Unknown => Err(Fault::UNKNOWN_TOKEN.into()),
        Refresh::Reused => Err(Fault::REUSED_TOKEN.into()),
        Refresh::Fresh {
            user_id,
            session_id,
            signed_in_at,
            token,
        } => {
            let user = auth.store.user_by_id(user_id).await?.ok_or(Fault::UNKNOWN_TOKEN)?;
            Ok(Json(auth.tokens.session(&user, session_id, &token, signed_in_at)?).into_response())
        }
    }
}

async fn user(State(auth): App, headers: HeaderMap) -> Answer {
    Ok(Json(auth.caller(&headers).await?.0.to_json()).into_response())
}

async fn change_user(State(auth): App, headers: HeaderMap, body: Bytes) -> Answer {
    let (user, claims) = auth.caller(&headers).await?;
    let Change { email, password, data } = parse(&body)?;
    let email = email
        .as_deref()
        .map(address)
        .transpose()?
        .filter(|email| *email != user.email);
    if let Some(email) = &email
        && auth.store.user_by_email(email).await?.is_some()
    {
        return Err(Fault::EMAIL_EXISTS.into());
    }
    let hash = match password {
        Some(password) if matches(password.clone(), &user).await? => {
            return Err(Fault::SAME_PASSWORD.into());
        }
        Some(password) => Some(auth.hash(password).await?),
        None => None,
    };
    let data = Value::Object(data.unwrap_or_default());
    let changed = auth
        .store
        .change_user(user.id, email.as_deref(), hash.as_deref(), &data)
        .await?;
    if hash.is_some() {
        // Whoever knew the old password is shown the door.
        auth.store.close_sessions(user.id, claims.session_id, "others").await?;
    }
    Ok(Json(changed.to_json()).into_response())
}

async fn log_out(State(auth): App, headers: HeaderMap, Query(Scope { scope }): Query<Scope>) -> Answer {
    let (user, claims) = auth.caller(&headers).await?;
    let scope = scope.unwrap_or_else(|| "global".to_owned());
    if !["global", "local", "others"].contains(&scope.as_str()) {
        return Err(Fault::BAD_SCOPE.into());
    }
    auth.store.close_sessions(user.id, claims.session_id, &scope).await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

async fn settings() -> Json<Value> {
    Json(json!({
        "external": { "email": true, "phone": false, "anonymous_users": false },
        "disable_signup": false,
        "mailer_autoconfirm": true,
        "phone_autoconfirm": false,
        "saml_enabled": false,
    }))
}

async fn health() -> Json<Value> {
    Json(
        json!({ "name": "GoTrue", "version": "local", "description": "GoTrue is a user registration and authentication API" }),
    )
}

async fn jwks(State(auth): App) -> Response {
    (
        [(header::CACHE_CONTROL, "public, max-age=600")],
        Json(&auth.tokens.jwks),
    )
        .into_response()
}

async fn matches(password: String, user: &User) -> Result<bool, Failure> {
    let Some(hash) = user.encrypted_password.clone() else {
        return Ok(false);
    };
    Ok(tokio::task::spawn_blocking(move || bcrypt::verify(password, &hash)).await??)
}

fn new_refresh_token() -> Result<String, Failure> {
    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes)?;
    Ok(BASE64URL_NOPAD.encode(&bytes))
}
