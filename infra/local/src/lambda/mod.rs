//! Lambda: a function is a pool of processes, each of which serves one request at a time.

mod environment;
mod instance;
mod runtime_api;

use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::{Duration, Instant};

use bytes::Bytes;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, mpsc, watch};
use tokio::task::JoinSet;

pub use self::instance::Instance;
use self::instance::{Outcome, Process};
use crate::log::{Log, Source};
use crate::template;

pub(crate) const REGION: &str = "eu-central-1";
pub(crate) const ACCOUNT_ID: &str = "000000000000";
/// Lambda's limit for a synchronous request or response.
pub(crate) const PAYLOAD_LIMIT: usize = 6 * 1024 * 1024;

pub(crate) fn arn(function: &str) -> String {
    format!("arn:aws:lambda:{REGION}:{ACCOUNT_ID}:function:{function}")
}

#[derive(Debug, Clone, Copy)]
pub(crate) struct Limits {
    pub(crate) max_instances: usize,
    pub(crate) idle_timeout: Duration,
}

/// The right to one instance. Whoever holds it can have an event handled at once, or after a start.
pub(crate) struct Turn(OwnedSemaphorePermit);

/// What a caller (a gateway, a queue, a schedule) learns of an invocation.
#[derive(Default)]
pub(crate) struct Invoked {
    /// The function's response, empty when it was streamed; `None` when it failed in any way, of which the log tells.
    pub(crate) response: Option<Bytes>,
    /// How long the start took that this invocation had to wait for.
    pub(crate) cold_start: Option<Duration>,
}

pub(crate) struct Function {
    pub(crate) name: Arc<str>,
    pub(crate) timeout: Duration,
    executable: PathBuf,
    environment: Vec<(String, String)>,
    log: Log,
    /// One permit for each request under way: queues first come, first served once all instances are busy.
    permits: Arc<Semaphore>,
    pool: Mutex<Pool>,
    stop: watch::Receiver<()>,
}

#[derive(Default)]
struct Pool {
    /// The last one used is taken first, so that the others can grow old and be stopped.
    idle: Vec<(Arc<Instance>, Instant)>,
    live: Vec<Arc<Instance>>,
    processes: JoinSet<()>,
}

impl Function {
    pub(crate) fn new(
        function: &template::Function,
        executable: PathBuf,
        limits: Limits,
        log: Log,
        stop: watch::Receiver<()>,
    ) -> Arc<Self> {
        let new = Arc::new(Self {
            name: function.name.as_str().into(),
            timeout: function.timeout,
            executable,
            environment: environment::of(function),
            log,
            permits: Semaphore::new(limits.max_instances).into(),
            pool: Mutex::default(),
            stop,
        });
        tokio::spawn(stop_idle(Arc::downgrade(&new), limits.idle_timeout));
        new
    }

    pub(crate) async fn invoke(self: Arc<Self>, event: Bytes) -> Invoked {
        match self.turn().await {
            Some(turn) => self.take_turn(turn, event).await,
            None => Invoked::default(),
        }
    }

    /// As `InvokeWithResponseStream`: what the function writes goes to `stream` at once. Ends when the response has.
    pub(crate) async fn invoke_streaming(self: Arc<Self>, event: Bytes, stream: mpsc::Sender<Bytes>) -> Invoked {
        match self.turn().await {
            Some(turn) => self.run(turn, event, Some(stream)).await,
            None => Invoked::default(),
        }
    }

    /// Comes when an instance is free or one more may be started.
    pub(crate) async fn turn(&self) -> Option<Turn> {
        Arc::clone(&self.permits).acquire_owned().await.ok().map(Turn)
    }

    pub(crate) async fn take_turn(self: Arc<Self>, turn: Turn, event: Bytes) -> Invoked {
        self.run(turn, event, None).await
    }

    async fn run(self: Arc<Self>, turn: Turn, event: Bytes, stream: Option<mpsc::Sender<Bytes>>) -> Invoked {
        let Turn(_permit) = turn;
        let mut invoked = Invoked::default();
        loop {
            let idle = self.pool().idle.pop();
            let instance = if let Some((instance, _)) = idle {
                instance
            } else {
                let Some(started) = self.start().await else {
                    return invoked;
                };
                invoked.cold_start = Some(started.init());
                started
            };
            let outcome = instance.invoke(event.clone(), stream.clone(), self.timeout).await;
            if matches!(outcome, Outcome::NotTaken) {
                // It died while it was idle: the event was never seen, so another one may have it.
                continue;
            }
            invoked.response = self.response(outcome, &instance);
            if !instance.is_dead() {
                self.pool().idle.push((instance, Instant::now()));
            }
            return invoked;
        }
    }

    fn response(&self, outcome: Outcome, instance: &Instance) -> Option<Bytes> {
        match outcome {
            Outcome::Response(response) => return Some(response),
            Outcome::Streamed => return Some(Bytes::new()),
            Outcome::Failed(error) => self.say(format!("failed: {error}")),
            Outcome::TimedOut => {
                self.say(format!(
                    "timed out after {} s, process {} killed",
                    self.timeout.as_secs(),
                    instance.pid()
                ));
            }
            // The end of the process is logged with its reason.
            Outcome::Died | Outcome::NotTaken => {}
        }
        None
    }

    async fn start(self: &Arc<Self>) -> Option<Arc<Instance>> {
        let started = Process::start(self).await;
        let (process, ready) = match started {
            Ok(started) => started,
            Err(error) => {
                self.say(format!("cannot start: {error:#}"));
                return None;
            }
        };
        let instance = Arc::clone(&process.instance);
        let function = Arc::clone(self);
        {
            let mut pool = self.pool();
            while pool.processes.try_join_next().is_some() {}
            pool.live.push(Arc::clone(&instance));
            pool.processes.spawn(async move {
                let end = process.run(function.stop.clone()).await;
                function.forget(end);
            });
        }
        match ready.within_limit().await {
            Ok(()) => Some(instance),
            Err(error) => {
                self.say(format!("did not come up: {error}"));
                instance.kill();
                None
            }
        }
    }

    fn forget(&self, (dead, why): (Arc<Instance>, Option<String>)) {
        let mut pool = self.pool();
        pool.idle.retain(|(instance, _)| !Arc::ptr_eq(instance, &dead));
        pool.live.retain(|instance| !Arc::ptr_eq(instance, &dead));
        drop(pool);
        if let Some(why) = why {
            self.say(format!("process {} ended: {why}", dead.pid()));
        }
    }

    pub(crate) fn instances(&self) -> Vec<Arc<Instance>> {
        self.pool()
            .live
            .iter()
            .filter(|instance| !instance.is_dead())
            .cloned()
            .collect()
    }

    /// After `stop` was given: waits until the last process is gone.
    pub(crate) async fn gone(&self) {
        let mut processes = std::mem::take(&mut self.pool().processes);
        while processes.join_next().await.is_some() {}
    }

    fn say(&self, text: String) {
        self.log.line(Source::Function(Arc::clone(&self.name)), text);
    }

    fn pool(&self) -> MutexGuard<'_, Pool> {
        // Every change of the pool is complete before anything can panic.
        self.pool.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

async fn stop_idle(function: Weak<Function>, idle_timeout: Duration) {
    let mut ticks = tokio::time::interval((idle_timeout / 4).clamp(Duration::from_millis(10), Duration::from_secs(5)));
    loop {
        ticks.tick().await;
        let Some(function) = function.upgrade() else {
            return;
        };
        function.pool().idle.retain(|(instance, since)| {
            let keep = since.elapsed() < idle_timeout;
            if !keep {
                instance.retire();
            }
            keep
        });
    }
}
