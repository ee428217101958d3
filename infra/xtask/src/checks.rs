//! `cargo xtask test`: every test there is.

use std::{
    process::Command,
    time::{Duration, Instant},
};

use anyhow::Result;
use xtask::{
    build::{self, cargo},
    frontend::Frontend,
    python::Python,
};

use crate::lints;

pub(crate) fn run(filter: Option<&str>) -> Result<()> {
    let mut passed = Vec::new();
    let mut step = |name: &'static str, command: Command| -> Result<()> {
        eprintln!("\n== {name}");
        let began = Instant::now();
        build::run(command)?;
        passed.push((name, began.elapsed()));
        Ok(())
    };
    if filter.is_none() {
        step("format", cargo_with(&["fmt", "--all", "--check"]))?;
        step(
            "lints",
            cargo_with(&["clippy", "--workspace", "--all-targets", "--", "--deny", "warnings"]),
        )?;
        for (name, command) in lints::template()? {
            step(name, command)?;
        }
    }
    step("rust", {
        let mut command = cargo_with(&["test", "--workspace"]);
        command.args(filter);
        command
    })?;
    if filter.is_none() {
        let python = Python::ready()?;
        let with = |tool: &str, args: &[&str]| {
            let mut command = python.tool(tool);
            command.args(args);
            command
        };
        step("agent: ruff", with("ruff", &["check", "--no-cache", "."]))?;
        step("agent: format", with("ruff", &["format", "--no-cache", "--check", "."]))?;
        step(
            "agent: mypy",
            with("mypy", &["--cache-dir=/dev/null", "forexelite_agent.py", "tests"]),
        )?;
        step("agent: pytest", with("pytest", &[]))?;
        step("contract: schemathesis", cargo_with(&["xtask", "contract"]))?;
        step("dashboard: checks", Frontend::ready()?.npm(&["run", "check"]))?;
        step("dashboard: browser", cargo_with(&["xtask", "e2e"]))?;
    }
    report(&passed);
    Ok(())
}

/// Writes `openapi.json`: the test that finds it stale knows how it is made.
pub(crate) fn write_openapi() -> Result<()> {
    let mut command = cargo_with(&["test", "--package", "tests", "openapi_json_is_what_the_handlers_say"]);
    command.env("FOREXELITE_WRITE_OPENAPI", "1");
    build::run(command)
}

fn cargo_with(args: &[&str]) -> Command {
    let mut command = cargo();
    command.args(args);
    command
}

fn report(passed: &[(&str, Duration)]) {
    eprintln!();
    for (name, took) in passed {
        eprintln!("{name:<24} {:>6.1} s", took.as_secs_f64());
    }
}
