//! `cargo xtask contract`: schemathesis hunts through the running product for answers that the contract does not describe.

use std::{
    fs::File,
    path::PathBuf,
    process::{Child, Command, ExitStatus, Stdio},
    time::{Duration, Instant},
};

use anyhow::{Context, Result, bail, ensure};
use serde_json::{Value, json};
use xtask::{build, http_client, python::Python, root};

/// Pinned, since another version asks other questions.
const SCHEMATHESIS: &str = "schemathesis==4.32.5";
const LONGEST: Duration = Duration::from_mins(3);
/// Building what is not built yet included.
const COMING_UP: Duration = Duration::from_mins(20);
const LOOK_AGAIN: Duration = Duration::from_millis(100);

pub(crate) fn run() -> Result<()> {
    let python = Python::of_tool("schemathesis", SCHEMATHESIS)?;
    let product = Product::start()?;
    let known = tokio::runtime::Runtime::new()?.block_on(known_objects(&product.state))?;
    let mut hunt = python.tool("schemathesis");
    hunt.current_dir(&product.data)
        .arg("--config-file")
        .arg(root().join("tests/contract/schemathesis.toml"))
        .arg("run")
        .arg(root().join("openapi.json"))
        .args(["--url", text(&product.state, "/http_url")?])
        .envs(known)
        .stdin(Stdio::null());
    let mut hunt = hunt.spawn().context("cannot start schemathesis")?;
    let Some(status) = in_time(&mut hunt, LONGEST)? else {
        // It then says what it has found so far.
        signal(&hunt, "INT");
        hunt.wait()?;
        bail!(
            "schemathesis was not done after {LONGEST:?}; let it ask less by max-examples in tests/contract/schemathesis.toml"
        );
    };
    ensure!(
        status.success(),
        "the product answered otherwise than openapi.json says ({status}). The findings stand above, each with the curl that \
         shows it against `cargo xtask dev`; what the product said is in {}",
        product.log().display()
    );
    product.stop()
}

/// `cargo xtask dev` as a child, with data of its own that is gone afterwards.
struct Product {
    process: Child,
    data: PathBuf,
    /// What it says of itself once it is up.
    state: Value,
}

impl Product {
    fn start() -> Result<Self> {
        let data = build::target().join("contract");
        // What a run that was killed left behind.
        let _ = std::fs::remove_dir_all(&data);
        std::fs::create_dir_all(&data)?;
        let log = File::create(data.join("log"))?;
        let mut command = Command::new(std::env::current_exe()?);
        command
            .args([
                "dev",
                "--no-frontend",
                "--no-agent",
                "--port",
                "0",
                "--agents",
                "2",
                "--data",
            ])
            .arg(&data)
            // The database that is asked anything and everything is never one that somebody uses.
            .env_remove("DATABASE_URL")
            .stdin(Stdio::null())
            .stdout(log.try_clone()?)
            .stderr(log);
        let mut product = Self {
            process: command.spawn().context("cannot start cargo xtask dev")?,
            data,
            state: Value::Null,
        };
        let file = product.data.join("state.json");
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

    fn log(&self) -> PathBuf {
        self.data.join("log")
    }

    fn stop(mut self) -> Result<()> {
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

/// How it ended, unless it goes on for longer.
fn in_time(process: &mut Child, longest: Duration) -> Result<Option<ExitStatus>> {
    let began = Instant::now();
    while began.elapsed() < longest {
        if let Some(status) = process.try_wait()? {
            return Ok(Some(status));
        }
        std::thread::sleep(LOOK_AGAIN);
    }
    Ok(None)
}

fn signal(process: &Child, name: &str) {
    let _ = Command::new("kill")
        .args([&format!("-{name}"), &process.id().to_string()])
        .status();
}

/// The variables of `tests/contract/schemathesis.toml`: who calls, and what there is to call for.
async fn known_objects(state: &Value) -> Result<Vec<(&'static str, String)>> {
    let http = http_client();
    let api = text(state, "/http_url")?;
    let agent = (text(state, "/demo/agent_id")?, text(state, "/demo/agent_key")?);
    let sign_in = http
        .post(format!(
            "{}/auth/v1/token?grant_type=password",
            text(state, "/supabase_url")?
        ))
        .header("apikey", text(state, "/anon_key")?)
        .json(&json!({"email": text(state, "/demo/email")?, "password": text(state, "/demo/password")?}));
    let session = answer(sign_in).await?;
    let token = text(&session, "/access_token")?;
    let connections = answer(http.get(format!("{api}/broker-connections")).bearer_auth(token)).await?;
    let webhook_secret = text(state, "/demo/webhook_secret")?;
    let alert = http
        .post(format!("{api}/webhooks/tv/{webhook_secret}"))
        .json(&json!({"symbol": "EURUSD", "action": "buy", "volume": 0.1}));
    let signal = answer(alert).await?;
    let claim = http
        .get(format!("{api}/agents/{}/jobs/next", agent.0))
        .header("x-agent-key", agent.1);
    let claimed = answer(claim).await?;
    let known = [
        ("FOREXELITE_TOKEN", token),
        ("FOREXELITE_AGENT_KEY", agent.1),
        ("FOREXELITE_AGENT_ID", agent.0),
        ("FOREXELITE_JOB_ID", text(&claimed, "/job/id")?),
        ("FOREXELITE_SPARE_AGENT_ID", text(state, "/agents/1/agent_id")?),
        ("FOREXELITE_CONNECTION_ID", text(&connections, "/items/0/id")?),
        ("FOREXELITE_STRATEGY_ID", text(state, "/demo/strategy_id")?),
        ("FOREXELITE_SIGNAL_ID", text(&signal, "/signal_id")?),
        ("FOREXELITE_WEBHOOK_SECRET", webhook_secret),
    ];
    Ok(known.map(|(name, value)| (name, value.to_owned())).into())
}

async fn answer(request: reqwest::RequestBuilder) -> Result<Value> {
    let response = request.send().await?.error_for_status()?;
    Ok(response.json().await?)
}

fn text<'a>(value: &'a Value, pointer: &str) -> Result<&'a str> {
    let found = value.pointer(pointer).and_then(Value::as_str);
    found.with_context(|| format!("there is no {pointer}"))
}
