//! The Python side: one virtual environment below `target/` with what the agent and its checks need, made when it is missing
//! or out of date.

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

/// An environment that holds the agent's packages and the tools of its `dev` group.
pub struct Python {
    folder: PathBuf,
}

impl Python {
    pub fn ready() -> Result<Self> {
        let python = Self {
            folder: target().join("python"),
        };
        let wanted = python.fingerprint()?;
        let stamp = python.folder.join("installed");
        if std::fs::read_to_string(&stamp).ok().as_deref() == Some(&wanted) {
            return Ok(python);
        }
        eprintln!("python: making an environment in {}", python.folder.display());
        let mut venv = Command::new("python3");
        venv.args(["-m", "venv", "--clear"]).arg(&python.folder);
        run(venv)?;
        let mut pip = python.tool("python");
        pip.args(["-m", "pip", "install", "--quiet", UV]);
        run(pip)?;
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
        run(uv)?;
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

    fn fingerprint(&self) -> Result<String> {
        let agent = root().join("agent");
        let script = std::fs::read_to_string(agent.join("forexelite_agent.py")).context("agent/forexelite_agent.py")?;
        let header: String = script.lines().take_while(|line| line.starts_with('#')).collect();
        let tools = std::fs::read_to_string(agent.join("pyproject.toml")).context("agent/pyproject.toml")?;
        Ok(HEXLOWER.encode(&Sha256::digest(format!(
            "{UV}\n{}\n{header}\n{tools}",
            self.folder.display()
        ))))
    }
}
