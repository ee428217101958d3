//! Buckets: made here or by a migration.

use axum::Json;
use axum::extract::{Path, State};
use axum::response::IntoResponse as _;
use bytes::Bytes;
use serde::Deserialize;
use serde_json::json;

use super::error::Fault;
use super::extract::{ServiceRole, is_bucket_name};
use super::objects::parse;
use super::{Answer, App};

#[derive(Deserialize)]
struct NewBucket {
    id: Option<String>,
    name: String,
    #[serde(default)]
    public: bool,
    file_size_limit: Option<Size>,
    allowed_mime_types: Option<Vec<String>>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Size {
    Bytes(u32),
    Text(String),
}

impl Size {
    /// `20MB` counts in thousands.
    fn bytes(&self) -> Result<i64, Fault> {
        let text = match self {
            Self::Bytes(bytes) => return Ok((*bytes).into()),
            Self::Text(text) => text.to_ascii_uppercase(),
        };
        let units = [("GB", 1_000_000_000), ("MB", 1_000_000), ("KB", 1_000), ("B", 1)];
        units
            .iter()
            .find_map(|(unit, bytes)| {
                Some(
                    text.strip_suffix(unit)?
                        .parse::<u32>()
                        .ok()
                        .map(|n| i64::from(n) * bytes),
                )
            })
            .flatten()
            .ok_or(Fault::BAD_SIZE)
    }
}

pub(super) async fn create(State(storage): App, _: ServiceRole, body: Bytes) -> Answer {
    let NewBucket {
        id,
        name,
        public,
        file_size_limit,
        allowed_mime_types,
    } = parse(&body)?;
    let id = id.unwrap_or_else(|| name.clone());
    if !is_bucket_name(&id) || !is_bucket_name(&name) {
        return Err(Fault::BAD_BUCKET_NAME.into());
    }
    let limit = file_size_limit.as_ref().map(Size::bytes).transpose()?;
    let is_new = storage
        .store
        .create_bucket(&id, &name, public, limit, allowed_mime_types.as_deref())
        .await?;
    if is_new {
        Ok(Json(json!({ "name": id })).into_response())
    } else {
        Err(Fault::DUPLICATE.into())
    }
}

pub(super) async fn show(State(storage): App, _: ServiceRole, Path(id): Path<String>) -> Answer {
    Ok(Json(storage.bucket(&id).await?).into_response())
}
