//! Broker connections. Their credentials are read and written by nobody here.

use tokio_postgres::{
    Row,
    types::{Json, Type},
};

use super::{Params, Session, Tx, conflict_on, statement};
use crate::{
    domain::{
        BrokerConnectionId, UserId,
        connection::{BrokerConnection, ConnectionChange, NewConnection},
    },
    error::Error,
    http::Cursor,
};

pub async fn list(session: Session<'_>, after: Option<Cursor>, limit: i64) -> Result<Vec<BrokerConnection>, Error> {
    let rows = session
        .query(
            statement!("connection/list"),
            &[
                (&after.map(|cursor| cursor.at), Type::TIMESTAMPTZ),
                (&after.map(|cursor| cursor.id), Type::UUID),
                (&(limit + 1), Type::INT8),
            ],
        )
        .await?;
    Ok(rows.iter().map(read).collect())
}

/// Makes the connection, or returns the one of the same id.
pub async fn create(
    session: Session<'_>,
    id: BrokerConnectionId,
    owner: UserId,
    new: &NewConnection,
) -> Result<BrokerConnection, Error> {
    let NewConnection {
        broker_type,
        name,
        symbol_map,
    } = new;
    let params: &Params = &[
        (&id, Type::UUID),
        (&owner, Type::UUID),
        (&broker_type.as_str(), Type::TEXT),
        (name, Type::TEXT),
        (&Json(symbol_map), Type::JSONB),
    ];
    // A token outlives its user by up to an hour.
    let row = session
        .query_opt(statement!("connection/create"), params)
        .await
        .map_err(|error| conflict_on("broker_connections_user_id_fkey", error, || Error::NotFound("user")));
    found(row?.as_ref())
}

/// Changes what was sent.
pub async fn update(
    session: Session<'_>,
    id: BrokerConnectionId,
    change: &ConnectionChange,
) -> Result<BrokerConnection, Error> {
    let ConnectionChange {
        name,
        symbol_map,
        is_active,
    } = change;
    let params: &Params = &[
        (&id, Type::UUID),
        (name, Type::TEXT),
        (&symbol_map.as_ref().map(Json), Type::JSONB),
        (is_active, Type::BOOL),
    ];
    let row = session.query_opt(statement!("connection/update"), params).await?;
    found(row.as_ref())
}

pub async fn delete(session: Session<'_>, id: BrokerConnectionId) -> Result<(), Error> {
    let row = session
        .query_opt(statement!("connection/delete"), &[(&id, Type::UUID)])
        .await
        .map_err(|error| conflict_on("tv_strategies_broker_connection_id_user_id_fkey", error, in_use));
    row?.map(|_| ()).ok_or(MISSING)
}

/// That the connection is the user's; otherwise the field that names it is wrong.
pub async fn require(tx: &Tx, id: BrokerConnectionId) -> Result<(), Error> {
    let row = tx
        .query_opt(statement!("connection/show"), &[(&id, Type::UUID)])
        .await?;
    row.map(|_| ()).ok_or_else(unknown)
}

pub(super) fn unknown() -> Error {
    Error::invalid("broker_connection_id", "the id of one of your broker connections")
}

fn in_use() -> Error {
    Error::Conflict {
        code: "connection_in_use",
        detail: "Strategies trade over this broker connection. Delete them or give them another one first.".to_owned(),
    }
}

const MISSING: Error = Error::NotFound("broker connection");

fn found(row: Option<&Row>) -> Result<BrokerConnection, Error> {
    row.map(read).ok_or(MISSING)
}

fn read(row: &Row) -> BrokerConnection {
    BrokerConnection {
        id: row.get("id"),
        broker_type: row.get("broker_type"),
        name: row.get("name"),
        symbol_map: row.get("symbol_map"),
        is_active: row.get("is_active"),
        created_at: row.get("created_at"),
        updated_at: row.get("updated_at"),
    }
}
