//! Reads the SAM template: the functions, their routes and the HTTP API. Whatever it says must be understood;
//! what this cloud does not play is refused by name, so that nothing works here and fails on AWS in silence.

mod intrinsics;
mod parameters;
mod schema;
mod yaml;

use std::collections::BTreeMap;
use std::path::Path;
use std::time::Duration;

use anyhow::{Context, Result, bail, ensure};
use serde::Deserialize;
use serde::de::{DeserializeOwned, IgnoredAny};
use serde_json::{Map, Value};

use intrinsics::Names;
use parameters::{given, scalar};
use schema::{Document, Event, FunctionProperties, HttpApiEvent};

/// What `CloudFormation` would be given at deployment, and what Secrets Manager would hold.
#[derive(Debug, Default, Clone)]
pub struct Values {
    pub parameters: BTreeMap<String, String>,
    /// secret name → key → value, as `{{resolve:secretsmanager:NAME:SecretString:KEY}}` asks for it
    pub secrets: BTreeMap<String, BTreeMap<String, String>>,
}

#[derive(Debug)]
pub struct Template {
    pub functions: Vec<Function>,
    pub http_api: HttpApi,
}

#[derive(Debug)]
pub struct Function {
    pub logical_id: String,
    /// The folder that `CodeUri` ends in: package, executable and folder share it.
    pub name: String,
    pub handler: String,
    pub timeout: Duration,
    pub memory_mb: u32,
    pub logging: Logging,
    pub environment: BTreeMap<String, String>,
    pub routes: Vec<Route>,
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Route {
    pub method: String,
    pub path: String,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct HttpApi {
    stage_name: Option<String>,
    #[serde(default)]
    pub stage_variables: BTreeMap<String, String>,
    pub cors_configuration: Option<Cors>,
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

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct Logging {
    pub log_format: LogFormat,
    pub application_log_level: Option<String>,
    #[serde(rename = "SystemLogLevel")]
    _system_log_level: Option<IgnoredAny>,
}

#[derive(Debug, Default, Deserialize, PartialEq, Eq, Clone, Copy)]
pub enum LogFormat {
    #[serde(rename = "JSON")]
    Json,
    #[default]
    Text,
}

impl Template {
    pub fn read(path: &Path, values: &Values) -> Result<Self> {
        let text = std::fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
        Self::parse(&text, values).with_context(|| format!("template {}", path.display()))
    }

    pub fn parse(text: &str, values: &Values) -> Result<Self> {
        let document: Document = typed(yaml::read(text)?, "template")?;
        let names = Names::new(
            given(&document.parameters, &values.parameters)?,
            document.resources.keys(),
            &values.secrets,
        );
        let mut api = None;
        let mut functions = Vec::new();
        for (id, resource) in document.resources {
            let at = format!("{id}.Properties");
            match resource.kind.as_str() {
                "AWS::Serverless::HttpApi" => {
                    ensure!(
                        api.is_none(),
                        "{id}: a second AWS::Serverless::HttpApi is not known to the local cloud"
                    );
                    api = Some((
                        id,
                        typed::<HttpApi>(names.resolve(Value::Object(resource.properties), &at)?, &at)?,
                    ));
                }
                "AWS::Serverless::Function" => {
                    let mut properties = document.globals.get("Function").cloned().unwrap_or_default();
                    merge(&mut properties, resource.properties);
                    functions.push((
                        typed::<FunctionProperties>(names.resolve(Value::Object(properties), &at)?, &at)?,
                        id,
                    ));
                }
                other => bail!("{id}.Type: {other} is not known to the local cloud"),
            }
        }
        let (api_id, http_api) = api.unwrap_or_default();
        ensure!(
            http_api.stage_name.as_deref().is_none_or(|stage| stage == "$default"),
            "{api_id}.Properties.StageName: only $default is known to the local cloud"
        );
        let functions = functions
            .into_iter()
            .map(|(properties, id)| function(id, properties, &api_id))
            .collect::<Result<_>>()?;
        Ok(Self { functions, http_api })
    }
}

fn function(logical_id: String, properties: FunctionProperties, api_id: &str) -> Result<Function> {
    let FunctionProperties {
        code_uri,
        handler,
        runtime,
        timeout,
        memory_size,
        logging_config,
        environment,
        events,
        _architectures,
    } = properties;
    ensure!(
        runtime == "provided.al2023",
        "{logical_id}.Properties.Runtime: {runtime} is not known to the local cloud, which runs executables (provided.al2023)"
    );
    // `target/lambda/<name>/bootstrap.zip`, as cargo-lambda leaves it.
    let name = Path::new(code_uri.strip_suffix("bootstrap.zip").unwrap_or(&code_uri))
        .file_name()
        .and_then(|name| name.to_str())
        .with_context(|| format!("{logical_id}.Properties.CodeUri: {code_uri:?} names no executable"))?
        .to_owned();
    let mut routes = Vec::new();
    for (
        event,
        Event::HttpApi(HttpApiEvent {
            api_id: target,
            method,
            path,
        }),
    ) in events
    {
        let at = format!("{logical_id}.Properties.Events.{event}.Properties");
        ensure!(
            target == api_id,
            "{at}.ApiId: {target} is no AWS::Serverless::HttpApi of this template"
        );
        ensure!(path.starts_with('/'), "{at}.Path: {path:?} must begin with a slash");
        routes.push(Route {
            method: method.to_uppercase(),
            path,
        });
    }
    let mut variables = BTreeMap::new();
    for (key, value) in environment.variables {
        let text = scalar(&value).with_context(|| {
            format!("{logical_id}.Properties.Environment.Variables.{key}: must be a string or a number")
        })?;
        variables.insert(key, text);
    }
    Ok(Function {
        logical_id,
        name,
        handler,
        timeout: Duration::from_secs(timeout),
        memory_mb: memory_size,
        logging: logging_config,
        environment: variables,
        routes,
    })
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
