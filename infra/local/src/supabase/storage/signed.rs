//! Signed addresses: made with a key, good for whoever has them.

use std::collections::HashSet;

use axum::Json;
use axum::extract::{Path, Query, Request, State};
use axum::response::IntoResponse as _;
use bytes::Bytes;
use http::HeaderMap;
use serde::Deserialize;
use serde_json::{Value, json};

use super::error::{Failure, Fault};
use super::extract::{ServiceRole, Target};
use super::objects::{is_upsert, parse};
use super::{Answer, App, Storage};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Expiry {
    expires_in: u32,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Many {
    expires_in: u32,
    paths: Vec<String>,
}

#[derive(Deserialize)]
pub(super) struct Token {
    token: Option<String>,
    download: Option<String>,
}

impl Storage {
    /// Relative to `/storage/v1`, and not encoded: supabase-js encodes it.
    fn address(&self, target: &Target, expires_in: u32) -> Result<String, Failure> {
        if expires_in == 0 {
            return Err(Fault::bad_request("body/expiresIn must be >= 1").into());
        }
        let path = target.path();
        let token = self.signatures.sign_download(&path, expires_in)?;
        Ok(format!("/object/sign/{path}?token={token}"))
    }
}

pub(super) async fn sign(State(storage): App, _: ServiceRole, target: Target, body: Bytes) -> Answer {
    let Expiry { expires_in } = parse(&body)?;
    storage.object(&target).await?;
    let address = storage.address(&target, expires_in)?;
    Ok(Json(json!({ "signedURL": address })).into_response())
}

pub(super) async fn sign_many(State(storage): App, _: ServiceRole, Path(bucket): Path<String>, body: Bytes) -> Answer {
    let Many { expires_in, paths } = parse(&body)?;
    let found: HashSet<_> = storage.store.names(&bucket, &paths).await?.into_iter().collect();
    let line = |name: String| -> Result<Value, Failure> {
        if !found.contains(&name) {
            let error = "Either the object does not exist or you do not have access to it";
            return Ok(json!({ "error": error, "path": name, "signedURL": null }));
        }
        let target = Target {
            bucket: bucket.clone(),
            name,
        };
        let address = storage.address(&target, expires_in)?;
        Ok(json!({ "error": null, "path": target.name, "signedURL": address }))
    };
    let lines: Vec<_> = paths.into_iter().map(line).collect::<Result<_, _>>()?;
    Ok(Json(lines).into_response())
}

pub(super) async fn download(
    State(storage): App,
    target: Target,
    Query(Token { token, download }): Query<Token>,
) -> Answer {
    let expires = storage.signatures.verify_download(&given(token)?, &target.path())?;
    let object = storage.object(&target).await?;
    storage.content(&object, download.as_deref(), Some(expires)).await
}

/// Refused when the object is there and the header `x-upsert` does not ask to replace it.
pub(super) async fn sign_upload(State(storage): App, _: ServiceRole, target: Target, headers: HeaderMap) -> Answer {
    let upsert = is_upsert(&headers);
    let bucket = storage.bucket(&target.bucket).await?;
    if !upsert && storage.store.object(&bucket.id, &target.name).await?.is_some() {
        return Err(Fault::DUPLICATE.into());
    }
    let path = target.path();
    let token = storage.signatures.sign_upload(&path, upsert)?;
    let url = format!("/object/upload/sign/{path}?token={token}");
    Ok(Json(json!({ "url": url, "token": token })).into_response())
}

pub(super) async fn upload(
    State(storage): App,
    target: Target,
    Query(Token { token, download: _ }): Query<Token>,
    request: Request,
) -> Answer {
    let upsert = storage.signatures.verify_upload(&given(token)?, &target.path())?;
    storage.put(&target, request, upsert).await?;
    Ok(Json(json!({ "Key": target.path() })).into_response())
}

fn given(token: Option<String>) -> Result<String, Fault> {
    token.ok_or_else(|| Fault::bad_request("querystring must have required property 'token'"))
}
