//! `cargo xtask package`: the zip of every function, as Lambda takes it.

use std::{
    fmt,
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context, Result, ensure};
use clap::ValueEnum;
use xtask::{
    build::{self, cargo, target},
    root,
};

/// Older ones cannot link for arm64 with new compilers.
const CARGO_LAMBDA: &str = "cargo-lambda==1.9.2";

#[derive(Clone, Copy, ValueEnum)]
pub(crate) enum Architecture {
    #[value(name = "arm64")]
    Arm64,
    #[value(name = "x86_64")]
    X86_64,
}

/// Builds every function and leaves `target/lambda/<name>/bootstrap.zip`, whose sizes are printed.
pub(crate) fn run(architecture: Architecture) -> Result<()> {
    let bin = install_cargo_lambda()?;
    let functions = build::functions()?;
    let mut command = cargo();
    let path = std::env::var_os("PATH").unwrap_or_default();
    let paths = std::iter::once(bin).chain(std::env::split_paths(&path));
    command.env("PATH", std::env::join_paths(paths)?);
    command.args(["lambda", "build", "--release", "--output-format", "zip"]);
    let (option, triple) = match architecture {
        Architecture::Arm64 => ("--arm64", "aarch64-unknown-linux-gnu"),
        Architecture::X86_64 => ("--x86-64", "x86_64-unknown-linux-gnu"),
    };
    command.arg(option);
    for function in &functions {
        command.args(["--bin", function]);
    }
    if let Err(error) = build::run(command) {
        // cargo-lambda fetches the target, and builds on when it could not.
        ensure!(
            is_installed(triple)?,
            "the standard library for {triple} is missing and could not be fetched. Run `rustup target add {triple}` where \
             there is a network, or package with `--architecture x86_64` and deploy with the same `Architecture`"
        );
        return Err(error);
    }
    for function in &functions {
        let zip = target().join("lambda").join(function).join("bootstrap.zip");
        let size = std::fs::metadata(&zip)
            .with_context(|| zip.display().to_string())?
            .len();
        println!("{:>6} MB  {function}", Megabytes(size).to_string());
    }
    Ok(())
}

fn is_installed(triple: &str) -> Result<bool> {
    let mut rustc = Command::new(std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into()));
    rustc
        .current_dir(root())
        .args(["--print", "target-libdir", "--target", triple]);
    let output = rustc.output().context("cannot start rustc")?;
    Ok(Path::new(String::from_utf8_lossy(&output.stdout).trim()).is_dir())
}

/// A size, shown in MB.
pub(crate) struct Megabytes(pub(crate) u64);

impl fmt::Display for Megabytes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{:02}", self.0 / 1_000_000, self.0 % 1_000_000 / 10_000)
    }
}

fn install_cargo_lambda() -> Result<PathBuf> {
    let folder = target().join("cargo-lambda");
    let bin = folder.join("bin");
    if !bin.join("cargo-lambda").is_file() {
        let mut venv = Command::new("python3");
        venv.args(["-m", "venv", "--clear"]).arg(&folder);
        build::run(venv)?;
        let mut pip = Command::new(bin.join("python"));
        pip.args(["-m", "pip", "install", "--quiet", CARGO_LAMBDA]);
        build::run(pip)?;
    }
    Ok(bin)
}
