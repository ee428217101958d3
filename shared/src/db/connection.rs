//! Broker connections, so far as others refer to them.

use tokio_postgres::types::Type;

use super::{Tx, statement};
use crate::{domain::BrokerConnectionId, error::Error};

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
