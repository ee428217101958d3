//! The arithmetic of `docs/scale.md`. Its inputs stand here and nowhere else; `cargo xtask scale` prints the tables, and a test
//! holds the document to them.

use std::fmt::Write;

const SIZES: [f64; 3] = [10.0, 1_000.0, 100_000.0];

// How a trader uses it, in a month of 30 days.
const MONTH_S: f64 = 30.0 * 86_400.0;
const TRADING_DAYS: f64 = 21.0;
const WATCHING_H: f64 = 2.0;
const OPEN_POSITIONS_H: f64 = 4.0;
const ALERTS_A_DAY: f64 = 20.0;
const PROGRAMS: f64 = 2.0;
const PEAK: f64 = 3.0;

// What was measured.
const CPU_MS: f64 = 0.58;
const DATABASE_MS: f64 = 0.8;
const EMPTY_DATABASE_MS: f64 = 0.4;
const MONOLITH_CPU_MS: f64 = 0.49;
const MONOLITH_MESSAGE_CPU_MS: f64 = 0.034;

// What was assumed, because it takes an account to measure it.
const ROUND_TRIP_MS: f64 = 2.0;
const POST_MS: f64 = 10.0;
const LOG_BYTES: f64 = 900.0;
const ANSWER_BYTES: f64 = 1_000.0;

// The template.
const MEMORY_MB: f64 = 256.0;
const BROADCAST_MB: f64 = 1_024.0;
/// With this much memory a function has a whole processor.
const WHOLE_CPU_MB: f64 = 1_769.0;

// Limits of an account, before asking for more.
const API_LIMIT: f64 = 10_000.0;
const CONCURRENCY_LIMIT: f64 = 1_000.0;

struct Price {
    name: &'static str,
    dollars: f64,
    unit: &'static str,
    source: &'static str,
}

const CHECKED: &str = "a secondary copy of AWS's list (2026-11)";
const UNCHECKED: &str = "from memory; look it up";

macro_rules! price {
    ($constant:ident, $name:literal, $dollars:literal, $unit:literal, $source:ident) => {
        const $constant: Price = Price {
            name: $name,
            dollars: $dollars,
            unit: $unit,
            source: $source,
        };
    };
}

price!(
    GB_SECONDS,
    "Lambda, arm64",
    0.000_013_333_4,
    "GB-second, after 400 000",
    CHECKED
);
price!(
    INVOCATIONS,
    "Lambda",
    0.20,
    "million invocations, after the first",
    CHECKED
);
price!(HTTP, "HTTP API", 1.00, "million requests", CHECKED);
price!(REST, "REST API (the stream)", 3.50, "million requests", CHECKED);
price!(MESSAGES, "WebSocket API", 1.00, "million messages", CHECKED);
price!(CONNECTED, "WebSocket API", 0.25, "million connection minutes", CHECKED);
price!(
    QUEUE,
    "SQS, first in first out",
    0.50,
    "million requests, after the first",
    CHECKED
);
price!(METRICS, "CloudWatch metric", 0.30, "metric", CHECKED);
price!(
    EDGE,
    "CloudFront",
    1.00,
    "million requests, after 10 million",
    UNCHECKED
);
price!(EDGE_BYTES, "CloudFront", 0.085, "GB, after 1 000 GB", UNCHECKED);
price!(LOGS, "CloudWatch logs", 0.50, "GB", UNCHECKED);
price!(CPU_HOURS, "Fargate, arm64", 0.032_38, "processor hour", UNCHECKED);
price!(MEMORY_HOURS, "Fargate, arm64", 0.003_56, "GB hour", UNCHECKED);
price!(BALANCER, "load balancer", 0.022_5, "hour", UNCHECKED);
price!(
    BALANCER_UNITS,
    "load balancer, a unit is 25 new connections a second or 1 GB an hour",
    0.008,
    "unit hour",
    UNCHECKED
);
price!(REDIS_HOURS, "ElastiCache, cache.t4g.small", 0.032, "hour", UNCHECKED);

const PRICES: [&Price; 16] = [
    &GB_SECONDS,
    &INVOCATIONS,
    &HTTP,
    &REST,
    &MESSAGES,
    &CONNECTED,
    &QUEUE,
    &METRICS,
    &EDGE,
    &EDGE_BYTES,
    &LOGS,
    &CPU_HOURS,
    &MEMORY_HOURS,
    &BALANCER,
    &BALANCER_UNITS,
    &REDIS_HOURS,
];
/// Two of each route that is used.
const METRICS_USED: f64 = 60.0;
const HOURS: f64 = 730.0;

