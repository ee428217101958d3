//! The template as it is written. Unknown keys are mistakes; known ones without a meaning here are named with an underscore.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::{Map, Value};

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(super) struct Document {
    #[serde(default)]
    pub(super) parameters: BTreeMap<String, Parameter>,
    #[serde(default)]
    pub(super) conditions: BTreeMap<String, Value>,
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
    pub(super) allowed_values: Vec<Value>,
    pub(super) min_value: Option<f64>,
    pub(super) max_value: Option<f64>,
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
    pub(super) condition: Option<String>,
    #[serde(rename = "DependsOn")]
    pub(super) _depends_on: Option<IgnoredAny>,
    #[serde(rename = "DeletionPolicy")]
    pub(super) _deletion_policy: Option<IgnoredAny>,
    #[serde(rename = "UpdateReplacePolicy")]
    pub(super) _update_replace_policy: Option<IgnoredAny>,
    #[serde(default)]
    metadata: Value,
}

impl Resource {
    /// What `sam build` makes of a function's code, where it is told to: `BuildMethod: rust-cargolambda`.
    pub(super) fn binary(&self) -> Option<&str> {
        self.metadata.pointer("/BuildProperties/Binary")?.as_str()
    }
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
    #[serde(rename = "Policies")]
    pub(super) _policies: Option<IgnoredAny>,
    #[serde(rename = "ReservedConcurrentExecutions")]
    pub(super) _reserved_concurrent_executions: Option<IgnoredAny>,
    #[serde(rename = "EventInvokeConfig")]
    pub(super) _event_invoke_config: Option<IgnoredAny>,
    #[serde(rename = "Tracing")]
    pub(super) _tracing: Option<IgnoredAny>,
    #[serde(rename = "Tags")]
    pub(super) _tags: Option<IgnoredAny>,
    #[serde(rename = "PropagateTags")]
    pub(super) _propagate_tags: Option<IgnoredAny>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct Logging {
    pub log_format: LogFormat,
    pub application_log_level: Option<String>,
    #[serde(rename = "SystemLogLevel")]
    _system_log_level: Option<IgnoredAny>,
    #[serde(rename = "LogGroup")]
    _log_group: Option<IgnoredAny>,
}

#[derive(Debug, Default, Deserialize, PartialEq, Eq, Clone, Copy)]
pub enum LogFormat {
    #[serde(rename = "JSON")]
    Json,
    #[default]
    Text,
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
    Api(ApiEvent),
    #[serde(rename = "SQS")]
    Queue(QueueEvent),
    Schedule(ScheduleEvent),
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(super) struct HttpApiEvent {
    pub(super) api_id: String,
    pub(super) method: String,
    pub(super) path: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(super) struct ApiEvent {
    pub(super) rest_api_id: String,
    pub(super) method: String,
    pub(super) path: String,
    pub(super) response_transfer_mode: Option<ResponseTransferMode>,
    pub(super) timeout_in_millis: Option<u64>,
}

/// SAM's word; it becomes `responseTransferMode: STREAM`.
#[derive(Deserialize)]
pub(super) enum ResponseTransferMode {
    #[serde(rename = "RESPONSE_STREAM")]
    ResponseStream,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(super) struct QueueEvent {
    pub(super) queue: String,
    #[serde(default = "default_batch_size")]
    pub(super) batch_size: usize,
    pub(super) maximum_batching_window_in_seconds: Option<u64>,
    #[serde(default)]
    pub(super) function_response_types: Vec<FunctionResponseType>,
    pub(super) scaling_config: Option<ScalingConfig>,
    pub(super) enabled: Option<bool>,
}

#[derive(Deserialize)]
pub(super) enum FunctionResponseType {
    ReportBatchItemFailures,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(super) struct ScalingConfig {
    pub(super) maximum_concurrency: usize,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(super) struct ScheduleEvent {
    pub(super) schedule: String,
    pub(super) enabled: Option<bool>,
    #[serde(rename = "Description")]
    pub(super) _description: Option<IgnoredAny>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(super) struct QueueProperties {
    #[serde(default)]
    pub(super) fifo_queue: bool,
    pub(super) content_based_deduplication: Option<bool>,
    pub(super) deduplication_scope: Option<DeduplicationScope>,
    pub(super) fifo_throughput_limit: Option<FifoThroughputLimit>,
    #[serde(default = "default_visibility_timeout")]
    pub(super) visibility_timeout: u64,
    #[serde(default = "default_retention")]
    pub(super) message_retention_period: u64,
    pub(super) redrive_policy: Option<RedrivePolicy>,
    #[serde(rename = "SqsManagedSseEnabled")]
    pub(super) _sqs_managed_sse_enabled: Option<IgnoredAny>,
    #[serde(rename = "Tags")]
    pub(super) _tags: Option<IgnoredAny>,
}

#[derive(Debug, Default, Deserialize, PartialEq, Eq, Clone, Copy)]
#[serde(rename_all = "camelCase")]
pub enum DeduplicationScope {
    MessageGroup,
    #[default]
    Queue,
}

#[derive(Deserialize, PartialEq, Eq, Clone, Copy)]
#[serde(rename_all = "camelCase")]
pub(super) enum FifoThroughputLimit {
    PerQueue,
    PerMessageGroupId,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct RedrivePolicy {
    pub(super) dead_letter_target_arn: String,
    pub(super) max_receive_count: u32,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(super) struct SocketApiProperties {
    pub(super) route_selection_expression: String,
    pub(super) stage_name: String,
    pub(super) routes: BTreeMap<String, SocketRoute>,
    #[serde(rename = "DefaultRouteSettings")]
    pub(super) _default_route_settings: Option<IgnoredAny>,
    #[serde(rename = "RouteSettings")]
    pub(super) _route_settings: Option<IgnoredAny>,
    #[serde(rename = "AccessLogSettings")]
    pub(super) _access_log_settings: Option<IgnoredAny>,
    #[serde(rename = "Tags")]
    pub(super) _tags: Option<IgnoredAny>,
    #[serde(rename = "PropagateTags")]
    pub(super) _propagate_tags: Option<IgnoredAny>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(super) struct SocketRoute {
    pub(super) function_arn: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(super) struct StreamApiProperties {
    pub(super) stage_name: String,
    pub(super) endpoint_configuration: Option<EndpointConfiguration>,
    pub(super) cors: Option<StreamCors>,
    #[serde(default)]
    pub(super) gateway_responses: BTreeMap<GatewayResponseKind, GatewayResponse>,
    #[serde(rename = "OpenApiVersion")]
    pub(super) _open_api_version: Option<IgnoredAny>,
    #[serde(rename = "MethodSettings")]
    pub(super) _method_settings: Option<IgnoredAny>,
    #[serde(rename = "AccessLogSetting")]
    pub(super) _access_log_setting: Option<IgnoredAny>,
    #[serde(rename = "TracingEnabled")]
    pub(super) _tracing_enabled: Option<IgnoredAny>,
    #[serde(rename = "Tags")]
    pub(super) _tags: Option<IgnoredAny>,
    #[serde(rename = "PropagateTags")]
    pub(super) _propagate_tags: Option<IgnoredAny>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(super) struct EndpointConfiguration {
    #[serde(rename = "Type")]
    pub(super) kind: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(super) struct StreamCors {
    pub(super) allow_origin: String,
    pub(super) allow_methods: Option<String>,
    pub(super) allow_headers: Option<String>,
    pub(super) max_age: Option<String>,
}

#[derive(Deserialize, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum GatewayResponseKind {
    #[serde(rename = "DEFAULT_4XX")]
    Default4xx,
    #[serde(rename = "DEFAULT_5XX")]
    Default5xx,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(super) struct GatewayResponse {
    pub(super) response_parameters: ResponseParameters,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(super) struct ResponseParameters {
    pub(super) headers: BTreeMap<String, String>,
}

fn default_timeout() -> u64 {
    3
}

fn default_memory() -> u32 {
    128
}

fn default_batch_size() -> usize {
    10
}

fn default_visibility_timeout() -> u64 {
    30
}

fn default_retention() -> u64 {
    345_600
}
