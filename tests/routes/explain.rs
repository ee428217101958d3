use serde_json::json;

use crate::support::Stage;

#[tokio::test(flavor = "multi_thread")]
async fn an_alert_is_explained_as_it_would_be_read_and_judged() {
    let stage = Stage::new().await;
    let trader = stage.trader().await;
    let (user, path) = (
        stage.as_user(&trader),
        format!("/strategies/{}/explain", trader.strategy),
    );
    let explained = user
        .post(
            &path,
            json!({"alert": r#"{"ticker":"OANDA:EURUSD","action":"buy","sl_pips":"20"}"#}),
            200,
        )
        .await;
    assert_eq!(
        (explained.at("/readable"), explained.text("/would_be")),
        (&json!(true), "pending")
    );
    assert_eq!(explained.text("/reading/alert/symbol"), "EURUSD");
    assert_eq!(explained.at("/sizing/risk_pct").to_string(), "1.00");
    assert!(
        explained.json["reading"]["notes"].to_string().contains("OANDA"),
        "{}",
        explained.json
    );

    let explained = user.post(&path, json!({"alert": "hello"}), 200).await;
    assert_eq!(
        (explained.at("/readable"), explained.text("/reason_code")),
        (&json!(false), "not_an_alert")
    );

    stage.sql("update user_settings set trading_mode = 'reducing'").await;
    let explained = user.post(&path, json!({"alert": "BUY EURUSD 0.1 lots"}), 200).await;
    assert_eq!(
        (explained.text("/would_be"), explained.text("/reason_code")),
        ("discarded", "reducing")
    );
    let explained = user.post(&path, json!({"alert": "close EURUSD"}), 200).await;
    assert_eq!(
        (explained.text("/would_be"), explained.at("/sizing")),
        ("pending", &json!(null))
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn explaining_stores_nothing() {
    let stage = Stage::new().await;
    let trader = stage.trader().await;
    let path = format!("/strategies/{}/explain", trader.strategy);
    let alert = json!({"alert": r#"{"symbol":"EURUSD","action":"buy","volume":0.1}"#});
    stage.as_user(&trader).post(&path, alert, 200).await;
    assert_eq!(
        stage
            .count("select (select count(*) from tv_signals) + (select count(*) from jobs)")
            .await,
        0
    );
    stage.as_user(&trader).post(&path, json!({}), 422).await;
}
