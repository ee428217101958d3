//! A batch as the event a function gets, and what its answer means.

use std::collections::{BTreeMap, HashSet};

use bytes::Bytes;
use serde::{Deserialize, Serialize};

use super::message::{Attribute, Message};
use crate::lambda::REGION;
use crate::template::queue::arn;

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Event<'a> {
    records: Vec<Record<'a>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Record<'a> {
    message_id: String,
    receipt_handle: String,
    body: &'a str,
    attributes: BTreeMap<&'static str, String>,
    message_attributes: BTreeMap<&'a str, RecordAttribute<'a>>,
    #[serde(rename = "md5OfBody")]
    md5_of_body: String,
    #[serde(rename = "md5OfMessageAttributes", skip_serializing_if = "Option::is_none")]
    md5_of_message_attributes: Option<String>,
    event_source: &'static str,
    #[serde(rename = "eventSourceARN")]
    event_source_arn: &'a str,
    aws_region: &'static str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct RecordAttribute<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    string_value: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    binary_value: Option<&'a str>,
    string_list_values: [&'a str; 0],
    binary_list_values: [&'a str; 0],
    data_type: &'a str,
}

pub(super) fn build(queue: &str, fifo: bool, batch: &[Message]) -> serde_json::Result<Bytes> {
    let arn = arn(queue);
    let records = batch.iter().map(|message| record(&arn, fifo, message)).collect();
    serde_json::to_vec(&Event { records }).map(Bytes::from)
}

fn record<'a>(arn: &'a str, fifo: bool, message: &'a Message) -> Record<'a> {
    let attribute = |(name, attribute): (&'a String, &'a Attribute)| {
        let translated = RecordAttribute {
            string_value: attribute.string_value.as_deref(),
            binary_value: attribute.binary_value.as_deref(),
            string_list_values: [],
            binary_list_values: [],
            data_type: &attribute.data_type,
        };
        (name.as_str(), translated)
    };
    Record {
        message_id: message.id.to_string(),
        receipt_handle: message.receipt().to_handle(),
        body: &message.content.body,
        attributes: message.system_attributes(fifo),
        message_attributes: message.content.attributes.iter().map(attribute).collect(),
        md5_of_body: message.content.md5(),
        md5_of_message_attributes: message.content.attributes_md5(),
        event_source: "aws:sqs",
        event_source_arn: arn,
        aws_region: REGION,
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Report {
    #[serde(default)]
    batch_item_failures: Option<Vec<Failure>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Failure {
    item_identifier: String,
}

/// The message ids a function with `ReportBatchItemFailures` names; `None` when its answer cannot be understood,
/// which fails the whole batch.
pub(super) fn failures(response: &[u8], batch: &[Message]) -> Option<HashSet<String>> {
    if response.is_empty() {
        return Some(HashSet::new());
    }
    let report: Option<Report> = serde_json::from_slice(response).ok()?;
    let failures = report.and_then(|report| report.batch_item_failures).unwrap_or_default();
    let known: HashSet<String> = batch.iter().map(|message| message.id.to_string()).collect();
    let named: HashSet<String> = failures.into_iter().map(|failure| failure.item_identifier).collect();
    named.is_subset(&known).then_some(named)
}
