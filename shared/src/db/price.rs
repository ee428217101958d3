//! Prices: pushed by agents, read by the broadcast and by users.

use jiff::Timestamp;
use rust_decimal::Decimal;
use tokio_postgres::types::Type;

use super::{AgentDoor, Session, statement};
use crate::{
    auth::AgentCaller,
    domain::{
        UserId,
        price::{Bar, Fresh, Ignored, IgnoredReason, Price},
    },
    error::Error,
};

/// What became of a push.
pub struct Pushed {
    /// Whose prices they are.
    pub source: UserId,
    /// Instruments whose tick was newer than the stored one.
    pub stored: Vec<String>,
    pub ignored: Vec<Ignored>,
    /// What somebody watches now.
    pub instruments: Vec<String>,
    pub jobs_waiting: i64,
}

pub async fn push(door: &AgentDoor, caller: &AgentCaller, fresh: Fresh) -> Result<Pushed, Error> {
    let Fresh {
        ticks,
        bars,
        mut ignored,
    } = fresh;
    let instruments: Vec<&str> = ticks.keys().map(crate::domain::price::Instrument::as_str).collect();
    let bids: Vec<Decimal> = ticks.values().map(|tick| tick.bid).collect();
    let asks: Vec<Decimal> = ticks.values().map(|tick| tick.ask).collect();
    let times: Vec<Option<Timestamp>> = ticks.values().map(|tick| tick.ts).collect();
    let of_bars: Vec<&str> = bars.values().map(|bar| bar.instrument.as_str()).collect();
    let minutes: Vec<Timestamp> = bars.values().map(|bar| bar.ts).collect();
    let column = |field: fn(&Bar) -> Decimal| -> Vec<Decimal> { bars.values().map(field).collect() };
    let row = door
        .query(
            caller,
            statement!("price/push"),
            &[
                (&instruments, Type::TEXT_ARRAY),
                (&bids, Type::NUMERIC_ARRAY),
                (&asks, Type::NUMERIC_ARRAY),
                (&times, Type::TIMESTAMPTZ_ARRAY),
                (&of_bars, Type::TEXT_ARRAY),
                (&minutes, Type::TIMESTAMPTZ_ARRAY),
                (&column(|bar| bar.open), Type::NUMERIC_ARRAY),
                (&column(|bar| bar.high), Type::NUMERIC_ARRAY),
                (&column(|bar| bar.low), Type::NUMERIC_ARRAY),
                (&column(|bar| bar.close), Type::NUMERIC_ARRAY),
                (&column(|bar| bar.volume), Type::NUMERIC_ARRAY),
                (&None::<Timestamp>, Type::TIMESTAMPTZ),
            ],
        )
        .await?;
    let stored: Vec<String> = row.get("stored");
    let older = instruments
        .iter()
        .filter(|name| !stored.iter().any(|stored| stored == *name));
    ignored.extend(older.map(|name| Ignored {
        instrument: (*name).to_owned(),
        reason: IgnoredReason::OlderThanStored,
    }));
    Ok(Pushed {
        source: row.get("user_id"),
        stored,
        ignored,
        instruments: row.get("instruments"),
        jobs_waiting: row.get("jobs_waiting"),
    })
}

/// The newest price of every instrument the user can see: their own while it is fresh, else a public feed's where that is newer.
pub async fn list(session: Session<'_>) -> Result<Vec<Price>, Error> {
    let rows = session
        .query(statement!("price/list"), &[(&None::<Timestamp>, Type::TIMESTAMPTZ)])
        .await?;
    let prices = rows.iter().map(|row| Price {
        instrument: row.get("instrument"),
        bid: row.get("bid"),
        ask: row.get("ask"),
        ts: row.get("ts"),
        source: row.get("source"),
    });
    Ok(prices.collect())
}
