//! The real agent, as a process of its own, on the simulated terminal.

use std::{
    path::PathBuf,
    process::{Child, Command, Stdio},
    sync::OnceLock,
    time::{Duration, Instant},
};

use serde_json::Value;
use xtask::{build::target, python::Python, stage::write_private};

use crate::support::{Stage, Trader};

/// One trader's machine: the agent's folder and the broker's own file, which outlive the agent's process.
pub(crate) struct Machine {
    folder: PathBuf,
}

/// An agent that runs; dropped, it is killed.
pub(crate) struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        // Fails only when it is dead already.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

impl Machine {
    pub(crate) fn new(stage: &Stage, trader: &Trader) -> Self {
        Self::configured(stage, trader, "")
    }

    /// With lines of configuration besides the usual ones.
    pub(crate) fn configured(stage: &Stage, trader: &Trader, besides: &str) -> Self {
        let folder = target().join("test-agents").join(&trader.agent.id);
        std::fs::create_dir_all(&folder).expect("a folder for the agent");
        let quoted = |text: &str| Value::from(text).to_string();
        let config = format!(
            "url = {}\nagent_id = {}\nagent_key = {}\nstate_dir = {}\nreconcile_seconds = 2\n{besides}\n[sim]\nstate_file = {}\n",
            quoted(stage.cloud.http_url()),
            quoted(&trader.agent.id),
            quoted(&trader.agent.key),
            quoted(&folder.display().to_string()),
            quoted(&folder.join("broker.db").display().to_string()),
        );
        write_private(&folder.join("agent.toml"), &config).expect("the configuration can be written");
        Self { folder }
    }

    pub(crate) fn start(&self) -> Running {
        let log = std::fs::OpenOptions::new()
            .create(true)
            .append(true)
            .open(self.log_file())
            .expect("a log file");
        let mut command = python().tool("python");
        command
            .args(["forexelite_agent.py", "run", "--terminal", "sim", "--config"])
            .arg(self.folder.join("agent.toml"));
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(log);
        Running(command.spawn().expect("the agent starts"))
    }

    /// Starts the agent and waits until it has heard from the backend.
    pub(crate) async fn bring_up(&self) -> Running {
        let agent = self.start();
        until("the agent is up", async || {
            self.log().contains("connected to the backend").then_some(())
        })
        .await;
        agent
    }

    fn log_file(&self) -> PathBuf {
        self.folder.join("agent.log")
    }

    pub(crate) fn log(&self) -> String {
        std::fs::read_to_string(self.log_file()).unwrap_or_default()
    }

    /// Asks, or changes, the broker's file.
    pub(crate) fn broker(&self, sql: &str) -> Vec<Vec<Value>> {
        sqlite(&self.folder.join("broker.db"), sql)
    }

    /// The stage of every job in the agent's journal.
    pub(crate) fn journal(&self) -> Vec<String> {
        let rows = sqlite(&self.folder.join("journal.db"), "select stage from jobs");
        rows.into_iter()
            .flatten()
            .filter_map(|stage| stage.as_str().map(str::to_owned))
            .collect()
    }
}

fn python() -> &'static Python {
    static PYTHON: OnceLock<Python> = OnceLock::new();
    PYTHON.get_or_init(|| Python::ready().expect("the agent's environment can be made"))
}

/// Through Python's own sqlite3, which the agent uses too.
fn sqlite(file: &std::path::Path, sql: &str) -> Vec<Vec<Value>> {
    const ASK: &str = "import json, sqlite3, sys
with sqlite3.connect(sys.argv[1], timeout=10) as db:
    print(json.dumps(db.execute(sys.argv[2]).fetchall()))";
    let mut command: Command = python().tool("python");
    let output = command
        .args(["-c", ASK])
        .arg(file)
        .arg(sql)
        .output()
        .expect("python runs");
    let error = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{sql} on {}: {error}", file.display());
    serde_json::from_slice(&output.stdout).expect("rows as JSON")
}

/// Waits until something is so; what was awaited is named when it never is.
pub(crate) async fn until<T>(what: &str, mut look: impl AsyncFnMut() -> Option<T>) -> T {
    let deadline = Instant::now() + Duration::from_secs(30);
    loop {
        if let Some(found) = look().await {
            return found;
        }
        assert!(Instant::now() < deadline, "waited 30 s in vain: {what}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

/// Waits until the signal has reached its end, and returns it.
pub(crate) async fn resolved(stage: &Stage, trader: &Trader, signal: &str) -> Value {
    let user = stage.as_user(trader);
    until("the signal resolves", async || {
        let signal = user.get(&format!("/signals/{signal}"), 200).await.json;
        (signal["status"] != "pending").then_some(signal)
    })
    .await
}
