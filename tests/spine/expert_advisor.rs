//! The life of an expert advisor: described, written, compiled and run by the agent, and stopped.

use serde_json::{Value, json};

use super::{agent::Machine, until};
use crate::support::{Caller, Stage};

/// Waits until what is shown at a path is this far, and returns it.
async fn shown(user: &Caller<'_>, machine: &Machine, path: &str, status: &str) -> Value {
    let shown = until(status, async || {
        let shown = user.get(path, 200).await.json;
        let so_far = ["compiling", "pending", "deploying", "running"];
        let on_its_way = shown["status"] != status && so_far.contains(&shown["status"].as_str()?);
        (!on_its_way).then_some(shown)
    })
    .await;
    assert_eq!(shown["status"], status, "{shown}\n{}", machine.log());
    shown
}

/// The charts that the simulated terminal has an expert on.
fn attached(machine: &Machine) -> usize {
    machine.broker("select 1 from charts where expert is not null").len()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_described_is_written_compiled_deployed_run_and_stopped() {
    let stage = Stage::new().await;
    let trader = stage.trader().await;
    let user = stage.as_user(&trader);
    let machine = Machine::new(&stage, &trader);
    let _agent = machine.bring_up().await;
    let made = user.post("/ea/projects", json!({"name": "Trend Rider"}), 201).await;
    let project = format!("/ea/projects/{}", made.text("/id"));
    let write = async |body: Value| {
        let events = user.post(&format!("{project}/generate"), body, 200).await.json;
        let (_, version) = events
            .as_str()
            .expect("events")
            .split_once("event: version\ndata: ")
            .expect("a version");
        serde_json::from_str::<Value>(version.lines().next().expect("a line")).expect("JSON")
    };
    let compile = async |version: &Value| {
        let path = format!("/ea/versions/{}/compile", version["id"].as_str().expect("an id"));
        let made = user.post(&path, json!({}), 201).await;
        format!("/ea/versions/{}", made.text("/version/id"))
    };

    let broken = write(json!({"description": "Follow the trend. [glm:broken-code]"})).await;
    let failed = shown(&user, &machine, &compile(&broken).await, "failed").await;
    let error = failed["compilation_error"].as_str().expect("diagnostics");
    let line = broken["source_code"]
        .as_str()
        .expect("source")
        .lines()
        .position(|line| line.ends_with("MagicNumber)"));
    let line = line.expect("the line without its semicolon") + 1;
    assert!(
        error.starts_with(&format!("({line},")) || error.starts_with(&format!("({},", line + 1)),
        "{error}"
    );

    let fix = json!({"description": "Follow the trend. [glm:broken-code]", "based_on_version_id": broken["id"],
        "compiler_errors": error.lines().collect::<Vec<_>>()});
    let mended = write(fix).await;
    let compiled = shown(&user, &machine, &compile(&mended).await, "compiled").await;
    assert_eq!(
        (&mended["version_number"], &compiled["version_number"]),
        (&json!(3), &json!(4))
    );
    let kinds: Vec<_> = compiled["artifacts"]
        .as_array()
        .expect("files")
        .iter()
        .map(|file| &file["artifact_type"])
        .collect();
    assert_eq!(kinds, ["mq5", "ex5", "log"]);

    let deployment = json!({"ea_version_id": compiled["id"], "mt5_agent_id": trader.agent.id, "symbol": "EURUSD",
        "timeframe": "H1", "inputs": {"InpFastPeriod": 10}});
    let deployed = user.post("/deployments", deployment, 201).await;
    let path = format!("/deployments/{}", deployed.text("/id"));
    shown(&user, &machine, &path, "running").await;
    assert_eq!(attached(&machine), 1);

    // What runs keeps its version, whatever is written meanwhile.
    let newer = write(json!({"description": "Fade the RSI."})).await;
    shown(&user, &machine, &compile(&newer).await, "compiled").await;
    let running = user.get(&path, 200).await;
    assert_eq!(
        (running.at("/ea_version_id"), running.text("/status")),
        (&compiled["id"], "running")
    );

    user.delete(&path, 409).await;
    user.post(&format!("{path}/stop"), json!({}), 200).await;
    shown(&user, &machine, &path, "stopped").await;
    assert_eq!(attached(&machine), 0);
    user.post(&format!("{path}/run"), json!({}), 200).await;
    shown(&user, &machine, &path, "running").await;
    user.post(&format!("{path}/stop"), json!({}), 200).await;
    shown(&user, &machine, &path, "stopped").await;
    user.delete(&path, 204).await;
}
