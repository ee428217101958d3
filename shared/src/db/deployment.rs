//! Deployments of expert advisors: what is ordered. What becomes of it, jobs say, which deployments follow by themselves.

use tokio_postgres::{
    Row,
    types::{Json, Type},
};
use uuid::Uuid;

use super::{Params, Session, Tx, conflict_on, statement};
use crate::{
    domain::{
        AgentId, BrokerConnectionId, DeploymentId, JobId, UserId,
        deployment::{Deployment, DeploymentStatus, NewDeployment, program_name, require_compiled},
        job::{JobBrief, JobStatus, JobType},
        version::VersionStatus,
    },
    error::Error,
    http::Cursor,
    news::{JobNews, News},
};

/// What to list of the caller's deployments.
pub struct DeploymentFilter {
    pub status: Option<DeploymentStatus>,
    pub agent: Option<AgentId>,
    pub after: Option<Cursor>,
}

/// The caller's deployments, newest first; one more than `limit` when there are more.
pub async fn list(session: Session<'_>, filter: &DeploymentFilter, limit: i64) -> Result<Vec<Deployment>, Error> {
    let DeploymentFilter { status, agent, after } = filter;
    let rows = session
        .query(
            statement!("deployment/list"),
            &[
                (&status.map(DeploymentStatus::as_str), Type::TEXT),
                (agent, Type::UUID),
                (&after.map(|cursor| cursor.at), Type::TIMESTAMPTZ),
                (&after.map(|cursor| cursor.id), Type::UUID),
                (&(limit + 1), Type::INT8),
            ],
        )
        .await?;
    Ok(rows.iter().map(read).collect())
}

pub async fn show(session: Session<'_>, id: DeploymentId) -> Result<Deployment, Error> {
    let row = session
        .query_opt(statement!("deployment/show"), &[(&id, Type::UUID)])
        .await?;
    found(row.as_ref())
}

/// As [`show`], within a transaction.
pub async fn show_in(tx: &Tx, id: DeploymentId) -> Result<Deployment, Error> {
    let row = tx
        .query_opt(statement!("deployment/show"), &[(&id, Type::UUID)])
        .await?;
    found(row.as_ref())
}

/// As [`show_in`], for one that need not be there.
pub async fn find_in(tx: &Tx, id: DeploymentId) -> Result<Option<Deployment>, Error> {
    let row = tx
        .query_opt(statement!("deployment/show"), &[(&id, Type::UUID)])
        .await?;
    Ok(row.as_ref().map(read))
}

/// Where a new deployment goes.
pub struct Target {
    connection: Option<BrokerConnectionId>,
    program: String,
}

/// Reads version and agent as the caller: each must be theirs, and the version compiled.
pub async fn target(tx: &Tx, new: &NewDeployment) -> Result<Target, Error> {
    let params: &Params = &[(&new.ea_version_id, Type::UUID), (&new.mt5_agent_id, Type::UUID)];
    let row = tx.query_opt(statement!("deployment/target"), params).await?;
    let row = row.ok_or_else(unknown_version)?;
    let status = row
        .get::<_, Option<VersionStatus>>("status")
        .ok_or_else(unknown_version)?;
    row.get::<_, Option<AgentId>>("agent_id").ok_or_else(unknown_agent)?;
    require_compiled(status, row.get("has_program"))?;
    Ok(Target {
        connection: row.get("broker_connection_id"),
        program: program_name(row.get("project_name"), row.get("version_number"), new.ea_version_id),
    })
}

/// Makes the deployment and orders it; nothing where there is one of the same id.
pub async fn create(
    tx: &Tx,
    id: DeploymentId,
    owner: UserId,
    new: &NewDeployment,
    target: &Target,
    bucket: &str,
    magic_number: i64,
) -> Result<Vec<News>, Error> {
    let NewDeployment {
        ea_version_id,
        mt5_agent_id,
        symbol,
        timeframe,
        magic_number: _,
        inputs,
    } = new;
    let params: &Params = &[
        (&id, Type::UUID),
        (&owner, Type::UUID),
        (ea_version_id, Type::UUID),
        (mt5_agent_id, Type::UUID),
        (&target.connection, Type::UUID),
        (symbol, Type::TEXT),
        (&timeframe.as_str(), Type::TEXT),
        (&magic_number, Type::INT8),
        (&Json(inputs), Type::JSONB),
        (&target.program, Type::TEXT),
    ];
    let made = tx.query_opt(statement!("deployment/create"), params).await;
    let made = made.map_err(|error| {
        let error = conflict_on("ea_deployments_version_of_owner", error, unknown_version);
        chart_in_use(conflict_on(
            "ea_deployments_mt5_agent_id_user_id_fkey",
            error,
            unknown_agent,
        ))
    });
    match made? {
        Some(_) => Ok(order(tx, id, owner, JobType::Deploy, bucket).await?.unwrap_or_default()),
        None => Ok(Vec::new()),
    }
}

