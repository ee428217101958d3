//! Objects, for those who have a key; and those of public buckets, for everybody.

use axum::Json;
use axum::body::Body;
use axum::extract::{Path, Query, Request, State};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use http::{HeaderMap, HeaderValue, header};
use jiff::Timestamp;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::json;

use super::body::{Received, receive};
use super::error::{Failure, Fault};
use super::extract::{ServiceRole, Target};
use super::files::chunks;
use super::store::{Bucket, Created, Listing, Object};
use super::{Answer, App, Storage};

/// What JavaScript's `encodeURIComponent` leaves as it is.
const COMPONENT: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'_')
    .remove(b'.')
    .remove(b'!')
    .remove(b'~')
    .remove(b'*')
    .remove(b'\'')
    .remove(b'(')
    .remove(b')');

#[derive(Deserialize)]
pub(super) struct Download {
    /// The name under which a browser saves it; empty for its own.
    pub(super) download: Option<String>,
}

#[derive(Deserialize)]
struct Prefixes {
    prefixes: Vec<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Wanted {
    prefix: String,
    #[serde(default)]
    search: String,
    #[serde(default = "hundred")]
    limit: u32,
    #[serde(default)]
    offset: u32,
    #[serde(default)]
    sort_by: SortBy,
}

#[derive(Deserialize, Default)]
struct SortBy {
    column: Option<String>,
    order: Option<String>,
}

fn hundred() -> u32 {
    100
}

/// A body that is not what its schema says is the client's fault.
pub(super) fn parse<T: DeserializeOwned>(body: &[u8]) -> Result<T, Fault> {
    serde_json::from_slice(body).map_err(|error| Fault::bad_request(format!("body: {error}")))
}

impl Storage {
    pub(super) async fn bucket(&self, id: &str) -> Result<Bucket, Failure> {
        Ok(self.store.bucket(id).await?.ok_or(Fault::NO_BUCKET)?)
    }

    pub(super) async fn object(&self, target: &Target) -> Result<Object, Failure> {
        let found = self.store.object(&target.bucket, &target.name).await?;
        Ok(found.ok_or(Fault::NO_OBJECT)?)
    }

    async fn public_object(&self, target: &Target) -> Result<Object, Failure> {
        if self.bucket(&target.bucket).await?.public {
            self.object(target).await
        } else {
            Err(Fault::NO_BUCKET.into())
        }
    }

    /// Stores what is sent; a version that lost, or was replaced, is gone from the folder when this returns.
    pub(super) async fn put(&self, target: &Target, request: Request, upsert: bool) -> Result<Created, Failure> {
        let bucket = self.bucket(&target.bucket).await?;
        let Received { stored, metadata } = receive(&self.files, &bucket, request).await?;
        let created = self
            .store
            .store(&bucket.id, &target.name, &stored, &metadata, upsert)
            .await;
        match &created {
            Ok(Some(Created { replaced, .. })) => {
                if let Some(replaced) = replaced {
                    self.files.remove(replaced).await;
                }
            }
            Ok(None) | Err(_) => self.files.remove(&stored.version).await,
        }
        Ok(created?.ok_or(Fault::DUPLICATE)?)
    }

    async fn remove(&self, bucket: &str, names: &[String]) -> Result<Vec<Object>, Failure> {
        let removed = self.store.delete(bucket, names).await?;
        for object in &removed {
            self.files.remove(&object.version).await;
        }
        Ok(removed)
    }

    /// `expires` is when a signed address ends; without one, the object's own rule for caches counts.
    pub(super) async fn content(&self, object: &Object, download: Option<&str>, expires: Option<Timestamp>) -> Answer {
        let file = self.files.open(&object.version).await?;
        let length = file.metadata().await?.len();
        let kind = match object.said("mimetype") {
            // So that nobody serves pages from here.
            html if html.contains("text/html") => "text/plain",
            kind => kind,
        };
        let mut response = Body::from_stream(chunks(file)).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_LENGTH, length.into());
        headers.insert(header::CONTENT_TYPE, HeaderValue::try_from(kind)?);
        headers.insert(header::ETAG, HeaderValue::try_from(object.said("eTag"))?);
        headers.insert(header::LAST_MODIFIED, http_date(object.updated_at)?);
        match expires {
            Some(expires) => headers.insert(header::EXPIRES, http_date(expires)?),
            None => headers.insert(
                header::CACHE_CONTROL,
                HeaderValue::try_from(object.said("cacheControl"))?,
            ),
        };
        if let Some(name) = download {
            headers.insert(header::CONTENT_DISPOSITION, disposition(name)?);
        }
        Ok(response)
    }
}

