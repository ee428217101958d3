//! The function's answer in payload format 2.0, back to HTTP.

use std::collections::BTreeMap;

use anyhow::{Context, Result};
use bytes::Bytes;
use data_encoding::BASE64;
use http::{HeaderName, HeaderValue, Response, StatusCode, header};
use http_body_util::Full;
use serde::Deserialize;
use serde_json::Value;

use super::Answer;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Proxy {
    status_code: u16,
    #[serde(default)]
    headers: BTreeMap<String, Value>,
    #[serde(default)]
    cookies: Vec<String>,
    body: Option<String>,
    #[serde(default)]
    is_base64_encoded: bool,
}

pub(super) fn decode(response: &[u8]) -> Result<Answer> {
    let Proxy {
        status_code,
        headers,
        cookies,
        body,
        is_base64_encoded,
    } = serde_json::from_slice(response).context("not of payload format 2.0")?;
    let body = body.unwrap_or_default();
    let body = if is_base64_encoded {
        BASE64.decode(body.as_bytes()).context("body is not base64")?.into()
    } else {
        Bytes::from(body)
    };
    let empty = body.is_empty();
    let mut answer = Response::new(Full::new(body));
    *answer.status_mut() = StatusCode::from_u16(status_code)?;
    let out = answer.headers_mut();
    for (name, value) in headers {
        let text = value.as_str().map_or_else(|| value.to_string(), ToOwned::to_owned);
        out.insert(
            HeaderName::try_from(&name)?,
            HeaderValue::try_from(text).with_context(|| name)?,
        );
    }
    for name in [header::CONTENT_LENGTH, header::CONNECTION, header::TRANSFER_ENCODING] {
        out.remove(name);
    }
    for cookie in cookies {
        out.append(header::SET_COOKIE, HeaderValue::try_from(cookie).context("cookie")?);
    }
    if !empty {
        out.entry(header::CONTENT_TYPE)
            .or_insert(HeaderValue::from_static("text/plain;charset=UTF-8"));
    }
    Ok(answer)
}
