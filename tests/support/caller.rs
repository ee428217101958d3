//! A client whose every call says which status it expects.

use reqwest::Method;
use serde_json::Value;

use super::Stage;

/// Somebody who calls, with the headers that prove who.
#[derive(Clone)]
pub(crate) struct Caller<'a> {
    stage: &'a Stage,
    headers: Vec<(&'static str, String)>,
}

/// An answer of the expected status.
#[derive(Debug)]
pub(crate) struct Reply {
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

    pub(crate) fn with(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
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

    /// Sends any body as it is. Whatever is refused must say so as a problem.
    pub(crate) async fn send_text(&self, method: Method, path: &str, body: &str, expected: u16) -> Reply {
        let mut request = self
            .stage
            .http
            .request(method.clone(), format!("{}{path}", self.stage.cloud.http_url()));
        for (name, value) in &self.headers {
            request = request.header(*name, value);
        }
        if !body.is_empty() {
            request = request.body(body.to_owned());
        }
        let response = request.send().await.expect("the gateway answers");
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let text = response.text().await.expect("a body of text");
        let log = || self.stage.log().join("\n");
        assert_eq!(
            status,
            expected,
            "{method} {path} answered {status}: {text}\nthe log says:\n{}",
            log()
        );
        let json: Value = if text.is_empty() {
            Value::Null
        } else {
            serde_json::from_str(&text).expect("a body of JSON")
        };
        if status >= 400 {
            assert_eq!(
                headers["content-type"], "application/problem+json",
                "{method} {path}: {text}"
            );
            assert_eq!(json["status"], status, "a problem repeats its status: {text}");
        }
        Reply { headers, json }
    }
}
