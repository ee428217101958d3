//! Good credentials, another's object: 404, as if it were not there.

use std::collections::BTreeSet;

use reqwest::Method;
use serde_json::{Value, json};
use uuid::Uuid;

use super::rows_of;
use crate::{
    support::{AgentKey, Stage, Trader},
    tidy::template_routes,
};

/// Every route with an id that a user calls, and a body that would do harm.
fn users_routes() -> Vec<(&'static str, Value)> {
    vec![
        ("GET /agents/{id}", Value::Null),
        ("PATCH /agents/{id}", json!({"agent_name": "Stolen"})),
        ("DELETE /agents/{id}", Value::Null),
        ("POST /agents/{id}/rotate-key", Value::Null),
        ("GET /strategies/{id}", Value::Null),
        ("PATCH /strategies/{id}", json!({"name": "Stolen", "is_enabled": false})),
        ("DELETE /strategies/{id}", Value::Null),
        ("POST /strategies/{id}/rotate-secret", Value::Null),
        ("POST /strategies/{id}/explain", json!({"alert": "BUY EURUSD 0.1 lots"})),
        ("GET /signals/{id}", Value::Null),
        (
            "PATCH /broker-connections/{id}",
            json!({"name": "Stolen", "symbol_map": {"EURUSD": "USDEUR"}, "is_active": false}),
        ),
        ("DELETE /broker-connections/{id}", Value::Null),
        ("GET /jobs/{id}", Value::Null),
        ("POST /trading/positions/{ticket}/close", Value::Null),
    ]
}

/// Every route that an agent calls.
fn agents_routes() -> Vec<(&'static str, Value)> {
    let result = json!({"status": "failed", "attempt": 1, "reason_code": "stolen", "error_message": "Stolen."});
    vec![
        ("GET /agents/{id}/jobs/next", Value::Null),
        ("POST /agents/{id}/heartbeat", json!({"version": "1.0.0"})),
        ("POST /agents/{id}/jobs/{job_id}/result", result),
        ("POST /agents/{id}/prices", json!({"EURUSD": {"bid": 1.1, "ask": 1.2}})),
        (
            "POST /agents/{id}/account",
            json!({"balance": 0, "equity": 0, "margin": 0, "free_margin": 0, "currency": "USD", "positions": []}),
        ),
    ]
}

/// A trader with a signal whose job waits, and an open position of this ticket: the trader, the signal, the job.
async fn trader_with_signal(stage: &Stage, ticket: i64) -> (Trader, String, String) {
    let trader = stage.trader().await;
    let report = json!({"balance": 1, "equity": 1, "margin": 0, "free_margin": 1, "currency": "USD",
        "positions": [{"ticket": ticket, "symbol": "EURUSD", "side": "buy", "volume": 0.1, "open_price": 1.1, "profit": 0,
            "swap": 0, "magic_number": 0, "opened_at": "2026-01-01T00:00:00Z"}],
        "deals": [{"ticket": ticket, "order_ticket": ticket, "position_ticket": ticket, "symbol": "EURUSD", "side": "buy",
            "entry": "in", "volume": 0.1, "price": 1.1, "profit": 0, "swap": 0, "commission": 0, "fee": 0, "magic_number": 0,
            "comment": "", "time": "2026-01-01T00:00:00Z"}]});
    let path = format!("/agents/{}/account", trader.agent.id);
    stage.as_agent(&trader.agent).post(&path, report, 200).await;
    let alert = json!({"symbol": "EURUSD", "action": "buy", "volume": 0.1}).to_string();
    let signal = stage.alert(&trader, &alert, 200).await.text("/signal_id").to_owned();
    let job = format!("select id from jobs where user_id = '{}'", trader.id);
    let job: Uuid = stage
        .db
        .query_one(&job, &[])
        .await
        .expect("an accepted alert has a job")
        .get(0);
    (trader, signal, job.to_string())
}

fn split(route: &str, id: &str, job: &str) -> (Method, String) {
    let (method, path) = route.split_once(' ').expect("a method and a path");
    (
        method.parse().expect("a method"),
        path.replace("{id}", id)
            .replace("{ticket}", id)
            .replace("{job_id}", job),
    )
}