/// Requests to the API, one trader's, a month.
struct Use {
    polls: f64,
    heartbeats: f64,
    accounts: f64,
    prices: f64,
    alerts: f64,
    dashboard: f64,
}

const USE: Use = Use {
    polls: MONTH_S / 30.0,
    heartbeats: MONTH_S / 300.0,
    // Once a minute, every five seconds while the profit of open positions moves.
    accounts: MONTH_S / 60.0 + OPEN_POSITIONS_H * 3_600.0 * TRADING_DAYS / 5.0,
    prices: WATCHED_S,
    // The alert, its claim and its result.
    alerts: 3.0 * ALERTS_A_DAY * TRADING_DAYS,
    // Positions each second, the account every 5, signals every 10, agents every 30.
    dashboard: WATCHED_S * (1.0 + 1.0 / 5.0 + 1.0 / 10.0 + 1.0 / 30.0),
};
const WATCHED_S: f64 = WATCHING_H * 3_600.0 * TRADING_DAYS;

impl Use {
    fn requests(&self) -> f64 {
        self.polls + self.heartbeats + self.accounts + self.prices + self.alerts + self.dashboard
    }
}

/// What a request is billed: its processor time at this share of a processor, and the wait for the database.
fn billed_ms(memory_mb: f64, database_ms: f64) -> f64 {
    (CPU_MS * WHOLE_CPU_MB / memory_mb + database_ms + ROUND_TRIP_MS).ceil()
}

struct Bill {
    lines: Vec<(&'static str, f64)>,
    requests_a_second: f64,
    concurrent: f64,
    database_cores: f64,
    database: Database,
}

/// Supabase: what it runs on, what that costs a month, and how many connections its pooler lets in.
struct Database {
    name: &'static str,
    dollars: f64,
    cores: f64,
    clients: f64,
    of_them: f64,
}

const DATABASES: [Database; 5] = [
    Database {
        name: "Pro, Micro",
        dollars: 25.0,
        cores: 2.0,
        clients: 200.0,
        of_them: 1.0,
    },
    Database {
        name: "Pro, Medium",
        dollars: 75.0,
        cores: 2.0,
        clients: 600.0,
        of_them: 1.0,
    },
    Database {
        name: "Pro, XL",
        dollars: 225.0,
        cores: 4.0,
        clients: 1_000.0,
        of_them: 1.0,
    },
    Database {
        name: "Pro, 4XL",
        dollars: 975.0,
        cores: 16.0,
        clients: 3_000.0,
        of_them: 1.0,
    },
    Database {
        name: "Pro, 16XL",
        dollars: 3_745.0,
        cores: 64.0,
        clients: 12_000.0,
        of_them: 1.0,
    },
];

impl Database {
    /// The least that has the cores and the connections; beyond the largest, several of it.
    fn for_load(cores: f64, clients: f64) -> Self {
        let [.., largest] = DATABASES;
        let fits = |database: &Database| database.cores >= cores * 1.5 && database.clients >= clients;
        DATABASES.into_iter().find(fits).unwrap_or_else(|| {
            let of_them = (cores * 1.5 / largest.cores).max(clients / largest.clients).ceil();
            Self {
                of_them,
                dollars: largest.dollars * of_them,
                ..largest
            }
        })
    }

