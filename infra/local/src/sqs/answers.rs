//! What one queue answers to one entry of a request.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::api::Answer;
use super::error::Fault;
use super::message::{Attribute, Message, Receipt, SIZE_LIMIT, sequence_number};
use super::requests::{ReceiveMessage, SendEntry};
use super::store::Expired;
use super::{Queue, content};
use crate::template::queue::arn;

impl Queue {
    pub(super) fn accept(&self, entry: SendEntry) -> Answer {
        let content = content::checked(entry, self.declared.fifo)?;
        let (md5, attributes_md5) = (content.md5(), content.attributes_md5());
        let sent = self.send(content);
        let mut answer = json!({ "MessageId": sent.id.to_string(), "MD5OfMessageBody": md5 });
        if let Some(md5) = attributes_md5 {
            answer["MD5OfMessageAttributes"] = md5.into();
        }
        if self.declared.fifo.is_some() {
            answer["SequenceNumber"] = sequence_number(sent.sequence).into();
        }
        Ok(answer)
    }

    pub(super) fn remove(&self, handle: &str) -> Answer {
        let receipt = Receipt::from_handle(handle).ok_or(Fault::ReceiptHandleIsInvalid)?;
        match self.delete([receipt]) {
            Ok(()) => Ok(json!({})),
            Err(Expired) => Err(Fault::ReceiptHandleExpired),
        }
    }

    pub(super) fn attributes(&self) -> BTreeMap<&'static str, String> {
        let (state, declared) = (self.state(), &self.declared);
        let mut all = BTreeMap::from([
            ("ApproximateNumberOfMessages", state.waiting.to_string()),
            ("ApproximateNumberOfMessagesDelayed", "0".to_owned()),
            ("ApproximateNumberOfMessagesNotVisible", state.in_flight.to_string()),
            ("MaximumMessageSize", SIZE_LIMIT.to_string()),
            ("MessageRetentionPeriod", declared.retention.as_secs().to_string()),
            ("QueueArn", arn(&declared.name)),
            ("VisibilityTimeout", declared.visibility_timeout.as_secs().to_string()),
        ]);
        if let Some(fifo) = declared.fifo {
            all.insert("FifoQueue", "true".to_owned());
            all.insert(
                "ContentBasedDeduplication",
                fifo.content_based_deduplication.to_string(),
            );
        }
        if let Some(redrive) = &declared.redrive {
            let policy = json!({
                "deadLetterTargetArn": arn(&redrive.dead_letters),
                "maxReceiveCount": redrive.max_receives,
            });
            all.insert("RedrivePolicy", policy.to_string());
        }
        all
    }
}

pub(super) fn received(message: &Message, fifo: bool, request: &ReceiveMessage) -> Value {
    let mut system = message.system_attributes(fifo);
    system.retain(|name, _| {
        wanted(name, &request.attribute_names) || wanted(name, &request.message_system_attribute_names)
    });
    let attributes: BTreeMap<&String, &Attribute> = message
        .content
        .attributes
        .iter()
        .filter(|(name, _)| wanted(name, &request.message_attribute_names))
        .collect();
    let mut all = json!({
        "MessageId": message.id.to_string(),
        "ReceiptHandle": message.receipt().to_handle(),
        "MD5OfBody": message.content.md5(),
        "Body": message.content.body,
    });
    if !system.is_empty() {
        all["Attributes"] = json!(system);
    }
    if !attributes.is_empty() {
        all["MessageAttributes"] = json!(attributes);
        all["MD5OfMessageAttributes"] = json!(message.content.attributes_md5());
    }
    all
}

/// `All`, `.*`, `prefix.*`, or the name.
pub(super) fn wanted(name: &str, list: &[String]) -> bool {
    list.iter().any(|entry| {
        entry == "All" || entry == name || entry.strip_suffix(".*").is_some_and(|prefix| name.starts_with(prefix))
    })
}
