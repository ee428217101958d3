//! GLM-5 as the product's own client would meet it.

use std::time::Duration;

use local_cloud::Cloud;
use local_cloud::log::Line;
use reqwest::{RequestBuilder, Response};
use serde_json::{Value, json};
use tokio::sync::mpsc::UnboundedReceiver;
use tokio::time::timeout;

use crate::{PATIENCE, client, sample_cloud};

const TEMPLATE: &str = "Resources: { Api: { Type: AWS::Serverless::HttpApi } }";
const KEY: &str = "local-glm-key";

async fn start(name: &str) -> Cloud {
    sample_cloud(name, TEMPLATE, |_| ()).await.0
}

fn request(cloud: &Cloud, body: &Value) -> RequestBuilder {
    let url = format!("{}/chat/completions", cloud.glm_url());
    client().post(url).bearer_auth(KEY).json(body)
}

fn about(description: &str) -> Value {
    json!({
        "model": "glm-5",
        "messages": [
            { "role": "system", "content": "You write MQL5." },
            { "role": "user", "content": description },
        ],
        "stream": true,
        "max_tokens": 16384,
        "temperature": 0.2,
        "thinking": { "type": "disabled" },
    })
}

async fn ask(cloud: &Cloud, body: &Value) -> Response {
    let answer = request(cloud, body).send();
    timeout(PATIENCE, answer).await.expect("in time").expect("an answer")
}

/// The events so far when `enough` is there, or all of them, and whether the end was clean.
async fn events(answer: &mut Response, enough: &str) -> (Vec<String>, bool) {
    let mut text = String::new();
    let clean = loop {
        match timeout(PATIENCE, answer.chunk()).await.expect("in time") {
            Ok(Some(chunk)) => text += std::str::from_utf8(&chunk).expect("whole letters"),
            Ok(None) => break true,
            Err(_) => break false,
        }
        if !enough.is_empty() && text.contains(enough) {
            break true;
        }
    };
    let events = text.split_terminator("\n\n");
    let data = events.map(|event| event.strip_prefix("data: ").expect("an event").to_owned());
    (data.collect(), clean)
}

/// All events, the last of which is expected to be `[DONE]`.
async fn whole(cloud: &Cloud, body: &Value) -> Vec<Value> {
    let (mut all, clean) = events(&mut ask(cloud, body).await, "").await;
    assert!(clean);
    assert_eq!(all.pop().as_deref(), Some("[DONE]"));
    all.iter()
        .map(|event| serde_json::from_str(event).expect("JSON"))
        .collect()
}

fn said(events: &[Value], kind: &str) -> String {
    events
        .iter()
        .filter_map(|event| event["choices"][0]["delta"][kind].as_str())
        .collect()
}

async fn refused(answer: Response, status: u16, code: &str) {
    let found = answer.status().as_u16();
    let body: Value = answer.json().await.expect("JSON");
    assert_eq!((found, &body["error"]["code"]), (status, &json!(code)), "{body}");
    assert!(body["error"]["message"].is_string(), "{body}");
}

#[tokio::test]
async fn an_expert_advisor_comes_word_by_word() {
    let cloud = start("glm-whole").await;
    let events = whole(&cloud, &about("RSI reversal")).await;
    assert!(events.len() > 500, "{} events", events.len());
    let text = said(&events, "content");
    assert!(text.contains("```mql5\n//+--") && text.contains("iRSI("), "{text}");
    assert_eq!(said(&events, "reasoning_content"), "");
    let last = events.last().expect("an event");
    assert_eq!(last["choices"][0]["finish_reason"], "stop");
    let usage = &last["usage"];
    assert_eq!(usage["completion_tokens"], json!(events.len() - 1));
    assert!(events.iter().rev().skip(1).all(|event| event.get("usage").is_none()));
    assert!(
        events
            .iter()
            .all(|event| event["model"] == "glm-5" && event["id"] == last["id"])
    );
    cloud.stop().await;
}

#[tokio::test]
async fn it_thinks_first_unless_told_not_to_and_thoughts_are_tokens() {
    let cloud = start("glm-thinks").await;
    let mut body = about("moving averages [glm:bare] [glm:no-choices]");
    body["thinking"] = json!({ "type": "enabled" });
    let events = whole(&cloud, &body).await;
    assert_eq!(events[0]["choices"], json!([]));
    assert!(events[1]["choices"][0]["delta"]["reasoning_content"].is_string());
    assert!(said(&events, "content").starts_with("//+--"));
    assert!(events.last().expect("an event")["usage"]["completion_tokens_details"]["reasoning_tokens"] != json!(0));

    body["max_tokens"] = json!(5);
    let events = whole(&cloud, &body).await;
    assert_eq!(
        said(&events, "content"),
        "",
        "five tokens are spent before the first word of the answer"
    );
    assert_eq!(
        events.last().expect("an event")["choices"][0]["finish_reason"],
        "length"
    );
    cloud.stop().await;
}

#[tokio::test]
async fn without_a_stream_it_comes_in_one_piece() {
    let cloud = start("glm-piece").await;
    let mut body = about("breakout");
    body["stream"] = json!(false);
    let answer: Value = ask(&cloud, &body).await.json().await.expect("JSON");
    let choice = &answer["choices"][0];
    assert_eq!(choice["finish_reason"], "stop");
    assert!(
        choice["message"]["content"]
            .as_str()
            .is_some_and(|text| text.contains("iHighest("))
    );
    cloud.stop().await;
}

