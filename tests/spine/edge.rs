//! The distribution of the template: one origin for a browser.

use serde_json::{Value, json};

use crate::support::{Setting, Stage};

#[tokio::test(flavor = "multi_thread")]
async fn pages_api_stream_and_socket_are_behind_one_address() {
    let pages = std::env::temp_dir().join(format!("forexelite-pages-{}", uuid::Uuid::new_v4()));
    std::fs::create_dir_all(pages.join("signals")).expect("a folder");
    for page in ["index.html", "signals/index.html"] {
        std::fs::write(pages.join(page), page).expect("a page");
    }
    let stage = Stage::with(Setting {
        pages: Some(pages.clone()),
        ..Setting::default()
    })
    .await;
    let site = stage.cloud.site_url().expect("it has pages");
    let get = async |path: &str| {
        let answer = stage.http.get(format!("{site}{path}")).send().await;
        answer.expect("the distribution answers")
    };
    for (path, page) in [
        ("/", "index.html"),
        ("/signals", "signals/index.html"),
        ("/signals/?id=1", "signals/index.html"),
    ] {
        let answer = get(path).await;
        let policy = answer.headers()["content-security-policy"]
            .to_str()
            .expect("text")
            .to_owned();
        assert!(
            policy.contains(&format!("connect-src 'self' {};", stage.cloud.supabase_url())),
            "{policy}"
        );
        assert_eq!(answer.headers()["x-frame-options"], "DENY");
        assert_eq!(answer.text().await.expect("a page"), page, "{path}");
    }
    let config: Value = get("/config.json").await.json().await.expect("JSON");
    assert_eq!(
        (&config["api_url"], &config["stream_url"], &config["anon_key"]),
        (&json!("/api"), &json!("/stream"), &json!(stage.cloud.anon_key()))
    );
    assert_eq!(get("/api/health").await.status(), 200);
    let problem = get("/api/signals").await;
    assert_eq!(problem.status(), 401, "the API's refusals are its own, not a page");
    let project = uuid::Uuid::new_v4();
    let generate = stage.http.post(format!("{site}/stream/ea/projects/{project}/generate"));
    let refused = generate
        .json(&json!({"description": "Trade."}))
        .send()
        .await
        .expect("an answer");
    assert_eq!(refused.status(), 401);
    assert_eq!(refused.headers()["content-type"], "application/problem+json");

    let trader = stage.trader().await;
    let ticket = stage.as_user(&trader).post("/auth/socket-ticket", json!({}), 200).await;
    assert_eq!(
        ticket.text("/url"),
        format!("{}/socket", site.replacen("http", "ws", 1))
    );
    let mut socket = stage
        .connect_to(ticket.text("/url"), ticket.text("/ticket"))
        .await
        .expect("it opens");
    assert!(socket.ping().await.is_empty());
    std::fs::remove_dir_all(pages).expect("the folder is ours");
}
