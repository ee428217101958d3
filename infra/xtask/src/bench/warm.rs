//! Requests to functions that are up: an alert comes in, its job is claimed and its result reported, then there is nothing
//! to do. Each by the whole path and by Postgres alone, in turns, so that every claim finds a job and every poll finds none.

use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use futures_util::future::try_join_all;
use reqwest::RequestBuilder;
use serde_json::Value;

use super::{
    EMPTY, Set,
    callers::{self, Callers, Job, Usual},
    direct::Direct,
    samples::Samples,
};

/// Two rounds are measured in opposite order, so that none always comes after the same other one.
const THERE: [Step; 8] = [
    Step::Empty,
    Step::Webhook,
    Step::Receive,
    Step::JobClaim,
    Step::Claim,
    Step::JobResult,
    Step::EmptyPoll,
    Step::Poll,
];
const BACK: [Step; 8] = [
    Step::Receive,
    Step::Webhook,
    Step::Claim,
    Step::JobClaim,
    Step::JobResult,
    Step::Poll,
    Step::EmptyPoll,
    Step::Empty,
];
/// How often a connection repeats a step before all go on to the next, where there are several connections.
const REPEAT: usize = 5;
const TIME_LIMIT: Duration = Duration::from_secs(40);
/// Requests to each function that is measured in memory only.
const OTHERS: usize = 100;

#[derive(Debug, Clone, Copy)]
enum Step {
    Empty,
    Webhook,
    Receive,
    JobClaim,
    Claim,
    JobResult,
    EmptyPoll,
    Poll,
}

/// What one number of connections took.
#[derive(Default)]
pub(super) struct Load {
    pub(super) connections: usize,
    pub(super) empty: Samples,
    /// By the whole path, and its statement asked directly.
    pub(super) webhook: Compared,
    pub(super) job_found: Compared,
    pub(super) nothing_to_do: Compared,
    pub(super) job_result: Samples,
}

#[derive(Default)]
pub(super) struct Compared {
    pub(super) path: Samples,
    pub(super) direct: Samples,
}

impl Load {
    fn of(&mut self, step: Step) -> &mut Samples {
        match step {
            Step::Empty => &mut self.empty,
            Step::Webhook => &mut self.webhook.path,
            Step::Receive => &mut self.webhook.direct,
            Step::JobClaim => &mut self.job_found.path,
            Step::Claim => &mut self.job_found.direct,
            Step::JobResult => &mut self.job_result,
            Step::EmptyPoll => &mut self.nothing_to_do.path,
            Step::Poll => &mut self.nothing_to_do.direct,
        }
    }
}

/// As many samples of each step, or as many as fit in the time.
pub(super) async fn load(workers: &mut [Worker], samples: usize) -> Result<Load> {
    let connections = workers.len();
    let repeat = if connections == 1 { 1 } else { REPEAT };
    let mut load = Load {
        connections,
        ..Load::default()
    };
    // Whatever was claimed or sent before.
    workers[0].drain().await?;
    // Instances start, connect and prove the agent's key.
    for order in [THERE, BACK] {
        round(workers, order, repeat, &mut Load::default()).await?;
    }
    let began = Instant::now();
    for order in [THERE, BACK].into_iter().cycle() {
        if load.webhook.path.len() >= samples || began.elapsed() > TIME_LIMIT {
            break;
        }
        round(workers, order, repeat, &mut load).await?;
    }
    Ok(load)
}

async fn round(workers: &mut [Worker], order: [Step; 8], repeat: usize, load: &mut Load) -> Result<()> {
    for step in order {
        // Of the two jobs in a round, one was claimed directly.
        let repeat = if matches!(step, Step::JobResult) {
            2 * repeat
        } else {
            repeat
        };
        let taken = try_join_all(workers.iter_mut().map(|worker| worker.repeat(step, repeat))).await?;
        for took in taken.into_iter().flatten() {
            load.of(step).push(took);
        }
    }
    Ok(())
}

