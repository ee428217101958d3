use jiff::{Timestamp, ToSpan};
use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{AgentKey, Reply, Stage};

async fn push(stage: &Stage, agent: &AgentKey, body: Value, expected: u16) -> Reply {
    let path = format!("/agents/{}/prices", agent.id);
    stage.as_agent(agent).post(&path, body, expected).await
}

async fn stored(stage: &Stage) -> i64 {
    stage.count("select count(*) from latest_prices").await
}

/// What is stored of an instrument, as text.
async fn price_of(stage: &Stage, instrument: &str) -> String {
    let sql = "select trim_scale(bid) || ' ' || trim_scale(ask) from latest_prices where instrument = $1";
    let row = stage
        .db
        .query_one(sql, &[&instrument])
        .await
        .expect("a price is stored");
    row.get(0)
}

#[tokio::test(flavor = "multi_thread")]
async fn ticks_are_stored_in_either_form_and_the_newer_wins() {
    let stage = Stage::new().await;
    let trader = stage.trader().await;
    let agent = &trader.agent;
    let answer = push(
        &stage,
        agent,
        json!({"EURUSD": {"bid": 1.08512, "ask": "1.08520"}}),
        200,
    )
    .await;
    assert_eq!(
        answer.json,
        json!({"accepted": 1, "instruments": [], "jobs_waiting": 0})
    );
    assert_eq!(answer.headers["x-jobs-waiting"], "0");
    assert_eq!(price_of(&stage, "EURUSD").await, "1.08512 1.0852");

    let at = |seconds: i64| (Timestamp::now() + seconds.seconds()).to_string();
    let tick = |bid: f64, ts: String| json!({"ticks": {"EURUSD": {"bid": bid, "ask": 1.2, "ts": ts}}});
    let newer = at(5);
    assert_eq!(
        push(&stage, agent, tick(1.1, newer.clone()), 200).await.at("/accepted"),
        1
    );
    for late in [at(-5), newer] {
        let answer = push(&stage, agent, tick(1.15, late), 200).await;
        assert_eq!(answer.at("/accepted"), 0);
        let why = json!([{"instrument": "EURUSD", "reason": "older_than_stored"}]);
        assert_eq!(answer.at("/ignored"), &why);
    }
    assert_eq!(price_of(&stage, "EURUSD").await, "1.1 1.2");
}

