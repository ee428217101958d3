//! A request as the event of a REST API's proxy integration (payload format 1.0).

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::net::IpAddr;

use bytes::Bytes;
use http::request::Parts;
use http::{HeaderMap, header};
use jiff::Timestamp;
use serde_json::{Value, json};

use crate::lambda::ACCOUNT_ID;

/// What the gateway knows of a request besides the request.
pub(super) struct Call<'a> {
    /// The route's path.
    pub(super) resource: &'a str,
    /// The request's, without the stage.
    pub(super) path: &'a str,
    pub(super) stage: &'a str,
    pub(super) path_parameters: &'a BTreeMap<String, String>,
    pub(super) source: IpAddr,
    pub(super) port: u16,
    pub(super) request_id: &'a str,
    pub(super) now: Timestamp,
}

type Multi<'a> = BTreeMap<Cow<'a, str>, Vec<Cow<'a, str>>>;

pub(super) fn build(call: &Call, parts: &Parts, body: &[u8]) -> serde_json::Result<Bytes> {
    let source_ip = call.source.to_string();
    let mut headers = headers(&parts.headers);
    let forwarded = match headers.remove("x-forwarded-for") {
        Some(earlier) => format!("{}, {source_ip}", earlier.join(", ")),
        None => source_ip.clone(),
    };
    for (name, value) in [
        ("X-Forwarded-For", forwarded),
        ("X-Forwarded-Port", call.port.to_string()),
        ("X-Forwarded-Proto", "http".to_owned()),
    ] {
        headers.insert(name.into(), vec![value.into()]);
    }
    let query = parameters(parts.uri.query().unwrap_or_default());
    let text = |name: header::HeaderName| {
        let value = parts.headers.get(name);
        value.and_then(|value| value.to_str().ok()).unwrap_or_default()
    };
    let host = text(header::HOST);
    let domain_name = host.rsplit_once(':').map_or(host, |(name, _)| name);
    let event = json!({
        "resource": call.resource,
        "path": call.path,
        "httpMethod": parts.method.as_str(),
        "headers": last_of_each(&headers),
        "multiValueHeaders": headers,
        "queryStringParameters": last_of_each(&query),
        "multiValueQueryStringParameters": unless_empty(&query),
        "pathParameters": unless_empty(call.path_parameters),
        "stageVariables": null,
        "requestContext": {
            "resourceId": "local",
            "resourcePath": call.resource,
            "httpMethod": parts.method.as_str(),
            "extendedRequestId": call.request_id,
            "requestTime": call.now.strftime("%d/%b/%Y:%H:%M:%S +0000").to_string(),
            "path": format!("/{}{}", call.stage, call.path),
            "accountId": ACCOUNT_ID,
            "protocol": "HTTP/1.1",
            "stage": call.stage,
            "domainPrefix": domain_name.split('.').next(),
            "requestTimeEpoch": call.now.as_millisecond(),
            "requestId": call.request_id,
            "identity": { "sourceIp": source_ip, "userAgent": text(header::USER_AGENT) },
            "domainName": domain_name,
            "apiId": "local",
        },
        // Without binary media types, everything is taken for text.
        "body": (!body.is_empty()).then(|| String::from_utf8_lossy(body)),
        "isBase64Encoded": false,
    });
    serde_json::to_vec(&event).map(Bytes::from)
}

fn headers(all: &HeaderMap) -> Multi<'_> {
    let mut headers = Multi::new();
    for (name, value) in all {
        if name != header::CONNECTION {
            let values = headers.entry(name.as_str().into()).or_default();
            values.push(String::from_utf8_lossy(value.as_bytes()));
        }
    }
    headers
}

fn parameters(query: &str) -> Multi<'_> {
    let mut parameters = Multi::new();
    for (name, value) in form_urlencoded::parse(query.as_bytes()) {
        parameters.entry(name).or_default().push(value);
    }
    parameters
}

fn last_of_each(all: &Multi) -> Value {
    let last = all.iter().map(|(name, values)| (name, values.last()));
    unless_empty(&last.collect())
}

/// What is empty is null in this format.
fn unless_empty<K: serde::Serialize + Ord, V: serde::Serialize>(all: &BTreeMap<K, V>) -> Value {
    if all.is_empty() { Value::Null } else { json!(all) }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The shape of AWS's own sample (developer guide, "Input format of a Lambda function for proxy integration"),
    /// without authorizer, client certificate and what only a console or an IAM caller has.
    #[test]
    fn a_request_becomes_the_event_of_the_developer_guide() {
        let request = http::Request::builder()
            .method("POST")
            .uri("/v1/my/a%2Fb?parameter1=value1&parameter1=value2&parameter2=a%20b")
            .header("Host", "id.execute-api.us-east-1.amazonaws.com:8080")
            .header("Header2", "value1")
            .header("Header2", "value2")
            .header("User-Agent", "agent")
            .header("X-Forwarded-For", "203.0.113.9")
            .body(())
            .expect("a request");
        let call = Call {
            resource: "/my/{name}",
            path: "/my/a%2Fb",
            stage: "v1",
            path_parameters: &BTreeMap::from([("name".to_owned(), "a/b".to_owned())]),
            source: IpAddr::from([192, 0, 2, 1]),
            port: 8080,
            request_id: "id",
            now: "2020-03-12T19:03:58.390Z".parse().expect("a time"),
        };
        let event = build(&call, &request.into_parts().0, b"Hello").expect("an event");
        let expected = json!({
            "resource": "/my/{name}",
            "path": "/my/a%2Fb",
            "httpMethod": "POST",
            "headers": {
                "header2": "value2",
                "host": "id.execute-api.us-east-1.amazonaws.com:8080",
                "user-agent": "agent",
                "X-Forwarded-For": "203.0.113.9, 192.0.2.1",
                "X-Forwarded-Port": "8080",
                "X-Forwarded-Proto": "http"
            },
            "multiValueHeaders": {
                "header2": ["value1", "value2"],
                "host": ["id.execute-api.us-east-1.amazonaws.com:8080"],
                "user-agent": ["agent"],
                "X-Forwarded-For": ["203.0.113.9, 192.0.2.1"],
                "X-Forwarded-Port": ["8080"],
                "X-Forwarded-Proto": ["http"]
            },
            "queryStringParameters": { "parameter1": "value2", "parameter2": "a b" },
            "multiValueQueryStringParameters": { "parameter1": ["value1", "value2"], "parameter2": ["a b"] },
            "pathParameters": { "name": "a/b" },
            "stageVariables": null,
            "requestContext": {
                "resourceId": "local",
                "resourcePath": "/my/{name}",
                "httpMethod": "POST",
                "extendedRequestId": "id",
                "requestTime": "12/Mar/2020:19:03:58 +0000",
                "path": "/v1/my/a%2Fb",
                "accountId": "000000000000",
                "protocol": "HTTP/1.1",
                "stage": "v1",
                "domainPrefix": "id",
                "requestTimeEpoch": 1_584_039_838_390_i64,
                "requestId": "id",
                "identity": { "sourceIp": "192.0.2.1", "userAgent": "agent" },
                "domainName": "id.execute-api.us-east-1.amazonaws.com",
                "apiId": "local"
            },
            "body": "Hello",
            "isBase64Encoded": false
        });
        assert_eq!(serde_json::from_slice::<Value>(&event).expect("JSON"), expected);
    }
}
