//! `@connections`: what a function can do to a connection. Posting is the hot path of the whole cloud.

use std::sync::Arc;

use http::{HeaderValue, Method, Request, Response, StatusCode, header};
use http_body_util::{BodyExt as _, Full, LengthLimitError, Limited};
use hyper::body::{Body as _, Incoming};
use jiff::Timestamp;
use serde_json::json;
use tokio_tungstenite::tungstenite::Utf8Bytes;

use super::connections::{Connection, Disconnect, Id, Order, Refused};
use super::wire::MESSAGE_LIMIT;
use super::{Answer, Sockets, plain};
use crate::log::Source;

#[derive(Debug, Clone, Copy)]
enum Exception {
    Forbidden,
    Gone,
    PayloadTooLarge,
    LimitExceeded,
    /// As a test has asked for.
    InternalServerError,
    /// Not an exception of this API, but of the HTTP before it.
    BadRequest,
}

impl Sockets {
    /// `id` is a segment of the path, as it was sent.
    pub(super) async fn manage(&self, id: &str, request: Request<Incoming>) -> Answer {
        let method = request.method().clone();
        let refused = if request.headers().contains_key(header::AUTHORIZATION) {
            match method {
                Method::POST => self.post(id, request.into_body()).await,
                Method::GET => self.show(id),
                Method::DELETE => self.delete(id),
                _ => Err(Exception::BadRequest),
            }
        } else {
            Err(Exception::Forbidden)
        };
        refused.unwrap_or_else(|exception| {
            let (status, name, _) = exception.parts();
            self.log.line(
                Source::Socket,
                format!("{method} @connections {} {name}", status.as_u16()),
            );
            exception.answer()
        })
    }

    async fn post(&self, id: &str, body: Incoming) -> Result<Answer, Exception> {
        if body.size_hint().lower() > MESSAGE_LIMIT as u64 {
            return Err(Exception::PayloadTooLarge);
        }
        let body = match Limited::new(body, MESSAGE_LIMIT).collect().await {
            Ok(body) => body.to_bytes(),
            Err(error) if error.is::<LengthLimitError>() => return Err(Exception::PayloadTooLarge),
            Err(_) => return Err(Exception::BadRequest),
        };
        if self.fails_now() {
            return Err(Exception::InternalServerError);
        }
        // Text is all a WebSocket API sends.
        let text = Utf8Bytes::try_from(body.clone())
            .unwrap_or_else(|_| Utf8Bytes::from(String::from_utf8_lossy(&body).into_owned()));
        match self.connection(id)?.post(text) {
            Ok(()) => Ok(plain(StatusCode::OK)),
            Err(Refused::Gone) => Err(Exception::Gone),
            Err(Refused::Full) => Err(Exception::LimitExceeded),
        }
    }

    fn show(&self, id: &str) -> Result<Answer, Exception> {
        let connection = self.connection(id)?;
        let last_active = Timestamp::from_millisecond(connection.last_active()).unwrap_or(connection.connected_at);
        let body = json!({
            "connectedAt": connection.connected_at,
            "identity": connection.identity(),
            "lastActiveAt": last_active,
        });
        let mut answer = Response::new(Full::from(body.to_string()));
        answer
            .headers_mut()
            .insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
        Ok(answer)
    }

    fn delete(&self, id: &str) -> Result<Answer, Exception> {
        let connection = self.connection(id)?;
        connection.order(Order::Close(Disconnect::new(1000, "Connection Closed Normally")));
        Ok(plain(StatusCode::NO_CONTENT))
    }

    fn connection(&self, id: &str) -> Result<Arc<Connection>, Exception> {
        Id::from_path(id)
            .and_then(|id| self.connections.get(id))
            .ok_or(Exception::Gone)
    }
}

impl Exception {
    fn parts(self) -> (StatusCode, &'static str, &'static str) {
        match self {
            Self::Forbidden => (
                StatusCode::FORBIDDEN,
                "ForbiddenException",
                "Missing Authentication Token",
            ),
            Self::Gone => (StatusCode::GONE, "GoneException", "The connection is gone"),
            Self::PayloadTooLarge => (
                StatusCode::PAYLOAD_TOO_LARGE,
                "PayloadTooLargeException",
                "Message too long",
            ),
            Self::LimitExceeded => (
                StatusCode::TOO_MANY_REQUESTS,
                "LimitExceededException",
                "The client's buffer is full",
            ),
            Self::InternalServerError => (
                StatusCode::INTERNAL_SERVER_ERROR,
                "InternalServerErrorException",
                "Internal server error",
            ),
            Self::BadRequest => (StatusCode::BAD_REQUEST, "BadRequestException", "Bad Request"),
        }
    }

    fn answer(self) -> Answer {
        let (status, name, message) = self.parts();
        let mut answer = Response::new(Full::from(json!({ "message": message }).to_string()));
        *answer.status_mut() = status;
        let headers = answer.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
        headers.insert("x-amzn-errortype", HeaderValue::from_static(name));
        answer
    }
}
