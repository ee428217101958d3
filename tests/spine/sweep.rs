//! Each duty of the sweep: what it ends, what it leaves, and that it does nothing twice.

use std::time::Instant;

use serde_json::{Value, json};

use crate::support::{Setting, Socket, Stage, Trader};

const BUY: &str = r#"{"symbol":"EURUSD","action":"buy","volume":0.1}"#;
const CLOSE: &str = r#"{"symbol":"EURUSD","action":"close"}"#;

async fn sweep(stage: &Stage) {
    let answer = stage.cloud.invoke("sweep", json!({"source": "aws.events"})).await;
    assert!(answer.is_some(), "the sweep failed:\n{}", stage.log().join("\n"));
}

/// Everything the sweep may touch, as text.
async fn everything(stage: &Stage) -> String {
    let tables = [
        "jobs",
        "tv_signals",
        "mt5_agents",
        "ws_connections",
        "used_tickets",
        "trade_events",
        "ea_versions",
        "ea_deployments",
    ];
    let tables = tables
        .map(|table| format!("(select coalesce(string_agg(t::text, E'\\n' order by t::text), '') from {table} t)"));
    let sql = format!("select concat_ws(E'\\n\\n', {})", tables.join(", "));
    stage.db.query_one(&sql, &[]).await.expect("the tables").get(0)
}

/// Sweeps, and again, which must change nothing more.
async fn sweep_twice(stage: &Stage) {
    sweep(stage).await;
    let swept = everything(stage).await;
    sweep(stage).await;
    assert_eq!(everything(stage).await, swept, "a second sweep changes nothing");
}

/// SQL that no guard of the jobs' states stands against.
async fn lay(stage: &Stage, sql: &str) {
    stage
        .sql(&format!(
            "alter table jobs disable trigger jobs_guard; {sql}; alter table jobs enable trigger jobs_guard"
        ))
        .await;
}

/// An alert's signal, and its job as text.
async fn alert(stage: &Stage, trader: &Trader, alert: &str) -> String {
    stage.alert(trader, alert, 200).await.text("/signal_id").to_owned()
}

/// Status, reason and sentence of a signal, and the status of its job.
async fn fate(stage: &Stage, signal: &str) -> (String, Option<String>, String) {
    let sql =
        "select s.status, s.reason_code, j.status, s.error_message is null or s.error_message like '%.' as sentence,
            (s.resolved_at is null) = (s.status = 'pending') as resolved
        from tv_signals s join jobs j on j.id = s.job_id and j.entity_id = s.id where s.id = $1::text::uuid";
    let row = stage
        .db
        .query_one(sql, &[&signal])
        .await
        .expect("the signal and its job");
    assert!(row.get::<_, bool>(3) && row.get::<_, bool>(4));
    (row.get(0), row.get(1), row.get(2))
}

fn fated(signal: &str, reason: Option<&str>, job: &str) -> (String, Option<String>, String) {
    (signal.to_owned(), reason.map(ToOwned::to_owned), job.to_owned())
}

/// What a dashboard was told once everything that was sent has arrived, jobs before signals.
async fn told(stage: &Stage, socket: &mut Socket) -> Vec<Value> {
    crate::spine::until("all news is handled", async || {
        let queue = stage.cloud.queue("NewsQueue").expect("the template has the queue");
        (queue.waiting + queue.in_flight == 0).then_some(())
    })
    .await;
    let mut news = socket.ping().await;
    news.sort_by_key(|message| message["type"].to_string());
    news
}

