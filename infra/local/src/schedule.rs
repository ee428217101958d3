//! `EventBridge` as far as a `rate(…)` needs it.

use std::sync::Arc;
use std::time::{Duration, Instant};

use bytes::Bytes;
use jiff::Timestamp;
use serde_json::json;
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::{MissedTickBehavior, interval_at, timeout};
use uuid::Uuid;

use crate::http::LAST_ANSWERS;
use crate::lambda::{ACCOUNT_ID, Function, Invoked, REGION};
use crate::log::{Log, Source, took};

pub(crate) struct Rule {
    pub(crate) name: String,
    pub(crate) every: Duration,
    pub(crate) function: Arc<Function>,
    pub(crate) log: Log,
}

impl Rule {
    /// Until told to stop, then waits for what is under way. The first time comes after one period, as on AWS.
    pub(crate) async fn run(self: Arc<Self>, mut stop: watch::Receiver<()>) {
        let mut ticks = interval_at(tokio::time::Instant::now() + self.every, self.every);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Skip);
        let mut under_way = JoinSet::new();
        loop {
            tokio::select! {
                _ = ticks.tick() => drop(under_way.spawn(Arc::clone(&self).fire())),
                _ = stop.changed() => break,
            }
            while under_way.try_join_next().is_some() {}
        }
        let _ = timeout(LAST_ANSWERS, async { while under_way.join_next().await.is_some() {} }).await;
    }

    async fn fire(self: Arc<Self>) {
        let begun = Instant::now();
        let event = event(&self.name, Timestamp::now());
        let Invoked { response, cold_start } = Arc::clone(&self.function).invoke(event).await;
        let outcome = if response.is_some() { "" } else { " failed" };
        let took = took(begun, cold_start);
        self.log.line(
            Source::Schedule,
            format!("{} to {}{outcome} {took}", self.name, self.function.name),
        );
    }
}

fn event(rule: &str, now: Timestamp) -> Bytes {
    let event = json!({
        "version": "0",
        "id": Uuid::new_v4().to_string(),
        "detail-type": "Scheduled Event",
        "source": "aws.events",
        "account": ACCOUNT_ID,
        "time": now.strftime("%Y-%m-%dT%H:%M:%SZ").to_string(),
        "region": REGION,
        "resources": [format!("arn:aws:events:{REGION}:{ACCOUNT_ID}:rule/local-{rule}")],
        "detail": {},
    });
    event.to_string().into()
}
