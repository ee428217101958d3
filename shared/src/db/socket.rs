//! The registry of open sockets: who watches what, and who is to be told.

use std::collections::BTreeMap;

use jiff::Timestamp;
use tokio_postgres::{Row, types::Type};

use super::{AgentDoor, Db, conflict_on, statement};
use crate::{
    auth::{AgentCaller, socket::Ticket},
    domain::{BrokerConnectionId, UserId, price::Instrument},
    error::{Error, Scheme},
    news::edition::{Audience, Edition, Hears, Listeners, Price},
};

/// Registers a dashboard's socket. A ticket that opened one before opens none.
pub async fn open_dashboard(db: &Db, connection_id: &str, ticket: &Ticket) -> Result<(), Error> {
    let row = db
        .as_service()
        .query_opt(
            statement!("socket/open_dashboard"),
            &[
                (&connection_id, Type::TEXT),
                (&ticket.user_id, Type::UUID),
                (&ticket.id, Type::UUID),
                (&ticket.expires_at, Type::TIMESTAMPTZ),
            ],
        )
        .await?;
    row.map(|_| ())
        .ok_or(Error::BadCredentials(Scheme::Ticket, "used before"))
}

/// Registers an agent's socket.
pub async fn open_agent(door: &AgentDoor, connection_id: &str, caller: &AgentCaller) -> Result<(), Error> {
    door.query(caller, statement!("socket/open_agent"), &[(&connection_id, Type::TEXT)])
        .await
        .map(|_| ())
}

/// What a socket watches from now on, and whose prices it will see.
pub struct Subscribed {
    pub user_id: UserId,
    /// By source; an instrument that nobody has a price of is in none.
    pub sources: BTreeMap<UserId, Vec<String>>,
    /// The user has an agent whose doorbell can be rung.
    pub agent_listens: bool,
}

pub async fn subscribe(db: &Db, connection_id: &str, instruments: &[Instrument]) -> Result<Subscribed, Error> {
    let names: Vec<&str> = instruments.iter().map(Instrument::as_str).collect();
    let rows = db
        .as_service()
        .query(
            statement!("socket/subscribe"),
            &[(&connection_id, Type::TEXT), (&names, Type::TEXT_ARRAY)],
        )
        .await
        .map_err(|error| {
            conflict_on("ws_connections_instruments_check", error, || {
                Error::invalid(
                    "instruments",
                    "at most 50 instruments on one socket; unsubscribe some first",
                )
            })
        })?;
    let first = rows.first().ok_or(Error::NotFound("socket"))?;
    let mut sources = BTreeMap::<UserId, Vec<String>>::new();
    for row in &rows {
        if let Some(source) = row.get("source") {
            sources.entry(source).or_default().push(row.get("instrument"));
        }
    }
    Ok(Subscribed {
        user_id: first.get("user_id"),
        sources,
        agent_listens: first.get("agent_listens"),
    })
}

pub async fn unsubscribe(db: &Db, connection_id: &str, instruments: &[Instrument]) -> Result<(), Error> {
    let names: Vec<&str> = instruments.iter().map(Instrument::as_str).collect();
    let params = [(&connection_id as _, Type::TEXT), (&names as _, Type::TEXT_ARRAY)];
    let row = db
        .as_service()
        .query_opt(statement!("socket/unsubscribe"), &params)
        .await?;
    row.map(|_| ()).ok_or(Error::NotFound("socket"))
}

/// The other side lives.
pub async fn touch(db: &Db, connection_id: &str) -> Result<(), Error> {
    let params = [(&connection_id as _, Type::TEXT)];
    let row = db.as_service().query_opt(statement!("socket/touch"), &params).await?;
    row.map(|_| ()).ok_or(Error::NotFound("socket"))
}

/// Sockets that are gone.
pub async fn forget(db: &Db, connections: &[&str]) -> Result<(), Error> {
    let params = [(&connections as _, Type::TEXT_ARRAY)];
    db.as_service()
        .query(statement!("socket/forget"), &params)
        .await
        .map(|_| ())
}

/// Who hears an edition, and the newest of the prices it is about.
pub async fn audience(db: &Db, edition: &Edition) -> Result<Audience, Error> {
    let (sources, priced): (Vec<UserId>, Vec<&str>) = edition.prices().unzip();
    let (belled, accounts): (Vec<UserId>, Vec<Option<BrokerConnectionId>>) = edition.doorbells().unzip();
    let with_news: Vec<UserId> = edition.with_news().collect();
    let watching: Vec<UserId> = edition.watching().collect();
    let [listeners, newest] = db
        .as_service()
        .query_each([
            (
                statement!("socket/audience"),
                &[
                    (&sources, Type::UUID_ARRAY),
                    (&priced, Type::TEXT_ARRAY),
                    (&with_news, Type::UUID_ARRAY),
                    (&belled, Type::UUID_ARRAY),
                    (&accounts, Type::UUID_ARRAY),
                    (&watching, Type::UUID_ARRAY),
                    (&None::<Timestamp>, Type::TIMESTAMPTZ),
                ],
            ),
            (
                statement!("price/newest"),
                &[(&sources, Type::UUID_ARRAY), (&priced, Type::TEXT_ARRAY)],
            ),
        ])
        .await?;
    Ok(Audience {
        listeners: listeners.iter().map(listener).collect(),
        prices: newest.iter().map(price).collect(),
    })
}

fn listener(row: &Row) -> Listeners {
    let hears: Hears = row.get("hears");
    Listeners {
        hears,
        key: row.get("key"),
        instruments: row.get("instruments"),
        sockets: row.get("sockets"),
    }
}

fn price(row: &Row) -> Price {
    Price {
        source: row.get("source"),
        instrument: row.get("instrument"),
        bid: row.get("bid"),
        ask: row.get("ask"),
        ts: row.get("ts"),
    }
}
