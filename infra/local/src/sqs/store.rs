//! The rules of a queue, without a clock and without a lock: what is given out, to whom, how often.

mod deduplication;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use uuid::Uuid;

use self::deduplication::Recent;
use super::QueueState;
use super::message::{Content, Message, Receipt};
use crate::template;

pub(super) struct Store {
    fifo: Option<template::Fifo>,
    visibility_timeout: Duration,
    retention: Duration,
    max_receives: Option<u32>,
    last_sequence: u64,
    sent_total: u64,
    /// By sequence number, which is by age.
    waiting: BTreeMap<u64, Message>,
    lanes: HashMap<Arc<str>, Lane>,
    /// The first message of every lane that may give one out.
    ready: BTreeMap<u64, Arc<str>>,
    in_flight: HashMap<u64, (Message, Timestamp)>,
    /// When messages in flight become visible again.
    returns: BTreeSet<(Timestamp, u64)>,
    recent: Recent,
}

/// A message group; a standard queue has a single one that is never closed.
#[derive(Default)]
struct Lane {
    waiting: BTreeSet<u64>,
    in_flight: usize,
    /// Under which of its messages it stands in `ready`.
    listed: Option<u64>,
}

/// A message that was accepted, now or within the deduplication window.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Sent {
    pub(super) id: Uuid,
    pub(super) sequence: u64,
}

/// What a receipt that is no longer good means for the caller.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Expired;

impl Store {
    pub(super) fn new(queue: &template::Queue) -> Self {
        Self {
            fifo: queue.fifo,
            visibility_timeout: queue.visibility_timeout,
            retention: queue.retention,
            max_receives: queue.redrive.as_ref().map(|redrive| redrive.max_receives),
            last_sequence: 0,
            sent_total: 0,
            waiting: BTreeMap::new(),
            lanes: HashMap::new(),
            ready: BTreeMap::new(),
            in_flight: HashMap::new(),
            returns: BTreeSet::new(),
            recent: Recent::default(),
        }
    }

    pub(super) fn send(&mut self, content: Content, now: Timestamp) -> Sent {
        if let Some(earlier) = self.recent.find(self.fifo, &content, now) {
            return earlier;
        }
        self.last_sequence += 1;
        self.sent_total += 1;
        let sent = Sent {
            id: Uuid::new_v4(),
            sequence: self.last_sequence,
        };
        self.recent.remember(self.fifo, &content, sent, now);
        self.put(Message {
            id: sent.id,
            sequence: sent.sequence,
            content: content.into(),
            sent_at: now,
            first_received_at: None,
            receives: 0,
        });
        sent
    }

    /// Takes in what another queue gave up on. Only FIFO queues start its age anew.
    pub(super) fn bury(&mut self, message: Message, now: Timestamp) {
        self.last_sequence += 1;
        self.put(Message {
            sequence: self.last_sequence,
            sent_at: if self.fifo.is_some() { now } else { message.sent_at },
            ..message
        });
    }

    /// Messages of one group come together. `bytes` is the most all bodies may have, beyond the first.
    pub(super) fn receive(
        &mut self,
        most: usize,
        bytes: usize,
        visibility: Option<Duration>,
        now: Timestamp,
    ) -> Vec<Message> {
        let visible_at = now + visibility.unwrap_or(self.visibility_timeout);
        let (mut taken, mut size) = (Vec::new(), 0);
        while let Some((_, lane)) = self.ready.first_key_value() {
            let name = Arc::clone(lane);
            let Some(lane) = self.lanes.get_mut(&name) else { break };
            let before = taken.len();
            while taken.len() < most
                && let Some(first) = lane.waiting.first()
                && let Some(message) = self.waiting.get(first)
                && (taken.is_empty() || size + message.content.size() <= bytes)
                && let Some(mut message) = self.waiting.remove(&lane.waiting.pop_first().unwrap_or_default())
            {
                size += message.content.size();
                message.receives += 1;
                message.first_received_at.get_or_insert(now);
                lane.in_flight += 1;
                self.returns.insert((visible_at, message.sequence));
                self.in_flight.insert(message.sequence, (message.clone(), visible_at));
                taken.push(message);
            }
            let full = taken.len() == most || taken.len() == before;
            self.list(&name);
            if full || self.fifo.is_none() {
                break;
            }
        }
        taken
    }

    /// Harmless when repeated.
    pub(super) fn delete(&mut self, receipt: Receipt) -> Result<(), Expired> {
        if self.holds(receipt) {
            self.take_back(receipt.sequence);
            return Ok(());
        }
        // A standard queue takes a late receipt, unless somebody else has the message by now.
        let late = |message: &Message| message.receives == receipt.receives;
        if self.waiting.get(&receipt.sequence).is_some_and(late) {
            if self.fifo.is_some() {
                return Err(Expired);
            }
            self.forget(receipt.sequence);
        }
        Ok(())
    }

