//! Buckets and objects, in the schema `storage` of the product's database.

use anyhow::{Context, Result};
use deadpool_postgres::{Object as Connection, Pool};
use jiff::Timestamp;
use serde::Serialize;
use serde_json::Value;
use tokio::sync::Mutex;
use tokio_postgres::Row;
use uuid::Uuid;

use super::files::Stored;
use crate::supabase::store::pool;

pub(super) struct Store {
    pool: Pool,
    /// One upload is stored at a time, so that each knows which version it replaces.
    storing: Mutex<()>,
}

#[derive(Serialize)]
pub(super) struct Bucket {
    pub(super) id: String,
    pub(super) name: String,
    owner: String,
    pub(super) public: bool,
    pub(super) file_size_limit: Option<i64>,
    pub(super) allowed_mime_types: Option<Vec<String>>,
    created_at: Option<Timestamp>,
    updated_at: Option<Timestamp>,
}

#[derive(Serialize)]
pub(super) struct Object {
    pub(super) id: Uuid,
    pub(super) bucket_id: String,
    pub(super) name: String,
    pub(super) version: String,
    pub(super) metadata: Value,
    pub(super) user_metadata: Option<Value>,
    pub(super) created_at: Timestamp,
    pub(super) updated_at: Timestamp,
    last_accessed_at: Timestamp,
}

/// A line of a listing; a folder has a name only.
#[derive(Serialize)]
pub(super) struct Entry {
    name: String,
    id: Option<Uuid>,
    metadata: Option<Value>,
    created_at: Option<Timestamp>,
    updated_at: Option<Timestamp>,
    last_accessed_at: Option<Timestamp>,
}

/// What is listed, and in which order.
pub(super) struct Listing<'a> {
    /// Empty, or a folder with its slash.
    pub(super) prefix: &'a str,
    pub(super) search: &'a str,
    pub(super) column: &'a str,
    pub(super) descending: bool,
    pub(super) limit: i64,
    pub(super) offset: i64,
}

/// An object that is there now, and the version that it replaced.
pub(super) struct Created {
    pub(super) id: Uuid,
    pub(super) replaced: Option<String>,
}

impl Store {
    pub(super) fn new(url: &str) -> Result<Self> {
        Ok(Self {
            pool: pool(url, "supabase_storage_admin")?,
            storing: Mutex::new(()),
        })
    }

    pub(super) async fn bucket(&self, id: &str) -> Result<Option<Bucket>> {
        let sql = include_str!("../../../sql/storage/bucket.sql");
        let row = self.client().await?.query_opt(sql, &[&id]).await?;
        row.as_ref().map(Bucket::from_row).transpose()
    }

    /// Whether it is new.
    pub(super) async fn create_bucket(
        &self,
        id: &str,
        name: &str,
        public: bool,
        file_size_limit: Option<i64>,
        allowed_mime_types: Option<&[String]>,
    ) -> Result<bool> {
        let sql = include_str!("../../../sql/storage/create_bucket.sql");
        let row = self
            .client()
            .await?
            .query_opt(sql, &[&id, &name, &public, &file_size_limit, &allowed_mime_types])
            .await?;
        Ok(row.is_some())
    }

    /// `None` when there is such an object and it may not be replaced.
    pub(super) async fn store(
        &self,
        bucket: &str,
        name: &str,
        stored: &Stored,
        metadata: &Value,
        upsert: bool,
    ) -> Result<Option<Created>> {
        let sql = if upsert {
            include_str!("../../../sql/storage/replace_object.sql")
        } else {
            include_str!("../../../sql/storage/create_object.sql")
        };
        let client = self.client().await?;
        let _one_at_a_time = self.storing.lock().await;
        let row = client
            .query_opt(sql, &[&bucket, &name, &stored.version, metadata])
            .await?;
        let Some(row) = row else { return Ok(None) };
        Ok(Some(Created {
            id: row.try_get("id")?,
            replaced: if upsert { row.try_get("replaced")? } else { None },
        }))
    }

    pub(super) async fn object(&self, bucket: &str, name: &str) -> Result<Option<Object>> {
        let sql = include_str!("../../../sql/storage/object.sql");
        let row = self.client().await?.query_opt(sql, &[&bucket, &name]).await?;
        row.as_ref().map(Object::from_row).transpose()
    }

    /// Those of the names that exist.
    pub(super) async fn names(&self, bucket: &str, names: &[String]) -> Result<Vec<String>> {
        let sql = include_str!("../../../sql/storage/names.sql");
        let rows = self.client().await?.query(sql, &[&bucket, &names]).await?;
        rows.iter().map(|row| Ok(row.try_get("name")?)).collect()
    }

    pub(super) async fn delete(&self, bucket: &str, names: &[String]) -> Result<Vec<Object>> {
        let sql = include_str!("../../../sql/storage/delete_objects.sql");
        let rows = self.client().await?.query(sql, &[&bucket, &names]).await?;
        rows.iter().map(Object::from_row).collect()
    }

    pub(super) async fn list(&self, bucket: &str, listing: Listing<'_>) -> Result<Vec<Entry>> {
        let Listing {
            prefix,
            search,
            column,
            descending,
            limit,
            offset,
        } = listing;
        let sql = include_str!("../../../sql/storage/list_objects.sql");
        let rows = self
            .client()
            .await?
            .query(sql, &[&bucket, &prefix, &search, &column, &descending, &limit, &offset])
            .await?;
        rows.iter().map(Entry::from_row).collect()
    }

    async fn client(&self) -> Result<Connection> {
        self.pool.get().await.context("database")
    }
}

impl Bucket {
    fn from_row(row: &Row) -> Result<Self> {
        Ok(Self {
            id: row.try_get("id")?,
            name: row.try_get("name")?,
            owner: row.try_get::<_, Option<String>>("owner_id")?.unwrap_or_default(),
            public: row.try_get::<_, Option<bool>>("public")?.unwrap_or_default(),
            file_size_limit: row.try_get("file_size_limit")?,
            allowed_mime_types: row.try_get("allowed_mime_types")?,
            created_at: row.try_get("created_at")?,
            updated_at: row.try_get("updated_at")?,
        })
    }
}

impl Object {
    fn from_row(row: &Row) -> Result<Self> {
        Ok(Self {
            id: row.try_get("id")?,
            bucket_id: row.try_get("bucket_id")?,
            name: row.try_get("name")?,
            version: row.try_get("version")?,
            metadata: row.try_get("metadata")?,
            user_metadata: row.try_get("user_metadata")?,
            created_at: row.try_get("created_at")?,
            updated_at: row.try_get("updated_at")?,
            last_accessed_at: row.try_get("last_accessed_at")?,
        })
    }

    /// A text of the metadata, or nothing.
    pub(super) fn said(&self, key: &str) -> &str {
        self.metadata[key].as_str().unwrap_or_default()
    }
}

impl Entry {
    fn from_row(row: &Row) -> Result<Self> {
        Ok(Self {
            name: row.try_get("name")?,
            id: row.try_get("id")?,
            metadata: row.try_get("metadata")?,
            created_at: row.try_get("created_at")?,
            updated_at: row.try_get("updated_at")?,
            last_accessed_at: row.try_get("last_accessed_at")?,
        })
    }
}