fn text(body: &Value) -> String {
    if body.is_null() {
        String::new()
    } else {
        body.to_string()
    }
}

#[test]
fn every_route_with_an_id_is_tried_with_anothers() {
    let tried: BTreeSet<String> = users_routes()
        .iter()
        .chain(&agents_routes())
        .map(|(route, _)| (*route).to_owned())
        .collect();
    // The webhook's secret is no id: whoever has it may send. Nor is an instrument: everybody's EURUSD has the same name.
    let there: BTreeSet<String> = template_routes()
        .into_iter()
        .filter(|route| route.contains('{') && !route.contains("/webhooks/") && !route.contains("{instrument}"))
        .collect();
    assert_eq!(
        tried, there,
        "a route that names an object must be tried with another's (404, nothing written): add it to users_routes or\n\
         agents_routes in tests/routes/tokens/strangers.rs. left: tried, right: in template.yaml"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn anothers_objects_are_not_there() {
    let stage = Stage::new().await;
    let ((owner, signal, job), stranger) = (trader_with_signal(&stage, 1).await, stage.trader().await);
    let before = rows_of(&stage, owner.id).await;
    let user = stage.as_user(&stranger);
    let connection = owner.connection.to_string();
    for (route, body) in users_routes() {
        let id = match route.split('/').nth(1) {
            Some("agents") => owner.agent.id.as_str(),
            Some("strategies") => &owner.strategy,
            Some("signals") => &signal,
            Some("broker-connections") => &connection,
            Some("jobs") => &job,
            Some("trading") => "1",
            kind => panic!("{kind:?} has ids too: say here which one is the owner's"),
        };
        let (method, path) = split(route, id, "");
        let problem = user.send_text(method.clone(), &path, &text(&body), 404).await;
        // Not even that it exists: an id of nobody gets the same words.
        let nobody = if route.contains("{ticket}") {
            "999".to_owned()
        } else {
            Uuid::new_v4().to_string()
        };
        let (_, nobodys) = split(route, &nobody, "");
        let unknown = user.send_text(method, &nobodys, &text(&body), 404).await;
        assert_eq!(
            problem.json, unknown.json,
            "{route} tells another's object from one that is not there"
        );
    }
    for (path, body) in [
        (
            "/agents",
            json!({"agent_name": "Agent", "broker_connection_id": owner.connection}),
        ),
        (
            "/strategies",
            json!({"name": "Strategy", "broker_connection_id": owner.connection}),
        ),
        (
            "/trading/orders",
            json!({"broker_connection_id": owner.connection, "symbol": "EURUSD", "side": "buy", "volume": 0.1}),
        ),
    ] {
        user.post(path, body, 422).await;
    }
    let theirs = json!({"broker_connection_id": owner.connection});
    user.patch(&format!("/agents/{}", stranger.agent.id), theirs.clone(), 422)
        .await;
    user.patch(&format!("/strategies/{}", stranger.strategy), theirs.clone(), 422)
        .await;
    user.post("/trading/positions/1/close", theirs, 404).await;
    // One's own flatten closes nobody else's positions.
    user.post("/trading/flatten", Value::Null, 200).await;
    assert_eq!(
        rows_of(&stage, owner.id).await,
        before,
        "a stranger's requests changed the owner's rows"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn lists_have_only_ones_own() {
    let stage = Stage::new().await;
    let (one, two) = (trader_with_signal(&stage, 1).await, trader_with_signal(&stage, 1).await);
    for ((trader, signal, _), (other, ..)) in [(&one, &two), (&two, &one)] {
        let user = stage.as_user(trader);
        for (path, own) in [
            ("/broker-connections", &trader.connection.to_string()),
            ("/agents", &trader.agent.id),
            ("/strategies", &trader.strategy),
            ("/signals", signal),
        ] {
            let list = user.get(path, 200).await;
            let items = list.json["items"].as_array().expect("a list");
            let ids: Vec<_> = items.iter().filter_map(|item| item["id"].as_str()).collect();
            assert_eq!(ids, [own], "{path} of {}", trader.id);
        }
        for path in ["/trading/account", "/trading/positions", "/trading/history"] {
            let list = user.get(path, 200).await;
            let items = list.json["items"].as_array().expect("a list");
            let accounts: Vec<_> = items
                .iter()
                .filter_map(|item| item["broker_connection_id"].as_str())
                .collect();
            assert_eq!(accounts, [trader.connection.to_string()], "{path} of {}", trader.id);
        }
        let of_other = user.get(&format!("/signals?strategy_id={}", other.strategy), 200).await;
        assert_eq!(
            of_other.at("/items"),
            &json!([]),
            "a filter finds nothing of another's strategy"
        );
        assert_eq!(user.get("/auth/me", 200).await.text("/id"), trader.id.to_string());
    }
}

/// Calls every agent route on the path of this agent and job.
async fn call_as_agent(stage: &Stage, key: &str, path_of: &AgentKey, job: &str, expected: u16) {
    println!(
        "with the key {key:?} on the path of {}, whose key is {}",
        path_of.id, path_of.key
    );
    let caller = stage.anybody().with("x-agent-key", key);
    for (route, body) in agents_routes() {
        let (method, path) = split(route, &path_of.id, job);
        caller.send_text(method, &path, &text(&body), expected).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_opens_its_own_agents_path_and_no_other() {
    let stage = Stage::new().await;
    let ((owner, _, job), stranger) = (trader_with_signal(&stage, 1).await, stage.trader().await);
    let sibling = stage.agent_of(&stage.as_user(&owner), owner.connection).await;
    let before = rows_of(&stage, owner.id).await;
    let (prefix, secret) = owner.agent.key.split_at("fxa_12345678_".len());
    let swapped = format!("{prefix}{}", secret.chars().rev().collect::<String>());
    let unknown = format!("fxa_zzzzzzzz_{secret}");
    let short = &owner.agent.key[..owner.agent.key.len() - 1];
    // Twice: once proven, a key is remembered, and must still open no other path.
    for _ in 0..2 {
        call_as_agent(&stage, &stranger.agent.key, &owner.agent, &job, 404).await;
        call_as_agent(&stage, &sibling.key, &owner.agent, &job, 404).await;
        stage.claim(&stranger.agent, 204).await;
        for key in [
            &swapped,
            &unknown,
            short,
            "",
            "garbage",
            "fxa_",
            &owner.webhook_secret,
            &owner.token,
            "' or true --",
        ] {
            call_as_agent(&stage, key, &owner.agent, &job, 401).await;
        }
    }
    // Another's job on one's own path.
    let (method, path) = split(agents_routes()[2].0, &stranger.agent.id, &job);
    stage
        .as_agent(&stranger.agent)
        .send_text(method, &path, &text(&agents_routes()[2].1), 404)
        .await;
    // Neither proof stands for the other.
    stage.as_agent(&owner.agent).get("/agents", 401).await;
    stage
        .as_user(&owner)
        .get(&format!("/agents/{}/jobs/next", owner.agent.id), 401)
        .await;
    assert_eq!(
        rows_of(&stage, owner.id).await,
        before,
        "somebody else's key changed the owner's rows"
    );
    stage.claim(&owner.agent, 200).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rotated_or_deleted_key_ends_at_once_though_it_was_proven() {
    let stage = Stage::new().await;
    let (owner, _, job) = trader_with_signal(&stage, 1).await;
    let user = stage.as_user(&owner);
    let path = format!("/agents/{}", owner.agent.id);
    let beat = json!({"version": "1.0.0"});
    // Every instance has proven the key.
    for _ in 0..3 {
        stage
            .as_agent(&owner.agent)
            .post(&format!("{path}/heartbeat"), beat.clone(), 200)
            .await;
    }
    let rotated = user.post(&format!("{path}/rotate-key"), Value::Null, 200).await;
    let fresh = AgentKey {
        id: owner.agent.id.clone(),
        key: rotated.text("/agent_key").to_owned(),
    };
    call_as_agent(&stage, &owner.agent.key, &owner.agent, &job, 401).await;
    stage
        .as_agent(&fresh)
        .post(&format!("{path}/heartbeat"), beat.clone(), 200)
        .await;
    user.delete(&path, 204).await;
    call_as_agent(&stage, &fresh.key, &fresh, &job, 401).await;
    assert_eq!(
        stage.count("select count(*) from jobs where status <> 'pending'").await,
        0,
        "a dead key claimed a job"
    );
}