    fn label(&self) -> String {
        if self.of_them > 1.0 {
            format!("{} × {}", self.of_them, self.name)
        } else {
            self.name.to_owned()
        }
    }
}

fn serverless(agents: f64) -> Bill {
    let requests = USE.requests() * agents;
    let (ordinary, empty) = (
        billed_ms(MEMORY_MB, DATABASE_MS),
        billed_ms(MEMORY_MB, EMPTY_DATABASE_MS),
    );
    let polls = USE.polls * agents;
    let ticks = USE.prices * agents;
    let programs = PROGRAMS * agents;
    let broadcast_ms = billed_ms(BROADCAST_MB, DATABASE_MS) + POST_MS;
    let gb_seconds = ((requests - polls) * ordinary + polls * empty) / 1_000.0 * MEMORY_MB / 1_024.0
        + ticks * broadcast_ms / 1_000.0 * BROADCAST_MB / 1_024.0
        + programs * 60.0 * MEMORY_MB / 1_024.0
        + MONTH_S / 60.0 * 0.05 * MEMORY_MB / 1_024.0;
    let invocations = requests + ticks + programs + MONTH_S / 60.0;
    // An agent pings its doorbell every four minutes, a dashboard its socket; each tick is a message.
    let connected_minutes = (MONTH_S / 60.0 + WATCHED_S / 60.0) * agents;
    let messages = connected_minutes / 4.0 * 2.0 + ticks;
    let through_the_edge = requests + programs + connected_minutes / 120.0;
    let million = 1e6;
    let gb = 1e9;
    let lines = vec![
        ("Lambda: time", (gb_seconds - 400_000.0).max(0.0) * GB_SECONDS.dollars),
        (
            "Lambda: invocations",
            (invocations / million - 1.0).max(0.0) * INVOCATIONS.dollars,
        ),
        ("HTTP API", requests / million * HTTP.dollars),
        ("Stream", programs / million * REST.dollars),
        (
            "Sockets",
            messages / million * MESSAGES.dollars + connected_minutes / million * CONNECTED.dollars,
        ),
        // Sent, received, deleted; and five pollers that ask every 20 seconds.
        (
            "Queue",
            ((ticks * 3.0 + 5.0 * MONTH_S / 20.0) / million - 1.0).max(0.0) * QUEUE.dollars,
        ),
        (
            "CloudFront",
            (through_the_edge / million - 10.0).max(0.0) * EDGE.dollars
                + (requests * ANSWER_BYTES / gb - 1_000.0).max(0.0) * EDGE_BYTES.dollars,
        ),
        (
            "Logs and metrics",
            invocations * LOG_BYTES / gb * LOGS.dollars + METRICS_USED * METRICS.dollars,
        ),
    ];
    let requests_a_second = (requests + ticks) / MONTH_S;
    let concurrent = (requests * ordinary + ticks * broadcast_ms) / MONTH_S / 1_000.0 * PEAK;
    let database_cores =
        ((requests + ticks - polls) * DATABASE_MS + polls * EMPTY_DATABASE_MS) / MONTH_S / 1_000.0 * PEAK;
    let database = Database::for_load(database_cores, concurrent);
    Bill {
        lines,
        requests_a_second,
        concurrent,
        database_cores,
        database,
    }
}

/// The tech plan's. Never less than a processor, which is two containers of half a one, so that one may fail.
fn monolith(agents: f64) -> Bill {
    let requests = USE.requests() * agents;
    let messages = USE.prices * agents;
    let requests_a_second = requests / MONTH_S;
    let busy = (requests * MONOLITH_CPU_MS + messages * MONOLITH_MESSAGE_CPU_MS) / 1_000.0 / MONTH_S * PEAK;
    // A processor that is more than six tenths busy answers late.
    let processors = (busy / 0.6).ceil().max(1.0);
    let memory = processors * 2.0;
    let units = (requests * ANSWER_BYTES / 1e9 / HOURS)
        .max(requests_a_second * PEAK / 25.0 / 40.0)
        .max(1.0);
    let redis = (messages / MONTH_S * PEAK / 50_000.0).ceil().max(1.0) * 2.0;
    let lines = vec![
        (
            "Containers",
            HOURS * (processors * CPU_HOURS.dollars + memory * MEMORY_HOURS.dollars),
        ),
        (
            "Load balancer",
            HOURS * (BALANCER.dollars + units * BALANCER_UNITS.dollars),
        ),
        ("Redis", HOURS * redis * REDIS_HOURS.dollars),
        (
            "Logs and metrics",
            requests * LOG_BYTES / 1e9 * LOGS.dollars + METRICS_USED * METRICS.dollars,
        ),
    ];
    let database_cores = requests_a_second * DATABASE_MS / 1_000.0 * PEAK;
    let concurrent = processors * 16.0;
    let database = Database::for_load(database_cores, concurrent);
    Bill {
        lines,
        requests_a_second,
        concurrent,
        database_cores,
        database,
    }
}

impl Bill {
    fn total(&self) -> f64 {
        self.lines.iter().map(|(_, dollars)| dollars).sum::<f64>() + self.database.dollars
    }
}

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
