//! Builds the functions' executables with the cargo that runs us.

use std::{
    os::unix::process::CommandExt,
    path::PathBuf,
    process::{Command, Stdio},
};

use anyhow::{Context, Result, ensure};

use crate::root;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Profile {
    Dev,
    Release,
}

/// Every folder below `functions/`: package and executable have its name.
pub fn functions() -> Result<Vec<String>> {
    let mut names = Vec::new();
    for entry in std::fs::read_dir(root().join("functions")).context("functions/")? {
        let entry = entry?;
        if entry.path().join("Cargo.toml").is_file() {
            names.push(entry.file_name().to_string_lossy().into_owned());
        }
    }
    names.sort();
    Ok(names)
}

/// Builds the executables and returns the folder they are in. Cargo shows its progress.
pub fn build(profile: Profile) -> Result<PathBuf> {
    let mut cargo = cargo();
    let folder = match profile {
        // The whole workspace, so that its dependencies are built once, with the features that tests and lints use.
        Profile::Dev => {
            cargo.args(["build", "--workspace", "--bins"]);
            "debug"
        }
        // Only the functions, so that nothing they do not ask for is linked into what is measured and shipped.
        Profile::Release => {
            cargo.args(["build", "--release", "--bins", "--package", "empty-function"]);
            cargo.args(functions()?.iter().flat_map(|name| ["--package", name]));
            "release"
        }
    };
    run(cargo)?;
    Ok(target().join(folder))
}

/// Where cargo builds to.
pub fn target() -> PathBuf {
    std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), |folder| root().join(folder))
}

pub fn cargo() -> Command {
    let mut cargo = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    cargo.current_dir(root());
    without_our_package(cargo)
}

/// What cargo told us of our own package would look to build scripts like a change, and rebuild half the tree.
pub(crate) fn without_our_package(mut command: Command) -> Command {
    for (name, _) in std::env::vars_os() {
        let own = [
            "CARGO_PKG_",
            "CARGO_MANIFEST_",
            "CARGO_BIN_",
            "CARGO_CRATE_",
            "CARGO_PRIMARY_",
        ];
        if own.iter().any(|prefix| name.to_string_lossy().starts_with(prefix)) {
            command.env_remove(name);
        }
    }
    command
}

/// Runs a command to its end; an error names it when it fails.
pub fn run(mut command: Command) -> Result<()> {
    let line = line_of(&command);
    let status = command
        .stdin(Stdio::null())
        .status()
        .with_context(|| format!("cannot start: {line}"))?;
    ensure!(status.success(), "failed ({status}): {line}");
    Ok(())
}

/// Starts over with this automation optimised; returns only when that fails. The local cloud runs in its process, and
/// unoptimised it takes so much of every time, also of those compared with, that all ratios look better than they are.
pub fn again_optimised() -> Result<()> {
    let mut cargo = cargo();
    // Optimising across crates takes minutes and is nothing to a gateway.
    cargo.args("run --release --config profile.release.lto=false --package xtask --".split(' '));
    cargo.args(std::env::args_os().skip(1));
    Err(cargo.exec()).context("cannot start cargo")
}

fn line_of(command: &Command) -> String {
    let words: Vec<_> = std::iter::once(command.get_program())
        .chain(command.get_args())
        .map(|word| word.to_string_lossy())
        .collect();
    words.join(" ")
}
