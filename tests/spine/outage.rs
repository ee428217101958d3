use crate::support::{Proxy, Setting, Stage};

const BUY: &str = r#"{"symbol":"EURUSD","action":"buy","volume":0.1}"#;

#[tokio::test(flavor = "multi_thread")]
async fn a_dead_postgres_is_503_and_the_resent_alert_is_then_accepted() {
    let first = Stage::new().await;
    let wire = Proxy::to(&first.admin_url).await;
    let stage = Stage::on(
        first.database(),
        Setting {
            database_port: Some(wire.port),
            ..Setting::default()
        },
    )
    .await;
    let trader = stage.trader().await;
    stage.claim(&trader.agent, 204).await;

    wire.cut(true);
    for _ in 0..3 {
        let problem = stage.alert(&trader, BUY, 503).await;
        assert_eq!(problem.text("/code"), "dependency_down");
        stage.claim(&trader.agent, 503).await;
        stage.as_user(&trader).get("/signals", 503).await;
    }
    wire.cut(false);
    let answer = stage.alert(&trader, BUY, 200).await;
    assert_eq!(
        (answer.text("/status"), answer.at("/duplicate")),
        ("pending", &serde_json::json!(false))
    );
    stage.claim(&trader.agent, 200).await;
    assert_eq!(stage.count("select count(*) from jobs").await, 1);
}
