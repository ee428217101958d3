//! Broker accounts, reported by their agents and read by their owners.

use jiff::Timestamp;
use tokio_postgres::types::{Json, Type};

use super::{AgentDoor, Session, statement};
use crate::{
    auth::AgentCaller,
    domain::{
        BrokerConnectionId,
        account_state::{AccountDay, AccountState},
        broker_account::AccountReport,
    },
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

/// The caller's accounts that were ever reported, by name.
pub async fn list(session: Session<'_>) -> Result<Vec<AccountState>, Error> {
    let rows = session
        .query(
            statement!("broker_account/list"),
            &[(&None::<Timestamp>, Type::TIMESTAMPTZ)],
        )
        .await?;
    let accounts = rows.iter().map(|row| AccountState {
        broker_connection_id: row.get("broker_connection_id"),
        name: row.get("name"),
        balance: row.get("balance"),
        equity: row.get("equity"),
        margin: row.get("margin"),
        free_margin: row.get("free_margin"),
        currency: row.get("currency"),
        leverage: row.get("leverage"),
        reported_at: row.get("reported_at"),
        open_positions: row.get("open_positions"),
        floating_profit: row.get("floating"),
        day: AccountDay {
            started_at: row.get("started_at"),
            start_equity: row.get("day_start_equity"),
            realised_profit: row.get("realised"),
            result: row.get("result"),
            loss_allowance: row.get("allowance"),
        },
    });
    Ok(accounts.collect())
}
