//! One execution environment: a process of the function's executable and the Runtime API it talks to.

use std::process::{ExitStatus, Stdio};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant, SystemTime};

use anyhow::{Context, Result, bail};
use bytes::Bytes;
use tokio::io::{AsyncBufReadExt, AsyncRead, BufReader};
use tokio::net::TcpListener;
use tokio::process::{Child, Command};
use tokio::sync::{Notify, mpsc, oneshot, watch};
use tokio::task::JoinSet;
use tokio::time::timeout;
use uuid::Uuid;

use super::{Function, runtime_api};
use crate::http;
use crate::log::{Log, Source};

/// Lambda gives a function ten seconds to call `next` for the first time.
const INIT_LIMIT: Duration = Duration::from_secs(10);
const LAST_LINES: Duration = Duration::from_millis(200);

#[derive(Debug)]
pub(super) enum Outcome {
    Response(Bytes),
    /// All of it went to the invocation's `stream`.
    Streamed,
    /// The function reported an error itself.
    Failed(String),
    TimedOut,
    /// The process ended before it answered.
    Died,
    /// The process ended before it took the event.
    NotTaken,
}

#[derive(Debug)]
pub struct Instance {
    pid: u32,
    pub(super) arn: String,
    started: Instant,
    state: Mutex<State>,
    /// Rung when an event lies ready for `next`.
    pub(super) event_ready: Notify,
    kill: Notify,
}

#[derive(Debug, Default)]
pub(super) struct State {
    pub(super) invocation: Option<Invocation>,
    pub(super) init: Option<Duration>,
    on_ready: Option<oneshot::Sender<Result<(), String>>>,
    invocations: u64,
    retired: bool,
    dead: bool,
}

#[derive(Debug)]
pub(super) struct Invocation {
    pub(super) request_id: Uuid,
    pub(super) deadline: SystemTime,
    /// Gone once the process has taken it.
    pub(super) event: Option<Bytes>,
    /// Where the response goes while it comes, when somebody asked for that.
    pub(super) stream: Option<mpsc::Sender<Bytes>>,
    pub(super) done: oneshot::Sender<Outcome>,
}

impl State {
    fn report(&mut self, start: Result<(), String>) {
        if let Some(on_ready) = self.on_ready.take() {
            // Nobody waits any more when the start took longer than the limit.
            let _ = on_ready.send(start);
        }
    }
}

impl Instance {
    pub fn pid(&self) -> u32 {
        self.pid
    }

    /// Process start to first `next`; zero until then.
    pub fn init(&self) -> Duration {
        self.state().init.unwrap_or_default()
    }

    pub fn invocations(&self) -> u64 {
        self.state().invocations
    }

    pub fn is_dead(&self) -> bool {
        self.state().dead
    }

    /// SIGKILL; the function's pool replaces it when it needs one.
    pub fn kill(&self) {
        // At once, so that no event is handed to a process that is about to go.
        self.state().dead = true;
        self.kill.notify_one();
    }

    /// As `kill`, without a word in the log.
    pub(super) fn retire(&self) {
        self.state().retired = true;
        self.kill();
    }

    /// Ends when the response has: a stream counts against the limit to its last byte.
    pub(super) async fn invoke(&self, event: Bytes, stream: Option<mpsc::Sender<Bytes>>, limit: Duration) -> Outcome {
        let (done, answer) = oneshot::channel();
        {
            let mut state = self.state();
            if state.dead {
                return Outcome::NotTaken;
            }
            state.invocations += 1;
            let deadline = SystemTime::now() + limit;
            state.invocation = Some(Invocation {
                request_id: Uuid::new_v4(),
                deadline,
                event: Some(event),
                stream,
                done,
            });
        }
        self.event_ready.notify_one();
        if let Ok(outcome) = timeout(limit, answer).await {
            return outcome.unwrap_or(Outcome::Died);
        }
        self.retire();
        Outcome::TimedOut
    }

    /// The process asks for its next event.
    pub(super) fn came_for_next(&self) {
        let mut state = self.state();
        if state.init.is_none() {
            state.init = Some(self.started.elapsed());
            state.report(Ok(()));
        }
    }

    /// The process says why it is about to end.
    pub(super) fn init_failed(&self, error: String) {
        self.state().report(Err(error));
    }

