//! Prices as agents push them: ticks and closed one-minute bars.

use std::{collections::BTreeMap, fmt};

use jiff::{Timestamp, ToSpan};
use rust_decimal::Decimal;
use serde::{
    Deserialize, Deserializer, Serialize,
    de::{MapAccess, Visitor},
};
use utoipa::{
    PartialSchema, ToSchema,
    openapi::{Array, ObjectBuilder, Ref, RefOr, Schema},
};

use super::word::words;
use crate::error::{Error, FieldError};

/// Instruments of one push, and of what one agent is asked for.
pub const MOST_INSTRUMENTS: usize = 200;
/// Five hundred of the first push of an instrument, and as many again.
const MOST_BARS: usize = 1000;
/// Beyond any price; a number longer than the column is a mistake and no price.
const MOST: i64 = 1_000_000_000_000;

/// The name of an instrument as its broker or its user spells it: 1 to 32 characters of a-z, A-Z, 0-9 and `. _ # & + -`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, ToSchema)]
pub struct Instrument(String);

impl Instrument {
    pub const RULE: &str = "1 to 32 letters, digits and . _ # & + -";

    pub fn parse(name: &str) -> Option<Self> {
        let known = |c: char| c.is_ascii_alphanumeric() || "._#&+-".contains(c);
        ((1..=32).contains(&name.len()) && name.chars().all(known)).then(|| Self(name.to_owned()))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl<'de> Deserialize<'de> for Instrument {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let name = String::deserialize(deserializer)?;
        Self::parse(&name).ok_or_else(|| serde::de::Error::custom(format!("{name:?} is no instrument: {}", Self::RULE)))
    }
}

words! {
    /// Whose price it is.
    PriceSource {
        /// Of one of the caller's own agents.
        Own = "own",
        /// Of an agent that serves everybody.
        Feed = "feed",
    }
}

/// The newest price of an instrument, as a user sees it.
#[derive(Debug, PartialEq, Serialize, ToSchema)]
pub struct Price {
    pub instrument: String,
    pub bid: Decimal,
    pub ask: Decimal,
    pub ts: Timestamp,
    pub source: PriceSource,
}

/// A quote at a moment.
#[derive(Debug, Clone, PartialEq, Deserialize, ToSchema)]
pub struct Tick {
    pub bid: Decimal,
    pub ask: Decimal,
    /// UTC; the server's clock where it is absent.
    #[serde(default)]
    pub ts: Option<Timestamp>,
}

/// A closed one-minute bar.
#[derive(Debug, Clone, PartialEq, Deserialize, ToSchema)]
pub struct Bar {
    pub instrument: Instrument,
    /// When its minute began, UTC.
    pub ts: Timestamp,
    pub open: Decimal,
    pub high: Decimal,
    pub low: Decimal,
    pub close: Decimal,
    /// Ticks, or lots where the broker counts them.
    #[serde(default)]
    pub volume: Decimal,
}

/// Ticks and closed bars; read below, since the ticks may also stand alone.
#[derive(Debug, Default)]
pub struct Push {
    pub ticks: BTreeMap<Instrument, Tick>,
    pub bars: Vec<Bar>,
}

impl PartialSchema for Push {
    fn schema() -> RefOr<Schema> {
        let tick = Ref::from_schema_name("Tick");
        ObjectBuilder::new()
            .description(Some(
                r#"`{"ticks": {"EURUSD": {…}}, "bars": […]}`, or the ticks alone, `{"EURUSD": {…}}`."#,
            ))
            .property("ticks", ObjectBuilder::new().additional_properties(Some(tick.clone())))
            .property("bars", Array::new(Ref::from_schema_name("Bar")))
            .additional_properties(Some(tick))
            .into()
    }
}

impl ToSchema for Push {
    fn schemas(schemas: &mut Vec<(String, RefOr<Schema>)>) {
        schemas.extend([("Tick".to_owned(), Tick::schema()), ("Bar".to_owned(), Bar::schema())]);
        Tick::schemas(schemas);
        Bar::schemas(schemas);
    }
}

impl<'de> Deserialize<'de> for Push {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(PushVisitor)
    }
}

struct PushVisitor;

