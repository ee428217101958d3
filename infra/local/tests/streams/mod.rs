//! The REST API that streams.

mod ends;

use local_cloud::{Cloud, Config};
use reqwest::{Method, Response};
use serde_json::json;
use tokio::time::timeout;

use crate::{Events, PATIENCE, client, sample_cloud};

const TEMPLATE: &str = r#"
Globals: { Function: { Runtime: provided.al2023, Handler: bootstrap, Timeout: 10 } }
Resources:
  Streams:
    Type: AWS::Serverless::Api
    Properties:
      StageName: v1
      OpenApiVersion: "3.0.1"
      EndpointConfiguration: { Type: REGIONAL }
      Cors: { AllowOrigin: "'http://dashboard'", AllowMethods: "'POST'", AllowHeaders: "'authorization'", MaxAge: "'600'" }
      GatewayResponses:
        DEFAULT_4XX: { ResponseParameters: { Headers: { Access-Control-Allow-Origin: "'http://four'" } } }
        DEFAULT_5XX: { ResponseParameters: { Headers: { Access-Control-Allow-Origin: "'http://five'" } } }
  SampleFunction:
    Type: AWS::Serverless::Function
    Properties:
      CodeUri: target/lambda/sample-function/
      Events:
        Long: { Type: Api, Properties: { RestApiId: !Ref Streams, Method: POST, Path: "/long/{id}", ResponseTransferMode: RESPONSE_STREAM, TimeoutInMillis: 900000 } }
        Short: { Type: Api, Properties: { RestApiId: !Ref Streams, Method: POST, Path: /short, ResponseTransferMode: RESPONSE_STREAM, TimeoutInMillis: 400 } }
"#;

/// A minute is longer than anybody here waits.
const NEVER: &str = "60000";

async fn start(name: &str, change: impl FnOnce(&mut Config)) -> (Cloud, Events) {
    sample_cloud(name, TEMPLATE, change).await
}

async fn ask(cloud: &Cloud, path: &str, order: &str) -> Response {
    let url = format!("{}{path}", cloud.stream_url().expect("a REST API"));
    let request = client().post(url).body(order.to_owned());
    timeout(PATIENCE, request.send())
        .await
        .expect("in time")
        .expect("an answer")
}

/// The next bytes, `None` at an end that is clean, an error at one that is not.
async fn next(answer: &mut Response) -> reqwest::Result<Option<String>> {
    let chunk = timeout(PATIENCE, answer.chunk()).await.expect("in time")?;
    Ok(chunk.map(|chunk| String::from_utf8_lossy(&chunk).into_owned()))
}

async fn refused(answer: Response, status: u16, message: &str) {
    let found = answer.status().as_u16();
    let text = answer.text().await.expect("a body");
    assert_eq!((found, text), (status, format!(r#"{{"message":"{message}"}}"#)));
}

#[tokio::test]
async fn each_chunk_arrives_before_the_next_is_written() {
    let (cloud, _) = start("live", |_| ()).await;
    let mut answer = ask(&cloud, "/long/1", &format!("stream 2 {NEVER}")).await;
    assert_eq!(
        next(&mut answer).await.expect("a chunk").as_deref(),
        Some("data: 0\n\n")
    );
    drop(answer);
    cloud.stop().await;
}

#[tokio::test]
async fn the_prelude_becomes_status_and_headers() {
    let (cloud, mut events) = start("prelude", |_| ()).await;
    let answer = ask(&cloud, "/long/7?a=1", "stream 2 10").await;
    assert_eq!(answer.status(), 201);
    assert_eq!(answer.headers()["content-type"], "text/event-stream");
    assert_eq!(answer.headers()["set-cookie"], "a=b");
    assert!(
        !answer.headers().contains_key("access-control-allow-origin"),
        "a REST API adds nothing to what the function says"
    );
    assert_eq!(answer.text().await.expect("a body"), "data: 0\n\ndata: 1\n\n");
    let event = events.next().await;
    assert_eq!(
        json!([event["httpMethod"], event["path"], event["resource"], event["body"]]),
        json!(["POST", "/long/7", "/long/{id}", "stream 2 10"])
    );
    assert_eq!(event["requestContext"]["path"], "/v1/long/7");
    assert_eq!(event["pathParameters"], json!({ "id": "7" }));
    cloud.stop().await;
    let rest = events.rest().await;
    let line = rest
        .iter()
        .find(|line| line.text.starts_with("POST /long/{id} 201 18 bytes "));
    assert!(line.is_some_and(|line| line.text.contains("cold start")), "{rest:?}");
}

#[tokio::test]
async fn ten_megabytes_come_whole() {
    let (cloud, _) = start("flood", |_| ()).await;
    let answer = ask(&cloud, "/long/1", "flood 10").await;
    let bytes = answer.bytes().await.expect("a body");
    assert_eq!(bytes.len(), 10 * 1024 * 1024);
    assert!(bytes.iter().all(|byte| *byte == b'x'));
    cloud.stop().await;
}

#[tokio::test]
async fn a_stream_keeps_its_instance_for_itself() {
    let (cloud, _) = start("busy", |_| ()).await;
    let mut first = ask(&cloud, "/long/1", &format!("stream 2 {NEVER}")).await;
    next(&mut first).await.expect("a chunk");
    assert_eq!(ask(&cloud, "/long/2", "stream 1 0").await.status(), 201);
    assert_eq!(cloud.instances("sample-function").len(), 2);
    drop(first);
    cloud.stop().await;
}

#[tokio::test]
async fn the_gateway_answers_by_itself_what_no_function_should_see() {
    let (cloud, _) = start("refusals", |_| ()).await;
    let url = cloud.stream_url().expect("a REST API");
    let origin = url.strip_suffix("/v1").expect("a stage");
    let other_stage = client()
        .post(format!("{origin}/v2/long/1"))
        .send()
        .await
        .expect("an answer");
    refused(other_stage, 403, "Forbidden").await;
    let unknown = ask(&cloud, "/other", "").await;
    assert_eq!(unknown.headers()["access-control-allow-origin"], "http://four");
    refused(unknown, 403, "Missing Authentication Token").await;
    refused(
        ask(&cloud, "/short", &"x".repeat(7 * 1024 * 1024)).await,
        413,
        "Request Too Long",
    )
    .await;

    let preflight = async |path: &str| {
        let request = client().request(Method::OPTIONS, format!("{url}{path}"));
        request
            .header("origin", "http://elsewhere")
            .send()
            .await
            .expect("an answer")
    };
    let answer = preflight("/long/1").await;
    assert_eq!(answer.status(), 200);
    assert_eq!(
        ["origin", "methods", "headers"].map(|what| answer.headers()[format!("access-control-allow-{what}")].clone()),
        ["http://dashboard", "POST", "authorization"]
    );
    assert_eq!(answer.headers()["access-control-max-age"], "600");
    assert_eq!(preflight("/other").await.status(), 403);
    cloud.stop().await;
}
