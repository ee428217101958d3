//! What a FIFO queue remembers so that nothing sent twice is kept twice.

use std::collections::{HashMap, VecDeque};
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;

use super::Sent;
use crate::sqs::message::Content;
use crate::template::{DeduplicationScope, Fifo};

const WINDOW: Duration = Duration::from_mins(5);

/// Within which group, and the sender's or the content's mark.
type Key = (Option<Arc<str>>, Arc<str>);

#[derive(Default)]
pub(super) struct Recent {
    sent: HashMap<Key, Sent>,
    by_age: VecDeque<(Timestamp, Key)>,
}

impl Recent {
    pub(super) fn find(&mut self, fifo: Option<Fifo>, content: &Content, now: Timestamp) -> Option<Sent> {
        while let Some((at, key)) = self.by_age.front()
            && *at + WINDOW <= now
        {
            self.sent.remove(key);
            self.by_age.pop_front();
        }
        self.sent.get(&key(fifo?, content)?).copied()
    }

    pub(super) fn remember(&mut self, fifo: Option<Fifo>, content: &Content, sent: Sent, now: Timestamp) {
        if let Some(key) = fifo.and_then(|fifo| key(fifo, content)) {
            self.sent.insert(key.clone(), sent);
            self.by_age.push_back((now, key));
        }
    }
}

fn key(fifo: Fifo, content: &Content) -> Option<Key> {
    let scope = match fifo.deduplication_scope {
        DeduplicationScope::MessageGroup => content.group.clone(),
        DeduplicationScope::Queue => None,
    };
    Some((scope, content.deduplication_id.clone()?))
}
