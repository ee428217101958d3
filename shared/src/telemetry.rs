//! What the logs tell: one JSON line for each request, which is a CloudWatch embedded metric at the same time, and lines of
//! our own where something went wrong. Never a secret: the route is logged as its template, bodies and tokens not at all.

use std::{
    future::Future,
    io::Write,
    sync::atomic::{AtomicBool, Ordering},
    time::Instant,
};

use axum::{
    extract::{MatchedPath, Request},
    middleware::Next,
    response::Response,
};
use futures_util::TryFutureExt;
use jiff::Timestamp;
use lambda_http::{Context, RequestExt};
use serde_json::json;
use tracing::Instrument;
use tracing_subscriber::EnvFilter;

use crate::error::Error;

const NAMESPACE: &str = "ForexElite";

static WARM: AtomicBool = AtomicBool::new(false);

/// JSON lines on standard output, at `AWS_LAMBDA_LOG_LEVEL`.
pub fn start() {
    let level = std::env::var("AWS_LAMBDA_LOG_LEVEL").unwrap_or_else(|_| "info".to_owned());
    let filter = EnvFilter::try_new(level.to_lowercase()).unwrap_or_else(|_| EnvFilter::new("info"));
    tracing_subscriber::fmt()
        .json()
        .flatten_event(true)
        .with_target(false)
        .with_env_filter(filter)
        .init();
}

/// Logs and measures a request.
pub async fn observe(request: Request, next: Next) -> Response {
    let began = Instant::now();
    let cold = !WARM.swap(true, Ordering::Relaxed);
    let method = request.method().to_string();
    let route = request
        .extensions()
        .get::<MatchedPath>()
        .map_or("none", MatchedPath::as_str)
        .to_owned();
    let request_id = request
        .lambda_context_ref()
        .map(|context| context.request_id.clone())
        .unwrap_or_default();

    let span = tracing::info_span!("request", request_id, route);
    let response = next.run(request).instrument(span).await;

    let status = response.status().as_u16();
    measure(&Measured {
        request_id: &request_id,
        route: &format!("{method} {route}"),
        began,
        status,
        cold,
    });
    response
}

/// Logs and measures an invocation that no HTTP request made. Its failure is logged here and told to Lambda.
pub async fn observe_event<R>(context: &Context, handled: impl Future<Output = Result<R, Error>>) -> Result<R, Error> {
    let began = Instant::now();
    let cold = !WARM.swap(true, Ordering::Relaxed);
    let request_id = context.request_id.as_str();
    let route = context.env_config.function_name.as_str();

    let span = tracing::info_span!("event", request_id, route);
    let result = handled.inspect_err(Error::log).instrument(span).await;

    measure(&Measured {
        request_id,
        route,
        began,
        status: result.as_ref().map_or_else(|error| error.status().as_u16(), |_| 200),
        cold,
    });
    result
}

/// A number about the whole installation. Those that alarms of the template watch must keep their names.
#[derive(Debug, Clone, Copy)]
pub struct Gauge {
    pub name: &'static str,
    /// One of CloudWatch's units.
    pub unit: &'static str,
    pub value: i64,
}

impl Gauge {
    pub const fn count(name: &'static str, value: i64) -> Self {
        Self {
            name,
            unit: "Count",
            value,
        }
    }

    pub const fn percent(name: &'static str, value: i64) -> Self {
        Self {
            name,
            unit: "Percent",
            value,
        }
    }
}

/// Writes gauges as one embedded metric.
pub fn record(gauges: &[Gauge]) {
    let metrics: Vec<_> = gauges
        .iter()
        .map(|gauge| json!({"Name": gauge.name, "Unit": gauge.unit}))
        .collect();
    let mut line = json!({
        "_aws": {
            "Timestamp": Timestamp::now().as_millisecond(),
            "CloudWatchMetrics": [{"Namespace": NAMESPACE, "Dimensions": [[]], "Metrics": metrics}],
        },
        "level": "INFO",
        "message": "measured",
    });
    for gauge in gauges {
        line[gauge.name] = gauge.value.into();
    }
    write(&line);
}

fn write(line: &serde_json::Value) {
    // A log that cannot be written is no reason to fail a trade.
    let _ = writeln!(std::io::stdout().lock(), "{line}");
}

struct Measured<'a> {
    request_id: &'a str,
    route: &'a str,
    began: Instant,
    status: u16,
    cold: bool,
}

fn measure(measured: &Measured<'_>) {
    let Measured {
        request_id,
        route,
        began,
        status,
        cold,
    } = measured;
    let fault = *status >= 500;
    let ms = (began.elapsed().as_secs_f64() * 1e6).round() / 1e3;
    let line = json!({
        "_aws": {
            "Timestamp": Timestamp::now().as_millisecond(),
            "CloudWatchMetrics": [{
                "Namespace": NAMESPACE,
                "Dimensions": [["route"]],
                "Metrics": [{"Name": "ms", "Unit": "Milliseconds"}, {"Name": "fault", "Unit": "Count"}],
            }],
        },
        "level": if fault { "ERROR" } else { "INFO" },
        "message": "request",
        "request_id": request_id,
        "route": route,
        "status": status,
        "ms": ms,
        "fault": u8::from(fault),
        "cold": cold,
    });
    write(&line);
}
