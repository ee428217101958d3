//! An upload's body, raw or as a form, into a file.

use anyhow::{Context, Result};
use axum::extract::{FromRequest, Multipart, Request};
use bytes::Bytes;
use futures_util::{Stream, StreamExt as _};
use http::{HeaderMap, HeaderName, header};
use serde_json::{Value, json};

use super::error::{Failure, Fault};
use super::files::{Files, Stored};
use super::store::Bucket;

/// Of any object, whatever its bucket allows: what a project on Supabase begins with.
const LARGEST: u64 = 50 * 1024 * 1024;

/// What was sent, and what is kept beside it.
pub(super) struct Received {
    pub(super) stored: Stored,
    pub(super) metadata: Value,
}

pub(super) async fn receive(files: &Files, bucket: &Bucket, request: Request) -> Result<Received, Failure> {
    let mime = text(request.headers(), &header::CONTENT_TYPE).unwrap_or_else(|| "application/octet-stream".to_owned());
    if mime.starts_with("multipart/form-data") {
        return form(files, bucket, request).await;
    }
    let cache = text(request.headers(), &header::CACHE_CONTROL).unwrap_or_else(|| "no-cache".to_owned());
    check_mime(bucket, &mime)?;
    let stored = write(files, bucket, request.into_body().into_data_stream()).await?;
    Ok(Received::new(stored, &mime, &cache))
}

/// As supabase-js sends a `Blob`: fields, and last a file whose field has no name.
async fn form(files: &Files, bucket: &Bucket, request: Request) -> Result<Received, Failure> {
    let mut form = Multipart::from_request(request, &()).await.or(Err(Fault::NO_CONTENT))?;
    let mut cache = "no-cache".to_owned();
    let mut mime = None;
    while let Some(field) = form.next_field().await.or(Err(Fault::NO_CONTENT))? {
        if field.file_name().is_some() {
            let mime = mime
                .or_else(|| field.content_type().map(str::to_owned))
                .unwrap_or_else(|| "application/octet-stream".to_owned());
            check_mime(bucket, &mime)?;
            let stored = write(files, bucket, field).await?;
            return Ok(Received::new(stored, &mime, &cache));
        }
        let name = field.name().unwrap_or_default().to_owned();
        let value = field.text().await.or(Err(Fault::NO_CONTENT))?;
        match name.as_str() {
            "cacheControl" => cache = format!("max-age={value}"),
            "contentType" => mime = Some(value),
            _ => {}
        }
    }
    Err(Fault::NO_CONTENT.into())
}

/// What is too large is read to its end all the same, so that the client comes to read the answer.
async fn write<E>(
    files: &Files,
    bucket: &Bucket,
    mut chunks: impl Stream<Item = Result<Bytes, E>> + Unpin,
) -> Result<Stored, Failure> {
    let own = bucket.file_size_limit.and_then(|limit| u64::try_from(limit).ok());
    let limit = own.unwrap_or(LARGEST).min(LARGEST);
    let mut upload = files.begin().await?;
    let mut size = 0;
    while let Some(chunk) = chunks.next().await {
        // The client hung up in the middle: nobody reads the answer.
        let chunk = chunk.or(Err(Fault::NO_CONTENT))?;
        size += chunk.len() as u64;
        if size <= limit {
            upload.write(&chunk).await?;
        }
    }
    if size > limit {
        return Err(Fault::TOO_LARGE.into());
    }
    Ok(upload.finish().await.context("cannot keep the file")?)
}

/// Compared with the whole header, parameters and all, as Supabase does.
fn check_mime(bucket: &Bucket, mime: &str) -> Result<(), Fault> {
    let Some(allowed) = bucket
        .allowed_mime_types
        .as_deref()
        .filter(|allowed| !allowed.is_empty())
    else {
        return Ok(());
    };
    let (kind, _) = mime.split_once('/').ok_or_else(|| Fault::bad_mime(mime))?;
    let fits = |allowed: &String| allowed == mime || allowed.strip_suffix("/*") == Some(kind);
    if allowed.iter().any(fits) {
        Ok(())
    } else {
        Err(Fault::bad_mime(mime))
    }
}

fn text(headers: &HeaderMap, name: &HeaderName) -> Option<String> {
    Some(headers.get(name)?.to_str().ok()?.to_owned())
}

impl Received {
    fn new(stored: Stored, mime: &str, cache: &str) -> Self {
        let metadata = json!({
            "eTag": stored.etag,
            "size": stored.size,
            "mimetype": mime,
            "cacheControl": cache,
            "lastModified": jiff::Timestamp::now(),
            "contentLength": stored.size,
            "httpStatusCode": 200,
        });
        Self { stored, metadata }
    }
}
