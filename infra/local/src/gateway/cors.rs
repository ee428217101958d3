//! CORS as an HTTP API with a `CorsConfiguration` answers it: preflights never reach a function,
//! and what a function says about CORS is replaced.

use anyhow::Result;
use bytes::Bytes;
use http::{HeaderMap, HeaderValue, Method, Request, Response, StatusCode, header};
use http_body_util::Full;

use super::Answer;
use crate::template;

const ALL: [header::HeaderName; 6] = [
    header::ACCESS_CONTROL_ALLOW_ORIGIN,
    header::ACCESS_CONTROL_ALLOW_METHODS,
    header::ACCESS_CONTROL_ALLOW_HEADERS,
    header::ACCESS_CONTROL_ALLOW_CREDENTIALS,
    header::ACCESS_CONTROL_EXPOSE_HEADERS,
    header::ACCESS_CONTROL_MAX_AGE,
];

pub(super) struct Cors {
    origins: Vec<HeaderValue>,
    methods: HeaderValue,
    headers: HeaderValue,
    expose: HeaderValue,
    max_age: Option<HeaderValue>,
    credentials: bool,
}

impl Cors {
    pub(super) fn new(from: &template::Cors) -> Result<Self> {
        let list = |words: &[String]| HeaderValue::try_from(words.join(","));
        Ok(Self {
            origins: from
                .allow_origins
                .iter()
                .map(HeaderValue::try_from)
                .collect::<Result<_, _>>()?,
            methods: list(&from.allow_methods)?,
            headers: list(&from.allow_headers)?,
            expose: list(&from.expose_headers)?,
            max_age: from.max_age.map(HeaderValue::from),
            credentials: from.allow_credentials,
        })
    }

    pub(super) fn preflight<B>(&self, request: &Request<B>) -> Option<Answer> {
        let headers = request.headers();
        if request.method() != Method::OPTIONS || !headers.contains_key(header::ACCESS_CONTROL_REQUEST_METHOD) {
            return None;
        }
        let mut answer = Response::new(Full::<Bytes>::default());
        *answer.status_mut() = StatusCode::NO_CONTENT;
        if self.allowed(headers.get(header::ORIGIN)?).is_some() {
            let out = answer.headers_mut();
            out.insert(header::ACCESS_CONTROL_ALLOW_METHODS, self.methods.clone());
            out.insert(header::ACCESS_CONTROL_ALLOW_HEADERS, self.headers.clone());
            if let Some(age) = &self.max_age {
                out.insert(header::ACCESS_CONTROL_MAX_AGE, age.clone());
            }
        }
        Some(answer)
    }

    /// Sets the headers that every answer to an allowed origin carries.
    pub(super) fn mark(&self, headers: &mut HeaderMap, origin: Option<&HeaderValue>) {
        if headers.get(header::ACCESS_CONTROL_ALLOW_ORIGIN).is_some() {
            for name in &ALL {
                headers.remove(name);
            }
        }
        let Some(allowed) = origin.and_then(|origin| self.allowed(origin)) else {
            return;
        };
        headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, allowed.clone());
        if !self.expose.is_empty() {
            headers.insert(header::ACCESS_CONTROL_EXPOSE_HEADERS, self.expose.clone());
        }
        if self.credentials {
            headers.insert(
                header::ACCESS_CONTROL_ALLOW_CREDENTIALS,
                HeaderValue::from_static("true"),
            );
        }
    }

    fn allowed(&self, origin: &HeaderValue) -> Option<&HeaderValue> {
        self.origins
            .iter()
            .find(|allowed| *allowed == "*" || *allowed == origin)
    }
}
