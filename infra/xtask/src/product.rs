//! The product as a newcomer starts it, for tools that try it from outside.

use std::{
    fs::File,
    path::PathBuf,
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use anyhow::{Context, Result, bail, ensure};
use serde_json::Value;
use xtask::build;

/// Building what is not built yet included.
const COMING_UP: Duration = Duration::from_mins(20);
pub(crate) const LOOK_AGAIN: Duration = Duration::from_millis(100);

/// `cargo xtask dev` as a child, with data of its own that is gone afterwards.
pub(crate) struct Product {
    process: Child,
    pub(crate) data: PathBuf,
    /// What it says of itself once it is up.
    pub(crate) state: Value,
}

impl Product {
    /// `name` is that of its folder below `target/`.
    pub(crate) fn start(name: &str, options: &[&str]) -> Result<Self> {
        let data = build::target().join(name);
        // What a run that was killed left behind.
        let _ = std::fs::remove_dir_all(&data);
        std::fs::create_dir_all(&data)?;
        let log = File::create(data.join("log"))?;
        let mut command = Command::new(std::env::current_exe()?);
        command
            .args(["dev", "--port", "0", "--data"])
            .arg(&data)
            .args(options)
            // A database that tests play with is never one that somebody uses.
            .env_remove("DATABASE_URL")
            .stdin(Stdio::null())
            .stdout(log.try_clone()?)
            .stderr(log);
        let mut product = Self {
            process: command.spawn().context("cannot start cargo xtask dev")?,
            data,
            state: Value::Null,
        };
        let file = product.state_file();
        let began = Instant::now();
        product.state = loop {
            let said = std::fs::read_to_string(&file).unwrap_or_default();
            // While it is being written it is no JSON yet.
            if let Ok(state) = serde_json::from_str(&said) {
                break state;
            }
            if let Some(status) = product.process.try_wait()? {
                let said = std::fs::read_to_string(product.log()).unwrap_or_default();
                bail!("cargo xtask dev ended ({status}):\n{said}");
            }
            ensure!(
                began.elapsed() < COMING_UP,
                "cargo xtask dev did not come up; see {}",
                product.log().display()
            );
            std::thread::sleep(LOOK_AGAIN);
        };
        Ok(product)
    }

    pub(crate) fn state_file(&self) -> PathBuf {
        self.data.join("state.json")
    }

    pub(crate) fn log(&self) -> PathBuf {
        self.data.join("log")
    }

    pub(crate) fn stop(mut self) -> Result<()> {
        signal(&self.process, "TERM");
        let status = self.process.wait()?;
        ensure!(
            status.success(),
            "cargo xtask dev ended badly ({status}); see {}",
            self.log().display()
        );
        std::fs::remove_dir_all(&self.data).context("cannot remove the product's data")
    }
}

impl Drop for Product {
    /// Also after an error: it stops its Postgres and its functions itself.
    fn drop(&mut self) {
        if matches!(self.process.try_wait(), Ok(None)) {
            signal(&self.process, "TERM");
            let _ = self.process.wait();
        }
    }
}

pub(crate) fn signal(process: &Child, name: &str) {
    let _ = Command::new("kill")
        .args([&format!("-{name}"), &process.id().to_string()])
        .status();
}
