//! Reads the SAM template: the functions and what calls them, the APIs, the queues. Whatever it says must be understood;
//! what this cloud does not play is refused by name, so that nothing works here and fails on AWS in silence.

mod attributes;
mod conditions;
pub(crate) mod distribution;
mod function;
mod intrinsics;
mod parameters;
pub(crate) mod queue;
mod schema;
mod socket_api;
mod stream_api;
mod yaml;

use std::collections::BTreeMap;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::Path;

use anyhow::{Context, Result, bail, ensure};
use serde::Deserialize;
use serde::de::{DeserializeOwned, IgnoredAny};
use serde_json::{Map, Value};

use self::attributes::Attributes;
pub use self::distribution::Distribution;
use self::distribution::Origin;
use self::function::Sources;
pub use self::function::{Function, QueueSource, Route, Schedule};
use self::intrinsics::Names;
use self::parameters::given;
pub use self::queue::{Fifo, Queue, Redrive};
pub use self::schema::{DeduplicationScope, LogFormat, Logging};
use self::schema::{Document, FunctionProperties, QueueProperties, Resource, SocketApiProperties, StreamApiProperties};
pub use self::socket_api::SocketApi;
pub use self::stream_api::{Headers, StreamApi, StreamRoute};

/// What `CloudFormation` would be given at deployment, and what Secrets Manager would hold.
#[derive(Debug, Default, Clone)]
pub struct Values {
    pub parameters: BTreeMap<String, String>,
    /// secret name → key → value, as `{{resolve:secretsmanager:NAME:SecretString:KEY}}` asks for it
    pub secrets: BTreeMap<String, BTreeMap<String, String>>,
}

/// Where the services listen that the template's own resources are addressed at.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Addresses {
    pub(crate) queues: SocketAddr,
    pub(crate) sockets: SocketAddr,
}

impl Addresses {
    /// For whoever reads a template and starts nothing.
    pub(crate) fn nowhere() -> Self {
        let nowhere = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
        Self {
            queues: nowhere,
            sockets: nowhere,
        }
    }
}

#[derive(Debug)]
pub struct Template {
    pub functions: Vec<Function>,
    pub http_api: HttpApi,
    pub socket_api: Option<SocketApi>,
    pub stream_api: Option<StreamApi>,
    pub queues: Vec<Queue>,
    pub distribution: Option<Distribution>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct HttpApi {
    stage_name: Option<String>,
    #[serde(default)]
    pub stage_variables: BTreeMap<String, String>,
    pub cors_configuration: Option<Cors>,
    #[serde(rename = "DefaultRouteSettings")]
    _default_route_settings: Option<IgnoredAny>,
    #[serde(rename = "RouteSettings")]
    _route_settings: Option<IgnoredAny>,
    #[serde(rename = "AccessLogSettings")]
    _access_log_settings: Option<IgnoredAny>,
    #[serde(rename = "Tags")]
    _tags: Option<IgnoredAny>,
    #[serde(rename = "PropagateTags")]
    _propagate_tags: Option<IgnoredAny>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields, default)]
pub struct Cors {
    pub allow_origins: Vec<String>,
    pub allow_methods: Vec<String>,
    pub allow_headers: Vec<String>,
    pub expose_headers: Vec<String>,
    pub max_age: Option<u32>,
    pub allow_credentials: bool,
}

impl Template {
    pub fn read(path: &Path, values: &Values) -> Result<Self> {
        Draft::read(path)?
            .resolve(values, &Addresses::nowhere())
            .with_context(|| format!("template {}", path.display()))
    }
}

/// What has no effect on one machine: who watches, what is logged where, who may do what, and what is cached.
const UNPLAYED: [&str; 10] = [
    "AWS::ApiGateway::Account",
    "AWS::CloudFront::CachePolicy",
    "AWS::CloudFront::OriginAccessControl",
    "AWS::CloudWatch::Alarm",
    "AWS::CloudWatch::Dashboard",
    "AWS::IAM::Role",
    "AWS::Logs::LogGroup",
    "AWS::S3::BucketPolicy",
    "AWS::SNS::Subscription",
    "AWS::SNS::Topic",
];

