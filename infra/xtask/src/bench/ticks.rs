//! From an agent's push to the sockets that watch: how long a tick takes, how many are skipped for newer ones, and that no
//! socket ever sees an older price after a newer one.

use std::{
    collections::HashSet,
    sync::atomic::{AtomicUsize, Ordering},
    time::{Duration, Instant},
};

use anyhow::{Context, Result, ensure};
use futures_util::{SinkExt, StreamExt, TryStreamExt, stream};
use serde_json::json;
use tokio::{net::TcpStream, sync::watch, task::JoinHandle, time::sleep};
use tokio_tungstenite::{WebSocketStream, client_async, tungstenite::Message};

use super::{Set, samples::Samples};

const INSTRUMENT: &str = "EURUSD";
const WARM_UP: Duration = Duration::from_secs(1);
const MEASURED: Duration = Duration::from_secs(6);
/// The newest tick has this long to reach every socket when no more follow.
const LAST_TICK: Duration = Duration::from_secs(10);
const OPENING_AT_ONCE: usize = 8;

/// How many sockets watch, and how many ticks a second they are sent.
#[derive(Clone, Copy)]
pub(super) struct Load {
    pub(super) sockets: usize,
    pub(super) per_second: u32,
}

/// The last one is more than can be delivered: ticks must be skipped, and nothing may pile up.
pub(super) const LOADS: [Load; 4] = [
    Load {
        sockets: 1,
        per_second: 20,
    },
    Load {
        sockets: 100,
        per_second: 10,
    },
    Load {
        sockets: 1000,
        per_second: 2,
    },
    Load {
        sockets: 1000,
        per_second: 40,
    },
];

pub(super) struct Flow {
    pub(super) load: Load,
    pub(super) ticks: usize,
    /// From just before the push to the client's having read the frame.
    pub(super) latency: Samples,
    /// Ticks times sockets, less what arrived.
    pub(super) skipped: usize,
    pub(super) out_of_order: usize,
    /// Sockets that did not get the newest tick.
    pub(super) without_newest: usize,
    pub(super) most_waiting: usize,
    /// Of `prices` and `price-broadcast`.
    pub(super) cpu_per_message: Duration,
}

pub(super) async fn flow(set: &Set, load: Load) -> Result<Flow> {
    // No tick is like one of an earlier flow, the last of which is what these sockets are sent first.
    let mut pushes = Pushes {
        first: NEXT.load(Ordering::Relaxed),
        sent: Vec::new(),
    };
    let (stop, stopped) = watch::channel(());
    let readers: Vec<Reader> = stream::iter(0..load.sockets)
        .map(|_| open(set))
        .buffer_unordered(OPENING_AT_ONCE)
        .map_ok(|socket| tokio::spawn(read(socket, stopped.clone())))
        .try_collect()
        .await?;
    pushes.run(set, load.per_second, WARM_UP).await?;
    let first_measured = pushes.sent.len();
    let before = cpu(set)?;
    let most_waiting = pushes.run(set, load.per_second, MEASURED).await?;
    drained(set).await?;
    let spent = cpu(set)?.saturating_sub(before);
    stop.send_replace(());
    let mut flow = Flow {
        load,
        ticks: pushes.sent.len() - first_measured,
        latency: Samples::default(),
        skipped: 0,
        out_of_order: 0,
        without_newest: 0,
        most_waiting,
        cpu_per_message: Duration::ZERO,
    };
    for reader in readers {
        flow.add(&pushes, first_measured, &reader.await??);
    }
    let messages = u32::try_from(flow.latency.len()).unwrap_or(u32::MAX).max(1);
    flow.cpu_per_message = spent / messages;
    flow.skipped = (flow.ticks * load.sockets).saturating_sub(flow.latency.len());
    Ok(flow)
}

impl Flow {
    fn add(&mut self, pushes: &Pushes, first_measured: usize, arrivals: &[Arrival]) {
        let mut newest = 0;
        let mut seen = HashSet::new();
        for Arrival { tick, at } in arrivals {
            let Some(tick) = tick.checked_sub(pushes.first) else {
                continue;
            };
            self.out_of_order += usize::from(tick < newest);
            newest = newest.max(tick);
            if tick >= first_measured && seen.insert(tick) {
                self.latency.push(*at - pushes.sent[tick]);
            }
        }
        self.without_newest += usize::from(newest + 1 != pushes.sent.len());
    }
}

