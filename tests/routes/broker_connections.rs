use serde_json::{Value, json};

use crate::support::Stage;

#[tokio::test(flavor = "multi_thread")]
async fn a_connection_is_made_listed_changed_and_deleted() {
    let stage = Stage::new().await;
    let (_, token, _) = stage.sign_up().await;
    let user = stage.anybody().bearing(&token);
    let body = json!({"broker_type": "MT5_AGENT", "name": "IC Markets", "symbol_map": {"EURUSD": "EURUSD.i"}});
    let made = user.post("/broker-connections", body, 201).await;
    assert_eq!(
        (made.text("/broker_type"), made.text("/name"), made.at("/is_active")),
        ("MT5_AGENT", "IC Markets", &json!(true))
    );
    assert_eq!(made.at("/symbol_map"), &json!({"EURUSD": "EURUSD.i"}));
    assert_eq!(
        user.get("/broker-connections", 200).await.json,
        json!({"items": [made.json], "next_cursor": null})
    );

    let path = format!("/broker-connections/{}", made.text("/id"));
    let changed = user
        .patch(&path, json!({"name": "Pepperstone", "is_active": false}), 200)
        .await;
    assert_eq!(
        (changed.text("/name"), changed.at("/is_active")),
        ("Pepperstone", &json!(false))
    );
    assert_eq!(
        changed.at("/symbol_map"),
        &json!({"EURUSD": "EURUSD.i"}),
        "what was not sent stays"
    );
    let mapped = user.patch(&path, json!({"symbol_map": {"XAUUSD": "GOLD"}}), 200).await;
    assert_eq!(
        (mapped.at("/symbol_map"), mapped.text("/name")),
        (&json!({"XAUUSD": "GOLD"}), "Pepperstone"),
        "the map is replaced as a whole"
    );
    let cleared = user.patch(&path, json!({"symbol_map": {}}), 200).await;
    assert_eq!(cleared.at("/symbol_map"), &json!({}));
    assert_eq!(user.get("/broker-connections", 200).await.at("/items/0"), &cleared.json);
    user.delete(&path, 204).await;
    assert_eq!(user.get("/broker-connections", 200).await.at("/items"), &json!([]));
    user.delete(&path, 404).await;
    user.patch(&path, json!({"name": "Gone"}), 404).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_idempotency_key_makes_one_connection() {
    let stage = Stage::new().await;
    let (trader, other) = (stage.trader().await, stage.trader().await);
    let body = json!({"broker_type": "OANDA", "name": "Oanda"});
    let user = stage.as_user(&trader).with("idempotency-key", "oanda");
    let first = user.post("/broker-connections", body.clone(), 201).await;
    let again = user.post("/broker-connections", body.clone(), 201).await;
    assert_eq!(again.json, first.json);
    let renamed = json!({"broker_type": "OANDA", "name": "Another"});
    assert_eq!(
        user.post("/broker-connections", renamed, 201).await.json,
        first.json,
        "the first is returned as it is"
    );
    let without = stage
        .as_user(&trader)
        .post("/broker-connections", body.clone(), 201)
        .await;
    assert_ne!(without.text("/id"), first.text("/id"));
    let theirs = stage.as_user(&other).with("idempotency-key", "oanda");
    let theirs = theirs.post("/broker-connections", body, 201).await;
    assert_ne!(theirs.text("/id"), first.text("/id"), "keys are each user's own");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_allowed_is_named() {
    let stage = Stage::new().await;
    let trader = stage.trader().await;
    let user = stage.as_user(&trader);
    let path = format!("/broker-connections/{}", trader.connection);
    let many: serde_json::Map<_, _> = (0..501).map(|n| (format!("S{n}"), json!("X"))).collect();
    let count = "select count(*) from broker_connections";
    let before = stage.count(count).await;
    for (field, value) in [
        ("name", json!("")),
        ("name", json!("x".repeat(81))),
        ("name", json!("a\u{0}b")),
        ("name", json!(5)),
        ("symbol_map", json!([])),
        ("symbol_map", json!({"EUR USD": "EURUSD"})),
        ("symbol_map", json!({"EURUSD": ""})),
        ("symbol_map", json!({"": "EURUSD"})),
        ("symbol_map", json!({"EURUSD": "x".repeat(33)})),
        ("symbol_map", json!({"EURUSD": "\u{0}"})),
        ("symbol_map", Value::Object(many)),
        ("symbol_map.EURUSD", json!({"EURUSD": 5})),
        ("credentials", json!({"password": "mine"})),
        ("user_id", json!(trader.id)),
    ] {
        let (sent, _) = field.split_once('.').unwrap_or((field, ""));
        let mut body = json!({"broker_type": "MT5_AGENT", "name": "Broker"});
        body[sent] = value.clone();
        let problem = user.post("/broker-connections", body, 422).await;
        assert_eq!(problem.text("/errors/0/field"), field, "made with {field} = {value}");
        let problem = user.patch(&path, json!({sent: value}), 422).await;
        assert_eq!(problem.text("/errors/0/field"), field, "changed");
    }
    for (body, field) in [
        (json!({"name": "Broker"}), "body"),
        (json!({"broker_type": "MT5_AGENT"}), "body"),
        (json!({"broker_type": "IBKR", "name": "Broker"}), "broker_type"),
    ] {
        let problem = user.post("/broker-connections", body.clone(), 422).await;
        assert_eq!(problem.text("/errors/0/field"), field, "{body}");
    }
    for (body, field) in [
        (json!({"broker_type": "OANDA"}), "broker_type"),
        (json!({"is_active": "yes"}), "is_active"),
    ] {
        let problem = user.patch(&path, body.clone(), 422).await;
        assert_eq!(problem.text("/errors/0/field"), field, "{body}");
    }
    user.patch("/broker-connections/no-uuid", json!({}), 404).await;
    assert_eq!(stage.count(count).await, before, "what was refused was not made");
}

#[tokio::test(flavor = "multi_thread")]
async fn one_that_a_strategy_uses_is_not_deleted() {
    let stage = Stage::new().await;
    let trader = stage.trader().await;
    let user = stage.as_user(&trader);
    let path = format!("/broker-connections/{}", trader.connection);
    let problem = user.delete(&path, 409).await;
    assert_eq!(problem.text("/code"), "connection_in_use");
    assert!(
        problem.text("/detail").contains("Strategies"),
        "it says what to delete first: {}",
        problem.json
    );
    user.patch(&path, json!({"name": "Still there"}), 200).await;

    user.delete(&format!("/strategies/{}", trader.strategy), 204).await;
    user.delete(&path, 204).await;
    let agent = user.get(&format!("/agents/{}", trader.agent.id), 200).await;
    assert_eq!(
        agent.at("/broker_connection_id"),
        &json!(null),
        "its agent stays, without a connection"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn an_agent_hears_of_a_changed_symbol_map_and_of_an_inactive_account() {
    let stage = Stage::new().await;
    let trader = stage.trader().await;
    let path = format!("/broker-connections/{}", trader.connection);
    let change = json!({"symbol_map": {"EURUSD": "EURUSD.i"}, "is_active": false});
    stage.as_user(&trader).patch(&path, change, 200).await;
    let beat = stage
        .as_agent(&trader.agent)
        .post(
            &format!("/agents/{}/heartbeat", trader.agent.id),
            json!({"version": "1.0.0"}),
            200,
        )
        .await;
    assert_eq!(beat.at("/config/symbol_map"), &json!({"EURUSD": "EURUSD.i"}));
    assert_eq!(beat.text("/config/trading_mode"), "halted");
}

#[tokio::test(flavor = "multi_thread")]
async fn credentials_are_in_no_answer() {
    let stage = Stage::new().await;
    let trader = stage.trader().await;
    stage
        .sql(r#"update broker_connections set credentials = '{"password": "hunter2"}'"#)
        .await;
    let user = stage.as_user(&trader);
    let path = format!("/broker-connections/{}", trader.connection);
    let listed = user.get("/broker-connections", 200).await.json.to_string();
    let changed = user
        .patch(&path, json!({"name": "Broker 2"}), 200)
        .await
        .json
        .to_string();
    for answer in [listed, changed] {
        assert!(
            !answer.contains("hunter2") && !answer.contains("credentials"),
            "{answer}"
        );
    }
    assert_eq!(
        stage
            .count("select count(*) from broker_connections where credentials->>'password' = 'hunter2'")
            .await,
        1,
        "a change leaves them as they are"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_goes_on_where_its_cursor_says() {
    let stage = Stage::new().await;
    let (trader, _) = (stage.trader().await, stage.trader().await);
    let user = stage.as_user(&trader);
    for number in 0..4 {
        let body = json!({"broker_type": "OANDA", "name": format!("Broker {number}")});
        user.post("/broker-connections", body, 201).await;
    }
    let (mut seen, mut path) = (Vec::new(), "/broker-connections?limit=2".to_owned());
    loop {
        let page = user.get(&path, 200).await;
        let items = page.json["items"].as_array().expect("a list");
        seen.extend(
            items
                .iter()
                .map(|item| item["name"].as_str().expect("a name").to_owned()),
        );
        let Some(cursor) = page.at("/next_cursor").as_str() else {
            break;
        };
        path = format!("/broker-connections?limit=2&cursor={cursor}");
    }
    assert_eq!(seen, ["Broker 3", "Broker 2", "Broker 1", "Broker 0", "Broker"]);
    for bad in ["limit=0", "limit=201", "cursor=x"] {
        user.get(&format!("/broker-connections?{bad}"), 422).await;
    }
}
