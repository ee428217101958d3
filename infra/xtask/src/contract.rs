//! `cargo xtask contract`: schemathesis hunts through the running product for answers that the contract does not describe.

use std::{
    process::{Child, ExitStatus, Stdio},
    time::{Duration, Instant},
};

use anyhow::{Context, Result, bail, ensure};
use serde_json::{Value, json};
use xtask::{http_client, python::Python, root};

use crate::product::{LOOK_AGAIN, Product, signal};

/// Pinned, since another version asks other questions.
const SCHEMATHESIS: &str = "schemathesis==4.32.5";
const LONGEST: Duration = Duration::from_mins(3);

pub(crate) fn run() -> Result<()> {
    let python = Python::of_tool("schemathesis", SCHEMATHESIS)?;
    let product = Product::start("contract", &["--no-frontend", "--no-agent", "--agents", "2"])?;
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
