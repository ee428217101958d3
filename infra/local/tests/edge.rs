//! The distribution: pages from a folder, and the three APIs behind its paths.

use futures_util::{SinkExt as _, StreamExt as _};
use local_cloud::{Cloud, Objects, Site};
use reqwest::{Method, Response};
use tokio::time::timeout;
use tokio_tungstenite::connect_async;
use tokio_tungstenite::tungstenite::Message;

use crate::{Events, Folder, PATIENCE, client, sample_cloud};

const TEMPLATE: &str = r#"
Globals: { Function: { Runtime: provided.al2023, Handler: bootstrap, Timeout: 5 } }
Resources:
  Api: { Type: AWS::Serverless::HttpApi }
  Streams:
    Type: AWS::Serverless::Api
    Properties: { StageName: stream, OpenApiVersion: "3.0.1", EndpointConfiguration: { Type: REGIONAL } }
  Sockets:
    Type: AWS::Serverless::WebSocketApi
    Properties:
      RouteSelectionExpression: $request.body.action
      StageName: socket
      Routes: { $connect: { FunctionArn: !GetAtt SampleFunction.Arn }, $default: { FunctionArn: !GetAtt SampleFunction.Arn } }
  SampleFunction:
    Type: AWS::Serverless::Function
    Properties:
      CodeUri: target/lambda/sample-function/
      Events:
        Thing: { Type: HttpApi, Properties: { ApiId: !Ref Api, Method: POST, Path: "/things/{id}" } }
        Long: { Type: Api, Properties: { RestApiId: !Ref Streams, Method: POST, Path: /long, ResponseTransferMode: RESPONSE_STREAM, TimeoutInMillis: 900000 } }
  Pages: { Type: AWS::S3::Bucket }
  PagesEdge:
    Type: AWS::CloudFront::Function
    Properties:
      FunctionCode: |
        async function handler(event) {
          const request = event.request;
          if (request.querystring.fail) throw new Error(request.querystring.fail.value);
          if (request.uri.endsWith('/')) request.uri += 'index.html';
          return request;
        }
  ApiEdge:
    Type: AWS::CloudFront::Function
    Properties:
      FunctionCode: "function handler(event) { event.request.uri = event.request.uri.slice(4); return event.request; }"
  Policy:
    Type: AWS::CloudFront::ResponseHeadersPolicy
    Properties:
      ResponseHeadersPolicyConfig:
        Name: pages
        SecurityHeadersConfig:
          ContentSecurityPolicy: { Override: true, ContentSecurityPolicy: "default-src 'self'" }
          ContentTypeOptions: { Override: true }
        CustomHeadersConfig: { Items: [{ Header: cache-control, Value: no-cache, Override: true }] }
  Distribution:
    Type: AWS::CloudFront::Distribution
    Properties:
      DistributionConfig:
        Enabled: true
        Origins:
          - { Id: pages, DomainName: !GetAtt Pages.RegionalDomainName, S3OriginConfig: { OriginAccessIdentity: "" } }
          - { Id: api, DomainName: !Sub "${Api}.execute-api.${AWS::Region}.amazonaws.com" }
          - { Id: streams, DomainName: !Sub "${Streams}.execute-api.${AWS::Region}.amazonaws.com" }
          - { Id: sockets, DomainName: !Sub "${Sockets}.execute-api.${AWS::Region}.amazonaws.com" }
        DefaultCacheBehavior:
          TargetOriginId: pages
          ViewerProtocolPolicy: redirect-to-https
          ResponseHeadersPolicyId: !Ref Policy
          FunctionAssociations: [{ EventType: viewer-request, FunctionARN: !GetAtt PagesEdge.FunctionARN }]
        CacheBehaviors:
          - { PathPattern: /config.json, TargetOriginId: pages }
          - PathPattern: /api/*
            TargetOriginId: api
            AllowedMethods: [GET, HEAD, OPTIONS, PUT, PATCH, POST, DELETE]
            FunctionAssociations: [{ EventType: viewer-request, FunctionARN: !GetAtt ApiEdge.FunctionARN }]
          - { PathPattern: /stream/*, TargetOriginId: streams, AllowedMethods: [GET, HEAD, OPTIONS, PUT, PATCH, POST, DELETE] }
          - { PathPattern: /socket, TargetOriginId: sockets }
"#;

async fn start(name: &str) -> (Cloud, Events, Folder) {
    let folder = Folder::new(&format!("{name}-pages"));
    std::fs::create_dir(folder.0.join("signals")).expect("a folder");
    std::fs::write(folder.0.join("index.html"), "overview").expect("a page");
    std::fs::write(folder.0.join("signals/index.html"), "signals").expect("a page");
    let site = Site {
        folder: folder.0.clone(),
        port: 0,
        objects: Box::new(|urls| Objects::from([("/config.json".to_owned(), format!("{:?}", urls.supabase))])),
    };
    let (cloud, events) = sample_cloud(name, TEMPLATE, |config| config.site = Some(site)).await;
    (cloud, events, folder)
}

async fn ask(cloud: &Cloud, method: Method, path: &str, body: &str) -> Response {
    let url = format!("{}{path}", cloud.site_url().expect("a site"));
    let request = client().request(method, url).body(body.to_owned());
    timeout(PATIENCE, request.send())
        .await
        .expect("in time")
        .expect("an answer")
}

#[tokio::test]
async fn pages_come_from_the_folder_by_way_of_the_function_with_the_policys_headers() {
    let (cloud, _events, _folder) = start("edge-pages").await;
    let get = async |path: &str| ask(&cloud, Method::GET, path, "").await;
    for (path, text) in [("/", "overview"), ("/signals/?id=1", "signals")] {
        let answer = get(path).await;
        assert_eq!(answer.status(), 200, "{path}");
        let headers = answer.headers().clone();
        for (name, value) in [
            ("content-type", "text/html"),
            ("content-security-policy", "default-src 'self'"),
            ("x-content-type-options", "nosniff"),
            ("cache-control", "no-cache"),
        ] {
            assert_eq!(headers[name], value, "{path}");
        }
        assert_eq!(answer.text().await.expect("a page"), text);
    }
    let config = get("/config.json").await;
    assert_eq!(config.headers()["content-type"], "application/json");
    assert_eq!(
        config.text().await.expect("JSON"),
        format!("{:?}", cloud.supabase_url())
    );
    assert_eq!(get("/nothing/").await.status(), 404);
    assert_eq!(get("/../Cargo.toml").await.status(), 404);
    assert_eq!(get("/?fail=no").await.status(), 503, "a function that throws");
    assert_eq!(
        ask(&cloud, Method::POST, "/", "").await.status(),
        403,
        "only reading is allowed"
    );
    cloud.stop().await;
}

#[tokio::test]
async fn whoever_hangs_up_leaves_no_answer_for_the_next() {
    let (cloud, _events, _folder) = start("edge-hang-up").await;
    let url = format!("{}/signals/", cloud.site_url().expect("a site"));
    for patience in 0..40 {
        let request = client().get(&url).send();
        // Some of them end while the function is at work.
        let _ = timeout(std::time::Duration::from_micros(patience * 50), request).await;
    }
    for (path, text) in [("/", "overview"), ("/signals/", "signals")] {
        let answer = ask(&cloud, Method::GET, path, "").await;
        assert_eq!(answer.text().await.expect("a page"), text);
    }
    cloud.stop().await;
}

#[tokio::test]
async fn the_apis_are_reached_by_their_paths() {
    let (cloud, mut events, _folder) = start("edge-apis").await;
    let answer = ask(&cloud, Method::POST, "/api/things/7?a=b", "hello").await;
    assert_eq!(answer.status(), 200);
    let event = events.next().await;
    assert_eq!(event["rawPath"], "/things/7", "as the route is written");
    assert_eq!(event["rawQueryString"], "a=b");
    assert_eq!(event["pathParameters"]["id"], "7");

    let answer = ask(&cloud, Method::POST, "/stream/long", "stream 2 1").await;
    assert_eq!(answer.status(), 201);
    assert_eq!(events.next().await["path"], "/long");
    assert!(!answer.text().await.expect("a stream that ends").is_empty());
    assert_eq!(events.next().await["chunks"], 2, "what it could write");

    let url = format!("{}/socket", cloud.site_url().expect("a site").replacen("http", "ws", 1));
    let (mut socket, _) = connect_async(&url).await.expect("it opens");
    assert_eq!(events.next().await["requestContext"]["routeKey"], "$connect");
    socket.send(Message::text("hello")).await.expect("it is open");
    assert_eq!(events.next().await["body"], "hello");
    socket.close(None).await.expect("a good-bye");
    while let Ok(Some(Ok(_))) = timeout(PATIENCE, socket.next()).await {}
    let refused = connect_async(format!("{url}?do=answer%20403")).await;
    assert!(refused.is_err(), "what $connect refuses is no upgrade");
    cloud.stop().await;
}
