mod mutation;
mod properties;
mod redaction;
mod rules;
mod shapes;
mod templates;

use std::fmt::Write as _;

use super::read;

/// The order in one line, as the tables below write it.
fn line(body: &str) -> String {
    let reading = match read(body.as_bytes()) {
        Ok(reading) => reading,
        Err(unreadable) => return format!("! {}", unreadable.code.as_str()),
    };
    let alert = reading.alert;
    let mut out = format!("{} {}", alert.action.as_str(), alert.symbol);
    if let Some(side) = alert.close_side {
        let _ = write!(out, " of={}", side.as_str());
    }
    let numbers = [
        ("price", alert.price),
        ("volume", alert.volume),
        ("risk_pct", alert.risk_pct),
        ("sl", alert.sl),
        ("tp", alert.tp),
        ("sl_pips", alert.sl_pips),
        ("tp_pips", alert.tp_pips),
    ];
    for (name, number) in numbers {
        if let Some(number) = number {
            let _ = write!(out, " {name}={number}");
        }
    }
    if let Some(id) = alert.id {
        let _ = write!(out, " id={id}");
    }
    if let Some(time) = alert.time {
        let _ = write!(out, " time={time}");
    }
    if let Some(position) = alert.position {
        let _ = write!(out, " position={}", position.as_str());
    }
    out
}

fn check(table: &[(&str, &str)]) {
    let wrong: Vec<String> = table
        .iter()
        .filter(|(body, expected)| line(body) != *expected)
        .map(|(body, expected)| {
            let detail = read(body.as_bytes())
                .err()
                .map_or(String::new(), |unreadable| unreadable.detail);
            format!("{body}\n  expected: {expected}\n  read:     {}\n  {detail}", line(body))
        })
        .collect();
    assert!(
        wrong.is_empty(),
        "{} of {} rows are read otherwise:\n{}",
        wrong.len(),
        table.len(),
        wrong.join("\n")
    );
}
