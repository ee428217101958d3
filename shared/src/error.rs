//! What can go wrong, by meaning, and the single place that turns it into an answer (RFC 9457 problem+json).
//!
//! | status | when |
//! |---|---|
//! | 401 | no or bad credentials |
//! | 403 | a known caller that may not do this |
//! | 404 | not there, or not the caller's |
//! | 409 | contradicts what is already so, or the risk gate refuses it |
//! | 412 | somebody else saved in between; `current` is what they saved |
//! | 413 | larger than the endpoint takes |
//! | 422 | unreadable or invalid input; `errors` names the fields |
//! | 428 | a change that does not say what it was made on |
//! | 429 | an allowance is used up; `Retry-After` says for how long |
//! | 500 | our mistake; the log has the chain, the answer does not |
//! | 503 | a dependency is down; nothing was changed |

use std::error::Error as StdError;

use axum::response::{IntoResponse, Response};
use http::{HeaderValue, StatusCode, header};
use jiff::Timestamp;
use lambda_http::lambda_runtime::Diagnostic;
use serde::{Deserialize, Serialize};
use utoipa::{IntoResponses, ToSchema};

use crate::{
    http::ETag,
    telemetry::{self, Gauge},
};

#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("no credentials were sent")]
    NoCredentials(Scheme),
    #[error("the credentials are not valid: {1}")]
    BadCredentials(Scheme, &'static str),
    #[error("there is no such {0}")]
    NotFound(&'static str),
    #[error("{detail}")]
    Conflict { code: &'static str, detail: String },
    /// The risk gate does not let an order pass; the code is the one of a discarded signal.
    #[error("{detail}")]
    Refused { code: String, detail: String },
    /// Somebody else saved in between. The answer carries what they saved, so that nothing is lost.
    #[error("{detail}")]
    Stale {
        code: &'static str,
        detail: &'static str,
        current: Box<serde_json::Value>,
        etag: ETag,
    },
    #[error("the change does not say what it was made on")]
    PreconditionRequired,
    /// An allowance is used up until then.
    #[error("{detail}")]
    TooMany {
        code: &'static str,
        detail: String,
        free_at: Timestamp,
    },
    #[error("the body is larger than {limit} bytes")]
    TooLarge { limit: usize },
    #[error("the request is not valid")]
    Invalid(Vec<FieldError>),
    /// The body of an alert that nobody can read; it was logged as a discarded signal.
    #[error("{detail}")]
    UnreadableAlert { code: &'static str, detail: String },
    #[error("{op} failed")]
    Dependency {
        op: &'static str,
        #[source]
        source: Box<dyn StdError + Send + Sync>,
    },
    #[error("{op} failed in a way it should not")]
    Internal {
        op: &'static str,
        #[source]
        source: Box<dyn StdError + Send + Sync>,
    },
}

/// How a caller proves who they are; 401 says which proof is missing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scheme {
    Bearer,
    AgentKey,
    /// Of a socket; an agent's key opens one too.
    Ticket,
}

/// One field that is not as it must be, and what is allowed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct FieldError {
    pub field: String,
    pub message: String,
}

/// What is wrong with an input, as its rules are gone through.
#[derive(Debug, Default)]
pub struct FieldErrors(pub Vec<FieldError>);

impl FieldErrors {
    pub fn require(&mut self, fine: bool, field: impl Into<String>, message: impl Into<String>) {
        if !fine {
            self.0.push(FieldError {
                field: field.into(),
                message: message.into(),
            });
        }
    }
}

/// The body of every error answer.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct Problem {
    #[serde(rename = "type")]
    pub kind: String,
    pub title: String,
    pub status: u16,
    /// What to do.
    pub detail: String,
    /// A stable word for programs.
    pub code: String,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<FieldError>,
}

/// A problem that carries what is stored now.
#[derive(Debug, Serialize, ToSchema)]
pub struct Stale<T> {
    #[serde(flatten)]
    pub problem: Problem,
    pub current: T,
}

/// Refusals by group, for the OpenAPI: what every guarded operation may answer.
#[derive(IntoResponses)]
pub enum Guarded {
    /// No or bad credentials
    #[response(status = 401, content_type = "application/problem+json",
        headers(("WWW-Authenticate" = String, description = "Which credentials are wanted: `Bearer` or `AgentKey`")))]
    Unauthorized(Problem),
    /// Something we depend on is down; nothing was changed
    #[response(status = 503, content_type = "application/problem+json")]
    Unavailable(Problem),
}

/// What an operation on one object may answer besides.
#[derive(IntoResponses)]
pub enum Missing {
    /// Not there, or not yours
    #[response(status = 404, content_type = "application/problem+json")]
    NotFound(Problem),
}

/// What an operation with filters may answer besides.
#[derive(IntoResponses)]
pub enum Filtered {
    /// Not valid; `errors` names the fields
    #[response(status = 422, content_type = "application/problem+json")]
    Invalid(Problem),
}

