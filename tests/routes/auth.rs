use serde_json::json;

use crate::support::Stage;

#[tokio::test(flavor = "multi_thread")]
async fn me_is_who_signed_in() {
    let stage = Stage::new().await;
    let trader = stage.trader().await;
    let me = stage.as_user(&trader).get("/auth/me", 200).await;
    assert_eq!(me.text("/id"), trader.id.to_string());
    assert_eq!(
        (me.at("/disclaimer_accepted"), me.text("/trading_mode")),
        (&json!(true), "active")
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refreshed_session_is_the_same_user() {
    let stage = Stage::new().await;
    let trader = stage.trader().await;
    let url = format!("{}/auth/v1/token?grant_type=refresh_token", stage.cloud.supabase_url());
    let request = stage.http.post(url).header("apikey", stage.cloud.anon_key());
    let answer = request
        .json(&json!({"refresh_token": trader.refresh_token}))
        .send()
        .await
        .expect("Supabase answers");
    let session: serde_json::Value = answer.json().await.expect("a session");
    let token = session["access_token"].as_str().expect("a token");
    assert_eq!(
        stage.anybody().bearing(token).get("/auth/me", 200).await.text("/id"),
        trader.id.to_string()
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_socket_ticket_lives_a_minute_and_is_no_access_token() {
    let stage = Stage::new().await;
    let trader = stage.trader().await;
    let ticket = stage.as_user(&trader).post("/auth/socket-ticket", json!({}), 200).await;
    assert_eq!(ticket.at("/expires_in"), 60);
    assert!(ticket.text("/url").starts_with("ws://"));
    stage
        .anybody()
        .bearing(ticket.text("/ticket"))
        .get("/auth/me", 401)
        .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn health_and_the_contract_need_no_caller_and_no_database() {
    let stage = Stage::with(crate::support::Setting {
        database_port: Some(1),
        ..Default::default()
    })
    .await;
    assert_eq!(stage.anybody().get("/health", 200).await.text("/status"), "ok");
    let contract = stage.anybody().get("/openapi.json", 200).await;
    assert_eq!(contract.text("/info/title"), "ForexElite Pro");
}