fn http_date(at: Timestamp) -> Result<HeaderValue, Failure> {
    Ok(HeaderValue::try_from(
        at.strftime("%a, %d %b %Y %H:%M:%S GMT").to_string(),
    )?)
}

fn disposition(name: &str) -> Result<HeaderValue, Failure> {
    if name.is_empty() {
        return Ok(HeaderValue::from_static("attachment;"));
    }
    let name = utf8_percent_encode(name, COMPONENT);
    Ok(HeaderValue::try_from(format!(
        "attachment; filename={name}; filename*=UTF-8''{name};"
    ))?)
}

pub(super) fn is_upsert(headers: &HeaderMap) -> bool {
    headers.get("x-upsert").is_some_and(|value| value == "true")
}

pub(super) async fn upload(State(storage): App, _: ServiceRole, target: Target, request: Request) -> Answer {
    let upsert = is_upsert(request.headers());
    let created = storage.put(&target, request, upsert).await?;
    Ok(Json(json!({ "Id": created.id, "Key": target.path() })).into_response())
}

pub(super) async fn replace(State(storage): App, _: ServiceRole, target: Target, request: Request) -> Answer {
    let created = storage.put(&target, request, true).await?;
    Ok(Json(json!({ "Id": created.id, "Key": target.path() })).into_response())
}

pub(super) async fn download(
    State(storage): App,
    _: ServiceRole,
    target: Target,
    Query(Download { download }): Query<Download>,
) -> Answer {
    let object = storage.object(&target).await?;
    storage.content(&object, download.as_deref(), None).await
}

pub(super) async fn download_public(
    State(storage): App,
    target: Target,
    Query(Download { download }): Query<Download>,
) -> Answer {
    let object = storage.public_object(&target).await?;
    storage.content(&object, download.as_deref(), None).await
}

pub(super) async fn info(State(storage): App, _: ServiceRole, target: Target) -> Answer {
    Ok(described(&storage.object(&target).await?))
}

pub(super) async fn info_public(State(storage): App, target: Target) -> Answer {
    Ok(described(&storage.public_object(&target).await?))
}

fn described(object: &Object) -> Response {
    Json(json!({
        "id": object.id,
        "name": object.name,
        "version": object.version,
        "bucket_id": object.bucket_id,
        "size": object.metadata["size"],
        "content_type": object.metadata["mimetype"],
        "cache_control": object.metadata["cacheControl"],
        "etag": object.metadata["eTag"],
        "metadata": object.user_metadata,
        "last_modified": object.updated_at,
        "created_at": object.created_at,
    }))
    .into_response()
}

pub(super) async fn delete(State(storage): App, _: ServiceRole, target: Target) -> Answer {
    if storage.remove(&target.bucket, &[target.name]).await?.is_empty() {
        return Err(Fault::NO_OBJECT.into());
    }
    Ok(Json(json!({ "message": "Successfully deleted" })).into_response())
}

/// Prefixes are names; nothing below them is meant.
pub(super) async fn delete_many(
    State(storage): App,
    _: ServiceRole,
    Path(bucket): Path<String>,
    body: Bytes,
) -> Answer {
    let Prefixes { prefixes } = parse(&body)?;
    Ok(Json(storage.remove(&bucket, &prefixes).await?).into_response())
}

pub(super) async fn list(State(storage): App, _: ServiceRole, Path(bucket): Path<String>, body: Bytes) -> Answer {
    let Wanted {
        mut prefix,
        search,
        limit,
        offset,
        sort_by: SortBy { column, order },
    } = parse(&body)?;
    if !prefix.is_empty() && !prefix.ends_with('/') {
        prefix.push('/');
    }
    let column = column.unwrap_or_else(|| "name".to_owned());
    if !["name", "created_at", "updated_at", "last_accessed_at"].contains(&column.as_str()) {
        return Err(Fault::bad_request("body/sortBy/column must be equal to one of the allowed values").into());
    }
    let listing = Listing {
        prefix: &prefix,
        search: &search,
        column: &column,
        descending: order.as_deref() == Some("desc"),
        limit: limit.into(),
        offset: offset.into(),
    };
    Ok(Json(storage.store.list(&bucket, listing).await?).into_response())
}
