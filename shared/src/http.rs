//! Reading requests and writing lists: the parts of the contract that every router shares.

use axum::{
    body::{Body, to_bytes},
    extract::{FromRequest, FromRequestParts, Path, Query, Request},
    response::{IntoResponseParts, ResponseParts},
};
use http::{header, request::Parts};
use http_body_util::LengthLimitError;
use jiff::Timestamp;
use serde::{Deserialize, Deserializer, Serialize, de::DeserializeOwned};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use crate::{
    domain::version::SOURCE_LIMIT,
    error::{Error, FieldError},
};

/// The largest body of an ordinary request, in bytes.
const BODY_LIMIT: usize = 256 * 1024;
/// The largest that brings source code: what it may have, and as much again for what JSON escapes and for its settings.
const SOURCE_BODY_LIMIT: usize = 2 * SOURCE_LIMIT;
const DEFAULT_PAGE: i64 = 50;
const LARGEST_PAGE: i64 = 200;

/// The whole body, or 413.
pub async fn read_body(body: Body, limit: usize) -> Result<axum::body::Bytes, Error> {
    to_bytes(body, limit).await.map_err(|error| {
        let too_large = std::error::Error::source(&error).is_some_and(<dyn std::error::Error>::is::<LengthLimitError>);
        if too_large {
            Error::TooLarge { limit }
        } else {
            Error::internal("http/read_body", error)
        }
    })
}

/// A JSON body of at most 256 KiB, whatever its content type says. Unknown fields are refused by the type itself.
pub struct Input<T, const LIMIT: usize = BODY_LIMIT>(pub T);

/// One that brings source code.
pub type SourceInput<T> = Input<T, SOURCE_BODY_LIMIT>;

impl<S: Send + Sync, T: DeserializeOwned, const LIMIT: usize> FromRequest<S> for Input<T, LIMIT> {
    type Rejection = Error;

    async fn from_request(request: Request, _: &S) -> Result<Self, Error> {
        let body = read_body(request.into_body(), LIMIT).await?;
        let text: &[u8] = if body.is_empty() { b"{}" } else { &body };
        // Serde would read an array as the fields in their order.
        if text.trim_ascii_start().first() != Some(&b'{') {
            return Err(Error::invalid("body", "a JSON object"));
        }
        let mut json = serde_json::Deserializer::from_slice(text);
        let value = serde_path_to_error::deserialize(&mut json).map_err(|error| {
            let path = error.path().to_string();
            // A number too large for a decimal is read as what serde_json keeps its digits in.
            let path = path.trim_end_matches(".$serde_json::private::Number");
            let field = if path == "." { "body" } else { path }.to_owned();
            Error::Invalid(vec![FieldError {
                field,
                message: error.into_inner().to_string(),
            }])
        })?;
        json.end().map_err(|error| Error::invalid("body", error.to_string()))?;
        Ok(Self(value))
    }
}

/// The id in the path. One that is no UUID names nothing, so it is 404 like any other unknown one.
pub struct PathId(pub Uuid);

impl<S: Send + Sync> FromRequestParts<S> for PathId {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Error> {
        match Path::<Uuid>::from_request_parts(parts, state).await {
            Ok(Path(id)) => Ok(Self(id)),
            Err(_) => Err(Error::NotFound("object")),
        }
    }
}

/// Other parts of the path, by name. What is not of its kind names nothing: 404.
pub struct PathParam<T>(pub T);

impl<S: Send + Sync, T: DeserializeOwned + Send> FromRequestParts<S> for PathParam<T> {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Error> {
        match Path::<T>::from_request_parts(parts, state).await {
            Ok(Path(value)) => Ok(Self(value)),
            Err(_) => Err(Error::NotFound("object")),
        }
    }
}

/// The header of every agent answer: how many jobs wait for it, counted to ten.
pub struct JobsWaiting(pub i64);

impl IntoResponseParts for JobsWaiting {
    type Error = std::convert::Infallible;

    fn into_response_parts(self, mut response: ResponseParts) -> Result<ResponseParts, Self::Error> {
        response.headers_mut().insert("x-jobs-waiting", self.0.into());
        Ok(response)
    }
}

/// A query string; what cannot be read is named.
pub struct Filter<T>(pub T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequestParts<S> for Filter<T> {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Error> {
        match Query::try_from_uri(&parts.uri) {
            Ok(Query(filter)) => Ok(Self(filter)),
            Err(error) => Err(Error::invalid("query", error.body_text())),
        }
    }
}

/// `Idempotency-Key`: the same key from the same user makes the same object.
pub struct IdempotencyKey(Option<String>);

impl<S: Send + Sync> FromRequestParts<S> for IdempotencyKey {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Error> {
        let Some(value) = parts.headers.get("idempotency-key") else {
            return Ok(Self(None));
        };
        match value.to_str() {
            Ok(key) if (1..=128).contains(&key.len()) => Ok(Self(Some(key.to_owned()))),
            _ => Err(Error::invalid("Idempotency-Key", "1 to 128 visible ASCII characters")),
        }
    }
}

impl IdempotencyKey {
    /// The id of what the request creates: derived from owner, kind and key, or random without a key.
    pub fn id(&self, owner: Uuid, kind: &str) -> Uuid {
        match &self.0 {
            Some(key) => Uuid::new_v5(&owner, format!("{kind}/{key}").as_bytes()),
            None => Uuid::new_v4(),
        }
    }
}

/// Which state of an object an answer shows: `"<updated_at>"`, RFC 3339 with as many digits as it has.
#[derive(Debug, Clone, Copy)]
pub struct ETag(pub Timestamp);

impl IntoResponseParts for ETag {
    type Error = std::convert::Infallible;

    fn into_response_parts(self, mut response: ResponseParts) -> Result<ResponseParts, Self::Error> {
        let tag = format!("\"{}\"", self.0).parse().expect("a time is ASCII");
        response.headers_mut().insert(header::ETAG, tag);
        Ok(response)
    }
}

/// `If-Match` of a change: which state it was made on. A change without one is refused, since it could undo another's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum IfMatch {
    /// `*`: whatever is there.
    Any,
    At(Timestamp),
    /// A tag that no state ever had.
    Never,
}

