use std::collections::BTreeMap;

use jiff::{Timestamp, ToSpan};
use serde_json::{Value, json};

use crate::support::{Reply, Stage, Trader};

const PRICES: &str = "/prices";

/// Stores a price as an agent's push would.
async fn price(stage: &Stage, trader: &Trader, instrument: &str, bid: f64, age: &str) {
    stage
        .sql(&format!(
            "insert into latest_prices (user_id, instrument, bid, ask, ts, agent_id)
             values ('{}', '{instrument}', {bid}, {bid} + 0.0002, now() - interval '{age}', '{}')
             on conflict (user_id, instrument) do update set bid = excluded.bid, ask = excluded.ask, ts = excluded.ts",
            trader.id, trader.agent.id
        ))
        .await;
}

/// A trader whose agent serves everybody.
async fn feed(stage: &Stage) -> Trader {
    let feed = stage.trader().await;
    stage
        .sql(&format!(
            "update mt5_agents set is_public_feed = true where id = '{}'",
            feed.agent.id
        ))
        .await;
    feed
}

/// Instrument, bid and whose.
async fn seen(stage: &Stage, trader: &Trader) -> Vec<(String, String, String)> {
    let prices = stage.as_user(trader).get(PRICES, 200).await;
    assert_eq!(prices.at("/next_cursor"), &Value::Null);
    let items = prices.json["items"].as_array().expect("a list");
    items
        .iter()
        .map(|item| (text(item, "instrument"), item["bid"].to_string(), text(item, "source")))
        .collect()
}

fn text(item: &Value, field: &str) -> String {
    item[field]
        .as_str()
        .unwrap_or_else(|| panic!("{field} of {item}"))
        .to_owned()
}

fn told(instrument: &str, bid: &str, source: &str) -> (String, String, String) {
    (instrument.to_owned(), bid.to_owned(), source.to_owned())
}

#[tokio::test(flavor = "multi_thread")]
async fn prices_are_the_callers_own_while_fresh_else_the_newer_of_own_and_feed() {
    let stage = Stage::new().await;
    let (trader, stranger, feed) = (stage.trader().await, stage.trader().await, feed(&stage).await);
    assert_eq!(seen(&stage, &trader).await, []);
    for (instrument, own, served) in [
        ("FRESH", Some("59 seconds"), Some("1 second")),
        ("OLD", Some("61 seconds"), Some("60 seconds")),
        ("OLDER", Some("61 seconds"), Some("62 seconds")),
        ("OWN", Some("3 days"), None),
        ("FEED", None, Some("3 days")),
    ] {
        if let Some(age) = own {
            price(&stage, &trader, instrument, 1.1, age).await;
        }
        if let Some(age) = served {
            price(&stage, &feed, instrument, 1.2, age).await;
        }
    }
    price(&stage, &stranger, "SECRET", 1.3, "0 seconds").await;
    let expected = [
        told("FEED", "1.2", "feed"),
        told("FRESH", "1.1", "own"),
        told("OLD", "1.2", "feed"),
        told("OLDER", "1.1", "own"),
        told("OWN", "1.1", "own"),
    ];
    assert_eq!(seen(&stage, &trader).await, expected);
    let theirs: Vec<_> = seen(&stage, &stranger)
        .await
        .into_iter()
        .map(|(name, ..)| name)
        .collect();
    assert_eq!(theirs, ["FEED", "FRESH", "OLD", "OLDER", "SECRET"]);
    let own: Vec<_> = seen(&stage, &feed)
        .await
        .into_iter()
        .map(|(.., source)| source)
        .collect();
    assert_eq!(own, ["own"; 4], "to its owner a feed is their own agent");
}

