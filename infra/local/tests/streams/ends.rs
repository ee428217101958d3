//! How a stream ends when it does not end well.

use std::os::unix::fs::PermissionsExt as _;
use std::time::Duration;

use super::{NEVER, TEMPLATE, ask, next, refused, start};
use local_cloud::log::Line;
use tokio::sync::mpsc::UnboundedReceiver;

use crate::{Events, Folder, sample_cloud};

#[tokio::test]
async fn a_failure_before_the_first_byte_is_a_502() {
    for (name, order) in [("error", "error"), ("die", "die"), ("unstreamed", "buffer")] {
        let (cloud, _) = start(name, |_| ()).await;
        let answer = ask(&cloud, "/long/1", order).await;
        assert_eq!(
            answer.headers()["access-control-allow-origin"],
            "http://five",
            "{order}"
        );
        refused(answer, 502, "Internal server error").await;
        cloud.stop().await;
    }
}

#[tokio::test]
async fn a_function_that_dies_in_the_middle_ends_the_connection_uncleanly() {
    let (cloud, _) = start("dies", |_| ()).await;
    let lines = cloud.lines();
    let mut answer = ask(&cloud, "/long/1", "stream 2 50 die").await;
    assert_eq!(
        next(&mut answer).await.expect("a chunk").as_deref(),
        Some("data: 0\n\n")
    );
    assert_eq!(
        next(&mut answer).await.expect("a chunk").as_deref(),
        Some("data: 1\n\n")
    );
    next(&mut answer).await.expect_err("no clean end");
    assert_eq!(
        ask(&cloud, "/long/1", "stream 1 0").await.status(),
        201,
        "another instance takes over"
    );
    cloud.stop().await;
    logged(lines, "cut off: the function failed").await;
}

/// A function in the shell: what `lambda_runtime` does not send are the trailers by which other runtimes report an error.
const TRAILERS: &str = r#"#!/bin/bash
api=${AWS_LAMBDA_RUNTIME_API/:/ }
path=/2018-06-01/runtime/invocation
while true; do
  id=$(curl -s -D - -o /dev/null http://$AWS_LAMBDA_RUNTIME_API$path/next | grep -i '^lambda-runtime-aws-request-id' | tr -d '\r' | cut -d' ' -f2)
  exec 3<>/dev/tcp/${api% *}/${api#* }
  printf 'POST %s/%s/response HTTP/1.1\r\nhost: here\r\nlambda-runtime-function-response-mode: streaming\r\ntransfer-encoding: chunked\r\ntrailer: lambda-runtime-function-error-type\r\nconnection: close\r\n\r\n' $path $id >&3
  printf '12\r\n{"statusCode":200}\r\n' >&3
  printf '8\r\n\0\0\0\0\0\0\0\0\r\n4\r\nhalf\r\n' >&3
  printf '0\r\nlambda-runtime-function-error-type: Sample.Broken\r\nlambda-runtime-function-error-body: dG9sZCB0bw==\r\n\r\n' >&3
  cat <&3 >/dev/null
done
"#;

#[tokio::test]
async fn an_error_in_the_trailers_ends_the_connection_uncleanly() {
    let folder = Folder::new("trailers-bin");
    let script = folder.0.join("sample-function");
    std::fs::write(&script, TRAILERS).expect("a script");
    std::fs::set_permissions(&script, std::fs::Permissions::from_mode(0o755)).expect("executable");
    let (cloud, _) = sample_cloud("trailers", TEMPLATE, |config| config.binaries.clone_from(&folder.0)).await;
    let lines = cloud.lines();
    let mut answer = ask(&cloud, "/long/1", "").await;
    assert_eq!(answer.status(), 200);
    assert_eq!(
        answer.headers()["content-type"],
        "application/json",
        "the gateway's own when none is given"
    );
    assert_eq!(next(&mut answer).await.expect("a chunk").as_deref(), Some("half"));
    next(&mut answer).await.expect_err("no clean end");
    cloud.stop().await;
    logged(lines, "failed: Sample.Broken: told to").await;
}

#[tokio::test]
async fn a_silent_stream_is_cut_off() {
    let (cloud, _) = start("silent", |config| {
        config.stream_idle_timeout = Duration::from_millis(300);
    })
    .await;
    let lines = cloud.lines();
    let mut answer = ask(&cloud, "/long/1", &format!("stream 2 {NEVER}")).await;
    assert_eq!(
        next(&mut answer).await.expect("a chunk").as_deref(),
        Some("data: 0\n\n")
    );
    next(&mut answer).await.expect_err("no clean end");
    cloud.stop().await;
    logged(lines, "cut off: silent for too long").await;
}

#[tokio::test]
async fn a_stream_is_cut_off_when_its_time_is_up() {
    let (cloud, mut events) = start("long", |_| ()).await;
    let lines = cloud.lines();
    let mut answer = ask(&cloud, "/short", "stream 20 50").await;
    assert_eq!(answer.status(), 201);
    let mut chunks = 0;
    let cut = loop {
        match next(&mut answer).await {
            Ok(Some(_)) => chunks += 1,
            end => break end,
        }
    };
    cut.expect_err("no clean end");
    assert!((1..20).contains(&chunks), "{chunks} chunks");
    events.next().await;
    // The function is not told, neither here nor on AWS.
    assert_eq!(events.next().await["chunks"], 20);
    refused(
        ask(&cloud, "/short", "sleep 2000").await,
        504,
        "Endpoint request timed out",
    )
    .await;
    cloud.stop().await;
    logged(lines, "cut off: took too long").await;
}

#[tokio::test]
async fn a_client_that_hangs_up_stops_nothing() {
    let (cloud, mut events) = start("hang-up", |_| ()).await;
    let lines = cloud.lines();
    let mut answer = ask(&cloud, "/long/1", "stream 40 10").await;
    next(&mut answer).await.expect("a chunk");
    drop(answer);
    events.next().await;
    assert_eq!(events.next().await["chunks"], 40, "every write succeeds");
    cloud.stop().await;
    logged(lines, "left by the client").await;
}

#[tokio::test]
async fn a_slow_client_slows_the_function_down() {
    let (cloud, mut events) = start("slow", |_| ()).await;
    let mut answer = ask(&cloud, "/long/1", "flood 64").await;
    next(&mut answer).await.expect("a chunk");
    events.next().await;
    // Another instance is asked and done in the meantime: the first one has not been able to write all.
    assert_eq!(ask(&cloud, "/long/2", "stream 1 0").await.status(), 201);
    assert_eq!(events.next().await["body"], "stream 1 0");
    assert_eq!(events.next().await["chunks"], 1);
    while next(&mut answer).await.expect("a chunk").is_some() {}
    assert_eq!(events.next().await["chunks"], 64);
    cloud.stop().await;
}

/// Once the cloud has stopped.
async fn logged(lines: UnboundedReceiver<Line>, what: &str) {
    let rest = Events(lines).rest().await;
    assert!(
        rest.iter().any(|line| line.text.contains(what)),
        "the log does not say {what:?}: {rest:?}"
    );
}
