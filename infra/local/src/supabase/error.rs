//! Auth's errors. Their shape depends on the API version the client names, so the last layer gives them their body.

use std::sync::Arc;

use axum::response::{IntoResponse, Response};
use http::{HeaderValue, StatusCode};
use serde_json::{Value, json};

#[derive(Debug, Clone)]
pub(super) struct Fault {
    status: StatusCode,
    code: &'static str,
    message: &'static str,
}

impl Fault {
    pub(super) const fn new(status: StatusCode, code: &'static str, message: &'static str) -> Self {
        Self { status, code, message }
    }

    pub(super) const INVALID_CREDENTIALS: Self = Self::bad("invalid_credentials", "Invalid login credentials");
    pub(super) const UNKNOWN_TOKEN: Self = Self::bad(
        "refresh_token_not_found",
        "Invalid Refresh Token: Refresh Token Not Found",
    );
    pub(super) const REUSED_TOKEN: Self =
        Self::bad("refresh_token_already_used", "Invalid Refresh Token: Already Used");
    pub(super) const BAD_JSON: Self = Self::bad("bad_json", "Could not parse request body as JSON");
    pub(super) const BAD_GRANT: Self = Self::bad("validation_failed", "unsupported_grant_type");
    pub(super) const BAD_EMAIL: Self =
        Self::bad("validation_failed", "Unable to validate email address: invalid format");
    pub(super) const NO_PASSWORD: Self = Self::bad("validation_failed", "Signup requires a valid password");
    pub(super) const BAD_SCOPE: Self = Self::bad("validation_failed", "Unsupported logout scope");
    pub(super) const USER_EXISTS: Self = Self::unprocessable("user_already_exists", "User already registered");
    pub(super) const EMAIL_EXISTS: Self = Self::unprocessable(
        "email_exists",
        "A user with this email address has already been registered",
    );
    pub(super) const WEAK_PASSWORD: Self =
        Self::unprocessable("weak_password", "Password should be at least 6 characters.");
    pub(super) const LONG_PASSWORD: Self =
        Self::unprocessable("validation_failed", "Password cannot be longer than 72 characters");
    pub(super) const SAME_PASSWORD: Self = Self::unprocessable(
        "same_password",
        "New password should be different from the old password.",
    );
    pub(super) const NO_AUTHORIZATION: Self = Self::new(
        StatusCode::UNAUTHORIZED,
        "no_authorization",
        "This endpoint requires a valid Bearer token",
    );
    pub(super) const BAD_JWT: Self = Self::new(
        StatusCode::FORBIDDEN,
        "bad_jwt",
        "invalid JWT: unable to parse or verify signature",
    );
    pub(super) const NO_SESSION: Self = Self::new(
        StatusCode::FORBIDDEN,
        "session_not_found",
        "Session from session_id claim in JWT does not exist",
    );
    pub(super) const NO_USER: Self = Self::new(
        StatusCode::FORBIDDEN,
        "user_not_found",
        "User from sub claim in JWT does not exist",
    );
    pub(super) const UNEXPECTED: Self = Self::new(
        StatusCode::INTERNAL_SERVER_ERROR,
        "unexpected_failure",
        "Unexpected failure, please check server logs for more information",
    );

    const fn bad(code: &'static str, message: &'static str) -> Self {
        Self::new(StatusCode::BAD_REQUEST, code, message)
    }

    const fn unprocessable(code: &'static str, message: &'static str) -> Self {
        Self::new(StatusCode::UNPROCESSABLE_ENTITY, code, message)
    }

    /// `versioned`: the client sent `X-Supabase-Api-Version: 2024-01-01` or later.
    pub(super) fn body(&self, versioned: bool) -> Response {
        let Self { status, code, message } = self;
        let mut body = if versioned {
            json!({ "code": code, "message": message })
        } else {
            json!({ "code": status.as_u16(), "error_code": code, "msg": message })
        };
        if let (&"weak_password", Value::Object(body)) = (code, &mut body) {
            body.insert("weak_password".to_owned(), json!({ "reasons": ["length"] }));
        }
        let mut response = (*status, axum::Json(body)).into_response();
        response
            .headers_mut()
            .insert("x-sb-error-code", HeaderValue::from_static(code));
        response
    }
}

impl IntoResponse for Fault {
    fn into_response(self) -> Response {
        let mut response = self.status.into_response();
        response.extensions_mut().insert(self);
        response
    }
}

/// Why a request failed: something the client is told, or something only the log is told.
#[derive(Debug)]
pub(super) enum Failure {
    Fault(Fault),
    Unexpected(anyhow::Error),
}

impl From<Fault> for Failure {
    fn from(fault: Fault) -> Self {
        Self::Fault(fault)
    }
}

impl<E: Into<anyhow::Error>> From<E> for Failure {
    fn from(error: E) -> Self {
        Self::Unexpected(error.into())
    }
}

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        match self {
            Self::Fault(fault) => fault.into_response(),
            Self::Unexpected(error) => {
                let mut response = Fault::UNEXPECTED.into_response();
                response.extensions_mut().insert(Arc::new(error));
                response
            }
        }
    }
}
