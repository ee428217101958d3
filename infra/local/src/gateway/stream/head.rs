//! How a streamed response begins: status and headers in JSON, eight NULs, then the body.
//! (Developer guide, "Set up a Lambda proxy integration with payload response streaming".)

use std::collections::BTreeMap;

use anyhow::{Context as _, Result};
use bytes::{Bytes, BytesMut};
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use serde::Deserialize;

use super::body::{End, Flow};

const DELIMITER: [u8; 8] = [0; 8];
/// Within which the delimiter must have come.
const LIMIT: usize = 16 * 1024;

pub(super) struct Head {
    pub(super) status: StatusCode,
    pub(super) headers: HeaderMap,
    /// Of the body, as far as it came along.
    pub(super) rest: Bytes,
}

pub(super) enum Failure {
    TimedOut,
    Bad(String),
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Metadata {
    status_code: u16,
    #[serde(default)]
    headers: BTreeMap<String, String>,
    #[serde(default)]
    multi_value_headers: BTreeMap<String, Vec<String>>,
    #[serde(default)]
    cookies: Vec<String>,
}

impl Head {
    /// Chunks say nothing about where the head ends.
    pub(super) async fn read(flow: &mut Flow) -> Result<Self, Failure> {
        let mut seen = BytesMut::new();
        loop {
            if let Some(at) = seen.windows(DELIMITER.len()).position(|window| window == DELIMITER) {
                let metadata = seen.split_to(at);
                let rest = seen.split_off(DELIMITER.len()).freeze();
                return Self::parse(&metadata, rest).map_err(|error| Failure::Bad(format!("{error:#}")));
            }
            if seen.len() > LIMIT {
                return Err(Failure::Bad(format!("no delimiter within {LIMIT} bytes")));
            }
            match flow.next().await {
                Ok(chunk) => seen.extend_from_slice(&chunk),
                Err(End::TimedOut(_)) => return Err(Failure::TimedOut),
                Err(End::Failed) => return Err(Failure::Bad("the function failed".to_owned())),
                Err(End::Whole) => {
                    return Err(Failure::Bad(
                        "it ended without a delimiter: it was not streamed".to_owned(),
                    ));
                }
            }
        }
    }

    fn parse(metadata: &[u8], rest: Bytes) -> Result<Self> {
        let Metadata {
            status_code,
            headers: single,
            multi_value_headers,
            cookies,
        } = serde_json::from_slice(metadata).context("metadata")?;
        let mut headers = HeaderMap::new();
        let single = single.into_iter().map(|(name, value)| (name, vec![value]));
        for (name, values) in single.chain(multi_value_headers) {
            let header = HeaderName::try_from(&name)?;
            for value in values {
                headers.append(&header, HeaderValue::try_from(value).with_context(|| name.clone())?);
            }
        }
        for name in [header::CONTENT_LENGTH, header::CONNECTION, header::TRANSFER_ENCODING] {
            headers.remove(name);
        }
        for cookie in cookies {
            headers.append(header::SET_COOKIE, HeaderValue::try_from(cookie).context("cookie")?);
        }
        headers
            .entry(header::CONTENT_TYPE)
            .or_insert(HeaderValue::from_static("application/json"));
        Ok(Self {
            status: StatusCode::from_u16(status_code)?,
            headers,
            rest,
        })
    }
}