    pub(super) fn change_visibility(
        &mut self,
        receipt: Receipt,
        visibility: Duration,
        now: Timestamp,
    ) -> Result<(), Expired> {
        if !self.holds(receipt) {
            return Err(Expired);
        }
        if let Some((_, visible_at)) = self.in_flight.get_mut(&receipt.sequence) {
            self.returns.remove(&(*visible_at, receipt.sequence));
            *visible_at = now + visibility;
            self.returns.insert((*visible_at, receipt.sequence));
        }
        Ok(())
    }

    pub(super) fn purge(&mut self) {
        self.waiting.clear();
        self.lanes.clear();
        self.ready.clear();
        self.in_flight.clear();
        self.returns.clear();
    }

    /// Does what the passing of time does, and hands over the messages that were received too often.
    pub(super) fn advance(&mut self, now: Timestamp) -> Vec<Message> {
        let mut dead = Vec::new();
        while let Some((visible_at, sequence)) = self.returns.first().copied()
            && visible_at <= now
        {
            let Some(message) = self.take_back(sequence) else {
                continue;
            };
            if self.max_receives.is_some_and(|most| message.receives >= most) {
                dead.push(message);
            } else {
                self.put(message);
            }
        }
        while let Some((sequence, oldest)) = self.waiting.first_key_value()
            && oldest.sent_at + self.retention <= now
        {
            self.forget(*sequence);
        }
        dead
    }

    pub(super) fn ready(&self) -> bool {
        !self.ready.is_empty()
    }

    pub(super) fn waiting(&self) -> impl ExactSizeIterator<Item = &Message> {
        self.waiting.values()
    }

    /// When the next message in flight becomes visible again.
    pub(super) fn next_return(&self) -> Option<Timestamp> {
        self.returns.first().map(|(visible_at, _)| *visible_at)
    }

    pub(super) fn state(&self, now: Timestamp) -> QueueState {
        let in_flight = self.in_flight.values().map(|(message, _)| message.sent_at);
        let waiting = self.waiting.values().map(|message| message.sent_at);
        QueueState {
            waiting: self.waiting.len(),
            in_flight: self.in_flight.len(),
            sent_total: self.sent_total,
            oldest_age: in_flight
                .chain(waiting)
                .min()
                .map(|oldest| Duration::try_from(now - oldest).unwrap_or_default()),
        }
    }

    fn put(&mut self, message: Message) {
        let name = self.lane(&message);
        self.lanes
            .entry(Arc::clone(&name))
            .or_default()
            .waiting
            .insert(message.sequence);
        self.waiting.insert(message.sequence, message);
        self.list(&name);
    }

    fn holds(&self, receipt: Receipt) -> bool {
        self.in_flight
            .get(&receipt.sequence)
            .is_some_and(|(message, _)| message.receives == receipt.receives)
    }

    /// Out of flight, and nowhere else yet.
    fn take_back(&mut self, sequence: u64) -> Option<Message> {
        let (message, visible_at) = self.in_flight.remove(&sequence)?;
        self.returns.remove(&(visible_at, sequence));
        let name = self.lane(&message);
        if let Some(lane) = self.lanes.get_mut(&name) {
            lane.in_flight -= 1;
        }
        self.list(&name);
        Some(message)
    }

    fn forget(&mut self, sequence: u64) {
        let Some(message) = self.waiting.remove(&sequence) else {
            return;
        };
        let name = self.lane(&message);
        if let Some(lane) = self.lanes.get_mut(&name) {
            lane.waiting.remove(&sequence);
        }
        self.list(&name);
    }

    fn lane(&self, message: &Message) -> Arc<str> {
        // Groups of a standard queue are for fairness among tenants and order nothing.
        match (&message.content.group, self.fifo) {
            (Some(group), Some(_)) => Arc::clone(group),
            _ => "".into(),
        }
    }

    /// Brings `ready` up to date with a lane that has changed.
    fn list(&mut self, name: &Arc<str>) {
        let Some(lane) = self.lanes.get_mut(name) else {
            return;
        };
        if let Some(listed) = lane.listed.take() {
            self.ready.remove(&listed);
        }
        let open = self.fifo.is_none() || lane.in_flight == 0;
        if let Some(first) = lane.waiting.first() {
            if open {
                lane.listed = Some(*first);
                self.ready.insert(*first, Arc::clone(name));
            }
        } else if lane.in_flight == 0 {
            self.lanes.remove(name);
        }
    }
}
