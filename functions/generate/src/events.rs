//! A generation as server-sent events.

use std::{
    convert::Infallible,
    pin::Pin,
    task::{Context, Poll},
    time::{Duration, Instant},
};

use futures_util::{Stream, stream};
use serde::Serialize;
use sse_stream::{KeepAlive, Sse, SseBody, Timer};
use tokio::time::{Sleep, sleep};

use crate::generation::{Generation, Step};

/// API Gateway hangs up after five minutes without a byte, other proxies after one; thinking can take longer.
const HEARTBEAT: Duration = Duration::from_secs(15);

pub(crate) fn body(generation: Generation) -> SseBody<impl Stream<Item = Result<Sse, Infallible>>, Beat> {
    SseBody::new_keep_alive(events(generation), KeepAlive::new().interval(HEARTBEAT))
}

/// Nothing goes on by itself: when nobody reads any more, the stream is dropped, and with it GLM's answer.
fn events(generation: Generation) -> impl Stream<Item = Result<Sse, Infallible>> {
    stream::unfold(Some(generation), async |generation| {
        let mut generation = generation?;
        Some(match generation.step().await {
            Step::Token(text) => (Ok(event("token", &Token { text })), Some(generation)),
            Step::Stored(version) => (Ok(event("version", &version)), None),
            Step::Failed(failure) => (Ok(event("error", &failure)), None),
        })
    })
}

#[derive(Serialize)]
struct Token {
    text: String,
}

fn event(name: &str, data: &impl Serialize) -> Sse {
    let data = serde_json::to_string(data).expect("an event is plain JSON");
    Sse::default().event(name).data(data)
}

pub(crate) struct Beat(Pin<Box<Sleep>>);

impl Future for Beat {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        self.0.as_mut().poll(context)
    }
}

impl Timer for Beat {
    fn from_duration(after: Duration) -> Self {
        Self(Box::pin(sleep(after)))
    }

    fn reset(mut self: Pin<&mut Self>, at: Instant) {
        self.0.as_mut().reset(at.into());
    }
}
