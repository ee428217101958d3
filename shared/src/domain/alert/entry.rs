//! An alert of any dialect as a flat list of named values.

use super::Dialect;
use super::error::{Unreadable, UnreadableCode, shown};
use super::json::{self, Fault, Node};
use super::keys::{self, Field, Unit};
use super::text;

pub(super) struct Entry {
    /// As it was sent, shortened: it is shown to the sender.
    pub(super) name: String,
    pub(super) field: Field,
    pub(super) value: String,
}

pub(super) enum Content<'a> {
    /// Empty, null or NaN: a template whose value was not there.
    Absent,
    /// `{{strategy.order.action}}` as it was left.
    Placeholder,
    Given(&'a str),
}

impl Entry {
    pub(super) fn new(name: &str, value: impl Into<String>) -> Self {
        let name = name.trim();
        Self {
            field: keys::classify(name),
            name: shown(name),
            value: value.into(),
        }
    }

    pub(super) fn content(&self) -> Content<'_> {
        const ABSENT: &[&str] = &["", "nan", "null", "none", "undefined", "na", "n/a"];
        let value = self.value.trim();
        if value.contains("{{") {
            Content::Placeholder
        } else if ABSENT.iter().any(|absent| value.eq_ignore_ascii_case(absent)) {
            Content::Absent
        } else {
            Content::Given(value)
        }
    }

    /// Whether the field says nothing: `betrigger=0`, `reduce_only: false`.
    pub(super) fn is_idle(&self) -> bool {
        const IDLE: &[&str] = &["false", "no", "off", "[]", "{}"];
        match self.content() {
            Content::Absent => true,
            Content::Placeholder => false,
            Content::Given(value) => {
                IDLE.iter().any(|idle| value.eq_ignore_ascii_case(idle))
                    || super::number::parse(value).is_ok_and(|number| number.is_zero())
            }
        }
    }

    pub(super) fn placeholder_left(&self) -> Unreadable {
        let detail = format!(
            "{} still holds the placeholder {}, which TradingView did not fill; use one that exists for this kind of \
             alert, or write the value itself.",
            self.name,
            shown(&self.value)
        );
        Unreadable::new(UnreadableCode::PlaceholderLeft, detail)
    }
}

pub(super) fn collect(body: &str) -> Result<(Vec<Entry>, Dialect), Unreadable> {
    let body = text::trim(body);
    if body.is_empty() {
        return Err(Unreadable::new(
            UnreadableCode::Empty,
            "The body is empty; put the alert's text into TradingView's message box.",
        ));
    }
    match json::quoted(body) {
        Some(inner) => collect_bare(text::trim(&inner)),
        None => collect_bare(body),
    }
}

fn collect_bare(body: &str) -> Result<(Vec<Entry>, Dialect), Unreadable> {
    let is_json = body.starts_with('[') || (body.starts_with('{') && !body.starts_with("{{"));
    if !is_json {
        return text::parse(body);
    }
    let document = json::parse(body).map_err(|fault| bad_json(body, fault))?;
    let mut entries = Vec::new();
    flatten_root(document.root, &mut entries)?;
    let dialect = if document.strict {
        Dialect::Json
    } else {
        Dialect::LooseJson
    };
    let names_an_order = entries
        .iter()
        .any(|e| matches!(e.field, Field::Symbol | Field::Action | Field::Side));
    let mut messages = entries
        .iter()
        .filter(|e| e.field == Field::Message && !e.value.trim().is_empty());
    match (messages.next(), messages.next()) {
        (Some(message), None) if !names_an_order => {
            let message = text::trim(&message.value).to_owned();
            with_message(entries, &message, dialect)
        }
        _ => Ok((entries, dialect)),
    }
}

