use std::fmt;

use serde::Serialize;

use super::entry::{Content, Entry};
use super::error::{Unreadable, UnreadableCode, shown};
use super::keys::Field;

const LONGEST: usize = 32;

/// The instrument without its exchange, in the sender's spelling where a broker suffix makes case matter (`EURUSDm`,
/// `US100.cash`).
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
pub struct Symbol(String);

impl Symbol {
    pub fn as_str(&self) -> &str {
        &self.0
    }

    pub fn into_string(self) -> String {
        self.0
    }
}

impl fmt::Display for Symbol {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The one symbol the entries name; `None` if they name none.
pub(super) fn find(entries: &[Entry], notes: &mut Vec<String>) -> Result<Option<Symbol>, Unreadable> {
    let mut found: Option<Symbol> = None;
    for entry in entries.iter().filter(|entry| entry.field == Field::Symbol) {
        let sent = match entry.content() {
            Content::Absent => continue,
            Content::Placeholder => return Err(entry.placeholder_left()),
            Content::Given(sent) => sent,
        };
        let symbol = parse(sent)?;
        match &found {
            None => {
                if !symbol.0.eq_ignore_ascii_case(sent) {
                    notes.push(format!("The symbol {} is read as {symbol}.", shown(sent)));
                }
                found = Some(symbol);
            }
            Some(first) if first.0.eq_ignore_ascii_case(&symbol.0) => {}
            Some(first) => {
                return Err(Unreadable::new(
                    UnreadableCode::AmbiguousSymbol,
                    format!("The alert names two symbols, {first} and {symbol}; send one."),
                ));
            }
        }
    }
    Ok(found)
}

fn parse(sent: &str) -> Result<Symbol, Unreadable> {
    let bad = |why: &str| {
        let detail = format!("The symbol {} {why}; send it like EURUSD or OANDA:EURUSD.", shown(sent));
        Unreadable::new(UnreadableCode::BadSymbol, detail)
    };
    let name = match sent.split_once(':') {
        None => sent,
        Some((exchange, name)) if is_exchange(exchange) => name,
        Some(_) => return Err(bad("has a colon after something that is no exchange")),
    };
    let name = match name.split_once('/') {
        None => name.to_owned(),
        Some((base, quote)) if is_currency(base) && is_currency(quote) => format!("{base}{quote}"),
        Some(_) => return Err(bad("has a slash that is not between two currencies")),
    };
    if name.chars().count() > LONGEST {
        return Err(bad("is longer than 32 characters"));
    }
    if !name.chars().all(|c| c.is_ascii_alphanumeric() || "._#!+&-".contains(c)) {
        return Err(bad("has characters no instrument has"));
    }
    if !name.contains(|c: char| c.is_ascii_alphanumeric()) {
        return Err(bad("has no letter or digit"));
    }
    Ok(Symbol(upper_case(&name)))
}

/// Only a name typed all in small letters is raised: in `EURUSDm` the case is the broker's.
fn upper_case(name: &str) -> String {
    let root = name.find(['.', '#', '_', '!', '+', '-']).unwrap_or(name.len());
    let (root, suffix) = name.split_at(root);
    if root.contains(|c: char| c.is_ascii_uppercase()) {
        return name.to_owned();
    }
    root.to_ascii_uppercase() + suffix
}

fn is_exchange(text: &str) -> bool {
    (1..=24).contains(&text.len()) && text.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
}

fn is_currency(text: &str) -> bool {
    (2..=10).contains(&text.len()) && text.chars().all(|c| c.is_ascii_alphanumeric() || c == '.')
}