/// What an operation with a body may answer besides.
#[derive(IntoResponses)]
pub enum Checked {
    /// Larger than the operation takes
    #[response(status = 413, content_type = "application/problem+json")]
    TooLarge(Problem),
    /// Not valid; `errors` names the fields
    #[response(status = 422, content_type = "application/problem+json")]
    Invalid(Problem),
}

/// Refuses what has problems.
pub fn require_none(problems: Vec<FieldError>) -> Result<(), Error> {
    if problems.is_empty() {
        Ok(())
    } else {
        Err(Error::Invalid(problems))
    }
}

impl Error {
    pub fn invalid(field: &str, message: impl Into<String>) -> Self {
        Self::Invalid(vec![FieldError {
            field: field.to_owned(),
            message: message.into(),
        }])
    }

    pub fn dependency(op: &'static str, source: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        Self::Dependency {
            op,
            source: source.into(),
        }
    }

    pub fn internal(op: &'static str, source: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        Self::Internal {
            op,
            source: source.into(),
        }
    }

    pub fn status(&self) -> StatusCode {
        match self {
            Self::NoCredentials(_) | Self::BadCredentials(..) => StatusCode::UNAUTHORIZED,
            Self::NotFound(_) => StatusCode::NOT_FOUND,
            Self::Conflict { .. } | Self::Refused { .. } => StatusCode::CONFLICT,
            Self::Stale { .. } => StatusCode::PRECONDITION_FAILED,
            Self::PreconditionRequired => StatusCode::PRECONDITION_REQUIRED,
            Self::TooMany { .. } => StatusCode::TOO_MANY_REQUESTS,
            Self::TooLarge { .. } => StatusCode::PAYLOAD_TOO_LARGE,
            Self::Invalid(_) | Self::UnreadableAlert { .. } => StatusCode::UNPROCESSABLE_ENTITY,
            Self::Dependency { .. } => StatusCode::SERVICE_UNAVAILABLE,
            Self::Internal { .. } => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    pub fn code(&self) -> &str {
        match self {
            Self::NoCredentials(_) => "no_credentials",
            Self::BadCredentials(..) => "bad_credentials",
            Self::NotFound(_) => "not_found",
            Self::TooLarge { .. } => "too_large",
            Self::Invalid(_) => "invalid",
            Self::Conflict { code, .. }
            | Self::Stale { code, .. }
            | Self::TooMany { code, .. }
            | Self::UnreadableAlert { code, .. } => code,
            Self::Refused { code, .. } => code,
            Self::PreconditionRequired => "precondition_required",
            Self::Dependency { .. } => "dependency_down",
            Self::Internal { .. } => "internal",
        }
    }

    /// What the caller is told. Of a failure on our side it says nothing but how to go on.
    fn detail(&self) -> String {
        match self {
            Self::NoCredentials(Scheme::Bearer) => "Send an access token: Authorization: Bearer <token>.".to_owned(),
            Self::NoCredentials(Scheme::AgentKey) => "Send the agent's pairing key in X-Agent-Key.".to_owned(),
            Self::NoCredentials(Scheme::Ticket) => {
                "Connect with ?ticket= from POST /auth/socket-ticket, or as an agent with X-Agent-Id and X-Agent-Key."
                    .to_owned()
            }
            Self::BadCredentials(Scheme::Ticket, why) => {
                format!("The ticket was refused: {why}. Ask for a new one for each connection.")
            }
            Self::BadCredentials(Scheme::Bearer, why) => format!("The access token was refused: {why}. Sign in again."),
            Self::BadCredentials(Scheme::AgentKey, _) => {
                "The pairing key was refused. Pair the agent again, or rotate its key in the dashboard.".to_owned()
            }
            Self::NotFound(what) => format!("There is no such {what}, or it is not yours."),
            Self::Stale { detail, .. } => (*detail).to_owned(),
            Self::PreconditionRequired => {
                "Send If-Match with the ETag of what you changed, or * to overwrite whatever is there.".to_owned()
            }
            Self::TooLarge { limit } => format!("The body may have at most {limit} bytes."),
            Self::Invalid(_) => "Correct the fields named in errors and send it again.".to_owned(),
            Self::Conflict { detail, .. }
            | Self::Refused { detail, .. }
            | Self::TooMany { detail, .. }
            | Self::UnreadableAlert { detail, .. } => detail.clone(),
            Self::Dependency { .. } => {
                "Something we depend on is down; nothing was changed. Try again in a moment.".to_owned()
            }
            Self::Internal { .. } => {
                "This is our mistake and has been logged. Try again, or tell us the request id.".to_owned()
            }
        }
    }

    /// Where there is room for one sentence: the detail, with the fields that are wrong.
    pub fn sentence(&self) -> String {
        match self {
            Self::Invalid(errors) => {
                let fields: Vec<_> = errors
                    .iter()
                    .map(|error| format!("{}: {}", error.field, error.message))
                    .collect();
                fields.join("; ")
            }
            _ => self.detail(),
        }
    }

    /// What a 401 must say (RFC 9110, 11.6.1).
    fn challenge(&self) -> Option<&'static str> {
        match self {
            Self::NoCredentials(scheme) | Self::BadCredentials(scheme, _) => Some(match scheme {
                Scheme::Bearer => "Bearer",
                Scheme::AgentKey => "AgentKey",
                Scheme::Ticket => "Ticket",
            }),
            _ => None,
        }
    }

    /// What a 429 should say (RFC 6585, 4): in seconds, rounded up.
    fn retry_after(&self) -> Option<i64> {
        match self {
            Self::TooMany { free_at, .. } => Some((free_at.as_second() - Timestamp::now().as_second() + 1).max(1)),
            _ => None,
        }
    }

    /// The whole chain of causes, once.
    pub fn log(&self) {
        let chain = chain(self);
        match self {
            Self::Internal { op, .. } => {
                tracing::error!(error.op = op, error.chain = chain, "request failed by our mistake");
            }
            Self::Dependency { op, .. } => {
                tracing::warn!(error.op = op, error.chain = chain, "dependency down");
                telemetry::record(&[Gauge::count("dependency_failures", 1)]);
            }
            _ => tracing::debug!(error.chain = chain, "request refused"),
        }
    }
}

