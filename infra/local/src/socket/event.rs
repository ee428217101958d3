//! What a function is told of a connection: the proxy events of a WebSocket API.

use std::collections::BTreeMap;

use bytes::Bytes;
use http::request::Parts;
use http::{HeaderMap, header};
use jiff::Timestamp;
use serde::Serialize;

use super::connections::{Connection, Disconnect, Id};

/// What all events of a connection have in common.
pub(super) struct Call<'a> {
    pub(super) connection: &'a Connection,
    pub(super) api_id: &'a str,
    pub(super) stage: &'a str,
    pub(super) route_key: &'a str,
    pub(super) request_id: Id,
    pub(super) now: Timestamp,
}

#[derive(Serialize, Default)]
#[serde(rename_all = "camelCase")]
struct Event<'a> {
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    headers: BTreeMap<String, String>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    multi_value_headers: BTreeMap<String, Vec<String>>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    query_string_parameters: BTreeMap<String, String>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    multi_value_query_string_parameters: BTreeMap<String, Vec<String>>,
    request_context: Context<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    body: Option<&'a str>,
    is_base64_encoded: bool,
}

#[derive(Serialize, Default)]
#[serde(rename_all = "camelCase")]
struct Context<'a> {
    route_key: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    message_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    disconnect_status_code: Option<u16>,
    #[serde(skip_serializing_if = "Option::is_none")]
    disconnect_reason: Option<&'a str>,
    event_type: &'static str,
    extended_request_id: String,
    request_time: String,
    message_direction: &'static str,
    stage: &'a str,
    connected_at: i64,
    request_time_epoch: i64,
    identity: Identity<'a>,
    request_id: String,
    domain_name: &'a str,
    connection_id: String,
    api_id: &'a str,
}

#[derive(Serialize, Default)]
#[serde(rename_all = "camelCase")]
pub(super) struct Identity<'a> {
    source_ip: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    user_agent: Option<&'a str>,
}

impl Connection {
    pub(super) fn identity(&self) -> Identity<'_> {
        Identity {
            source_ip: &self.source_ip,
            user_agent: self.user_agent.as_deref(),
        }
    }
}

pub(super) fn connect(call: &Call, parts: &Parts, port: u16) -> serde_json::Result<Bytes> {
    let multi_value_headers = headers(&parts.headers, &call.connection.source_ip, port);
    let mut multi_value_query = BTreeMap::<String, Vec<String>>::new();
    for (name, value) in form_urlencoded::parse(parts.uri.query().unwrap_or_default().as_bytes()) {
        multi_value_query
            .entry(name.into_owned())
            .or_default()
            .push(value.into_owned());
    }
    write(&Event {
        headers: last_of_each(&multi_value_headers),
        multi_value_headers,
        query_string_parameters: last_of_each(&multi_value_query),
        multi_value_query_string_parameters: multi_value_query,
        request_context: context(call, "CONNECT"),
        ..Event::default()
    })
}

pub(super) fn message(call: &Call, body: &str) -> serde_json::Result<Bytes> {
    write(&Event {
        request_context: Context {
            message_id: Some(call.request_id.to_string()),
            ..context(call, "MESSAGE")
        },
        body: Some(body),
        ..Event::default()
    })
}

pub(super) fn disconnect(call: &Call, disconnect: &Disconnect) -> serde_json::Result<Bytes> {
    let headers: BTreeMap<_, _> = [
        ("Host", call.connection.host.as_str()),
        ("X-Forwarded-For", ""),
        ("x-api-key", ""),
        ("x-restapi", ""),
    ]
    .map(|(name, value)| (name.to_owned(), value.to_owned()))
    .into();
    write(&Event {
        multi_value_headers: headers
            .iter()
            .map(|(name, value)| (name.clone(), vec![value.clone()]))
            .collect(),
        headers,
        request_context: Context {
            disconnect_status_code: Some(disconnect.code),
            disconnect_reason: Some(&disconnect.reason),
            ..context(call, "DISCONNECT")
        },
        ..Event::default()
    })
}

fn context<'a>(call: &Call<'a>, event_type: &'static str) -> Context<'a> {
    let host = &call.connection.host;
    Context {
        route_key: call.route_key,
        message_id: None,
        disconnect_status_code: None,
        disconnect_reason: None,
        event_type,
        extended_request_id: call.request_id.to_string(),
        request_time: call.now.strftime("%d/%b/%Y:%H:%M:%S +0000").to_string(),
        message_direction: "IN",
        stage: call.stage,
        connected_at: call.connection.connected_at.as_millisecond(),
        request_time_epoch: call.now.as_millisecond(),
        identity: call.connection.identity(),
        request_id: call.request_id.to_string(),
        domain_name: host.rsplit_once(':').map_or(host, |(name, _)| name),
        connection_id: call.connection.id.to_string(),
        api_id: call.api_id,
    }
}

fn headers(from: &HeaderMap, source_ip: &str, port: u16) -> BTreeMap<String, Vec<String>> {
    let mut all = BTreeMap::<String, Vec<String>>::new();
    for (name, value) in from {
        if name == header::CONNECTION || name == header::UPGRADE {
            continue;
        }
        all.entry(spelled(name.as_str()))
            .or_default()
            .push(String::from_utf8_lossy(value.as_bytes()).into_owned());
    }
    let forwarded = match all.remove("X-Forwarded-For") {
        Some(earlier) => format!("{}, {source_ip}", earlier.join(", ")),
        None => source_ip.to_owned(),
    };
    all.insert("X-Forwarded-For".into(), vec![forwarded]);
    all.insert("X-Forwarded-Port".into(), vec![port.to_string()]);
    all.insert("X-Forwarded-Proto".into(), vec!["http".into()]);
    all
}

/// Names arrive in lower case; API Gateway hands them over as browsers write them.
fn spelled(name: &str) -> String {
    let words = name.split('-').map(|word| {
        if word == "websocket" {
            return "WebSocket".to_owned();
        }
        let (first, rest) = word.split_at(word.len().min(1));
        first.to_ascii_uppercase() + rest
    });
    words.collect::<Vec<_>>().join("-")
}

fn last_of_each(all: &BTreeMap<String, Vec<String>>) -> BTreeMap<String, String> {
    let last = |(name, values): (&String, &Vec<String>)| Some((name.clone(), values.last()?.clone()));
    all.iter().filter_map(last).collect()
}

fn write(event: &Event) -> serde_json::Result<Bytes> {
    serde_json::to_vec(event).map(Bytes::from)
}
