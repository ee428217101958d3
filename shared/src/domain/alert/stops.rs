//! Stop loss and take profit: as a price or in pips, never both, never dropped.

use rust_decimal::Decimal;

use super::PositionSide;
use super::entry::{Content, Entry};
use super::error::{Unreadable, UnreadableCode, shown};
use super::keys::{Field, Level, Unit, normalise};
use super::number::{self, Zero};

/// Bounds within which a bare `sl=` of the `PineConnector` family can only be pips: 1 may be a percentage, 1950 a price.
const PIPS: std::ops::RangeInclusive<Decimal> = Decimal::from_parts(5, 0, 0, false, 0)..=Decimal::ONE_THOUSAND;

/// What an order looks like to its stops.
#[derive(Clone, Copy)]
pub(super) struct Order {
    pub(super) side: PositionSide,
    pub(super) price: Option<Decimal>,
    pub(super) is_json: bool,
}

#[derive(Clone, Copy, Default)]
pub(super) struct Distance {
    pub(super) price: Option<Decimal>,
    pub(super) pips: Option<Decimal>,
}

impl Distance {
    pub(super) fn is_given(self) -> bool {
        self.price.is_some() || self.pips.is_some()
    }
}

pub(super) fn find(
    level: Level,
    entries: &[Entry],
    order: Order,
    notes: &mut Vec<String>,
) -> Result<Distance, Unreadable> {
    let unit = unit(level, entries)?;
    let mut found = Distance::default();
    for entry in entries {
        let Field::Stop(of, said) = entry.field else {
            continue;
        };
        if of != level || said == other_side(order.side) {
            continue;
        }
        // An entry without the stop its sender relied on is worse than no entry.
        if level == Level::Sl && matches!(entry.content(), Content::Placeholder) {
            return Err(entry.placeholder_left());
        }
        refuse_unit_in_value(entry)?;
        let Some(value) = number::positive(entry, Zero::IsAbsent, notes)? else {
            continue;
        };
        let in_pips = match (said, unit) {
            (Unit::Pips, _) | (Unit::Unsaid, Some(Unit::Pips)) => true,
            (Unit::Unsaid, None) if !order.is_json => bare_is_pips(entry, value, order, notes)?,
            _ => false,
        };
        let slot = if in_pips { &mut found.pips } else { &mut found.price };
        if slot.is_some_and(|first| first != value) {
            return Err(two(level));
        }
        *slot = Some(value);
    }
    if found.price.is_some() && found.pips.is_some() {
        return Err(two(level));
    }
    check_side(level, found.price, order)?;
    Ok(found)
}

fn other_side(side: PositionSide) -> Unit {
    match side {
        PositionSide::Long => Unit::ShortOnly,
        PositionSide::Short => Unit::LongOnly,
    }
}

fn unit(level: Level, entries: &[Entry]) -> Result<Option<Unit>, Unreadable> {
    let mut found = None;
    for entry in entries {
        let Field::StopUnit(of) = entry.field else {
            continue;
        };
        if of.is_some_and(|of| of != level) {
            continue;
        }
        let Content::Given(sent) = entry.content() else {
            continue;
        };
        let unit = match normalise(sent).as_str() {
            "pips" | "pip" => Unit::Pips,
            "price" | "absolute" => Unit::Price,
            // TradersPost's kind of stop order, not a unit.
            "stop" | "limit" | "market" => continue,
            _ => {
                return Err(Unreadable::new(
                    UnreadableCode::UnsupportedField,
                    format!(
                        "{} is {}, which is not converted; send PIPS or PRICE.",
                        entry.name,
                        shown(sent)
                    ),
                ));
            }
        };
        if found.is_some_and(|first| first != unit) {
            return Err(two(level));
        }
        found = Some(unit);
    }
    Ok(found)
}

fn refuse_unit_in_value(entry: &Entry) -> Result<(), Unreadable> {
    if !entry.value.trim_end().ends_with('%') {
        return Ok(());
    }
    let detail = format!(
        "{} is {}; a stop in percent is not converted, send it as a price or in pips.",
        entry.name,
        shown(&entry.value)
    );
    Err(Unreadable::new(UnreadableCode::UnsupportedField, detail))
}

/// In a command `sl=` is pips, a price or a percentage by a setting we do not see.
fn bare_is_pips(entry: &Entry, value: Decimal, order: Order, notes: &mut Vec<String>) -> Result<bool, Unreadable> {
    let may_be_pips = PIPS.contains(&value) && value.scale() <= 1;
    let may_be_price = match order.price {
        Some(price) => value > price / Decimal::TWO && value < price * Decimal::TWO,
        None => !may_be_pips,
    };
    match (may_be_pips, may_be_price, order.price) {
        (true, false, _) => {
            notes.push(format!("{} is read as {value} pips.", entry.name));
            Ok(true)
        }
        (false, true, Some(price)) => {
            notes.push(format!("{} is read as a price, near the order's {price}.", entry.name));
            Ok(false)
        }
        _ => {
            let name = entry.name.trim_matches('"');
            let detail = format!(
                "{} is {value}, which may be pips, a price or a percentage; write {name}_pips= or {name}_price=.",
                entry.name
            );
            Err(Unreadable::new(UnreadableCode::AmbiguousValue, detail))
        }
    }
}

fn check_side(level: Level, stop: Option<Decimal>, order: Order) -> Result<(), Unreadable> {
    let (Some(stop), Some(price)) = (stop, order.price) else {
        return Ok(());
    };
    let (name, loses) = match level {
        Level::Sl => ("sl", true),
        Level::Tp => ("tp", false),
    };
    let must_be_below = (order.side == PositionSide::Long) == loses;
    let fits = if must_be_below { stop < price } else { stop > price };
    let far = match level {
        Level::Sl => stop < price / Decimal::TWO || stop > price * Decimal::new(15, 1),
        Level::Tp => stop > price * Decimal::TEN,
    };
    if fits && !far {
        return Ok(());
    }
    let why = if fits {
        "too far away to be a price"
    } else {
        "on the wrong side of it"
    };
    let detail = format!(
        "{name} is {stop} and the price {price}: {why} for this order; send {name} as a price, or {name}_pips."
    );
    Err(Unreadable::new(UnreadableCode::BadStops, detail))
}

fn two(level: Level) -> Unreadable {
    let name = match level {
        Level::Sl => "stop losses",
        Level::Tp => "take profits",
    };
    Unreadable::new(
        UnreadableCode::AmbiguousValue,
        format!("The alert gives two {name}; send one, as a price or in pips."),
    )
}
