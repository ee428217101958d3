//! Whose token opens what: forged and stale ones nothing, good ones only what is their owner's.

pub(crate) mod forge;
mod strangers;

use jsonwebtoken::{Algorithm, decode_header};
use reqwest::Method;
use serde_json::{Value, json};
use uuid::Uuid;

use self::forge::{Forgery, claims, forgeries, forgeries_of_published, hs256};
use crate::support::{Caller, Setting, Stage, Trader};

/// All that belongs to a user, as text: equal before and after when nothing was written.
async fn rows_of(stage: &Stage, user: Uuid) -> String {
    let tables = [
        "profiles",
        "user_settings",
        "broker_connections",
        "mt5_agents",
        "tv_strategies",
        "tv_signals",
        "jobs",
        "account_snapshots",
        "positions",
        "trade_events",
        "ea_projects",
        "ea_deployments",
    ];
    let mut rows = String::new();
    for table in tables {
        let owner = if table == "profiles" { "id" } else { "user_id" };
        let sql = format!(
            "select coalesce(string_agg(r::text, '; ' order by r::text), '') from {table} r where {owner} = $1"
        );
        rows += stage.db.query_one(&sql, &[&user]).await.expect("rows are text").get(0);
    }
    rows
}

/// What a thief of this trader would ask for, and what they would write.
fn wishes(victim: &Trader) -> Vec<(Method, String, Value)> {
    let (agent, strategy) = (&victim.agent.id, &victim.strategy);
    vec![
        (Method::GET, "/auth/me".to_owned(), Value::Null),
        (Method::GET, "/profile".to_owned(), Value::Null),
        (
            Method::PATCH,
            "/settings".to_owned(),
            json!({"risk_percent": 100, "trading_mode": "active"}),
        ),
        (
            Method::PATCH,
            format!("/broker-connections/{}", victim.connection),
            json!({"is_active": false}),
        ),
        (Method::GET, "/agents".to_owned(), Value::Null),
        (Method::GET, "/strategies".to_owned(), Value::Null),
        (Method::GET, "/signals".to_owned(), Value::Null),
        (Method::GET, "/trading/account".to_owned(), Value::Null),
        (Method::GET, "/trading/positions".to_owned(), Value::Null),
        (Method::GET, "/trading/history".to_owned(), Value::Null),
        (
            Method::POST,
            "/trading/orders".to_owned(),
            json!({"broker_connection_id": victim.connection, "symbol": "EURUSD", "side": "buy", "volume": 0.1}),
        ),
        (Method::POST, "/trading/positions/1/close".to_owned(), json!({})),
        (Method::POST, "/trading/flatten".to_owned(), Value::Null),
        (Method::GET, "/deployments".to_owned(), Value::Null),
        (
            Method::POST,
            "/ea/projects".to_owned(),
            json!({"name": "Planted", "source_code": "//"}),
        ),
        (Method::GET, format!("/strategies/{strategy}"), Value::Null),
        (Method::POST, "/auth/socket-ticket".to_owned(), json!({})),
        (Method::POST, "/agents".to_owned(), json!({"agent_name": "Planted"})),
        (Method::POST, format!("/agents/{agent}/rotate-key"), json!({})),
        (
            Method::PATCH,
            format!("/strategies/{strategy}"),
            json!({"is_enabled": false}),
        ),
        (Method::DELETE, format!("/strategies/{strategy}"), Value::Null),
    ]
}

/// Every wish is refused with this code.
async fn refuse_every_wish(caller: &Caller<'_>, victim: &Trader, code: &str) {
    for (method, path, body) in wishes(victim) {
        let body = if body.is_null() {
            String::new()
        } else {
            body.to_string()
        };
        let problem = caller.send_text(method.clone(), &path, &body, 401).await;
        assert_eq!(problem.text("/code"), code, "{method} {path}");
        let fields: Vec<_> = problem
            .json
            .as_object()
            .expect("a problem is an object")
            .keys()
            .collect();
        assert_eq!(
            fields,
            ["code", "detail", "status", "title", "type"],
            "a refusal says nothing else: {}",
            problem.json
        );
    }
}

async fn refuse_all(stage: &Stage, victim: &Trader, forged: Vec<Forgery>) {
    let before = rows_of(stage, victim.id).await;
    for (how, token) in forged {
        // Shown only when the test fails: which one it was.
        println!("with {how}: {token}");
        let code = if token.is_empty() {
            "no_credentials"
        } else {
            "bad_credentials"
        };
        refuse_every_wish(&stage.anybody().bearing(&token), victim, code).await;
    }
    assert_eq!(
        rows_of(stage, victim.id).await,
        before,
        "a refused token changed the victim's rows"
    );
}

/// That the token is its user's on each function.
async fn accept(stage: &Stage, token: &str, trader: &Trader) {
    let caller = stage.anybody().bearing(token);
    assert_eq!(caller.get("/auth/me", 200).await.text("/id"), trader.id.to_string());
    assert_eq!(caller.get("/profile", 200).await.text("/id"), trader.id.to_string());
    assert_eq!(caller.get("/agents", 200).await.text("/items/0/id"), trader.agent.id);
    assert_eq!(
        caller.get("/strategies", 200).await.text("/items/0/id"),
        trader.strategy
    );
    caller.get("/signals", 200).await;
    caller
        .patch(
            &format!("/strategies/{}", trader.strategy),
            json!({"name": "Renamed"}),
            200,
        )
        .await;
}

