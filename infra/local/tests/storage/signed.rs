//! Signed addresses.

use jsonwebtoken::{EncodingKey, Header, encode};
use reqwest::{Method, Response};
use serde_json::{Value, json};

use super::{Project, SECRET, body, refused, send};

impl Project {
    async fn sign(&self, path: &str) -> String {
        let request = self.with_key(Method::POST, &format!("/object/sign/{{b}}/{path}"));
        let answer = body(send(request.json(&json!({ "expiresIn": 60 }))).await).await;
        answer["signedURL"].as_str().expect("an address").to_owned()
    }

    async fn get(&self, address: &str) -> Response {
        send(self.open(Method::GET, address)).await
    }
}

fn forge(claims: &Value, secret: &str) -> String {
    encode(&Header::default(), claims, &EncodingKey::from_secret(secret.as_bytes())).expect("a token")
}

#[tokio::test]
async fn a_signed_address_opens_one_object_until_it_expires() {
    let project = Project::new("signed").await;
    project.upload("a/one.ex5", "one").await;
    project.upload("a/two.ex5", "two").await;
    let address = project.sign("a/one.ex5").await;
    assert!(address.starts_with("/object/sign/signed/a/one.ex5?token="), "{address}");
    let answer = project.get(&format!("{address}&download=My%20EA.ex5")).await;
    assert!(answer.headers().contains_key("expires"));
    assert_eq!(
        answer.headers()["content-disposition"],
        "attachment; filename=My%20EA.ex5; filename*=UTF-8''My%20EA.ex5;"
    );
    assert_eq!(answer.text().await.expect("a body"), "one");

    let other = address.replace("one.ex5?", "two.ex5?");
    refused(project.get(&other).await, "400", "InvalidSignature").await;
    refused(project.get(&format!("{address}x")).await, "400", "InvalidJWT").await;
    refused(project.get("/object/sign/{b}/a/one.ex5").await, "400", "Error").await;
    let with = |claims: Value, secret: &str| format!("/object/sign/{{b}}/a/one.ex5?token={}", forge(&claims, secret));
    let url = "signed/a/one.ex5";
    let past = with(json!({ "url": url, "iat": 1, "exp": 2 }), SECRET);
    refused(project.get(&past).await, "400", "InvalidJWT").await;
    let forged = with(
        json!({ "url": url, "iat": 1, "exp": 4_000_000_000_u32 }),
        "another secret",
    );
    refused(project.get(&forged).await, "400", "InvalidJWT").await;
    project.cloud.stop().await;
}

#[tokio::test]
async fn many_are_signed_at_once_and_the_missing_are_named() {
    let project = Project::new("many").await;
    project.upload("one", "one").await;
    let request = project.with_key(Method::POST, "/object/sign/{b}");
    let lines = body(send(request.json(&json!({ "expiresIn": 60, "paths": ["one", "two"] }))).await).await;
    assert_eq!(json!([lines[0]["error"], lines[0]["path"]]), json!([null, "one"]));
    let address = lines[0]["signedURL"].as_str().expect("an address");
    assert_eq!(project.get(address).await.text().await.expect("a body"), "one");
    assert!(
        lines[1]["error"].is_string() && lines[1]["signedURL"].is_null(),
        "{lines}"
    );

    let sign = |path: &str, seconds: i32| {
        let request = project.with_key(Method::POST, &format!("/object/sign/{{b}}/{path}"));
        send(request.json(&json!({ "expiresIn": seconds })))
    };
    refused(sign("two", 60).await, "404", "not_found").await;
    refused(sign("one", 0).await, "400", "Error").await;
    project.cloud.stop().await;
}

#[tokio::test]
async fn a_signed_upload_writes_one_path_once() {
    let project = Project::new("signed-upload").await;
    let sign = async |path: &str, upsert: &str| {
        let request = project.with_key(Method::POST, &format!("/object/upload/sign/{{b}}/{path}"));
        send(request.header("x-upsert", upsert)).await
    };
    let address = async |path: &str, upsert: &str| {
        let answer = body(sign(path, upsert).await).await;
        let url = answer["url"].as_str().expect("an address").to_owned();
        assert!(url.ends_with(answer["token"].as_str().expect("a token")), "{answer}");
        url
    };
    let put = async |address: &str, text: &'static str| {
        let request = project
            .open(Method::PUT, address)
            .header("content-type", "application/octet-stream");
        send(request.body(text)).await
    };
    let once = address("a/out.ex5", "false").await;
    assert_eq!(
        body(put(&once, "one").await).await,
        json!({ "Key": "signed-upload/a/out.ex5" })
    );
    assert_eq!(project.text("a/out.ex5").await, "one");
    refused(put(&once, "two").await, "409", "Duplicate").await;
    refused(sign("a/out.ex5", "false").await, "409", "Duplicate").await;
    refused(
        put(&once.replace("out.ex5", "other.ex5"), "two").await,
        "400",
        "InvalidSignature",
    )
    .await;

    let again = address("a/out.ex5", "true").await;
    assert_eq!(put(&again, "three").await.status(), 200);
    assert_eq!(project.text("a/out.ex5").await, "three");
    project.cloud.stop().await;
}

#[tokio::test]
async fn what_may_be_read_may_not_be_written_with_the_same_token() {
    let project = Project::new("one-way").await;
    project.upload("a", "one").await;
    let read = project.sign("a").await;
    let write = read.replace("/object/sign/", "/object/upload/sign/");
    let put = send(project.open(Method::PUT, &write).body("two")).await;
    refused(put, "400", "InvalidJWT").await;
    assert_eq!(project.text("a").await, "one");
    let signed = project
        .with_key(Method::POST, "/object/upload/sign/{b}/a")
        .header("x-upsert", "true");
    let write = body(send(signed).await).await["url"]
        .as_str()
        .expect("an address")
        .to_owned();
    let read = write.replace("/object/upload/sign/", "/object/sign/");
    refused(project.get(&read).await, "400", "InvalidJWT").await;
    project.cloud.stop().await;
}
