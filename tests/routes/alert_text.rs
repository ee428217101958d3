use serde_json::json;

use crate::support::Stage;

#[tokio::test(flavor = "multi_thread")]
async fn a_text_for_each_dialect_is_explained_as_an_order() {
    let stage = Stage::new().await;
    let trader = stage.trader().await;
    let user = stage.as_user(&trader);
    let strategy = format!("/strategies/{}", trader.strategy);
    for dialect in ["json", "pineconnector", "traderspost", "plain"] {
        for (kind, action) in [
            ("strategy", "sell"),
            ("buy", "buy"),
            ("sell", "sell"),
            ("close", "close"),
        ] {
            let path = format!("{strategy}/alert-text?dialect={dialect}&kind={kind}");
            let answer = user.get(&path, 200).await;
            assert_eq!((answer.text("/dialect"), answer.text("/kind")), (dialect, kind));
            let filled = [
                ("ticker", "EURUSD"),
                ("timenow", "2026-01-31T09:30:00Z"),
                ("close", "1.08512"),
                ("strategy.order.action", "sell"),
                ("strategy.order.price", "1.08512"),
                ("strategy.order.id", "Short"),
                ("strategy.market_position", "short"),
            ]
            .iter()
            .fold(answer.text("/text").to_owned(), |text, (name, value)| {
                text.replace(&format!("{{{{{name}}}}}"), value)
            });
            let explained = user
                .post(&format!("{strategy}/explain"), json!({"alert": filled}), 200)
                .await;
            let read = (explained.at("/readable"), explained.at("/reading/alert/action"));
            assert_eq!(read, (&json!(true), &json!(action)), "{dialect}, {kind}: {filled}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_address_is_the_strategys_own_and_the_note_says_where_things_go() {
    let stage = Stage::new().await;
    let trader = stage.trader().await;
    let user = stage.as_user(&trader);
    let path = format!("/strategies/{}", trader.strategy);
    let answer = user
        .get(&format!("{path}/alert-text?dialect=json&kind=strategy"), 200)
        .await;
    assert_eq!(
        answer.text("/webhook_url"),
        user.get(&path, 200).await.text("/webhook_url")
    );
    assert!(
        !answer.text("/text").contains(&trader.webhook_secret),
        "the secret stands in the address alone"
    );
    for word in ["Message box", "Webhook URL", "two-factor", "Order fills only"] {
        assert!(answer.text("/note").contains(word), "{word}: {}", answer.json);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dialect_or_kind_that_is_none_is_refused() {
    let stage = Stage::new().await;
    let trader = stage.trader().await;
    let user = stage.as_user(&trader);
    for query in [
        "",
        "dialect=json",
        "kind=buy",
        "dialect=morse&kind=buy",
        "dialect=json&kind=hold",
    ] {
        let path = format!("/strategies/{}/alert-text?{query}", trader.strategy);
        assert_eq!(user.get(&path, 422).await.text("/errors/0/field"), "query", "{query}");
    }
}
