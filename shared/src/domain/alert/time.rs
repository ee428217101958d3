use jiff::Timestamp;

use super::entry::{Content, Entry};
use super::error::{Unreadable, UnreadableCode, shown};
use super::keys::Field;

/// 2000-01-01 and 2100-01-01: outside lies a number that is no time.
const PLAUSIBLE_SECONDS: std::ops::Range<i64> = 946_684_800..4_102_444_800;

/// The moment the alert was sent. Never ignored when unreadable: it decides whether an entry is stale.
pub(super) fn find(entries: &[Entry], notes: &mut Vec<String>) -> Result<Option<Timestamp>, Unreadable> {
    let mut found: Option<(u8, Timestamp)> = None;
    for entry in entries {
        let Field::Time(rank) = entry.field else {
            continue;
        };
        let sent = match entry.content() {
            Content::Given(sent) => sent,
            Content::Absent | Content::Placeholder => {
                notes.push(format!("{} is not filled in and was taken as absent.", entry.name));
                continue;
            }
        };
        let time = parse(sent).ok_or_else(|| bad(entry, sent))?;
        match found {
            Some((best, _)) if best < rank => {}
            Some((best, first)) if best == rank && first != time => {
                let detail = format!("The alert gives two times, {first} and {time}; send one.");
                return Err(Unreadable::new(UnreadableCode::AmbiguousValue, detail));
            }
            _ => found = Some((rank, time)),
        }
    }
    Ok(found.map(|(_, time)| time))
}

fn parse(sent: &str) -> Option<Timestamp> {
    let time = if sent.bytes().all(|b| b.is_ascii_digit()) {
        let number = sent.parse().ok()?;
        match sent.len() {
            10 => Timestamp::from_second(number),
            13 => Timestamp::from_millisecond(number),
            _ => return None,
        }
    } else {
        sent.parse()
    };
    time.ok().filter(|time| PLAUSIBLE_SECONDS.contains(&time.as_second()))
}

fn bad(entry: &Entry, sent: &str) -> Unreadable {
    let detail = format!(
        "{} is {}, which is no time with a zone; send {{{{timenow}}}}, as in 2026-01-31T09:30:00Z.",
        entry.name,
        shown(sent)
    );
    Unreadable::new(UnreadableCode::BadTime, detail)
}
