//! What is put in order each minute: whatever waited too long, and whatever is kept no longer. Each duty is one statement in
//! a transaction of its own, takes a bounded number of rows, passes over those somebody else holds, and does nothing when it
//! is repeated.

use std::collections::{BTreeSet, HashMap};

use jiff::Timestamp;
use tokio_postgres::{Row, types::Type};

use super::{Db, Params, Statement, statement};
use crate::{
    domain::{AgentId, BrokerConnectionId, SignalId, UserId, agent::AgentStatus},
    error::Error,
    news::{AgentNews, JobNews, News, SignalNews, TOLD_AT_ONCE},
};

/// Claims a job has. After the last its outcome is nobody's to know.
const ATTEMPTS: i32 = 3;
/// Rows that change state; a few hundred milliseconds.
const CHANGED: i64 = 5_000;
/// Rows that are deleted for their age.
const PRUNED: i64 = 10_000;
/// Sockets that are hung up on, each by a call of its own.
const HUNG_UP: i64 = 500;
const NEWS: usize = 500;
/// Open jobs that are counted. With twice as many, and 100,000 agents, all of it takes a tenth of a second.
const COUNTED: i64 = 10_000;

/// What a duty did.
pub struct Swept {
    pub rows: usize,
    /// What sockets are to hear.
    pub news: Vec<News>,
}

/// Entries that nobody claimed before their deadline are cancelled, and their signals discarded.
pub async fn expire_entries(db: &Db) -> Result<Swept, Error> {
    let rows = run(db, statement!("sweep/expire_entries"), CHANGED).await?;
    Ok(Swept {
        news: watched(&rows)
            .flat_map(|row| [Some(job(row)), signal(row)])
            .flatten()
            .collect(),
        rows: rows.len(),
    })
}

/// Jobs whose lease ran out go back to their agent.
pub async fn release_leases(db: &Db) -> Result<Swept, Error> {
    let rows = run_leases(db, statement!("sweep/release_leases")).await?;
    let waiting: BTreeSet<(UserId, Option<BrokerConnectionId>)> = rows
        .iter()
        .filter(|row| row.get("agent_listens"))
        .map(|row| (row.get("user_id"), row.get("broker_connection_id")))
        .collect();
    let rings = waiting
        .into_iter()
        .take(NEWS)
        .map(|(user_id, broker_connection_id)| News::JobsWaiting {
            user_id,
            broker_connection_id,
        });
    Ok(Swept {
        news: watched(&rows).map(job).chain(rings).collect(),
        rows: rows.len(),
    })
}

/// Jobs that nobody will finish end, with what follows for their signal, version or deployment.
pub async fn abandon_jobs(db: &Db) -> Result<Swept, Error> {
    let rows = run_leases(db, statement!("sweep/abandon_jobs")).await?;
    Ok(Swept {
        news: watched(&rows)
            .flat_map(|row| [Some(job(row)), signal(row)])
            .flatten()
            .collect(),
        rows: rows.len(),
    })
}

/// Agents of whom nobody heard for ten minutes are offline.
pub async fn mark_silent_agents(db: &Db) -> Result<Swept, Error> {
    let rows = run(db, statement!("sweep/mark_silent_agents"), CHANGED).await?;
    let agent = |row: &Row| News::Agent {
        user_id: row.get("user_id"),
        agent: AgentNews {
            id: row.get::<_, AgentId>("agent_id"),
            status: AgentStatus::Offline,
        },
    };
    Ok(Swept {
        news: watched(&rows).map(agent).collect(),
        rows: rows.len(),
    })
}

/// Sockets that must have ended are forgotten, and closed in case they have not.
pub async fn hang_up_sockets(db: &Db) -> Result<Swept, Error> {
    let rows = run(db, statement!("sweep/hang_up_sockets"), HUNG_UP).await?;
    let hang_up = |row: &Row| News::HangUp {
        user_id: row.get("user_id"),
        connection_id: row.get("connection_id"),
    };
    Ok(Swept {
        news: rows.iter().map(hang_up).collect(),
        rows: rows.len(),
    })
}

/// Tickets that are too old to be used anyway need not be remembered as used.
pub async fn forget_tickets(db: &Db) -> Result<Swept, Error> {
    quietly(db, statement!("sweep/forget_tickets")).await
}

/// Candles are kept for thirty days.
pub async fn prune_candles(db: &Db) -> Result<Swept, Error> {
    quietly(db, statement!("sweep/prune_candles")).await
}

/// Finished jobs are kept for ninety days; signals and the audit log for ever.
pub async fn prune_jobs(db: &Db) -> Result<Swept, Error> {
    quietly(db, statement!("sweep/prune_jobs")).await
}

/// How things stand.
pub struct Standing {
    pub jobs_waiting: i64,
    /// Alerts that were accepted more than a minute ago and are neither executed nor given up.
    pub signals_late: i64,
    pub agents_online: i64,
    pub agents_offline: i64,
    pub database_connections: i64,
    pub database_connections_allowed: i64,
}

pub async fn measure(db: &Db) -> Result<Standing, Error> {
    let params: &Params = &[(&None::<Timestamp>, Type::TIMESTAMPTZ), (&COUNTED, Type::INT8)];
    let row = db.as_service().query_opt(statement!("sweep/measure"), params).await?;
    let row = row.expect("counts are one row");
    Ok(Standing {
        jobs_waiting: row.get("jobs_waiting"),
        signals_late: row.get("signals_late"),
        agents_online: row.get("agents_online"),
        agents_offline: row.get("agents_offline"),
        database_connections: row.get("database_connections"),
        database_connections_allowed: row.get("database_connections_allowed"),
    })
}

async fn run(db: &Db, statement: Statement, most: i64) -> Result<Vec<Row>, Error> {
    db.as_service()
        .query(
            statement,
            &[(&None::<Timestamp>, Type::TIMESTAMPTZ), (&most, Type::INT8)],
        )
        .await
}

/// As [`run`], where it matters how often a job was claimed.
async fn run_leases(db: &Db, statement: Statement) -> Result<Vec<Row>, Error> {
    let params: &Params = &[
        (&None::<Timestamp>, Type::TIMESTAMPTZ),
        (&CHANGED, Type::INT8),
        (&ATTEMPTS, Type::INT4),
    ];
    db.as_service().query(statement, params).await
}

/// A duty nobody needs to hear of.
async fn quietly(db: &Db, statement: Statement) -> Result<Swept, Error> {
    Ok(Swept {
        rows: run(db, statement, PRUNED).await?.len(),
        news: Vec::new(),
    })
}

/// Rows of users who have a dashboard open, as many as are worth telling.
fn watched(rows: &[Row]) -> impl Iterator<Item = &Row> {
    let mut told = HashMap::<UserId, usize>::new();
    rows.iter()
        .filter(move |row| {
            row.get("watched") && {
                let told = told.entry(row.get("user_id")).or_default();
                *told += 1;
                *told <= TOLD_AT_ONCE
            }
        })
        .take(NEWS)
}

fn job(row: &Row) -> News {
    News::Job {
        user_id: row.get("user_id"),
        job: JobNews {
            id: row.get("job_id"),
            job_type: row.get("job_type"),
            status: row.get("job_status"),
        },
    }
}

fn signal(row: &Row) -> Option<News> {
    let id: SignalId = row.get::<_, Option<_>>("signal_id")?;
    Some(News::Signal {
        user_id: row.get("user_id"),
        signal: SignalNews {
            id,
            status: row.get("signal_status"),
            symbol: row.get("symbol"),
            action: row.get("action"),
            reason_code: row.get("reason_code"),
        },
    })
}
