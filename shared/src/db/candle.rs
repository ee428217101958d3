//! Candles.

use jiff::Timestamp;
use tokio_postgres::types::Type;

use super::{Session, statement};
use crate::{
    domain::{
        candle::{Candle, Timeframe},
        price::Instrument,
    },
    error::Error,
};

/// The newest candles that begin before a time, newest first; one more than `limit` when there are more.
pub async fn list(
    session: Session<'_>,
    instrument: &Instrument,
    timeframe: Timeframe,
    before: Option<Timestamp>,
    limit: i64,
) -> Result<Vec<Candle>, Error> {
    let rows = session
        .query(
            statement!("candle/list"),
            &[
                (&instrument.as_str(), Type::TEXT),
                (&timeframe.minutes(), Type::INT4),
                (&before, Type::TIMESTAMPTZ),
                (&(limit + 1), Type::INT8),
                (&None::<Timestamp>, Type::TIMESTAMPTZ),
            ],
        )
        .await?;
    let candles = rows.iter().map(|row| Candle {
        ts: row.get("ts"),
        open: row.get("open"),
        high: row.get("high"),
        low: row.get("low"),
        close: row.get("close"),
        volume: row.get("volume"),
        complete: row.get("complete"),
    });
    Ok(candles.collect())
}
