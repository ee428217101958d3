//! Everything the arithmetic takes for given, and where each figure is from.

pub(super) const SIZES: [f64; 3] = [10.0, 1_000.0, 100_000.0];

// How a trader uses it, in a month of 30 days.
pub(super) const MONTH_S: f64 = 30.0 * 86_400.0;
pub(super) const TRADING_DAYS: f64 = 21.0;
pub(super) const WATCHING_H: f64 = 2.0;
pub(super) const OPEN_POSITIONS_H: f64 = 4.0;
pub(super) const ALERTS_A_DAY: f64 = 20.0;
pub(super) const PROGRAMS: f64 = 2.0;
pub(super) const PEAK: f64 = 3.0;

// What was measured.
pub(super) const CPU_MS: f64 = 0.58;
pub(super) const DATABASE_MS: f64 = 0.8;
pub(super) const EMPTY_DATABASE_MS: f64 = 0.4;
pub(super) const MONOLITH_CPU_MS: f64 = 0.49;
pub(super) const MONOLITH_MESSAGE_CPU_MS: f64 = 0.034;

// What was assumed, because it takes an account to measure it.
pub(super) const ROUND_TRIP_MS: f64 = 2.0;
pub(super) const POST_MS: f64 = 10.0;
pub(super) const LOG_BYTES: f64 = 900.0;
pub(super) const ANSWER_BYTES: f64 = 1_000.0;

// The template.
pub(super) const MEMORY_MB: f64 = 256.0;
pub(super) const BROADCAST_MB: f64 = 1_024.0;
/// With this much memory a function has a whole processor.
pub(super) const WHOLE_CPU_MB: f64 = 1_769.0;

// Limits of an account, before asking for more.
pub(super) const API_LIMIT: f64 = 10_000.0;
pub(super) const CONCURRENCY_LIMIT: f64 = 1_000.0;

pub(super) struct Price {
    pub(super) name: &'static str,
    pub(super) dollars: f64,
    pub(super) unit: &'static str,
    pub(super) source: &'static str,
}

pub(super) const CHECKED: &str = "a secondary copy of AWS's list (2026-11)";
pub(super) const UNCHECKED: &str = "from memory; look it up";

macro_rules! price {
    ($constant:ident, $name:literal, $dollars:literal, $unit:literal, $source:ident) => {
        pub(super) const $constant: Price = Price {
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

pub(super) const PRICES: [&Price; 16] = [
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
pub(super) const METRICS_USED: f64 = 60.0;
pub(super) const HOURS: f64 = 730.0;

/// Requests to the API, one trader's, a month.
pub(super) struct Use {
    pub(super) polls: f64,
    pub(super) heartbeats: f64,
    pub(super) accounts: f64,
    pub(super) prices: f64,
    pub(super) alerts: f64,
    pub(super) dashboard: f64,
}

pub(super) const USE: Use = Use {
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
pub(super) const WATCHED_S: f64 = WATCHING_H * 3_600.0 * TRADING_DAYS;

impl Use {
    pub(super) fn requests(&self) -> f64 {
        self.polls + self.heartbeats + self.accounts + self.prices + self.alerts + self.dashboard
    }
}
