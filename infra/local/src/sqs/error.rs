//! SQS's refusals, as the SDKs read them.

use bytes::Bytes;
use http::{HeaderValue, Response, StatusCode, header};
use http_body_util::Full;
use serde_json::json;

#[derive(Debug)]
pub(super) enum Fault {
    MissingAuthenticationToken,
    QueueDoesNotExist,
    MissingParameter(&'static str),
    InvalidParameterValue(String),
    InvalidMessageContents,
    ReceiptHandleIsInvalid,
    ReceiptHandleExpired,
    MessageNotInflight,
    UnsupportedOperation(String),
    EmptyBatchRequest,
    TooManyEntriesInBatchRequest,
    BatchEntryIdsNotDistinct,
    BatchRequestTooLong,
    ServiceUnavailable,
}

impl Fault {
    /// The code of the JSON protocol, the one of the older query protocol, which the SDKs still go by, and the message.
    pub(super) fn parts(&self) -> (&'static str, &'static str, String) {
        match self {
            Self::MissingAuthenticationToken => (
                "MissingAuthenticationTokenException",
                "MissingAuthenticationToken",
                "Request is missing Authentication Token".into(),
            ),
            Self::QueueDoesNotExist => (
                "QueueDoesNotExist",
                "AWS.SimpleQueueService.NonExistentQueue",
                "The specified queue does not exist.".into(),
            ),
            Self::MissingParameter(name) => (
                "MissingParameter",
                "MissingParameter",
                format!("The request must contain the parameter {name}."),
            ),
            Self::InvalidParameterValue(why) => ("InvalidParameterValue", "InvalidParameterValue", why.clone()),
            Self::InvalidMessageContents => (
                "InvalidMessageContents",
                "InvalidMessageContents",
                "Invalid characters found. Valid unicode characters are #x9 | #xA | #xD | #x20 to #xD7FF | \
                 #xE000 to #xFFFD | #x10000 to #x10FFFF"
                    .into(),
            ),
            Self::ReceiptHandleIsInvalid => (
                "ReceiptHandleIsInvalid",
                "ReceiptHandleIsInvalid",
                "The input receipt handle is invalid.".into(),
            ),
            Self::ReceiptHandleExpired => (
                "InvalidParameterValue",
                "InvalidParameterValue",
                "Value for parameter ReceiptHandle is invalid. Reason: The receipt handle has expired.".into(),
            ),
            Self::MessageNotInflight => (
                "MessageNotInflight",
                "AWS.SimpleQueueService.MessageNotInflight",
                "The specified message isn't in flight.".into(),
            ),
            Self::UnsupportedOperation(name) => (
                "UnsupportedOperation",
                "AWS.SimpleQueueService.UnsupportedOperation",
                format!("{name} is not known to the local cloud."),
            ),
            Self::EmptyBatchRequest => (
                "EmptyBatchRequest",
                "AWS.SimpleQueueService.EmptyBatchRequest",
                "There should be at least one entry in the request.".into(),
            ),
            Self::TooManyEntriesInBatchRequest => (
                "TooManyEntriesInBatchRequest",
                "AWS.SimpleQueueService.TooManyEntriesInBatchRequest",
                "Maximum number of entries per request are 10.".into(),
            ),
            Self::BatchEntryIdsNotDistinct => (
                "BatchEntryIdsNotDistinct",
                "AWS.SimpleQueueService.BatchEntryIdsNotDistinct",
                "Two or more batch entries in the request have the same Id.".into(),
            ),
            Self::BatchRequestTooLong => (
                "BatchRequestTooLong",
                "AWS.SimpleQueueService.BatchRequestTooLong",
                "Batch requests cannot be longer than 1048576 bytes.".into(),
            ),
            Self::ServiceUnavailable => (
                "ServiceUnavailable",
                "ServiceUnavailable",
                "The queues are down.".into(),
            ),
        }
    }

    pub(super) fn response(&self) -> Response<Full<Bytes>> {
        let (code, query_code, message) = self.parts();
        let (status, blame) = match self {
            Self::ServiceUnavailable => (StatusCode::SERVICE_UNAVAILABLE, "Receiver"),
            Self::MissingAuthenticationToken => (StatusCode::FORBIDDEN, "Sender"),
            _ => (StatusCode::BAD_REQUEST, "Sender"),
        };
        let body = json!({ "__type": format!("com.amazonaws.sqs#{code}"), "message": message });
        let mut response = super::api::json(status, &body);
        if let Ok(value) = HeaderValue::try_from(format!("{query_code};{blame}")) {
            response.headers_mut().insert("x-amzn-query-error", value);
        }
        if self.closes() {
            response
                .headers_mut()
                .insert(header::CONNECTION, HeaderValue::from_static("close"));
        }
        response
    }

    /// Whoever is down keeps no connections.
    fn closes(&self) -> bool {
        matches!(self, Self::ServiceUnavailable)
    }
}
