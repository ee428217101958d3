//! Alerts that are no JSON: `60123456789,buy,EURUSD,sl_pips=20`, `signal=long,symbol=EURUSD`, `BUY EURUSD 1.0850`.

use rust_decimal::Decimal;

use super::Dialect;
use super::action::{self, Intent, Word};
use super::entry::{Entry, several_commands};
use super::error::{Unreadable, UnreadableCode, shown};
use super::keys::{self, Field};
use super::number;

/// UTF-8, or UTF-16 with its mark; what is neither becomes U+FFFD, which no symbol and no number contains.
pub(super) fn decode(body: &[u8]) -> String {
    let utf16 = |bytes: &[u8], unit: fn([u8; 2]) -> u16| {
        let units: Vec<u16> = bytes.chunks_exact(2).map(|pair| unit([pair[0], pair[1]])).collect();
        String::from_utf16_lossy(&units)
    };
    match body {
        [0xFF, 0xFE, rest @ ..] => utf16(rest, u16::from_le_bytes),
        [0xFE, 0xFF, rest @ ..] => utf16(rest, u16::from_be_bytes),
        _ => String::from_utf8_lossy(body).into_owned(),
    }
}

/// Without white space, byte order marks and zero-width spaces around it.
pub(super) fn trim(text: &str) -> &str {
    text.trim_matches(|c: char| c.is_whitespace() || matches!(c, '\u{feff}' | '\u{200b}'..='\u{200d}' | '\0'))
}

/// A line cut at its separators.
struct Line {
    pieces: Vec<Piece>,
    separated: bool,
}

enum Piece {
    Named(Entry),
    Bare(String),
}

pub(super) fn parse(body: &str) -> Result<(Vec<Entry>, Dialect), Unreadable> {
    let mut pieces = Vec::new();
    let (mut separated, mut commands, mut lines) = (false, 0, 0);
    for line in body.split(['\n', '\r']).map(trim).filter(|line| !is_comment(line)) {
        let line = cut(line)?;
        commands += usize::from(line.pieces.iter().any(Piece::is_command));
        lines += 1;
        separated |= line.separated;
        pieces.extend(line.pieces);
    }
    if commands > 1 {
        return Err(several_commands());
    }
    if lines == 0 {
        return Err(Unreadable::new(
            UnreadableCode::Empty,
            "The alert holds comments only; send an order.",
        ));
    }
    let (mut entries, mut bare) = (Vec::new(), Vec::new());
    for piece in pieces {
        match piece {
            Piece::Named(entry) => entries.push(entry),
            Piece::Bare(text) => bare.push(text),
        }
    }
    if bare.is_empty() {
        return Ok((entries, Dialect::Pairs));
    }
    let dialect = if separated { Dialect::Command } else { Dialect::Words };
    entries.extend(command(&bare, separated, &entries)?);
    Ok((entries, dialect))
}

fn is_comment(line: &str) -> bool {
    line.is_empty() || line.starts_with('#') || line.starts_with("//")
}

impl Piece {
    fn is_command(&self) -> bool {
        match self {
            Self::Named(entry) => entry.field == Field::Action,
            Self::Bare(text) => {
                action::word(text).is_some() || text.split_whitespace().any(|w| action::word(w).is_some())
            }
        }
    }
}

fn cut(line: &str) -> Result<Line, Unreadable> {
    let segments = segments(line)?;
    let separated = segments.len() > 1;
    if !separated {
        return Ok(Line {
            pieces: words(line),
            separated,
        });
    }
    let mut pieces: Vec<Piece> = Vec::new();
    for segment in segments.into_iter().map(trim).filter(|segment| !segment.is_empty()) {
        let after_action = matches!(pieces.last(), Some(Piece::Bare(text)) if action::word(text).is_some());
        pieces.push(match named(segment, after_action) {
            Some(entry) => Piece::Named(entry),
            None => Piece::Bare(unquoted(segment).to_owned()),
        });
    }
    Ok(Line { pieces, separated })
}

