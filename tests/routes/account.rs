use jiff::Timestamp;
use reqwest::Method;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::support::{AgentKey, Reply, Stage, Trader};

const BUY: &str = r#"{"symbol":"EURUSD","action":"buy","volume":0.1}"#;
const CLOSE: &str = r#"{"symbol":"EURUSD","action":"close"}"#;

async fn report(stage: &Stage, agent: &AgentKey, body: Value, expected: u16) -> Reply {
    let path = format!("/agents/{}/account", agent.id);
    stage.as_agent(agent).post(&path, body, expected).await
}

fn account(equity: f64, positions: Value, deals: Value) -> Value {
    let mut body = json!({"balance": 10_000, "equity": equity, "margin": "12.50", "free_margin": 9_987.5, "currency": "USD",
        "leverage": 100});
    body["positions"] = positions;
    body["deals"] = deals;
    body
}

fn position(ticket: i64, profit: f64) -> Value {
    json!({"ticket": ticket, "symbol": "EURUSD", "side": "buy", "volume": 0.1, "open_price": 1.08512, "sl": 1.08, "tp": null,
        "profit": profit, "swap": -0.5, "magic_number": 7, "opened_at": "2026-01-01T10:00:00Z"})
}

fn deal(ticket: i64, entry: &str, profit: f64) -> Value {
    json!({"ticket": ticket, "order_ticket": ticket + 1_000, "position_ticket": 77, "symbol": "EURUSD", "side": "buy",
        "entry": entry, "volume": 0.1, "price": 1.08512, "profit": profit, "swap": -0.5, "commission": -3.5, "fee": -0.25,
        "magic_number": 7, "comment": "[sl 1.08]", "time": Timestamp::now().to_string()})
}

/// One row of a statement as JSON.
async fn row(stage: &Stage, sql: &str) -> Value {
    let sql = format!("select to_jsonb(r) from ({sql}) r");
    let row = stage
        .db
        .query_one(&sql, &[])
        .await
        .unwrap_or_else(|error| panic!("{sql}: {error:?}"));
    row.get(0)
}

