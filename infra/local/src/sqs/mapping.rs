//! An event source mapping: takes batches off a queue when the function has room for them, and deletes what it handled.

use std::collections::HashSet;
use std::sync::Arc;
use std::time::Instant;

use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};
use tokio::task::JoinSet;
use tokio::time::timeout;

use super::message::Message;
use super::{Queue, event};
use crate::http::LAST_ANSWERS;
use crate::lambda::{Function, Invoked, PAYLOAD_LIMIT, Turn};
use crate::log::{Log, Source, took};
use crate::template::QueueSource;

/// Records carry more than bodies do.
const BODIES_LIMIT: usize = PAYLOAD_LIMIT - 512 * 1024;

pub(crate) struct Mapping {
    source: QueueSource,
    queue: Arc<Queue>,
    function: Arc<Function>,
    concurrency: Arc<Semaphore>,
    log: Log,
}

/// A batch with everything it needs to be invoked at once.
struct Batch {
    messages: Vec<Message>,
    turn: Turn,
    _concurrency: OwnedSemaphorePermit,
}

impl Mapping {
    pub(crate) fn new(source: QueueSource, queue: Arc<Queue>, function: Arc<Function>, log: Log) -> Arc<Self> {
        let most = source.max_concurrency.unwrap_or(Semaphore::MAX_PERMITS);
        Arc::new(Self {
            source,
            queue,
            function,
            concurrency: Semaphore::new(most).into(),
            log,
        })
    }

    /// Until told to stop, then waits for the batches under way.
    pub(crate) async fn poll(self: Arc<Self>, mut stop: watch::Receiver<()>) {
        let mut under_way = JoinSet::new();
        loop {
            let batch = tokio::select! {
                batch = self.next() => batch,
                _ = stop.changed() => None,
            };
            let Some(batch) = batch else { break };
            under_way.spawn(Arc::clone(&self).handle(batch));
            while under_way.try_join_next().is_some() {}
        }
        let _ = timeout(LAST_ANSWERS, async { while under_way.join_next().await.is_some() {} }).await;
    }

    /// Room first, messages second: what cannot be handled yet stays in the queue, where it is batched.
    async fn next(&self) -> Option<Batch> {
        loop {
            self.queue.ready().await;
            if !self.source.window.is_zero() {
                self.queue.fill(self.source.batch_size, self.source.window).await;
            }
            let concurrency = Arc::clone(&self.concurrency).acquire_owned().await.ok()?;
            let turn = self.function.turn().await?;
            let messages = self.queue.receive(self.source.batch_size, BODIES_LIMIT, None);
            // Another consumer may have been faster.
            if !messages.is_empty() {
                return Some(Batch {
                    messages,
                    turn,
                    _concurrency: concurrency,
                });
            }
        }
    }

    async fn handle(self: Arc<Self>, batch: Batch) {
        let begun = Instant::now();
        let Batch {
            messages,
            turn,
            _concurrency,
        } = batch;
        let queue = &self.queue.declared;
        let event = match event::build(&queue.name, queue.fifo.is_some(), &messages) {
            Ok(event) => event,
            Err(error) => {
                self.log.line(Source::Queue, format!("{} event: {error}", queue.name));
                return;
            }
        };
        let Invoked { response, cold_start } = Arc::clone(&self.function).take_turn(turn, event).await;
        let failed = match response {
            Some(response) if self.source.report_batch_item_failures => event::failures(&response, &messages),
            Some(_) => Some(HashSet::new()),
            None => None,
        };
        let outcome = match &failed {
            None => " all failed".to_owned(),
            Some(failed) if failed.is_empty() => String::new(),
            Some(failed) => format!(" {} failed", failed.len()),
        };
        // Failed ones stay in flight: they become visible by themselves when their time is over.
        let handled = messages.iter().filter(|message| {
            failed
                .as_ref()
                .is_some_and(|failed| !failed.contains(&message.id.to_string()))
        });
        // Expired means that it took longer than the visibility timeout: somebody will see the message again.
        let _ = self.queue.delete(handled.map(Message::receipt));
        let took = took(begun, cold_start);
        self.log.line(
            Source::Queue,
            format!(
                "{} {} to {}{outcome} {took}",
                queue.name,
                messages.len(),
                self.function.name
            ),
        );
    }
}
