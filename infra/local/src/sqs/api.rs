//! The port: AWS JSON 1.0, the operation in `X-Amz-Target`. Signatures are not verified, only missed.

use std::collections::HashSet;
use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::{HeaderValue, Request, Response, StatusCode, header};
use http_body_util::Full;
use hyper::body::Incoming;
use hyper::service::service_fn;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::time::timeout;

use super::answers::{received, wanted};
use super::error::Fault;
use super::message::{Receipt, SIZE_LIMIT};
use super::requests::{
    ChangeMessageVisibility, DeleteEntry, DeleteMessage, DeleteMessageBatch, GetQueueAttributes, GetQueueUrl, OfQueue,
    ReceiveMessage, SendEntry, SendMessage, SendMessageBatch,
};
use super::store::Expired;
use super::{Queue, Queues};
use crate::lambda::ACCOUNT_ID;
use crate::log::Source;

/// A full batch whose every character is escaped.
const REQUEST_LIMIT: usize = 8 * SIZE_LIMIT;

pub(super) type Answer = Result<Value, Fault>;

impl Queues {
    pub(crate) async fn serve(self: Arc<Self>, listener: TcpListener, stop: watch::Receiver<()>) {
        crate::http::serve(listener, stop, |_| {
            let queues = Arc::clone(&self);
            service_fn(move |request| {
                let queues = Arc::clone(&queues);
                async move { Ok::<_, Infallible>(queues.respond(request).await) }
            })
        })
        .await;
    }

    async fn respond(&self, request: Request<Incoming>) -> Response<Full<Bytes>> {
        let target = request
            .headers()
            .get("x-amz-target")
            .and_then(|name| name.to_str().ok());
        let operation = target
            .and_then(|target| target.strip_prefix("AmazonSQS."))
            .unwrap_or("-")
            .to_owned();
        match self.answer(&operation, request).await {
            Ok(answer) => json(StatusCode::OK, &answer),
            Err(fault) => {
                let (code, _, message) = fault.parts();
                self.log
                    .line(Source::Queue, format!("{operation} refused: {code}: {message}"));
                fault.response()
            }
        }
    }

    async fn answer(&self, operation: &str, request: Request<Incoming>) -> Answer {
        if self.is_down() {
            return Err(Fault::ServiceUnavailable);
        }
        let (parts, body) = request.into_parts();
        if !parts.headers.contains_key(header::AUTHORIZATION) {
            return Err(Fault::MissingAuthenticationToken);
        }
        let body = crate::http::collect(body, REQUEST_LIMIT)
            .await
            .ok_or(Fault::BatchRequestTooLong)?;
        let host = parts.headers.get(header::HOST).and_then(|host| host.to_str().ok());
        match operation {
            "SendMessage" => self.send_message(parsed(&body)?),
            "SendMessageBatch" => self.send_message_batch(parsed(&body)?),
            "ReceiveMessage" => self.receive_message(parsed(&body)?).await,
            "DeleteMessage" => self.delete_message(&parsed(&body)?),
            "DeleteMessageBatch" => self.delete_message_batch(parsed(&body)?),
            "ChangeMessageVisibility" => self.change_message_visibility(&parsed(&body)?),
            "GetQueueAttributes" => self.get_queue_attributes(&parsed(&body)?),
            "GetQueueUrl" => self.get_queue_url(&parsed(&body)?, host.unwrap_or_default()),
            "PurgeQueue" => self.purge_queue(&parsed(&body)?),
            other => Err(Fault::UnsupportedOperation(other.to_owned())),
        }
    }

    fn at(&self, url: &str) -> Result<&Arc<Queue>, Fault> {
        let name = url.rsplit('/').next().unwrap_or_default();
        self.named(name).ok_or(Fault::QueueDoesNotExist)
    }

    fn send_message(&self, request: SendMessage) -> Answer {
        let SendMessage {
            queue_url,
            message_body,
            message_group_id,
            message_deduplication_id,
            message_attributes,
            delay_seconds,
        } = request;
        self.at(&queue_url)?.accept(SendEntry {
            id: String::new(),
            message_body,
            message_group_id,
            message_deduplication_id,
            message_attributes,
            delay_seconds,
        })
    }

    fn send_message_batch(&self, request: SendMessageBatch) -> Answer {
        let SendMessageBatch { queue_url, entries } = request;
        let queue = self.at(&queue_url)?;
        distinct(entries.iter().map(|entry| entry.id.as_str()))?;
        let size = |entry: &SendEntry| entry.message_body.as_ref().map_or(0, String::len);
        if entries.iter().map(size).sum::<usize>() > SIZE_LIMIT {
            return Err(Fault::BatchRequestTooLong);
        }
        Ok(each(entries, |entry| (entry.id.clone(), queue.accept(entry))))
    }