/// At `,`, `;`, `|` and, where none of these is used, `&`; not within quotes or parentheses.
fn segments(line: &str) -> Result<Vec<&str>, Unreadable> {
    let is_query = !line.contains([',', ';', '|']);
    let (mut quoted, mut depth, mut start) = (false, 0_usize, 0);
    let mut segments = Vec::new();
    for (at, c) in line.char_indices() {
        match c {
            '"' => quoted = !quoted,
            _ if quoted => {}
            '(' | '[' => depth += 1,
            ')' | ']' => depth = depth.checked_sub(1).ok_or_else(unclosed)?,
            ',' | ';' | '|' if depth == 0 => {
                segments.push(&line[start..at]);
                start = at + c.len_utf8();
            }
            '&' if is_query && depth == 0 && line.contains('=') => {
                segments.push(&line[start..at]);
                start = at + c.len_utf8();
            }
            _ => {}
        }
    }
    if quoted || depth > 0 {
        return Err(unclosed());
    }
    segments.push(&line[start..]);
    Ok(segments)
}

/// What an unclosed quote swallows may be a stop.
fn unclosed() -> Unreadable {
    Unreadable::new(
        UnreadableCode::NotAnAlert,
        "A quote or a bracket in the alert has no partner, so its fields cannot be told apart; close it or leave it out.",
    )
}

/// `key=value` or `key:value`. A colon after a name nobody knows may be an exchange's: `BUY, BINANCE:ETHUSDT`.
fn named(segment: &str, after_action: bool) -> Option<Entry> {
    let (name, value) = segment.split_once(['=', ':'])?;
    let by_colon = segment[name.len()..].starts_with(':');
    let entry = Entry::new(unquoted(name.trim()), unquoted(value.trim()));
    (!(by_colon && after_action && entry.field == Field::Unknown)).then_some(entry)
}

fn unquoted(text: &str) -> &str {
    let strip = |quote: char| text.strip_prefix(quote)?.strip_suffix(quote);
    strip('"').or_else(|| strip('\'')).unwrap_or(text)
}

/// `BUY EURUSD sl = 1.08`: a name and its value may be apart.
fn words(line: &str) -> Vec<Piece> {
    let line = line.replace("==", "=");
    let mut pieces: Vec<Piece> = Vec::new();
    let mut words = line.split_whitespace().peekable();
    while let Some(word) = words.next() {
        let after_action = matches!(pieces.last(), Some(Piece::Bare(text)) if action::word(text).is_some());
        let mut text = word.to_owned();
        if words.peek().is_some_and(|next| next.starts_with('=')) {
            text.push_str(words.next().unwrap_or_default());
        }
        if text.ends_with(['=', ':'])
            && let Some(value) = words.next()
        {
            text.push_str(value);
        }
        pieces.push(match named(&text, after_action) {
            Some(entry) => Piece::Named(entry),
            None => Piece::Bare(unquoted(&text).to_owned()),
        });
    }
    pieces
}

/// Words without a name: labels (a licence, a key), the action, the symbol and, in plain words, a price.
fn command(bare: &[String], separated: bool, named: &[Entry]) -> Result<Vec<Entry>, Unreadable> {
    let words = split_command(bare, separated);
    let has = |field| named.iter().any(|entry| entry.field == field);
    let Some((at, length)) = find_action(&words) else {
        let labels = if separated { 2 } else { 0 };
        return if has(Field::Action) && words.len() <= labels {
            Ok(Vec::new())
        } else {
            Err(no_action_word(separated))
        };
    };
    if at > if separated { 2 } else { 0 } {
        return Err(not_an_alert());
    }
    let mut entries = vec![Entry::new("action", words[at..at + length].join(" "))];
    let mut rest = words[at + length..].iter();
    let Some(symbol) = rest.next() else {
        return Ok(entries);
    };
    if let Some(Word::Unsupported(why)) = action::word(&entries[0].value) {
        return Err(action::unsupported(&entries[0].value, why));
    }
    if action::word(symbol).is_some() {
        return Err(several_commands());
    }
    if !is_ticker(symbol, separated) {
        return Err(not_an_alert());
    }
    entries.push(Entry::new("symbol", symbol.clone()));
    let rest: Vec<&str> = rest.map(String::as_str).collect();
    if separated && !rest.is_empty() {
        return Err(not_an_alert());
    }
    let is_exit = matches!(action::word(&entries[0].value), Some(Word::Known(Intent::Exit(_))));
    entries.extend(trailing(&rest, is_exit)?);
    Ok(entries)
}

