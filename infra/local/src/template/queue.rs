//! `AWS::SQS::Queue`.

use std::collections::BTreeMap;
use std::time::Duration;

use anyhow::{Context, Result, ensure};

use super::Addresses;
use super::schema::{DeduplicationScope, FifoThroughputLimit, QueueProperties};
use crate::lambda::{ACCOUNT_ID, REGION};

#[derive(Debug, Clone)]
pub struct Queue {
    pub logical_id: String,
    /// The logical id, with `.fifo` behind it where AWS demands that.
    pub name: String,
    /// `None` for a standard queue.
    pub fifo: Option<Fifo>,
    pub visibility_timeout: Duration,
    pub retention: Duration,
    pub redrive: Option<Redrive>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Fifo {
    pub content_based_deduplication: bool,
    pub deduplication_scope: DeduplicationScope,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Redrive {
    /// The name of the queue for messages nobody could handle.
    pub dead_letters: String,
    pub max_receives: u32,
}

pub(super) fn name(logical_id: &str, fifo: bool) -> String {
    format!("{logical_id}{}", if fifo { ".fifo" } else { "" })
}

pub(crate) fn arn(name: &str) -> String {
    format!("arn:aws:sqs:{REGION}:{ACCOUNT_ID}:{name}")
}

pub(crate) fn url(name: &str, addresses: &Addresses) -> String {
    format!("http://{}/{ACCOUNT_ID}/{name}", addresses.queues)
}

pub(super) fn read(written: BTreeMap<String, QueueProperties>) -> Result<Vec<Queue>> {
    let queues: Vec<Queue> = written
        .into_iter()
        .map(|(id, properties)| queue(id, properties))
        .collect::<Result<_>>()?;
    for queue in &queues {
        let Some(Redrive { dead_letters, .. }) = &queue.redrive else {
            continue;
        };
        let at = format!("{}.Properties.RedrivePolicy.deadLetterTargetArn", queue.logical_id);
        let target = queues
            .iter()
            .find(|other| other.name == *dead_letters)
            .with_context(|| format!("{at}: {dead_letters:?} is no AWS::SQS::Queue of this template"))?;
        ensure!(
            target.redrive.is_none(),
            "{at}: {dead_letters:?} has a RedrivePolicy of its own, which is not known to the local cloud"
        );
        ensure!(
            target.fifo.is_some() == queue.fifo.is_some(),
            "{at}: the dead letters of a FIFO queue go to a FIFO queue, those of a standard queue to a standard one"
        );
    }
    Ok(queues)
}

fn queue(logical_id: String, properties: QueueProperties) -> Result<Queue> {
    let QueueProperties {
        fifo_queue,
        content_based_deduplication,
        deduplication_scope,
        fifo_throughput_limit,
        visibility_timeout,
        message_retention_period,
        redrive_policy,
        _sqs_managed_sse_enabled,
        _tags,
    } = properties;
    let at = format!("{logical_id}.Properties");
    ensure!(
        fifo_queue
            || (content_based_deduplication.is_none()
                && deduplication_scope.is_none()
                && fifo_throughput_limit.is_none()),
        "{at}: only a FIFO queue has ContentBasedDeduplication, DeduplicationScope and FifoThroughputLimit"
    );
    let deduplication_scope = deduplication_scope.unwrap_or_default();
    ensure!(
        fifo_throughput_limit != Some(FifoThroughputLimit::PerMessageGroupId)
            || deduplication_scope == DeduplicationScope::MessageGroup,
        "{at}.FifoThroughputLimit: perMessageGroupId needs the DeduplicationScope messageGroup"
    );
    ensure!(
        visibility_timeout <= 43_200,
        "{at}.VisibilityTimeout: {visibility_timeout} is above 43200 s"
    );
    ensure!(
        (60..=1_209_600).contains(&message_retention_period),
        "{at}.MessageRetentionPeriod: {message_retention_period} is not between 60 and 1209600 s"
    );
    let redrive = redrive_policy
        .map(|policy| {
            ensure!(
                (1..=1000).contains(&policy.max_receive_count),
                "{at}.RedrivePolicy.maxReceiveCount: {} is not between 1 and 1000",
                policy.max_receive_count
            );
            let dead_letters = policy.dead_letter_target_arn.rsplit(':').next().unwrap_or_default();
            Ok(Redrive {
                dead_letters: dead_letters.to_owned(),
                max_receives: policy.max_receive_count,
            })
        })
        .transpose()?;
    Ok(Queue {
        name: name(&logical_id, fifo_queue),
        logical_id,
        fifo: fifo_queue.then_some(Fifo {
            content_based_deduplication: content_based_deduplication.unwrap_or_default(),
            deduplication_scope,
        }),
        visibility_timeout: Duration::from_secs(visibility_timeout),
        retention: Duration::from_secs(message_retention_period),
        redrive,
    })
}