/// The number of the next tick.
static NEXT: AtomicUsize = AtomicUsize::new(0);

/// When each tick was sent, from the first on; a tick's number is in its bid.
struct Pushes {
    first: usize,
    sent: Vec<Instant>,
}

impl Pushes {
    /// At the given rate, one after the other. Returns how many messages waited in the queue at most.
    async fn run(&mut self, set: &Set, per_second: u32, span: Duration) -> Result<usize> {
        let began = Instant::now();
        let mut most_waiting = 0;
        for turn in 0.. {
            let due = began + Duration::from_secs(1) * turn / per_second;
            if due > began + span {
                break;
            }
            sleep(due.saturating_duration_since(Instant::now())).await;
            let bid = 100_000 + NEXT.fetch_add(1, Ordering::Relaxed);
            let price = |points: usize| format!("{}.{:05}", points / 100_000, points % 100_000);
            let body = json!({INSTRUMENT: {"bid": price(bid), "ask": price(bid + 8)}});
            self.sent.push(Instant::now());
            let answer = set.callers.push(&body).send().await?;
            ensure!(answer.status().is_success(), "a push was answered {}", answer.status());
            most_waiting = most_waiting.max(waiting(set)?);
        }
        Ok(most_waiting)
    }
}

fn waiting(set: &Set) -> Result<usize> {
    Ok(set
        .cloud
        .queue("NewsQueue")
        .context("the template has no NewsQueue")?
        .waiting)
}

async fn drained(set: &Set) -> Result<()> {
    let deadline = Instant::now() + LAST_TICK;
    loop {
        let queue = set.cloud.queue("NewsQueue").context("the template has no NewsQueue")?;
        if queue.waiting + queue.in_flight == 0 {
            // What was posted last is on its way to the readers.
            sleep(Duration::from_millis(200)).await;
            return Ok(());
        }
        ensure!(
            Instant::now() < deadline,
            "the queue has not drained: {} messages",
            queue.waiting
        );
        sleep(Duration::from_millis(20)).await;
    }
}

/// What the functions on the way have used so far.
fn cpu(set: &Set) -> Result<Duration> {
    let mut spent = Duration::ZERO;
    for function in ["prices", "price-broadcast"] {
        for instance in set.cloud.instances(function) {
            spent += super::cpu::of_process(instance.pid())?;
        }
    }
    Ok(spent)
}

struct Arrival {
    tick: usize,
    at: Instant,
}

type Reader = JoinHandle<Result<Vec<Arrival>>>;

async fn open(set: &Set) -> Result<WebSocketStream<TcpStream>> {
    let ticket = set.callers.ticket().await?;
    let url = set.cloud.ws_url().context("the template has no WebSocket API")?;
    let host = url.trim_start_matches("ws://").split('/').next().context("a host")?;
    let stream = TcpStream::connect(host).await?;
    stream.set_nodelay(true)?;
    let (mut socket, _) = client_async(format!("{url}?ticket={ticket}"), stream).await?;
    let subscribe = json!({"action": "subscribe", "instruments": [INSTRUMENT]});
    socket.send(Message::text(subscribe.to_string())).await?;
    // Its pong comes after the subscription is registered.
    socket.send(Message::text(r#"{"action":"ping"}"#)).await?;
    while let Some(message) = socket.next().await {
        if message?.to_text()?.contains("pong") {
            return Ok(socket);
        }
    }
    anyhow::bail!("a socket ended before its pong")
}

async fn read(mut socket: WebSocketStream<TcpStream>, mut stopped: watch::Receiver<()>) -> Result<Vec<Arrival>> {
    let mut arrivals = Vec::new();
    loop {
        let message = tokio::select! {
            message = socket.next() => message.context("a socket ended")??,
            _ = stopped.changed() => break,
        };
        let at = Instant::now();
        if let Some(tick) = message.to_text().ok().and_then(tick_of) {
            arrivals.push(Arrival { tick, at });
        }
    }
    socket.close(None).await?;
    Ok(arrivals)
}

/// `"bid":1.00007` is tick 7.
fn tick_of(message: &str) -> Option<usize> {
    let (_, bid) = message.split_once("\"bid\":")?;
    let bid = bid.split(',').next()?;
    let (whole, part) = bid.split_once('.').unwrap_or((bid, ""));
    let points: usize = format!("{whole}{part:0<5}").parse().ok()?;
    points.checked_sub(100_000)
}
