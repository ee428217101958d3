use futures_util::future::join_all;
use serde_json::json;

use crate::support::Stage;

const ALERT: &str = r#"{"symbol":"EURUSD","action":"buy","volume":0.1}"#;

#[tokio::test(flavor = "multi_thread")]
async fn an_alert_becomes_a_pending_signal_and_a_job() {
    let stage = Stage::new().await;
    let trader = stage.trader().await;
    let answer = stage.alert(&trader, ALERT, 200).await;
    assert_eq!(
        answer.json,
        json!({"signal_id": answer.text("/signal_id"), "status": "pending", "duplicate": false})
    );
    let job = stage.claim(&trader.agent, 200).await;
    assert_eq!(job.text("/job/entity_id"), answer.text("/signal_id"));
    assert_eq!(
        (job.text("/job/input/side"), job.text("/job/input/symbol")),
        ("buy", "EURUSD")
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn the_content_type_of_an_alert_does_not_matter() {
    let stage = Stage::new().await;
    let trader = stage.trader().await;
    for (number, content_type) in ["application/json", "text/plain; charset=utf-8", "image/png"]
        .iter()
        .enumerate()
    {
        let body = json!({"symbol": "EURUSD", "action": "buy", "volume": 0.1, "id": number.to_string()}).to_string();
        let caller = stage.anybody().with("content-type", *content_type);
        let path = format!("/webhooks/tv/{}", trader.webhook_secret);
        assert_eq!(
            caller
                .send_text(reqwest::Method::POST, &path, &body, 200)
                .await
                .text("/status"),
            "pending"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unknown_secret_is_not_found_and_stores_nothing() {
    let stage = Stage::new().await;
    for secret in [
        "nothing",
        "a-secret-that-nobody-was-ever-given-by-us-43",
        "%00",
        "a%2Fb",
    ] {
        stage
            .anybody()
            .send_text(reqwest::Method::POST, &format!("/webhooks/tv/{secret}"), ALERT, 404)
            .await;
    }
    assert_eq!(stage.count("select count(*) from tv_signals").await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_alert_four_times_at_once_and_again_is_one_signal_and_one_job() {
    let stage = Stage::new().await;
    let trader = stage.trader().await;
    let at_once = join_all((0..4).map(|_| stage.alert(&trader, ALERT, 200))).await;
    let again = stage.alert(&trader, ALERT, 200).await;
    let ids: Vec<_> = at_once
        .iter()
        .chain([&again])
        .map(|answer| answer.text("/signal_id"))
        .collect();
    assert!(
        ids.iter().all(|id| *id == ids[0]),
        "one signal, the first one's id: {ids:?}"
    );
    let firsts = at_once.iter().filter(|answer| answer.at("/duplicate") == false).count();
    assert_eq!((firsts, again.at("/duplicate")), (1, &json!(true)));
    assert_eq!(stage.count("select count(*) from tv_signals").await, 1);
    assert_eq!(stage.count("select count(*) from jobs").await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_time_the_same_text_is_a_new_alert_once_no_resend_can_come() {
    let stage = Stage::new().await;
    let trader = stage.trader().await;
    stage.alert(&trader, ALERT, 200).await;
    // What was received is immutable for every caller, so the clock is turned back as the owner with the guard off.
    stage
        .sql("alter table tv_signals disable trigger tv_signals_guard")
        .await;
    stage
        .sql("update tv_signals set received_at = received_at - interval '31 seconds'")
        .await;
    assert_eq!(stage.alert(&trader, ALERT, 200).await.at("/duplicate"), false);
}

#[tokio::test(flavor = "multi_thread")]
async fn with_a_time_the_same_text_is_the_same_alert_for_ever() {
    let stage = Stage::new().await;
    let trader = stage.trader().await;
    let alert = json!({"symbol": "EURUSD", "action": "close", "time": "2026-01-01T00:00:00Z"}).to_string();
    stage.alert(&trader, &alert, 200).await;
    stage
        .sql("alter table tv_signals disable trigger tv_signals_guard")
        .await;
    stage
        .sql("update tv_signals set received_at = received_at - interval '1 year'")
        .await;
    assert_eq!(stage.alert(&trader, &alert, 200).await.at("/duplicate"), true);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_nobody_can_read_is_refused_and_logged_as_discarded() {
    let stage = Stage::new().await;
    let trader = stage.trader().await;
    for (body, code) in [
        ("", "empty"),
        ("hello", "not_an_alert"),
        (r#"{"action":"buy"}"#, "no_symbol"),
        (r#"{"symbol":"EURUSD"}"#, "no_action"),
        (
            r#"{"symbol":"EURUSD","action":"buy","side":"sell"}"#,
            "ambiguous_action",
        ),
        (r#"{"symbol":"{{ticker}}","action":"buy"}"#, "placeholder_left"),
    ] {
        let problem = stage.alert(&trader, body, 422).await;
        assert_eq!(problem.text("/code"), code, "{body}");
        assert!(
            problem.text("/detail").len() > 20,
            "a sentence says what to do: {}",
            problem.json
        );
    }
    let logged = stage.as_user(&trader).get("/signals?status=discarded", 200).await;
    assert_eq!(logged.at("/items").as_array().map(Vec::len), Some(6));
    assert_eq!(logged.text("/items/5/reason_code"), "empty");
    assert_eq!(stage.count("select count(*) from jobs").await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_alert_above_64_kib_is_too_large() {
    let stage = Stage::new().await;
    let trader = stage.trader().await;
    let body = format!(
        r#"{{"symbol":"EURUSD","action":"buy","comment":"{}"}}"#,
        "x".repeat(64 * 1024)
    );
    assert_eq!(stage.alert(&trader, &body, 413).await.text("/code"), "too_large");
}

#[tokio::test(flavor = "multi_thread")]
async fn secrets_inside_an_alert_are_blanked_before_they_are_stored() {
    let stage = Stage::new().await;
    let trader = stage.trader().await;
    let body = r#"{"symbol":"EURUSD","action":"buy","volume":0.1,"secret":"hunter2hunter2"}"#;
    let id = stage.alert(&trader, body, 200).await.text("/signal_id").to_owned();
    let signal = stage.as_user(&trader).get(&format!("/signals/{id}"), 200).await;
    assert_eq!(signal.text("/raw_payload/secret"), "***");
    assert_eq!(
        stage
            .count("select count(*) from tv_signals s where s::text like '%hunter2%'")
            .await,
        0
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_close_says_which_side_and_how_much_and_never_expires() {
    let stage = Stage::new().await;
    let trader = stage.trader().await;
    stage
        .alert(&trader, r#"{"symbol":"EURUSD","action":"sell","position":"flat"}"#, 200)
        .await;
    let job = stage.claim(&trader.agent, 200).await;
    assert_eq!(
        (job.text("/job/input/side"), job.text("/job/input/close_side")),
        ("close", "long")
    );
    assert_eq!(job.at("/job/not_after"), &serde_json::Value::Null);
}
