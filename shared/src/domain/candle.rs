//! Candles, as a chart draws them.

use jiff::{Timestamp, ToSpan};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::word::words;
use crate::error::Error;

const USUAL: i64 = 200;
const MOST: i64 = 1000;

words! {
    /// How long a candle is. All but the minute are computed from minutes, aligned to UTC.
    Timeframe {
        M1 = "M1",
        M5 = "M5",
        M15 = "M15",
        M30 = "M30",
        H1 = "H1",
        H4 = "H4",
        D1 = "D1",
    }
}

impl Timeframe {
    pub const fn minutes(self) -> i32 {
        match self {
            Self::M1 => 1,
            Self::M5 => 5,
            Self::M15 => 15,
            Self::M30 => 30,
            Self::H1 => 60,
            Self::H4 => 4 * 60,
            Self::D1 => 24 * 60,
        }
    }
}

/// A candle. Minutes without one are gaps, and so are candles without a minute.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct Candle {
    /// When it began, UTC.
    pub ts: Timestamp,
    pub open: Decimal,
    pub high: Decimal,
    pub low: Decimal,
    pub close: Decimal,
    pub volume: Decimal,
    /// Whether its time is over: the newest one may still grow.
    pub complete: bool,
}

/// Which candles of an instrument.
#[derive(Debug, Clone, Copy, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Wanted {
    #[param(inline)]
    pub timeframe: Timeframe,
    /// How many at most, 1 to 1000; 200 unless told.
    #[param(minimum = 1, maximum = 1000)]
    limit: Option<i64>,
    /// Only those that begin before (RFC 3339, UTC); `next_cursor` of the candles after them.
    before: Option<Timestamp>,
}

impl Wanted {
    pub fn limit(&self) -> Result<i64, Error> {
        match self.limit.unwrap_or(USUAL) {
            limit @ 1..=MOST => Ok(limit),
            _ => Err(Error::invalid("limit", format!("1 to {MOST}"))),
        }
    }

    /// What the database can compute with: no candle is older than 1970, none newer than a day from now.
    pub fn before(&self, now: Timestamp) -> Option<Timestamp> {
        self.before
            .map(|before| before.clamp(Timestamp::UNIX_EPOCH, now + 24.hours()))
    }
}
