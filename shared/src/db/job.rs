//! The job queue.

use jiff::Timestamp;
use tokio_postgres::{Row, types::Type};
use uuid::Uuid;

use super::{AgentDoor, Session, statement};
use crate::{
    auth::AgentCaller,
    domain::{
        BrokerConnectionId, JobId, UserId,
        job::{ClaimedJob, Job, JobBrief, JobResult, JobStatus, Outcome, OutputFacts, compilation_error},
        signal::SignalStatus,
    },
    error::Error,
    news::{JobNews, News, SignalNews},
};

pub async fn show(session: Session<'_>, id: JobId) -> Result<Job, Error> {
    let row = session.query_opt(statement!("job/show"), &[(&id, Type::UUID)]).await?;
    row.as_ref().map(read).ok_or(Error::NotFound("job"))
}

/// A job that its user asked for.
pub struct Ordered {
    pub job: Job,
    /// Not when it was there before.
    pub created: bool,
    /// What its owner's sockets are to hear; empty where there are none, or nothing is new.
    pub news: Vec<News>,
}

/// Reads what a statement that makes a job returned: the job, or why the risk gate refuses it, or neither.
pub(super) fn read_ordered(row: &Row, owner: UserId) -> Result<Option<Ordered>, Error> {
    if let Some(code) = row.get("refusal") {
        let detail = row.get("detail");
        return Err(Error::Refused { code, detail });
    }
    if row.get::<_, Option<JobId>>("id").is_none() {
        return Ok(None);
    }
    let (job, created) = (read(row), row.get("created"));
    let news = if created && row.get("watched") {
        vec![rings(job.broker_connection_id, owner), changed(&job, owner)]
    } else {
        Vec::new()
    };
    Ok(Some(Ordered { job, created, news }))
}

/// For the agents of the job's account.
pub(super) fn rings(broker_connection_id: Option<BrokerConnectionId>, user_id: UserId) -> News {
    News::JobsWaiting {
        user_id,
        broker_connection_id,
    }
}

/// For dashboards.
pub(super) fn changed(job: &Job, user_id: UserId) -> News {
    News::Job {
        user_id,
        job: JobNews {
            id: job.id,
            job_type: job.job_type,
            status: job.status,
        },
    }
}

pub(super) fn read(row: &Row) -> Job {
    Job {
        id: row.get("id"),
        job_type: row.get("job_type"),
        status: row.get("status"),
        broker_connection_id: row.get("broker_connection_id"),
        entity_type: row.get("entity_type"),
        entity_id: row.get("entity_id"),
        input: row.get("input_data"),
        output: row.get("output_data"),
        error_message: row.get("error_message"),
        reason_code: row.get("reason_code"),
        agent_id: row.get("agent_id"),
        attempts: row.get("attempts"),
        not_after: row.get("not_after"),
        created_at: row.get("created_at"),
        claimed_at: row.get("claimed_at"),
        completed_at: row.get("completed_at"),
    }
}

/// The next job, if any, and how many more wait (counted to ten).
pub struct Claim {
    pub job: Option<ClaimedJob>,
    pub jobs_waiting: i64,
    /// What its owner's sockets are to hear.
    pub news: Option<News>,
}

pub async fn claim(door: &AgentDoor, caller: &AgentCaller) -> Result<Claim, Error> {
    let row = door
        .query(
            caller,
            statement!("job/claim"),
            &[(&None::<Timestamp>, Type::TIMESTAMPTZ)],
        )
        .await?;
    let job = row.get::<_, Option<JobId>>("job_id").map(|id| ClaimedJob {
        id,
        job_type: row.get("job_type"),
        entity_type: row.get("entity_type"),
        entity_id: row.get("entity_id"),
        input: row.get("input_data"),
        not_after: row.get("not_after"),
        attempt: row.get("attempts"),
    });
    let told = job.as_ref().filter(|_| row.get("watched"));
    Ok(Claim {
        jobs_waiting: row.get("jobs_waiting"),
        news: told.map(|job| News::Job {
            user_id: row.get("user_id"),
            job: JobNews {
                id: job.id,
                job_type: job.job_type,
                status: JobStatus::Running,
            },
        }),
        job,
    })
}

