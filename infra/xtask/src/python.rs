//! The Python side: virtual environments below `target/` with what the agent, its checks and other tools need, made when one is
//! missing or out of date.

use std::{path::PathBuf, process::Command};

use anyhow::{Context, Result};
use data_encoding::HEXLOWER;
use sha2::{Digest, Sha256};

use crate::{
    build::{run, target},
    root,
};

/// Installs the agent's own list of packages, which stands in its file.
const UV: &str = "uv>=0.9,<1";

/// A virtual environment.
pub struct Python {
    folder: PathBuf,
}

impl Python {
    /// The one that holds the agent's packages and the tools of its `dev` group.
    pub fn ready() -> Result<Self> {
        Self::kept("python", &[UV], &agents_packages()?, |python| {
            let mut uv = python.tool("uv");
            uv.args([
                "pip",
                "install",
                "--quiet",
                "-r",
                "forexelite_agent.py",
                "--group",
                "dev",
            ]);
            uv.env("VIRTUAL_ENV", &python.folder);
            run(uv)
        })
    }

    /// One of its own for a tool that is no part of the product, so that the agent's stays small.
    pub fn of_tool(name: &str, package: &str) -> Result<Self> {
        Self::kept(name, &[package], "", |_| Ok(()))
    }

    /// The environment of this name; made anew unless its packages, and what else it was made of, are the same.
    fn kept(name: &str, packages: &[&str], made_of: &str, install: impl FnOnce(&Self) -> Result<()>) -> Result<Self> {
        let python = Self {
            folder: target().join(name),
        };
        let text = format!("{packages:?}\n{}\n{made_of}", python.folder.display());
        let wanted = HEXLOWER.encode(&Sha256::digest(text));
        let stamp = python.folder.join("installed");
        if std::fs::read_to_string(&stamp).ok().as_deref() == Some(&wanted) {
            return Ok(python);
        }
        eprintln!("python: making an environment in {}", python.folder.display());
        let mut venv = Command::new("python3");
        venv.args(["-m", "venv", "--clear"]).arg(&python.folder);
        run(venv)?;
        let mut pip = python.tool("python");
        pip.args(["-m", "pip", "install", "--quiet"]).args(packages);
        run(pip)?;
        install(&python)?;
        std::fs::write(stamp, wanted)?;
        Ok(python)
    }

    /// An executable of the environment, to be run in `agent/`.
    pub fn tool(&self, name: &str) -> Command {
        let mut command = Command::new(self.folder.join("bin").join(name));
        command
            .current_dir(root().join("agent"))
            .env("PYTHONDONTWRITEBYTECODE", "1");
        command
    }
}

/// What says which packages the agent needs.
fn agents_packages() -> Result<String> {
    let agent = root().join("agent");
    let script = std::fs::read_to_string(agent.join("forexelite_agent.py")).context("agent/forexelite_agent.py")?;
    let header: String = script.lines().take_while(|line| line.starts_with('#')).collect();
    let tools = std::fs::read_to_string(agent.join("pyproject.toml")).context("agent/pyproject.toml")?;
    Ok(format!("{header}\n{tools}"))
}
