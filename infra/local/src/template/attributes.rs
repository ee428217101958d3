//! What other places of the template may ask of a resource: its `Ref` and its attributes.

use std::collections::BTreeMap;
use std::path::Path;

use serde_json::Value;

use super::schema::Resource;
use super::{Addresses, UNPLAYED, queue};
use crate::lambda;

#[derive(Default)]
pub(super) struct Attributes {
    pub(super) reference: String,
    values: BTreeMap<&'static str, String>,
    /// Has no address here: whatever is asked has an answer, which begins with its name.
    nowhere: bool,
}

impl Attributes {
    pub(super) fn get(&self, name: &str) -> Option<String> {
        let placeholder = || self.nowhere.then(|| format!("{}.{name}", self.reference));
        self.values.get(name).cloned().or_else(placeholder)
    }

    /// Looks at the resource as it is written: names depend on nothing that has to be resolved first.
    pub(super) fn of(id: &str, resource: &Resource, addresses: &Addresses) -> Self {
        match resource.kind.as_str() {
            "AWS::Serverless::Function" => Self {
                reference: id.to_owned(),
                values: resource
                    .binary()
                    .or_else(|| resource.properties.get("CodeUri")?.as_str())
                    .and_then(executable_name)
                    .map(|name| ("Arn", lambda::arn(&name)))
                    .into_iter()
                    .collect(),
                nowhere: false,
            },
            "AWS::SQS::Queue" => {
                let fifo = resource.properties.get("FifoQueue") == Some(&Value::Bool(true));
                let name = queue::name(id, fifo);
                let url = queue::url(&name, addresses);
                Self {
                    reference: url.clone(),
                    values: [("Arn", queue::arn(&name)), ("QueueName", name), ("QueueUrl", url)].into(),
                    nowhere: false,
                }
            }
            "AWS::Serverless::WebSocketApi" => Self {
                reference: id.to_owned(),
                values: [("ApiEndpoint", format!("ws://{}", addresses.sockets))].into(),
                nowhere: false,
            },
            kind => Self {
                reference: id.to_owned(),
                values: BTreeMap::new(),
                nowhere: UNPLAYED.contains(&kind) || kind == "AWS::S3::Bucket" || kind.starts_with("AWS::CloudFront::"),
            },
        }
    }
}

/// `target/lambda/<name>/bootstrap.zip`, as cargo-lambda leaves it, or the folder itself.
pub(super) fn executable_name(code_uri: &str) -> Option<String> {
    Path::new(code_uri.strip_suffix("bootstrap.zip").unwrap_or(code_uri))
        .file_name()
        .and_then(|name| name.to_str())
        .map(str::to_owned)
}
