//! Queues and the functions behind them, sent to by the AWS SDK.

mod api;

use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, Instant};

use aws_sdk_sqs::Client;
use aws_sdk_sqs::config::retry::RetryConfig;
use aws_sdk_sqs::config::{Credentials, Region};
use aws_sdk_sqs::types::{MessageAttributeValue, SendMessageBatchRequestEntry};
use local_cloud::Cloud;
use local_cloud::log::Source;
use serde_json::Value;

use crate::{Events, PATIENCE, sample_cloud};

pub(crate) const TEMPLATE: &str = r"
Globals: { Function: { Runtime: provided.al2023, Handler: bootstrap, Timeout: 1 } }
Resources:
  News:
    Type: AWS::SQS::Queue
    Properties:
      FifoQueue: true
      DeduplicationScope: messageGroup
      FifoThroughputLimit: perMessageGroupId
      VisibilityTimeout: 1
      RedrivePolicy: { deadLetterTargetArn: !GetAtt Dead.Arn, maxReceiveCount: 3 }
  Dead: { Type: AWS::SQS::Queue, Properties: { FifoQueue: true } }
  Plain: { Type: AWS::SQS::Queue }
  SampleFunction:
    Type: AWS::Serverless::Function
    Properties:
      CodeUri: target/lambda/sample-function/
      Events:
        Queue:
          Type: SQS
          Properties:
            Queue: !GetAtt News.Arn
            FunctionResponseTypes: [ReportBatchItemFailures]
            ScalingConfig: { MaximumConcurrency: 3 }
";

/// The SDK with the address of a queue, as a function gets it from its environment.
struct Sender {
    client: Client,
    url: String,
}

impl Sender {
    fn new(cloud: &Cloud, queue: &str) -> Self {
        let url = cloud.queue_url(queue).expect("a queue");
        let config = aws_sdk_sqs::Config::builder()
            .behavior_version_latest()
            .region(Region::new("eu-central-1"))
            .credentials_provider(Credentials::new("local", "local", None, None, "tests"))
            .retry_config(RetryConfig::disabled())
            .http_client(aws_smithy_http_client::Builder::new().build_http())
            .endpoint_url(url.split("/000000000000").next().unwrap_or_default())
            .build();
        let client = Client::from_conf(config);
        Self { client, url }
    }

    async fn send(&self, group: &str, body: &str) {
        let sent = self
            .client
            .send_message()
            .queue_url(&self.url)
            .message_group_id(group)
            .message_deduplication_id(body.replace(' ', "-"))
            .message_body(body)
            .send();
        sent.await.expect("sent");
    }

    /// All at once, so that they can be received at once.
    async fn send_batch(&self, messages: &[(&str, &str)]) {
        let entries = messages.iter().enumerate().map(|(i, (group, body))| {
            SendMessageBatchRequestEntry::builder()
                .id(i.to_string())
                .message_group_id(*group)
                .message_deduplication_id(body.replace(' ', "-"))
                .message_body(*body)
                .build()
                .expect("an entry")
        });
        let sent = self
            .client
            .send_message_batch()
            .queue_url(&self.url)
            .set_entries(Some(entries.collect()));
        let sent = sent.send().await.expect("sent");
        assert_eq!((sent.successful.len(), sent.failed.len()), (messages.len(), 0));
    }
}

fn bodies(event: &Value) -> Vec<&str> {
    let records = event["Records"].as_array().expect("records");
    records
        .iter()
        .map(|record| record["body"].as_str().expect("a body"))
        .collect()
}

/// Until the queue is as it should be; its own log line tells of every batch that ended.
async fn settled(cloud: &Cloud, queue: &str, events: &mut Events) {
    let settled = async {
        loop {
            let line = events.0.recv().await.expect("the cloud runs");
            let state = cloud.queue(queue).expect("a queue");
            if line.source == Source::Queue && state.waiting + state.in_flight == 0 {
                return;
            }
        }
    };
    tokio::time::timeout(PATIENCE, settled)
        .await
        .expect("the queue runs empty");
}

#[tokio::test]
async fn a_message_becomes_the_event_of_the_developer_guide_and_is_gone() {
    let (cloud, mut events) = sample_cloud("queue", TEMPLATE, |_| ()).await;
    let sender = Sender::new(&cloud, "News");
    let attribute = MessageAttributeValue::builder()
        .data_type("String")
        .string_value("value");
    let sent = sender
        .client
        .send_message()
        .queue_url(&sender.url)
        .message_group_id("EURUSD")
        .message_deduplication_id("one")
        .message_attributes("name", attribute.build().expect("an attribute"))
        .message_body("hello")
        .send()
        .await
        .expect("sent");
    let event = events.next().await;
    let record = &event["Records"][0];
    assert_eq!(record["messageId"].as_str(), sent.message_id());
    assert_eq!(record["body"], "hello");
    assert_eq!(record["md5OfBody"], "5d41402abc4b2a76b9719d911017c592");
    assert_eq!(sent.md5_of_message_body(), Some("5d41402abc4b2a76b9719d911017c592"));
    assert_eq!(record["eventSource"], "aws:sqs");
    assert_eq!(
        record["eventSourceARN"],
        "arn:aws:sqs:eu-central-1:000000000000:News.fifo"
    );
    assert_eq!(record["awsRegion"], "eu-central-1");
    assert_eq!(record["messageAttributes"]["name"]["stringValue"], "value");
    let attributes = &record["attributes"];
    assert_eq!(attributes["ApproximateReceiveCount"], "1");
    assert_eq!(attributes["MessageGroupId"], "EURUSD");
    assert_eq!(attributes["MessageDeduplicationId"], "one");
    assert_eq!(attributes["SequenceNumber"].as_str(), sent.sequence_number());
    settled(&cloud, "News", &mut events).await;
    assert_eq!(cloud.queue("News").expect("a queue").sent_total, 1);
    cloud.stop().await;
}

