//! Agents: what their owners see and change, and their heartbeat.

use jiff::Timestamp;
use tokio_postgres::{Row, types::Type};

use super::{AgentDoor, Params, Session, Statement, Tx, conflict_on, connection, statement};
use crate::{
    auth::{AgentCaller, agent::PairingKey},
    domain::{
        AgentId, BrokerConnectionId, UserId,
        agent::{self, Agent, AgentStatus},
    },
    error::Error,
    http::Cursor,
    news::{AgentNews, News},
};

const CONNECTION: &str = "mt5_agents_broker_connection_id_user_id_fkey";

pub async fn list(session: Session<'_>, after: Option<Cursor>, limit: i64) -> Result<Vec<Agent>, Error> {
    let rows = session
        .query(
            statement!("agent/list"),
            &[
                (&after.map(|cursor| cursor.at), Type::TIMESTAMPTZ),
                (&after.map(|cursor| cursor.id), Type::UUID),
                (&(limit + 1), Type::INT8),
            ],
        )
        .await?;
    Ok(rows.iter().map(read).collect())
}

pub async fn show(session: Session<'_>, id: AgentId) -> Result<Agent, Error> {
    found(
        session
            .query_opt(statement!("agent/show"), &[(&id, Type::UUID)])
            .await?
            .as_ref(),
    )
}

/// As [`show`], within a transaction.
pub async fn show_in(tx: &Tx, id: AgentId) -> Result<Agent, Error> {
    found(
        tx.query_opt(statement!("agent/show"), &[(&id, Type::UUID)])
            .await?
            .as_ref(),
    )
}

/// Makes the agent, or gives the one of the same id a new key.
pub async fn create(
    tx: &Tx,
    id: AgentId,
    owner: UserId,
    connection: Option<BrokerConnectionId>,
    name: &str,
    key: &PairingKey,
) -> Result<Agent, Error> {
    const CREATE: Statement = statement!("agent/create");
    let params: &Params = &[
        (&id, Type::UUID),
        (&owner, Type::UUID),
        (&connection, Type::UUID),
        (&name, Type::TEXT),
        (&key.prefix, Type::TEXT),
        (&key.hash, Type::TEXT),
    ];
    // A token outlives its user by up to an hour.
    let row = tx
        .query_opt(CREATE, params)
        .await
        .map_err(|error| conflict_on("mt5_agents_user_id_fkey", error, || Error::NotFound("user")))
        // Deleted since it was asked for.
        .map_err(|error| conflict_on(CONNECTION, error, connection::unknown));
    found(row?.as_ref())
}

/// Changes what was sent; `Some(None)` takes the agent off its connection.
pub async fn update(
    session: Session<'_>,
    id: AgentId,
    name: Option<&str>,
    connection: Option<Option<BrokerConnectionId>>,
) -> Result<Agent, Error> {
    const UPDATE: Statement = statement!("agent/update");
    let params: &Params = &[
        (&id, Type::UUID),
        (&name, Type::TEXT),
        (&connection.is_some(), Type::BOOL),
        (&connection.flatten(), Type::UUID),
    ];
    let row = session
        .query_opt(UPDATE, params)
        .await
        .map_err(|error| conflict_on(CONNECTION, error, connection::unknown));
    found(row?.as_ref())
}

pub async fn delete(session: Session<'_>, id: AgentId) -> Result<(), Error> {
    let row = session
        .query_opt(statement!("agent/delete"), &[(&id, Type::UUID)])
        .await?;
    row.map(|_| ()).ok_or(Error::NotFound("agent"))
}

pub async fn rotate_key(tx: &Tx, id: AgentId, owner: UserId, key: &PairingKey) -> Result<Agent, Error> {
    let params: &Params = &[
        (&id, Type::UUID),
        (&owner, Type::UUID),
        (&key.prefix, Type::TEXT),
        (&key.hash, Type::TEXT),
    ];
    found(tx.query_opt(statement!("agent/rotate_key"), params).await?.as_ref())
}

/// What an agent is told when it reports that it lives.
pub struct Beat {
    pub server_time: Timestamp,
    pub symbol_map: serde_json::Value,
    pub trading_mode: String,
    pub instruments: Vec<String>,
    pub jobs_waiting: i64,
    /// What its owner's sockets are to hear: that it is back.
    pub news: Option<News>,
}

pub async fn heartbeat(
    door: &AgentDoor,
    caller: &AgentCaller,
    report: &serde_json::Value,
    login: Option<&str>,
    server: Option<&str>,
) -> Result<Beat, Error> {
    let params: &Params = &[(report, Type::JSONB), (&login, Type::TEXT), (&server, Type::TEXT)];
    let row = door.query(caller, statement!("agent/heartbeat"), params).await?;
    Ok(Beat {
        server_time: row.get("server_time"),
        symbol_map: row.get("symbol_map"),
        trading_mode: row.get("trading_mode"),
        instruments: row.get("instruments"),
        jobs_waiting: row.get("jobs_waiting"),
        news: row.get::<_, bool>("came_online").then(|| News::Agent {
            user_id: row.get("user_id"),
            agent: AgentNews {
                id: row.get("agent_id"),
                status: AgentStatus::Online,
            },
        }),
    })
}

fn found(row: Option<&Row>) -> Result<Agent, Error> {
    row.map(read).ok_or(Error::NotFound("agent"))
}

fn read(row: &Row) -> Agent {
    let last_heartbeat = row.get("last_heartbeat");
    Agent {
        id: row.get("id"),
        broker_connection_id: row.get("broker_connection_id"),
        agent_name: row.get("agent_name"),
        pairing_key_prefix: row.get("pairing_key_prefix"),
        status: agent::status(last_heartbeat, row.get("asked_at")),
        last_heartbeat,
        terminal_server: row.get("terminal_server"),
        login: row.get("login"),
        status_reported: row.get("status_reported"),
        is_public_feed: row.get("is_public_feed"),
        created_at: row.get("created_at"),
        updated_at: row.get("updated_at"),
    }
}
