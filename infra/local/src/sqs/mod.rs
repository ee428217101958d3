//! SQS: the template's queues in memory, their port, and the functions that are fed from them.

mod answers;
mod api;
mod content;
mod error;
mod event;
mod mapping;
mod message;
mod requests;
mod store;

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use jiff::Timestamp;
use tokio::sync::Notify;
use tokio::time::{sleep, timeout};

pub(crate) use self::mapping::Mapping;
use self::message::{Content, Message, Receipt};
use self::store::{Expired, Sent, Store};
use crate::log::Log;
use crate::template;

/// How a queue stands at this moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct QueueState {
    /// Could be received, were it not for another message of its group in flight.
    pub waiting: usize,
    /// Received and not deleted yet.
    pub in_flight: usize,
    /// Duplicates do not count, nor do messages another queue gave up on.
    pub sent_total: u64,
    /// Of the oldest message, waiting or in flight.
    pub oldest_age: Option<Duration>,
}

pub(crate) struct Queues {
    by_name: BTreeMap<String, Arc<Queue>>,
    down: AtomicBool,
    log: Log,
}

impl Queues {
    pub(crate) fn new(declared: &[template::Queue], log: Log) -> Arc<Self> {
        let mut by_name = BTreeMap::new();
        // Those that others point to first: the template's reader sees to it that a queue of dead letters has none itself.
        let (pointing, ends): (Vec<_>, Vec<_>) = declared.iter().partition(|queue| queue.redrive.is_some());
        for queue in ends.into_iter().chain(pointing) {
            let dead_letters = queue
                .redrive
                .as_ref()
                .and_then(|redrive| by_name.get(&redrive.dead_letters).cloned());
            by_name.insert(queue.name.clone(), Arc::new(Queue::new(queue.clone(), dead_letters)));
        }
        Arc::new(Self {
            by_name,
            down: AtomicBool::new(false),
            log,
        })
    }

    pub(crate) fn named(&self, name: &str) -> Option<&Arc<Queue>> {
        self.by_name.get(name)
    }

    pub(crate) fn with_logical_id(&self, id: &str) -> Option<&Arc<Queue>> {
        self.by_name.values().find(|queue| queue.declared.logical_id == id)
    }

    pub(crate) fn set_down(&self, down: bool) {
        self.down.store(down, Ordering::Relaxed);
    }

    fn is_down(&self) -> bool {
        self.down.load(Ordering::Relaxed)
    }
}

pub(crate) struct Queue {
    declared: template::Queue,
    store: Mutex<Store>,
    /// Rung whenever a message may have become ready.
    changed: Notify,
    dead_letters: Option<Arc<Self>>,
}

impl Queue {
    fn new(declared: template::Queue, dead_letters: Option<Arc<Self>>) -> Self {
        Self {
            store: Store::new(&declared).into(),
            declared,
            changed: Notify::new(),
            dead_letters,
        }
    }

    pub(crate) fn name(&self) -> &str {
        &self.declared.name
    }

    pub(crate) fn state(&self) -> QueueState {
        self.with(|store, now| store.state(now))
    }

    /// Of the waiting messages, oldest first.
    pub(crate) fn bodies(&self) -> Vec<String> {
        self.with(|store, _| store.waiting().map(|message| message.content.body.clone()).collect())
    }

    /// Whatever the product would never send.
    pub(crate) fn put(&self, body: String, group: &str) {
        self.send(Content {
            body,
            group: Some(group.into()),
            ..Content::default()
        });
    }

    fn send(&self, content: Content) -> Sent {
        let sent = self.with(|store, now| store.send(content, now));
        self.changed.notify_waiters();
        sent
    }

    fn receive(&self, most: usize, bytes: usize, visibility: Option<Duration>) -> Vec<Message> {
        self.with(|store, now| store.receive(most, bytes, visibility, now))
    }

    fn delete(&self, receipts: impl IntoIterator<Item = Receipt>) -> Result<(), Expired> {
        let deleted = self.with(|store, _| receipts.into_iter().try_for_each(|receipt| store.delete(receipt)));
        // The next of the group may go.
        self.changed.notify_waiters();
        deleted
    }

    fn change_visibility(&self, receipt: Receipt, visibility: Duration) -> Result<(), Expired> {
        let changed = self.with(|store, now| store.change_visibility(receipt, visibility, now));
        self.changed.notify_waiters();
        changed
    }

    fn purge(&self) {
        self.with(|store, _| store.purge());
    }

    fn waiting(&self) -> usize {
        self.with(|store, _| store.waiting().len())
    }

    /// Returns once a message can be received, which another receiver may do first.
    async fn ready(&self) {
        loop {
            let mut changed = std::pin::pin!(self.changed.notified());
            // Before looking, so that nothing sent in between is missed.
            changed.as_mut().enable();
            let (ready, next_return) = self.with(|store, _| (store.ready(), store.next_return()));
            if ready {
                return;
            }
            match next_return {
                // Early waking would only mean another look, and a millisecond is the clock's grain.
                Some(at) => {
                    let wait = Duration::try_from(at - Timestamp::now()).unwrap_or_default();
                    let _ = timeout(wait + Duration::from_millis(1), changed).await;
                }
                None => changed.await,
            }
        }
    }

    /// Until so many messages wait or the time is over.
    async fn fill(&self, enough: usize, window: Duration) {
        let full = async {
            loop {
                let mut changed = std::pin::pin!(self.changed.notified());
                changed.as_mut().enable();
                if self.waiting() >= enough {
                    return;
                }
                changed.await;
            }
        };
        tokio::select! {
            () = full => {}
            () = sleep(window) => {}
        }
    }

    /// Every look at the queue first does what time has done to it.
    fn with<T>(&self, look: impl FnOnce(&mut Store, Timestamp) -> T) -> T {
        let now = Timestamp::now();
        let mut store = self.store();
        let dead = store.advance(now);
        let seen = look(&mut store, now);
        drop(store);
        if let Some(dead_letters) = &self.dead_letters
            && !dead.is_empty()
        {
            let mut store = dead_letters.store();
            for message in dead {
                store.bury(message, now);
            }
            drop(store);
            dead_letters.changed.notify_waiters();
        }
        seen
    }

    fn store(&self) -> MutexGuard<'_, Store> {
        // Every change of the store is complete before anything can panic.
        self.store.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
