//! Prints every event and does what it is told there, for the tests of the local cloud.
//!
//! The order stands in a queue's message, in a socket's message (as text, or as `do` of a JSON object),
//! or in the query parameter `do` of a `$connect`: `answer 403`, `fail`, `error`, `die`, `sleep 100` (milliseconds).
//! Anything else is done well at once. Words after that make messages differ.
//!
//! What comes by a REST API is answered by a stream, whose order stands in the body: `stream 3 100` (chunks, milliseconds
//! before each but the first), `stream 3 100 die` (after them), `flood 10` (MiB); `buffer` is not streamed at all.
//! When it is through it prints how many chunks it could write.

use std::time::Duration;

use lambda_http::Error;
use lambda_http::http::{HeaderMap, HeaderValue, StatusCode, header};
use lambda_http::lambda_runtime::streaming::{self, Body, Response, Sender};
use lambda_http::lambda_runtime::{FunctionResponse, LambdaEvent, MetadataPrelude, run, service_fn};
use serde_json::{Value, json};
use tokio::time::sleep;

const MIB: usize = 1024 * 1024;

type Answer = FunctionResponse<Value, Body>;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    run(service_fn(handle)).await
}

async fn handle(event: LambdaEvent<Value>) -> Result<Answer, Error> {
    let event = event.payload;
    println!("{event}");
    if event["resource"].is_string() {
        return stream(event["body"].as_str().unwrap_or_default()).await;
    }
    let answer = if let Value::Array(records) = &event["Records"] {
        batch(records).await?
    } else if event["requestContext"].is_object() {
        answer(&event).await?
    } else {
        Value::Null
    };
    Ok(Answer::BufferedResponse(answer))
}

async fn stream(order: &str) -> Result<Answer, Error> {
    obey(order).await?;
    let mut words = order.split_whitespace();
    let what = words.next().unwrap_or_default().to_owned();
    let mut number = || words.next().and_then(|word| word.parse().ok()).unwrap_or_default();
    let (count, pause) = (number(), number());
    let dies = words.next() == Some("die");
    if what == "buffer" {
        return Ok(Answer::BufferedResponse(
            json!({ "statusCode": 200, "body": "in one piece" }),
        ));
    }
    let (mut sender, body) = streaming::channel();
    tokio::spawn(async move {
        let chunks = if what == "flood" {
            flood(&mut sender, count).await
        } else {
            drip(&mut sender, count, Duration::from_millis(pause)).await
        };
        if dies {
            // What was written is sent first; the stream stays open.
            sleep(Duration::from_millis(pause)).await;
            std::process::exit(3);
        }
        println!("{}", json!({ "chunks": chunks }));
    });
    Ok(Answer::StreamingResponse(Response {
        metadata_prelude: MetadataPrelude {
            status_code: StatusCode::CREATED,
            headers: HeaderMap::from_iter([(header::CONTENT_TYPE, HeaderValue::from_static("text/event-stream"))]),
            cookies: vec!["a=b".to_owned()],
        },
        stream: body,
    }))
}

/// Returns how many were taken.
async fn drip(sender: &mut Sender, count: u64, pause: Duration) -> u64 {
    for number in 0..count {
        if number > 0 {
            sleep(pause).await;
        }
        if sender.send_data(format!("data: {number}\n\n").into()).await.is_err() {
            return number;
        }
    }
    count
}

async fn flood(sender: &mut Sender, mib: u64) -> u64 {
    for number in 0..mib {
        if sender.send_data(vec![b'x'; MIB].into()).await.is_err() {
            return number;
        }
    }
    mib
}

async fn batch(records: &[Value]) -> Result<Value, Error> {
    let mut failures = Vec::new();
    for record in records {
        if !obey(record["body"].as_str().unwrap_or_default()).await? {
            failures.push(json!({ "itemIdentifier": record["messageId"] }));
        }
    }
    Ok(json!({ "batchItemFailures": failures }))
}

async fn answer(event: &Value) -> Result<Value, Error> {
    let body = event["body"].as_str().unwrap_or_default();
    let message: Value = serde_json::from_str(body).unwrap_or_default();
    let order = [&event["queryStringParameters"]["do"], &message["do"]];
    let order = order.iter().find_map(|order| order.as_str()).unwrap_or(body);
    obey(order).await?;
    let status = order.strip_prefix("answer ").and_then(|status| status.parse().ok());
    Ok(json!({ "statusCode": status.unwrap_or(200), "body": "not for the client" }))
}

/// Whether it went well.
async fn obey(order: &str) -> Result<bool, Error> {
    let mut words = order.split_whitespace();
    match words.next() {
        Some("fail") => return Ok(false),
        Some("error") => return Err("told to".into()),
        Some("die") => std::process::exit(3),
        Some("sleep") => {
            let milliseconds = words.next().and_then(|word| word.parse().ok());
            sleep(Duration::from_millis(milliseconds.unwrap_or_default())).await;
        }
        _ => {}
    }
    Ok(true)
}
