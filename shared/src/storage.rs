//! Files, in one private bucket of Supabase Storage. They travel between it and whoever holds a signed URL; of our own only
//! source code is sent there. The protocol is its REST API: <https://supabase.github.io/storage/>

use std::time::Duration;

use axum::body::Bytes;
use http::{HeaderValue, Method, Request, StatusCode, header, request::Builder};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde::{Deserialize, de::DeserializeOwned};
use serde_json::{Value, json};

use crate::{client::HttpClient, config::Env, error::Error, secret::Secret};

/// Two megabytes of source take tens of milliseconds; a user waits.
const ANSWER_TIMEOUT: Duration = Duration::from_secs(4);
/// As many as Storage deletes at once.
const DELETED_AT_ONCE: usize = 1000;
/// What stays as it is in the path of an address.
const PATH: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'/');

pub struct Storage {
    /// With its `/storage/v1`.
    url: String,
    bucket: String,
    key: Secret,
    client: HttpClient,
}

impl Storage {
    /// Reads `SUPABASE_URL`, `SUPABASE_SERVICE_KEY` (the `service_role` JWT, or an `sb_secret_…` key) and `STORAGE_BUCKET`.
    pub fn from_env(env: &mut Env) -> Self {
        let (url, key) = (env.text("SUPABASE_URL"), env.secret("SUPABASE_SERVICE_KEY"));
        Self::new(&url, &env.text("STORAGE_BUCKET"), key)
    }

    pub fn new(supabase_url: &str, bucket: &str, key: Secret) -> Self {
        Self {
            url: format!("{}/storage/v1", supabase_url.trim_end_matches('/')),
            bucket: bucket.to_owned(),
            key,
            client: HttpClient::default(),
        }
    }

    pub fn bucket(&self) -> &str {
        &self.bucket
    }

    /// Stores a new file. A conflict when there is one already; larger than the bucket takes, or of another kind, is our
    /// mistake.
    pub async fn upload(&self, path: &str, content_type: &'static str, content: Bytes) -> Result<(), Error> {
        const OP: &str = "storage/upload";
        let request = self
            .request(OP, Method::POST, &self.object("object", path))?
            .header(header::CONTENT_TYPE, content_type)
            .header("x-upsert", "false");
        let answer = self.send(OP, request, content).await?;
        match answer.status {
            StatusCode::OK => Ok(()),
            StatusCode::CONFLICT => Err(Error::Conflict {
                code: "file_exists",
                detail: "There is a file of this name already.".to_owned(),
            }),
            StatusCode::PAYLOAD_TOO_LARGE | StatusCode::UNSUPPORTED_MEDIA_TYPE => {
                Err(Error::internal(OP, answer.refusal()))
            }
            _ => Err(Error::dependency(OP, answer.refusal())),
        }
    }

    /// An address from which anybody can get the file while it lasts; under `name`, where one is given.
    pub async fn sign_download(&self, path: &str, lasts: Duration, name: Option<&str>) -> Result<String, Error> {
        const OP: &str = "storage/sign_download";
        #[derive(Deserialize)]
        #[serde(rename_all = "camelCase")]
        struct Signed {
            #[serde(rename = "signedURL")]
            signed_url: String,
        }
        let request = self.request(OP, Method::POST, &self.object("object/sign", path))?;
        let answer = self
            .send_json(OP, request, &json!({"expiresIn": lasts.as_secs()}))
            .await?;
        let Signed { signed_url } = answer.read(OP)?;
        let name = name.map(|name| format!("&download={}", utf8_percent_encode(name, PATH)));
        Ok(format!("{}{signed_url}{}", self.url, name.unwrap_or_default()))
    }

    /// An address to which anybody can PUT this file for two hours, also in the place of one that an earlier attempt left.
    pub async fn sign_upload(&self, path: &str) -> Result<String, Error> {
        const OP: &str = "storage/sign_upload";
        #[derive(Deserialize)]
        struct Signed {
            url: String,
        }
        let request = self
            .request(OP, Method::POST, &self.object("object/upload/sign", path))?
            .header("x-upsert", "true");
        let Signed { url } = self.send_json(OP, request, &json!({})).await?.read(OP)?;
        Ok(format!("{}{url}", self.url))
    }

    /// What is not there is as good as deleted.
    pub async fn delete(&self, paths: &[String]) -> Result<(), Error> {
        const OP: &str = "storage/delete";
        for paths in paths.chunks(DELETED_AT_ONCE) {
            let request = self.request(OP, Method::DELETE, &format!("object/{}", self.bucket))?;
            let answer = self.send_json(OP, request, &json!({"prefixes": paths})).await?;
            answer.read::<Value>(OP)?;
        }
        Ok(())
    }

