//! What alarms look at is what the functions write.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::{
    support::{Proxy, Setting, Stage},
    template::{Watched, watched},
};

/// Name of each embedded metric of these lines, and whether it is told by route.
fn written(lines: &[String]) -> BTreeSet<(String, bool)> {
    let mut found = BTreeSet::new();
    for line in lines.iter().filter_map(|line| serde_json::from_str::<Value>(line).ok()) {
        for directive in line["_aws"]["CloudWatchMetrics"].as_array().into_iter().flatten() {
            assert_eq!(directive["Namespace"], "ForexElite");
            let by_route = directive["Dimensions"] == json!([["route"]]);
            assert!(by_route || directive["Dimensions"] == json!([[]]), "{directive}");
            for metric in directive["Metrics"].as_array().expect("metrics") {
                let name = metric["Name"].as_str().expect("a name");
                assert!(line[name].is_number(), "the line has the metric's value: {line}");
                found.insert((name.to_owned(), by_route));
            }
        }
    }
    found
}

#[tokio::test(flavor = "multi_thread")]
async fn every_metric_that_an_alarm_or_the_board_looks_at_is_written() {
    let first = Stage::new().await;
    let wire = Proxy::to(&first.admin_url).await;
    let setting = Setting {
        database_port: Some(wire.port),
        still: true,
        ..Setting::default()
    };
    let stage = Stage::on(first.database(), setting).await;
    let trader = stage.trader().await;
    stage
        .cloud
        .invoke("sweep", json!({}))
        .await
        .expect("the sweep goes well");
    wire.cut(true);
    stage.claim(&trader.agent, 503).await;

    let written = written(&stage.log());
    for Watched { by, name, route } in watched() {
        assert!(
            written.contains(&(name.clone(), route.is_some())),
            "{by} looks at {name}{}, which no function writes; written were {written:?}",
            if route.is_some() { " of a route" } else { "" }
        );
    }
}
