//! `AWS::Serverless::Function` and its events.

use std::collections::BTreeMap;
use std::time::Duration;

use anyhow::{Context, Result, bail, ensure};

use super::attributes::executable_name;
use super::parameters::scalar;
use super::queue::{self, Queue};
use super::schema::{Event, FunctionProperties, HttpApiEvent, Logging, QueueEvent, ScheduleEvent};
use super::stream_api::{self, StreamRoute};

#[derive(Debug)]
pub struct Function {
    pub logical_id: String,
    /// The folder that `CodeUri` ends in, or the binary that is built: package, executable and folder share it.
    pub name: String,
    pub handler: String,
    pub timeout: Duration,
    pub memory_mb: u32,
    pub logging: Logging,
    pub environment: BTreeMap<String, String>,
    pub routes: Vec<Route>,
    pub streams: Vec<StreamRoute>,
    pub queues: Vec<QueueSource>,
    pub schedules: Vec<Schedule>,
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Route {
    pub method: String,
    pub path: String,
}

/// An event source mapping.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QueueSource {
    /// The name of the queue.
    pub queue: String,
    pub batch_size: usize,
    pub window: Duration,
    pub max_concurrency: Option<usize>,
    pub report_batch_item_failures: bool,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Schedule {
    /// As SAM names the rule.
    pub name: String,
    pub minutes: u32,
}

/// The other resources that events point to.
pub(super) struct Sources<'a> {
    pub(super) api_id: &'a str,
    pub(super) stream_api_id: &'a str,
    pub(super) queues: &'a [Queue],
}

pub(super) fn read(logical_id: String, properties: FunctionProperties, sources: &Sources) -> Result<Function> {
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
        _policies,
        _reserved_concurrent_executions,
        _event_invoke_config,
        _tracing,
        _tags,
        _propagate_tags,
    } = properties;
    ensure!(
        runtime == "provided.al2023",
        "{logical_id}.Properties.Runtime: {runtime} is not known to the local cloud, which runs executables (provided.al2023)"
    );
    let name = executable_name(&code_uri)
        .with_context(|| format!("{logical_id}.Properties.CodeUri: {code_uri:?} names no executable"))?;
    let mut variables = BTreeMap::new();
    for (key, value) in environment.variables {
        let text = scalar(&value).with_context(|| {
            format!("{logical_id}.Properties.Environment.Variables.{key}: must be a string or a number")
        })?;
        variables.insert(key, text);
    }
    let mut function = Function {
        logical_id,
        name,
        handler,
        timeout: Duration::from_secs(timeout),
        memory_mb: memory_size,
        logging: logging_config,
        environment: variables,
        routes: Vec::new(),
        streams: Vec::new(),
        queues: Vec::new(),
        schedules: Vec::new(),
    };
    for (event, written) in events {
        let at = format!("{}.Properties.Events.{event}.Properties", function.logical_id);
        match written {
            Event::HttpApi(written) => function.routes.push(route(written, &at, sources)?),
            Event::Api(written) => function
                .streams
                .push(stream_api::route(written, &at, sources.stream_api_id)?),
            Event::Queue(written) => function
                .queues
                .extend(queue_source(written, &at, sources, function.timeout)?),
            Event::Schedule(written) => {
                let name = format!("{}{event}", function.logical_id);
                function.schedules.extend(schedule(written, &at, name)?);
            }
        }
    }
    Ok(function)
}

fn route(written: HttpApiEvent, at: &str, sources: &Sources) -> Result<Route> {
    let HttpApiEvent { api_id, method, path } = written;
    ensure!(
        api_id == sources.api_id,
        "{at}.ApiId: {api_id} is no AWS::Serverless::HttpApi of this template"
    );
    ensure!(path.starts_with('/'), "{at}.Path: {path:?} must begin with a slash");
    Ok(Route {
        method: method.to_uppercase(),
        path,
    })
}

fn queue_source(written: QueueEvent, at: &str, sources: &Sources, timeout: Duration) -> Result<Option<QueueSource>> {
    let QueueEvent {
        queue: arn,
        batch_size,
        maximum_batching_window_in_seconds: window,
        function_response_types,
        scaling_config,
        enabled,
    } = written;
    let queue = sources
        .queues
        .iter()
        .find(|queue| queue::arn(&queue.name) == arn)
        .with_context(|| format!("{at}.Queue: {arn} is no AWS::SQS::Queue of this template"))?;
    if queue.fifo.is_some() {
        ensure!(
            window.is_none(),
            "{at}.MaximumBatchingWindowInSeconds: a FIFO queue has none"
        );
    }
    let window = window.unwrap_or_default();
    ensure!(
        window <= 300,
        "{at}.MaximumBatchingWindowInSeconds: {window} is above 300 s"
    );
    let most = if window == 0 { 10 } else { 10_000 };
    ensure!(
        (1..=most).contains(&batch_size),
        "{at}.BatchSize: {batch_size} is not between 1 and {most}; more than 10 need a standard queue and a window"
    );
    ensure!(
        queue.visibility_timeout >= timeout,
        "{at}.Queue: the VisibilityTimeout of {} ({} s) is less than the function's Timeout ({} s)",
        queue.logical_id,
        queue.visibility_timeout.as_secs(),
        timeout.as_secs()
    );
    let max_concurrency = scaling_config.map(|scaling| scaling.maximum_concurrency);
    ensure!(
        max_concurrency.is_none_or(|most| (2..=1000).contains(&most)),
        "{at}.ScalingConfig.MaximumConcurrency: must be between 2 and 1000"
    );
    Ok(enabled.unwrap_or(true).then(|| QueueSource {
        queue: queue.name.clone(),
        batch_size,
        window: Duration::from_secs(window),
        max_concurrency,
        report_batch_item_failures: !function_response_types.is_empty(),
    }))
}

fn schedule(written: ScheduleEvent, at: &str, name: String) -> Result<Option<Schedule>> {
    let ScheduleEvent {
        schedule,
        enabled,
        _description,
    } = written;
    let minutes = rate(&schedule).with_context(|| format!("{at}.Schedule"))?;
    Ok(enabled.unwrap_or(true).then_some(Schedule { name, minutes }))
}

/// The minutes of `rate(5 minutes)`; like `EventBridge` it insists on the singular for 1.
fn rate(expression: &str) -> Result<u32> {
    if expression.starts_with("cron(") {
        bail!("{expression}: cron is not known to the local cloud, rate is");
    }
    let (count, unit) = expression
        .strip_prefix("rate(")
        .and_then(|rest| rest.strip_suffix(')'))
        .and_then(|rest| rest.split_once(' '))
        .with_context(|| format!("{expression}: must read rate(<number> <unit>)"))?;
    let count: u32 = count
        .parse()
        .with_context(|| format!("{expression}: {count:?} is no number"))?;
    let minutes = match (count, unit) {
        (1, "minute") | (2.., "minutes") => 1,
        (1, "hour") | (2.., "hours") => 60,
        (1, "day") | (2.., "days") => 24 * 60,
        _ => bail!("{expression}: the unit is minute, hour or day for 1, minutes, hours or days for more"),
    };
    count
        .checked_mul(minutes)
        .with_context(|| format!("{expression}: {count} is too large"))
}
