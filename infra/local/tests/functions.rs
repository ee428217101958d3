//! Gateway and functions.

use std::os::unix::fs::PermissionsExt as _;
use std::time::Duration;

use local_cloud::{Cloud, Config, supabase};
use reqwest::{Method, StatusCode};

use crate::{Folder, client, cloud};

const TEMPLATE: &str = r#"
Globals: { Function: { Runtime: provided.al2023, Handler: bootstrap, Timeout: 1 } }
Resources:
  Api:
    Type: AWS::Serverless::HttpApi
    Properties:
      CorsConfiguration: { AllowOrigins: ["http://dashboard"], AllowMethods: [GET, POST], AllowHeaders: [authorization], MaxAge: 600 }
  EmptyFunction:
    Type: AWS::Serverless::Function
    Properties:
      CodeUri: target/lambda/empty-function/
      Events:
        Post: { Type: HttpApi, Properties: { ApiId: !Ref Api, Method: POST, Path: "/things/{id}" } }
        Next: { Type: HttpApi, Properties: { ApiId: !Ref Api, Method: GET, Path: "/things/next" } }
"#;

async fn start(folder: &Folder, change: impl FnOnce(&mut Config)) -> Cloud {
    // Never connected to: these tests sign nobody in.
    let supabase = supabase::Config::new(
        "postgres://nobody@127.0.0.1:1/none",
        "a secret of at least 32 characters",
    );
    cloud(&folder.0, TEMPLATE, supabase, change).await
}

async fn post(cloud: &Cloud) -> (StatusCode, String) {
    let answer = client()
        .post(format!("{}/things/1", cloud.http_url()))
        .send()
        .await
        .expect("an answer");
    (answer.status(), answer.text().await.expect("a body"))
}

/// A function made of shell, for what an orderly binary does not do.
fn script(folder: &Folder, text: &str) {
    let path = folder.0.join("empty-function");
    std::fs::write(&path, format!("#!/bin/sh\n{text}\n")).expect("a script");
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).expect("executable");
}

#[tokio::test]
async fn a_cold_start_then_the_same_process_again() {
    let folder = Folder::new("warm");
    let cloud = start(&folder, |_| ()).await;
    let mut lines = cloud.lines();
    for _ in 0..5 {
        assert_eq!(post(&cloud).await.0, StatusCode::OK);
    }
    let instances = cloud.instances("empty-function");
    assert_eq!(instances.len(), 1, "one request at a time needs one instance");
    assert_eq!(instances[0].invocations(), 5);
    assert!(instances[0].init() > Duration::ZERO);
    cloud.stop().await;
    let mut gateway = Vec::new();
    while let Some(line) = lines.recv().await {
        gateway.push(line.text);
    }
    assert!(
        gateway[0].starts_with("POST /things/{id} 200 "),
        "the route and not the path: {}",
        gateway[0]
    );
    assert!(
        gateway[0].contains("cold start") && !gateway[1].contains("cold start"),
        "{gateway:?}"
    );
}

