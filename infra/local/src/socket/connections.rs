//! Who is connected, and the way to each of them. A post passes here: a look at the map, a place in the outbox, no more.

use std::collections::HashMap;
use std::fmt;
use std::sync::atomic::{AtomicI64, AtomicUsize, Ordering};
use std::sync::{Arc, PoisonError, RwLock};

use data_encoding::BASE64;
use jiff::Timestamp;
use percent_encoding::percent_decode_str;
use tokio::sync::{mpsc, watch};
use tokio_tungstenite::tungstenite::Utf8Bytes;

/// What may lie ready for a client that does not keep up. API Gateway has such a limit and does not say which.
const OUTBOX_MESSAGES: usize = 128;
const OUTBOX_BYTES: usize = 256 * 1024;

/// Eleven random bytes; as text they are what API Gateway's look like, `L0SM9cOFvHcCIhw=`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Id([u8; 11]);

impl Id {
    pub(super) fn random() -> Result<Self, getrandom::Error> {
        let mut bytes = [0; 11];
        getrandom::fill(&mut bytes)?;
        Ok(Self(bytes))
    }

    pub(super) fn parse(text: &[u8]) -> Option<Self> {
        let mut bytes = [0; 12];
        if text.len() != 16 {
            return None;
        }
        let length = BASE64.decode_mut(text, &mut bytes).ok()?;
        Some(Self(*bytes.get(..length)?.first_chunk()?))
    }

    /// From the segment of a path.
    pub(super) fn from_path(segment: &str) -> Option<Self> {
        let (mut text, mut length) = ([0; 16], 0);
        for byte in percent_decode_str(segment) {
            *text.get_mut(length)? = byte;
            length += 1;
        }
        Self::parse(&text[..length])
    }
}

impl fmt::Display for Id {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&BASE64.encode(&self.0))
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Disconnect {
    pub(super) code: u16,
    pub(super) reason: String,
}

impl Disconnect {
    pub(super) fn new(code: u16, reason: impl Into<String>) -> Self {
        Self {
            code,
            reason: reason.into(),
        }
    }
}

/// What a connection is told from outside.
#[derive(Debug, Clone)]
pub(super) enum Order {
    Stay,
    Close(Disconnect),
    /// Gone without a word, as when a laptop's lid closes.
    Vanish,
}

#[derive(Debug, PartialEq, Eq)]
pub(super) enum Refused {
    Gone,
    /// The client takes its messages more slowly than they come.
    Full,
}

pub(super) struct Connection {
    pub(super) id: Id,
    pub(super) connected_at: Timestamp,
    pub(super) source_ip: String,
    pub(super) user_agent: Option<String>,
    /// The `Host` it came to.
    pub(super) host: String,
    outbox: mpsc::Sender<Utf8Bytes>,
    outbox_bytes: AtomicUsize,
    orders: watch::Sender<Order>,
    last_active: AtomicI64,
}

/// The other ends of a connection's channels.
pub(super) struct Receivers {
    pub(super) outbox: mpsc::Receiver<Utf8Bytes>,
    pub(super) orders: watch::Receiver<Order>,
}

impl Connection {
    pub(super) fn new(
        id: Id,
        source_ip: String,
        user_agent: Option<String>,
        host: String,
        now: Timestamp,
    ) -> (Arc<Self>, Receivers) {
        let (outbox, outbox_receiver) = mpsc::channel(OUTBOX_MESSAGES);
        let (orders, orders_receiver) = watch::channel(Order::Stay);
        let new = Self {
            id,
            // Milliseconds are all that anybody is told.
            connected_at: Timestamp::from_millisecond(now.as_millisecond()).unwrap_or(now),
            source_ip,
            user_agent,
            host,
            outbox,
            outbox_bytes: AtomicUsize::new(0),
            orders,
            last_active: AtomicI64::new(now.as_millisecond()),
        };
        let receivers = Receivers {
            outbox: outbox_receiver,
            orders: orders_receiver,
        };
        (new.into(), receivers)
    }

    pub(super) fn post(&self, message: Utf8Bytes) -> Result<(), Refused> {
        let size = message.len();
        let before = self.outbox_bytes.fetch_add(size, Ordering::Relaxed);
        let posted = if before > 0 && before + size > OUTBOX_BYTES {
            Err(Refused::Full)
        } else {
            self.outbox.try_send(message).map_err(|error| match error {
                mpsc::error::TrySendError::Full(_) => Refused::Full,
                mpsc::error::TrySendError::Closed(_) => Refused::Gone,
            })
        };
        if posted.is_err() {
            self.outbox_bytes.fetch_sub(size, Ordering::Relaxed);
        }
        posted
    }

    /// A message of this size has left the outbox.
    pub(super) fn taken(&self, size: usize) {
        self.outbox_bytes.fetch_sub(size, Ordering::Relaxed);
    }

    pub(super) fn order(&self, order: Order) {
        self.orders.send_replace(order);
    }

    pub(super) fn touch(&self) {
        self.last_active
            .store(Timestamp::now().as_millisecond(), Ordering::Relaxed);
    }

    /// In milliseconds since 1970.
    pub(super) fn last_active(&self) -> i64 {
        self.last_active.load(Ordering::Relaxed)
    }
}

#[derive(Default)]
pub(super) struct Connections(RwLock<HashMap<Id, Arc<Connection>>>);

impl Connections {
    pub(super) fn get(&self, id: Id) -> Option<Arc<Connection>> {
        self.0.read().unwrap_or_else(PoisonError::into_inner).get(&id).cloned()
    }

    pub(super) fn insert(&self, connection: Arc<Connection>) {
        let mut all = self.0.write().unwrap_or_else(PoisonError::into_inner);
        all.insert(connection.id, connection);
    }

    pub(super) fn remove(&self, id: Id) {
        self.0.write().unwrap_or_else(PoisonError::into_inner).remove(&id);
    }

    pub(super) fn all(&self) -> Vec<Arc<Connection>> {
        let all = self.0.read().unwrap_or_else(PoisonError::into_inner);
        all.values().cloned().collect()
    }

    pub(super) fn len(&self) -> usize {
        self.0.read().unwrap_or_else(PoisonError::into_inner).len()
    }
}
