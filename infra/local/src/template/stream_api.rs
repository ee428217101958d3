//! `AWS::Serverless::Api`, for the one thing that an HTTP API cannot do: streaming a response.

use std::collections::BTreeMap;
use std::time::Duration;

use anyhow::{Context, Result, ensure};

use super::Route;
use super::schema::{
    ApiEvent, GatewayResponse, GatewayResponseKind, ResponseParameters, StreamApiProperties, StreamCors,
};

/// Header names and values.
pub type Headers = BTreeMap<String, String>;

#[derive(Debug, Clone)]
pub struct StreamApi {
    pub logical_id: String,
    pub stage: String,
    /// What `OPTIONS` of every path answers, if it answers. Unlike an HTTP API this one adds nothing to a function's answer.
    pub preflight: Option<Headers>,
    /// What the gateway's own errors carry.
    pub on_4xx: Headers,
    pub on_5xx: Headers,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StreamRoute {
    pub route: Route,
    /// Of the integration, to the last byte.
    pub timeout: Duration,
}

pub(super) fn read(logical_id: String, properties: StreamApiProperties) -> Result<StreamApi> {
    let StreamApiProperties {
        stage_name,
        endpoint_configuration,
        cors,
        mut gateway_responses,
        _open_api_version,
        _method_settings,
        _access_log_setting,
        _tracing_enabled,
        _tags,
        _propagate_tags,
    } = properties;
    let at = format!("{logical_id}.Properties");
    ensure!(
        endpoint_configuration.is_some_and(|endpoint| endpoint.kind == "REGIONAL"),
        "{at}.EndpointConfiguration: must say Type: REGIONAL; edge-optimised, the default, ends a stream after 30 silent seconds"
    );
    let mut headers = |kind, name: &str| match gateway_responses.remove(&kind) {
        Some(GatewayResponse {
            response_parameters: ResponseParameters { headers },
        }) => literals(
            headers,
            &format!("{at}.GatewayResponses.{name}.ResponseParameters.Headers"),
        ),
        None => Ok(Headers::new()),
    };
    Ok(StreamApi {
        stage: stage_name,
        preflight: cors.map(|cors| preflight(cors, &format!("{at}.Cors"))).transpose()?,
        on_4xx: headers(GatewayResponseKind::Default4xx, "DEFAULT_4XX")?,
        on_5xx: headers(GatewayResponseKind::Default5xx, "DEFAULT_5XX")?,
        logical_id,
    })
}

fn preflight(cors: StreamCors, at: &str) -> Result<Headers> {
    let StreamCors {
        allow_origin,
        allow_methods,
        allow_headers,
        max_age,
    } = cors;
    let written = [
        ("AllowOrigin", "Access-Control-Allow-Origin", Some(allow_origin)),
        ("AllowMethods", "Access-Control-Allow-Methods", allow_methods),
        ("AllowHeaders", "Access-Control-Allow-Headers", allow_headers),
        ("MaxAge", "Access-Control-Max-Age", max_age),
    ];
    let mut headers = Headers::new();
    for (key, header, value) in written {
        if let Some(value) = value {
            headers.insert(header.to_owned(), literal(&value, &format!("{at}.{key}"))?);
        }
    }
    Ok(headers)
}

fn literals(headers: Headers, at: &str) -> Result<Headers> {
    headers
        .into_iter()
        .map(|(name, value)| {
            let value = literal(&value, &format!("{at}.{name}"))?;
            Ok((name, value))
        })
        .collect()
}

/// API Gateway reads a mapping expression here, in which a text stands in quotes of its own.
fn literal(value: &str, at: &str) -> Result<String> {
    let inner = value.strip_prefix('\'').and_then(|rest| rest.strip_suffix('\''));
    Ok(inner
        .with_context(|| format!("{at}: {value} must stand in single quotes within the double ones"))?
        .to_owned())
}

/// `api_id` is the one API that events may point to.
pub(super) fn route(written: ApiEvent, at: &str, api_id: &str) -> Result<StreamRoute> {
    let ApiEvent {
        rest_api_id,
        method,
        path,
        response_transfer_mode,
        timeout_in_millis,
    } = written;
    ensure!(
        rest_api_id == api_id,
        "{at}.RestApiId: {rest_api_id} is no AWS::Serverless::Api of this template"
    );
    ensure!(path.starts_with('/'), "{at}.Path: {path:?} must begin with a slash");
    ensure!(
        response_transfer_mode.is_some(),
        "{at}.ResponseTransferMode: must be RESPONSE_STREAM; what is not streamed belongs to the HTTP API"
    );
    let timeout = timeout_in_millis.unwrap_or(29_000);
    ensure!(
        (50..=900_000).contains(&timeout),
        "{at}.TimeoutInMillis: {timeout} is not between 50 and 900000"
    );
    Ok(StreamRoute {
        route: Route {
            method: method.to_uppercase(),
            path,
        },
        timeout: Duration::from_millis(timeout),
    })
}
