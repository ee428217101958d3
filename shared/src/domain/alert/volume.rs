//! How much: lots, or a share of the balance to risk.

use rust_decimal::Decimal;

use super::entry::{Content, Entry};
use super::error::{Unreadable, UnreadableCode, shown};
use super::keys::{Field, Lots, normalise};
use super::number::{self, Zero};

const MOST_LOTS: Decimal = Decimal::ONE_THOUSAND;
/// From here a `quantity` is rather a number of units or shares.
const MOST_ASSUMED_LOTS: Decimal = Decimal::ONE_HUNDRED;
/// `risk=50` is fifty dollars in many a template, and half the account if read as a percentage.
const MOST_ASSUMED_RISK: Decimal = Decimal::from_parts(5, 0, 0, false, 0);

#[derive(Clone, Copy, PartialEq, Eq)]
enum Meaning {
    Lots,
    RiskPct,
}

pub(super) struct Size {
    pub(super) volume: Option<Decimal>,
    pub(super) risk_pct: Option<Decimal>,
}

/// The size of an entry; `has_stop` because a risked percentage is counted from the stop.
pub(super) fn of_entry(entries: &[Entry], has_stop: bool, notes: &mut Vec<String>) -> Result<Size, Unreadable> {
    let meaning = meaning(entries)?;
    let (volume, mut risk) = match meaning {
        Meaning::Lots => (lots(entries, notes)?, None),
        Meaning::RiskPct => (None, amount(entries, notes)?.map(|(_, risk)| risk)),
    };
    for entry in entries {
        let sent = match entry.field {
            Field::RiskPct => number::positive(entry, Zero::IsAbsent, notes)?,
            Field::Risk => assumed_risk(entry, has_stop, notes)?,
            _ => None,
        };
        if let Some(sent) = sent {
            if risk.is_some_and(|first| first != sent) {
                return Err(two_values("risks"));
            }
            risk = Some(sent);
        }
    }
    if volume.is_some() && risk.is_some() {
        return Err(two_values("sizes, a volume and a risk"));
    }
    if let Some(risk) = risk.filter(|&risk| risk > Decimal::ONE_HUNDRED) {
        let detail = format!("The alert risks {risk} % of the balance; send a risk_pct between 0 and 100.");
        return Err(Unreadable::new(UnreadableCode::BadNumber, detail));
    }
    if volume.is_none() && risk.is_none() {
        refuse_lone_position_size(entries)?;
    }
    Ok(Size { volume, risk_pct: risk })
}

/// The part to close.
pub(super) fn of_exit(entries: &[Entry], notes: &mut Vec<String>) -> Result<Option<Decimal>, Unreadable> {
    match meaning(entries)? {
        Meaning::Lots => lots(entries, notes),
        Meaning::RiskPct if is_given(entries) => Err(unsupported_unit("a risk")),
        Meaning::RiskPct => Ok(None),
    }
}

/// `position_size` is the strategy's position after the order; where nothing else gives a size, it may be meant as one.
fn refuse_lone_position_size(entries: &[Entry]) -> Result<(), Unreadable> {
    let has = |field| {
        entries
            .iter()
            .any(|e| e.field == field && matches!(e.content(), Content::Given(_)))
    };
    if !has(Field::PositionSize) || has(Field::Position) {
        return Ok(());
    }
    Err(Unreadable::new(
        UnreadableCode::AmbiguousValue,
        "position_size may be the order's size or the position after it; send volume in lots, or position as long or short.",
    ))
}

pub(super) fn is_given(entries: &[Entry]) -> bool {
    entries
        .iter()
        .any(|e| matches!((e.field, e.content()), (Field::Volume(_), Content::Given(_))))
}

fn lots(entries: &[Entry], notes: &mut Vec<String>) -> Result<Option<Decimal>, Unreadable> {
    let Some((entry, volume)) = amount(entries, notes)? else {
        return Ok(None);
    };
    let assumed = entry.field == Field::Volume(Lots::Assumed);
    let most = if assumed { MOST_ASSUMED_LOTS } else { MOST_LOTS };
    if volume >= most {
        return Err(Unreadable::new(
            UnreadableCode::VolumeOutOfRange,
            format!(
                "{} is {volume}, which looks like units, not lots; send volume in lots, like 0.10.",
                entry.name
            ),
        ));
    }
    let has_bar = entries.iter().filter(|entry| entry.field == Field::Bar).count() > 1;
    if has_bar && normalise(&entry.name) == "volume" {
        return Err(Unreadable::new(
            UnreadableCode::AmbiguousValue,
            "volume stands beside high and low and may be the bar's; send the order's size as lots.",
        ));
    }
    if assumed {
        notes.push(format!("{} is read as {volume} lots.", entry.name));
    }
    Ok(Some(volume))
}

fn amount<'a>(entries: &'a [Entry], notes: &mut Vec<String>) -> Result<Option<(&'a Entry, Decimal)>, Unreadable> {
    let mut found: Option<(&Entry, Decimal)> = None;
    for entry in entries.iter().filter(|entry| matches!(entry.field, Field::Volume(_))) {
        let Some(volume) = number::positive(entry, Zero::IsRefused, notes)? else {
            continue;
        };
        if found.is_some_and(|(_, first)| first != volume) {
            return Err(two_values("volumes"));
        }
        found = found.or(Some((entry, volume)));
    }
    Ok(found)
}

fn meaning(entries: &[Entry]) -> Result<Meaning, Unreadable> {
    let mut found = None;
    for entry in entries.iter().filter(|entry| entry.field == Field::VolumeUnit) {
        let Content::Given(sent) = entry.content() else {
            continue;
        };
        let meaning = match normalise(sent).as_str() {
            "lot" | "lots" | "fixed" | "fixedquantity" | "fixedlots" | "fixedlot" | "contracts" => Meaning::Lots,
            "riskpercent" | "riskpct" | "percentrisk" => Meaning::RiskPct,
            _ => return Err(unsupported_unit(&shown(sent))),
        };
        if found.is_some_and(|first| first != meaning) {
            return Err(two_values("units of the volume"));
        }
        found = Some(meaning);
    }
    Ok(found.unwrap_or(Meaning::Lots))
}

fn assumed_risk(entry: &Entry, has_stop: bool, notes: &mut Vec<String>) -> Result<Option<Decimal>, Unreadable> {
    let Some(risk) = number::positive(entry, Zero::IsAbsent, notes)? else {
        return Ok(None);
    };
    let unclear = |why: &str| {
        Err(Unreadable::new(
            UnreadableCode::AmbiguousValue,
            format!("risk is {risk}{why}; send volume in lots (vol_lots), or risk_pct with a stop."),
        ))
    };
    if !has_stop {
        return unclear(" without a stop, which may be lots or a percentage");
    }
    if risk > MOST_ASSUMED_RISK {
        return unclear(", which is more likely money or lots than a percentage");
    }
    notes.push(format!(
        "risk is read as {risk} % of the balance, lost if the stop is hit."
    ));
    Ok(Some(risk))
}

fn unsupported_unit(unit: &str) -> Unreadable {
    Unreadable::new(
        UnreadableCode::UnsupportedField,
        format!("The size is given in {unit}, which is not converted; send volume in lots, or risk_pct with a stop."),
    )
}

fn two_values(of: &str) -> Unreadable {
    Unreadable::new(
        UnreadableCode::AmbiguousValue,
        format!("The alert gives two different {of}; send one."),
    )
}
