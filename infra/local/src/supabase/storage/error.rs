//! Storage's errors. Whatever went wrong on the client's side is HTTP 400, and the status that is meant stands in the body.

use std::borrow::Cow;
use std::sync::Arc;

use axum::Json;
use axum::response::{IntoResponse, Response};
use http::StatusCode;
use serde_json::json;

/// Codes and messages of supabase/storage, `src/internal/errors/codes.ts`.
#[derive(Debug, Clone)]
pub(super) struct Fault {
    status: u16,
    error: &'static str,
    message: Cow<'static, str>,
}

impl Fault {
    pub(super) const NO_BUCKET: Self = Self::new(404, "Bucket not found", "Bucket not found");
    pub(super) const NO_OBJECT: Self = Self::new(404, "not_found", "Object not found");
    pub(super) const DUPLICATE: Self = Self::new(409, "Duplicate", "The resource already exists");
    pub(super) const TOO_LARGE: Self =
        Self::new(413, "Payload too large", "The object exceeded the maximum allowed size");
    pub(super) const NO_CONTENT: Self = Self::new(400, "InvalidRequest", "No content provided");
    pub(super) const BAD_BUCKET_NAME: Self = Self::new(400, "Invalid Input", "Bucket name invalid");
    pub(super) const BAD_SIZE: Self = Self::new(
        400,
        "InvalidRequest",
        "Invalid file size format, hint: use 20GB / 20MB / 30KB / 3B",
    );
    pub(super) const NO_AUTHORIZATION: Self =
        Self::new(400, "Error", "headers must have required property 'authorization'");
    pub(super) const BAD_KEY: Self = Self::new(403, "Unauthorized", "signature verification failed");
    pub(super) const NOT_SERVICE_ROLE: Self = Self::new(
        403,
        "Unauthorized",
        "new row violates row-level security policy: only service_role has access here, policies are not played",
    );
    pub(super) const EXPIRED: Self = Self::new(400, "InvalidJWT", "\"exp\" claim timestamp check failed");
    pub(super) const BAD_TOKEN: Self = Self::new(400, "InvalidJWT", "signature verification failed");
    pub(super) const OTHER_PATH: Self = Self::new(400, "InvalidSignature", "Invalid signature");
    const UNEXPECTED: Self = Self::new(500, "InternalError", "Internal server error");

    const fn new(status: u16, error: &'static str, message: &'static str) -> Self {
        Self {
            status,
            error,
            message: Cow::Borrowed(message),
        }
    }

    pub(super) fn bad_key(key: &str) -> Self {
        Self {
            message: format!("Invalid key: {key}").into(),
            ..Self::new(400, "InvalidKey", "")
        }
    }

    pub(super) fn bad_mime(mime: &str) -> Self {
        Self {
            message: format!("mime type {mime} is not supported").into(),
            ..Self::new(415, "invalid_mime_type", "")
        }
    }

    /// What the schema of a request's body or query does not allow.
    pub(super) fn bad_request(what: impl Into<Cow<'static, str>>) -> Self {
        Self {
            message: what.into(),
            ..Self::new(400, "Error", "")
        }
    }
}

impl IntoResponse for Fault {
    fn into_response(self) -> Response {
        let Self { status, error, message } = self;
        let http = if status == 500 {
            StatusCode::INTERNAL_SERVER_ERROR
        } else {
            StatusCode::BAD_REQUEST
        };
        let body = json!({ "statusCode": status.to_string(), "error": error, "message": message });
        (http, Json(body)).into_response()
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
