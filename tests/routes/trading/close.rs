use futures_util::future::join_all;
use serde_json::{Value, json};
use uuid::Uuid;

use super::{functions_wait, hold, position, report, second_account, setting};
use crate::support::Stage;

const CLOSE: &str = "/trading/positions/1/close";

#[tokio::test(flavor = "multi_thread")]
async fn a_close_is_a_job_for_the_agent_of_its_account_as_long_as_it_takes() {
    let stage = Stage::new().await;
    let trader = stage.trader().await;
    let (_, second) = second_account(&stage, &trader).await;
    hold(&stage, &trader, [1]).await;
    let made = stage.as_user(&trader).post(CLOSE, json!({}), 201).await;
    assert_eq!(
        (made.text("/job_type"), made.text("/status"), made.at("/not_after")),
        ("close_position", "pending", &Value::Null)
    );
    stage.claim(&second, 204).await;
    let job = stage.claim(&trader.agent, 200).await;
    assert_eq!(
        job.at("/job"),
        &json!({"id": made.at("/id"), "job_type": "close_position", "entity_type": null, "entity_id": null,
            "input": {"ticket": 1}, "attempt": 1})
    );
    stage.anybody().post(CLOSE, json!({}), 401).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn while_a_position_is_being_closed_no_second_job_is_made() {
    let stage = Stage::new().await;
    let trader = stage.trader().await;
    let user = stage.as_user(&trader);
    hold(&stage, &trader, [1, 2]).await;
    // Nobody stores a job until all have looked for one.
    let holder = xtask::stage::connect(&stage.admin_url)
        .await
        .expect("the test database answers");
    holder
        .batch_execute("begin; lock table jobs in share mode")
        .await
        .expect("the table can be locked");
    let clicks = join_all((0..4).map(async |_| {
        let request = stage.http.post(format!("{}{CLOSE}", stage.cloud.http_url()));
        let response = request
            .bearer_auth(&trader.token)
            .send()
            .await
            .expect("the gateway answers");
        let status = response.status().as_u16();
        (status, response.json::<Value>().await.expect("JSON")["id"].clone())
    }));
    let release = async {
        functions_wait(&stage, "advisory,relation", 4).await;
        holder.batch_execute("rollback").await.expect("the table can be let go");
    };
    let (at_once, ()) = tokio::join!(clicks, release);
    let made = at_once.iter().filter(|(status, _)| *status == 201).count();
    assert!(
        made == 1
            && at_once
                .iter()
                .all(|(status, id)| [200, 201].contains(status) && *id == at_once[0].1),
        "one job, and the others are told of it: {at_once:?}"
    );
    let part = user.post(CLOSE, json!({"volume": 0.05}), 200).await;
    assert_eq!(part.at("/id"), &at_once[0].1, "all of it is more than a part");
    let job = stage.claim(&trader.agent, 200).await.text("/job/id").to_owned();
    let running = user.post(CLOSE, json!({}), 200).await;
    assert_eq!((running.at("/id"), running.text("/status")), (&at_once[0].1, "running"));
    user.post("/trading/positions/2/close", json!({}), 201).await;
    assert_eq!(stage.count("select count(*) from jobs").await, 2);

    let failed = json!({"status": "failed", "attempt": 1, "reason_code": "market_closed", "error_message": "Closed."});
    let path = format!("/agents/{}/jobs/{job}/result", trader.agent.id);
    stage.as_agent(&trader.agent).post(&path, failed, 200).await;
    let another = user.post(CLOSE, json!({}), 201).await;
    assert_ne!(another.at("/id"), &at_once[0].1, "what failed can be tried again");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_part_is_closed_as_often_as_there_is_something_left() {
    let stage = Stage::new().await;
    let trader = stage.trader().await;
    let user = stage.as_user(&trader);
    hold(&stage, &trader, [1]).await;
    for bad in [json!(0), json!(-1), json!("half"), json!(0.11), json!("0.1000000001")] {
        let problem = user.post(CLOSE, json!({"volume": bad}), 422).await;
        assert_eq!(problem.text("/errors/0/field"), "volume", "{bad}");
    }
    let half = json!({"volume": 0.06});
    let first = user.post(CLOSE, half.clone(), 201).await;
    assert_eq!(first.at("/input").to_string(), r#"{"ticket":1,"volume":0.06}"#);
    let problem = user.post(CLOSE, half, 422).await;
    assert_eq!(
        problem.text("/errors/0/message"),
        "at most the 0.04 lots that nothing closes yet"
    );
    user.post(CLOSE, json!({"volume": "0.04"}), 201).await;
    let whole = user.post(CLOSE, json!({"volume": "0.100"}), 201).await;
    assert_eq!(
        whole.at("/input").to_string(),
        r#"{"ticket":1}"#,
        "all of it needs no number, whatever is closed meanwhile"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_ticket_on_two_accounts_needs_the_account() {
    let stage = Stage::new().await;
    let trader = stage.trader().await;
    let user = stage.as_user(&trader);
    let (second, agent) = second_account(&stage, &trader).await;
    hold(&stage, &trader, [1]).await;
    report(&stage, &agent, "10000", json!([position(1), position(2)]), json!([])).await;
    let problem = user.post(CLOSE, json!({}), 422).await;
    assert_eq!(problem.text("/errors/0/field"), "broker_connection_id");
    let made = user.post(CLOSE, json!({"broker_connection_id": second}), 201).await;
    assert_eq!(made.at("/broker_connection_id"), &json!(second));
    let other = user
        .post(CLOSE, json!({"broker_connection_id": trader.connection}), 201)
        .await;
    assert_ne!(
        other.at("/id"),
        made.at("/id"),
        "the same ticket on another account is another position"
    );
    user.post("/trading/positions/2/close", json!({}), 201).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_open_or_not_ones_own_is_not_found() {
    let stage = Stage::new().await;
    let (trader, stranger) = (stage.trader().await, stage.trader().await);
    hold(&stage, &trader, [1]).await;
    hold(&stage, &stranger, [2]).await;
    let user = stage.as_user(&trader);
    for (ticket, body) in [
        ("2", json!({})),
        ("3", json!({})),
        ("1", json!({"broker_connection_id": stranger.connection})),
        ("2", json!({"broker_connection_id": stranger.connection})),
        ("1", json!({"broker_connection_id": Uuid::new_v4()})),
        ("x", json!({})),
        ("1.5", json!({})),
        ("99999999999999999999", json!({})),
    ] {
        user.post(&format!("/trading/positions/{ticket}/close"), body, 404)
            .await;
    }
    for (body, field) in [
        (json!({"broker_connection_id": "x"}), "broker_connection_id"),
        (json!({"ticket": 1}), "ticket"),
    ] {
        let problem = user.post(CLOSE, body.clone(), 422).await;
        assert_eq!(problem.text("/errors/0/field"), field, "{body}");
    }
    assert_eq!(stage.count("select count(*) from jobs").await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn exits_pass_while_reducing_and_not_while_halted() {
    let stage = Stage::new().await;
    let trader = stage.trader().await;
    let user = stage.as_user(&trader);
    hold(&stage, &trader, [1]).await;
    setting(&stage, &trader, json!({"trading_mode": "halted"})).await;
    assert_eq!(user.post(CLOSE, json!({}), 409).await.text("/code"), "halted");
    setting(&stage, &trader, json!({"trading_mode": "reducing"})).await;
    let path = format!("/broker-connections/{}", trader.connection);
    user.patch(&path, json!({"is_active": false}), 200).await;
    let problem = user.post(CLOSE, json!({}), 409).await;
    assert_eq!(problem.text("/code"), "broker_connection_inactive");
    assert_eq!(stage.count("select count(*) from jobs").await, 0);
    user.patch(&path, json!({"is_active": true}), 200).await;
    user.post(CLOSE, json!({}), 201).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_idempotency_key_is_the_same_job_when_the_position_is_gone() {
    let stage = Stage::new().await;
    let trader = stage.trader().await;
    let user = stage.as_user(&trader).with("idempotency-key", "click");
    hold(&stage, &trader, [1]).await;
    let part = json!({"volume": 0.04});
    let made = user.post(CLOSE, part.clone(), 201).await;
    assert_eq!(
        user.post(CLOSE, part.clone(), 200).await.json,
        made.json,
        "and not another part"
    );
    // An order of the same key is an order of its own.
    let order = json!({"broker_connection_id": trader.connection, "symbol": "EURUSD", "side": "buy", "volume": 0.1});
    user.post("/trading/orders", order, 201).await;
    hold(&stage, &trader, []).await;
    setting(&stage, &trader, json!({"trading_mode": "halted"})).await;
    assert_eq!(user.post(CLOSE, part, 200).await.json, made.json);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_close_rings_the_agent_and_shows_on_dashboards() {
    let stage = Stage::new().await;
    let trader = stage.trader().await;
    hold(&stage, &trader, [1]).await;
    let mut dashboard = stage.dashboard(&trader, &[]).await;
    let mut doorbell = stage.doorbell(&trader.agent).await.expect("the key opens it");
    doorbell.ping().await;
    let made = stage.as_user(&trader).post(CLOSE, json!({}), 201).await;
    assert_eq!(doorbell.next().await, json!({"type": "jobs_waiting"}));
    assert_eq!(
        dashboard.next_of("job").await["job"],
        json!({"id": made.at("/id"), "job_type": "close_position", "status": "pending"})
    );
}
