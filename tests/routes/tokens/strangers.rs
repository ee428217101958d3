//! Another's key, and keys that are none: whose path an agent's key opens. What users may not is in tests/contract/isolation.rs.

use serde_json::{Value, json};
use uuid::Uuid;

use super::rows_of;
use crate::{
    contract::{Row, Who, rows},
    support::{AgentKey, Stage, Trader},
};

/// A trader with a signal whose job waits: the trader, the signal, the job.
async fn trader_with_signal(stage: &Stage) -> (Trader, String, String) {
    let trader = stage.trader().await;
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

/// Calls every agent route on the path of this agent and job.
async fn call_as_agent(stage: &Stage, key: &str, path_of_agent: &AgentKey, job: &str, expected: u16) {
    println!(
        "with the key {key:?} on the path of {}, whose key is {}",
        path_of_agent.id, path_of_agent.key
    );
    let caller = stage.anybody().with("x-agent-key", key);
    for row in rows().iter().filter(|row| row.who == Who::Agent) {
        let path = path_of(row, path_of_agent, job);
        caller
            .send_text(row.described().method.clone(), &path, &text(&row.body), expected)
            .await;
    }
}

/// Of this agent and job.
fn path_of(row: &Row, agent: &AgentKey, job: &str) -> String {
    row.path_with(Uuid::nil(), |name| {
        if name == "job_id" { job } else { &agent.id }.to_owned()
    })
}

fn text(body: &Value) -> String {
    if body.is_null() {
        String::new()
    } else {
        body.to_string()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_opens_its_own_agents_path_and_no_other() {
    let stage = Stage::new().await;
    let ((owner, _, job), stranger) = (trader_with_signal(&stage).await, stage.trader().await);
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
    let result = rows().iter().find(|row| row.operation.ends_with("/result"));
    let result = result.expect("an agent reports results");
    stage
        .as_agent(&stranger.agent)
        .post(&path_of(result, &stranger.agent, &job), result.body.clone(), 404)
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
    let (owner, _, job) = trader_with_signal(&stage).await;
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

/// What is made cannot point at another's; and one's own flatten closes nobody else's positions.
#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_made_of_what_is_anothers() {
    let stage = Stage::new().await;
    let (owner, stranger) = (stage.trader().await, stage.trader().await);
    let program = stage.expert_advisor(&owner).await.version;
    let before = rows_of(&stage, owner.id).await;
    let user = stage.as_user(&stranger);
    for agent in [&stranger.agent.id, &owner.agent.id] {
        let deployment =
            json!({"ea_version_id": program, "mt5_agent_id": agent, "symbol": "EURUSD", "timeframe": "H1"});
        user.post("/deployments", deployment, 422).await;
    }
    user.post("/trading/flatten", Value::Null, 200).await;
    assert_eq!(
        rows_of(&stage, owner.id).await,
        before,
        "a stranger's requests changed the owner's rows"
    );
}
