//! The template as it is written. Unknown keys are mistakes; known ones without a meaning here are named with an underscore.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::{Map, Value};

use super::Logging;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(super) struct Document {
    #[serde(default)]
    pub(super) parameters: BTreeMap<String, Parameter>,
    #[serde(default)]
    pub(super) globals: BTreeMap<String, Map<String, Value>>,
    pub(super) resources: BTreeMap<String, Resource>,
    #[serde(rename = "AWSTemplateFormatVersion")]
    pub(super) _version: Option<IgnoredAny>,
    #[serde(rename = "Transform")]
    pub(super) _transform: Option<IgnoredAny>,
    #[serde(rename = "Description")]
    pub(super) _description: Option<IgnoredAny>,
    #[serde(rename = "Metadata")]
    pub(super) _metadata: Option<IgnoredAny>,
    #[serde(rename = "Outputs")]
    pub(super) _outputs: Option<IgnoredAny>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(super) struct Parameter {
    #[serde(rename = "Type")]
    pub(super) kind: String,
    pub(super) default: Option<Value>,
    #[serde(default)]
    pub(super) allowed_values: Vec<String>,
    pub(super) min_value: Option<f64>,
    #[serde(rename = "Description")]
    pub(super) _description: Option<IgnoredAny>,
    #[serde(rename = "NoEcho")]
    pub(super) _no_echo: Option<IgnoredAny>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(super) struct Resource {
    #[serde(rename = "Type")]
    pub(super) kind: String,
    #[serde(default)]
    pub(super) properties: Map<String, Value>,
    #[serde(rename = "Metadata")]
    pub(super) _metadata: Option<IgnoredAny>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(super) struct FunctionProperties {
    pub(super) code_uri: String,
    pub(super) handler: String,
    pub(super) runtime: String,
    #[serde(default = "default_timeout")]
    pub(super) timeout: u64,
    #[serde(default = "default_memory")]
    pub(super) memory_size: u32,
    #[serde(default)]
    pub(super) logging_config: Logging,
    #[serde(default)]
    pub(super) environment: Environment,
    #[serde(default)]
    pub(super) events: BTreeMap<String, Event>,
    #[serde(rename = "Architectures")]
    pub(super) _architectures: Option<IgnoredAny>,
}

#[derive(Deserialize, Default)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(super) struct Environment {
    pub(super) variables: BTreeMap<String, Value>,
}

#[derive(Deserialize)]
#[serde(tag = "Type", content = "Properties", deny_unknown_fields)]
pub(super) enum Event {
    HttpApi(HttpApiEvent),
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(super) struct HttpApiEvent {
    pub(super) api_id: String,
    pub(super) method: String,
    pub(super) path: String,
}

fn default_timeout() -> u64 {
    3
}

fn default_memory() -> u32 {
    128
}
