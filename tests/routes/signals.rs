use serde_json::json;

use crate::support::Stage;

#[tokio::test(flavor = "multi_thread")]
async fn signals_are_listed_newest_first_and_filtered() {
    let stage = Stage::new().await;
    let trader = stage.trader().await;
    let user = stage.as_user(&trader);
    for id in 0..3 {
        let alert = json!({"symbol": "EURUSD", "action": "buy", "volume": 0.1, "id": id.to_string()}).to_string();
        stage.alert(&trader, &alert, 200).await;
    }
    stage.alert(&trader, "hello", 422).await;
    let ids = async |query: &str| -> Vec<String> {
        let list = user.get(&format!("/signals{query}"), 200).await;
        list.json["items"]
            .as_array()
            .expect("a list")
            .iter()
            .map(|item| item["id"].to_string())
            .collect()
    };
    let all = ids("").await;
    assert_eq!(all.len(), 4);
    assert_eq!(ids("?status=pending").await, all[1..]);
    assert_eq!(
        ids(&format!("?strategy_id={}&status=discarded", trader.strategy)).await,
        all[..1]
    );
    assert_eq!(ids(&format!("?strategy_id={}", uuid::Uuid::new_v4())).await.len(), 0);
    let first = user.get("/signals?limit=3", 200).await;
    let rest = ids(&format!("?limit=3&cursor={}", first.text("/next_cursor"))).await;
    assert_eq!(rest, all[3..]);
    user.get("/signals?status=odd", 422).await;
    user.get(&format!("/signals/{}", uuid::Uuid::new_v4()), 404).await;
}
