use serde_json::{Value, json};

use crate::support::Stage;

#[tokio::test(flavor = "multi_thread")]
async fn a_display_name_is_set_read_back_and_cleared() {
    let stage = Stage::new().await;
    let (id, token, _) = stage.sign_up().await;
    let user = stage.anybody().bearing(&token);
    let fresh = user.get("/profile", 200).await;
    assert_eq!(
        (fresh.text("/id"), fresh.at("/display_name")),
        (id.to_string().as_str(), &json!(null))
    );
    assert!(fresh.text("/email").ends_with("@example.test"));

    let named = user
        .patch("/profile", json!({"display_name": "Ada Løvelace"}), 200)
        .await;
    assert_eq!(named.text("/display_name"), "Ada Løvelace");
    assert_eq!(
        user.patch("/profile", json!({}), 200).await.json,
        named.json,
        "what was not sent stays"
    );
    assert_eq!(user.get("/profile", 200).await.json, named.json);
    user.patch("/profile", json!({"display_name": null}), 200).await;
    assert_eq!(user.get("/profile", 200).await.at("/display_name"), &json!(null));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_profile_has_no_other_field_to_change() {
    let stage = Stage::new().await;
    let trader = stage.trader().await;
    let user = stage.as_user(&trader);
    for (field, value) in [
        ("display_name", json!("")),
        ("display_name", json!("x".repeat(81))),
        ("display_name", json!("a\u{0}b")),
        ("display_name", json!(5)),
        ("email", json!("other@example.test")),
        ("id", json!(trader.connection)),
    ] {
        let problem = user.patch("/profile", json!({field: value.clone()}), 422).await;
        assert_eq!(problem.text("/errors/0/field"), field, "{field} = {value}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn settings_begin_with_their_defaults() {
    let stage = Stage::new().await;
    let (_, token, _) = stage.sign_up().await;
    let mut settings = stage.anybody().bearing(&token).get("/settings", 200).await.json;
    let touched = settings.as_object_mut().expect("an object").remove("updated_at");
    assert!(touched.is_some_and(|at| at.is_string()));
    let defaults = r#"{"account_balance":null,"risk_percent":1.00,"account_currency":"USD","preferred_pairs":[],
        "daily_loss_limit_pct":null,"max_open_positions":null,"max_lot_size":null,"trading_mode":"active","timezone":"UTC",
        "disclaimer_accepted":false,"disclaimer_accepted_at":null}"#;
    let defaults: Value = serde_json::from_str(defaults).expect("JSON");
    assert_eq!(settings, defaults);
}

#[tokio::test(flavor = "multi_thread")]
async fn settings_change_in_part_and_are_cleared_by_null() {
    let stage = Stage::new().await;
    let trader = stage.trader().await;
    let user = stage.as_user(&trader);
    let all = json!({"account_balance": "10000.50", "risk_percent": 0.5, "account_currency": "EUR",
        "preferred_pairs": ["EURUSD", "XAUUSD.m"], "daily_loss_limit_pct": 3, "max_open_positions": 0, "max_lot_size": 2.5,
        "trading_mode": "reducing", "timezone": "Europe/London"});
    let set = user.patch("/settings", all, 200).await;
    let numbers = [
        "account_balance",
        "risk_percent",
        "daily_loss_limit_pct",
        "max_open_positions",
        "max_lot_size",
    ];
    let written = numbers.map(|field| set.at(&format!("/{field}")).to_string());
    assert_eq!(written, ["10000.50", "0.50", "3.00", "0", "2.50"]);
    let words = ["account_currency", "trading_mode", "timezone"];
    assert_eq!(
        words.map(|field| set.text(&format!("/{field}"))),
        ["EUR", "reducing", "Europe/London"]
    );
    assert_eq!(set.at("/preferred_pairs"), &json!(["EURUSD", "XAUUSD.m"]));
    assert_eq!(user.get("/settings", 200).await.json, set.json);
    assert_eq!(
        user.patch("/settings", json!({}), 200).await.json,
        set.json,
        "nothing sent, nothing changed"
    );

    let mut expected = set.json.clone();
    for field in [
        "account_balance",
        "daily_loss_limit_pct",
        "max_open_positions",
        "max_lot_size",
    ] {
        let cleared = user.patch("/settings", json!({field: null}), 200).await;
        expected[field] = json!(null);
        expected["updated_at"] = cleared.at("/updated_at").clone();
        assert_eq!(cleared.json, expected, "{field} alone is cleared");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_setting_that_is_not_allowed_is_named_and_nothing_changes() {
    let stage = Stage::new().await;
    let trader = stage.trader().await;
    let user = stage.as_user(&trader);
    let before = user.get("/settings", 200).await.json;
    for (field, value) in [
        ("account_balance", json!(-1)),
        ("account_balance", json!(1_000_000_000_000_i64)),
        ("account_balance", json!(0.001)),
        ("risk_percent", json!(0)),
        ("risk_percent", json!(100.01)),
        ("risk_percent", json!(0.001)),
        ("risk_percent", json!("a lot")),
        ("account_currency", json!("usd")),
        ("account_currency", json!("EURO")),
        ("preferred_pairs", json!(["EUR USD"])),
        ("preferred_pairs", json!([""])),
        ("preferred_pairs", json!(vec!["EURUSD"; 101])),
        ("preferred_pairs", json!("EURUSD")),
        ("daily_loss_limit_pct", json!(0)),
        ("daily_loss_limit_pct", json!(101)),
        ("max_open_positions", json!(-1)),
        ("max_open_positions", json!(1.5)),
        ("max_open_positions", json!(2_147_483_648_i64)),
        ("max_lot_size", json!(0)),
        ("max_lot_size", json!(0.001)),
        ("trading_mode", json!("paused")),
        ("timezone", json!("Europe/Atlantis")),
        ("timezone", json!("UTC+3")),
        ("timezone", json!("EST5EDT4")),
        ("timezone", json!("a\u{0}b")),
        ("timezone", json!("")),
        ("disclaimer_accepted", json!(false)),
        ("disclaimer_accepted_at", json!("2026-01-01T00:00:00Z")),
        ("user_id", json!(trader.id)),
    ] {
        // Together with one that is fine, which must not be stored either.
        let mut body = json!({"max_lot_size": 9});
        body[field] = value.clone();
        let problem = user.patch("/settings", body, 422).await;
        assert_eq!(problem.text("/errors/0/field"), field, "{field} = {value}");
        assert!(!problem.text("/errors/0/message").is_empty(), "{field} = {value}");
    }
    let several = json!({"risk_percent": 0, "max_lot_size": 0});
    let problem = user.patch("/settings", several, 422).await;
    assert_eq!(
        (problem.text("/errors/0/field"), problem.text("/errors/1/field")),
        ("risk_percent", "max_lot_size")
    );
    assert_eq!(user.get("/settings", 200).await.json, before);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_trading_mode_is_the_one_the_risk_gate_goes_by() {
    let stage = Stage::new().await;
    let trader = stage.trader().await;
    stage
        .as_user(&trader)
        .patch("/settings", json!({"trading_mode": "halted"}), 200)
        .await;
    let alert = json!({"symbol": "EURUSD", "action": "buy", "volume": 0.1}).to_string();
    let signal = stage.alert(&trader, &alert, 200).await;
    assert_eq!(signal.text("/status"), "discarded");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_disclaimer_is_accepted_once() {
    let stage = Stage::new().await;
    let (_, token, _) = stage.sign_up().await;
    let user = stage.anybody().bearing(&token);
    for (body, field) in [
        (json!({}), "body"),
        (json!({"accepted": false}), "accepted"),
        (json!({"accepted": "yes"}), "accepted"),
        (
            json!({"accepted": true, "disclaimer_accepted_at": "2020-01-01T00:00:00Z"}),
            "disclaimer_accepted_at",
        ),
    ] {
        let problem = user.post("/onboarding/disclaimer", body.clone(), 422).await;
        assert_eq!(problem.text("/errors/0/field"), field, "{body}");
    }
    assert_eq!(user.get("/settings", 200).await.at("/disclaimer_accepted"), false);

    let accepted = user
        .post("/onboarding/disclaimer", json!({"accepted": true}), 200)
        .await;
    assert_eq!(accepted.at("/disclaimer_accepted"), true);
    assert!(accepted.at("/disclaimer_accepted_at").is_string());
    assert_eq!(user.get("/settings", 200).await.json, accepted.json);
    let again = user
        .post("/onboarding/disclaimer", json!({"accepted": true}), 200)
        .await;
    assert_eq!(again.json, accepted.json, "the first time counts");
    assert_eq!(user.get("/auth/me", 200).await.at("/disclaimer_accepted"), true);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_status_names_the_next_step_until_all_are_done() {
    let stage = Stage::new().await;
    // Somebody else is done already.
    let other = stage.trader().await;
    stage.alert(&other, "BUY EURUSD 0.1 lots", 200).await;

    let (_, token, _) = stage.sign_up().await;
    let user = stage.anybody().bearing(&token);
    let next = async || user.get("/onboarding/status", 200).await.at("/next").clone();
    assert_eq!(
        user.get("/onboarding/status", 200).await.json,
        json!({"disclaimer_accepted": false, "broker_connection": false, "agent_paired": false, "strategy": false,
            "first_signal": false, "complete": false, "next": "disclaimer"})
    );
    user.post("/onboarding/disclaimer", json!({"accepted": true}), 200)
        .await;
    assert_eq!(next().await, "broker_connection");
    let body = json!({"broker_type": "MT5_AGENT", "name": "Broker"});
    let connection = user.post("/broker-connections", body, 201).await;
    assert_eq!(next().await, "agent");
    let id = connection.text("/id").parse().expect("an id is a UUID");
    let agent = stage.agent_of(&user, id).await;
    assert_eq!(next().await, "agent", "one that was never heard of is not paired");
    stage
        .as_agent(&agent)
        .post(
            &format!("/agents/{}/heartbeat", agent.id),
            json!({"version": "1.0.0"}),
            200,
        )
        .await;
    assert_eq!(next().await, "strategy");
    let body = json!({"name": "Breakout", "broker_connection_id": id});
    let strategy = user.post("/strategies", body, 201).await;
    assert_eq!(next().await, "signal");
    let path = format!("/webhooks/tv/{}", strategy.text("/webhook_secret"));
    stage
        .anybody()
        .send_text(reqwest::Method::POST, &path, "BUY EURUSD 0.1 lots", 200)
        .await;
    assert_eq!(
        user.get("/onboarding/status", 200).await.json,
        json!({"disclaimer_accepted": true, "broker_connection": true, "agent_paired": true, "strategy": true,
            "first_signal": true, "complete": true, "next": null})
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn each_user_sees_and_changes_only_their_own() {
    let stage = Stage::new().await;
    let (one, two) = (stage.trader().await, stage.trader().await);
    let (first, second) = (stage.as_user(&one), stage.as_user(&two));
    let (profile, settings) = (
        second.get("/profile", 200).await.json,
        second.get("/settings", 200).await.json,
    );
    first.patch("/profile", json!({"display_name": "One"}), 200).await;
    first
        .patch("/settings", json!({"risk_percent": 7, "trading_mode": "halted"}), 200)
        .await;
    first
        .post("/onboarding/disclaimer", json!({"accepted": true}), 200)
        .await;
    assert_eq!(second.get("/profile", 200).await.json, profile);
    assert_eq!(second.get("/settings", 200).await.json, settings);
    assert_eq!(first.get("/profile", 200).await.text("/id"), one.id.to_string());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_that_outlived_its_user_finds_nothing() {
    let stage = Stage::new().await;
    let (id, token, _) = stage.sign_up().await;
    stage.sql(&format!("delete from auth.users where id = '{id}'")).await;
    let user = stage.anybody().bearing(&token);
    for path in ["/profile", "/settings", "/onboarding/status"] {
        user.get(path, 404).await;
    }
    user.patch("/profile", json!({"display_name": "Ghost"}), 404).await;
    user.patch("/settings", json!({"timezone": "UTC"}), 404).await;
    user.post("/onboarding/disclaimer", json!({"accepted": true}), 404)
        .await;
    let body = json!({"broker_type": "OANDA", "name": "Broker"});
    user.post("/broker-connections", body, 404).await;
}