async fn tickets(stage: &Stage) -> Value {
    row(
        stage,
        "select coalesce(jsonb_agg(ticket order by ticket), '[]') as tickets from positions",
    )
    .await["tickets"]
        .clone()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_report_is_the_account_its_positions_and_its_deals() {
    let stage = Stage::new().await;
    let trader = stage.trader().await;
    let opened = deal(1, "in", 0.0);
    let mut closed = deal(2, "out", -40.0);
    closed["side"] = json!("sell");
    closed["newer"] = json!("agents say more");
    let body = account(9_990.25, json!([position(5, -9.5)]), json!([opened, closed]));
    let answer = report(&stage, &trader.agent, body, 200).await;
    assert_eq!(answer.json, json!({"jobs_waiting": 0}));
    assert_eq!(answer.headers["x-jobs-waiting"], "0");

    let snapshot = row(
        &stage,
        "select balance, equity, margin, free_margin, currency, leverage, day_start_equity, user_id,
        broker_connection_id, reported_at > now() - interval '1 minute' as fresh from account_snapshots",
    )
    .await;
    let stored = json!({"balance": 10_000.00, "equity": 9_990.25, "margin": 12.50, "free_margin": 9_987.50, "currency": "USD",
        "leverage": 100, "day_start_equity": 9_990.25, "user_id": trader.id, "broker_connection_id": trader.connection,
        "fresh": true});
    assert!(same(&snapshot, &stored), "{snapshot}");
    let open = row(
        &stage,
        "select ticket, symbol, side, volume, open_price, sl, tp, profit, swap, magic_number, user_id,
        opened_at = '2026-01-01T10:00:00Z' as at from positions",
    )
    .await;
    let stored = json!({"ticket": 5, "symbol": "EURUSD", "side": "buy", "volume": 0.1, "open_price": 1.08512, "sl": 1.08,
        "tp": null, "profit": -9.5, "swap": -0.5, "magic_number": 7, "user_id": trader.id, "at": true});
    assert!(same(&open, &stored), "{open}");

    let event = |kind: &str| {
        format!(
        "select pair, direction, quantity, entry_price, exit_price, profit_loss, external_deal_id, external_order_id,
            external_position_id, metadata ->> 'agent_id' as agent, metadata -> 'magic_number' as magic,
            metadata ->> 'comment' as comment, metadata -> 'deal' ->> 'entry' as entry,
            created_at = (metadata -> 'deal' ->> 'time')::timestamptz as at
           from trade_events where event_type = '{kind}' and user_id = '{}' and broker_connection_id = '{}'",
        trader.id, trader.connection
    )
    };
    let told = row(&stage, &event("position_opened")).await;
    let stored = json!({"pair": "EURUSD", "direction": "LONG", "quantity": 0.1, "entry_price": 1.08512, "exit_price": null,
        "profit_loss": -4.25, "external_deal_id": "1", "external_order_id": "1001", "external_position_id": "77",
        "agent": trader.agent.id, "magic": 7, "comment": "[sl 1.08]", "entry": "in", "at": true});
    assert!(same(&told, &stored), "{told}");
    let told = row(&stage, &event("position_closed")).await;
    let stored = json!({"pair": "EURUSD", "direction": "LONG", "quantity": 0.1, "entry_price": null, "exit_price": 1.08512,
        "profit_loss": -44.25, "external_deal_id": "2", "external_order_id": "1002", "external_position_id": "77",
        "agent": trader.agent.id, "magic": 7, "comment": "[sl 1.08]", "entry": "out", "at": true});
    assert!(same(&told, &stored), "{told}");
}

/// Whether two objects say the same, however many zeros their decimals end in.
fn same(left: &Value, right: &Value) -> bool {
    let plain = |value: &Value| match value {
        Value::Number(number) => number.to_string().parse::<f64>().expect("a number").to_string(),
        other => other.to_string(),
    };
    let fields = |value: &Value| -> Vec<_> {
        let fields = value.as_object().expect("an object");
        fields
            .iter()
            .map(|(name, value)| (name.clone(), plain(value)))
            .collect()
    };
    fields(left) == fields(right)
}

#[tokio::test(flavor = "multi_thread")]
async fn sent_twice_a_report_changes_no_row_but_the_snapshots() {
    let stage = Stage::new().await;
    let trader = stage.trader().await;
    let body = account(
        9_990.0,
        json!([position(5, -9.5), position(6, 1.0)]),
        json!([deal(1, "in", 0.0), deal(1, "in", 0.0)]),
    );
    report(&stage, &trader.agent, body.clone(), 200).await;
    let versions = "select array_agg(xmin::text order by ticket) as positions, (select count(*) from trade_events) as events from positions";
    let before = row(&stage, versions).await;
    assert_eq!(before["events"], 1, "named twice in one report, a deal is one too");
    report(&stage, &trader.agent, body, 200).await;
    assert_eq!(row(&stage, versions).await, before);
    let body = account(9_991.0, json!([position(5, -8.5), position(6, 1.0)]), json!([]));
    report(&stage, &trader.agent, body, 200).await;
    let after = row(&stage, versions).await;
    assert_ne!(
        after["positions"][0], before["positions"][0],
        "one that changed is written"
    );
    assert_eq!(
        after["positions"][1], before["positions"][1],
        "one that did not is left alone"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn positions_are_those_of_the_last_report() {
    let stage = Stage::new().await;
    let trader = stage.trader().await;
    let stranger = stage.trader().await;
    report(
        &stage,
        &stranger.agent,
        account(1.0, json!([position(2, 0.0)]), json!([])),
        200,
    )
    .await;
    for set in [vec![1, 2, 3], vec![3, 4], vec![], vec![1]] {
        let positions: Value = set.iter().map(|ticket| position(*ticket, 0.0)).collect();
        report(&stage, &trader.agent, account(1.0, positions, json!([])), 200).await;
        let mine = format!(
            "select coalesce(jsonb_agg(ticket order by ticket), '[]') as tickets from positions where user_id = '{}'",
            trader.id
        );
        assert_eq!(row(&stage, &mine).await["tickets"], json!(set));
    }
    let theirs = format!("select count(*) from positions where user_id = '{}'", stranger.id);
    assert_eq!(stage.count(&theirs).await, 1, "another account's positions are its own");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_deal_counts_once_whichever_agent_of_the_account_tells_it_and_again_for_another_account() {
    let stage = Stage::new().await;
    let trader = stage.trader().await;
    let second = stage.agent_of(&stage.as_user(&trader), trader.connection).await;
    let body = account(1.0, json!([]), json!([deal(1, "out", -10.0)]));
    let at_once = [&trader.agent, &second, &trader.agent, &second];
    futures_util::future::join_all(at_once.map(|agent| report(&stage, agent, body.clone(), 200))).await;
    let events = "select count(*) from trade_events where event_type = 'position_closed'";
    assert_eq!(stage.count(events).await, 1);
    let other = stage.trader().await;
    report(&stage, &other.agent, body, 200).await;
    assert_eq!(
        stage.count(events).await,
        2,
        "tickets are the broker's, who has other accounts"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reversal_closes_with_its_result_and_opens_without_one() {
    let stage = Stage::new().await;
    let trader = stage.trader().await;
    let reversal = account(
        1.0,
        json!([]),
        json!([deal(9, "inout", -20.0), deal(10, "out_by", 5.0)]),
    );
    report(&stage, &trader.agent, reversal.clone(), 200).await;
    report(&stage, &trader.agent, reversal, 200).await;
    let events = row(
        &stage,
        "select jsonb_agg(jsonb_build_array(event_type, direction, quantity, profit_loss::text) order by
        external_deal_id) as events from trade_events",
    )
    .await;
    let told = json!([
        ["position_closed", "SHORT", 0.1, "0.75"],
        ["position_closed", "SHORT", null, "-24.25"],
        ["position_opened", "LONG", null, null],
    ]);
    for (found, expected) in events["events"]
        .as_array()
        .expect("events")
        .iter()
        .zip(told.as_array().expect("a list"))
    {
        assert_eq!(
            (&found[0], &found[1], &found[3]),
            (&expected[0], &expected[1], &expected[3])
        );
        assert_eq!(
            found[2].is_null(),
            expected[2].is_null(),
            "nobody says how much of a reversal closed"
        );
    }
    assert_eq!(events["events"].as_array().map(Vec::len), Some(3));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_day_starts_with_its_first_report_by_the_users_own_midnight() {
    let stage = Stage::new().await;
    let trader = stage.trader().await;
    stage
        .sql("update user_settings set timezone = 'Pacific/Kiritimati'")
        .await;
    let start = async |equity: f64| {
        report(&stage, &trader.agent, account(equity, json!([]), json!([])), 200).await;
        row(&stage, "select day_start_equity::text as start from account_snapshots").await["start"].clone()
    };
    assert_eq!(start(1_000.0).await, "1000.00");
    assert_eq!(start(900.0).await, "1000.00", "kept during the day");
    let midnight = "date_trunc('day', now(), 'Pacific/Kiritimati')";
    stage
        .sql(&format!("update account_snapshots set reported_at = {midnight}"))
        .await;
    assert_eq!(start(800.0).await, "1000.00", "midnight itself is today");
    stage
        .sql(&format!(
            "update account_snapshots set reported_at = {midnight} - interval '1 microsecond'"
        ))
        .await;
    assert_eq!(start(700.0).await, "700.00", "a moment before was yesterday");
    assert_eq!(start(600.0).await, "700.00");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reported_loss_closes_the_gate_for_the_day() {
    let stage = Stage::new().await;
    let trader = stage.trader().await;
    stage.sql("update user_settings set daily_loss_limit_pct = 1").await;
    let judged = async |alert: &str| {
        stage
            .sql("alter table tv_signals disable trigger tv_signals_guard")
            .await;
        stage
            .sql("update tv_signals set received_at = received_at - interval '1 hour'")
            .await;
        let answer = stage.alert(&trader, alert, 200).await;
        answer.json.get("reason_code").unwrap_or(answer.at("/status")).clone()
    };
    report(&stage, &trader.agent, account(10_000.0, json!([]), json!([])), 200).await;
    assert_eq!(judged(BUY).await, "pending");
    // 92.75 lost with swap, commission and fee; the position's opening cost 4.25 more.
    let deals = json!([deal(1, "in", 0.0), deal(2, "out", -88.5)]);
    report(&stage, &trader.agent, account(9_903.0, json!([]), deals.clone()), 200).await;
    assert_eq!(judged(BUY).await, "pending", "97 of 100 lost");
    report(
        &stage,
        &trader.agent,
        account(9_900.0, json!([position(5, -2.5)]), deals),
        200,
    )
    .await;
    assert_eq!(
        judged(BUY).await,
        "daily_loss_limit",
        "a floating loss of 3 and its swap make 100"
    );
    assert_eq!(judged(CLOSE).await, "pending", "exits pass");
    report(&stage, &trader.agent, account(9_900.0, json!([]), json!([])), 200).await;
    assert_eq!(
        judged(BUY).await,
        "pending",
        "the position is gone, its floating loss too"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_filled_entry_is_on_its_way_until_its_position_or_deal_is_reported() {
    let stage = Stage::new().await;
    let trader = stage.trader().await;
    stage.sql("update user_settings set max_open_positions = 1").await;
    let signal = async |id: &str| {
        let alert = json!({"symbol": "EURUSD", "action": "buy", "volume": 0.1, "id": id}).to_string();
        let answer = stage.alert(&trader, &alert, 200).await;
        answer.json.get("reason_code").unwrap_or(answer.at("/status")).clone()
    };
    assert_eq!(signal("1").await, "pending");
    let job = stage.claim(&trader.agent, 200).await.text("/job/id").to_owned();
    stage.fill(&trader.agent, &job, 1, 200).await;
    // Taken before the fill, stored after it.
    report(&stage, &trader.agent, account(1.0, json!([]), json!([])), 200).await;
    assert_eq!(
        signal("2").await,
        "max_open_positions",
        "the report does not know of the position yet"
    );
    // The order's ticket is 42. It was stopped out at once.
    let mut opened = deal(1, "in", 0.0);
    opened["order_ticket"] = json!(42);
    report(
        &stage,
        &trader.agent,
        account(1.0, json!([]), json!([opened, deal(2, "out", -1.0)])),
        200,
    )
    .await;
    assert_eq!(signal("3").await, "pending", "opened and closed is not open");
    let job = stage.claim(&trader.agent, 200).await.text("/job/id").to_owned();
    stage.fill(&trader.agent, &job, 1, 200).await;
    stage.sql("update user_settings set max_open_positions = 2").await;
    report(
        &stage,
        &trader.agent,
        account(1.0, json!([position(42, 0.0)]), json!([])),
        200,
    )
    .await;
    assert_eq!(signal("4").await, "pending", "the position and its job are one");
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_reports_in_flight_the_later_stands() {
    let stage = Stage::new().await;
    let trader = stage.trader().await;
    report(
        &stage,
        &trader.agent,
        account(1.0, json!([position(1, 0.0)]), json!([])),
        200,
    )
    .await;
    // Another report holds the account, and adds a position that the waiting one cannot have seen when it began.
    stage.sql("begin; update account_snapshots set equity = 2").await;
    let later = report(
        &stage,
        &trader.agent,
        account(3.0, json!([position(1, 0.0)]), json!([])),
        200,
    );
    let first = async {
        let waits =
            "select count(*) from pg_stat_activity where wait_event_type = 'Lock' and application_name = 'forexelite'
            and datname = current_database()";
        while stage.count(waits).await == 0 {
            tokio::task::yield_now().await;
        }
        stage
            .sql(&format!(
            "insert into positions (broker_connection_id, ticket, user_id, symbol, side, volume, open_price, opened_at)
             values ('{}', 2, '{}', 'EURUSD', 'buy', 0.1, 1, now()); commit",
            trader.connection, trader.id
        ))
            .await;
    };
    tokio::join!(later, first);
    assert_eq!(
        tickets(&stage).await,
        json!([1]),
        "the later report does not name the position 2"
    );
    assert_eq!(stage.count("select equity::bigint from account_snapshots").await, 3);

    // One that began before the stored one, and was overtaken.
    stage
        .sql("update account_snapshots set reported_at = now() + interval '10 seconds'")
        .await;
    let overtaken = account(4.0, json!([]), json!([deal(8, "out", -1.0)]));
    report(&stage, &trader.agent, overtaken, 200).await;
    assert_eq!(tickets(&stage).await, json!([1]));
    assert_eq!(stage.count("select equity::bigint from account_snapshots").await, 3);
    assert_eq!(
        stage.count("select count(*) from trade_events").await,
        1,
        "its deals are facts all the same"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn reports_at_once_do_not_lock_each_other_out() {
    let stage = Stage::new().await;
    let trader = stage.trader().await;
    let second = stage.agent_of(&stage.as_user(&trader), trader.connection).await;
    let reports = (0..24_i64).map(|n| {
        let (agent, turn) = if n % 2 == 0 { (&trader.agent, 1) } else { (&second, -1) };
        let order = |count: i64| (0..count).map(move |k| if turn > 0 { k + 1 } else { count - k });
        let positions: Value = order(50).map(|ticket| position(ticket + n % 3, 0.5)).collect();
        let deals: Value = order(50).map(|ticket| deal(ticket + n, "out", -1.0)).collect();
        report(&stage, agent, account(1.0, positions, deals), 200)
    });
    futures_util::future::join_all(reports).await;
    assert_eq!(stage.count("select count(*) from positions").await, 50);
    assert_eq!(stage.count("select count(*) from trade_events").await, 73);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_answer_says_how_many_jobs_wait() {
    let stage = Stage::new().await;
    let trader = stage.trader().await;
    stage.alert(&trader, BUY, 200).await;
    let answer = report(&stage, &trader.agent, account(1.0, json!([]), json!([])), 200).await;
    assert_eq!(
        (answer.at("/jobs_waiting"), &answer.headers["x-jobs-waiting"]),
        (&json!(1), &"1".parse().expect("a header"))
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn an_agent_without_an_account_is_told_so() {
    let stage = Stage::new().await;
    let trader = stage.trader().await;
    stage
        .as_user(&trader)
        .patch(
            &format!("/agents/{}", trader.agent.id),
            json!({"broker_connection_id": null}),
            200,
        )
        .await;
    let problem = report(
        &stage,
        &trader.agent,
        account(1.0, json!([position(1, 0.0)]), json!([deal(1, "out", 0.0)])),
        409,
    )
    .await;
    assert_eq!(problem.text("/code"), "no_broker_connection");
    assert_eq!(stored(&stage).await, 0);
}

async fn stored(stage: &Stage) -> i64 {
    stage
        .count("select (select count(*) from account_snapshots) + (select count(*) from positions) + (select count(*) from trade_events)")
        .await
}

#[tokio::test(flavor = "multi_thread")]
async fn only_the_agent_itself_reports() {
    let stage = Stage::new().await;
    let (trader, stranger) = (stage.trader().await, stage.trader().await);
    let path = format!("/agents/{}/account", trader.agent.id);
    let body = account(1.0, json!([position(1, 0.0)]), json!([deal(1, "out", 0.0)]));
    stage.anybody().post(&path, body.clone(), 401).await;
    stage.as_user(&trader).post(&path, body.clone(), 401).await;
    let forged = format!("fxa_{}_{}", &trader.agent.key[4..12], "x".repeat(43));
    stage
        .anybody()
        .with("x-agent-key", forged)
        .post(&path, body.clone(), 401)
        .await;
    stage.as_agent(&stranger.agent).post(&path, body.clone(), 404).await;
    stage
        .as_agent(&trader.agent)
        .post(&format!("/agents/{}/account", Uuid::new_v4()), body, 404)
        .await;
    assert_eq!(stored(&stage).await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_report_that_cannot_be_true_names_the_field_and_nothing_of_it_is_stored() {
    type Change = fn(&mut Value);
    let stage = Stage::new().await;
    let trader = stage.trader().await;
    let changes: [(Change, &str); 13] = [
        (|body| body["balance"] = json!("NaN"), "balance"),
        (|body| body["equity"] = json!(null), "equity"),
        (|body| body["margin"] = json!(1e30), "margin"),
        (|body| body["currency"] = json!(""), "currency"),
        (|body| body["leverage"] = json!(1.5), "leverage"),
        (|body| body["positions"] = json!({}), "positions"),
        (|body| body["positions"][3]["volume"] = json!(0), "positions[3].volume"),
        (|body| body["positions"][3]["side"] = json!("long"), "positions[3].side"),
        (|body| body["positions"][3]["ticket"] = json!(1), "positions[3].ticket"),
        (
            |body| body["positions"][3]["open_price"] = json!("1,5"),
            "positions[3].open_price",
        ),
        (|body| body["deals"][0]["entry"] = json!("opened"), "deals[0].entry"),
        (
            |body| body["deals"][0]["time"] = json!("2026-01-01 00:00"),
            "deals[0].time",
        ),
        (|body| body["deals"][0]["comment"] = json!("\u{0}"), "deals[0].comment"),
    ];
    let positions: Value = (1..=4).map(|ticket| position(ticket, 0.0)).collect();
    let good = account(1.0, positions, json!([deal(1, "in", 0.0)]));
    for (change, field) in changes {
        let mut body = good.clone();
        change(&mut body);
        let problem = report(&stage, &trader.agent, body.clone(), 422).await;
        assert_eq!(problem.text("/errors/0/field"), field, "{body}");
    }
    let many = |count: i64| -> Value {
        (1..=count)
            .map(|ticket| {
                json!({"ticket": ticket, "symbol": "E", "side": "buy", "volume": 1,
        "open_price": 1, "profit": 0, "swap": 0, "magic_number": 0, "opened_at": "2026-01-01T10:00:00Z"})
            })
            .collect()
    };
    let problem = report(&stage, &trader.agent, account(1.0, many(1_001), json!([])), 422).await;
    assert_eq!(problem.text("/errors/0/field"), "positions");
    let deals: Value = (1..=201).map(|ticket| deal(ticket, "in", 0.0)).collect();
    let problem = report(&stage, &trader.agent, account(1.0, json!([]), deals), 422).await;
    assert_eq!(problem.text("/errors/0/field"), "deals");
    let path = format!("/agents/{}/account", trader.agent.id);
    for garbage in ["garbage", "[]", r#"{"balance":NaN}"#, "\u{0}"] {
        stage
            .as_agent(&trader.agent)
            .send_text(Method::POST, &path, garbage, 422)
            .await;
    }
    assert_eq!(stored(&stage).await, 0);
    report(&stage, &trader.agent, account(1.0, many(1_000), json!([])), 200).await;
    assert_eq!(stage.count("select count(*) from positions").await, 1_000);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_report_larger_than_256_kib_is_too_large() {
    let stage = Stage::new().await;
    let trader = stage.trader().await;
    let mut body = account(1.0, json!([]), json!([]));
    body["more"] = json!("x".repeat(256 * 1024));
    report(&stage, &trader.agent, body, 413).await;
    assert_eq!(stored(&stage).await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_reported_account_is_its_owners_alone() {
    let stage = Stage::new().await;
    let trader = stage.trader().await;
    report(
        &stage,
        &trader.agent,
        account(1.0, json!([position(1, 0.0)]), json!([deal(1, "out", 0.0)])),
        200,
    )
    .await;
    let seen = async |user: &Trader| {
        let claims = json!({"sub": user.id, "role": "authenticated"});
        stage
            .sql(&format!(
                "begin; set local role authenticated; select set_config('request.jwt.claims', '{claims}', true)"
            ))
            .await;
        let rows = stored(&stage).await;
        stage.sql("rollback").await;
        rows
    };
    assert_eq!(seen(&trader).await, 3);
    assert_eq!(seen(&stage.trader().await).await, 0);
}