    /// Tells what ended the process, unless that was our own wish.
    fn ended(&self, exit: std::io::Result<ExitStatus>) -> Option<String> {
        let mut state = self.state();
        state.dead = true;
        state.on_ready = None;
        if let Some(Invocation { event, done, .. }) = state.invocation.take() {
            // An error means that the caller has given up waiting.
            let _ = done.send(if event.is_some() {
                Outcome::NotTaken
            } else {
                Outcome::Died
            });
        }
        (!state.retired).then(|| exit.map_or_else(|error| error.to_string(), |exit| exit.to_string()))
    }

    pub(super) fn state(&self) -> MutexGuard<'_, State> {
        // Every change of the state is complete before anything can panic.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

pub(super) struct Process {
    pub(super) instance: Arc<Instance>,
    child: Child,
    listener: TcpListener,
    /// Ends when both of its outputs are closed.
    outputs: JoinSet<()>,
}

pub(super) struct Ready(oneshot::Receiver<Result<(), String>>);

impl Ready {
    pub(super) async fn within_limit(self) -> Result<()> {
        match timeout(INIT_LIMIT, self.0).await {
            Ok(Ok(Ok(()))) => Ok(()),
            Ok(Ok(Err(error))) => bail!("{error}"),
            Ok(Err(_)) => bail!("the process ended before its first call of the Runtime API"),
            Err(_) => bail!("no call of the Runtime API within {} s", INIT_LIMIT.as_secs()),
        }
    }
}

impl Process {
    pub(super) async fn start(function: &Function) -> Result<(Self, Ready)> {
        // A port for each process: lambda_runtime takes host:port and nothing more, and no process can reach another's events.
        let (listener, address) = http::listen(0).await?;
        let started = Instant::now();
        let mut child = Command::new(&function.executable)
            .env_clear()
            .envs(function.environment.iter().map(|(key, value)| (key, value)))
            .env("AWS_LAMBDA_RUNTIME_API", address.to_string())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            // A terminal's Ctrl-C is for us to hear; we end the functions in order.
            .process_group(0)
            .kill_on_drop(true)
            .spawn()
            .with_context(|| function.executable.display().to_string())?;
        let pid = child.id().context("the process ended at once")?;
        let mut outputs = JoinSet::new();
        outputs.spawn(forward(
            child.stdout.take(),
            function.log.clone(),
            Arc::clone(&function.name),
        ));
        outputs.spawn(forward(
            child.stderr.take(),
            function.log.clone(),
            Arc::clone(&function.name),
        ));
        let (on_ready, ready) = oneshot::channel();
        let state = State {
            on_ready: Some(on_ready),
            ..State::default()
        };
        let arn = super::arn(&function.name);
        let instance = Instance {
            pid,
            arn,
            started,
            state: state.into(),
            event_ready: Notify::new(),
            kill: Notify::new(),
        };
        Ok((
            Self {
                instance: Arc::new(instance),
                child,
                listener,
                outputs,
            },
            Ready(ready),
        ))
    }

    /// Lives as long as the process. Tells what ended it, unless that was our own wish.
    pub(super) async fn run(self, mut stop: watch::Receiver<()>) -> (Arc<Instance>, Option<String>) {
        let Self {
            instance,
            mut child,
            listener,
            mut outputs,
        } = self;
        let (_alive, ended) = watch::channel(());
        tokio::spawn(runtime_api::serve(Arc::clone(&instance), listener, ended));
        let exit = tokio::select! {
            exit = child.wait() => exit,
            () = instance.kill.notified() => end(&mut child).await,
            _ = stop.changed() => {
                instance.state().retired = true;
                end(&mut child).await
            }
        };
        let why = instance.ended(exit);
        // What it said last, unless a process of its own still holds the pipe.
        let _ = timeout(LAST_LINES, async { while outputs.join_next().await.is_some() {} }).await;
        (instance, why)
    }
}

async fn end(child: &mut Child) -> std::io::Result<ExitStatus> {
    // Already gone is what we want.
    let _ = child.start_kill();
    child.wait().await
}

async fn forward(stream: Option<impl AsyncRead + Unpin>, log: Log, name: Arc<str>) {
    let Some(stream) = stream else { return };
    let mut lines = BufReader::new(stream).lines();
    while let Ok(Some(line)) = lines.next_line().await {
        log.line(Source::Function(Arc::clone(&name)), line);
    }
}