/// The whole file as it is written, for whoever asks about what is not played; short tags are written out (`Fn::Sub`).
pub fn written(path: &Path) -> Result<Value> {
    let text = std::fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
    yaml::read(&text).with_context(|| format!("template {}", path.display()))
}

/// A template as it is written: parameters have no values yet.
pub(crate) struct Draft(Document);

/// The resources of each kind, resolved, with their logical ids.
#[derive(Default)]
struct Sorted {
    http_apis: BTreeMap<String, HttpApi>,
    socket_apis: BTreeMap<String, SocketApiProperties>,
    stream_apis: BTreeMap<String, StreamApiProperties>,
    functions: BTreeMap<String, FunctionProperties>,
    queues: BTreeMap<String, QueueProperties>,
    buckets: Vec<String>,
    distributions: BTreeMap<String, Map<String, Value>>,
    edge_functions: BTreeMap<String, Value>,
    header_policies: BTreeMap<String, Value>,
}

impl Draft {
    pub(crate) fn read(path: &Path) -> Result<Self> {
        let text = std::fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
        Self::parse(&text).with_context(|| format!("template {}", path.display()))
    }

    fn parse(text: &str) -> Result<Self> {
        Ok(Self(typed(yaml::read(text)?, "template")?))
    }

    pub(crate) fn socket_stage(&self) -> Result<Option<&str>> {
        self.stage("AWS::Serverless::WebSocketApi")
    }

    pub(crate) fn stream_stage(&self) -> Result<Option<&str>> {
        self.stage("AWS::Serverless::Api")
    }

    /// Asked for before the parameters have values: one of them may be the address it is part of.
    fn stage(&self, kind: &str) -> Result<Option<&str>> {
        let resources = &self.0.resources;
        let Some((id, api)) = resources.iter().find(|(_, resource)| resource.kind == kind) else {
            return Ok(None);
        };
        let stage = api.properties.get("StageName").and_then(Value::as_str);
        Ok(Some(stage.with_context(|| {
            format!(
                "{id}.Properties.StageName: must be written out, the local cloud needs it before it resolves anything"
            )
        })?))
    }

    pub(crate) fn resolve(self, values: &Values, addresses: &Addresses) -> Result<Template> {
        let Self(document) = self;
        let attributes = document
            .resources
            .iter()
            .map(|(id, resource)| (id.clone(), Attributes::of(id, resource, addresses)))
            .collect();
        let names = Names::new(
            given(&document.parameters, &values.parameters)?,
            attributes,
            &values.secrets,
        )
        .with_conditions(&document.conditions)?;
        let mut sorted = Sorted::default();
        for (id, resource) in document.resources {
            if let Some(condition) = &resource.condition
                && !names.holds(condition).with_context(|| format!("{id}.Condition"))?
            {
                continue;
            }
            sorted.add(id, resource, &document.globals, &names)?;
        }
        sorted.connect()
    }
}

impl Sorted {
    fn add(
        &mut self,
        id: String,
        resource: Resource,
        globals: &BTreeMap<String, Map<String, Value>>,
        names: &Names,
    ) -> Result<()> {
        let at = format!("{id}.Properties");
        let mut properties = Map::new();
        if resource.kind == "AWS::Serverless::Function" {
            properties = globals.get("Function").cloned().unwrap_or_default();
        }
        let binary = resource.binary().map(Value::from);
        merge(&mut properties, resource.properties);
        // What was built stands for what it is built of, as in the template that `sam build` leaves.
        properties.extend(binary.map(|binary| ("CodeUri".to_owned(), binary)));
        let properties = names.resolve(Value::Object(properties), &at)?;
        match resource.kind.as_str() {
            "AWS::Serverless::HttpApi" => drop(self.http_apis.insert(id, typed(properties, &at)?)),
            "AWS::Serverless::WebSocketApi" => drop(self.socket_apis.insert(id, typed(properties, &at)?)),
            "AWS::Serverless::Api" => drop(self.stream_apis.insert(id, typed(properties, &at)?)),
            "AWS::Serverless::Function" => drop(self.functions.insert(id, typed(properties, &at)?)),
            "AWS::SQS::Queue" => drop(self.queues.insert(id, typed(properties, &at)?)),
            "AWS::S3::Bucket" => self.buckets.push(id),
            "AWS::CloudFront::Distribution" => drop(self.distributions.insert(id, typed(properties, &at)?)),
            "AWS::CloudFront::Function" => drop(self.edge_functions.insert(id, properties)),
            "AWS::CloudFront::ResponseHeadersPolicy" => drop(self.header_policies.insert(id, properties)),
            other if UNPLAYED.contains(&other) => {}
            other => bail!("{id}.Type: {other} is not known to the local cloud"),
        }
        Ok(())
    }

