//! From a tick or an event to the sockets that are to see it, and to no other; whatever breaks on the way.

use std::time::Duration;

use futures_util::StreamExt;
use serde_json::{Value, json};

use super::{agent::Machine, until};
use crate::support::{AgentKey, Socket, Stage, Trader};

async fn push(stage: &Stage, agent: &AgentKey, ticks: Value) {
    let path = format!("/agents/{}/prices", agent.id);
    stage.as_agent(agent).post(&path, ticks, 200).await;
}

fn eurusd(points: i64) -> Value {
    let price = |points: i64| format!("1.{points:05}");
    json!({"EURUSD": {"bid": price(points), "ask": price(points + 8)}})
}

/// Bids of EURUSD in points, as they come, until this one.
async fn bids_until(socket: &mut Socket, last: i64) -> Vec<i64> {
    let mut bids = Vec::new();
    loop {
        let message = socket.next_of("prices").await;
        for price in message["prices"].as_array().expect("a list") {
            let digits = price["bid"].to_string().replace("1.", "");
            bids.push(format!("{digits:0<5}").parse().expect("points"));
        }
        if bids.last() == Some(&last) {
            return bids;
        }
    }
}

fn prices_of(messages: &[Value]) -> Vec<&Value> {
    messages.iter().filter(|message| message["type"] == "prices").collect()
}

