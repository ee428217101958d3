use serde_json::json;
use uuid::Uuid;

use crate::support::Stage;

#[tokio::test(flavor = "multi_thread")]
async fn an_agent_is_made_shown_changed_and_deleted() {
    let stage = Stage::new().await;
    let trader = stage.trader().await;
    let user = stage.as_user(&trader);
    let made = user.post("/agents", json!({"agent_name": "VPS London"}), 201).await;
    let key = made.text("/agent_key");
    assert!(
        key.starts_with("fxa_") && key.len() == 56,
        "fxa_, 8 characters, 43 characters"
    );
    assert_eq!(made.text("/agent/pairing_key_prefix"), &key[4..12]);
    let path = format!("/agents/{}", made.text("/agent/id"));
    assert_eq!(user.get(&path, 200).await.json, made.json["agent"]);

    let changed = user
        .patch(
            &path,
            json!({"agent_name": "VPS Paris", "broker_connection_id": trader.connection}),
            200,
        )
        .await;
    assert_eq!(changed.text("/agent_name"), "VPS Paris");
    let changed = user.patch(&path, json!({"broker_connection_id": null}), 200).await;
    assert_eq!(
        (changed.text("/agent_name"), changed.at("/broker_connection_id")),
        ("VPS Paris", &json!(null))
    );
    user.delete(&path, 204).await;
    user.get(&path, 404).await;
    user.delete(&path, 404).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_key_is_shown_once_and_kept_as_a_bcrypt_hash() {
    let stage = Stage::new().await;
    let trader = stage.trader().await;
    let listed = stage.as_user(&trader).get("/agents", 200).await.json.to_string();
    assert!(
        !listed.contains(&trader.agent.key) && !listed.contains("$2"),
        "{listed}"
    );
    assert_eq!(
        stage
            .count("select count(*) from mt5_agents where pairing_key_hash like '$2b$04$%'")
            .await,
        1
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rotated_key_takes_the_old_ones_place_at_once() {
    let stage = Stage::new().await;
    let trader = stage.trader().await;
    stage.claim(&trader.agent, 204).await;
    let rotated = stage
        .as_user(&trader)
        .post(&format!("/agents/{}/rotate-key", trader.agent.id), json!({}), 200)
        .await;
    stage.claim(&trader.agent, 401).await;
    let renewed = crate::support::AgentKey {
        id: trader.agent.id.clone(),
        key: rotated.text("/agent_key").to_owned(),
    };
    stage.claim(&renewed, 204).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_idempotency_key_makes_the_same_agent_with_a_key_that_works() {
    let stage = Stage::new().await;
    let trader = stage.trader().await;
    let user = stage.as_user(&trader).with("idempotency-key", "first vps");
    let body = json!({"agent_name": "VPS", "broker_connection_id": trader.connection});
    let first = user.post("/agents", body.clone(), 201).await;
    let again = user.post("/agents", body, 201).await;
    assert_eq!(first.text("/agent/id"), again.text("/agent/id"));
    let agent = crate::support::AgentKey {
        id: again.text("/agent/id").to_owned(),
        key: again.text("/agent_key").to_owned(),
    };
    stage.claim(&agent, 204).await;
    let other = stage.trader().await;
    let theirs = stage
        .as_user(&other)
        .with("idempotency-key", "first vps")
        .post("/agents", json!({"agent_name": "VPS"}), 201)
        .await;
    assert_ne!(
        theirs.text("/agent/id"),
        first.text("/agent/id"),
        "keys are each user's own"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_allowed_is_named() {
    let stage = Stage::new().await;
    let (trader, stranger) = (stage.trader().await, stage.trader().await);
    let user = stage.as_user(&trader);
    for (body, field) in [
        (json!({}), "body"),
        (json!({"agent_name": ""}), "agent_name"),
        (json!({"agent_name": "x".repeat(81)}), "agent_name"),
        (json!({"agent_name": 5}), "agent_name"),
        (
            json!({"agent_name": "VPS", "broker_connection_id": "x"}),
            "broker_connection_id",
        ),
        (
            json!({"agent_name": "VPS", "broker_connection_id": Uuid::new_v4()}),
            "broker_connection_id",
        ),
        (
            json!({"agent_name": "VPS", "broker_connection_id": stranger.connection}),
            "broker_connection_id",
        ),
        (json!({"agent_name": "VPS", "is_public_feed": true}), "is_public_feed"),
    ] {
        let problem = user.post("/agents", body.clone(), 422).await;
        assert_eq!(problem.text("/errors/0/field"), field, "{body}");
    }
    let path = format!("/agents/{}", trader.agent.id);
    let problem = user
        .patch(&path, json!({"broker_connection_id": stranger.connection}), 422)
        .await;
    assert_eq!(problem.text("/errors/0/field"), "broker_connection_id");
    user.send_text(reqwest::Method::POST, "/agents", "{", 422).await;
    user.send_text(reqwest::Method::POST, "/agents", &"x".repeat(256 * 1024 + 1), 413)
        .await;
    user.get("/agents/no-uuid", 404).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_goes_on_where_its_cursor_says() {
    let stage = Stage::new().await;
    let trader = stage.trader().await;
    let user = stage.as_user(&trader);
    for number in 0..4 {
        user.post("/agents", json!({"agent_name": format!("VPS {number}")}), 201)
            .await;
    }
    let (mut seen, mut path) = (Vec::new(), "/agents?limit=2".to_owned());
    loop {
        let page = user.get(&path, 200).await;
        seen.extend(
            page.json["items"]
                .as_array()
                .expect("a list")
                .iter()
                .map(|item| item["id"].to_string()),
        );
        let Some(cursor) = page.at("/next_cursor").as_str() else {
            break;
        };
        path = format!("/agents?limit=2&cursor={cursor}");
    }
    assert_eq!(seen.len(), 5);
    seen.sort();
    seen.dedup();
    assert_eq!(seen.len(), 5, "none twice");
    for bad in ["limit=0", "limit=201", "limit=many", "cursor=x"] {
        user.get(&format!("/agents?{bad}"), 422).await;
    }
}