    async fn receive_message(&self, request: ReceiveMessage) -> Answer {
        let queue = self.at(&request.queue_url)?;
        let most = request.max_number_of_messages;
        if !(1..=10).contains(&most) {
            return Err(Fault::InvalidParameterValue(format!(
                "Value {most} for parameter MaxNumberOfMessages is invalid. Reason: Must be between 1 and 10, if provided."
            )));
        }
        // Over in time is an answer as well: an empty one.
        let _ = timeout(Duration::from_secs(request.wait_time_seconds.min(20)), queue.ready()).await;
        let visibility = request.visibility_timeout.map(Duration::from_secs);
        let taken = queue.receive(most, SIZE_LIMIT, visibility);
        if taken.is_empty() {
            return Ok(json!({}));
        }
        let fifo = queue.declared.fifo.is_some();
        let messages: Vec<_> = taken.iter().map(|message| received(message, fifo, &request)).collect();
        Ok(json!({ "Messages": messages }))
    }

    fn delete_message(&self, request: &DeleteMessage) -> Answer {
        self.at(&request.queue_url)?.remove(&request.receipt_handle)
    }

    fn delete_message_batch(&self, request: DeleteMessageBatch) -> Answer {
        let DeleteMessageBatch { queue_url, entries } = request;
        let queue = self.at(&queue_url)?;
        distinct(entries.iter().map(|entry| entry.id.as_str()))?;
        Ok(each(entries, |DeleteEntry { id, receipt_handle }| {
            (id, queue.remove(&receipt_handle))
        }))
    }

    fn change_message_visibility(&self, request: &ChangeMessageVisibility) -> Answer {
        let queue = self.at(&request.queue_url)?;
        let receipt = Receipt::from_handle(&request.receipt_handle).ok_or(Fault::ReceiptHandleIsInvalid)?;
        let visibility = Duration::from_secs(request.visibility_timeout);
        match queue.change_visibility(receipt, visibility) {
            Ok(()) => Ok(json!({})),
            Err(Expired) => Err(Fault::MessageNotInflight),
        }
    }

    fn get_queue_attributes(&self, request: &GetQueueAttributes) -> Answer {
        let queue = self.at(&request.queue_url)?;
        let mut all = queue.attributes();
        all.retain(|name, _| wanted(name, &request.attribute_names));
        Ok(json!({ "Attributes": all }))
    }

    fn get_queue_url(&self, request: &GetQueueUrl, host: &str) -> Answer {
        let name = &self.at(&request.queue_name)?.declared.name;
        Ok(json!({ "QueueUrl": format!("http://{host}/{ACCOUNT_ID}/{name}") }))
    }

    fn purge_queue(&self, request: &OfQueue) -> Answer {
        self.at(&request.queue_url)?.purge();
        Ok(json!({}))
    }
}

fn distinct<'a>(ids: impl ExactSizeIterator<Item = &'a str>) -> Result<(), Fault> {
    match ids.len() {
        0 => return Err(Fault::EmptyBatchRequest),
        1..=10 => {}
        11.. => return Err(Fault::TooManyEntriesInBatchRequest),
    }
    let mut seen = HashSet::new();
    let mut ids = ids;
    if ids.all(|id| seen.insert(id)) {
        Ok(())
    } else {
        Err(Fault::BatchEntryIdsNotDistinct)
    }
}

/// A batch's answer: some of its entries may be refused.
fn each<T>(entries: Vec<T>, one: impl Fn(T) -> (String, Answer)) -> Value {
    let (mut successful, mut failed) = (Vec::new(), Vec::new());
    for entry in entries {
        match one(entry) {
            (id, Ok(mut answer)) => {
                answer["Id"] = id.into();
                successful.push(answer);
            }
            (id, Err(fault)) => {
                let (_, code, message) = fault.parts();
                failed.push(json!({ "Id": id, "SenderFault": true, "Code": code, "Message": message }));
            }
        }
    }
    json!({ "Successful": successful, "Failed": failed })
}

fn parsed<T: DeserializeOwned>(body: &[u8]) -> Result<T, Fault> {
    serde_json::from_slice(body).map_err(|error| Fault::InvalidParameterValue(error.to_string()))
}

pub(super) fn json(status: StatusCode, body: &Value) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::from(body.to_string()));
    *response.status_mut() = status;
    response.headers_mut().insert(
        header::CONTENT_TYPE,
        HeaderValue::from_static("application/x-amz-json-1.0"),
    );
    response
}
