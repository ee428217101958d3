//! Schedules.

use std::time::Duration;

use serde_json::json;

use crate::sample_cloud;

const TEMPLATE: &str = r"
Globals: { Function: { Runtime: provided.al2023, Handler: bootstrap } }
Resources:
  SampleFunction:
    Type: AWS::Serverless::Function
    Properties:
      CodeUri: target/lambda/sample-function/
      Events:
        Often: { Type: Schedule, Properties: { Schedule: rate(1 minute) } }
        Never: { Type: Schedule, Properties: { Schedule: rate(1 minute), Enabled: false } }
";

#[tokio::test]
async fn a_rate_invokes_again_and_again_with_the_event_of_eventbridge() {
    let (cloud, mut events) = sample_cloud("schedule", TEMPLATE, |config| {
        config.schedule_minute = Duration::from_millis(50);
    })
    .await;
    for _ in 0..3 {
        let event = events.next().await;
        assert_eq!(event["detail-type"], "Scheduled Event");
        assert_eq!(event["source"], "aws.events");
        assert_eq!(event["detail"], json!({}));
        assert_eq!(
            event["resources"],
            json!(["arn:aws:events:eu-central-1:000000000000:rule/local-SampleFunctionOften"])
        );
    }
    cloud.stop().await;
}

#[tokio::test]
async fn a_test_invokes_a_function_itself() {
    let (cloud, mut events) = sample_cloud("invoke", TEMPLATE, |_| ()).await;
    let event = json!({ "requestContext": {}, "body": "answer 201" });
    let answer = cloud.invoke("sample-function", event.clone()).await.expect("an answer");
    assert_eq!(
        serde_json::from_slice::<serde_json::Value>(&answer).expect("JSON")["statusCode"],
        201
    );
    assert_eq!(events.next().await, event);
    assert_eq!(
        cloud
            .invoke("sample-function", json!({ "requestContext": {}, "body": "error" }))
            .await,
        None
    );
    assert_eq!(cloud.invoke("no-function", json!({})).await, None);
    cloud.stop().await;
}