#[tokio::test(flavor = "multi_thread")]
async fn an_entry_nobody_claimed_in_time_is_cancelled_and_its_signal_discarded() {
    let stage = Stage::new().await;
    let (trader, stranger) = (stage.trader().await, stage.trader().await);
    let mut dashboard = stage.dashboard(&trader, &[]).await;
    let mut elsewhere = stage.dashboard(&stranger, &[]).await;
    let late = alert(&stage, &trader, BUY).await;
    let exit = alert(&stage, &trader, CLOSE).await;
    let theirs = alert(&stage, &stranger, BUY).await;
    told(&stage, &mut dashboard).await;
    told(&stage, &mut elsewhere).await;
    sweep_twice(&stage).await;
    assert_eq!(
        fate(&stage, &late).await,
        fated("pending", None, "pending"),
        "there is time left"
    );

    lay(&stage, &format!("update jobs set not_after = now() - interval '1 millisecond' where user_id = '{}' and not_after is not null", trader.id)).await;
    lay(
        &stage,
        &format!(
            "update jobs set not_after = now() + interval '1 hour' where user_id = '{}'",
            stranger.id
        ),
    )
    .await;
    sweep_twice(&stage).await;
    assert_eq!(
        fate(&stage, &late).await,
        fated("discarded", Some("expired"), "cancelled")
    );
    assert_eq!(
        fate(&stage, &exit).await,
        fated("pending", None, "pending"),
        "exits never expire"
    );
    assert_eq!(fate(&stage, &theirs).await, fated("pending", None, "pending"));
    assert_eq!(stage.count("select count(*) from jobs where reason_code = 'expired' and completed_at is not null and error_message like '%.'").await, 1);
    assert_eq!(
        stage.count("select count(*) from trade_events").await,
        0,
        "nothing was ordered"
    );

    let news = told(&stage, &mut dashboard).await;
    let kinds: Vec<_> = news
        .iter()
        .map(|message| message["type"].as_str().expect("a type"))
        .collect();
    assert_eq!(kinds, ["job", "signal"]);
    assert_eq!(
        (&news[0]["job"]["status"], &news[0]["job"]["job_type"]),
        (&json!("cancelled"), &json!("trade"))
    );
    assert_eq!(
        news[1]["signal"],
        json!({"id": late, "status": "discarded", "symbol": "EURUSD", "action": "buy", "reason_code": "expired"})
    );
    assert_eq!(told(&stage, &mut elsewhere).await, [] as [Value; 0]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lease_that_ran_out_gives_the_job_back_to_its_agent_whatever_the_deadline() {
    let stage = Stage::new().await;
    let trader = stage.trader().await;
    let sibling = stage.agent_of(&stage.as_user(&trader), trader.connection).await;
    let mut dashboard = stage.dashboard(&trader, &[]).await;
    let mut doorbell = stage
        .doorbell(&trader.agent)
        .await
        .expect("the agent's key opens its doorbell");
    let signal = alert(&stage, &trader, BUY).await;
    let job = stage.claim(&trader.agent, 200).await.text("/job/id").to_owned();
    doorbell.next_of("jobs_waiting").await;
    told(&stage, &mut dashboard).await;
    lay(
        &stage,
        "update jobs set not_after = now() - interval '1 second', lease_expires_at = now() - interval '14 seconds'",
    )
    .await;
    sweep_twice(&stage).await;
    assert_eq!(
        fate(&stage, &signal).await,
        fated("pending", None, "running"),
        "an agent that is merely late comes first"
    );
    stage
        .sql("update jobs set lease_expires_at = now() - interval '16 seconds'")
        .await;
    sweep_twice(&stage).await;
    assert_eq!(
        fate(&stage, &signal).await,
        fated("pending", None, "pending"),
        "it may have been sent, so it does not expire"
    );
    let kept = format!(
        "select count(*) from jobs where agent_id = '{}' and attempts = 1 and lease_expires_at is null",
        trader.agent.id
    );
    assert_eq!(stage.count(&kept).await, 1);
    doorbell.next_of("jobs_waiting").await;
    let news = told(&stage, &mut dashboard).await;
    assert_eq!(
        news,
        [json!({"type": "job", "job": {"id": job, "job_type": "trade", "status": "pending"}})]
    );

    // The late result of the first attempt is told to come again.
    let problem = stage.fill(&trader.agent, &job, 1, 409).await;
    assert_eq!(problem.text("/code"), "attempt_differs");
    stage.claim(&sibling, 204).await;
    let heartbeat = format!("/agents/{}/heartbeat", trader.agent.id);
    let beat = stage
        .as_agent(&trader.agent)
        .post(&heartbeat, json!({"version": "1"}), 200)
        .await;
    assert_eq!(beat.at("/jobs_waiting"), 1, "what its agent can claim waits for it");
    let again = stage.claim(&trader.agent, 200).await;
    assert_eq!(
        (again.text("/job/id"), again.at("/job/attempt")),
        (job.as_str(), &json!(2))
    );
    stage.fill(&trader.agent, &job, 2, 200).await;
    assert_eq!(fate(&stage, &signal).await, fated("executed", None, "completed"));
}

#[tokio::test(flavor = "multi_thread")]
async fn after_the_third_lease_the_job_fails_and_nothing_is_called_rejected() {
    let stage = Stage::new().await;
    let trader = stage.trader().await;
    let mut dashboard = stage.dashboard(&trader, &[]).await;
    let signal = alert(&stage, &trader, BUY).await;
    let mut job = String::new();
    for attempt in 1..=3 {
        let claimed = stage.claim(&trader.agent, 200).await;
        assert_eq!(claimed.at("/job/attempt"), attempt);
        claimed.text("/job/id").clone_into(&mut job);
        assert_eq!(fate(&stage, &signal).await, fated("pending", None, "running"));
        told(&stage, &mut dashboard).await;
        stage
            .sql("update jobs set lease_expires_at = now() - interval '16 seconds'")
            .await;
        sweep_twice(&stage).await;
    }
    assert_eq!(
        fate(&stage, &signal).await,
        fated("failed", Some("lease_expired"), "failed")
    );
    assert_eq!(
        stage.count("select count(*) from trade_events").await,
        0,
        "nobody knows whether it was rejected"
    );
    let news = told(&stage, &mut dashboard).await;
    assert_eq!(news[0]["job"]["status"], "failed");
    assert_eq!(
        (&news[1]["signal"]["status"], &news[1]["signal"]["reason_code"]),
        (&json!("failed"), &json!("lease_expired"))
    );
    assert_eq!(
        stage.fill(&trader.agent, &job, 3, 409).await.text("/code"),
        "result_differs"
    );
    stage.claim(&trader.agent, 204).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_version_and_a_deployment_fail_with_the_job_nobody_finished() {
    let stage = Stage::new().await;
    let (trader, stranger) = (stage.trader().await, stage.trader().await);
    stage.upload("a.mq5", b"// mine").await;
    for owner in [&trader, &stranger] {
        stage
            .sql(&format!(
                "with project as (insert into ea_projects (user_id, name) values ('{user}', 'EA') returning id),
                      version as (insert into ea_versions (ea_project_id, version_number, source_code, status)
                          select id, 1, '', 'compiling' from project returning id)
                 insert into jobs (user_id, broker_connection_id, job_type, entity_type, entity_id, input_data)
                 select '{user}', '{connection}', 'compile', 'ea_version', id, '{files}' from version;
                 with deployment as (insert into ea_deployments (user_id, ea_version_id, mt5_agent_id, symbol, timeframe,
                         magic_number, file_name)
                     select '{user}', v.id, '{agent}', 'EURUSD', 'H1', 1, 'EA.ex5' from ea_versions v
                       join ea_projects p on p.id = v.ea_project_id where p.user_id = '{user}' returning id)
                 insert into jobs (user_id, broker_connection_id, job_type, entity_type, entity_id, input_data)
                 select '{user}', '{connection}', 'deploy', 'ea_deployment', id, '{files}' from deployment",
                user = owner.id, connection = owner.connection, agent = owner.agent.id,
                files = json!({"source_path": "a.mq5", "ex5_path": "a.mq5"}),
            ))
            .await;
        stage.claim(&owner.agent, 200).await;
        stage.claim(&owner.agent, 200).await;
    }
    lay(
        &stage,
        &format!(
            "update jobs set attempts = 3, lease_expires_at = now() - interval '1 minute' where user_id = '{}'",
            trader.id
        ),
    )
    .await;
    sweep_twice(&stage).await;
    let states = |who: &Trader| {
        format!(
        "select count(*) from ea_versions v join ea_projects p on p.id = v.ea_project_id join ea_deployments d on d.ea_version_id = v.id
          where p.user_id = '{}' and ", who.id)
    };
    let failed =
        "v.status = 'failed' and v.compilation_error like '%.' and d.status = 'failed' and d.error_message like '%.'";
    assert_eq!(stage.count(&format!("{}{failed}", states(&trader))).await, 1);
    assert_eq!(
        stage
            .count(&format!(
                "{}v.status = 'compiling' and d.status = 'deploying'",
                states(&stranger)
            ))
            .await,
        1
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_job_whose_agent_was_deleted_is_not_left_waiting() {
    let stage = Stage::new().await;
    let trader = stage.trader().await;
    let user = stage.as_user(&trader);
    let running = alert(&stage, &trader, BUY).await;
    stage.claim(&trader.agent, 200).await;
    let waiting = alert(&stage, &trader, CLOSE).await;
    stage.claim(&trader.agent, 200).await;
    let unclaimed = alert(&stage, &trader, r#"{"symbol":"GBPUSD","action":"close"}"#).await;
    stage
        .sql(&format!(
            "update jobs set lease_expires_at = now() - interval '1 minute' where entity_id = '{waiting}'"
        ))
        .await;
    sweep(&stage).await;
    assert_eq!(fate(&stage, &waiting).await, fated("pending", None, "pending"));
    user.delete(&format!("/agents/{}", trader.agent.id), 204).await;
    sweep_twice(&stage).await;
    assert_eq!(
        fate(&stage, &running).await,
        fated("pending", None, "running"),
        "its lease is not over"
    );
    assert_eq!(
        fate(&stage, &waiting).await,
        fated("failed", Some("lease_expired"), "cancelled")
    );
    assert_eq!(
        fate(&stage, &unclaimed).await,
        fated("pending", None, "pending"),
        "another agent may have it"
    );
    stage
        .sql("update jobs set lease_expires_at = now() - interval '16 seconds' where status = 'running'")
        .await;
    sweep_twice(&stage).await;
    assert_eq!(
        fate(&stage, &running).await,
        fated("failed", Some("lease_expired"), "failed")
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn sockets_that_must_have_ended_are_forgotten_and_closed() {
    let stage = Stage::new().await;
    let trader = stage.trader().await;
    for (column, kept, dead) in [
        (
            "connected_at",
            "2 hours 4 minutes 50 seconds",
            "2 hours 5 minutes 1 second",
        ),
        ("last_seen_at", "14 minutes 50 seconds", "15 minutes 1 second"),
    ] {
        let mut socket = stage.dashboard(&trader, &[]).await;
        let age = async |age: &str| {
            let sql = format!("update ws_connections set {column} = now() - interval '{age}'");
            stage.sql(&sql).await;
        };
        age(kept).await;
        sweep_twice(&stage).await;
        assert_eq!(
            stage.count("select count(*) from ws_connections").await,
            1,
            "{column}: {kept}"
        );
        age(dead).await;
        sweep_twice(&stage).await;
        assert_eq!(
            stage.count("select count(*) from ws_connections").await,
            0,
            "{column}: {dead}"
        );
        socket.closed().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn used_tickets_are_forgotten_once_their_age_alone_refuses_them() {
    let stage = Stage::new().await;
    let trader = stage.trader().await;
    for (age, left) in [("-10 seconds", 1), ("50 seconds", 1), ("70 seconds", 0)] {
        stage
            .sql(&format!(
                "delete from used_tickets;
                 insert into used_tickets (ticket_id, user_id, expires_at) values (gen_random_uuid(), '{}', now() - interval '{age}')",
                trader.id
            ))
            .await;
        sweep_twice(&stage).await;
        assert_eq!(stage.count("select count(*) from used_tickets").await, left, "{age}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_agent_silent_for_ten_minutes_is_offline_and_its_owner_hears_it_once() {
    let stage = Stage::new().await;
    let (trader, stranger) = (stage.trader().await, stage.trader().await);
    for owner in [&trader, &stranger] {
        let path = format!("/agents/{}/heartbeat", owner.agent.id);
        stage
            .as_agent(&owner.agent)
            .post(&path, json!({"version": "1"}), 200)
            .await;
    }
    let mut dashboard = stage.dashboard(&trader, &[]).await;
    let connected = "select count(*) from mt5_agents where is_connected";
    stage
        .sql("update mt5_agents set last_heartbeat = now() - interval '590 seconds'")
        .await;
    sweep_twice(&stage).await;
    assert_eq!(stage.count(connected).await, 2);
    stage
        .sql(&format!(
            "update mt5_agents set last_heartbeat = now() - interval '601 seconds' where user_id = '{}'",
            trader.id
        ))
        .await;
    sweep_twice(&stage).await;
    assert_eq!(stage.count(connected).await, 1, "the other one lives");
    let news = told(&stage, &mut dashboard).await;
    assert_eq!(
        news,
        [json!({"type": "agent", "agent": {"id": trader.agent.id, "status": "offline"}})]
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn candles_are_kept_for_thirty_days_and_pruned_in_batches() {
    let stage = Stage::new().await;
    let (trader, other) = (stage.trader().await, stage.trader().await);
    for (owner, instrument, count) in [
        (&trader, "EURUSD", 7_000),
        (&trader, "GBPUSD", 1),
        (&other, "EURUSD", 4_000),
    ] {
        stage
            .sql(&format!(
                "insert into candles (user_id, instrument, ts, open, high, low, close)
                 select '{}', '{instrument}', date_trunc('minute', now(), 'UTC') - interval '30 days' - n * interval '1 minute', 1, 1, 1, 1
                   from generate_series(-2, {count}) n",
                owner.id
            ))
            .await;
    }
    let old = "select count(*) from candles where ts < now() - interval '30 days'";
    let kept = stage.count(&old.replace('<', ">=")).await;
    let before = stage.count(old).await;
    sweep(&stage).await;
    assert_eq!(stage.count(old).await, before - 10_000, "at most ten thousand at once");
    sweep(&stage).await;
    assert_eq!(stage.count(old).await, 0);
    assert!(
        stage.count("select count(*) from candles").await >= kept - 3,
        "nothing younger"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn finished_jobs_are_kept_for_ninety_days_and_signals_for_ever() {
    let stage = Stage::new().await;
    let trader = stage.trader().await;
    let signal = alert(&stage, &trader, BUY).await;
    let job = stage.claim(&trader.agent, 200).await.text("/job/id").to_owned();
    stage.fill(&trader.agent, &job, 1, 200).await;
    let waiting = alert(&stage, &trader, CLOSE).await;
    for (age, jobs) in [("89 days 23 hours", 2), ("90 days 1 minute", 1)] {
        lay(
            &stage,
            &format!("update jobs set created_at = now() - interval '{age}'"),
        )
        .await;
        lay(
            &stage,
            &format!("update jobs set completed_at = now() - interval '{age}' where completed_at is not null"),
        )
        .await;
        sweep_twice(&stage).await;
        assert_eq!(stage.count("select count(*) from jobs").await, jobs, "{age}");
    }
    let shown = stage.as_user(&trader).get(&format!("/signals/{signal}"), 200).await;
    assert_eq!(
        (
            shown.text("/status"),
            shown.at("/job_id"),
            shown.text("/broker_order_id")
        ),
        ("executed", &Value::Null, "42")
    );
    assert_eq!(
        stage.count("select count(*) from trade_events").await,
        1,
        "the audit log stays"
    );
    assert_eq!(
        fate(&stage, &waiting).await,
        fated("pending", None, "pending"),
        "what waits has no age"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn twenty_thousand_expired_entries_are_swept_in_bounded_runs_and_told_in_few_words() {
    let stage = Stage::new().await;
    let trader = stage.trader().await;
    stage
        .sql(&format!(
            "with s as (insert into tv_signals (id, strategy_id, user_id, symbol, action, raw_payload, dedup_key)
                 select gen_random_uuid(), '{strategy}', '{user}', 'EURUSD', 'buy', '{{}}', n::text
                   from generate_series(1, 20000) n returning id),
             j as (insert into jobs (user_id, broker_connection_id, job_type, entity_type, entity_id, not_after)
                 select '{user}', '{connection}', 'trade', 'tv_signal', id, now() - interval '1 second' from s returning id)
             select count(*) from j",
            user = trader.id, strategy = trader.strategy, connection = trader.connection
        ))
        .await;
    let mut dashboard = stage.dashboard(&trader, &[]).await;
    let left = "select count(*) from jobs where status = 'pending'";
    for run in 1..=4 {
        let began = Instant::now();
        sweep(&stage).await;
        eprintln!("run {run}: {:?}", began.elapsed());
        assert_eq!(stage.count(left).await, 20_000 - 5_000 * run, "run {run}");
    }
    sweep_twice(&stage).await;
    assert_eq!(
        stage
            .count("select count(*) from tv_signals where status = 'discarded' and reason_code = 'expired'")
            .await,
        20_000
    );
    assert_eq!(
        told(&stage, &mut dashboard).await.len(),
        4 * 2 * 20,
        "a dashboard reads its lists again instead"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn two_sweeps_at_once_share_the_work() {
    let stage = Stage::new().await;
    let trader = stage.trader().await;
    stage
        .sql(&format!(
            "insert into jobs (user_id, broker_connection_id, job_type, not_after)
             select '{}', '{}', 'trade', now() - interval '1 second' from generate_series(1, 2000)",
            trader.id, trader.connection
        ))
        .await;
    futures_util::future::join_all((0..4).map(|_| sweep(&stage))).await;
    assert_eq!(
        stage
            .count("select count(*) from jobs where status = 'cancelled'")
            .await,
        2_000
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_duty_that_fails_does_not_stop_the_others_and_is_reported() {
    let stage = Stage::new().await;
    let trader = stage.trader().await;
    let signal = alert(&stage, &trader, BUY).await;
    lay(&stage, "update jobs set not_after = now() - interval '1 second'").await;
    // The first duty and one of the last.
    stage.sql("create function refuse() returns trigger language plpgsql as $$ begin raise 'no'; end $$;
        create trigger refuse before update on mt5_agents for each row execute function refuse();
        update mt5_agents set is_connected = true where false;
        alter table mt5_agents disable trigger refuse; update mt5_agents set is_connected = true; alter table mt5_agents enable trigger refuse;
        alter table used_tickets rename to gone").await;
    stage.log();
    let answer = stage.cloud.invoke("sweep", json!({})).await;
    assert_eq!(answer, None, "the invocation reports the failure");
    assert_eq!(
        fate(&stage, &signal).await,
        fated("discarded", Some("expired"), "cancelled")
    );
    let log = stage.log().join("\n");
    for duty in ["sweep/mark_silent_agents", "sweep/forget_tickets"] {
        assert!(log.contains(duty), "the log names every duty that failed: {log}");
    }
}

/// What the sweep that was the last to run has measured.
async fn measured(stage: &Stage) -> Value {
    stage.log();
    sweep(stage).await;
    let lines: Vec<Value> = stage
        .log()
        .iter()
        .filter_map(|line| serde_json::from_str(line).ok())
        .filter(|line: &Value| line["message"] == "measured")
        .collect();
    assert_eq!(lines.len(), 1, "a sweep measures once");
    lines.into_iter().next().expect("it is one")
}

#[tokio::test(flavor = "multi_thread")]
async fn the_sweep_tells_what_waits_who_is_silent_and_what_the_database_has_left() {
    let setting = Setting {
        still: true,
        ..Setting::default()
    };
    let stage = Stage::with(setting).await;
    let trader = stage.trader().await;
    for _ in 0..3 {
        stage.agent_of(&stage.as_user(&trader), trader.connection).await;
    }
    alert(&stage, &trader, BUY).await;
    stage.claim(&trader.agent, 200).await;
    alert(&stage, &trader, CLOSE).await;
    let expiring = alert(&stage, &trader, r#"{"symbol":"GBPUSD","action":"buy","volume":0.1}"#).await;
    // One heard of lately, one silent, one given up, one that never came.
    stage
        .sql(
            "update mt5_agents a set last_heartbeat = now() - heard.ago
              from (select id, (array['9 minutes', '11 minutes', '25 hours', null]::interval[])
                               [row_number() over (order by created_at)] as ago from mt5_agents) heard
             where heard.id = a.id",
        )
        .await;
    let counts = |line: &Value| {
        [
            "jobs_waiting",
            "signals_late",
            "entries_expired",
            "agents_online",
            "agents_offline",
        ]
        .map(|name| line[name].as_i64())
    };
    assert_eq!(
        counts(&measured(&stage).await),
        [2, 0, 0, 1, 1].map(Some),
        "all is in time"
    );

    lay(
        &stage,
        "update jobs set created_at = now() - interval '59 seconds' where status = 'pending'",
    )
    .await;
    assert_eq!(counts(&measured(&stage).await)[1], Some(0), "within a minute");
    lay(&stage, "update jobs set created_at = now() - interval '61 seconds'").await;
    assert_eq!(
        counts(&measured(&stage).await),
        [2, 3, 0, 1, 1].map(Some),
        "what is claimed and not executed is late too"
    );
    lay(
        &stage,
        &format!("update jobs set not_after = now() - interval '1 second' where entity_id = '{expiring}'"),
    )
    .await;
    let line = measured(&stage).await;
    assert_eq!(
        counts(&line),
        [1, 2, 1, 1, 1].map(Some),
        "what has expired waits no longer"
    );
    assert_eq!(counts(&measured(&stage).await)[2], Some(0), "and is told once");

    let connections = line["database_connections"].as_i64().expect("a count");
    assert!(connections >= 2, "this test and the sweep are connected: {line}");
    let used = line["database_connections_used"].as_i64().expect("a share");
    assert!((0..=100).contains(&used), "in per cent of what is allowed: {line}");
}