#[tokio::test]
async fn requests_at_once_get_instances_up_to_the_limit_and_idle_ones_are_stopped() {
    let folder = Folder::new("pool");
    let cloud = start(&folder, |config| {
        config.max_instances = 3;
        config.idle_timeout = Duration::from_millis(300);
    })
    .await;
    let answers = futures_util::future::join_all((0..40).map(|_| post(&cloud))).await;
    assert!(
        answers.iter().all(|(status, _)| *status == StatusCode::OK),
        "{answers:?}"
    );
    let instances = cloud.instances("empty-function");
    assert!(
        (2..=3).contains(&instances.len()),
        "{} instances for 40 requests at once with a limit of 3",
        instances.len()
    );
    tokio::time::timeout(Duration::from_secs(5), async {
        while !cloud.instances("empty-function").is_empty() {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    })
    .await
    .expect("idle instances are stopped after the idle timeout");
    cloud.stop().await;
}

#[tokio::test]
async fn a_killed_instance_is_replaced_without_an_error() {
    let folder = Folder::new("killed");
    let cloud = start(&folder, |_| ()).await;
    post(&cloud).await;
    let before = cloud.instances("empty-function")[0].clone();
    before.kill();
    assert_eq!(post(&cloud).await.0, StatusCode::OK);
    assert_ne!(cloud.instances("empty-function")[0].pid(), before.pid());
    cloud.stop().await;
}

#[tokio::test]
async fn a_function_that_fails_to_start_crashes_or_hangs_is_a_500() {
    let internal = (
        StatusCode::INTERNAL_SERVER_ERROR,
        r#"{"message":"Internal Server Error"}"#.to_owned(),
    );
    let next = "curl -s http://$AWS_LAMBDA_RUNTIME_API/2018-06-01/runtime/invocation/next >/dev/null";
    let cases = [
        ("start", "exit 3".to_owned(), "did not come up"),
        ("crash", format!("{next}; exit 3"), "ended: exit status: 3"),
        ("hang", format!("{next}; exec sleep 60"), "timed out after 1 s"),
    ];
    for (name, text, said) in cases {
        let folder = Folder::new(name);
        script(&folder, &text);
        let cloud = start(&folder, |config| config.binaries.clone_from(&folder.0)).await;
        let mut lines = cloud.lines();
        assert_eq!(post(&cloud).await, internal, "{name}");
        cloud.stop().await;
        let mut log = String::new();
        while let Some(line) = lines.recv().await {
            log += &line.text;
        }
        assert!(log.contains(said), "{name}: the log does not say {said:?}: {log}");
    }
}

#[tokio::test]
async fn the_environment_is_lambdas_and_not_ours() {
    let folder = Folder::new("environment");
    script(&folder, "env; exit 1");
    let cloud = start(&folder, |config| config.binaries.clone_from(&folder.0)).await;
    let mut lines = cloud.lines();
    post(&cloud).await;
    cloud.stop().await;
    let mut names = Vec::new();
    while let Some(line) = lines.recv().await {
        if let (local_cloud::log::Source::Function(_), Some((name, _))) = (&line.source, line.text.split_once('=')) {
            names.push(name.to_owned());
        }
    }
    assert!(names.iter().any(|name| name == "AWS_LAMBDA_RUNTIME_API"), "{names:?}");
    assert!(
        !names.iter().any(|name| name.starts_with("CARGO") || name == "HOME"),
        "{names:?}"
    );
}

#[tokio::test]
async fn the_gateway_answers_by_itself_what_no_function_should_see() {
    let folder = Folder::new("gateway");
    let cloud = start(&folder, |_| ()).await;
    let (client, url) = (client(), cloud.http_url());
    let status = async |method: Method, path: &str, header: (&str, String), body: Vec<u8>| {
        let answer = client
            .request(method, format!("{url}{path}"))
            .header(header.0, header.1)
            .body(body)
            .send()
            .await
            .expect("an answer");
        (answer.status().as_u16(), answer.headers().clone())
    };
    let none = || ("accept", "*/*".to_owned());
    assert_eq!(status(Method::GET, "/things/next", none(), vec![]).await.0, 200);
    assert_eq!(status(Method::GET, "/things/other", none(), vec![]).await.0, 404);
    assert_eq!(status(Method::POST, "/things/1/", none(), vec![]).await.0, 404);
    assert_eq!(
        status(Method::POST, "/things/1", ("x-long", "a".repeat(10_240)), vec![])
            .await
            .0,
        431
    );
    assert_eq!(
        status(Method::POST, "/things/1", none(), vec![b'a'; 10 * 1024 * 1024 + 1])
            .await
            .0,
        413
    );
    assert_eq!(
        status(Method::POST, "/things/1", none(), vec![b'a'; 5 * 1024 * 1024])
            .await
            .0,
        413,
        "too much for Lambda in base64"
    );

    let preflight = client
        .request(Method::OPTIONS, format!("{url}/things/1"))
        .header("origin", "http://dashboard")
        .header("access-control-request-method", "POST")
        .send()
        .await
        .expect("an answer");
    assert_eq!(preflight.status(), StatusCode::NO_CONTENT);
    assert_eq!(preflight.headers()["access-control-allow-origin"], "http://dashboard");
    assert_eq!(preflight.headers()["access-control-allow-methods"], "GET,POST");
    let (_, headers) = status(
        Method::GET,
        "/things/next",
        ("origin", "http://elsewhere".to_owned()),
        vec![],
    )
    .await;
    assert!(
        !headers.contains_key("access-control-allow-origin"),
        "another origin gets no leave"
    );
    cloud.stop().await;
}