impl<'de> Visitor<'de> for PushVisitor {
    type Value = Push;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ticks and bars, or ticks by instrument")
    }

    fn visit_map<M: MapAccess<'de>>(self, mut map: M) -> Result<Push, M::Error> {
        let mut push = Push::default();
        while let Some(key) = map.next_key::<String>()? {
            match key.as_str() {
                "ticks" => push.ticks.extend(map.next_value::<BTreeMap<Instrument, Tick>>()?),
                "bars" => push.bars = map.next_value()?,
                name => {
                    let instrument = Instrument::parse(name).ok_or_else(|| {
                        serde::de::Error::custom(format!("{name:?} is no instrument: {}", Instrument::RULE))
                    })?;
                    push.ticks.insert(instrument, map.next_value()?);
                }
            }
        }
        Ok(push)
    }
}

words! {
    /// Why a tick was not stored.
    IgnoredReason {
        /// The stored one is newer, or is this one.
        OlderThanStored = "older_than_stored",
        /// More than four days old: longer than any weekend with a holiday.
        TooOld = "too_old",
    }
}

/// A tick that was not stored.
#[derive(Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Ignored {
    pub instrument: String,
    pub reason: IgnoredReason,
}

/// What of a push can be stored.
#[derive(Debug, Default)]
pub struct Fresh {
    pub ticks: BTreeMap<Instrument, Tick>,
    /// By instrument and minute, each once.
    pub bars: BTreeMap<(Instrument, Timestamp), Bar>,
    pub ignored: Vec<Ignored>,
}

impl Push {
    /// Refuses a push with anything in it that cannot be true, naming each; leaves out what is merely too old.
    pub fn check(self, now: Timestamp) -> Result<Fresh, Error> {
        let Self { ticks, bars } = self;
        let mut wrong = Vec::new();
        let mut say = |field: String, message: &str| {
            wrong.push(FieldError {
                field,
                message: message.to_owned(),
            });
        };
        if ticks.len() > MOST_INSTRUMENTS {
            say("ticks".to_owned(), "at most 200 instruments");
        }
        if bars.len() > MOST_BARS {
            say("bars".to_owned(), "at most 1000 bars");
        }
        for (instrument, tick) in &ticks {
            if let Err((field, rule)) = tick.check(now) {
                say(format!("{}.{field}", instrument.as_str()), rule);
            }
        }
        for (index, bar) in bars.iter().enumerate() {
            if let Err((field, rule)) = bar.check(now) {
                say(format!("bars[{index}].{field}"), rule);
            }
        }
        if !wrong.is_empty() {
            return Err(Error::Invalid(wrong));
        }
        let (fresh, stale): (BTreeMap<_, _>, BTreeMap<_, _>) =
            ticks.into_iter().partition(|(_, tick)| !tick.is_too_old(now));
        let ignored = stale.into_keys().map(|instrument| Ignored {
            instrument: instrument.0,
            reason: IgnoredReason::TooOld,
        });
        Ok(Fresh {
            ignored: ignored.collect(),
            ticks: fresh,
            bars: bars
                .into_iter()
                .filter(|bar| bar.ts > now - KEPT)
                .map(|bar| ((bar.instrument.clone(), bar.ts), bar))
                .collect(),
        })
    }
}

/// As long as candles are kept.
const KEPT: jiff::SignedDuration = jiff::SignedDuration::from_hours(30 * 24);

type Rule = (&'static str, &'static str);

fn is_price(price: Decimal) -> bool {
    price > Decimal::ZERO && price < MOST.into()
}

impl Tick {
    fn check(&self, now: Timestamp) -> Result<(), Rule> {
        let Self { bid, ask, ts } = self;
        if !is_price(*bid) {
            return Err(("bid", "a price above zero"));
        }
        if !is_price(*ask) {
            return Err(("ask", "a price above zero"));
        }
        if bid > ask {
            return Err(("bid", "not above the ask"));
        }
        // A tick from the future would keep every true one out.
        if ts.is_some_and(|ts| ts > now + 1.minute()) {
            return Err(("ts", "UTC, not ahead of the server's clock"));
        }
        Ok(())
    }

    fn is_too_old(&self, now: Timestamp) -> bool {
        self.ts.is_some_and(|ts| ts < now - (4 * 24).hours())
    }
}

