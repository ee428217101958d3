//! What a connection may not do: say too much, say nothing, last, fall behind.

use std::pin::pin;
use std::time::Duration;

use futures_util::SinkExt as _;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::protocol::frame::Frame;
use tokio_tungstenite::tungstenite::protocol::frame::coding::{Data, OpCode};

use super::Stand;

/// So many frames of 30 KB that are one message.
fn message_of(frames: usize) -> impl Iterator<Item = Message> {
    (0..frames).map(move |i| {
        let kind = if i == 0 { Data::Text } else { Data::Continue };
        Message::Frame(Frame::message(
            "a".repeat(30 * 1024),
            OpCode::Data(kind),
            i == frames - 1,
        ))
    })
}

#[tokio::test]
async fn what_is_too_large_is_refused() {
    let mut stand = Stand::new("large", |_| ()).await;
    let (mut socket, id) = stand.connect().await;
    assert_eq!(
        stand.post(&id, "a".repeat(128 * 1024 + 1)).await,
        Err(Some("PayloadTooLargeException".into()))
    );
    assert_eq!(stand.post(&id, "a".repeat(128 * 1024)).await, Ok(()));
    assert_eq!(socket.text().await.len(), 128 * 1024);

    // Four frames of 30 KB are one message.
    for frame in message_of(4) {
        socket.0.send(frame).await.expect("sent");
    }
    assert_eq!(
        stand.events.next().await["body"].as_str().map(str::len),
        Some(120 * 1024)
    );
    socket.send("a".repeat(32 * 1024 + 1)).await;
    assert_eq!(socket.closed().await, 1009);
    stand.disconnected(&id, 1009).await;

    let (mut socket, id) = stand.connect().await;
    for frame in message_of(5) {
        // It may be closed before the last of them.
        let _ = socket.0.send(frame).await;
    }
    assert_eq!(socket.closed().await, 1009, "a message of 150 KB in good frames");
    stand.disconnected(&id, 1009).await;

    let (mut socket, id) = stand.connect().await;
    socket.0.send(Message::binary("bytes")).await.expect("sent");
    assert_eq!(socket.closed().await, 1003);
    stand.disconnected(&id, 1003).await;
    stand.cloud.stop().await;
}

#[tokio::test]
async fn a_silent_connection_is_closed_and_one_that_is_posted_to_is_not() {
    let mut stand = Stand::new("idle", |config| config.socket_idle_timeout = Duration::from_millis(400)).await;
    let (mut silent, silent_id) = stand.connect().await;
    let (mut used, used_id) = stand.connect().await;
    let mut goodbye = pin!(silent.closed());
    let mut ticks = tokio::time::interval(Duration::from_millis(100));
    let code = loop {
        tokio::select! {
            code = &mut goodbye => break code,
            _ = ticks.tick() => assert_eq!(stand.post(&used_id, "tick").await, Ok(())),
        }
    };
    assert_eq!(code, 1001);
    assert_eq!(used.text().await, "tick");
    stand.disconnected(&silent_id, 1001).await;
    stand.disconnected(&used_id, 1001).await;
    stand.cloud.stop().await;
}

#[tokio::test]
async fn no_connection_lives_longer_than_it_may() {
    let mut stand = Stand::new("lifetime", |config| config.socket_lifetime = Duration::from_millis(300)).await;
    let (mut socket, id) = stand.connect().await;
    assert_eq!(socket.closed().await, 1001);
    stand.disconnected(&id, 1001).await;
    stand.cloud.stop().await;
}

#[tokio::test]
async fn a_client_that_does_not_read_is_refused_and_the_others_are_not() {
    let mut stand = Stand::new("slow", |_| ()).await;
    let (mut slow, slow_id) = stand.connect().await;
    let (mut other, other_id) = stand.connect().await;
    let tick = "a".repeat(64 * 1024);
    let mut accepted = 0;
    let refusal = loop {
        match stand.post(&slow_id, tick.as_str()).await {
            Ok(()) => accepted += 1,
            Err(refusal) => break refusal,
        }
        assert!(
            accepted < 1000,
            "64 MB and nobody has noticed that the client reads nothing"
        );
    };
    assert_eq!(refusal.as_deref(), Some("LimitExceededException"));
    assert_eq!(stand.post(&other_id, "tick").await, Ok(()));
    assert_eq!(other.text().await, "tick");
    // What was accepted arrives once it reads, and then there is room again.
    for _ in 0..accepted {
        assert_eq!(slow.text().await.len(), tick.len());
    }
    assert_eq!(stand.post(&slow_id, "tick").await, Ok(()));
    assert_eq!(slow.text().await, "tick");
    stand.cloud.stop().await;
}
