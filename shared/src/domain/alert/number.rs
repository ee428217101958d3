//! Decimals from the text they were sent as: no float in between.

use rust_decimal::Decimal;

use super::entry::{Content, Entry};
use super::error::{Unreadable, UnreadableCode, shown};

const LONGEST: usize = 48;
/// What `NUMERIC(18,8)` holds.
const DECIMALS: u32 = 8;
const INTEGER_LIMIT: Decimal = Decimal::from_parts(1_410_065_408, 2, 0, false, 0);

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Zero {
    /// Many templates send `sl=0` for "none".
    IsAbsent,
    IsRefused,
}

/// A positive number, or `None` (with a note) where the field is empty.
pub(super) fn positive(entry: &Entry, zero: Zero, notes: &mut Vec<String>) -> Result<Option<Decimal>, Unreadable> {
    let sent = match entry.content() {
        Content::Absent => {
            notes.push(format!("{} is empty and was taken as absent.", entry.name));
            return Ok(None);
        }
        Content::Placeholder => {
            notes.push(format!(
                "{} is an unfilled placeholder and was taken as absent.",
                entry.name
            ));
            return Ok(None);
        }
        Content::Given(sent) => sent,
    };
    let bad = |why: &str| {
        let detail = format!(
            "{} is {}, which {why}; send a number like 1.0850.",
            entry.name,
            shown(sent)
        );
        Unreadable::new(UnreadableCode::BadNumber, detail)
    };
    let exact = parse(sent).map_err(bad)?;
    if exact.is_zero() && zero == Zero::IsAbsent {
        notes.push(format!("{} is 0 and was taken as absent.", entry.name));
        return Ok(None);
    }
    if exact.is_zero() || exact.is_sign_negative() {
        return Err(bad("must be greater than zero"));
    }
    // A plot arrives as 1.0848571428571428; the ninth decimal is below every broker's tick.
    let rounded = exact.round_dp(DECIMALS).normalize();
    if rounded.is_zero() {
        return Err(bad("is too small"));
    }
    Ok(Some(rounded))
}

pub(super) fn parse(text: &str) -> Result<Decimal, &'static str> {
    let text = text.trim();
    if text.len() > LONGEST {
        return Err("is too long");
    }
    let text = decimal_point(text)?;
    if !is_numeral(&text) {
        return Err("is not a number");
    }
    let number = if text.contains(['e', 'E']) {
        Decimal::from_scientific(&text)
    } else {
        text.parse()
    }
    .map_err(|_overflow| "is beyond what a price can be")?;
    if number.abs() >= INTEGER_LIMIT {
        Err("is beyond what a price can be")
    } else {
        Ok(number)
    }
}

/// `1,0850` is a decimal comma; `1,085` may as well be a thousand and eighty-five.
fn decimal_point(text: &str) -> Result<String, &'static str> {
    let Some((whole, fraction)) = text.split_once(',') else {
        return Ok(text.to_owned());
    };
    if fraction.contains([',', '.', 'e', 'E']) || whole.contains('.') {
        return Err("mixes thousands separators and decimals");
    }
    let leads_with_zero = whole.trim_start_matches(['+', '-']) == "0";
    if fraction.len() == 3 && !leads_with_zero {
        return Err("has a comma that may separate thousands or decimals");
    }
    Ok(format!("{whole}.{fraction}"))
}

fn is_numeral(text: &str) -> bool {
    let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
    let (mantissa, exponent) = match unsigned.split_once(['e', 'E']) {
        None => (unsigned, "0"),
        Some((mantissa, exponent)) => (mantissa, exponent.strip_prefix(['+', '-']).unwrap_or(exponent)),
    };
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let digits = |part: &str| part.bytes().all(|b| b.is_ascii_digit());
    digits(whole)
        && digits(fraction)
        && whole.len() + fraction.len() > 0
        && digits(exponent)
        && (1..=2).contains(&exponent.len())
}
