//! The life of a connection after its `$connect`: its messages one after another, its end, its `$disconnect`.

use std::collections::VecDeque;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio::time::{Instant, sleep};
use tokio_tungstenite::tungstenite::Utf8Bytes;

use super::Sockets;
use super::connections::{Connection, Disconnect, Order};
use super::wire::{End, Wire};

/// Beyond this the client's next messages wait in its own buffers.
const HEARD_LIMIT: usize = 16;

pub(super) struct Conversation {
    pub(super) sockets: Arc<Sockets>,
    pub(super) connection: Arc<Connection>,
    pub(super) wire: Wire,
    pub(super) orders: watch::Receiver<Order>,
}

/// Messages that were heard, the first of which a function may be busy with.
struct Heard {
    sockets: Arc<Sockets>,
    connection: Arc<Connection>,
    waiting: VecDeque<Utf8Bytes>,
    under_way: Option<JoinHandle<()>>,
}

enum Over {
    Vanished,
    Ended(End),
}

impl Conversation {
    pub(super) async fn hold(mut self) {
        let mut heard = Heard {
            sockets: Arc::clone(&self.sockets),
            connection: Arc::clone(&self.connection),
            waiting: VecDeque::new(),
            under_way: None,
        };
        let over = self.listen(&mut heard).await;
        let Self {
            sockets,
            connection,
            wire,
            orders: _,
        } = self;
        sockets.connections.remove(connection.id);
        let disconnect = match over {
            Over::Vanished => return,
            Over::Ended(End::Leave(disconnect)) => {
                wire.close(&disconnect).await;
                disconnect
            }
            Over::Ended(End::Left(disconnect)) => {
                wire.hang_up().await;
                disconnect
            }
        };
        // What it said before it left comes before the news that it has.
        while heard.begin() {
            heard.done().await;
        }
        sockets.disconnected(&connection, &disconnect).await;
    }

    async fn listen(&mut self, heard: &mut Heard) -> Over {
        let limits = self.sockets.limits;
        let end = Instant::now() + limits.lifetime;
        let mut clock = pin!(sleep(limits.idle_timeout.min(limits.lifetime)));
        loop {
            let busy = heard.begin();
            tokio::select! {
                biased;
                _ = self.orders.changed() => match self.orders.borrow_and_update().clone() {
                    Order::Stay => {}
                    Order::Close(why) => return Over::Ended(End::Leave(why)),
                    Order::Vanish => return Over::Vanished,
                },
                text = self.wire.hear(heard.waiting.len() >= HEARD_LIMIT) => match text {
                    Ok(text) => heard.waiting.push_back(text),
                    Err(end) => return Over::Ended(end),
                },
                () = heard.done(), if busy => {}
                // Set early and looked at when it rings: setting it with every message would cost more.
                () = &mut clock => {
                    let rest = self.patience().min(end - Instant::now());
                    if rest.is_zero() {
                        return Over::Ended(End::Leave(Disconnect::new(1001, "Going away")));
                    }
                    clock.as_mut().reset(Instant::now() + rest);
                }
            }
        }
    }

    /// How much longer nothing may go either way.
    fn patience(&self) -> Duration {
        let silent = Timestamp::now().as_millisecond() - self.connection.last_active();
        let silent = Duration::from_millis(u64::try_from(silent).unwrap_or_default());
        self.sockets.limits.idle_timeout.saturating_sub(silent)
    }
}

impl Heard {
    /// Whether a function is, or now gets, busy with a message.
    fn begin(&mut self) -> bool {
        if self.under_way.is_none()
            && let Some(text) = self.waiting.pop_front()
        {
            let (sockets, connection) = (Arc::clone(&self.sockets), Arc::clone(&self.connection));
            // A task of its own: the function goes on when the client is gone.
            self.under_way = Some(tokio::spawn(async move { sockets.deliver(&connection, &text).await }));
        }
        self.under_way.is_some()
    }

    async fn done(&mut self) {
        if let Some(delivery) = &mut self.under_way {
            // An error means that it panicked, which has told its own story.
            let _ = delivery.await;
            self.under_way = None;
        }
    }
}