fn algorithm(token: &str) -> Algorithm {
    decode_header(token).expect("a token has a header").alg
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_token_nothing_is_read_or_written() {
    let stage = Stage::new().await;
    let victim = stage.trader().await;
    let before = rows_of(&stage, victim.id).await;
    let anybody = stage.anybody();
    let basic = stage.anybody().with("authorization", "Basic dXNlcjpwYXNzd29yZA==");
    let bare = stage.anybody().with("authorization", &victim.token);
    let elsewhere = stage
        .anybody()
        .with("apikey", &victim.token)
        .with("cookie", format!("sb-access-token={}", victim.token));
    for caller in [anybody, basic, bare, elsewhere] {
        refuse_every_wish(&caller, &victim, "no_credentials").await;
    }
    stage
        .anybody()
        .get(&format!("/auth/me?access_token={}", victim.token), 401)
        .await;
    assert_eq!(rows_of(&stage, victim.id).await, before);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_forged_token_reads_and_writes_nothing_where_the_secret_signs() {
    let stage = Stage::new().await;
    let victim = stage.trader().await;
    assert_eq!(
        algorithm(&victim.token),
        Algorithm::HS256,
        "this stage is the one with the secret"
    );
    refuse_all(&stage, &victim, forgeries(&stage, &victim)).await;
    // The forger's claims are right where the secret is: what was refused above was refused for what it says.
    accept(&stage, &hs256(&stage, &claims(&stage, victim.id)), &victim).await;
    accept(&stage, &victim.token, &victim).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_forged_token_reads_and_writes_nothing_where_published_keys_sign() {
    let stage = Stage::with(Setting {
        es256: true,
        ..Setting::default()
    })
    .await;
    let victim = stage.trader().await;
    assert_eq!(
        algorithm(&victim.token),
        Algorithm::ES256,
        "this stage is the one with published keys"
    );
    let url = format!("{}/auth/v1/.well-known/jwks.json", stage.cloud.supabase_url());
    let published: Value = stage
        .http
        .get(url)
        .send()
        .await
        .expect("keys are published")
        .json()
        .await
        .expect("a JWKS");
    let key = &published["keys"][0];
    assert_eq!(key["alg"], "ES256", "the forger needs a published key: {published}");
    // First the good one, so that the functions know the published keys while they are lied to.
    accept(&stage, &victim.token, &victim).await;
    refuse_all(&stage, &victim, forgeries(&stage, &victim)).await;
    refuse_all(&stage, &victim, forgeries_of_published(&stage, &victim, key)).await;
    accept(&stage, &victim.token, &victim).await;
    // SUPABASE_JWT_SECRET is set besides, as while a project moves from one to the other: both are good.
    accept(&stage, &hs256(&stage, &claims(&stage, victim.id)), &victim).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn unknown_key_ids_do_not_keep_good_tokens_out() {
    let stage = Stage::with(Setting {
        es256: true,
        max_instances: Some(1),
        ..Setting::default()
    })
    .await;
    let trader = stage.trader().await;
    let unknown = forgeries(&stage, &trader)
        .into_iter()
        .find(|(how, _)| how.contains("unknown key id"))
        .expect("a forgery")
        .1;
    for _ in 0..5 {
        stage.anybody().bearing(&unknown).get("/auth/me", 401).await;
        stage.as_user(&trader).get("/auth/me", 200).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_token_of_a_deleted_user_finds_nothing_and_makes_nothing() {
    let stage = Stage::new().await;
    let (leaver, stayer) = (stage.trader().await, stage.trader().await);
    let before = rows_of(&stage, stayer.id).await;
    stage
        .sql(&format!("delete from auth.users where id = '{}'", leaver.id))
        .await;
    let user = stage.as_user(&leaver);
    user.get("/auth/me", 404).await;
    for path in [
        "/agents",
        "/strategies",
        "/signals",
        "/trading/account",
        "/trading/positions",
        "/trading/history",
    ] {
        assert_eq!(
            user.get(path, 200).await.at("/items"),
            &json!([]),
            "{path} of a user who is gone"
        );
    }
    for id in [&leaver, &stayer].map(|trader| &trader.strategy) {
        user.get(&format!("/strategies/{id}"), 404).await;
        user.delete(&format!("/strategies/{id}"), 404).await;
    }
    // A token outlives its user by an hour, so this is no mistake of ours: the user is not found.
    user.post("/agents", json!({"agent_name": "Orphan"}), 404).await;
    user.post(
        "/strategies",
        json!({"name": "Orphan", "broker_connection_id": stayer.connection}),
        422,
    )
    .await;
    let order = json!({"broker_connection_id": leaver.connection, "symbol": "EURUSD", "side": "buy", "volume": 0.1});
    user.post("/trading/orders", order, 422).await;
    user.post("/trading/flatten", Value::Null, 404).await;
    stage.claim(&leaver.agent, 401).await;
    stage.alert(&leaver, "BUY EURUSD 0.1 lots", 404).await;
    assert_eq!(rows_of(&stage, leaver.id).await, "", "a user who is gone has rows");
    assert_eq!(
        rows_of(&stage, stayer.id).await,
        before,
        "a user who is gone changed another's rows"
    );
}