#[tokio::test(flavor = "multi_thread")]
async fn only_what_the_feeding_agent_itself_pushed_is_everybodys() {
    let stage = Stage::new().await;
    let (trader, feed) = (stage.trader().await, feed(&stage).await);
    price(&stage, &feed, "SERVED", 1.2, "0 seconds").await;
    price(&stage, &feed, "PRIVATE", 1.2, "0 seconds").await;
    stage
        .sql("update latest_prices set agent_id = null where instrument = 'PRIVATE'")
        .await;
    assert_eq!(seen(&stage, &trader).await, [told("SERVED", "1.2", "feed")]);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_an_agent_pushes_is_what_its_owner_reads() {
    let stage = Stage::new().await;
    let trader = stage.trader().await;
    let minute = Timestamp::from_second(Timestamp::now().as_second() / 60 * 60 - 60)
        .expect("in range")
        .to_string();
    let push = json!({"ticks": {"EURUSD": {"bid": "1.08512", "ask": 1.0852}},
        "bars": [{"instrument": "EURUSD", "ts": minute, "open": 1.1, "high": 1.3, "low": 1.0, "close": 1.2, "volume": 12}]});
    let path = format!("/agents/{}/prices", trader.agent.id);
    stage.as_agent(&trader.agent).post(&path, push, 200).await;
    let prices = stage.as_user(&trader).get(PRICES, 200).await;
    assert_eq!(
        (
            prices.text("/items/0/instrument"),
            prices.at("/items/0/bid").to_string(),
            prices.at("/items/0/ask").to_string()
        ),
        ("EURUSD", "1.08512".to_owned(), "1.0852".to_owned())
    );
    let candles = stage
        .as_user(&trader)
        .get("/prices/EURUSD/candles?timeframe=M1", 200)
        .await;
    assert_eq!(
        candles.json,
        json!({"items": [{"ts": minute, "open": 1.1, "high": 1.3, "low": 1, "close": 1.2, "volume": 12,
        "complete": true}], "next_cursor": null})
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_user_there_are_no_prices() {
    let stage = Stage::new().await;
    let trader = stage.trader().await;
    for path in [PRICES, "/prices/EURUSD/candles?timeframe=M1"] {
        assert_eq!(stage.anybody().get(path, 401).await.text("/code"), "no_credentials");
        stage.as_agent(&trader.agent).get(path, 401).await;
    }
}

/// Minutes of an instrument, each with numbers of its own, but for the gaps.
async fn minutes(stage: &Stage, trader: &Trader, instrument: &str, from: &str, count: i64, gap: &str) {
    stage
        .sql(&format!(
            "insert into candles (user_id, instrument, ts, open, high, low, close, volume)
             select '{}', '{instrument}', timestamptz '{from}' + n * interval '1 minute', 100 + n % 7, 110 + n % 13, 90 - n % 11,
                    100 + n % 5, 1 + n % 3
               from generate_series(0, {count} - 1) n where not ({gap})",
            trader.id
        ))
        .await;
}

async fn candles(stage: &Stage, trader: &Trader, query: &str) -> Reply {
    stage
        .as_user(trader)
        .get(&format!("/prices/EURUSD/candles?{query}"), 200)
        .await
}

fn items(candles: &Reply) -> &Vec<Value> {
    candles.json["items"].as_array().expect("a list")
}

fn number(value: &Value) -> i64 {
    value.as_i64().unwrap_or_else(|| panic!("{value} is a whole number"))
}

/// What the candles of a timeframe are, computed here.
async fn oracle(stage: &Stage, trader: &Trader, step: i64) -> Vec<Value> {
    let sql = "select extract(epoch from ts)::bigint as at, open::bigint, high::bigint, low::bigint, close::bigint, volume::bigint
        from candles where user_id = $1 and instrument = 'EURUSD' order by ts";
    let mut candles = BTreeMap::<i64, [i64; 5]>::new();
    for row in stage.db.query(sql, &[&trader.id]).await.expect("candles") {
        let [at, open, high, low, close, volume] = [0, 1, 2, 3, 4, 5].map(|column| row.get::<_, i64>(column));
        let begin = at - at.rem_euclid(60 * step);
        let candle = candles.entry(begin).or_insert([open, high, low, close, 0]);
        candle[1] = candle[1].max(high);
        candle[2] = candle[2].min(low);
        candle[3] = close;
        candle[4] += volume;
    }
    let candle = |(at, [open, high, low, close, volume]): (i64, [i64; 5])| {
        let ts = Timestamp::from_second(at).expect("in range").to_string();
        json!({"ts": ts, "open": open, "high": high, "low": low, "close": close, "volume": volume, "complete": true})
    };
    candles.into_iter().map(candle).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn every_timeframe_is_computed_from_minutes_and_gaps_stay_gaps() {
    let stage = Stage::new().await;
    let trader = stage.trader().await;
    // Five days and a bit, with holes within candles, over candles, over a day's end; the first and last candles are cut.
    let gap = "n % 97 between 20 and 26 or n between 700 and 1500 or n between 3000 and 3300";
    minutes(&stage, &trader, "EURUSD", "2026-01-01T22:13:00Z", 7_000, gap).await;
    minutes(&stage, &trader, "GBPUSD", "2026-01-01T22:13:00Z", 10, "false").await;
    for (timeframe, step) in [
        ("M1", 1),
        ("M5", 5),
        ("M15", 15),
        ("M30", 30),
        ("H1", 60),
        ("H4", 240),
        ("D1", 1440),
    ] {
        let expected = oracle(&stage, &trader, step).await;
        for limit in [1, 2, 7, 200, 1000] {
            let found = candles(&stage, &trader, &format!("timeframe={timeframe}&limit={limit}")).await;
            let newest = &expected[expected.len().saturating_sub(limit)..];
            assert_eq!(items(&found), newest, "{timeframe}, at most {limit}");
            let more = expected.len() > limit;
            assert_eq!(
                found.at("/next_cursor").is_string(),
                more,
                "{timeframe}, at most {limit}"
            );
        }
    }
    assert_eq!(
        items(&candles(&stage, &trader, "timeframe=M1").await).len(),
        200,
        "unless told"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn cursors_lead_through_all_candles_once() {
    let stage = Stage::new().await;
    let trader = stage.trader().await;
    minutes(
        &stage,
        &trader,
        "EURUSD",
        "2026-01-01T22:13:00Z",
        2_000,
        "n between 300 and 900",
    )
    .await;
    let expected = oracle(&stage, &trader, 15).await;
    let (mut found, mut query) = (Vec::new(), "timeframe=M15&limit=10".to_owned());
    loop {
        let page = candles(&stage, &trader, &query).await;
        found.splice(0..0, items(&page).clone());
        match page.at("/next_cursor") {
            Value::String(before) => query = format!("timeframe=M15&limit=10&before={before}"),
            _ => break,
        }
    }
    assert_eq!(found, expected);
    // A time within a candle asks for all of that one, for it begins before.
    let second = expected[1]["ts"]
        .as_str()
        .expect("a time")
        .parse::<Timestamp>()
        .expect("a time");
    for (before, count) in [(second, 1), (second + 1.second(), 2), (second + 14.minutes(), 2)] {
        let page = candles(&stage, &trader, &format!("timeframe=M15&before={before}")).await;
        assert_eq!(items(&page), &expected[..count], "before {before}");
    }
    for before in [
        "1969-01-01T00:00:00Z",
        "9999-01-01T00:00:00Z",
        "-009999-01-02T01:59:59Z",
    ] {
        candles(&stage, &trader, &format!("timeframe=D1&before={before}")).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_newest_candle_says_whether_it_may_still_grow() {
    let stage = Stage::new().await;
    let trader = stage.trader().await;
    let lay = async |first: &str, count: i64| {
        stage.sql("truncate candles").await;
        let row = stage
            .db
            .query_one(
                &format!("select to_char(({first}) at time zone 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"')"),
                &[],
            )
            .await;
        let first: String = row.expect("a time").get(0);
        minutes(&stage, &trader, "EURUSD", &first, count, "false").await;
        let newest = candles(&stage, &trader, "timeframe=D1").await;
        let complete: Vec<_> = items(&newest).iter().map(|candle| candle["complete"].clone()).collect();
        complete
    };
    let today = "date_trunc('day', now(), 'UTC')";
    assert_eq!(
        lay(&format!("{today} - interval '2 minutes'"), 3).await,
        [json!(true), json!(false)],
        "today goes on"
    );
    assert_eq!(
        lay(&format!("{today} - interval '1 day'"), 1).await,
        [json!(true)],
        "yesterday is over, gap or not"
    );
    assert_eq!(
        lay(&format!("{today} + interval '1 day' - interval '1 minute'"), 1).await,
        [json!(true)],
        "its last minute is there"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn candles_are_the_callers_own_where_they_have_any_in_the_range_else_a_feeds() {
    let stage = Stage::new().await;
    let (trader, stranger, feed) = (stage.trader().await, stage.trader().await, feed(&stage).await);
    minutes(&stage, &stranger, "EURUSD", "2026-01-03T00:00:00Z", 5, "false").await;
    assert_eq!(
        candles(&stage, &trader, "timeframe=M1").await.json,
        json!({"items": [], "next_cursor": null}),
        "another's are not theirs"
    );
    minutes(&stage, &feed, "EURUSD", "2026-01-01T00:00:00Z", 300, "false").await;
    let volume = async |who: &Trader, query: &str| -> i64 {
        items(&candles(&stage, who, query).await)
            .iter()
            .map(|candle| number(&candle["volume"]))
            .sum()
    };
    assert_eq!(
        items(&candles(&stage, &trader, "timeframe=M1&limit=1000").await).len(),
        300,
        "the feed's"
    );
    // Own candles until 100 minutes before the feed's end.
    minutes(&stage, &trader, "EURUSD", "2026-01-01T00:00:00Z", 200, "false").await;
    stage
        .sql(&format!(
            "update candles set volume = 1000 where user_id = '{}'",
            trader.id
        ))
        .await;
    assert_eq!(
        volume(&trader, "timeframe=M1&limit=101").await,
        101_000,
        "one within the last 101 minutes"
    );
    assert!(
        volume(&trader, "timeframe=M1&limit=99").await < 1_000,
        "none within the last 99"
    );
    assert_eq!(
        volume(&trader, "timeframe=M1&limit=50&before=2026-01-01T03:20:00Z").await,
        50_000,
        "there they have them"
    );
    assert_eq!(volume(&trader, "timeframe=D1&limit=1").await, 200_000);
    assert!(
        volume(&stranger, "timeframe=M1&limit=1000").await < 1_000,
        "the owner of three newer days sees their own"
    );
    assert_eq!(
        items(&candles(&stage, &stranger, "timeframe=M1&limit=1000").await).len(),
        5
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_query_that_cannot_be_read_says_what_can() {
    let stage = Stage::new().await;
    let trader = stage.trader().await;
    let user = stage.as_user(&trader);
    for (query, word) in [
        ("timeframe=W1", "`M1`, `M5`, `M15`, `M30`, `H1`, `H4`, `D1`"),
        ("timeframe=m1", "`M1`"),
        ("", "timeframe"),
        ("timeframe=M1&limit=0", "1 to 1000"),
        ("timeframe=M1&limit=1001", "1 to 1000"),
        ("timeframe=M1&limit=many", "limit"),
        ("timeframe=M1&before=yesterday", "before"),
    ] {
        let problem = user.get(&format!("/prices/EURUSD/candles?{query}"), 422).await;
        assert!(
            problem.at("/errors").to_string().contains(word),
            "{query}: {}",
            problem.json
        );
    }
    for nothing in ["EUR%20USD", "EUR%2FUSD", &"X".repeat(33), "%00", "EURUSD%C3%A9"] {
        user.get(&format!("/prices/{nothing}/candles?timeframe=M1"), 404).await;
    }
    for known in ["US100.cash", "EURUSD%23", "X_-", &"X".repeat(32)] {
        user.get(&format!("/prices/{known}/candles?timeframe=M1"), 200).await;
    }
}

/// The figures behind the query: a month of one instrument among others, as its owner.
#[tokio::test(flavor = "multi_thread")]
async fn a_month_of_minutes_is_read_by_the_index() {
    let stage = Stage::new().await;
    let (trader, other) = (stage.trader().await, stage.trader().await);
    for (who, instrument) in [(&trader, "EURUSD"), (&trader, "GBPUSD"), (&other, "EURUSD")] {
        minutes(&stage, who, instrument, "2026-01-01T00:00:00Z", 43_200, "false").await;
    }
    stage.sql("vacuum analyze candles").await;
    let claims = json!({"sub": trader.id, "role": "authenticated"});
    let sql = std::fs::read_to_string(xtask::root().join("shared/sql/candle/list.sql")).expect("the statement");
    for (step, limit) in [(1, 201), (1440, 201), (5, 1001)] {
        stage
            .sql(&format!(
                "begin; prepare list (text, int, timestamptz, bigint, timestamptz) as {sql}; set local role authenticated;
                 select set_config('request.jwt.claims', '{claims}', true)"
            ))
            .await;
        let explain = format!("explain (analyze, format json) execute list ('EURUSD', {step}, null, {limit}, null)");
        let plan: Value = stage.db.query_one(&explain, &[]).await.expect("a plan").get(0);
        stage.sql("deallocate list; rollback").await;
        assert!(!plan.to_string().contains("Seq Scan"), "{step} minutes: {plan:#}");
        eprintln!("{step} minutes, {limit} candles: {} ms", plan[0]["Execution Time"]);
    }
}