#[tokio::test(flavor = "multi_thread")]
async fn closed_bars_are_stored_once_and_corrected() {
    let stage = Stage::new().await;
    let trader = stage.trader().await;
    let minute = |back: i64| {
        let second = Timestamp::now().as_second() / 60 * 60 - 60 * back;
        Timestamp::from_second(second).expect("in range").to_string()
    };
    let bar = |back: i64, close: f64| json!({"instrument": "EURUSD", "ts": minute(back), "open": 1.1, "high": 1.3, "low": 1.0, "close": close, "volume": 12});
    let old = json!({"instrument": "EURUSD", "ts": "2020-01-01T00:00:00Z", "open": 1, "high": 1, "low": 1, "close": 1});
    let bars = json!({"bars": [bar(3, 1.2), bar(2, 1.2), bar(2, 1.2), old]});
    push(&stage, &trader.agent, bars, 200).await;
    let corrected = json!({"ticks": {}, "bars": [bar(2, 1.25), bar(1, 1.2)]});
    push(&stage, &trader.agent, corrected, 200).await;
    let row = stage
        .db
        .query_one(
            "select count(*), sum(close)::text from candles where instrument = 'EURUSD'",
            &[],
        )
        .await
        .expect("candles");
    assert_eq!((row.get::<_, i64>(0), row.get::<_, &str>(1)), (3, "3.65000000"));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_true_is_refused_by_name_and_nothing_of_the_push_is_stored() {
    let stage = Stage::new().await;
    let trader = stage.trader().await;
    let agent = &trader.agent;
    let quotes = |count: usize| -> Value {
        let quotes = (0..count).map(|n| (format!("I{n}"), json!({"bid": 1, "ask": 1.1})));
        Value::Object(quotes.collect())
    };
    let future = (Timestamp::now() + 2.hours()).to_string();
    let good = json!({"bid": 1, "ask": 1.1});
    for (body, field) in [
        (
            json!({"EURUSD": {"bid": 1.2, "ask": 1.1}, "GBPUSD": good}),
            "EURUSD.bid",
        ),
        (json!({"EURUSD": {"bid": 0, "ask": 1.1}, "GBPUSD": good}), "EURUSD.bid"),
        (
            json!({"EURUSD": {"bid": 1, "ask": 1.1, "ts": future}, "GBPUSD": good}),
            "EURUSD.ts",
        ),
        (
            json!({"EURUSD": {"bid": "NaN", "ask": 1.1}, "GBPUSD": good}),
            "EURUSD.bid",
        ),
        (json!({"EURUSD": {"bid": 1}, "GBPUSD": good}), "EURUSD"),
        (quotes(201), "ticks"),
        (
            json!({"ticks": {"GBPUSD": good}, "bars": [{"instrument": "E", "ts": "2026-01-01T00:00:30Z", "open": 1, "high": 1, "low": 1, "close": 1}]}),
            "bars[0].ts",
        ),
    ] {
        let problem = push(&stage, agent, body.clone(), 422).await;
        assert_eq!(problem.text("/errors/0/field"), field, "{body} gave {}", problem.json);
    }
    let path = format!("/agents/{}/prices", agent.id);
    for (body, expected) in [
        (r#"{"EURUSD":{"bid":NaN,"ask":1}}"#.to_owned(), 422),
        ("[]".to_owned(), 422),
        ("garbage".to_owned(), 422),
        (format!("{{{}}}", " ".repeat(300 * 1024)), 413),
    ] {
        let as_agent = stage.as_agent(agent);
        as_agent.send_text(Method::POST, &path, &body, expected).await;
    }
    let url = format!("{}{path}", stage.cloud.http_url());
    let huge = || {
        let post = stage.http.post(&url).header("x-agent-key", &agent.key);
        post.body(" ".repeat(5 * 1024 * 1024))
    };
    let answer = huge()
        .header("content-type", "application/json")
        .send()
        .await
        .expect("an answer");
    assert_eq!(answer.status(), 413);
    let problem: Value = answer.json().await.expect("a problem");
    assert_eq!(problem["code"], "too_large");
    // In base64, as bytes of no known type go, it is so large that the function never sees it.
    assert_eq!(huge().send().await.expect("an answer").status(), 413);
    assert_eq!(stored(&stage).await, 0, "a refused push leaves nothing");

    let last_week = (Timestamp::now() - (7 * 24).hours()).to_string();
    let answer = push(
        &stage,
        agent,
        json!({"EURUSD": {"bid": 1, "ask": 1.1, "ts": last_week}}),
        200,
    )
    .await;
    assert_eq!(
        answer.at("/ignored"),
        &json!([{"instrument": "EURUSD", "reason": "too_old"}])
    );
    assert_eq!(stored(&stage).await, 0);

    assert_eq!(push(&stage, agent, quotes(200), 200).await.at("/accepted"), 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn prices_are_taken_only_from_the_agent_itself_and_kept_for_its_owner() {
    let stage = Stage::new().await;
    let (mine, other) = (stage.trader().await, stage.trader().await);
    let path = format!("/agents/{}/prices", mine.agent.id);
    let tick = json!({"EURUSD": {"bid": 1, "ask": 1.1}});
    stage.anybody().post(&path, tick.clone(), 401).await;
    stage.as_agent(&other.agent).post(&path, tick.clone(), 404).await;
    assert_eq!(stored(&stage).await, 0);
    push(&stage, &mine.agent, tick, 200).await;
    push(&stage, &other.agent, json!({"EURUSD": {"bid": 2, "ask": 2.1}}), 200).await;
    let mine = format!(
        "select count(*) from latest_prices where user_id = '{}' and bid = 1",
        mine.id
    );
    assert_eq!(stage.count(&mine).await, 1, "another user's tick is another row");
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_watching_costs_no_message_and_the_agent_is_told() {
    let stage = Stage::new().await;
    let (mine, other) = (stage.trader().await, stage.trader().await);
    let _stranger = stage.dashboard(&other, &["EURUSD"]).await;
    let answer = push(&stage, &mine.agent, json!({"EURUSD": {"bid": 1, "ask": 1.1}}), 200).await;
    assert_eq!(
        answer.at("/instruments"),
        &json!([]),
        "what others watch is none of mine"
    );

    let mut watcher = stage.dashboard(&mine, &["GBPUSD"]).await;
    let before = stage
        .cloud
        .queue("NewsQueue")
        .expect("the queue of the template")
        .sent_total;
    let answer = push(&stage, &mine.agent, json!({"EURUSD": {"bid": 1.2, "ask": 1.3}}), 200).await;
    assert_eq!(answer.at("/instruments"), &json!(["GBPUSD"]));
    let after = stage
        .cloud
        .queue("NewsQueue")
        .expect("the queue of the template")
        .sent_total;
    assert_eq!(after, before, "a tick that nobody watches is not sent");

    let many: Value = (0..50)
        .map(|n| (format!("I{n}"), json!({"bid": 1, "ask": 1.1})))
        .collect::<serde_json::Map<_, _>>()
        .into();
    let mut all = many.clone();
    all["GBPUSD"] = json!({"bid": 1.27, "ask": 1.28});
    push(&stage, &mine.agent, all, 200).await;
    assert_eq!(watcher.next_of("prices").await["prices"][0]["instrument"], "GBPUSD");
    let sent = stage
        .cloud
        .queue("NewsQueue")
        .expect("the queue of the template")
        .sent_total;
    assert_eq!(sent, before + 1, "however many instruments, one message");

    watcher.close().await;
    let gone = format!("select count(*) from ws_connections where user_id = '{}'", mine.id);
    crate::spine::until("the socket is forgotten", async || {
        (stage.count(&gone).await == 0).then_some(())
    })
    .await;
    let answer = push(&stage, &mine.agent, json!({"GBPUSD": {"bid": 1.29, "ask": 1.3}}), 200).await;
    assert_eq!(answer.at("/instruments"), &json!([]), "the next answer ends the stream");
}
