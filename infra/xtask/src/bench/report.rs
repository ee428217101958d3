//! The table, and the bars of `design/quality.md` that it is held against.

use std::{fmt, time::Duration};

use anyhow::{Result, ensure};

use super::{
    EMPTY,
    cold::Start,
    samples::Samples,
    ticks::Flow,
    warm::{Compared, Load},
};
use crate::package::Megabytes;

/// P5.
const COLD_START_RATIO: f64 = 2.0;
const ZIP_LIMIT: u64 = 5_000_000;
const PEAK_RSS_LIMIT: u64 = 40_000_000;
/// P1.
const WEBHOOK_P50_RATIO: f64 = 1.5;
const WEBHOOK_P99_RATIO: f64 = 3.0;

pub(super) struct Report {
    pub(super) circumstances: Vec<String>,
    /// The empty one among them.
    pub(super) functions: Vec<FunctionFigures>,
    pub(super) loads: Vec<Load>,
    pub(super) flows: Vec<Flow>,
}

pub(super) struct FunctionFigures {
    pub(super) name: String,
    pub(super) start: Start,
    pub(super) zip: u64,
    pub(super) peak_rss: Option<u64>,
}

struct Bar {
    what: String,
    found: String,
    kept: bool,
}

impl Report {
    /// An error when a bar was missed.
    pub(super) fn verdict(&self) -> Result<()> {
        let missed: Vec<_> = self
            .bars()
            .into_iter()
            .filter(|bar| !bar.kept)
            .map(|bar| bar.what)
            .collect();
        ensure!(missed.is_empty(), "missed: {}", missed.join("; "));
        Ok(())
    }

    fn bars(&self) -> Vec<Bar> {
        let mut bars = Vec::new();
        let empty = self.empty_init();
        let cold = self
            .functions
            .iter()
            .map(|function| (ratio(function.start.init.median(), empty), &function.name));
        if let Some((worst, name)) = cold.max_by(|(one, _), (two, _)| one.total_cmp(two)) {
            bars.push(Bar {
                what: format!("P5 cold start, median ≤ {COLD_START_RATIO} × {EMPTY}"),
                found: format!("{worst:.2} ({name})"),
                kept: worst <= COLD_START_RATIO,
            });
        }
        let zips = self.functions.iter().map(|function| (function.zip, &function.name));
        if let Some((size, name)) = zips.max() {
            bars.push(largest("P5 zip", size, ZIP_LIMIT, name));
        }
        let peaks = self
            .functions
            .iter()
            .filter_map(|function| Some((function.peak_rss?, &function.name)));
        if let Some((size, name)) = peaks.max() {
            bars.push(largest("P5 peak RSS", size, PEAK_RSS_LIMIT, name));
        }
        for load in &self.loads {
            let [p50, p99] = ratios(&load.webhook, &load.empty);
            let at = plural(load.connections, "connection");
            for (percentile, found, limit) in [("p50", p50, WEBHOOK_P50_RATIO), ("p99", p99, WEBHOOK_P99_RATIO)] {
                bars.push(Bar {
                    what: format!("P1 webhook {percentile} at {at} ≤ {limit} × (its SQL + {EMPTY})"),
                    found: format!("{found:.2}"),
                    kept: found <= limit,
                });
            }
        }
        bars.extend(self.flows.iter().flat_map(flow_bars));
        bars
    }

    fn empty_init(&self) -> Duration {
        self.functions
            .iter()
            .find(|function| function.name == EMPTY)
            .map(|function| function.start.init.median())
            .unwrap_or_default()
    }

    fn write_functions(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let starts = self.functions.first().map_or(0, |function| function.start.init.len());
        let head = plural(starts, "cold start");
        writeln!(
            f,
            "\n{head:<17}{:>25}{:>19}",
            "start → first next, ms", "first answer, ms"
        )?;
        let mut row = |name: &str, [p50, p99, ratio, first_p50, first_p99, zip, rss]: [&str; 7]| {
            writeln!(
                f,
                "{name:<17}{p50:>8}{p99:>8}{ratio:>9}{first_p50:>11}{first_p99:>8}{zip:>10}{rss:>14}"
            )
        };
        row("", ["p50", "p99", "× empty", "p50", "p99", "zip, MB", "peak RSS, MB"])?;
        for FunctionFigures {
            name,
            start,
            zip,
            peak_rss,
        } in &self.functions
        {
            let Start { init, first_answer } = start;
            row(
                name,
                [
                    &ms(init.median()),
                    &ms(init.percentile(99)),
                    &format!("{:.2}", ratio(init.median(), self.empty_init())),
                    &ms(first_answer.median()),
                    &ms(first_answer.percentile(99)),
                    &Megabytes(*zip).to_string(),
                    &peak_rss.map_or("unknown".to_owned(), |bytes| Megabytes(bytes).to_string()),
                ],
            )?;
        }
        Ok(())
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for circumstance in &self.circumstances {
            writeln!(f, "{circumstance}")?;
        }
        self.write_functions(f)?;
        for load in &self.loads {
            write_load(f, load)?;
        }
        write_flows(f, &self.flows)?;
        writeln!(f)?;
        for Bar { what, found, kept } in self.bars() {
            writeln!(f, "{:<7}{what}: {found}", if kept { "kept" } else { "MISSED" })?;
        }
        Ok(())
    }
}

