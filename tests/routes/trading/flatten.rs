use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::{hold, items, position, report, second_account, setting};
use crate::support::{Reply, Stage, Trader};

pub(super) const BUY: &str = r#"{"symbol":"EURUSD","action":"buy","volume":0.1}"#;
const CLOSE: &str = r#"{"symbol":"EURUSD","action":"close"}"#;

pub(super) async fn flatten(stage: &Stage, trader: &Trader) -> Reply {
    stage.as_user(trader).post("/trading/flatten", Value::Null, 200).await
}

async fn mode(stage: &Stage, trader: &Trader) -> String {
    stage
        .as_user(trader)
        .get("/settings", 200)
        .await
        .text("/trading_mode")
        .to_owned()
}

/// Account and ticket of each job in a list of the answer.
fn closed(answer: &Reply, list: &str) -> Vec<(String, i64)> {
    let jobs = answer.at(list).as_array().expect("a list of jobs");
    let closes = jobs.iter().map(|job| {
        assert_eq!(job["job_type"], "close_position", "{job}");
        let account = job["broker_connection_id"].as_str().expect("an account").to_owned();
        (account, job["input"]["ticket"].as_i64().expect("a ticket"))
    });
    let mut closes: Vec<_> = closes.collect();
    closes.sort();
    closes
}