impl Bar {
    fn check(&self, now: Timestamp) -> Result<(), Rule> {
        let Self {
            instrument: _,
            ts,
            open,
            high,
            low,
            close,
            volume,
        } = self;
        if ts.as_millisecond() % 60_000 != 0 || ts.subsec_nanosecond() != 0 {
            return Err(("ts", "the beginning of a minute, UTC"));
        }
        if *ts > now {
            return Err(("ts", "a minute that is over"));
        }
        for (field, price) in [("open", open), ("high", high), ("low", low), ("close", close)] {
            if !is_price(*price) {
                return Err((field, "a price above zero"));
            }
        }
        if high < open || high < close {
            return Err(("high", "not below open and close"));
        }
        if low > open || low > close {
            return Err(("low", "not above open and close"));
        }
        if volume.is_sign_negative() && !volume.is_zero() || *volume >= MOST.into() {
            return Err(("volume", "zero or more"));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn now() -> Timestamp {
        "2026-11-22T12:00:30Z".parse().expect("a time")
    }

    fn push(json: &str) -> Push {
        serde_json::from_str(json).unwrap_or_else(|error| panic!("{json}: {error}"))
    }

    fn fields(json: &str) -> Vec<String> {
        match push(json).check(now()) {
            Err(Error::Invalid(errors)) => errors.into_iter().map(|error| error.field).collect(),
            other => panic!("{json} gave {other:?}"),
        }
    }

    #[test]
    fn both_forms_say_the_same() {
        let plain = push(r#"{"EURUSD":{"bid":1.08512,"ask":"1.08520"}}"#);
        let long = push(r#"{"ticks":{"EURUSD":{"bid":1.08512,"ask":1.08520}},"bars":[]}"#);
        assert_eq!(plain.ticks, long.ticks);
        let digits = plain.ticks.values().next().expect("a tick").bid.to_string();
        assert_eq!(digits, "1.08512");
    }

    #[test]
    fn what_cannot_be_true_is_named() {
        assert_eq!(fields(r#"{"EURUSD":{"bid":1.2,"ask":1.1}}"#), ["EURUSD.bid"]);
        assert_eq!(
            fields(r#"{"A":{"bid":0,"ask":1},"B":{"bid":-1,"ask":1},"C":{"bid":1,"ask":1e12}}"#),
            ["A.bid", "B.bid", "C.ask"]
        );
        assert_eq!(
            fields(r#"{"EURUSD":{"bid":1,"ask":1,"ts":"2026-11-22T14:00:00Z"}}"#),
            ["EURUSD.ts"]
        );
        let bar = |ts: &str, low: &str| {
            format!(r#"{{"bars":[{{"instrument":"E","ts":"{ts}","open":2,"high":3,"low":{low},"close":2}}]}}"#)
        };
        assert_eq!(fields(&bar("2026-11-22T11:59:01Z", "1")), ["bars[0].ts"]);
        assert_eq!(fields(&bar("2026-11-22T12:01:00Z", "1")), ["bars[0].ts"]);
        assert_eq!(fields(&bar("2026-11-22T11:59:00Z", "2.5")), ["bars[0].low"]);
        let many: Vec<_> = (0..201).map(|n| format!(r#""I{n}":{{"bid":1,"ask":1}}"#)).collect();
        assert_eq!(fields(&format!("{{{}}}", many.join(","))), ["ticks"]);
    }

    #[test]
    fn no_number_and_no_name_are_unreadable() {
        for json in [
            r#"{"EURUSD":{"bid":NaN,"ask":1}}"#,
            r#"{"EURUSD":{"bid":"NaN","ask":1}}"#,
            r#"{"EURUSD":{"bid":1}}"#,
            r#"{"EUR USD":{"bid":1,"ask":1}}"#,
            r#"{"":{"bid":1,"ask":1}}"#,
            r#"{"ticks":[]}"#,
        ] {
            serde_json::from_str::<Push>(json).expect_err(json);
        }
    }

    #[test]
    fn last_weeks_tick_is_left_out_and_fridays_is_not() {
        let fresh = push(
            r#"{"OLD":{"bid":1,"ask":1,"ts":"2026-11-15T12:00:00Z"},"FRI":{"bid":1,"ask":1,"ts":"2026-11-20T21:59:59Z"}}"#,
        )
        .check(now())
        .expect("both could be true");
        assert_eq!(fresh.ticks.len(), 1);
        assert_eq!(
            fresh.ignored,
            [Ignored {
                instrument: "OLD".into(),
                reason: IgnoredReason::TooOld
            }]
        );
    }

    #[test]
    fn a_bar_sent_twice_in_one_push_is_one() {
        let bar = r#"{"instrument":"E","ts":"2026-11-22T11:58:00Z","open":2,"high":3,"low":1,"close":2}"#;
        let fresh = push(&format!(r#"{{"bars":[{bar},{bar}]}}"#))
            .check(now())
            .expect("good");
        assert_eq!(fresh.bars.len(), 1);
    }
}
