use serde_json::{Value, json};

use crate::support::{Caller, Compiled, Reply, SOURCE, Setting, Stage, Trader};

fn order(compiled: &Compiled, trader: &Trader, symbol: &str) -> Value {
    json!({"ea_version_id": compiled.version, "mt5_agent_id": trader.agent.id, "symbol": symbol, "timeframe": "H1"})
}

/// A deployment that runs: its path.
async fn running(stage: &Stage, trader: &Trader, compiled: &Compiled, symbol: &str) -> String {
    let made = stage
        .as_user(trader)
        .post("/deployments", order(compiled, trader, symbol), 201)
        .await;
    stage.carry_out(&trader.agent, "deploy").await;
    format!("/deployments/{}", made.text("/id"))
}

async fn press(user: &Caller<'_>, path: &str, button: &str, expected: u16) -> Reply {
    user.post(&format!("{path}/{button}"), json!({}), expected).await
}

fn failed(why: &str) -> Value {
    json!({"status": "failed", "reason_code": "no_chart", "error_message": why})
}

#[tokio::test(flavor = "multi_thread")]
async fn an_order_tells_the_agent_what_goes_where() {
    let stage = Stage::new().await;
    let trader = stage.trader().await;
    let user = stage.as_user(&trader);
    let compiled = stage.expert_advisor(&trader).await;
    // A number that no float could carry.
    let inputs = r#"{"Lots": 0.12345678901234567890, "Trail": true, "Comment": "тренд"}"#;
    let inputs: Value = serde_json::from_str(inputs).expect("JSON");
    let mut body = order(&compiled, &trader, "EURUSD");
    body["inputs"] = inputs.clone();
    let made = user.post("/deployments", body, 201).await;
    let path = format!("/deployments/{}", made.text("/id"));
    assert_eq!(
        (
            made.text("/status"),
            made.text("/last_job/job_type"),
            made.text("/last_job/status")
        ),
        ("pending", "deploy", "pending")
    );
    assert_eq!(
        (
            made.text("/project_name"),
            made.at("/version_number"),
            made.text("/agent_name")
        ),
        ("Trend Rider", &json!(2), "Agent")
    );
    assert_eq!(made.text("/broker_connection_id"), trader.connection.to_string());
    let magic = made.at("/magic_number").as_i64().expect("a number");
    assert!((100_000_000..1_000_000_000).contains(&magic), "{magic}");
    assert_eq!(user.get(&path, 200).await.json, made.json);

    let (job, mut input) = stage.claim_of(&trader.agent, "deploy").await;
    let program = input
        .as_object_mut()
        .and_then(|input| input.remove("ex5_url"))
        .expect("an address");
    assert_eq!(stage.fetched(&program).await, "EX5 program");
    let name = format!("Trend_Rider_v2_{}.ex5", &compiled.version[..8]);
    let expected = json!({"deployment_id": made.text("/id"), "file_name": name, "symbol": "EURUSD", "timeframe": "H1",
        "magic_number": magic, "inputs": inputs, "checksum": "5f1c"});
    assert_eq!(input, expected);
    stage
        .report(&trader.agent, &job, json!({"status": "completed"}), 200)
        .await;
    press(&user, &path, "stop", 200).await;
    // To stop it the agent needs no program.
    let (_, input) = stage.claim_of(&trader.agent, "stop").await;
    let mut orders = expected;
    orders.as_object_mut().expect("an object").remove("checksum");
    assert_eq!(input, orders);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_deployment_lives_from_its_order_to_its_deletion() {
    let stage = Stage::new().await;
    let trader = stage.trader().await;
    let user = stage.as_user(&trader);
    let compiled = stage.expert_advisor(&trader).await;
    let made = user
        .post("/deployments", order(&compiled, &trader, "EURUSD"), 201)
        .await;
    let path = format!("/deployments/{}", made.text("/id"));
    let (job, _) = stage.claim_of(&trader.agent, "deploy").await;
    assert_eq!(user.get(&path, 200).await.text("/status"), "deploying");
    for refused in [user.delete(&path, 409).await, press(&user, &path, "stop", 409).await] {
        assert!(
            ["deployment_running", "deployment_starting"].contains(&refused.text("/code")),
            "{}",
            refused.json
        );
    }
    stage
        .report(&trader.agent, &job, json!({"status": "completed"}), 200)
        .await;
    let shown = user.get(&path, 200).await;
    assert_eq!(
        (shown.text("/status"), shown.text("/last_job/status")),
        ("running", "completed")
    );
    assert!(shown.at("/deployed_at").is_string());
    assert_eq!(user.delete(&path, 409).await.text("/code"), "deployment_running");
    assert_eq!(
        press(&user, &path, "run", 200).await.json,
        shown.json,
        "it runs already"
    );

    let stopping = press(&user, &path, "stop", 200).await;
    assert_eq!(
        (stopping.text("/status"), stopping.text("/last_job/job_type")),
        ("running", "stop"),
        "until the agent has done it"
    );
    assert_eq!(
        press(&user, &path, "stop", 200).await.json,
        stopping.json,
        "the same job again"
    );
    stage.carry_out(&trader.agent, "stop").await;
    let stopped = user.get(&path, 200).await;
    assert_eq!(stopped.text("/status"), "stopped");
    assert!(stopped.at("/stopped_at").is_string());
    assert_eq!(press(&user, &path, "stop", 200).await.json, stopped.json, "nothing new");

    let again = press(&user, &path, "run", 200).await;
    assert_eq!(
        (again.text("/status"), again.text("/last_job/job_type")),
        ("pending", "run")
    );
    assert_eq!(
        press(&user, &path, "run", 200).await.json,
        again.json,
        "the same job again"
    );
    stage.carry_out(&trader.agent, "run").await;
    let runs = user.get(&path, 200).await;
    assert_eq!(
        (runs.text("/status"), runs.at("/stopped_at")),
        ("running", &Value::Null)
    );
    press(&user, &path, "stop", 200).await;
    stage.carry_out(&trader.agent, "stop").await;
    user.delete(&path, 204).await;
    user.get(&path, 404).await;
    user.delete(&path, 404).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_running_deployment_keeps_its_version_while_the_project_goes_on() {
    let stage = Stage::new().await;
    let trader = stage.trader().await;
    let user = stage.as_user(&trader);
    let (project, draft) = stage.project(&user, SOURCE).await;
    let compiled = stage.compiled(&trader, &project, &draft).await;
    let path = running(&stage, &trader, &compiled, "EURUSD").await;
    let before = user.get(&path, 200).await;

    let editor = user.clone().with("if-match", "*");
    editor
        .patch(
            &format!("/ea/versions/{draft}"),
            json!({"source_code": "// newer"}),
            200,
        )
        .await;
    editor
        .patch(
            &format!("/ea/versions/{}", compiled.version),
            json!({"source_code": "// newer"}),
            409,
        )
        .await;
    let newer = stage.compiled(&trader, &project, &draft).await;
    user.patch(
        &format!("/ea/projects/{project}"),
        json!({"name": "Renamed", "current_version_id": newer.version}),
        200,
    )
    .await;
    let after = user.get(&path, 200).await;
    assert_eq!(after.text("/ea_version_id"), compiled.version);
    assert_eq!(after.at("/version_number"), before.at("/version_number"));
    assert_eq!(after.text("/project_name"), "Renamed");
    let pinned = user.get(&format!("/ea/versions/{}", compiled.version), 200).await;
    assert_eq!(pinned.text("/source_code"), SOURCE);
    press(&user, &path, "stop", 200).await;
    let input = stage.carry_out(&trader.agent, "stop").await;
    let name = format!("Trend_Rider_v2_{}.ex5", &compiled.version[..8]);
    assert_eq!(
        input["file_name"], name,
        "as the terminal knows it, whatever the project is called now"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn only_what_is_compiled_is_deployed_and_one_to_a_chart() {
    let stage = Stage::new().await;
    let trader = stage.trader().await;
    let user = stage.as_user(&trader);
    let (project, draft) = stage.project(&user, SOURCE).await;
    let mut body =
        json!({"ea_version_id": draft, "mt5_agent_id": trader.agent.id, "symbol": "EURUSD", "timeframe": "H1"});
    assert_eq!(
        user.post("/deployments", body.clone(), 409).await.text("/code"),
        "not_compiled"
    );
    let compiling = user
        .post(&format!("/ea/versions/{draft}/compile"), json!({}), 201)
        .await;
    body["ea_version_id"] = compiling.at("/version/id").clone();
    assert_eq!(user.post("/deployments", body, 409).await.text("/code"), "not_compiled");
    stage.carry_out(&trader.agent, "compile").await;

    let compiled = stage.compiled(&trader, &project, &draft).await;
    let first = running(&stage, &trader, &compiled, "EURUSD").await;
    let problem = user
        .post("/deployments", order(&compiled, &trader, "EURUSD"), 409)
        .await;
    assert_eq!(problem.text("/code"), "chart_in_use");
    let mut other = order(&compiled, &trader, "EURUSD");
    other["timeframe"] = json!("M15");
    user.post("/deployments", other, 201).await;
    stage.carry_out(&trader.agent, "deploy").await;
    press(&user, &first, "stop", 200).await;
    stage.carry_out(&trader.agent, "stop").await;
    user.post("/deployments", order(&compiled, &trader, "EURUSD"), 201)
        .await;
    let problem = press(&user, &first, "run", 409).await;
    assert_eq!(
        problem.text("/code"),
        "chart_in_use",
        "its chart has another one by now"
    );
    assert_eq!(user.get(&first, 200).await.text("/status"), "stopped");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_order_is_for_its_agent_and_its_account() {
    let stage = Stage::new().await;
    let trader = stage.trader().await;
    let user = stage.as_user(&trader);
    let sibling = stage.agent_of(&user, trader.connection).await;
    let compiled = stage.expert_advisor(&trader).await;
    let made = user
        .post("/deployments", order(&compiled, &trader, "EURUSD"), 201)
        .await;
    let path = format!("/deployments/{}", made.text("/id"));
    stage.claim(&sibling, 204).await;
    // The agent serves another account by now: there it is not started.
    let elsewhere = stage.connection_of(trader.id).await;
    let agent = format!("/agents/{}", trader.agent.id);
    user.patch(&agent, json!({"broker_connection_id": elsewhere}), 200)
        .await;
    stage.claim(&trader.agent, 204).await;
    user.patch(&agent, json!({"broker_connection_id": trader.connection}), 200)
        .await;
    stage.carry_out(&trader.agent, "deploy").await;
    // But it is stopped, wherever the agent is now.
    user.patch(&agent, json!({"broker_connection_id": elsewhere}), 200)
        .await;
    press(&user, &path, "stop", 200).await;
    stage.claim(&sibling, 204).await;
    stage.carry_out(&trader.agent, "stop").await;
    assert_eq!(user.get(&path, 200).await.text("/status"), "stopped");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_order_that_no_agent_has_begun_is_withdrawn() {
    let stage = Stage::new().await;
    let trader = stage.trader().await;
    let user = stage.as_user(&trader);
    let compiled = stage.expert_advisor(&trader).await;
    let made = user
        .post("/deployments", order(&compiled, &trader, "EURUSD"), 201)
        .await;
    let path = format!("/deployments/{}", made.text("/id"));
    let stopped = press(&user, &path, "stop", 200).await;
    assert_eq!(
        (
            stopped.text("/status"),
            stopped.text("/last_job/status"),
            stopped.at("/stopped_at")
        ),
        ("stopped", "cancelled", &Value::Null),
        "it never ran"
    );
    stage.claim(&trader.agent, 204).await;
    let again = press(&user, &path, "run", 200).await;
    assert_eq!(
        again.text("/last_job/job_type"),
        "deploy",
        "what was never deployed has no file in the terminal"
    );
    user.delete(&path, 204).await;
    stage.claim(&trader.agent, 204).await;
    let withdrawn =
        "select count(*) from jobs where job_type = 'deploy' and status = 'cancelled' and reason_code = 'withdrawn'";
    assert_eq!(stage.count(withdrawn).await, 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_failed_says_why_and_can_be_run_or_stopped_again() {
    let stage = Stage::new().await;
    let trader = stage.trader().await;
    let user = stage.as_user(&trader);
    let compiled = stage.expert_advisor(&trader).await;
    let made = user
        .post("/deployments", order(&compiled, &trader, "EURUSD"), 201)
        .await;
    let path = format!("/deployments/{}", made.text("/id"));
    let (job, _) = stage.claim_of(&trader.agent, "deploy").await;
    stage.report(&trader.agent, &job, failed("No such symbol."), 200).await;
    let shown = user.get(&path, 200).await;
    assert_eq!(
        (
            shown.text("/status"),
            shown.text("/error_message"),
            shown.text("/last_job/reason_code")
        ),
        ("failed", "No such symbol.", "no_chart")
    );
    // To make sure that nothing of it is left.
    assert_eq!(press(&user, &path, "stop", 200).await.text("/status"), "failed");
    let problem = press(&user, &path, "run", 409).await;
    assert_eq!(problem.text("/code"), "deployment_stopping", "not before that is done");
    stage.carry_out(&trader.agent, "stop").await;
    assert_eq!(user.get(&path, 200).await.text("/status"), "stopped");

    assert_eq!(press(&user, &path, "run", 200).await.at("/error_message"), &Value::Null);
    stage.carry_out(&trader.agent, "deploy").await;
    // A stop that failed: so far as anybody knows it still runs.
    press(&user, &path, "stop", 200).await;
    let (job, _) = stage.claim_of(&trader.agent, "stop").await;
    stage
        .report(&trader.agent, &job, failed("The bridge did not answer."), 200)
        .await;
    let shown = user.get(&path, 200).await;
    assert_eq!(
        (shown.text("/status"), shown.text("/error_message")),
        ("running", "The bridge did not answer.")
    );
    user.delete(&path, 409).await;
    press(&user, &path, "stop", 200).await;
    stage.carry_out(&trader.agent, "stop").await;
    let shown = user.get(&path, 200).await;
    assert_eq!(
        (shown.text("/status"), shown.at("/error_message")),
        ("stopped", &Value::Null)
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn with_its_agent_an_order_ends_and_nobody_else_gets_it() {
    let stage = Stage::new().await;
    let trader = stage.trader().await;
    let user = stage.as_user(&trader);
    let sibling = stage.agent_of(&user, trader.connection).await;
    let compiled = stage.expert_advisor(&trader).await;
    let runs = running(&stage, &trader, &compiled, "EURUSD").await;
    let waits = user
        .post("/deployments", order(&compiled, &trader, "GBPUSD"), 201)
        .await;
    let waits = format!("/deployments/{}", waits.text("/id"));
    user.delete(&format!("/agents/{}", trader.agent.id), 204).await;
    stage.claim(&sibling, 204).await;

    let ended = user.get(&waits, 200).await;
    assert_eq!(
        (
            ended.text("/status"),
            ended.text("/last_job/reason_code"),
            ended.at("/agent_name")
        ),
        ("stopped", "agent_deleted", &Value::Null)
    );
    assert_eq!(press(&user, &waits, "run", 409).await.text("/code"), "agent_deleted");
    let problem = press(&user, &runs, "stop", 409).await;
    assert_eq!(problem.text("/code"), "agent_deleted");
    assert!(problem.text("/detail").contains("in the terminal"), "{}", problem.json);
    // Nobody can stop it from here any more, so it must not be there for ever.
    user.delete(&runs, 204).await;
    user.delete(&format!("/ea/projects/{}", compiled.project), 204).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn pressed_by_many_at_once_a_button_makes_one_job() {
    let stage = Stage::with(Setting {
        max_instances: Some(8),
        ..Setting::default()
    })
    .await;
    let trader = stage.trader().await;
    let user = stage.as_user(&trader);
    let compiled = stage.expert_advisor(&trader).await;
    let keyed = user.clone().with("idempotency-key", "deploy it");
    let body = order(&compiled, &trader, "EURUSD");
    let made = (0..8).map(|_| keyed.post("/deployments", body.clone(), 201));
    let made = futures_util::future::join_all(made).await;
    for deployment in &made {
        assert_eq!(deployment.text("/id"), made[0].text("/id"));
    }
    let path = format!("/deployments/{}", made[0].text("/id"));
    stage.carry_out(&trader.agent, "deploy").await;
    let again = keyed.post("/deployments", body, 201).await;
    assert_eq!(again.json, user.get(&path, 200).await.json, "as it is by now");
    for (button, job_type) in [("stop", "stop"), ("run", "run")] {
        let presses = (0..8).map(|_| press(&user, &path, button, 200));
        for pressed in futures_util::future::join_all(presses).await {
            assert_eq!(pressed.text("/last_job/job_type"), job_type);
        }
        stage.carry_out(&trader.agent, job_type).await;
        stage.claim(&trader.agent, 204).await;
    }
    assert_eq!(
        stage
            .count("select count(*) from jobs where entity_type = 'ea_deployment'")
            .await,
        3
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn agents_and_dashboards_hear_of_an_order_at_once() {
    let stage = Stage::new().await;
    let trader = stage.trader().await;
    let user = stage.as_user(&trader);
    let elsewhere = stage.connection_of(trader.id).await;
    let elsewhere = stage.agent_of(&user, elsewhere).await;
    let compiled = stage.expert_advisor(&trader).await;
    let mut bell = stage.doorbell(&trader.agent).await.expect("its key opens it");
    let mut other = stage.doorbell(&elsewhere).await.expect("its key opens it");
    let mut dashboard = stage.dashboard(&trader, &[]).await;
    let made = user
        .post("/deployments", order(&compiled, &trader, "EURUSD"), 201)
        .await;
    assert_eq!(bell.next().await, json!({"type": "jobs_waiting"}));
    assert!(other.ping().await.is_empty(), "it is not for that one");
    let job = json!({"id": made.text("/last_job/id"), "job_type": "deploy", "status": "pending"});
    assert_eq!(dashboard.next_of("job").await["job"], job);
    press(&user, &format!("/deployments/{}", made.text("/id")), "stop", 200).await;
    assert_eq!(dashboard.next_of("job").await["job"]["status"], "cancelled");
}

#[tokio::test(flavor = "multi_thread")]
async fn deployments_are_listed_by_state_and_agent() {
    let stage = Stage::new().await;
    let trader = stage.trader().await;
    let user = stage.as_user(&trader);
    let sibling = stage.agent_of(&user, trader.connection).await;
    let compiled = stage.expert_advisor(&trader).await;
    running(&stage, &trader, &compiled, "EURUSD").await;
    for symbol in ["GBPUSD", "USDJPY"] {
        user.post("/deployments", order(&compiled, &trader, symbol), 201).await;
    }
    let mut theirs = order(&compiled, &trader, "EURUSD");
    theirs["mt5_agent_id"] = json!(sibling.id);
    user.post("/deployments", theirs, 201).await;
    let symbols = async |query: &str| -> Vec<String> {
        let page = user.get(&format!("/deployments{query}"), 200).await;
        let items = page.json["items"].as_array().expect("a list").clone();
        items
            .iter()
            .map(|item| item["symbol"].as_str().expect("a symbol").to_owned())
            .collect()
    };
    assert_eq!(symbols("").await, ["EURUSD", "USDJPY", "GBPUSD", "EURUSD"]);
    assert_eq!(symbols("?status=running").await, ["EURUSD"]);
    assert_eq!(symbols(&format!("?mt5_agent_id={}", sibling.id)).await, ["EURUSD"]);
    assert_eq!(
        symbols(&format!("?status=pending&mt5_agent_id={}", trader.agent.id)).await,
        ["USDJPY", "GBPUSD"]
    );
    let page = user.get("/deployments?limit=3", 200).await;
    let cursor = page.text("/next_cursor");
    assert_eq!(symbols(&format!("?limit=3&cursor={cursor}")).await, ["EURUSD"]);
    for bad in ["status=on", "mt5_agent_id=x", "limit=0", "cursor=x"] {
        user.get(&format!("/deployments?{bad}"), 422).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_allowed_is_named() {
    let stage = Stage::new().await;
    let (trader, stranger) = (stage.trader().await, stage.trader().await);
    let user = stage.as_user(&trader);
    let compiled = stage.expert_advisor(&trader).await;
    let theirs = stage.expert_advisor(&stranger).await;
    let many: serde_json::Map<_, _> = (0..201).map(|n| (format!("I{n}"), json!(n))).collect();
    for (field, value) in [
        ("ea_version_id", json!(theirs.version)),
        ("ea_version_id", json!(uuid::Uuid::new_v4())),
        ("ea_version_id", json!("x")),
        ("mt5_agent_id", json!(stranger.agent.id)),
        ("mt5_agent_id", json!(null)),
        ("symbol", json!("")),
        ("symbol", json!("EUR USD")),
        ("symbol", json!("\u{0}")),
        ("timeframe", json!("H2")),
        ("magic_number", json!(0)),
        ("magic_number", json!(9_007_199_254_740_992_i64)),
        ("inputs", json!([])),
        ("inputs", json!({"a b": 1})),
        ("inputs", json!({"a": null})),
        ("inputs", json!({"a": {"b": 1}})),
        ("inputs", json!({"a": "two\nlines"})),
        ("inputs", Value::Object(many)),
        ("status", json!("running")),
    ] {
        let mut body = order(&compiled, &trader, "EURUSD");
        body[field] = value.clone();
        let problem = user.post("/deployments", body, 422).await;
        assert_eq!(problem.text("/errors/0/field"), field, "{field} = {value}");
    }
    let mut body = order(&compiled, &trader, "EURUSD.i");
    body["magic_number"] = json!(77);
    body["timeframe"] = json!("MN1");
    let made = user.post("/deployments", body, 201).await;
    assert_eq!((made.at("/magic_number"), made.text("/timeframe")), (&json!(77), "MN1"));
    user.get("/deployments/no-uuid", 404).await;
    assert_eq!(stage.count("select count(*) from ea_deployments").await, 1);
}
