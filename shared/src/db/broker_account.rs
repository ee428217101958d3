//! Broker accounts, reported by their agents.

use jiff::Timestamp;
use tokio_postgres::types::{Json, Type};

use super::{AgentDoor, statement};
use crate::{
    auth::AgentCaller,
    domain::{BrokerConnectionId, broker_account::AccountReport},
    error::Error,
};

/// Stores a report; the number of jobs that wait for its agent. An agent without an account is a conflict.
pub async fn report(door: &AgentDoor, caller: &AgentCaller, report: &AccountReport) -> Result<i64, Error> {
    let AccountReport {
        balance,
        equity,
        margin,
        free_margin,
        currency,
        leverage,
        positions,
        deals,
    } = report;
    let leverage = leverage.and_then(|leverage| i32::try_from(leverage).ok());
    let row = door
        .query(
            caller,
            statement!("broker_account/report"),
            &[
                (balance, Type::NUMERIC),
                (equity, Type::NUMERIC),
                (margin, Type::NUMERIC),
                (free_margin, Type::NUMERIC),
                (currency, Type::TEXT),
                (&leverage, Type::INT4),
                (&Json(positions), Type::JSONB),
                (&Json(deals), Type::JSONB),
                (&None::<Timestamp>, Type::TIMESTAMPTZ),
            ],
        )
        .await?;
    match row.get::<_, Option<BrokerConnectionId>>("broker_connection_id") {
        Some(_) => Ok(row.get("jobs_waiting")),
        None => Err(Error::Conflict {
            code: "no_broker_connection",
            detail: "The agent belongs to no broker connection; give it one in the dashboard.".to_owned(),
        }),
    }
}
