use jsonwebtoken::{EncodingKey, Header};
use serde_json::{Value, json};

use crate::{
    spine::until,
    support::{AgentKey, Stage, Trader},
};

async fn registered(stage: &Stage) -> i64 {
    stage.count("select count(*) from ws_connections").await
}

/// A ticket as ours are, with other claims.
fn forged(claims: &Value, secret: &str) -> String {
    let key = EncodingKey::from_secret(secret.as_bytes());
    jsonwebtoken::encode(&Header::default(), claims, &key).expect("a token")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_ticket_opens_one_socket_once() {
    let stage = Stage::new().await;
    let trader = stage.trader().await;
    let ticket = stage.ticket(&trader).await;
    let first = stage.connect(&ticket).await.expect("a fresh ticket opens the socket");
    assert_eq!(stage.connect(&ticket).await.err(), Some(401), "it is stolen goods now");
    first.close().await;
    until("the socket is forgotten", async || {
        (registered(&stage).await == 0).then_some(())
    })
    .await;
    assert_eq!(
        stage.connect(&ticket).await.err(),
        Some(401),
        "also after the first socket closed"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_valid_ticket_connects_nowhere() {
    let stage = Stage::new().await;
    let trader = stage.trader().await;
    let now = jiff::Timestamp::now().as_second();
    let secret = stage.secrets.socket_ticket_secret.clone();
    let claims = |user: &str, audience: &str, expires: i64| json!({"sub": user, "aud": audience, "exp": expires, "jti": uuid::Uuid::new_v4()});
    let (me, nobody) = (trader.id.to_string(), uuid::Uuid::new_v4().to_string());
    let tickets = [
        ("expired", forged(&claims(&me, "forexelite-socket", now - 1), &secret)),
        (
            "for somebody who does not exist",
            forged(&claims(&nobody, "forexelite-socket", now + 30), &secret),
        ),
        (
            "of another audience",
            forged(&claims(&me, "authenticated", now + 30), &secret),
        ),
        (
            "signed by somebody else",
            forged(&claims(&me, "forexelite-socket", now + 30), "guess"),
        ),
        ("an access token", trader.token.clone()),
        ("garbage", "garbage".to_owned()),
        ("empty", String::new()),
    ];
    for (what, ticket) in tickets {
        assert_eq!(stage.connect(&ticket).await.err(), Some(401), "a ticket that is {what}");
    }
    assert_eq!(registered(&stage).await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_agents_key_opens_its_own_doorbell_and_no_other() {
    let stage = Stage::new().await;
    let (mine, other) = (stage.trader().await, stage.trader().await);
    let _bell = stage.doorbell(&mine.agent).await.expect("its own key opens it");
    let with = |id: &Trader, key: &str| AgentKey {
        id: id.agent.id.clone(),
        key: key.to_owned(),
    };
    assert_eq!(stage.doorbell(&with(&mine, &other.agent.key)).await.err(), Some(404));
    assert_eq!(stage.doorbell(&with(&mine, "fxa_nonsense")).await.err(), Some(401));
    let _again = stage.doorbell(&mine.agent).await.expect("a second time too");
    assert_eq!(
        registered(&stage).await,
        1,
        "the new one takes the place of the old one"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn the_last_known_price_comes_at_once_after_a_subscribe() {
    let stage = Stage::new().await;
    let trader = stage.trader().await;
    let push = format!("/agents/{}/prices", trader.agent.id);
    let ticks = json!({"EURUSD": {"bid": 1.08512, "ask": 1.0852}, "GBPUSD": {"bid": 1.27, "ask": 1.28}});
    stage.as_agent(&trader.agent).post(&push, ticks, 200).await;

    let mut socket = stage.dashboard(&trader, &[]).await;
    socket.subscribe(&["EURUSD", "NOBODYS"]).await;
    let prices = socket.next_of("prices").await;
    assert_eq!(prices["prices"].as_array().map(Vec::len), Some(1), "{prices}");
    let price = &prices["prices"][0];
    assert_eq!(
        (price["instrument"].as_str(), price["bid"].to_string()),
        (Some("EURUSD"), "1.08512".to_owned())
    );
    assert!(price["ts"].as_str().is_some_and(|ts| ts.ends_with('Z')), "{price}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_socket_says_wrong_is_answered_and_does_not_end_it() {
    let stage = Stage::new().await;
    let trader = stage.trader().await;
    let mut socket = stage.dashboard(&trader, &["EURUSD"]).await;
    let many: Vec<String> = (0..51).map(|n| format!("I{n}")).collect();
    let overfull = json!({"action": "subscribe", "instruments": &many[..50]}).to_string();
    for (message, word) in [
        ("hello", "subscribe, unsubscribe or ping"),
        (r#"{"action":"buy"}"#, "subscribe, unsubscribe or ping"),
        (r#"{"action":"subscribe"}"#, "instruments"),
        (r#"{"action":"subscribe","instruments":[]}"#, "at least one"),
        (r#"{"action":"subscribe","instruments":["EUR USD"]}"#, "EUR USD"),
        (r#"{"action":"subscribe","instruments":[7]}"#, "instruments[0]"),
        (overfull.as_str(), "at most 50"),
    ] {
        socket.send(message).await;
        let refusal = socket.next_of("error").await;
        assert_eq!(refusal["code"], "invalid", "{message} gave {refusal}");
        assert!(
            refusal["detail"].as_str().is_some_and(|detail| detail.contains(word)),
            "{message} gave {refusal}"
        );
    }
    let watched = "select cardinality(instruments)::bigint from ws_connections";
    assert_eq!(stage.count(watched).await, 1, "a refused wish changes nothing");

    socket
        .send(&json!({"action": "subscribe", "instruments": &many[..49]}).to_string())
        .await;
    socket.ping().await;
    assert_eq!(stage.count(watched).await, 50);
    socket
        .send(&json!({"action": "unsubscribe", "instruments": &many[..49]}).to_string())
        .await;
    socket.ping().await;
    assert_eq!(stage.count(watched).await, 1);
}