/// `{"secret": "…", "message": "BUY,EURUSD,sl_pips=20"}`: the fields beside the message still count.
fn with_message(mut entries: Vec<Entry>, message: &str, dialect: Dialect) -> Result<(Vec<Entry>, Dialect), Unreadable> {
    if message.starts_with('{') && !message.starts_with("{{") {
        let document = json::parse(message).map_err(|fault| bad_json(message, fault))?;
        flatten_root(document.root, &mut entries)?;
        return Ok((entries, if document.strict { dialect } else { Dialect::LooseJson }));
    }
    let (inner, form) = match text::parse(message) {
        // Plain words in a field called message are mostly meant for people.
        Ok((_, Dialect::Words)) => return Ok((entries, dialect)),
        Ok(parsed) => parsed,
        Err(refused) if refused.code == UnreadableCode::NotAnAlert => {
            return Ok((entries, dialect));
        }
        Err(refused) => return Err(refused),
    };
    // A bare `sl` means a price in JSON and something else in a command; no one dialect fits both.
    if entries.iter().any(|e| matches!(e.field, Field::Stop(_, Unit::Unsaid))) {
        return Err(Unreadable::new(
            UnreadableCode::AmbiguousValue,
            "A stop stands beside a message that is itself the order; put the whole order into one of the two.",
        ));
    }
    entries.extend(inner);
    Ok((entries, form))
}

fn flatten_root(root: Node, out: &mut Vec<Entry>) -> Result<(), Unreadable> {
    match root {
        Node::Object(members) => flatten(members, "", out),
        Node::List(items) => match only(items)? {
            Some(item) => flatten_root(item, out),
            None => Ok(()),
        },
        Node::Null | Node::Bool(_) | Node::Number(_) | Node::Text(_) => Ok(()),
    }
}

fn flatten(members: Vec<(String, Node)>, path: &str, out: &mut Vec<Entry>) -> Result<(), Unreadable> {
    for (key, node) in members {
        if keys::is_bar(&key) && matches!(node, Node::Object(_) | Node::List(_)) {
            continue;
        }
        let name = if path.is_empty() {
            key.clone()
        } else {
            format!("{path}.{key}")
        };
        match node {
            Node::Object(inner) => flatten(inner, &name, out)?,
            Node::List(items) if keys::is_wrapper(&key) || key.eq_ignore_ascii_case("orders") => match only(items)? {
                Some(Node::Object(inner)) => flatten(inner, path, out)?,
                Some(_) => out.push(Entry::new(&name, "[…]")),
                None => {}
            },
            Node::List(items) => {
                let content = if items.is_empty() { "" } else { "[…]" };
                out.push(Entry::new(&name, content));
            }
            Node::Null => out.push(Entry::new(&name, "")),
            Node::Bool(value) => out.push(Entry::new(&name, value.to_string())),
            Node::Number(value) | Node::Text(value) => out.push(Entry::new(&name, value)),
        }
    }
    Ok(())
}

fn only(items: Vec<Node>) -> Result<Option<Node>, Unreadable> {
    let mut items = items.into_iter();
    match (items.next(), items.next()) {
        (first, None) => Ok(first),
        _ => Err(several_commands()),
    }
}

pub(super) fn several_commands() -> Unreadable {
    Unreadable::new(
        UnreadableCode::SeveralCommands,
        "The alert holds several commands; send one order per alert, each from an alert of its own.",
    )
}

fn bad_json(body: &str, fault: Fault) -> Unreadable {
    let at = match fault {
        Fault::Another => return several_commands(),
        Fault::TooDeep => {
            return Unreadable::new(
                UnreadableCode::BadJson,
                "The JSON is nested too deeply to be an alert; send the fields in one flat object.",
            );
        }
        Fault::At(at) => at,
    };
    let line = body[..at].matches('\n').count() + 1;
    let column = body[..at].chars().rev().take_while(|&c| c != '\n').count() + 1;
    Unreadable::new(
        UnreadableCode::BadJson,
        format!(
            "The JSON is broken at line {line}, column {column}; check that every text is in double quotes and every \
             pair but the last ends with a comma."
        ),
    )
}
