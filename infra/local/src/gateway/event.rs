//! A request as the event of payload format 2.0.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::net::IpAddr;

use bytes::Bytes;
use data_encoding::BASE64;
use http::request::Parts;
use http::{HeaderMap, header};
use jiff::Timestamp;
use serde::Serialize;

use crate::lambda::ACCOUNT_ID;

/// What the gateway knows of a request besides the request.
pub(super) struct Call<'a> {
    pub(super) route_key: &'a str,
    pub(super) path_parameters: &'a BTreeMap<String, String>,
    pub(super) stage_variables: &'a BTreeMap<String, String>,
    pub(super) source: IpAddr,
    pub(super) port: u16,
    pub(super) request_id: &'a str,
    pub(super) now: Timestamp,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Event<'a> {
    version: &'static str,
    route_key: &'a str,
    raw_path: &'a str,
    raw_query_string: &'a str,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    cookies: Vec<Cow<'a, str>>,
    headers: BTreeMap<&'a str, Cow<'a, str>>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    query_string_parameters: BTreeMap<Cow<'a, str>, String>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    path_parameters: &'a BTreeMap<String, String>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    stage_variables: &'a BTreeMap<String, String>,
    request_context: Context<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    body: Option<Cow<'a, str>>,
    is_base64_encoded: bool,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Context<'a> {
    account_id: &'static str,
    api_id: &'static str,
    domain_name: &'a str,
    domain_prefix: &'a str,
    http: Http<'a>,
    request_id: &'a str,
    route_key: &'a str,
    stage: &'static str,
    time: String,
    time_epoch: i64,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Http<'a> {
    method: &'a str,
    path: &'a str,
    protocol: &'static str,
    source_ip: String,
    user_agent: Cow<'a, str>,
}

pub(super) fn build(call: &Call, parts: &Parts, body: &[u8]) -> serde_json::Result<Bytes> {
    let path = parts.uri.path();
    let query = parts.uri.query().unwrap_or_default();
    let mut headers = joined(&parts.headers);
    let cookies = headers.remove("cookie").map_or_else(Vec::new, split_cookies);
    headers.remove("connection");
    let source_ip = call.source.to_string();
    let forwarded = match headers.remove("x-forwarded-for") {
        Some(earlier) => format!("{earlier}, {source_ip}"),
        None => source_ip.clone(),
    };
    headers.insert("x-forwarded-for", forwarded.into());
    headers.insert("x-forwarded-port", call.port.to_string().into());
    headers.insert("x-forwarded-proto", "http".into());
    let host = parts
        .headers
        .get(header::HOST)
        .and_then(|host| host.to_str().ok())
        .unwrap_or_default();
    let domain_name = host.rsplit_once(':').map_or(host, |(name, _)| name);
    let (body, is_base64_encoded) = encoded(&parts.headers, body);
    let event = Event {
        version: "2.0",
        route_key: call.route_key,
        raw_path: path,
        raw_query_string: query,
        cookies,
        query_string_parameters: parameters(query),
        path_parameters: call.path_parameters,
        stage_variables: call.stage_variables,
        request_context: Context {
            account_id: ACCOUNT_ID,
            api_id: "local",
            domain_name,
            domain_prefix: domain_name.split('.').next().unwrap_or_default(),
            http: Http {
                method: parts.method.as_str(),
                path,
                protocol: "HTTP/1.1",
                source_ip,
                user_agent: headers.get("user-agent").cloned().unwrap_or_default(),
            },
            request_id: call.request_id,
            route_key: call.route_key,
            stage: "$default",
            time: call.now.strftime("%d/%b/%Y:%H:%M:%S +0000").to_string(),
            time_epoch: call.now.as_millisecond(),
        },
        headers,
        body,
        is_base64_encoded,
    };
    serde_json::to_vec(&event).map(Bytes::from)
}

/// Names are lower case already; what came several times is joined by commas.
fn joined(headers: &HeaderMap) -> BTreeMap<&str, Cow<'_, str>> {
    let mut all: BTreeMap<&str, Cow<str>> = BTreeMap::new();
    for (name, value) in headers {
        let value = String::from_utf8_lossy(value.as_bytes());
        match all.get_mut(name.as_str()) {
            Some(earlier) => *earlier = format!("{earlier},{value}").into(),
            None => drop(all.insert(name.as_str(), value)),
        }
    }
    all
}

