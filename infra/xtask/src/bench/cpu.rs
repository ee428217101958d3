//! CPU time of a process, as Linux counts it.

use std::time::Duration;

use anyhow::{Context, Result};

/// Linux counts in hundredths of a second on every architecture we run on.
const TICK: Duration = Duration::from_millis(10);

pub(super) fn of_process(pid: u32) -> Result<Duration> {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).context("is this Linux?")?;
    // The name of the process, in parentheses, may hold anything; after it, user and system time are the 12th and 13th.
    let (_, fields) = stat.rsplit_once(") ").context("/proc/…/stat has another form")?;
    let ticks: Result<Vec<u32>, _> = fields.split(' ').skip(11).take(2).map(str::parse).collect();
    Ok(ticks?.into_iter().map(|ticks| TICK * ticks).sum())
}
