//! The arithmetic of `docs/scale.md`: `cargo xtask scale` prints the tables, and a test holds the document to them.

mod bill;
mod database;
mod inputs;

use std::fmt::Write;

use self::{
    bill::{Bill, billed_ms, monolith, serverless},
    database::DATABASES,
    inputs::{
        ALERTS_A_DAY, ANSWER_BYTES, API_LIMIT, BROADCAST_MB, CONCURRENCY_LIMIT, CPU_MS, DATABASE_MS, EMPTY_DATABASE_MS,
        INVOCATIONS, LOG_BYTES, MEMORY_MB, MESSAGES, MONOLITH_CPU_MS, MONOLITH_MESSAGE_CPU_MS, OPEN_POSITIONS_H, PEAK,
        POST_MS, PRICES, PROGRAMS, QUEUE, ROUND_TRIP_MS, SIZES, TRADING_DAYS, UNCHECKED, USE, WATCHED_S, WATCHING_H,
    },
};

/// Markdown.
pub fn tables() -> String {
    let mut text = String::new();
    inputs(&mut text);
    prices(&mut text);
    load(&mut text);
    bill(&mut text, "What it costs a month", serverless);
    bill(
        &mut text,
        "What the tech plan's FastAPI and Redis on containers would cost a month",
        monolith,
    );
    savings(&mut text);
    text
}

fn inputs(text: &mut String) {
    heading(text, "Inputs", &["What", "Figure", "Where from"]);
    let measured = "measured: the tech plan built as written, on the same machine";
    let chosen = "chosen";
    let assumed = "assumed; a first month's REPORT lines tell";
    let rows = [
        (
            "processor time of a function, a request",
            format!("{CPU_MS} ms"),
            "measured: 7.5 s over 12 900 requests",
        ),
        (
            "a statement of the hot path in Postgres",
            format!("{DATABASE_MS} ms"),
            "measured: the claim, by pgbench (`0011`)",
        ),
        (
            "an empty poll in Postgres",
            format!("{EMPTY_DATABASE_MS} ms"),
            "half a claim; its index look-up alone took 0.03 ms",
        ),
        (
            "processor time of the monolith, a request",
            format!("{MONOLITH_CPU_MS} ms"),
            measured,
        ),
        (
            "processor time of the monolith, a message to a socket",
            format!("{MONOLITH_MESSAGE_CPU_MS} ms"),
            measured,
        ),
        ("Lambda → pooler → Lambda", format!("{ROUND_TRIP_MS} ms"), assumed),
        ("a message posted to a socket", format!("{POST_MS} ms"), assumed),
        ("log lines of a request", format!("{LOG_BYTES} bytes"), assumed),
        ("an answer", format!("{} bytes", whole(ANSWER_BYTES)), assumed),
        (
            "billed, an ordinary request",
            format!("{} ms", billed_ms(MEMORY_MB, DATABASE_MS)),
            "processor time at 256 / 1 769 of a processor, plus the wait, rounded up",
        ),
        (
            "billed, an empty poll",
            format!("{} ms", billed_ms(MEMORY_MB, EMPTY_DATABASE_MS)),
            "the same",
        ),
        (
            "billed, a broadcast",
            format!("{} ms", billed_ms(BROADCAST_MB, DATABASE_MS) + POST_MS),
            "the same at 1 024 MB, and one post",
        ),
        (
            "a trader watches the dashboard",
            format!("{WATCHING_H} h on {TRADING_DAYS} days"),
            chosen,
        ),
        (
            "a trader has positions open",
            format!("{OPEN_POSITIONS_H} h on {TRADING_DAYS} days"),
            chosen,
        ),
        ("alerts", format!("{ALERTS_A_DAY} a day"), chosen),
        ("programs written", format!("{PROGRAMS} a month"), chosen),
        ("the busiest hour", format!("{PEAK} × the mean"), chosen),
    ];
    for (what, figure, source) in rows {
        row(text, &[what.to_owned(), figure, source.to_owned()]);
    }
    heading(text, "One trader, a month", &["Requests", "Count"]);
    let lines = [
        ("polls for a job, every 30 s", USE.polls),
        ("heartbeats, every 5 min", USE.heartbeats),
        ("account, every minute, every 5 s with open positions", USE.accounts),
        ("prices, every second while somebody watches", USE.prices),
        ("alerts, their claims and results", USE.alerts),
        ("the dashboard's polls", USE.dashboard),
        ("together", USE.requests()),
    ];
    for (what, count) in lines {
        row(text, &[what.to_owned(), whole(count)]);
    }
}

fn prices(text: &mut String) {
    heading(text, "Prices, us-east-1", &["What", "Dollars", "For a", "Where from"]);
    for price in PRICES {
        row(
            text,
            &[
                price.name.to_owned(),
                price.dollars.to_string(),
                price.unit.to_owned(),
                price.source.to_owned(),
            ],
        );
    }
    for database in DATABASES {
        row(
            text,
            &[
                format!("Supabase {}", database.name),
                database.dollars.to_string(),
                "month".to_owned(),
                UNCHECKED.to_owned(),
            ],
        );
    }
}

