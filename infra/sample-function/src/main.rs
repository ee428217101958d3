//! Prints every event and does what it is told there, for the tests of the local cloud.
//!
//! The order stands in a queue's message, in a socket's message (as text, or as `do` of a JSON object),
//! or in the query parameter `do` of a `$connect`: `answer 403`, `fail`, `error`, `die`, `sleep 100` (milliseconds).
//! Anything else is done well at once. Words after that make messages differ.

use std::time::Duration;

use lambda_http::Error;
use lambda_http::lambda_runtime::{LambdaEvent, run, service_fn};
use serde_json::{Value, json};
use tokio::time::sleep;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    run(service_fn(handle)).await
}

async fn handle(event: LambdaEvent<Value>) -> Result<Value, Error> {
    let event = event.payload;
    println!("{event}");
    if let Value::Array(records) = &event["Records"] {
        return batch(records).await;
    }
    if event["requestContext"].is_object() {
        return answer(&event).await;
    }
    Ok(Value::Null)
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