/// One connection to the gateway and one to Postgres.
pub(super) struct Worker {
    callers: Callers,
    direct: Direct,
    claimed: Vec<Job>,
}

impl Worker {
    pub(super) async fn new(set: &Set) -> Result<Self> {
        let direct = Direct::connect(set).await?;
        Ok(Self {
            callers: set.callers.clone(),
            direct,
            claimed: Vec::new(),
        })
    }

    async fn repeat(&mut self, step: Step, count: usize) -> Result<Vec<Duration>> {
        let mut taken = Vec::with_capacity(count);
        for _ in 0..count {
            taken.push(self.step(step).await.with_context(|| format!("{step:?}"))?);
        }
        Ok(taken)
    }

    async fn step(&mut self, step: Step) -> Result<Duration> {
        match step {
            Step::Empty => Ok(send(self.callers.empty()).await?.0),
            Step::Webhook => {
                let (took, answer) = send(self.callers.alert()).await?;
                ensure!(answer["status"] == "pending", "an alert was not accepted: {answer}");
                Ok(took)
            }
            Step::Receive => self.direct.receive().await,
            Step::JobClaim => {
                let (took, answer) = send(self.callers.claim()).await?;
                self.claimed
                    .push(callers::claimed(&answer).context("no job where there must be one")?);
                Ok(took)
            }
            Step::Claim => {
                let (took, job) = self.direct.claim().await?;
                self.claimed.push(job.context("no job where there must be one")?);
                Ok(took)
            }
            Step::JobResult => {
                let job = self.claimed.pop().context("no claimed job to report")?;
                Ok(send(self.callers.result(&job)).await?.0)
            }
            Step::EmptyPoll => {
                let (took, answer) = send(self.callers.claim()).await?;
                ensure!(callers::claimed(&answer).is_none(), "a job where there must be none");
                Ok(took)
            }
            Step::Poll => {
                let (took, job) = self.direct.claim().await?;
                ensure!(job.is_none(), "a job where there must be none");
                Ok(took)
            }
        }
    }

    async fn drain(&mut self) -> Result<()> {
        while let Some(job) = callers::claimed(&send(self.callers.claim()).await?.1) {
            send(self.callers.result(&job)).await?;
        }
        Ok(())
    }
}

async fn send(request: RequestBuilder) -> Result<(Duration, Value)> {
    let (client, request) = request.build_split();
    let request = request?;
    let asked = Instant::now();
    let response = client.execute(request).await?;
    let status = response.status();
    let body = response.text().await?;
    let took = asked.elapsed();
    Ok((took, callers::read(status, &body)?))
}

/// Takes the functions that no round asks through their usual work.
pub(super) async fn others(set: &Set, names: &[String]) -> Result<()> {
    let in_rounds = [EMPTY, "webhook", "job-claim", "job-result"];
    for name in names.iter().filter(|name| !in_rounds.contains(&name.as_str())) {
        for _ in 0..OTHERS {
            ask(set, name).await?;
        }
    }
    Ok(())
}

/// Takes a function through its usual work. A refusal is an answer, a failure is none.
pub(super) async fn ask(set: &Set, name: &str) -> Result<(Duration, Value)> {
    let usual = set.callers.usual(name)?;
    let asked = Instant::now();
    match usual {
        Usual::Request(request) => {
            let response = request.send().await?;
            let status = response.status();
            let body = response.text().await?;
            let took = asked.elapsed();
            ensure!(
                !status.is_server_error(),
                "{name} answered {status}; see the logs in target/bench"
            );
            Ok((took, serde_json::from_str(&body).unwrap_or_default()))
        }
        Usual::Event(event) => {
            let answer = set.cloud.invoke(name, event).await;
            let took = asked.elapsed();
            ensure!(answer.is_some(), "{name} failed; see the logs in target/bench");
            Ok((took, Value::Null))
        }
    }
}
