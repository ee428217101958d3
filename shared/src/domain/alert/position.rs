//! What the strategy's position after the order makes of the order: a sell that leaves it flat is an exit, not a short.

use super::action::Intent;
use super::entry::{Content, Entry};
use super::error::{Unreadable, UnreadableCode, shown};
use super::keys::{Field, normalise};
use super::number;
use super::{MarketPosition, PositionSide};

/// The position after the order. An unfilled placeholder is refused: without it a sell that exits would open a short.
pub(super) fn after(entries: &[Entry]) -> Result<Option<MarketPosition>, Unreadable> {
    let mut found: Option<MarketPosition> = None;
    for entry in entries {
        let position = match (entry.field, entry.content()) {
            (Field::Position | Field::PositionSize | Field::MarketPositionSize, Content::Placeholder) => {
                return Err(entry.placeholder_left());
            }
            (Field::Position, Content::Given(sent)) => Some(word(entry, sent)?),
            (Field::PositionSize, Content::Given(sent)) => Some(of_size(entry, sent)?),
            // The size alone has no side, so only zero says something.
            (Field::MarketPositionSize, Content::Given(sent)) => {
                Some(of_size(entry, sent)?).filter(|&position| position == MarketPosition::Flat)
            }
            _ => None,
        };
        match (found, position) {
            (Some(first), Some(second)) if first != second => {
                return Err(contradicts(&format!(
                    "it gives the position after the order as {} and as {}",
                    first.as_str(),
                    second.as_str()
                )));
            }
            (_, Some(position)) => found = Some(position),
            (_, None) => {}
        }
    }
    Ok(found)
}

/// The position before the order, where it is said and readable: it only refines.
pub(super) fn before(entries: &[Entry]) -> Result<Option<MarketPosition>, Unreadable> {
    let previous = entries.iter().filter(|entry| entry.field == Field::PrevPosition);
    let mut found = None;
    for entry in previous {
        if let Content::Given(sent) = entry.content() {
            let position = word(entry, sent)?;
            if found.is_some_and(|first| first != position) {
                return Err(contradicts("it gives two positions before the order"));
            }
            found = Some(position);
        }
    }
    Ok(found)
}

pub(super) fn apply(
    intent: Intent,
    after: Option<MarketPosition>,
    before: Option<MarketPosition>,
    has_volume: bool,
    notes: &mut Vec<String>,
) -> Result<Intent, Unreadable> {
    let Some(after) = after else {
        return Ok(intent);
    };
    match (intent, after.side()) {
        (Intent::Enter(order), None) => exit_to_flat(Some(order.opposite()), before, notes),
        (Intent::Enter(order), Some(left)) if order == left => {
            if before.and_then(MarketPosition::side) == Some(order.opposite()) {
                notes.push(format!(
                    "The strategy turns from {} to {}: only this order is placed, an opposite position is not closed by it.",
                    order.opposite().as_str(),
                    order.as_str()
                ));
            }
            Ok(intent)
        }
        (Intent::Enter(order), Some(left)) => {
            if !has_volume {
                return Err(contradicts(&format!(
                    "a {} that leaves the position {} closes a part of it, and no volume says how much",
                    if order == PositionSide::Long { "buy" } else { "sell" },
                    left.as_str()
                )));
            }
            notes.push(format!(
                "The position stays {}, so the order closes a part of it.",
                left.as_str()
            ));
            Ok(Intent::Exit(Some(left)))
        }
        (Intent::Exit(side), None) => exit_to_flat(side, before, notes),
        (Intent::Exit(side), Some(left)) => {
            if side.is_some_and(|side| side != left) || !has_volume {
                return Err(contradicts(&format!(
                    "a close that leaves the position {} is no full close; send the volume to close, or position flat",
                    left.as_str()
                )));
            }
            Ok(Intent::Exit(Some(left)))
        }
    }
}

fn exit_to_flat(
    side: Option<PositionSide>,
    before: Option<MarketPosition>,
    notes: &mut Vec<String>,
) -> Result<Intent, Unreadable> {
    let held = before.and_then(MarketPosition::side);
    if let (Some(side), Some(held)) = (side, held)
        && side != held
    {
        return Err(contradicts(&format!(
            "it would close a {} position, but the strategy was {}",
            side.as_str(),
            held.as_str()
        )));
    }
    let side = side.or(held);
    if let Some(side) = side {
        notes.push(format!(
            "The position after the order is flat, so the {} position is closed.",
            side.as_str()
        ));
    }
    Ok(Intent::Exit(side))
}

fn word(entry: &Entry, sent: &str) -> Result<MarketPosition, Unreadable> {
    match normalise(sent).as_str() {
        "long" | "bullish" | "bull" => Ok(MarketPosition::Long),
        "short" | "bearish" | "bear" => Ok(MarketPosition::Short),
        "flat" => Ok(MarketPosition::Flat),
        _ => Err(unknown(entry, sent)),
    }
}

fn of_size(entry: &Entry, sent: &str) -> Result<MarketPosition, Unreadable> {
    let size = number::parse(sent).map_err(|_not_a_number| unknown(entry, sent))?;
    Ok(if size.is_zero() {
        MarketPosition::Flat
    } else if size.is_sign_negative() {
        MarketPosition::Short
    } else {
        MarketPosition::Long
    })
}

fn unknown(entry: &Entry, sent: &str) -> Unreadable {
    let detail = format!("{} is {}; send long, short or flat.", entry.name, shown(sent));
    Unreadable::new(UnreadableCode::UnknownPosition, detail)
}

fn contradicts(what: &str) -> Unreadable {
    let detail = format!("The alert contradicts itself: {what}.");
    Unreadable::new(UnreadableCode::ContradictsPosition, detail)
}