#[tokio::test(flavor = "multi_thread")]
async fn fifty_positions_are_closed_by_fifty_jobs_once() {
    let stage = Stage::new().await;
    let (trader, stranger) = (stage.trader().await, stage.trader().await);
    let (second, agent) = second_account(&stage, &trader).await;
    hold(&stage, &stranger, [1]).await;
    hold(&stage, &trader, 1..=40).await;
    report(&stage, &agent, "10000", (1..=10).map(position).collect(), json!([])).await;
    // What is being closed already, wholly and in part.
    let user = stage.as_user(&trader);
    let first = json!({"broker_connection_id": trader.connection});
    let whole = user.post("/trading/positions/1/close", first.clone(), 201).await;
    let mut part = first;
    part["volume"] = json!(0.05);
    user.post("/trading/positions/2/close", part, 201).await;
    let mut dashboard = stage.dashboard(&trader, &[]).await;
    let mut bells = Vec::new();
    for agent in [&trader.agent, &agent] {
        let mut bell = stage.doorbell(agent).await.expect("the key opens it");
        bell.ping().await;
        bells.push(bell);
    }
    let sent = || stage.cloud.queue("NewsQueue").expect("the queue").sent_total;
    let before = sent();

    let answer = flatten(&stage, &trader).await;
    assert_eq!(answer.text("/trading_mode"), "reducing");
    assert_eq!(mode(&stage, &trader).await, "reducing");
    let account = |connection: uuid::Uuid, tickets: std::ops::RangeInclusive<i64>| {
        tickets.map(move |ticket| (connection.to_string(), ticket))
    };
    let mut expected: Vec<_> = account(trader.connection, 2..=40)
        .chain(account(second, 1..=10))
        .collect();
    expected.sort();
    assert_eq!(closed(&answer, "/created"), expected, "a part is not enough");
    assert_eq!(answer.at("/underway/0/id"), whole.at("/id"));
    assert_eq!(closed(&answer, "/underway"), [(trader.connection.to_string(), 1)]);
    for count in ["/entries_cancelled", "/entries_on_their_way", "/left_open"] {
        assert_eq!(answer.at(count), &json!(0), "{count}");
    }
    assert_eq!(sent(), before + 1, "all news of a user is one message");
    for bell in &mut bells {
        assert_eq!(bell.next().await, json!({"type": "jobs_waiting"}));
        assert_eq!(bell.ping().await, [Value::Null; 0], "rung once");
    }
    let told = dashboard.next_of("job").await;
    assert_eq!(
        (&told["job"]["job_type"], &told["job"]["status"]),
        (&json!("close_position"), &json!("pending"))
    );

    let again = flatten(&stage, &trader).await;
    assert_eq!(closed(&again, "/created"), []);
    assert_eq!(again.at("/underway").as_array().map(Vec::len), Some(50));
    assert_eq!(sent(), before + 1, "and nothing is new the second time");
    assert_eq!(stage.count("select count(*) from jobs").await, 51);

    let mut claimed = BTreeSet::new();
    for (agent, jobs) in [(&trader.agent, 41), (&agent, 10)] {
        for _ in 0..jobs {
            let job = stage.claim(agent, 200).await;
            let input = job.at("/job/input").clone();
            assert!(job.at("/job/not_after").is_null(), "exits never expire");
            claimed.insert((
                agent.id.clone(),
                input["ticket"].as_i64().expect("a ticket"),
                input.to_string(),
            ));
        }
        stage.claim(agent, 204).await;
    }
    let shape = |ticket: i64| format!(r#"{{"ticket":{ticket}}}"#);
    let mut deliverable: BTreeSet<_> = (1..=40).map(|n| (trader.agent.id.clone(), n, shape(n))).collect();
    deliverable.extend((1..=10).map(|n| (agent.id.clone(), n, shape(n))));
    deliverable.insert((trader.agent.id.clone(), 2, r#"{"ticket":2,"volume":0.05}"#.to_owned()));
    assert_eq!(
        claimed, deliverable,
        "each in the contract's shape, to its own account's agent"
    );

    let entry = stage.alert(&trader, BUY, 200).await;
    assert_eq!(
        (entry.text("/status"), entry.text("/reason_code")),
        ("discarded", "reducing")
    );
    assert_eq!(stage.alert(&trader, CLOSE, 200).await.text("/status"), "pending");
    let listed = stage.as_user(&stranger).get("/trading/positions", 200).await;
    assert_eq!(
        items(&listed.json)[0]["closing_job_id"],
        Value::Null,
        "nothing of anybody else's"
    );
    assert_eq!(mode(&stage, &stranger).await, "active");
}

#[tokio::test(flavor = "multi_thread")]
async fn halted_trading_becomes_reducing_for_closing_must_pass() {
    let stage = Stage::new().await;
    let trader = stage.trader().await;
    hold(&stage, &trader, [1]).await;
    setting(&stage, &trader, json!({"trading_mode": "halted"})).await;
    let answer = flatten(&stage, &trader).await;
    assert_eq!(closed(&answer, "/created"), [(trader.connection.to_string(), 1)]);
    assert_eq!(mode(&stage, &trader).await, "reducing");
    stage.claim(&trader.agent, 200).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn with_nothing_open_it_is_the_mode_that_changes() {
    let stage = Stage::new().await;
    let trader = stage.trader().await;
    stage.anybody().post("/trading/flatten", Value::Null, 401).await;
    assert_eq!(mode(&stage, &trader).await, "active");
    let answer = flatten(&stage, &trader).await;
    assert_eq!(
        answer.json,
        json!({"trading_mode": "reducing", "created": [], "underway": [], "entries_cancelled": 0, "entries_on_their_way": 0,
            "left_open": 0})
    );
    assert_eq!(mode(&stage, &trader).await, "reducing");
    let (user, _, _) = stage.sign_up().await;
    stage
        .sql(&format!("delete from auth.users where id = '{}'", trader.id))
        .await;
    stage.as_user(&trader).post("/trading/flatten", Value::Null, 404).await;
    assert_eq!(
        stage
            .count(&format!(
                "select count(*) from user_settings where user_id = '{user}' and trading_mode = 'active'"
            ))
            .await,
        1
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn entries_nobody_claimed_are_cancelled_and_those_an_agent_has_are_counted() {
    let stage = Stage::new().await;
    let (trader, stranger) = (stage.trader().await, stage.trader().await);
    let user = stage.as_user(&trader);
    let theirs = stage.alert(&stranger, BUY, 200).await;
    let order = json!({"broker_connection_id": trader.connection, "symbol": "EURUSD", "side": "buy", "volume": 0.1});
    let taken = user.post("/trading/orders", order.clone(), 201).await;
    stage.claim(&trader.agent, 200).await;
    let filled = user.post("/trading/orders", order.clone(), 201).await;
    stage.claim(&trader.agent, 200).await;
    stage.fill(&trader.agent, filled.text("/id"), 1, 200).await;
    let waiting = user.post("/trading/orders", order, 201).await;
    let entry = stage.alert(&trader, BUY, 200).await;
    let exit = stage.alert(&trader, CLOSE, 200).await;
    let mut dashboard = stage.dashboard(&trader, &[]).await;

    let answer = flatten(&stage, &trader).await;
    assert_eq!(
        [answer.at("/entries_cancelled"), answer.at("/entries_on_their_way")],
        [&json!(2), &json!(2)],
        "one is taken, one was filled and is not reported yet"
    );
    for (job, status) in [(&taken, "running"), (&filled, "completed"), (&waiting, "cancelled")] {
        let job = user.get(&format!("/jobs/{}", job.text("/id")), 200).await;
        assert_eq!(job.text("/status"), status, "{}", job.json);
        if status == "cancelled" {
            assert_eq!(job.text("/reason_code"), "reducing");
            assert!(job.text("/error_message").ends_with('.') && job.at("/completed_at").is_string());
        }
    }
    let signal = |answer: &Reply| format!("/signals/{}", answer.text("/signal_id"));
    let discarded = user.get(&signal(&entry), 200).await;
    assert_eq!(
        (discarded.text("/status"), discarded.text("/reason_code")),
        ("discarded", "reducing")
    );
    assert!(discarded.text("/error_message").contains("flatten") && discarded.at("/latency/resolved_at").is_string());
    assert_eq!(
        user.get(&signal(&exit), 200).await.text("/status"),
        "pending",
        "an exit stays"
    );
    let other = stage.as_user(&stranger).get(&signal(&theirs), 200).await;
    assert_eq!(other.text("/status"), "pending", "another's entry stays");

    let told = dashboard.next_of("signal").await;
    assert_eq!(
        told["signal"],
        json!({"id": entry.at("/signal_id"), "status": "discarded", "symbol": "EURUSD", "action": "buy",
            "reason_code": "reducing"})
    );
    let exit = stage.claim(&trader.agent, 200).await;
    assert_eq!(exit.text("/job/input/side"), "close", "of what waited the exit is left");
    stage.claim(&trader.agent, 204).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn positions_on_an_account_that_is_switched_off_are_left_and_counted() {
    let stage = Stage::new().await;
    let trader = stage.trader().await;
    let (second, agent) = second_account(&stage, &trader).await;
    hold(&stage, &trader, [1]).await;
    report(&stage, &agent, "10000", json!([position(2), position(3)]), json!([])).await;
    let path = format!("/broker-connections/{second}");
    stage
        .as_user(&trader)
        .patch(&path, json!({"is_active": false}), 200)
        .await;
    let answer = flatten(&stage, &trader).await;
    assert_eq!(closed(&answer, "/created"), [(trader.connection.to_string(), 1)]);
    assert_eq!(answer.at("/left_open"), &json!(2));
}
