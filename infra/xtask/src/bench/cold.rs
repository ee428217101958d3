//! Cold starts, one after the other: a function's processes are killed, the next request starts a new one.

use std::{collections::BTreeMap, time::Duration};

use anyhow::{Result, ensure};
use local_cloud::Cloud;
use tokio::time::sleep;

use super::{Set, callers, samples::Samples, warm};

#[derive(Default)]
pub(super) struct Start {
    /// Process start to the first `next`.
    pub(super) init: Samples,
    /// Request to answer, with all that is made on first use: above all the connection to Postgres.
    pub(super) first_answer: Samples,
}

pub(super) async fn starts(set: &Set, names: &[String], count: usize) -> Result<BTreeMap<String, Start>> {
    let mut starts = BTreeMap::<String, Start>::new();
    // The first turn brings the executables from the disk and does not count.
    for turn in 0..=count {
        for name in names {
            let (init, first_answer) = start(set, name).await?;
            if turn > 0 {
                let start = starts.entry(name.clone()).or_default();
                start.init.push(init);
                start.first_answer.push(first_answer);
            }
        }
    }
    Ok(starts)
}

async fn start(set: &Set, name: &str) -> Result<(Duration, Duration)> {
    let cloud = set.cloud_of(name);
    kill(cloud, name).await;
    let (first_answer, answer) = warm::ask(set, name).await?;
    let instances = cloud.instances(name);
    ensure!(
        instances.len() == 1,
        "{name} has {} instances after one request",
        instances.len()
    );
    // A job that was claimed here would come back when its lease ends, where none is expected.
    if let Some(job) = callers::claimed(&answer) {
        set.callers.result(&job).send().await?.error_for_status()?;
    }
    Ok((instances[0].init(), first_answer))
}

async fn kill(cloud: &Cloud, name: &str) {
    loop {
        let instances = cloud.instances(name);
        if instances.is_empty() {
            return;
        }
        for instance in instances {
            instance.kill();
        }
        sleep(Duration::from_millis(2)).await;
    }
}
