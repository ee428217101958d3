//! Entries to order: what is asked, then only the fields that this order needs.

use rust_decimal::Decimal;

use super::action::{self, Intent};
use super::entry::{Content, Entry};
use super::error::{Unreadable, UnreadableCode};
use super::keys::{Effect, Field, Level, Unit};
use super::number::{self, Zero};
use super::stops::{self, Order};
use super::{Action, Alert, Dialect, PositionSide, Reading, Symbol, position, symbol, time, volume};

pub(super) fn reading(entries: &[Entry], dialect: Dialect) -> Result<Reading, Unreadable> {
    let mut notes = Vec::new();
    let intent = action::find(entries, dialect.is_json())?;
    let symbol = symbol::find(entries, &mut notes)?;
    let (intent, symbol) = both(intent, symbol)?;
    let after = position::after(entries)?;
    let before = position::before(entries)?;
    let intent = position::apply(intent, after, before, volume::is_given(entries), &mut notes)?;
    let mut alert = match intent {
        Intent::Enter(side) => entry(symbol, side, entries, dialect, &mut notes)?,
        Intent::Exit(side) => exit(
            symbol,
            side,
            entries,
            after.is_some_and(|after| after.side().is_none()),
            &mut notes,
        )?,
    };
    alert.id = id(entries)?;
    alert.time = time::find(entries, &mut notes)?;
    alert.position = after;
    note_empty(entries, &mut notes);
    note_ignored(entries, alert.action, &mut notes);
    if dialect == Dialect::LooseJson {
        notes.push("The JSON is not strict; put every text in double quotes.".to_owned());
    }
    Ok(Reading { alert, dialect, notes })
}

fn both(intent: Option<Intent>, symbol: Option<Symbol>) -> Result<(Intent, Symbol), Unreadable> {
    let (code, detail) = match (intent, symbol) {
        (Some(intent), Some(symbol)) => return Ok((intent, symbol)),
        (Some(_), None) => (
            UnreadableCode::NoSymbol,
            "The alert names no symbol; add it, for example \"symbol\": \"{{ticker}}\".",
        ),
        (None, Some(_)) => (
            UnreadableCode::NoAction,
            "The alert names no action; add \"action\": buy, sell or close, or {{strategy.order.action}}.",
        ),
        (None, None) => (
            UnreadableCode::NotAnAlert,
            "The alert names neither a symbol nor an action; send at least {\"symbol\": \"{{ticker}}\", \"action\": \"buy\"}.",
        ),
    };
    Err(Unreadable::new(code, detail))
}

fn entry(
    symbol: Symbol,
    side: PositionSide,
    entries: &[Entry],
    dialect: Dialect,
    notes: &mut Vec<String>,
) -> Result<Alert, Unreadable> {
    refuse_unsupported(entries, &[Effect::Everything, Effect::Size, Effect::Entry])?;
    let price = price(entries, notes)?;
    let order = Order {
        side,
        price,
        is_json: dialect.is_json(),
    };
    let sl = stops::find(Level::Sl, entries, order, notes)?;
    let tp = stops::find(Level::Tp, entries, order, notes)?;
    let amount = volume::of_entry(entries, sl.is_given(), notes)?;
    Ok(Alert {
        symbol,
        action: if side == PositionSide::Long {
            Action::Buy
        } else {
            Action::Sell
        },
        close_side: None,
        price,
        volume: amount.volume,
        risk_pct: amount.risk_pct,
        sl: sl.price,
        tp: tp.price,
        sl_pips: sl.pips,
        tp_pips: tp.pips,
        id: None,
        time: None,
        position: None,
    })
}

/// An exit takes no stops and no risk: a broken one of those must not keep a position open.
fn exit(
    symbol: Symbol,
    side: Option<PositionSide>,
    entries: &[Entry],
    to_flat: bool,
    notes: &mut Vec<String>,
) -> Result<Alert, Unreadable> {
    refuse_unsupported(entries, &[Effect::Everything])?;
    let volume = if to_flat {
        if volume::is_given(entries) {
            notes.push("The position after the order is flat, so all of it is closed whatever the volume.".to_owned());
        }
        None
    } else {
        refuse_unsupported(entries, &[Effect::Size])?;
        volume::of_exit(entries, notes)?
    };
    Ok(Alert {
        symbol,
        action: Action::Close,
        close_side: side,
        price: price(entries, &mut Vec::new()).unwrap_or_default(),
        volume,
        risk_pct: None,
        sl: None,
        tp: None,
        sl_pips: None,
        tp_pips: None,
        id: None,
        time: None,
        position: None,
    })
}