    fn object(&self, what: &str, path: &str) -> String {
        format!("{what}/{}/{}", self.bucket, utf8_percent_encode(path, PATH))
    }

    fn request(&self, op: &'static str, method: Method, path: &str) -> Result<Builder, Error> {
        let key = self.key.expose();
        let mut request = Request::builder()
            .method(method)
            .uri(format!("{}/{path}", self.url))
            .header("apikey", secret_header(op, key)?);
        // The new kind of key is no JWT, and is refused where one is expected.
        if !key.starts_with("sb_") {
            request = request.header(header::AUTHORIZATION, secret_header(op, &format!("Bearer {key}"))?);
        }
        Ok(request)
    }

    async fn send_json(&self, op: &'static str, request: Builder, body: &Value) -> Result<Answer, Error> {
        let request = request.header(header::CONTENT_TYPE, "application/json");
        self.send(op, request, body.to_string().into()).await
    }

    async fn send(&self, op: &'static str, request: Builder, body: Bytes) -> Result<Answer, Error> {
        let request = request.body(body).map_err(|error| Error::internal(op, error))?;
        let (status, body) = self.client.send(op, request, ANSWER_TIMEOUT).await?;
        Ok(Answer {
            status: meant(status, &body),
            body,
        })
    }
}

struct Answer {
    status: StatusCode,
    body: Bytes,
}

impl Answer {
    fn read<T: DeserializeOwned>(&self, op: &'static str) -> Result<T, Error> {
        match self.status {
            StatusCode::OK => serde_json::from_slice(&self.body).map_err(|error| Error::dependency(op, error)),
            StatusCode::NOT_FOUND => Err(Error::NotFound("file")),
            _ => Err(Error::dependency(op, self.refusal())),
        }
    }

    /// For the log.
    fn refusal(&self) -> String {
        let said: String = String::from_utf8_lossy(&self.body).chars().take(200).collect();
        format!("answered {}: {said}", self.status)
    }
}

/// Storage refuses with 400 whatever the reason; the status that is meant stands in the body, as text.
fn meant(status: StatusCode, body: &[u8]) -> StatusCode {
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Refusal {
        status_code: String,
    }
    let said = serde_json::from_slice::<Refusal>(body)
        .ok()
        .filter(|_| !status.is_success());
    said.and_then(|refusal| refusal.status_code.parse().ok())
        .unwrap_or(status)
}

/// A value that is not shown when the request is printed.
fn secret_header(op: &'static str, text: &str) -> Result<HeaderValue, Error> {
    let mut value = HeaderValue::from_str(text).map_err(|error| Error::internal(op, error))?;
    value.set_sensitive(true);
    Ok(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(key: &str) -> http::HeaderMap {
        let storage = Storage::new("https://project.supabase.co/", "ea", Secret::new(key));
        let request = storage.request("test", Method::POST, &storage.object("object", "a b/c+d.mq5"));
        let request = request.expect("a good key").body(()).expect("a request");
        assert_eq!(
            request.uri(),
            "https://project.supabase.co/storage/v1/object/ea/a%20b/c%2Bd.mq5"
        );
        request.headers().clone()
    }

    #[test]
    fn a_jwt_is_sent_twice_and_a_secret_key_only_as_a_key() {
        let jwt = headers("eyJhbGciOiJIUzI1NiJ9.e30.c2ln");
        assert_eq!(jwt["apikey"], "eyJhbGciOiJIUzI1NiJ9.e30.c2ln");
        assert_eq!(jwt["authorization"], "Bearer eyJhbGciOiJIUzI1NiJ9.e30.c2ln");
        assert!(jwt.values().all(HeaderValue::is_sensitive), "{jwt:?}");
        let secret = headers("sb_secret_abc");
        assert_eq!(secret["apikey"], "sb_secret_abc");
        assert_eq!(secret.get("authorization"), None);
    }

    #[test]
    fn what_a_refusal_means_stands_in_its_body() {
        let body = br#"{"statusCode":"409","error":"Duplicate","message":"The resource already exists"}"#;
        assert_eq!(meant(StatusCode::BAD_REQUEST, body), StatusCode::CONFLICT);
        assert_eq!(meant(StatusCode::BAD_REQUEST, b"<html>"), StatusCode::BAD_REQUEST);
        assert_eq!(
            meant(StatusCode::BAD_GATEWAY, br#"{"statusCode":"x"}"#),
            StatusCode::BAD_GATEWAY
        );
        assert_eq!(meant(StatusCode::OK, body), StatusCode::OK, "only a refusal is one");
    }
}
