//! A function's stream on its way to the client, and where it ends.

use std::error::Error;
use std::time::{Duration, Instant as Clock};

use bytes::Bytes;
use futures_util::stream::try_unfold;
use http::{Method, StatusCode};
use http_body_util::{BodyExt as _, StreamBody};
use hyper::body::Frame;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;
use tokio::time::{Instant, timeout_at};

use super::Body;
use crate::lambda::Invoked;
use crate::log::{Log, Source, took};

/// What the gateway's line in the log says of a request, written when it is over, however it ends.
/// Never its path: that may hold a secret.
pub(super) struct Seen {
    begun: Clock,
    method: Method,
    pub(super) route: String,
    pub(super) status: Option<StatusCode>,
    /// Of the body.
    bytes: u64,
    /// Until told otherwise, the client has hung up.
    pub(super) end: &'static str,
    cold_start: Option<Duration>,
    log: Log,
}

impl Seen {
    pub(super) fn new(method: Method, log: Log) -> Self {
        Self {
            begun: Clock::now(),
            method,
            route: "-".to_owned(),
            status: None,
            bytes: 0,
            end: " left by the client",
            cold_start: None,
            log,
        }
    }
}

impl Drop for Seen {
    fn drop(&mut self) {
        let status = self
            .status
            .map_or_else(|| "-".to_owned(), |status| status.as_u16().to_string());
        let streamed = match self.bytes {
            0 => String::new(),
            bytes => format!(" {bytes} bytes"),
        };
        let line = format!(
            "{} {} {status}{streamed}{} {}",
            self.method,
            self.route,
            self.end,
            took(self.begun, self.cold_start)
        );
        self.log.line(Source::Gateway, line);
    }
}

pub(super) struct Flow {
    chunks: mpsc::Receiver<Bytes>,
    invocation: JoinHandle<Invoked>,
    deadline: Instant,
    idle_timeout: Duration,
    /// What came together with the head.
    rest: Bytes,
    seen: Seen,
}

/// Why nothing more comes.
pub(super) enum End {
    Whole,
    Failed,
    TimedOut(&'static str),
}

impl Flow {
    pub(super) fn new(
        chunks: mpsc::Receiver<Bytes>,
        invocation: JoinHandle<Invoked>,
        deadline: Instant,
        idle_timeout: Duration,
        seen: Seen,
    ) -> Self {
        Self {
            chunks,
            invocation,
            deadline,
            idle_timeout,
            rest: Bytes::new(),
            seen,
        }
    }

    /// What the function wrote next.
    pub(super) async fn next(&mut self) -> Result<Bytes, End> {
        let silent_until = Instant::now() + self.idle_timeout;
        match timeout_at(silent_until.min(self.deadline), self.chunks.recv()).await {
            Ok(Some(chunk)) => Ok(chunk),
            Ok(None) => Err(self.ended().await),
            Err(_) if silent_until < self.deadline => Err(End::TimedOut(" cut off: silent for too long")),
            Err(_) => Err(End::TimedOut(" cut off: took too long")),
        }
    }

    async fn ended(&mut self) -> End {
        let invoked = (&mut self.invocation).await.unwrap_or_default();
        self.seen.cold_start = invoked.cold_start;
        invoked.response.map_or(End::Failed, |_| End::Whole)
    }

    pub(super) fn begin(&mut self, status: StatusCode, rest: Bytes) {
        self.seen.status = Some(status);
        self.rest = rest;
    }

    /// Nothing has been answered yet, and nothing of the function's will be.
    pub(super) fn give_up(self) -> Seen {
        self.seen
    }

    /// Ends uncleanly, without the last chunk of the encoding, when the function failed in the middle or ran out of time:
    /// only so does the client notice.
    pub(super) fn body(self) -> Body {
        let frames = try_unfold(self, |mut flow| async move {
            let chunk = flow.next_chunk().await?;
            Ok::<_, Box<dyn Error + Send + Sync>>(chunk.map(|chunk| (Frame::data(chunk), flow)))
        });
        StreamBody::new(frames).boxed_unsync()
    }

    async fn next_chunk(&mut self) -> Result<Option<Bytes>, &'static str> {
        let mut chunk = std::mem::take(&mut self.rest);
        while chunk.is_empty() {
            chunk = match self.next().await {
                Ok(chunk) => chunk,
                Err(end) => {
                    self.seen.end = match end {
                        End::Whole => "",
                        End::Failed => " cut off: the function failed",
                        End::TimedOut(why) => why,
                    };
                    return if matches!(end, End::Whole) {
                        Ok(None)
                    } else {
                        Err(self.seen.end)
                    };
                }
            }
        }
        self.seen.bytes += chunk.len() as u64;
        Ok(Some(chunk))
    }
}
