//! A client whose every call says which status it expects.

use reqwest::{Method, header::CONTENT_TYPE};
use serde_json::Value;

use super::{
    Stage,
    contract::{Exchange, contract},
};

/// Somebody who calls, with the headers that prove who.
#[derive(Clone)]
pub(crate) struct Caller<'a> {
    stage: &'a Stage,
    headers: Vec<(String, String)>,
}

/// An answer as the contract allows it.
#[derive(Debug)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) headers: reqwest::header::HeaderMap,
    pub(crate) json: Value,
}

impl Reply {
    pub(crate) fn text(&self, pointer: &str) -> &str {
        let found = self.json.pointer(pointer).and_then(Value::as_str);
        found.unwrap_or_else(|| panic!("the answer has no text at {pointer}: {}", self.json))
    }

    pub(crate) fn at(&self, pointer: &str) -> &Value {
        self.json.pointer(pointer).unwrap_or(&Value::Null)
    }
}

impl<'a> Caller<'a> {
    pub(crate) fn new(stage: &'a Stage) -> Self {
        Self {
            stage,
            headers: Vec::new(),
        }
    }

    pub(crate) fn with(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.headers.push((name.into(), value.into()));
        self
    }

    pub(crate) fn bearing(self, token: &str) -> Self {
        self.with("authorization", format!("Bearer {token}"))
    }

    pub(crate) async fn get(&self, path: &str, expected: u16) -> Reply {
        self.send_text(Method::GET, path, "", expected).await
    }

    pub(crate) async fn post(&self, path: &str, body: Value, expected: u16) -> Reply {
        self.send_text(Method::POST, path, &body.to_string(), expected).await
    }

    pub(crate) async fn patch(&self, path: &str, body: Value, expected: u16) -> Reply {
        self.send_text(Method::PATCH, path, &body.to_string(), expected).await
    }

    pub(crate) async fn delete(&self, path: &str, expected: u16) -> Reply {
        self.send_text(Method::DELETE, path, "", expected).await
    }

    /// Sends any body as it is; the answer must have this status.
    pub(crate) async fn send_text(&self, method: Method, path: &str, body: &str, expected: u16) -> Reply {
        let (reply, mut complaints) = self.exchange(&method, path, body.into()).await;
        let Reply { status, json, .. } = &reply;
        assert_eq!(
            *status,
            expected,
            "{method} {path} answered {status}: {json}\nthe log says:\n{}",
            self.stage.log().join("\n")
        );
        if (200..300).contains(&expected) {
            complaints.extend(contract().complaints_of_request(&method, path, body.as_bytes()));
        }
        // The contract promises no mistake of ours; a test that expects one has broken something on purpose.
        if expected != 500 {
            self.assert_none(&complaints);
        }
        reply
    }

    /// Sends any bytes as they are; the answer may be whatever the contract says.
    pub(crate) async fn send(&self, method: &Method, path: &str, body: impl Into<Vec<u8>>) -> Reply {
        let (reply, complaints) = self.exchange(method, path, body.into()).await;
        self.assert_none(&complaints);
        reply
    }

    fn assert_none(&self, complaints: &[String]) {
        assert!(
            complaints.is_empty(),
            "{}\nthe log says:\n{}",
            complaints.join("\n"),
            self.stage.log().join("\n")
        );
    }

    /// The answer, and what of it is not as the contract says.
    async fn exchange(&self, method: &Method, path: &str, sent: Vec<u8>) -> (Reply, Vec<String>) {
        let mut request = self
            .stage
            .http
            .request(method.clone(), format!("{}{path}", self.stage.base_url(path)));
        for (name, value) in &self.headers {
            request = request.header(name, value);
        }
        if !sent.is_empty() {
            request = request.body(sent);
        }
        let response = request.send().await.expect("the gateway answers");
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let body = response.text().await.expect("a body of text");
        let complaints = contract().complaints(&Exchange {
            method,
            path,
            status,
            headers: &headers,
            body: &body,
        });
        let is_json = headers
            .get(CONTENT_TYPE)
            .is_none_or(|kind| kind.to_str().is_ok_and(|kind| kind.contains("json")));
        let json: Value = if body.is_empty() {
            Value::Null
        } else if !is_json {
            body.as_str().into()
        } else {
            serde_json::from_str(&body).expect("a body of JSON")
        };
        if headers
            .get(CONTENT_TYPE)
            .is_some_and(|kind| kind == "application/problem+json")
        {
            assert_eq!(json["status"], status, "a problem repeats its status: {body}");
        }
        (Reply { status, headers, json }, complaints)
    }
}
