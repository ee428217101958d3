use serde_json::{Value, json};

use crate::support::{Stage, Trader};

const BUY: &str = r#"{"symbol":"EURUSD","action":"buy","volume":0.1}"#;

/// An alert that was claimed: its signal and its job.
async fn claimed(stage: &Stage, trader: &Trader, alert: &str) -> (String, String) {
    let signal = stage.alert(trader, alert, 200).await.text("/signal_id").to_owned();
    let job = stage.claim(&trader.agent, 200).await.text("/job/id").to_owned();
    (signal, job)
}

fn path(trader: &Trader, job: &str) -> String {
    format!("/agents/{}/jobs/{job}/result", trader.agent.id)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_fill_executes_the_signal_and_is_written_to_the_audit_log() {
    let stage = Stage::new().await;
    let trader = stage.trader().await;
    let (signal, job) = claimed(&stage, &trader, BUY).await;
    let answer = stage.fill(&trader.agent, &job, 1, 200).await;
    assert_eq!(answer.json, json!({"acknowledged": true, "status": "completed"}));
    assert_eq!(answer.headers["x-jobs-waiting"], "0");
    let shown = stage.as_user(&trader).get(&format!("/signals/{signal}"), 200).await;
    assert_eq!(shown.text("/status"), "executed");
    assert_eq!(
        (shown.at("/fill_price").to_string(), shown.text("/broker_order_id")),
        ("1.08521".to_owned(), "42")
    );
    assert_eq!(shown.text("/latency/sent_at"), "2026-01-01T00:00:00.1Z");
    assert_eq!(shown.text("/latency/filled_at"), "2026-01-01T00:00:00.2Z");
    let events =
        "select count(*) from trade_events where event_type = 'order_placed' and pair = 'EURUSD' and direction = 'LONG'
        and entry_price = 1.08521 and quantity = 0.1 and external_order_id = '42'";
    assert_eq!(stage.count(events).await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_result_again_is_acknowledged_and_changes_nothing() {
    let stage = Stage::new().await;
    let trader = stage.trader().await;
    let (_, job) = claimed(&stage, &trader, BUY).await;
    let at_once = (0..4).map(|_| stage.fill(&trader.agent, &job, 1, 200));
    futures_util::future::join_all(at_once).await;
    stage.fill(&trader.agent, &job, 1, 200).await;
    assert_eq!(stage.count("select count(*) from trade_events").await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn another_result_for_a_finished_job_is_a_conflict() {
    let stage = Stage::new().await;
    let trader = stage.trader().await;
    let (signal, job) = claimed(&stage, &trader, BUY).await;
    stage.fill(&trader.agent, &job, 1, 200).await;
    let body = json!({"status": "failed", "attempt": 1, "error_message": "No money."});
    let problem = stage
        .as_agent(&trader.agent)
        .post(&path(&trader, &job), body, 409)
        .await;
    assert_eq!(problem.text("/code"), "result_differs");
    assert_eq!(
        stage
            .as_user(&trader)
            .get(&format!("/signals/{signal}"), 200)
            .await
            .text("/status"),
        "executed"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_late_result_of_an_expired_lease_is_a_conflict() {
    let stage = Stage::new().await;
    let trader = stage.trader().await;
    let (_, job) = claimed(&stage, &trader, BUY).await;
    stage
        .sql("update jobs set lease_expires_at = now() - interval '1 second'")
        .await;
    stage.claim(&trader.agent, 200).await;
    assert_eq!(
        stage.fill(&trader.agent, &job, 1, 409).await.text("/code"),
        "attempt_differs"
    );
    stage.fill(&trader.agent, &job, 2, 200).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_failure_says_why() {
    let stage = Stage::new().await;
    let trader = stage.trader().await;
    let (signal, job) = claimed(&stage, &trader, BUY).await;
    let body = json!({"status": "failed", "reason_code": "no_money", "error_message": "Not enough free margin.",
        "output": {"retcode": 10019}});
    stage
        .as_agent(&trader.agent)
        .post(&path(&trader, &job), body, 200)
        .await;
    let shown = stage.as_user(&trader).get(&format!("/signals/{signal}"), 200).await;
    assert_eq!(
        (shown.text("/status"), shown.text("/reason_code")),
        ("failed", "no_money")
    );
    assert_eq!(shown.text("/error_message"), "Not enough free margin.");
    assert_eq!(
        stage
            .count("select count(*) from trade_events where event_type = 'order_rejected'")
            .await,
        1
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_close_is_written_as_a_close() {
    let stage = Stage::new().await;
    let trader = stage.trader().await;
    let (_, job) = claimed(&stage, &trader, r#"{"symbol":"EURUSD","action":"close"}"#).await;
    let body =
        json!({"status": "completed", "output": {"ticket": 7, "fill_price": 1.09, "volume": 0.1, "profit": 12.5}});
    stage
        .as_agent(&trader.agent)
        .post(&path(&trader, &job), body, 200)
        .await;
    let closed = "select count(*) from trade_events where event_type = 'order_closed' and exit_price = 1.09 and profit_loss = 12.5";
    assert_eq!(stage.count(closed).await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn results_for_jobs_that_are_not_this_agents_are_not_found() {
    let stage = Stage::new().await;
    let (trader, stranger) = (stage.trader().await, stage.trader().await);
    let (_, job) = claimed(&stage, &trader, BUY).await;
    stage.fill(&stranger.agent, &job, 1, 404).await;
    let sibling = stage.agent_of(&stage.as_user(&trader), trader.connection).await;
    stage.fill(&sibling, &job, 1, 404).await;
    stage
        .fill(&trader.agent, &uuid::Uuid::new_v4().to_string(), 1, 404)
        .await;
    stage.fill(&trader.agent, "no-uuid", 1, 404).await;
    stage.fill(&trader.agent, &job, 1, 200).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_result_that_cannot_be_read_names_the_field() {
    let stage = Stage::new().await;
    let trader = stage.trader().await;
    let (_, job) = claimed(&stage, &trader, BUY).await;
    for (body, field) in [
        (json!({"status": "done"}), "status"),
        (
            json!({"status": "completed", "output": {"fill_price": "high"}}),
            "output.fill_price",
        ),
        (
            json!({"status": "completed", "output": {"sent_at": "yesterday"}}),
            "output.sent_at",
        ),
        (json!({"status": "completed", "outputs": {}}), "outputs"),
        (json!([1]), "body"),
    ] {
        let problem = stage
            .as_agent(&trader.agent)
            .post(&path(&trader, &job), body.clone(), 422)
            .await;
        assert_eq!(problem.text("/errors/0/field"), field, "{body}");
    }
    let large = json!({"status": "completed", "output": {"log": "x".repeat(256 * 1024)}});
    stage
        .as_agent(&trader.agent)
        .post(&path(&trader, &job), large, 413)
        .await;
    stage.fill(&trader.agent, &job, 1, 200).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_compilation_resolves_its_version_and_keeps_the_artifact() {
    let stage = Stage::new().await;
    let trader = stage.trader().await;
    let lay = |name: &str| {
        format!(
            "with project as (insert into ea_projects (user_id, name) values ('{user}', '{name}') returning id),
                  version as (insert into ea_versions (ea_project_id, version_number, source_code, status)
                      select id, 1, 'void OnTick() {{}}', 'compiling' from project returning id)
             insert into jobs (user_id, broker_connection_id, job_type, entity_type, entity_id, input_data)
             select '{user}', '{connection}', 'compile', 'ea_version', id, '{{\"source_path\": \"a.mq5\", \"ex5_path\": \"{name}.ex5\"}}' from version",
            user = trader.id,
            connection = trader.connection
        )
    };
    stage.upload("a.mq5", b"void OnTick() {}").await;
    stage.sql(&lay("good")).await;
    let job = stage.claim(&trader.agent, 200).await.text("/job/id").to_owned();
    let body =
        json!({"status": "completed", "output": {"checksum": "abc", "file_size": 1234, "diagnostics": [], "log": ""}});
    stage
        .as_agent(&trader.agent)
        .post(&path(&trader, &job), body, 200)
        .await;
    let compiled = "select count(*) from ea_versions v join ea_artifacts a on a.ea_version_id = v.id
        where v.status = 'compiled' and a.storage_path = 'good.ex5' and a.file_size = 1234 and a.checksum = 'abc'";
    assert_eq!(stage.count(compiled).await, 1);

    stage.sql(&lay("bad")).await;
    let job = stage.claim(&trader.agent, 200).await.text("/job/id").to_owned();
    let diagnostics =
        json!([{"line": 3, "column": 9, "severity": "error", "code": 256, "message": "undeclared identifier"}]);
    let body = json!({"status": "failed", "error_message": "1 error", "output": {"diagnostics": diagnostics}});
    stage
        .as_agent(&trader.agent)
        .post(&path(&trader, &job), body, 200)
        .await;
    let failed = "select count(*) from ea_versions where status = 'failed' and compilation_error = '(3,9) undeclared identifier'";
    assert_eq!(stage.count(failed).await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_compilation_of_a_version_that_is_gone_is_acknowledged_and_leaves_no_file() {
    let stage = Stage::new().await;
    let trader = stage.trader().await;
    stage.upload("a.mq5", b"//").await;
    stage
        .sql(&format!(
            "with project as (insert into ea_projects (user_id, name) values ('{user}', 'EA') returning id),
                  version as (insert into ea_versions (ea_project_id, version_number, source_code, status)
                      select id, 1, '//', 'compiling' from project returning id)
             insert into jobs (user_id, job_type, entity_type, entity_id, input_data)
             select '{user}', 'compile', 'ea_version', id, '{{\"source_path\": \"a.mq5\", \"ex5_path\": \"a.ex5\"}}' from version",
            user = trader.id
        ))
        .await;
    let job = stage.claim(&trader.agent, 200).await.text("/job/id").to_owned();
    stage.sql("delete from ea_projects").await;
    let body = json!({"status": "completed", "output": {"checksum": "abc", "file_size": 1234}});
    stage
        .as_agent(&trader.agent)
        .post(&path(&trader, &job), body, 200)
        .await;
    assert_eq!(stage.count("select count(*) from ea_artifacts").await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn run_and_stop_move_the_deployment() {
    let stage = Stage::new().await;
    stage.upload("a.ex5", b"EX5 program").await;
    let trader = stage.trader().await;
    stage
        .sql(&format!(
            "with project as (insert into ea_projects (user_id, name) values ('{user}', 'EA') returning id),
                  version as (insert into ea_versions (ea_project_id, version_number, source_code) select id, 1, '' from project
                      returning id)
             insert into ea_deployments (user_id, ea_version_id, symbol, timeframe, magic_number, file_name)
             select '{user}', id, 'EURUSD', 'H1', 1, 'EA.ex5' from version",
            user = trader.id
        ))
        .await;
    for (job_type, body, status) in [
        ("deploy", json!({"status": "completed"}), "running"),
        ("stop", json!({"status": "completed"}), "stopped"),
        (
            "run",
            json!({"status": "failed", "error_message": "No chart."}),
            "failed",
        ),
    ] {
        stage
            .sql(&format!(
                "update ea_deployments set status = 'pending' where status = 'stopped';
                 insert into jobs (user_id, broker_connection_id, job_type, entity_type, entity_id, input_data)
                 select user_id, '{}', '{job_type}', 'ea_deployment', id, '{{\"ex5_path\": \"a.ex5\"}}' from ea_deployments",
                trader.connection
            ))
            .await;
        let job = stage.claim(&trader.agent, 200).await.text("/job/id").to_owned();
        stage
            .as_agent(&trader.agent)
            .post(&path(&trader, &job), body, 200)
            .await;
        let row = stage
            .db
            .query_one("select status from ea_deployments", &[])
            .await
            .expect("the deployment");
        assert_eq!(row.get::<_, &str>("status"), status, "after {job_type}");
    }
    assert_eq!(stage.claim(&trader.agent, 204).await.json, Value::Null);
}
