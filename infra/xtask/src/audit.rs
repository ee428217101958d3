//! What is linked, and what is known of it: before a release, since the tools take minutes to compile and advisories need a
//! network.

use std::{path::PathBuf, process::Command};

use anyhow::{Result, bail, ensure};
use clap::Args;

use crate::{
    build::{self, cargo, target},
    root,
};

const CARGO_DENY: &str = "cargo-deny@0.20.2";
const CARGO_AUDIT: &str = "cargo-audit@0.22.2";

#[derive(Args)]
pub struct Options {
    /// A copy of <https://github.com/RustSec/advisory-db>, where it cannot be fetched
    #[arg(long, value_name = "DIR")]
    advisories: Option<PathBuf>,
}

/// Every question is asked, whatever the others were answered.
pub fn run(options: &Options) -> Result<()> {
    let deny = |what: &[&str]| -> Result<Command> {
        let mut deny = tool(CARGO_DENY)?;
        deny.args(["--workspace", "check", "--hide-inclusion-graph"]).args(what);
        Ok(deny)
    };
    let mut audit = tool(CARGO_AUDIT)?;
    let mut questions = vec![("what is linked (deny.toml)", deny(&["licenses", "bans", "sources"])?)];
    if let Some(list) = &options.advisories {
        // An empty one knows of no weakness.
        let crates = list
            .join("crates")
            .read_dir()
            .is_ok_and(|mut crates| crates.next().is_some());
        ensure!(crates, "{} is not RustSec's list: it has no crates", list.display());
        audit.arg("--no-fetch").arg("--db").arg(list.canonicalize()?);
    } else {
        questions.push(("RustSec, by cargo-deny", deny(&["advisories"])?));
    }
    questions.push(("RustSec, by cargo-audit", audit));
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
         run this where there is a network, or with a copy of RustSec's (`--advisories DIR`)",
        failed.join(", ")
    )
}

/// A tool of cargo's, compiled once.
fn tool(package: &str) -> Result<Command> {
    let folder = target().join("tools");
    let name = package.split('@').next().unwrap_or(package);
    let mut install = cargo();
    install
        .args(["install", "--quiet", "--locked", package, "--root"])
        .arg(&folder);
    build::run(install)?;
    let path = std::env::var_os("PATH").unwrap_or_default();
    let paths = std::iter::once(folder.join("bin")).chain(std::env::split_paths(&path));
    let mut tool = cargo();
    tool.arg(name.trim_start_matches("cargo-"))
        .env("PATH", std::env::join_paths(paths)?);
    Ok(tool)
}
