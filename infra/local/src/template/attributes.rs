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
    /// Nothing here is played, so whatever is asked has an answer, and nobody acts on it.
    unplayed: bool,
}

impl Attributes {
    pub(super) fn get(&self, name: &str) -> Option<String> {
        let placeholder = || self.unplayed.then(|| format!("{}.{name}", self.reference));
        self.values.get(name).cloned().or_else(placeholder)
    }

    /// Looks at the resource as it is written: names depend on nothing that has to be resolved first.
    pub(super) fn of(id: &str, resource: &Resource, addresses: &Addresses) -> Self {
        match resource.kind.as_str() {
            "AWS::Serverless::Function" => Self {
                reference: id.to_owned(),
                values: resource
                    .properties
                    .get("CodeUri")
                    .and_then(Value::as_str)
                    .and_then(executable_name)
                    .map(|name| ("Arn", lambda::arn(&name)))
                    .into_iter()
                    .collect(),
                unplayed: false,
            },
            "AWS::SQS::Queue" => {
                let fifo = resource.properties.get("FifoQueue") == Some(&Value::Bool(true));
                let name = queue::name(id, fifo);
                let url = queue::url(&name, addresses);
                Self {
                    reference: url.clone(),
                    values: [("Arn", queue::arn(&name)), ("QueueName", name), ("QueueUrl", url)].into(),
                    unplayed: false,
                }
            }
            "AWS::Serverless::WebSocketApi" => Self {
                reference: id.to_owned(),
                values: [("ApiEndpoint", format!("ws://{}", addresses.sockets))].into(),
                unplayed: false,
            },
            kind => Self {
                reference: id.to_owned(),
                values: BTreeMap::new(),
                unplayed: UNPLAYED.contains(&kind),
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