fn refuse_unsupported(entries: &[Entry], effects: &[Effect]) -> Result<(), Unreadable> {
    let blocking =
        |e: &&Entry| matches!(e.field, Field::Unsupported(effect) if effects.contains(&effect)) && !e.is_idle();
    let Some(entry) = entries.iter().find(blocking) else {
        return Ok(());
    };
    let detail = format!(
        "{} would change the order and is not supported, so nothing is sent; leave it out, and send stops as sl, tp, \
         sl_pips or tp_pips and the size as volume or risk_pct.",
        entry.name
    );
    Err(Unreadable::new(UnreadableCode::UnsupportedField, detail))
}

fn price(entries: &[Entry], notes: &mut Vec<String>) -> Result<Option<Decimal>, Unreadable> {
    let mut found: Option<(u8, Decimal)> = None;
    for entry in entries {
        let Field::Price(rank) = entry.field else {
            continue;
        };
        let Some(price) = number::positive(entry, Zero::IsRefused, notes)? else {
            continue;
        };
        match found {
            Some((best, _)) if best < rank => {}
            Some((best, first)) if best == rank && first != price => {
                let detail = format!("The alert gives two prices, {first} and {price}; send one.");
                return Err(Unreadable::new(UnreadableCode::AmbiguousValue, detail));
            }
            _ => found = Some((rank, price)),
        }
    }
    Ok(found.map(|(_, price)| price))
}

fn id(entries: &[Entry]) -> Result<Option<String>, Unreadable> {
    const LONGEST: usize = 128;
    let mut found: Option<&str> = None;
    for entry in entries.iter().filter(|entry| entry.field == Field::Id) {
        let Content::Given(sent) = entry.content() else {
            continue;
        };
        let why = if sent.chars().count() > LONGEST {
            "is longer than 128 characters"
        } else if sent.chars().any(char::is_control) {
            "has control characters"
        } else if found.is_some_and(|first| first != sent) {
            "differs from another id in the alert"
        } else {
            found = Some(sent);
            continue;
        };
        let detail = format!(
            "{} {why}; send one short id that is new with every alert, or none.",
            entry.name
        );
        return Err(Unreadable::new(UnreadableCode::BadId, detail));
    }
    Ok(found.map(str::to_owned))
}

/// Of the fields whose absence no other note tells.
fn note_empty(entries: &[Entry], notes: &mut Vec<String>) {
    let is_told = |field| {
        matches!(
            field,
            Field::Position | Field::PositionSize | Field::PrevPosition | Field::Id
        )
    };
    for entry in entries.iter().filter(|e| is_told(e.field)) {
        if !matches!(entry.content(), Content::Given(_)) {
            notes.push(format!("{} is not filled in and was taken as absent.", entry.name));
        }
    }
}

/// Names only: a value may be private.
fn note_ignored(entries: &[Entry], action: Action, notes: &mut Vec<String>) {
    const MOST: usize = 12;
    let is_ignored = |field| match field {
        Field::Message | Field::Bar | Field::Secret | Field::Harmless | Field::Unsupported(_) | Field::Unknown => true,
        Field::Stop(_, unit) => {
            action == Action::Close
                || (unit == Unit::LongOnly && action == Action::Sell)
                || (unit == Unit::ShortOnly && action == Action::Buy)
        }
        Field::RiskPct | Field::Risk | Field::StopUnit(_) => action == Action::Close,
        _ => false,
    };
    let mut names: Vec<&str> = entries
        .iter()
        .filter(|e| is_ignored(e.field))
        .map(|e| e.name.as_str())
        .take(MOST + 1)
        .collect();
    if names.is_empty() {
        return;
    }
    let more = if names.len() > MOST { " and more" } else { "" };
    names.truncate(MOST);
    notes.push(format!("Ignored: {}{more}.", names.join(", ")));
}