impl<S: Send + Sync> FromRequestParts<S> for IfMatch {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Error> {
        let tag = parts.headers.get(header::IF_MATCH).ok_or(Error::PreconditionRequired)?;
        Ok(Self::read(tag.to_str().unwrap_or_default()))
    }
}

impl IfMatch {
    fn read(tag: &str) -> Self {
        let tag = tag.trim();
        if tag == "*" {
            return Self::Any;
        }
        let bare = tag
            .strip_prefix('"')
            .and_then(|tag| tag.strip_suffix('"'))
            .unwrap_or(tag);
        match bare.parse::<Timestamp>() {
            // Finer or older than any time the database keeps.
            Ok(at) if at.subsec_nanosecond() % 1000 != 0 || at < Timestamp::UNIX_EPOCH => Self::Never,
            Ok(at) => Self::At(at),
            Err(_) => Self::Never,
        }
    }
}

/// `?limit=` (1 to 200, 50 unless told) and `?cursor=` of a list.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Paging {
    /// How many items at most, 1 to 200; 50 unless told.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<i64>,
    /// `next_cursor` of the page before.
    cursor: Option<String>,
}

/// The last row of the page before, in the order of the list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cursor {
    pub at: Timestamp,
    pub id: Uuid,
}

impl Paging {
    pub fn limit(&self) -> Result<i64, Error> {
        match self.limit.unwrap_or(DEFAULT_PAGE) {
            limit @ 1..=LARGEST_PAGE => Ok(limit),
            _ => Err(Error::invalid("limit", format!("1 to {LARGEST_PAGE}"))),
        }
    }

    pub fn cursor(&self) -> Result<Option<Cursor>, Error> {
        let Some(text) = &self.cursor else { return Ok(None) };
        let parse = || {
            let (micros, id) = text.split_once('_')?;
            // Older ones are none of ours, and the oldest of them the database could not even read.
            let at = Timestamp::from_microsecond(micros.parse().ok()?).ok()?;
            let at = Some(at).filter(|at| *at >= Timestamp::UNIX_EPOCH)?;
            Some(Cursor {
                at,
                id: Uuid::parse_str(id).ok()?,
            })
        };
        parse()
            .map(Some)
            .ok_or_else(|| Error::invalid("cursor", "the next_cursor of the page before"))
    }
}

/// One page of a list.
#[derive(Debug, Serialize, ToSchema)]
pub struct Page<T> {
    pub items: Vec<T>,
    pub next_cursor: Option<String>,
}

impl<T> Page<T> {
    /// `items` as asked for with one more than `limit`, which tells whether there is a next page.
    pub fn new(mut items: Vec<T>, limit: i64, cursor: impl Fn(&T) -> Cursor) -> Self {
        let limit = usize::try_from(limit).unwrap_or_default();
        let more = items.len() > limit;
        items.truncate(limit);
        let next_cursor = items.last().filter(|_| more).map(|last| {
            let Cursor { at, id } = cursor(last);
            format!("{}_{}", at.as_microsecond(), id.simple())
        });
        Self { items, next_cursor }
    }
}

/// For a PATCH: tells a field that was sent as null from one that was not sent.
/// Use with `#[serde(default, deserialize_with = "sent")]` on an `Option<Option<T>>`.
pub fn sent<'de, T: Deserialize<'de>, D: Deserializer<'de>>(deserializer: D) -> Result<Option<T>, D::Error> {
    T::deserialize(deserializer).map(Some)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_leads_back_to_its_row() {
        let row = Cursor {
            at: Timestamp::from_microsecond(1_700_000_000_123_456).expect("in range"),
            id: Uuid::new_v4(),
        };
        let page = Page::new(vec![row, row], 1, |row| *row);
        let paging = Paging {
            limit: None,
            cursor: page.next_cursor,
        };
        assert_eq!(paging.cursor().expect("readable"), Some(row));
    }

    #[test]
    fn an_etag_is_read_with_and_without_its_quotes() {
        let at = Timestamp::from_microsecond(1_700_000_000_123_456).expect("in range");
        let tag = format!("\"{at}\"");
        assert_eq!(tag, "\"2023-11-14T22:13:20.123456Z\"");
        for tag in [
            tag.as_str(),
            tag.trim_matches('"'),
            " 2023-11-14T22:13:20.123456+00:00 ",
        ] {
            assert_eq!(IfMatch::read(tag), IfMatch::At(at), "{tag}");
        }
        assert_eq!(IfMatch::read("*"), IfMatch::Any);
        for tag in [
            "",
            "\"",
            "\"\"",
            "\"*\"",
            "W/\"2023-11-14T22:13:20.123456Z\"",
            "\"a\", \"b\"",
            "2023-11-14T22:13:20.123456789Z",
            "-009999-01-01T00:00:00Z",
        ] {
            assert_eq!(IfMatch::read(tag), IfMatch::Never, "{tag}");
        }
    }

    #[test]
    fn the_last_page_has_no_cursor() {
        let row = Cursor {
            at: Timestamp::UNIX_EPOCH,
            id: Uuid::nil(),
        };
        assert_eq!(Page::new(vec![row], 1, |row| *row).next_cursor, None);
    }
}
