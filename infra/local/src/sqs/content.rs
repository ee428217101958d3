//! What SQS accepts as a message.

use data_encoding::HEXLOWER;
use sha2::{Digest as _, Sha256};

use super::error::Fault;
use super::message::{Content, SIZE_LIMIT};
use super::requests::SendEntry;
use crate::template::Fifo;

pub(super) fn checked(entry: SendEntry, fifo: Option<Fifo>) -> Result<Content, Fault> {
    let SendEntry {
        id: _,
        message_body,
        message_group_id: group,
        message_deduplication_id: deduplication_id,
        message_attributes: attributes,
        delay_seconds,
    } = entry;
    let body = message_body
        .filter(|body| !body.is_empty())
        .ok_or(Fault::MissingParameter("MessageBody"))?;
    if !body.chars().all(allowed) {
        return Err(Fault::InvalidMessageContents);
    }
    if delay_seconds > 0 {
        return Err(Fault::InvalidParameterValue(
            "DelaySeconds is not known to the local cloud".into(),
        ));
    }
    let deduplication_id = match (fifo, deduplication_id) {
        (Some(_), given @ Some(_)) => given,
        (Some(fifo), None) if fifo.content_based_deduplication => Some(HEXLOWER.encode(&Sha256::digest(&body))),
        (Some(_), None) if group.is_some() => {
            return Err(Fault::InvalidParameterValue(
                "The queue should either have ContentBasedDeduplication enabled or MessageDeduplicationId provided \
                 explicitly"
                    .into(),
            ));
        }
        (None, Some(given)) => {
            return Err(Fault::InvalidParameterValue(format!(
                "Value {given} for parameter MessageDeduplicationId is invalid. Reason: The request include parameter \
                 that is not valid for this queue type"
            )));
        }
        (_, None) => None,
    };
    if fifo.is_some() && group.is_none() {
        return Err(Fault::MissingParameter("MessageGroupId"));
    }
    for (name, id) in [
        ("MessageGroupId", &group),
        ("MessageDeduplicationId", &deduplication_id),
    ] {
        if id
            .as_ref()
            .is_some_and(|id| id.is_empty() || id.len() > 128 || !id.bytes().all(|byte| byte.is_ascii_graphic()))
        {
            return Err(Fault::InvalidParameterValue(format!(
                "Value for parameter {name} is invalid. Reason: {name} can only include alphanumeric and punctuation \
                 characters. 1 to 128 in length."
            )));
        }
    }
    let content = Content {
        body,
        attributes,
        group: group.map(Into::into),
        deduplication_id: deduplication_id.map(Into::into),
    };
    if content.size() > SIZE_LIMIT {
        return Err(Fault::InvalidParameterValue(format!(
            "One or more parameters are invalid. Reason: Message must be shorter than {SIZE_LIMIT} bytes."
        )));
    }
    Ok(content)
}

/// The characters of XML 1.0.
fn allowed(character: char) -> bool {
    matches!(character, '\t' | '\n' | '\r' | ' '..='\u{d7ff}' | '\u{e000}'..='\u{fffd}' | '\u{10000}'..)
}
