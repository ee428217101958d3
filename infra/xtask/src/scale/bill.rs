//! What a month costs, and what it asks of the account and of Postgres.

use super::{
    database::Database,
    inputs::{
        ANSWER_BYTES, BALANCER, BALANCER_UNITS, BROADCAST_MB, CONNECTED, CPU_HOURS, CPU_MS, DATABASE_MS, EDGE,
        EDGE_BYTES, EMPTY_DATABASE_MS, GB_SECONDS, HOURS, HTTP, INVOCATIONS, LOG_BYTES, LOGS, MEMORY_HOURS, MEMORY_MB,
        MESSAGES, METRICS, METRICS_USED, MONOLITH_CPU_MS, MONOLITH_MESSAGE_CPU_MS, MONTH_S, PEAK, POST_MS, PROGRAMS,
        QUEUE, REDIS_HOURS, REST, ROUND_TRIP_MS, USE, WATCHED_S, WHOLE_CPU_MB,
    },
};

/// What a request is billed: its processor time at this share of a processor, and the wait for the database.
pub(super) fn billed_ms(memory_mb: f64, database_ms: f64) -> f64 {
    (CPU_MS * WHOLE_CPU_MB / memory_mb + database_ms + ROUND_TRIP_MS).ceil()
}

pub(super) struct Bill {
    pub(super) lines: Vec<(&'static str, f64)>,
    pub(super) requests_a_second: f64,
    pub(super) concurrent: f64,
    pub(super) database_cores: f64,
    pub(super) database: Database,
}

pub(super) fn serverless(agents: f64) -> Bill {
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
pub(super) fn monolith(agents: f64) -> Bill {
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
    pub(super) fn total(&self) -> f64 {
        self.lines.iter().map(|(_, dollars)| dollars).sum::<f64>() + self.database.dollars
    }
}