/// `BUY EURUSD, sl_pips=20`: one segment may hold both words.
fn split_command(bare: &[String], separated: bool) -> Vec<String> {
    let split = |text: &String| -> Vec<String> {
        let starts_with_action = text
            .split_whitespace()
            .next()
            .is_some_and(|first| action::word(first).is_some());
        if separated && (action::word(text).is_some() || !starts_with_action) {
            return vec![text.clone()];
        }
        text.split_whitespace().map(str::to_owned).collect()
    };
    bare.iter().flat_map(split).collect()
}

/// Where the action stands and how many words it has: `enter long` before `long`.
fn find_action(words: &[String]) -> Option<(usize, usize)> {
    (0..words.len()).find_map(|at| {
        let pair = words
            .get(at..at + 2)
            .filter(|pair| action::word(&pair.join("")).is_some());
        if pair.is_some() {
            return Some((at, 2));
        }
        action::word(&words[at]).map(|_| (at, 1))
    })
}

/// In a sentence only capitals are a ticker: "sell everything" sells nothing.
fn is_ticker(word: &str, separated: bool) -> bool {
    let root = word.split('.').next().unwrap_or(word);
    word.contains("{{")
        || (word.contains(|c: char| c.is_ascii_alphabetic())
            && (separated || !root.contains(|c: char| c.is_lowercase())))
}

/// `2950`, `@ 1.08`, `0.1 lots`, `sl 1.0750`: what may follow the symbol in plain words.
fn trailing(words: &[&str], is_exit: bool) -> Result<Vec<Entry>, Unreadable> {
    let mut entries: Vec<Entry> = Vec::new();
    let mut words = words.iter().copied().peekable();
    while let Some(word) = words.next() {
        let (name, value) = match word.strip_prefix('@') {
            Some("") => ("price", words.next()),
            Some(price) => ("price", Some(price)),
            None if word.eq_ignore_ascii_case("at") => ("price", words.next()),
            None => match number::parse(word) {
                Ok(_)
                    if words
                        .next_if(|unit| unit.eq_ignore_ascii_case("lots") || unit.eq_ignore_ascii_case("lot"))
                        .is_some() =>
                {
                    ("lots", Some(word))
                }
                Ok(number) if is_exit || !is_surely_a_price(number) => {
                    return Err(price_or_lots(word));
                }
                Ok(_) => ("price", Some(word)),
                Err(_) => (word, words.next()),
            },
        };
        let field = keys::classify(name);
        let is_known = matches!(field, Field::Price(_) | Field::Stop(..) | Field::Volume(_));
        let is_repeated = entries.iter().any(|entry| entry.field == field);
        let Some(value) = value.filter(|_| is_known && !is_repeated) else {
            return Err(not_an_alert());
        };
        entries.push(Entry::new(name, value));
    }
    Ok(entries)
}

/// Nobody trades 2950 or 1.0850 lots; 0.1 and 1.08 may be either.
fn is_surely_a_price(number: Decimal) -> bool {
    number >= Decimal::ONE_HUNDRED || number.scale() >= 3
}

fn price_or_lots(number: &str) -> Unreadable {
    let detail = format!(
        "The number {} may be a price or lots; write \"@ {number}\" or \"{number} lots\".",
        shown(number),
        number = number.trim()
    );
    Unreadable::new(UnreadableCode::AmbiguousValue, detail)
}

fn no_action_word(separated: bool) -> Unreadable {
    if !separated {
        return not_an_alert();
    }
    Unreadable::new(
        UnreadableCode::UnknownAction,
        "No word of the command is a known action; send it like LICENCE,buy,EURUSD,vol_lots=0.10,sl_pips=20.",
    )
}

fn not_an_alert() -> Unreadable {
    Unreadable::new(
        UnreadableCode::NotAnAlert,
        "The text is not an order this service reads; send {\"symbol\": \"EURUSD\", \"action\": \"buy\"}, or \
         BUY,EURUSD,vol_lots=0.10,sl_pips=20 with a name before every value.",
    )
}