fn load(text: &mut String) {
    heading(
        text,
        "Load in the busiest hour",
        &[
            "Agents",
            "Requests a second",
            "of the API limit",
            "Functions at once",
            "of the limit",
            "Database, processors busy",
            "Database",
        ],
    );
    for agents in SIZES {
        let bill = serverless(agents);
        let peak = bill.requests_a_second * PEAK;
        row(
            text,
            &[
                whole(agents),
                short(peak),
                percent(peak / API_LIMIT),
                short(bill.concurrent),
                percent(bill.concurrent / CONCURRENCY_LIMIT),
                short(bill.database_cores),
                bill.database.label(),
            ],
        );
    }
    let one = serverless(1.0);
    let _ = writeln!(
        text,
        "\nThe API limit is reached at {} agents.",
        whole((API_LIMIT / (one.requests_a_second * PEAK) / 100.0).floor() * 100.0)
    );
}

fn bill(text: &mut String, title: &str, of: fn(f64) -> Bill) {
    let bills = SIZES.map(of);
    heading(text, title, &["Dollars", "10 agents", "1 000", "100 000"]);
    for (line, (name, _)) in bills[0].lines.iter().enumerate() {
        let mut cells = vec![(*name).to_owned()];
        cells.extend(bills.iter().map(|bill| dollars(bill.lines[line].1)));
        row(text, &cells);
    }
    let mut cells = vec!["Supabase".to_owned()];
    cells.extend(
        bills
            .iter()
            .map(|bill| format!("{} ({})", dollars(bill.database.dollars), bill.database.label())),
    );
    row(text, &cells);
    let mut cells = vec!["**together**".to_owned()];
    cells.extend(bills.iter().map(|bill| format!("**{}**", dollars(bill.total()))));
    row(text, &cells);
    let mut cells = vec!["an agent".to_owned()];
    cells.extend(
        bills
            .iter()
            .zip(SIZES)
            .map(|(bill, agents)| format!("{:.2}", bill.total() / agents)),
    );
    row(text, &cells);
}

/// What leaves the bill with each step, by what a request to the API costs with all that follows it.
fn savings(text: &mut String) {
    let agents = SIZES[1];
    let bill = serverless(agents);
    let by_request: f64 = bill
        .lines
        .iter()
        .filter(|(name, _)| {
            [
                "Lambda: time",
                "Lambda: invocations",
                "HTTP API",
                "CloudFront",
                "Logs and metrics",
            ]
            .contains(name)
        })
        .map(|(_, dollars)| dollars)
        .sum::<f64>()
        / (USE.requests() * agents);
    let edge: f64 = bill
        .lines
        .iter()
        .filter(|(name, _)| *name == "CloudFront")
        .map(|(_, dollars)| dollars)
        .sum();
    let of_agents = (USE.polls + USE.heartbeats + USE.accounts + USE.prices) / USE.requests();
    heading(text, "What a step saves at 1 000 agents", &["Step", "Dollars a month"]);
    let steps = [
        (
            "the dashboard hears of positions by its socket, and asks every 10 s",
            WATCHED_S * 0.9 * agents * by_request,
        ),
        ("agents call the HTTP API itself and not CloudFront", edge * of_agents),
        (
            "an agent with a doorbell polls every 5 minutes",
            USE.polls * 0.9 * agents * by_request,
        ),
        (
            "prices every 2 seconds",
            USE.prices
                * 0.5
                * agents
                * (by_request + (QUEUE.dollars * 3.0 + MESSAGES.dollars + INVOCATIONS.dollars) / 1e6),
        ),
    ];
    for (step, saved) in steps {
        row(text, &[step.to_owned(), dollars(saved)]);
    }
}

fn heading(text: &mut String, title: &str, columns: &[&str]) {
    let _ = writeln!(
        text,
        "\n### {title}\n\n| {} |\n|{}",
        columns.join(" | "),
        "---|".repeat(columns.len())
    );
}

fn row(text: &mut String, cells: &[String]) {
    let _ = writeln!(text, "| {} |", cells.join(" | "));
}

fn percent(share: f64) -> String {
    format!("{} %", short(share * 100.0))
}

fn dollars(amount: f64) -> String {
    short(amount)
}

/// With two digits that mean something; the inputs have no more.
fn short(number: f64) -> String {
    if number >= 100.0 {
        let digits = 10f64.powf(number.log10().floor() - 1.0);
        whole((number / digits).round() * digits)
    } else if number >= 10.0 {
        format!("{number:.0}")
    } else if number >= 1.0 {
        format!("{number:.1}")
    } else {
        format!("{number:.2}")
    }
}

/// With a thin gap at each thousand.
fn whole(number: f64) -> String {
    let digits = format!("{number:.0}");
    let mut text = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(' ');
        }
        text.push(digit);
    }
    text
}