/// A job of the caller's and what it concerns, if there is such a one.
pub(super) async fn brief(session: Session<'_>, id: JobId) -> Result<Option<(JobBrief, Option<Uuid>)>, Error> {
    let row = session.query_opt(statement!("job/brief"), &[(&id, Type::UUID)]).await?;
    Ok(row.map(|row| {
        let brief = JobBrief {
            id: row.get("id"),
            job_type: row.get("job_type"),
            status: row.get("status"),
            error_message: row.get("error_message"),
            reason_code: row.get("reason_code"),
            created_at: row.get("created_at"),
            claimed_at: row.get("claimed_at"),
            completed_at: row.get("completed_at"),
        };
        (brief, row.get("entity_id"))
    }))
}

/// That a result is stored, now or before.
pub struct Finished {
    pub jobs_waiting: i64,
    /// What its owner's sockets are to hear; empty where there are none, or nothing is new.
    pub news: Vec<News>,
}

/// Stores a result and what follows from it. The same result again is fine; another one for a finished job is a conflict.
pub async fn finish(door: &AgentDoor, caller: &AgentCaller, id: JobId, result: &JobResult) -> Result<Finished, Error> {
    let JobResult {
        status,
        attempt,
        output,
        error_message,
        reason_code,
    } = result;
    let output = serde_json::Value::Object(output.clone());
    let facts = OutputFacts::of(&output)?;
    let OutputFacts {
        ticket,
        broker_order_id,
        fill_price,
        volume,
        sent_at,
        filled_at,
        profit,
        checksum,
        file_size,
        // Checked here, read by the statement.
        log_checksum: _,
        log_size: _,
        diagnostics,
    } = facts;
    let reason_code = match status {
        Outcome::Completed => None,
        Outcome::Failed => Some(reason_code.as_deref().unwrap_or("agent_failed")),
    };
    let order = ticket.or(broker_order_id).map(|ticket| ticket.to_string());
    let row = door
        .query(
            caller,
            statement!("job/finish"),
            &[
                (&id, Type::UUID),
                (&status.as_str(), Type::TEXT),
                (attempt, Type::INT4),
                (&output, Type::JSONB),
                (error_message, Type::TEXT),
                (&reason_code, Type::TEXT),
                (&fill_price, Type::NUMERIC),
                (&order, Type::TEXT),
                (&volume, Type::NUMERIC),
                (&sent_at, Type::TIMESTAMPTZ),
                (&filled_at, Type::TIMESTAMPTZ),
                (&profit, Type::NUMERIC),
                (&checksum, Type::TEXT),
                (&file_size, Type::INT8),
                (&compilation_error(&diagnostics), Type::TEXT),
            ],
        )
        .await?;
    judge(&row, *attempt)?;
    Ok(Finished {
        jobs_waiting: row.get("jobs_waiting"),
        news: news_of(&row, id, *status, reason_code),
    })
}

fn news_of(row: &Row, id: JobId, outcome: Outcome, reason_code: Option<&str>) -> Vec<News> {
    if !(row.get::<_, bool>("watched") && row.get::<_, bool>("finished_now")) {
        return Vec::new();
    }
    let user_id = row.get("user_id");
    let job = JobNews {
        id,
        job_type: row.get("job_type"),
        status: outcome.into(),
    };
    let mut news = vec![News::Job { user_id, job }];
    if row.get::<_, Option<&str>>("entity_type") == Some("tv_signal") {
        let signal = SignalNews {
            id: row.get("entity_id"),
            status: match outcome {
                Outcome::Completed => SignalStatus::Executed,
                Outcome::Failed => SignalStatus::Failed,
            },
            symbol: row.get("symbol"),
            action: row.get("side"),
            reason_code: reason_code.map(ToOwned::to_owned),
        };
        news.push(News::Signal { user_id, signal });
    }
    news
}

fn judge(row: &Row, attempt: Option<i32>) -> Result<(), Error> {
    if row.get::<_, Option<JobId>>("job_id").is_none() {
        return Err(Error::NotFound("job"));
    }
    if row.get("finished_now") || row.get("same_result") {
        return Ok(());
    }
    let (status, current): (&str, i32) = (row.get("status_before"), row.get("attempts"));
    let sent = attempt.unwrap_or_default();
    Err(match status {
        "running" => Error::Conflict {
            code: "attempt_differs",
            detail: format!(
                "The job is in attempt {current}, the result is of attempt {sent}; claim again and report that one."
            ),
        },
        "pending" => Error::Conflict {
            code: "attempt_differs",
            detail: format!(
                "The lease of attempt {sent} ran out and the job waits to be claimed again; claim it and report that attempt."
            ),
        },
        _ => Error::Conflict {
            code: "result_differs",
            detail: format!("The job is already {status} with another result; drop this one."),
        },
    })
}