async fn connections(stage: &Stage, trader: &Trader) -> Vec<String> {
    let sql = "select connection_id from ws_connections where user_id = $1";
    let rows = stage.db.query(sql, &[&trader.id]).await.expect("the registry");
    rows.iter().map(|row| row.get(0)).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_tick_reaches_every_socket_of_its_owner_that_watches_it_and_nobody_elses() {
    let stage = Stage::new().await;
    let (mine, other) = (stage.trader().await, stage.trader().await);
    let mut first = stage.dashboard(&mine, &["EURUSD"]).await;
    let mut second = stage.dashboard(&mine, &["GBPUSD", "EURUSD"]).await;
    let mut elsewhere = stage.dashboard(&mine, &["GBPUSD"]).await;
    let mut stranger = stage.dashboard(&other, &["EURUSD"]).await;

    push(&stage, &mine.agent, eurusd(8512)).await;
    for socket in [&mut first, &mut second] {
        assert_eq!(bids_until(socket, 8512).await, [8512]);
    }
    assert!(prices_of(&elsewhere.ping().await).is_empty());
    assert!(stranger.ping().await.is_empty(), "what is mine is none of theirs");
}

#[tokio::test(flavor = "multi_thread")]
async fn under_a_flood_no_socket_goes_back_in_time_and_the_newest_arrives() {
    const TICKS: i64 = 200;
    let stage = Stage::new().await;
    let trader = stage.trader().await;
    let mut sockets = Vec::new();
    for _ in 0..8 {
        sockets.push(stage.dashboard(&trader, &["EURUSD"]).await);
    }
    // Two agents of one account at once, so that ticks overtake each other on their way in.
    let second = stage.agent_of(&stage.as_user(&trader), trader.connection).await;
    let pushes = (1..=TICKS).map(|tick| {
        let (stage, trader, second) = (&stage, &trader, &second);
        async move {
            let agent = if tick % 2 == 0 { &trader.agent } else { second };
            push(stage, agent, eurusd(tick)).await;
        }
    });
    futures_util::stream::iter(pushes).buffer_unordered(4).count().await;
    push(&stage, &trader.agent, eurusd(TICKS + 1)).await;
    for socket in &mut sockets {
        let stamps = stamps_until(socket, TICKS + 1).await;
        assert!(stamps.is_sorted(), "{stamps:?}");
    }
    drained(&stage).await;
}

/// The times of the prices as they come, until the one of this bid.
async fn stamps_until(socket: &mut Socket, last: i64) -> Vec<jiff::Timestamp> {
    let last = format!("1.{last:05}");
    let mut stamps = Vec::new();
    loop {
        let message = socket.next_of("prices").await;
        let price = &message["prices"][0];
        stamps.push(price["ts"].as_str().expect("a time").parse().expect("a time"));
        if format!("{:0<7}", price["bid"].to_string()) == last {
            return stamps;
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_public_feed_serves_whoever_has_no_fresh_price_of_their_own() {
    let stage = Stage::new().await;
    let (feed, user) = (a_feed(&stage).await, stage.trader().await);
    let mut socket = stage.dashboard(&user, &["EURUSD"]).await;

    push(&stage, &feed.agent, eurusd(1)).await;
    assert_eq!(bids_until(&mut socket, 1).await, [1]);
    let mut late = stage.dashboard(&user, &[]).await;
    late.subscribe(&["EURUSD"]).await;
    assert_eq!(
        bids_until(&mut late, 1).await,
        [1],
        "the last known price is the feed's"
    );

    // Their own takes over where the feed's line stops, and its next tick is sent.
    push(&stage, &user.agent, eurusd(500)).await;
    push(&stage, &feed.agent, eurusd(2)).await;
    drained(&stage).await;
    push(&stage, &user.agent, eurusd(501)).await;
    push(&stage, &feed.agent, eurusd(3)).await;
    drained(&stage).await;
    push(&stage, &user.agent, eurusd(502)).await;
    assert_eq!(
        bids_until(&mut socket, 502).await,
        [501, 502],
        "their own is fresh, so the feed is silent"
    );

    stage
        .sql("update latest_prices set ts = now() - interval '61 seconds'")
        .await;
    push(&stage, &feed.agent, eurusd(4)).await;
    assert_eq!(bids_until(&mut socket, 4).await, [4]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_feed_that_fell_silent_keeps_no_own_price_back() {
    let stage = Stage::new().await;
    let (feed, user) = (a_feed(&stage).await, stage.trader().await);
    push(&stage, &feed.agent, eurusd(1)).await;
    stage
        .sql("update latest_prices set ts = now() - interval '11 seconds'")
        .await;
    let mut socket = stage.dashboard(&user, &["EURUSD"]).await;
    assert_eq!(bids_until(&mut socket, 1).await, [1]);
    push(&stage, &user.agent, eurusd(500)).await;
    assert_eq!(bids_until(&mut socket, 500).await, [500]);
}

#[tokio::test(flavor = "multi_thread")]
async fn from_the_feed_to_their_own_and_back_no_socket_goes_back_in_time() {
    const PHASES: usize = 3;
    const ROUNDS: i64 = 60;
    const OWN: i64 = 50_000;
    // The quotes of their broker are late, so each of them is older than some of the feed that was sent before.
    const LATE: jiff::SignedDuration = jiff::SignedDuration::from_millis(200);
    let stage = Stage::new().await;
    let (feed, user) = (a_feed(&stage).await, stage.trader().await);
    let mut sockets = Vec::new();
    for _ in 0..3 {
        sockets.push(stage.dashboard(&user, &["EURUSD"]).await);
    }
    for _ in 0..PHASES {
        for round in 0..ROUNDS {
            push(&stage, &feed.agent, eurusd(round)).await;
        }
        let both = (0..ROUNDS).flat_map(|round| [(&feed, round), (&user, OWN + round)]);
        let pushes = both.map(|(trader, points)| {
            let stage = &stage;
            async move {
                let mut tick = eurusd(points);
                if points >= OWN {
                    tick["EURUSD"]["ts"] = json!(jiff::Timestamp::now() - LATE);
                }
                push(stage, &trader.agent, tick).await;
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        });
        futures_util::stream::iter(pushes).buffer_unordered(2).count().await;
        drained(&stage).await;
        let aged = "update latest_prices set ts = ts - interval '1 minute' where user_id";
        stage.sql(&format!("{aged} = '{}'", user.id)).await;
    }
    for socket in &mut sockets {
        let messages = socket.ping().await;
        let prices: Vec<_> = prices_of(&messages)
            .into_iter()
            .map(|message| &message["prices"][0])
            .collect();
        let stamps: Vec<_> = prices.iter().map(|price| price["ts"].as_str()).collect();
        let moments = stamps
            .iter()
            .map(|ts| ts.and_then(|ts| ts.parse::<jiff::Timestamp>().ok()));
        assert!(moments.is_sorted(), "{stamps:?}");
        let mut from_own: Vec<_> = prices.iter().map(|price| price["bid"].as_f64() >= Some(1.5)).collect();
        from_own.dedup();
        assert_eq!(from_own, [false, true].repeat(PHASES), "each leads in its turn");
    }
}

/// A trader whose agent serves everybody.
async fn a_feed(stage: &Stage) -> Trader {
    let feed = stage.trader().await;
    let sql = format!(
        "update mt5_agents set is_public_feed = true where id = '{}'",
        feed.agent.id
    );
    stage.sql(&sql).await;
    feed
}

async fn drained(stage: &Stage) {
    until("the queue drains", async || {
        let queue = stage.cloud.queue("NewsQueue")?;
        (queue.waiting + queue.in_flight == 0).then_some(())
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dashboard_hears_of_its_signals_jobs_and_agents() {
    let stage = Stage::new().await;
    let (trader, other) = (stage.trader().await, stage.trader().await);
    let mut socket = stage.dashboard(&trader, &[]).await;
    let mut stranger = stage.dashboard(&other, &[]).await;

    let answer = stage
        .alert(&trader, r#"{"symbol":"EURUSD","action":"buy","volume":0.1}"#, 200)
        .await;
    let signal = socket.next_of("signal").await["signal"].clone();
    let expected = json!({"id": answer.text("/signal_id"), "status": "pending", "symbol": "EURUSD", "action": "buy"});
    assert_eq!(signal, expected);
    let job = socket.next_of("job").await["job"].clone();
    assert_eq!(
        (job["job_type"].as_str(), job["status"].as_str()),
        (Some("trade"), Some("pending"))
    );

    let claimed = stage.claim(&trader.agent, 200).await.text("/job/id").to_owned();
    let running = json!({"id": claimed, "job_type": "trade", "status": "running"});
    assert_eq!(socket.next_of("job").await["job"], running);
    stage.fill(&trader.agent, &claimed, 1, 200).await;
    assert_eq!(socket.next_of("job").await["job"]["status"], "completed");
    assert_eq!(socket.next_of("signal").await["signal"]["status"], "executed");

    let beat = format!("/agents/{}/heartbeat", trader.agent.id);
    stage
        .as_agent(&trader.agent)
        .post(&beat, json!({"version": "1"}), 200)
        .await;
    let online = json!({"id": trader.agent.id, "status": "online"});
    assert_eq!(socket.next_of("agent").await["agent"], online);
    stage
        .as_agent(&trader.agent)
        .post(&beat, json!({"version": "1"}), 200)
        .await;
    stage.fill(&trader.agent, &claimed, 1, 200).await;
    assert!(socket.ping().await.is_empty(), "what is not new is no news");
    assert!(stranger.ping().await.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn the_doorbell_rings_for_the_agents_of_the_account_only() {
    let stage = Stage::new().await;
    let trader = stage.trader().await;
    let user = stage.as_user(&trader);
    let elsewhere = stage.connection_of(trader.id).await;
    let elsewhere = stage.agent_of(&user, elsewhere).await;
    let stranger = stage.trader().await;
    let mut strange = stage.doorbell(&stranger.agent).await.expect("its key opens it");
    let mut bell = stage.doorbell(&trader.agent).await.expect("its key opens it");
    let mut other = stage.doorbell(&elsewhere).await.expect("its key opens it");

    stage
        .alert(&trader, r#"{"symbol":"EURUSD","action":"buy","volume":0.1}"#, 200)
        .await;
    assert_eq!(bell.next().await, json!({"type": "jobs_waiting"}));
    assert!(other.ping().await.is_empty(), "the job is of another account");
    assert!(strange.ping().await.is_empty(), "the job is of another user");

    let _dashboard = stage.dashboard(&trader, &["EURUSD", "XAUUSD"]).await;
    for bell in [&mut bell, &mut other] {
        let wanted = json!({"type": "instruments", "instruments": ["EURUSD", "XAUUSD"]});
        assert_eq!(bell.next_of("instruments").await, wanted);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_closed_laptop_leaves_no_connection_behind() {
    let stage = Stage::new().await;
    let trader = stage.trader().await;
    let _lid = stage.dashboard(&trader, &["EURUSD"]).await;
    let [lid] = connections(&stage, &trader).await.try_into().expect("one socket");
    let mut open = stage.dashboard(&trader, &["EURUSD"]).await;
    stage.cloud.cut_socket(&lid);
    push(&stage, &trader.agent, eurusd(1)).await;
    assert_eq!(bids_until(&mut open, 1).await, [1]);
    until("the dead socket is forgotten", async || {
        let left = connections(&stage, &trader).await;
        (left.len() == 1 && left[0] != lid).then_some(())
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_post_that_fails_is_tried_once_more_and_holds_no_other_up() {
    let stage = Stage::new().await;
    let trader = stage.trader().await;
    let mut sockets = [
        stage.dashboard(&trader, &["EURUSD"]).await,
        stage.dashboard(&trader, &["EURUSD"]).await,
    ];
    stage.cloud.fail_posts(1);
    push(&stage, &trader.agent, eurusd(1)).await;
    for socket in &mut sockets {
        assert_eq!(bids_until(socket, 1).await, [1]);
    }
    // Failing again and again, the batch comes again as a whole.
    stage.cloud.fail_posts(4);
    push(&stage, &trader.agent, eurusd(2)).await;
    for socket in &mut sockets {
        assert_eq!(bids_until(socket, 2).await, [2]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_broadcast_killed_at_work_loses_no_newest_price() {
    let stage = Stage::new().await;
    let trader = stage.trader().await;
    let mut socket = stage.dashboard(&trader, &["EURUSD"]).await;
    push(&stage, &trader.agent, eurusd(1)).await;
    bids_until(&mut socket, 1).await;

    let [broadcast] = stage
        .cloud
        .instances("price-broadcast")
        .try_into()
        .expect("one instance");
    let asked = broadcast.invocations();
    // Held at the registry, so that the kill meets it at work.
    stage
        .sql("begin; lock table ws_connections in access exclusive mode")
        .await;
    push_while_locked(&stage, &trader).await;
    until("the broadcast has taken the message", async || {
        (broadcast.invocations() > asked).then_some(())
    })
    .await;
    broadcast.kill();
    stage.sql("commit").await;
    assert_eq!(bids_until(&mut socket, 2).await, [2], "the message comes again");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_queue_drains_and_only_the_newest_price_is_sent() {
    const ANNOUNCED: usize = 500;
    let stage = Stage::new().await;
    let trader = stage.trader().await;
    let mut socket = stage.dashboard(&trader, &["EURUSD"]).await;
    push(&stage, &trader.agent, eurusd(1)).await;
    bids_until(&mut socket, 1).await;
    stage
        .sql("begin; lock table ws_connections in access exclusive mode")
        .await;
    for _ in 0..ANNOUNCED {
        push_while_locked(&stage, &trader).await;
    }
    stage.sql("commit").await;
    drained(&stage).await;
    let messages = socket.ping().await;
    let bids: Vec<_> = prices_of(&messages)
        .iter()
        .map(|message| message["prices"][0]["bid"].to_string())
        .collect();
    assert!(!bids.is_empty() && bids.iter().all(|bid| bid == "1.00002"), "{bids:?}");
    assert!(bids.len() <= ANNOUNCED / 4, "{} messages for one price", bids.len());
    assert_eq!(stage.cloud.queue_bodies("NewsDeadLetters"), [""; 0]);
}

/// A tick stored and announced past the lock, for which the prices function itself would wait.
async fn push_while_locked(stage: &Stage, trader: &Trader) {
    stage
        .sql("update latest_prices set bid = 1.00002, ask = 1.0001, ts = now() where instrument = 'EURUSD'")
        .await;
    let news = json!([{"type": "ticks", "source": trader.id, "instruments": ["EURUSD"]}]);
    stage
        .cloud
        .put_message("NewsQueue", &format!("prices-{}", trader.id), news.to_string());
}

#[tokio::test(flavor = "multi_thread")]
async fn with_the_queue_down_everything_is_stored_and_the_next_tick_brings_the_newest() {
    let stage = Stage::new().await;
    let trader = stage.trader().await;
    let mut socket = stage.dashboard(&trader, &["EURUSD"]).await;
    stage.cloud.set_queue_down(true);
    push(&stage, &trader.agent, eurusd(1)).await;
    let answer = stage
        .alert(&trader, r#"{"symbol":"EURUSD","action":"buy","volume":0.1}"#, 200)
        .await;
    assert_eq!(answer.text("/status"), "pending");
    let job = stage.claim(&trader.agent, 200).await.text("/job/id").to_owned();
    stage.fill(&trader.agent, &job, 1, 200).await;
    assert!(
        stage.log().iter().any(|line| line.contains("news/send")),
        "the failure is in the log"
    );
    stage.cloud.set_queue_down(false);
    push(&stage, &trader.agent, eurusd(2)).await;
    assert_eq!(bids_until(&mut socket, 2).await, [2]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_nobody_can_read_ends_among_the_dead_letters_and_stops_nobody() {
    let stage = Stage::new().await;
    let trader = stage.trader().await;
    let mut socket = stage.dashboard(&trader, &["EURUSD"]).await;
    stage.cloud.put_message("NewsQueue", "prices-poison", "not news");
    push(&stage, &trader.agent, eurusd(1)).await;
    assert_eq!(bids_until(&mut socket, 1).await, [1]);
    until("the poison is among the dead letters", async || {
        let dead = stage.cloud.queue_bodies("NewsDeadLetters");
        (dead == ["not news"]).then_some(())
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_socket_that_does_not_read_loses_ticks_and_holds_nobody_up() {
    let stage = Stage::new().await;
    let trader = stage.trader().await;
    let mut sleeper = stage.dashboard(&trader, &["EURUSD"]).await;
    let [asleep] = connections(&stage, &trader).await.try_into().expect("one socket");
    let mut awake = stage.dashboard(&trader, &["EURUSD"]).await;
    let stuffed = fill(&stage, &asleep).await;
    for tick in 1..=3 {
        push(&stage, &trader.agent, eurusd(tick)).await;
        assert_eq!(bids_until(&mut awake, tick).await, [tick]);
    }
    until("the loss is in the log", async || {
        let lines = stage.log();
        lines
            .iter()
            .any(|line| line.contains("not every message was delivered"))
            .then_some(())
    })
    .await;
    assert_eq!(connections(&stage, &trader).await.len(), 2, "slow is not gone");

    // Once it has read what it was sent, it hears the newest again.
    for _ in 0..stuffed {
        sleeper.next_of("stuffing").await;
    }
    push(&stage, &trader.agent, eurusd(4)).await;
    bids_until(&mut sleeper, 4).await;
}

/// Posts to a socket until API Gateway has no room for more, not even for a tick, and says how often it had.
async fn fill(stage: &Stage, connection: &str) -> usize {
    /// What has just been taken may be on its way out still.
    const SURE: usize = 20;
    let url = stage.cloud.ws_url().expect("a WebSocket API").replacen("ws", "http", 1);
    let url = format!(
        "{url}/@connections/{}",
        connection.replace('+', "%2B").replace('/', "%2F").replace('=', "%3D")
    );
    let mut taken = 0;
    for length in [64 * 1024, 1] {
        let stuffing = json!({"type": "stuffing", "text": "a".repeat(length)}).to_string();
        let mut refused = 0;
        while refused < SURE {
            let post = stage.http.post(&url).header("authorization", "AWS4-HMAC-SHA256 …");
            let answer = post.body(stuffing.clone()).send().await.expect("an answer");
            if answer.status() == 429 {
                refused += 1;
            } else {
                (taken, refused) = (taken + 1, 0);
            }
            assert!(
                taken < 5000,
                "whatever is sent is taken for a client that reads nothing"
            );
        }
    }
    taken
}

#[tokio::test(flavor = "multi_thread")]
async fn the_agent_streams_what_is_watched_and_stops_when_nobody_does() {
    let stage = Stage::new().await;
    let trader = stage.trader().await;
    let machine = Machine::new(&stage, &trader);
    let _agent = machine.bring_up().await;
    let mut socket = stage.dashboard(&trader, &["EURUSD"]).await;
    let first = socket.next_of("prices").await["prices"][0].clone();
    let second = socket.next_of("prices").await["prices"][0].clone();
    assert_eq!(
        (&first["instrument"], &second["instrument"]),
        (&json!("EURUSD"), &json!("EURUSD"))
    );
    assert!(first["ts"].as_str() < second["ts"].as_str(), "{first} then {second}");
    until("the bars of the last hours are stored", async || {
        (stage
            .count("select count(*) from candles where instrument = 'EURUSD'")
            .await
            >= 500)
            .then_some(())
    })
    .await;

    socket.close().await;
    until("the agent has stopped", async || {
        machine.log().contains("nobody is looking at prices").then_some(())
    })
    .await;
}