fn split_cookies(header: Cow<'_, str>) -> Vec<Cow<'_, str>> {
    let cut = |text: &str| {
        text.split([';', ','])
            .map(|cookie| cookie.trim().to_owned().into())
            .collect()
    };
    if header.contains([';', ',']) {
        cut(&header)
    } else {
        vec![header]
    }
}

fn parameters(query: &str) -> BTreeMap<Cow<'_, str>, String> {
    let mut all: BTreeMap<Cow<str>, String> = BTreeMap::new();
    for (name, value) in form_urlencoded::parse(query.as_bytes()) {
        all.entry(name)
            .and_modify(|earlier| {
                earlier.push(',');
                earlier.push_str(&value);
            })
            .or_insert_with(|| value.into_owned());
    }
    all
}

/// Only what is declared as text travels as text; forms do not, which surprises people on AWS as well.
fn encoded<'a>(headers: &HeaderMap, body: &'a [u8]) -> (Option<Cow<'a, str>>, bool) {
    if body.is_empty() {
        return (None, false);
    }
    let kind = headers
        .get(header::CONTENT_TYPE)
        .and_then(|kind| kind.to_str().ok())
        .unwrap_or_default();
    let kind = kind.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    let textual = kind.starts_with("text/")
        || matches!(
            kind.as_str(),
            "application/json" | "application/javascript" | "application/xml"
        )
        || kind.ends_with("+json")
        || kind.ends_with("+xml");
    match std::str::from_utf8(body) {
        Ok(text) if textual => (Some(text.into()), false),
        _ => (Some(BASE64.encode(body).into()), true),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    /// The shape of AWS's own sample for format 2.0 (developer guide, "Create AWS Lambda proxy integrations for HTTP APIs"),
    /// without the authorizer and client certificate that this gateway does not have.
    #[test]
    fn a_request_becomes_the_event_of_the_developer_guide() {
        let request = http::Request::builder()
            .method("POST")
            .uri("/my/path/a%2Fb?parameter1=value1&parameter1=value2&parameter2=a%20b")
            .header("Host", "id.execute-api.us-east-1.amazonaws.com:8080")
            .header("Header1", "value1")
            .header("Header2", "value1")
            .header("Header2", "value2")
            .header("Cookie", "cookie1=a; cookie2=b")
            .header("Content-Type", "application/json; charset=utf-8")
            .header("User-Agent", "agent")
            .header("X-Forwarded-For", "203.0.113.9")
            .body(())
            .expect("a request");
        let call = Call {
            route_key: "POST /my/path/{name}",
            path_parameters: &BTreeMap::from([("name".to_owned(), "a/b".to_owned())]),
            stage_variables: &BTreeMap::from([("stageVariable1".to_owned(), "value1".to_owned())]),
            source: IpAddr::from([192, 0, 2, 1]),
            port: 8080,
            request_id: "id",
            now: "2020-03-12T19:03:58.390Z".parse().expect("a time"),
        };
        let event = build(&call, &request.into_parts().0, b"Hello").expect("an event");
        let expected = json!({
            "version": "2.0",
            "routeKey": "POST /my/path/{name}",
            "rawPath": "/my/path/a%2Fb",
            "rawQueryString": "parameter1=value1&parameter1=value2&parameter2=a%20b",
            "cookies": ["cookie1=a", "cookie2=b"],
            "headers": {
                "content-type": "application/json; charset=utf-8",
                "header1": "value1",
                "header2": "value1,value2",
                "host": "id.execute-api.us-east-1.amazonaws.com:8080",
                "user-agent": "agent",
                "x-forwarded-for": "203.0.113.9, 192.0.2.1",
                "x-forwarded-port": "8080",
                "x-forwarded-proto": "http"
            },
            "queryStringParameters": { "parameter1": "value1,value2", "parameter2": "a b" },
            "pathParameters": { "name": "a/b" },
            "stageVariables": { "stageVariable1": "value1" },
            "requestContext": {
                "accountId": "000000000000",
                "apiId": "local",
                "domainName": "id.execute-api.us-east-1.amazonaws.com",
                "domainPrefix": "id",
                "http": {
                    "method": "POST",
                    "path": "/my/path/a%2Fb",
                    "protocol": "HTTP/1.1",
                    "sourceIp": "192.0.2.1",
                    "userAgent": "agent"
                },
                "requestId": "id",
                "routeKey": "POST /my/path/{name}",
                "stage": "$default",
                "time": "12/Mar/2020:19:03:58 +0000",
                "timeEpoch": 1_584_039_838_390_i64
            },
            "body": "Hello",
            "isBase64Encoded": false
        });
        assert_eq!(serde_json::from_slice::<Value>(&event).expect("JSON"), expected);
    }

    #[test]
    fn a_form_travels_in_base64() {
        let headers = HeaderMap::from_iter([(
            header::CONTENT_TYPE,
            http::HeaderValue::from_static("application/x-www-form-urlencoded"),
        )]);
        assert_eq!(encoded(&headers, b"a=1"), (Some("YT0x".into()), true));
    }
}
