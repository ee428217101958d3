//! Errors as they go over the wire.

use std::fmt;

use axum::Json;
use axum::response::{IntoResponse, Response};
use http::StatusCode;
use serde_json::{Value, json};

/// Codes and messages of docs.z.ai, "Errors".
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Fault {
    status: u16,
    code: &'static str,
    message: &'static str,
}

impl Fault {
    pub(super) const NO_KEY: Self = Self::new(401, "1001", "Authentication parameter not received in Header");
    pub(super) const BAD_KEY: Self = Self::new(401, "1000", "Authentication Failed");
    pub(super) const BAD_PARAMETER: Self = Self::new(
        400,
        "1210",
        "API call parameters are incorrect, please check the documentation.",
    );
    pub(super) const UNKNOWN_MODEL: Self = Self::new(400, "1211", "Unknown Model, please check the model code.");
    pub(super) const BAD_MESSAGES: Self = Self::new(
        400,
        "1214",
        "The messages parameter is illegal. Please check the documentation.",
    );
    pub(super) const NO_BALANCE: Self = Self::new(
        429,
        "1113",
        "Insufficient balance or no resource package. Please recharge.",
    );
    pub(super) const TOO_MANY: Self = Self::new(429, "1302", "Rate limit reached for requests");
    pub(super) const OVERLOADED: Self = Self::new(
        429,
        "1305",
        "The service may be temporarily overloaded, please try again later",
    );
    pub(super) const INTERNAL: Self = Self::new(500, "500", "Internal Server Error");
    /// In the middle of a stream.
    pub(super) const NETWORK: Self = Self::new(
        500,
        "1234",
        "Network error, error id: local, please contact customer service",
    );

    const fn new(status: u16, code: &'static str, message: &'static str) -> Self {
        Self { status, code, message }
    }

    pub(super) fn body(&self) -> Value {
        json!({ "error": { "code": self.code, "message": self.message } })
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{} {} {}", self.status, self.code, self.message)
    }
}

impl IntoResponse for Fault {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        (status, Json(self.body())).into_response()
    }
}
