use serde_json::json;

use crate::{spine::until, support::Stage};

const ALERT: &str = r#"{"symbol":"EURUSD","action":"buy","volume":0.1}"#;

#[tokio::test(flavor = "multi_thread")]
async fn a_strategy_is_made_shown_changed_and_deleted() {
    let stage = Stage::new().await;
    let trader = stage.trader().await;
    let user = stage.as_user(&trader);
    let body = json!({"name": "Breakout", "broker_connection_id": trader.connection, "risk_override_pct": "0.5",
        "allowed_pairs": ["EURUSD"], "default_volume": 0.25, "max_signal_age_seconds": null});
    let made = user.post("/strategies", body, 201).await;
    assert_eq!(made.at("/risk_override_pct").to_string(), "0.50");
    assert_eq!(made.at("/max_signal_age_seconds"), &json!(null));
    let secret = made.text("/webhook_secret");
    assert_eq!(secret.len(), 43);
    assert_eq!(
        made.text("/webhook_url"),
        format!("{}/webhooks/tv/{secret}", stage.cloud.http_url())
    );
    let path = format!("/strategies/{}", made.text("/id"));
    assert_eq!(user.get(&path, 200).await.json, made.json);

    let changed = user
        .patch(&path, json!({"allowed_pairs": null, "is_enabled": false}), 200)
        .await;
    assert_eq!(
        (changed.at("/allowed_pairs"), changed.at("/is_enabled")),
        (&json!(null), &json!(false))
    );
    assert_eq!(
        changed.at("/default_volume").to_string(),
        "0.25",
        "what was not sent stays"
    );
    assert_eq!(
        user.get("/strategies", 200).await.json["items"]
            .as_array()
            .map(Vec::len),
        Some(2)
    );
    user.delete(&path, 204).await;
    user.get(&path, 404).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn entries_live_a_minute_unless_the_strategy_says_otherwise() {
    let stage = Stage::new().await;
    let trader = stage.trader().await;
    let strategy = stage
        .as_user(&trader)
        .get(&format!("/strategies/{}", trader.strategy), 200)
        .await;
    assert_eq!(strategy.at("/max_signal_age_seconds"), 60);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rotated_secret_leaves_the_old_one_its_overlap() {
    let stage = Stage::new().await;
    let mut trader = stage.trader().await;
    let (user, path) = (
        stage.as_user(&trader),
        format!("/strategies/{}/rotate-secret", trader.strategy),
    );
    let rotated = user.post(&path, json!({}), 200).await;
    assert!(rotated.at("/previous_secret_expires_at").is_string());
    assert_eq!(
        stage.alert(&trader, ALERT, 200).await.text("/status"),
        "pending",
        "the old secret within the overlap"
    );
    let old = std::mem::replace(&mut trader.webhook_secret, rotated.text("/webhook_secret").to_owned());
    assert_eq!(
        stage.alert(&trader, ALERT, 200).await.at("/duplicate"),
        true,
        "the new secret is the same strategy's"
    );

    stage
        .sql("update tv_strategies set previous_secret_expires_at = now() - interval '1 second'")
        .await;
    stage
        .anybody()
        .send_text(reqwest::Method::POST, &format!("/webhooks/tv/{old}"), ALERT, 404)
        .await;
    let at_once = user.post(&path, json!({"overlap_seconds": 0}), 200).await;
    assert_eq!(at_once.at("/previous_secret_expires_at"), &json!(null));
    stage.alert(&trader, ALERT, 404).await;
    user.post(&path, json!({"overlap_seconds": -1}), 422).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_idempotency_key_makes_one_strategy() {
    let stage = Stage::new().await;
    let trader = stage.trader().await;
    let user = stage.as_user(&trader).with("idempotency-key", "breakout");
    let body = json!({"name": "Breakout", "broker_connection_id": trader.connection});
    let first = user.post("/strategies", body.clone(), 201).await;
    assert_eq!(user.post("/strategies", body, 201).await.json, first.json);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_allowed_is_named() {
    let stage = Stage::new().await;
    let (trader, stranger) = (stage.trader().await, stage.trader().await);
    let user = stage.as_user(&trader);
    let with = |field: &str, value: serde_json::Value| {
        let mut body = json!({"name": "Strategy", "broker_connection_id": trader.connection});
        body[field] = value;
        body
    };
    let taken = user.get(&format!("/strategies/{}", trader.strategy), 200).await.json["magic_number"].clone();
    for (field, value) in [
        ("name", json!("")),
        ("broker_connection_id", json!(stranger.connection)),
        ("broker_connection_id", json!(null)),
        ("risk_override_pct", json!(0)),
        ("risk_override_pct", json!(101)),
        ("risk_override_pct", json!("a lot")),
        ("allowed_pairs", json!(["EUR USD"])),
        ("max_signal_age_seconds", json!(0)),
        ("default_volume", json!(0.001)),
        ("magic_number", json!(0)),
        ("magic_number", json!(9_007_199_254_740_992_i64)),
        ("magic_number", taken),
        ("webhook_secret", json!("mine")),
    ] {
        let problem = user.post("/strategies", with(field, value.clone()), 422).await;
        assert_eq!(problem.text("/errors/0/field"), field, "{field} = {value}");
    }
    let path = format!("/strategies/{}", trader.strategy);
    let problem = user
        .patch(&path, json!({"broker_connection_id": stranger.connection}), 422)
        .await;
    assert_eq!(problem.text("/errors/0/field"), "broker_connection_id");
}

/// Between the question whose connection it is and the strategy or agent that names it.
#[tokio::test(flavor = "multi_thread")]
async fn a_connection_deleted_meanwhile_is_not_anyones() {
    let stage = Stage::new().await;
    for (path, body) in [
        ("/strategies", json!({"name": "Late"})),
        ("/agents", json!({"agent_name": "Late"})),
    ] {
        let trader = stage.trader().await;
        let connection = stage.connection_of(trader.id).await;
        let mut body = body;
        body["broker_connection_id"] = json!(connection);
        let other = xtask::stage::connect(&stage.admin_url)
            .await
            .expect("the test Postgres answers");
        let delete = format!("begin; delete from broker_connections where id = '{connection}'");
        other.batch_execute(&delete).await.expect("a connection can be deleted");
        let user = stage.as_user(&trader);
        let (problem, ()) = tokio::join!(user.post(path, body, 422), async {
            until("the insert waits for the delete", async || {
                let waiting = "select count(*) from pg_locks l join pg_stat_activity a using (pid)
                    where not l.granted and a.datname = current_database()";
                (stage.count(waiting).await > 0).then_some(())
            })
            .await;
            other.batch_execute("commit").await.expect("the delete is done");
        });
        assert_eq!(problem.text("/errors/0/field"), "broker_connection_id", "{path}");
    }
}