#[tokio::test]
async fn messages_gather_while_every_instance_is_busy() {
    let (cloud, mut events) = sample_cloud("gather", TEMPLATE, |config| config.max_instances = 1).await;
    let sender = Sender::new(&cloud, "News");
    sender.send("a", "sleep 300").await;
    assert_eq!(bodies(&events.next().await), ["sleep 300"]);
    for (group, body) in [("b", "1"), ("c", "2"), ("d", "3")] {
        sender.send(group, body).await;
    }
    assert_eq!(cloud.queue("News").expect("a queue").waiting, 3);
    assert_eq!(bodies(&events.next().await), ["1", "2", "3"]);
    settled(&cloud, "News", &mut events).await;
    cloud.stop().await;
}

#[tokio::test]
async fn only_what_failed_comes_again() {
    let (cloud, mut events) = sample_cloud("partial", TEMPLATE, |_| ()).await;
    let sender = Sender::new(&cloud, "News");
    sender
        .send_batch(&[("a", "well 1"), ("b", "fail 2"), ("c", "well 3")])
        .await;
    let begun = Instant::now();
    assert_eq!(bodies(&events.next().await), ["well 1", "fail 2", "well 3"]);
    let again = events.next().await;
    assert_eq!(bodies(&again), ["fail 2"]);
    assert_eq!(again["Records"][0]["attributes"]["ApproximateReceiveCount"], "2");
    assert!(
        begun.elapsed() > Duration::from_millis(900),
        "not before the visibility timeout"
    );
    cloud.stop().await;
}

#[tokio::test]
async fn what_a_killed_instance_had_comes_again() {
    let (cloud, mut events) = sample_cloud("killed-batch", TEMPLATE, |_| ()).await;
    let sender = Sender::new(&cloud, "News");
    sender.send("a", "sleep 500").await;
    events.next().await;
    let first = cloud.instances("sample-function")[0].clone();
    first.kill();
    let again = events.next().await;
    assert_eq!(bodies(&again), ["sleep 500"]);
    assert_ne!(cloud.instances("sample-function")[0].pid(), first.pid());
    settled(&cloud, "News", &mut events).await;
    cloud.stop().await;
}

#[tokio::test]
async fn poison_is_dead_after_three_receives_and_its_group_goes_on() {
    let (cloud, mut events) = sample_cloud("poison", TEMPLATE, |_| ()).await;
    assert!(cloud.put_message("News", "a", "die"));
    assert_eq!(bodies(&events.next().await), ["die"]);
    assert!(cloud.put_message("News", "a", "well"));
    assert_eq!(bodies(&events.next().await), ["die", "well"]);
    assert_eq!(bodies(&events.next().await), ["die", "well"]);
    assert_eq!(
        bodies(&events.next().await),
        ["well"],
        "the poison was received three times"
    );
    assert_eq!(cloud.queue_bodies("Dead"), ["die"]);
    assert!(!cloud.put_message("NoQueue", "a", "well"));
    cloud.stop().await;
}

#[tokio::test]
async fn groups_run_side_by_side_and_each_in_order() {
    let (cloud, mut events) = sample_cloud("groups", TEMPLATE, |_| ()).await;
    let sender = Sender::new(&cloud, "News");
    let groups = ["a", "b", "c"];
    for i in 0..12 {
        for group in groups {
            sender.send(group, &format!("sleep 20 {group} {i}")).await;
        }
    }
    let (mut seen, mut instances) = (BTreeMap::<String, Vec<u32>>::new(), BTreeSet::new());
    while seen.values().map(Vec::len).sum::<usize>() < 36 {
        let event = events.next().await;
        for body in bodies(&event) {
            let words: Vec<_> = body.split(' ').collect();
            seen.entry(words[2].to_owned())
                .or_default()
                .push(words[3].parse().expect("a number"));
        }
        instances.extend(cloud.instances("sample-function").iter().map(|instance| instance.pid()));
    }
    for group in groups {
        assert_eq!(seen[group], (0..12).collect::<Vec<_>>(), "group {group}");
    }
    assert!(
        (2..=3).contains(&instances.len()),
        "{} instances for three groups with a concurrency of 3",
        instances.len()
    );
    settled(&cloud, "News", &mut events).await;
    cloud.stop().await;
}