fn write_load(f: &mut fmt::Formatter<'_>, load: &Load) -> fmt::Result {
    let Load {
        connections,
        empty,
        webhook,
        job_found,
        nothing_to_do,
        job_result,
    } = load;
    let head = format!(
        "{} each at {}, ms",
        plural(empty.len(), "warm request"),
        plural(*connections, "connection")
    );
    writeln!(f, "\n{head:<46}{:>8}{:>8}", "p50", "p99")?;
    write_line(f, EMPTY, empty)?;
    write_line(f, "job-result", job_result)?;
    for (name, compared) in [
        ("webhook", webhook),
        ("job-claim, a job found", job_found),
        ("job-claim, nothing to do", nothing_to_do),
    ] {
        write_line(f, name, &compared.path)?;
        write_line(f, "  its SQL asked directly", &compared.direct)?;
        let [p50, p99] = ratios(compared, empty);
        writeln!(
            f,
            "{:<46}{p50:>8.2}{p99:>8.2}",
            format!("  ratio to its SQL and {EMPTY} together")
        )?;
    }
    Ok(())
}

fn write_flows(f: &mut fmt::Formatter<'_>, flows: &[Flow]) -> fmt::Result {
    writeln!(
        f,
        "\n{:<46}{:>8}{:>8}{:>10}{:>9}{:>10}{:>14}",
        "tick → socket, ms", "p50", "p99", "arrived", "skipped", "waiting", "CPU µs each"
    )?;
    for flow in flows {
        writeln!(
            f,
            "{:<46}{:>8}{:>8}{:>10}{:>9}{:>10}{:>14}",
            at(flow),
            ms(flow.latency.median()),
            ms(flow.latency.percentile(99)),
            flow.latency.len(),
            flow.skipped,
            flow.most_waiting,
            flow.cpu_per_message.as_micros(),
        )?;
    }
    Ok(())
}

/// P4. A queue that holds a second's ticks has begun to grow.
fn flow_bars(flow: &Flow) -> [Bar; 3] {
    let count = |what: &str, found: usize, limit: usize| Bar {
        what: format!("P4 {what} at {}", at(flow)),
        found: found.to_string(),
        kept: found <= limit,
    };
    let second = flow.load.per_second.try_into().unwrap_or(usize::MAX);
    [
        count("ticks out of order", flow.out_of_order, 0),
        count("sockets without the newest tick", flow.without_newest, 0),
        count("messages waiting, less than a second's", flow.most_waiting, second),
    ]
}

fn at(flow: &Flow) -> String {
    format!("{}, {} a second", plural(flow.load.sockets, "socket"), rate(flow))
}

fn rate(flow: &Flow) -> String {
    plural(flow.load.per_second.try_into().unwrap_or(usize::MAX), "tick")
}

fn write_line(f: &mut fmt::Formatter<'_>, name: &str, samples: &Samples) -> fmt::Result {
    writeln!(
        f,
        "{name:<46}{:>8}{:>8}",
        ms(samples.median()),
        ms(samples.percentile(99))
    )
}

/// At p50 and p99.
fn ratios(compared: &Compared, empty: &Samples) -> [f64; 2] {
    let together = compared.direct.then(empty);
    [50, 99].map(|percent| ratio(compared.path.percentile(percent), together.percentile(percent)))
}

fn ratio(one: Duration, other: Duration) -> f64 {
    one.as_secs_f64() / other.as_secs_f64()
}

fn largest(what: &str, size: u64, limit: u64, name: &str) -> Bar {
    Bar {
        what: format!("{what} ≤ {} MB", Megabytes(limit)),
        found: format!("{} MB ({name})", Megabytes(size)),
        kept: size <= limit,
    }
}

fn plural(count: usize, noun: &str) -> String {
    if count == 1 {
        format!("1 {noun}")
    } else {
        format!("{count} {noun}s")
    }
}

fn ms(time: Duration) -> String {
    format!("{:.2}", 1000.0 * time.as_secs_f64())
}
