//! The port of the queues.

use aws_sdk_sqs::error::ProvideErrorMetadata as _;
use aws_sdk_sqs::types::QueueAttributeName;

use super::{Sender, TEMPLATE};
use crate::sample_cloud;

impl Sender {
    async fn refuses(&self, group: Option<&str>, body: String, code: &str) {
        let sent = self
            .client
            .send_message()
            .queue_url(&self.url)
            .set_message_group_id(group.map(str::to_owned))
            .message_body(body)
            .send();
        let error = sent.await.expect_err("refused");
        assert_eq!(error.code(), Some(code), "{error:?}");
    }
}

#[tokio::test]
async fn queues_that_are_down_say_so() {
    let (cloud, _) = sample_cloud("down", TEMPLATE, |_| ()).await;
    let sender = Sender::new(&cloud, "News");
    cloud.set_queue_down(true);
    sender.refuses(Some("a"), "hello".into(), "ServiceUnavailable").await;
    cloud.set_queue_down(false);
    sender.send("a", "hello").await;
    cloud.stop().await;
}

#[tokio::test]
async fn what_sqs_refuses_is_refused_under_its_name() {
    let (cloud, _) = sample_cloud("refused", TEMPLATE, |_| ()).await;
    let sender = Sender::new(&cloud, "News");
    sender.refuses(None, "hello".into(), "MissingParameter").await;
    sender.refuses(Some("a"), "hello".into(), "InvalidParameterValue").await;
    sender.refuses(Some("a"), String::new(), "MissingParameter").await;
    let plain = Sender::new(&cloud, "Plain");
    plain
        .refuses(None, "a".repeat(1024 * 1024 + 1), "InvalidParameterValue")
        .await;
    plain.refuses(None, "\u{1}".into(), "InvalidMessageContents").await;
    let nowhere = Sender {
        url: plain.url.replace("Plain", "Nowhere"),
        ..plain
    };
    nowhere
        .refuses(None, "hello".into(), "AWS.SimpleQueueService.NonExistentQueue")
        .await;
    cloud.stop().await;
}

#[tokio::test]
async fn a_queue_without_a_function_is_received_from_by_hand() {
    let (cloud, _) = sample_cloud("by-hand", TEMPLATE, |_| ()).await;
    let Sender { client, url } = Sender::new(&cloud, "Plain");
    let receive = || client.receive_message().queue_url(&url).wait_time_seconds(5).send();
    // Long polling: the receiver is there before the message.
    let (received, sent) = tokio::join!(
        receive(),
        client.send_message().queue_url(&url).message_body("hello").send()
    );
    sent.expect("sent");
    let received = received.expect("an answer");
    let message = &received.messages()[0];
    assert_eq!(message.body(), Some("hello"));
    let handle = message.receipt_handle().expect("a handle");
    let attributes = client
        .get_queue_attributes()
        .queue_url(&url)
        .attribute_names(QueueAttributeName::All)
        .send()
        .await
        .expect("an answer");
    let attributes = attributes.attributes().expect("attributes");
    assert_eq!(
        attributes[&QueueAttributeName::ApproximateNumberOfMessagesNotVisible],
        "1"
    );
    client
        .change_message_visibility()
        .queue_url(&url)
        .receipt_handle(handle)
        .visibility_timeout(0)
        .send()
        .await
        .expect("changed");
    let again = receive().await.expect("an answer");
    let handle = again.messages()[0].receipt_handle().expect("a handle");
    client
        .delete_message()
        .queue_url(&url)
        .receipt_handle(handle)
        .send()
        .await
        .expect("deleted");
    let state = cloud.queue("Plain").expect("a queue");
    assert_eq!(
        (state.waiting, state.in_flight, state.sent_total, state.oldest_age),
        (0, 0, 1, None)
    );
    cloud.stop().await;
}