    fn connect(self) -> Result<Template> {
        let (api_id, http_api) = only("AWS::Serverless::HttpApi", self.http_apis)?.unwrap_or_default();
        ensure!(
            http_api.stage_name.as_deref().is_none_or(|stage| stage == "$default"),
            "{api_id}.Properties.StageName: only $default is known to the local cloud"
        );
        let stream_api = only("AWS::Serverless::Api", self.stream_apis)?
            .map(|(id, properties)| stream_api::read(id, properties))
            .transpose()?;
        let queues = queue::read(self.queues)?;
        let sources = Sources {
            api_id: &api_id,
            stream_api_id: stream_api.as_ref().map_or("", |api| &api.logical_id),
            queues: &queues,
        };
        let functions: Vec<_> = self
            .functions
            .into_iter()
            .map(|(id, properties)| function::read(id, properties, &sources))
            .collect::<Result<_>>()?;
        let socket_api = only("AWS::Serverless::WebSocketApi", self.socket_apis)?
            .map(|(id, properties)| socket_api::read(id, properties, &functions))
            .transpose()?;
        let apis = [(api_id, Origin::HttpApi)].into_iter();
        let apis = apis.chain(
            stream_api
                .as_ref()
                .map(|api| (api.logical_id.clone(), Origin::StreamApi)),
        );
        let apis = apis.chain(
            socket_api
                .as_ref()
                .map(|api| (api.logical_id.clone(), Origin::SocketApi)),
        );
        let named = distribution::Named {
            origins: self
                .buckets
                .into_iter()
                .map(|id| (id, Origin::Bucket))
                .chain(apis)
                .collect(),
            functions: self.edge_functions,
            header_policies: self.header_policies,
        };
        let distribution = only("AWS::CloudFront::Distribution", self.distributions)?
            .map(|(id, properties)| distribution::read(&id, properties, &named))
            .transpose()?;
        Ok(Template {
            functions,
            http_api,
            socket_api,
            stream_api,
            queues,
            distribution,
        })
    }
}

fn only<T>(kind: &str, resources: BTreeMap<String, T>) -> Result<Option<(String, T)>> {
    if let Some(second) = resources.keys().nth(1) {
        bail!("{second}: a second {kind} is not known to the local cloud");
    }
    Ok(resources.into_iter().next())
}

/// SAM's rule for Globals: mappings are merged, anything else is replaced.
fn merge(base: &mut Map<String, Value>, over: Map<String, Value>) {
    for (key, value) in over {
        match (base.get_mut(&key), value) {
            (Some(Value::Object(base)), Value::Object(over)) => merge(base, over),
            (_, value) => {
                base.insert(key, value);
            }
        }
    }
}

fn typed<T: DeserializeOwned>(value: Value, at: &str) -> Result<T> {
    serde_path_to_error::deserialize(value).map_err(|error| {
        let path = error.path().to_string();
        anyhow::Error::new(error.into_inner()).context(if path == "." {
            at.to_owned()
        } else {
            format!("{at}.{path}")
        })
    })
}

#[cfg(test)]
mod tests;
