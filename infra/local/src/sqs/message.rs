//! A message, the receipt for taking it, and the digests SQS gives of it.

use std::collections::BTreeMap;
use std::sync::Arc;

use data_encoding::{BASE64, HEXLOWER};
use jiff::Timestamp;
use md5::{Digest as _, Md5};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// SQS's limit for a message, and for all messages of one request together.
pub(super) const SIZE_LIMIT: usize = 1024 * 1024;

#[derive(Debug, Clone)]
pub(super) struct Message {
    pub(super) id: Uuid,
    pub(super) sequence: u64,
    pub(super) content: Arc<Content>,
    pub(super) sent_at: Timestamp,
    pub(super) first_received_at: Option<Timestamp>,
    pub(super) receives: u32,
}

/// What the sender said.
#[derive(Debug, Default)]
pub(super) struct Content {
    pub(super) body: String,
    pub(super) attributes: BTreeMap<String, Attribute>,
    pub(super) group: Option<Arc<str>>,
    pub(super) deduplication_id: Option<Arc<str>>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(super) struct Attribute {
    pub(super) data_type: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) string_value: Option<String>,
    /// In base64.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) binary_value: Option<String>,
}

impl Content {
    pub(super) fn size(&self) -> usize {
        let attribute = |(name, attribute): (&String, &Attribute)| {
            let value = attribute.string_value.as_ref().or(attribute.binary_value.as_ref());
            name.len() + attribute.data_type.len() + value.map_or(0, String::len)
        };
        self.body.len() + self.attributes.iter().map(attribute).sum::<usize>()
    }

    pub(super) fn md5(&self) -> String {
        HEXLOWER.encode(&Md5::digest(&self.body))
    }

    /// As the developer guide lays it down: sorted by name, each part after its length.
    pub(super) fn attributes_md5(&self) -> Option<String> {
        let mut digest = Md5::new();
        let part = |digest: &mut Md5, bytes: &[u8]| {
            digest.update(u32::try_from(bytes.len()).unwrap_or(u32::MAX).to_be_bytes());
            digest.update(bytes);
        };
        for (name, attribute) in &self.attributes {
            part(&mut digest, name.as_bytes());
            part(&mut digest, attribute.data_type.as_bytes());
            if let Some(binary) = &attribute.binary_value {
                digest.update([2]);
                part(&mut digest, &BASE64.decode(binary.as_bytes()).unwrap_or_default());
            } else {
                digest.update([1]);
                part(
                    &mut digest,
                    attribute.string_value.as_deref().unwrap_or_default().as_bytes(),
                );
            }
        }
        (!self.attributes.is_empty()).then(|| HEXLOWER.encode(&digest.finalize()))
    }
}

impl Message {
    pub(super) fn receipt(&self) -> Receipt {
        Receipt {
            sequence: self.sequence,
            receives: self.receives,
        }
    }

    /// `MessageSystemAttributes`, under the names SQS has for them.
    pub(super) fn system_attributes(&self, fifo: bool) -> BTreeMap<&'static str, String> {
        let milliseconds = |time: Timestamp| time.as_millisecond().to_string();
        let mut all = BTreeMap::from([
            ("ApproximateReceiveCount", self.receives.to_string()),
            ("SenderId", "AIDALOCALCLOUD".to_owned()),
            ("SentTimestamp", milliseconds(self.sent_at)),
        ]);
        all.extend(
            self.first_received_at
                .map(|time| ("ApproximateFirstReceiveTimestamp", milliseconds(time))),
        );
        let Content {
            group,
            deduplication_id,
            ..
        } = &*self.content;
        all.extend(group.as_ref().map(|group| ("MessageGroupId", group.to_string())));
        all.extend(
            deduplication_id
                .as_ref()
                .map(|id| ("MessageDeduplicationId", id.to_string())),
        );
        if fifo {
            all.insert("SequenceNumber", sequence_number(self.sequence));
        }
        all
    }
}

/// Twenty digits, as SQS's have.
pub(super) fn sequence_number(sequence: u64) -> String {
    format!("1885{sequence:016}")
}

/// Good for one taking of one message: the next taking of the same message has another one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Receipt {
    pub(super) sequence: u64,
    pub(super) receives: u32,
}

impl Receipt {
    pub(super) fn to_handle(self) -> String {
        let mut bytes = [0; 12];
        bytes[..8].copy_from_slice(&self.sequence.to_be_bytes());
        bytes[8..].copy_from_slice(&self.receives.to_be_bytes());
        BASE64.encode(&bytes)
    }

    pub(super) fn from_handle(handle: &str) -> Option<Self> {
        let bytes = BASE64.decode(handle.as_bytes()).ok()?;
        let (sequence, receives) = bytes.split_first_chunk()?;
        Some(Self {
            sequence: u64::from_be_bytes(*sequence),
            receives: u32::from_be_bytes(receives.try_into().ok()?),
        })
    }
}