/// Tells the agent what to do; `None` where an order is open.
pub async fn order(
    tx: &Tx,
    id: DeploymentId,
    owner: UserId,
    job_type: JobType,
    bucket: &str,
) -> Result<Option<Vec<News>>, Error> {
    let job = JobId(Uuid::new_v4());
    let params: &Params = &[
        (&job, Type::UUID),
        (&id, Type::UUID),
        (&owner, Type::UUID),
        (&job_type.as_str(), Type::TEXT),
        (&bucket, Type::TEXT),
    ];
    let Some(row) = tx.query_opt(statement!("deployment/order"), params).await? else {
        return Ok(None);
    };
    let mut news = vec![News::JobsWaiting {
        user_id: owner,
        broker_connection_id: row.get("broker_connection_id"),
    }];
    news.extend(job_news(&row, owner, job_type, JobStatus::Pending));
    Ok(Some(news))
}

/// Orders one that is not attached again; `None` where somebody else just did.
pub async fn restart(tx: &Tx, id: DeploymentId, owner: UserId, bucket: &str) -> Result<Option<Vec<News>>, Error> {
    let params: &Params = &[(&id, Type::UUID), (&owner, Type::UUID)];
    let row = tx.query_opt(statement!("deployment/restart"), params).await;
    let Some(row) = row.map_err(chart_in_use)? else {
        return Ok(None);
    };
    let job_type = if row.get("was_deployed") {
        JobType::Run
    } else {
        JobType::Deploy
    };
    let news = order(tx, id, owner, job_type, bucket).await?;
    news.map(Some).ok_or_else(|| Error::Conflict {
        code: "deployment_stopping",
        detail: "The agent was told to stop it and has not answered yet; wait for that, then run it.".to_owned(),
    })
}

/// Takes back an order that no agent has begun; `None` where there is none.
pub async fn withdraw(tx: &Tx, id: DeploymentId, owner: UserId) -> Result<Option<Vec<News>>, Error> {
    let params: &Params = &[(&id, Type::UUID), (&owner, Type::UUID)];
    let row = tx.query_opt(statement!("deployment/withdraw"), params).await?;
    Ok(row.map(|row| {
        job_news(&row, owner, row.get("job_type"), JobStatus::Cancelled)
            .into_iter()
            .collect()
    }))
}

/// Whether it could be deleted: it is not attached.
pub async fn delete(tx: &Tx, id: DeploymentId, owner: UserId) -> Result<bool, Error> {
    let params: &Params = &[(&id, Type::UUID), (&owner, Type::UUID)];
    Ok(tx.query_opt(statement!("deployment/delete"), params).await?.is_some())
}

fn unknown_version() -> Error {
    Error::invalid("ea_version_id", "one of your versions")
}

fn unknown_agent() -> Error {
    Error::invalid("mt5_agent_id", "one of your agents")
}

fn chart_in_use(error: Error) -> Error {
    conflict_on("ea_deployments_chart_idx", error, || Error::Conflict {
        code: "chart_in_use",
        detail:
            "Another deployment of this agent has that symbol and timeframe; stop it first, or choose another chart."
                .to_owned(),
    })
}

fn job_news(row: &Row, user_id: UserId, job_type: JobType, status: JobStatus) -> Option<News> {
    let job = JobNews {
        id: row.get("job_id"),
        job_type,
        status,
    };
    row.get::<_, bool>("watched").then_some(News::Job { user_id, job })
}

fn found(row: Option<&Row>) -> Result<Deployment, Error> {
    row.map(read).ok_or(Error::NotFound("deployment"))
}

fn read(row: &Row) -> Deployment {
    Deployment {
        id: row.get("id"),
        ea_version_id: row.get("ea_version_id"),
        version_number: row.get("version_number"),
        ea_project_id: row.get("ea_project_id"),
        project_name: row.get("project_name"),
        mt5_agent_id: row.get("mt5_agent_id"),
        agent_name: row.get("agent_name"),
        broker_connection_id: row.get("broker_connection_id"),
        symbol: row.get("symbol"),
        timeframe: row.get("timeframe"),
        magic_number: row.get("magic_number"),
        inputs: row.get("inputs"),
        status: row.get("status"),
        error_message: row.get("error_message"),
        deployed_at: row.get("deployed_at"),
        stopped_at: row.get("stopped_at"),
        last_job: row.get::<_, Option<Json<JobBrief>>>("last_job").map(|Json(job)| job),
        created_at: row.get("created_at"),
        updated_at: row.get("updated_at"),
    }
}