/// An error and its causes in one line.
pub fn chain(error: &dyn StdError) -> String {
    let mut chain = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        chain = format!("{chain}: {cause}");
        source = cause.source();
    }
    chain
}

impl IntoResponse for Error {
    fn into_response(self) -> Response {
        self.log();
        let status = self.status();
        let challenge = self.challenge();
        let retry_after = self.retry_after();
        let problem = Problem {
            kind: "about:blank".to_owned(),
            title: status.canonical_reason().unwrap_or_default().to_owned(),
            status: status.as_u16(),
            detail: self.detail(),
            code: self.code().to_owned(),
            errors: Vec::new(),
        };
        let (body, etag) = match self {
            Self::Invalid(errors) => (serde_json::to_vec(&Problem { errors, ..problem }), None),
            Self::Stale { current, etag, .. } => (serde_json::to_vec(&Stale { problem, current }), Some(etag)),
            _ => (serde_json::to_vec(&problem), None),
        };
        let body = body.expect("a problem is plain text and numbers");
        let content_type = HeaderValue::from_static("application/problem+json");
        let mut response = (status, [(header::CONTENT_TYPE, content_type)], etag, body).into_response();
        if let Some(challenge) = challenge {
            response
                .headers_mut()
                .insert(header::WWW_AUTHENTICATE, HeaderValue::from_static(challenge));
        }
        if let Some(seconds) = retry_after {
            response.headers_mut().insert(header::RETRY_AFTER, seconds.into());
        }
        response
    }
}

/// What Lambda is told of a failed invocation; the chain is in the log.
impl From<Error> for Diagnostic {
    fn from(error: Error) -> Self {
        Self {
            error_type: error.code().to_owned(),
            error_message: error.detail(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_meaning_has_its_status_and_code() {
        let cases = [
            (Error::NoCredentials(Scheme::Bearer), 401, "no_credentials"),
            (
                Error::BadCredentials(Scheme::AgentKey, "unknown"),
                401,
                "bad_credentials",
            ),
            (Error::NotFound("strategy"), 404, "not_found"),
            (
                Error::Conflict {
                    code: "result_differs",
                    detail: String::new(),
                },
                409,
                "result_differs",
            ),
            (
                Error::Refused {
                    code: "daily_loss_limit".to_owned(),
                    detail: String::new(),
                },
                409,
                "daily_loss_limit",
            ),
            (
                Error::Stale {
                    code: "version_changed",
                    detail: "",
                    current: Box::default(),
                    etag: ETag(Timestamp::UNIX_EPOCH),
                },
                412,
                "version_changed",
            ),
            (Error::PreconditionRequired, 428, "precondition_required"),
            (
                Error::TooMany {
                    code: "generation_limit",
                    detail: String::new(),
                    free_at: Timestamp::UNIX_EPOCH,
                },
                429,
                "generation_limit",
            ),
            (Error::TooLarge { limit: 1 }, 413, "too_large"),
            (Error::invalid("name", "at most 80 characters"), 422, "invalid"),
            (
                Error::UnreadableAlert {
                    code: "no_symbol",
                    detail: String::new(),
                },
                422,
                "no_symbol",
            ),
            (Error::dependency("job/claim", "gone"), 503, "dependency_down"),
            (Error::internal("job/claim", "odd"), 500, "internal"),
        ];
        for (error, status, code) in cases {
            assert_eq!((error.status().as_u16(), error.code()), (status, code), "{error:?}");
        }
    }

    #[test]
    fn a_failure_on_our_side_tells_nothing_of_its_cause() {
        for error in [
            Error::internal("op", "password=hunter2"),
            Error::dependency("op", "password=hunter2"),
        ] {
            assert!(!error.detail().contains("hunter2"));
        }
    }
}