#[tokio::test]
async fn a_request_that_the_service_would_not_take_is_refused() {
    let cloud = start("glm-refuses").await;
    let body = about("x");
    let url = format!("{}/chat/completions", cloud.glm_url());
    let post = || client().post(&url).json(&body);
    refused(post().send().await.expect("an answer"), 401, "1001").await;
    refused(
        post().bearer_auth("wrong").send().await.expect("an answer"),
        401,
        "1000",
    )
    .await;
    for (key, value, code) in [
        ("model", json!("glm-6"), "1211"),
        ("messages", json!([{ "role": "system", "content": "x" }]), "1214"),
        ("max_tokens", json!(131_073), "1210"),
        ("temperature", json!(1.5), "1210"),
        ("frequency_penalty", json!(0.5), "1210"),
        ("stream_options", json!({ "include_usage": true }), "1210"),
    ] {
        let mut wrong = body.clone();
        wrong[key] = value;
        refused(ask(&cloud, &wrong).await, 400, code).await;
    }
    assert_eq!(cloud.glm_requests().len(), 6, "those with the key are kept");
    cloud.stop().await;
}

#[tokio::test]
async fn it_fails_as_told() {
    let cloud = start("glm-fails").await;
    for (marker, status, code) in [
        ("401", 401, "1000"),
        ("429-1302", 429, "1302"),
        ("429-1113", 429, "1113"),
        ("429-1305", 429, "1305"),
        ("500", 500, "500"),
    ] {
        refused(ask(&cloud, &about(&format!("x [glm:{marker}]"))).await, status, code).await;
    }
    let once = about("x [glm:500:once]");
    refused(ask(&cloud, &once).await, 500, "500").await;
    assert!(!whole(&cloud, &once).await.is_empty());

    for reason in ["length", "sensitive", "network_error"] {
        let events = whole(&cloud, &about(&format!("x [glm:{reason}]"))).await;
        assert_eq!(events.last().expect("an event")["choices"][0]["finish_reason"], reason);
        assert!(!said(&events, "content").contains("Test it on a demo"));
    }
    for (marker, clean) in [("cut", false), ("eof", true), ("error", true), ("garbage", true)] {
        let mut answer = ask(&cloud, &about(&format!("x [glm:{marker}]"))).await;
        assert_eq!(answer.status(), 200);
        let (all, ended) = events(&mut answer, "").await;
        assert_eq!(ended, clean, "{marker}");
        assert!(
            all.len() > 100
                && all
                    .iter()
                    .all(|event| event != "[DONE]" && !event.contains("finish_reason"))
        );
        let last: Result<Value, _> = serde_json::from_str(all.last().expect("an event"));
        match marker {
            "garbage" => assert!(last.is_err()),
            "error" => assert_eq!(last.expect("JSON")["error"]["code"], "1234"),
            _ => assert!(last.expect("JSON")["choices"].is_array()),
        }
    }
    cloud.stop().await;
}

/// The model says in the log how each answer ended.
async fn logged(lines: &mut UnboundedReceiver<Line>, text: &str) {
    let line = async { while lines.recv().await.expect("the cloud runs").text != text {} };
    timeout(PATIENCE, line).await.expect("a line of the log");
}

#[tokio::test]
async fn a_stalled_answer_waits_until_the_client_leaves() {
    let cloud = start("glm-stall").await;
    let mut lines = cloud.lines();
    let mut answer = ask(&cloud, &about("x [glm:stall]")).await;
    let (all, _) = events(&mut answer, "CTrade").await;
    assert!(!all.is_empty());
    assert_eq!(cloud.glm_cancelled(), 0);
    drop(answer);
    logged(&mut lines, "left by the client").await;
    assert_eq!(cloud.glm_cancelled(), 1);

    let mut silent = ask(&cloud, &about("x [glm:silent]")).await;
    assert_eq!(silent.status(), 200);
    timeout(Duration::from_millis(100), silent.chunk())
        .await
        .expect_err("nothing comes");
    drop(silent);
    logged(&mut lines, "left by the client").await;
    whole(&cloud, &about("x")).await;
    logged(&mut lines, "answered").await;
    assert_eq!(cloud.glm_cancelled(), 2);
    cloud.stop().await;
}

#[tokio::test]
async fn compiler_errors_bring_the_repaired_code() {
    let cloud = start("glm-repair").await;
    let code = async |description: &str| said(&whole(&cloud, &about(description)).await, "content");
    let broken = code("x [glm:broken-code]").await;
    let repaired = code("x [glm:broken-code]\n(61,4) : error 149: unexpected token").await;
    let line = "trade.SetExpertMagicNumber(MagicNumber)";
    assert!(broken.contains(&format!("{line}\n")) && repaired.contains(&format!("{line};\n")));
    let asked = cloud.glm_requests();
    assert_eq!(
        asked[1]["messages"][1]["content"],
        "x [glm:broken-code]\n(61,4) : error 149: unexpected token"
    );
    cloud.stop().await;
}

#[tokio::test]
async fn an_outage_ends_where_it_is_told_to() {
    let cloud = start("glm-outage").await;
    cloud.set_glm_down(true);
    assert_eq!(ask(&cloud, &about("x")).await.status(), 503);
    cloud.set_glm_down(false);
    assert_eq!(ask(&cloud, &about("x")).await.status(), 200);
    cloud.stop().await;
}
