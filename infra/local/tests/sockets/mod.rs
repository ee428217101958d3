//! The WebSocket API, with a client of its own and the AWS SDK behind it.

mod limits;
mod management;

use aws_sdk_apigatewaymanagement::Client;
use aws_sdk_apigatewaymanagement::config::retry::RetryConfig;
use aws_sdk_apigatewaymanagement::config::{Credentials, Region};
use aws_sdk_apigatewaymanagement::error::ProvideErrorMetadata as _;
use aws_sdk_apigatewaymanagement::primitives::Blob;
use futures_util::{SinkExt as _, StreamExt as _};
use local_cloud::log::Source;
use local_cloud::{Cloud, Config};
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::client::IntoClientRequest as _;
use tokio_tungstenite::tungstenite::protocol::frame::coding::CloseCode;
use tokio_tungstenite::tungstenite::{Error, Message};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};

use crate::{Events, PATIENCE, sample_cloud};

pub(crate) const TEMPLATE: &str = r"
Globals: { Function: { Runtime: provided.al2023, Handler: bootstrap, Timeout: 5 } }
Resources:
  Api:
    Type: AWS::Serverless::WebSocketApi
    Properties:
      RouteSelectionExpression: $request.body.action
      StageName: v1
      DefaultRouteSettings: { ThrottlingRateLimit: 500, ThrottlingBurstLimit: 1000 }
      Routes:
        $connect: { FunctionArn: !GetAtt SampleFunction.Arn }
        $disconnect: { FunctionArn: !GetAtt SampleFunction.Arn }
        $default: { FunctionArn: !GetAtt SampleFunction.Arn }
        subscribe: { FunctionArn: !GetAtt SampleFunction.Arn }
  SampleFunction:
    Type: AWS::Serverless::Function
    Properties:
      CodeUri: target/lambda/sample-function/
      Policies:
        - Statement:
            - Action: execute-api:ManageConnections
              Resource: !Sub arn:${AWS::Partition}:execute-api:${AWS::Region}:${AWS::AccountId}:${Api}/*
";

struct Stand {
    cloud: Cloud,
    events: Events,
    management: Client,
}

struct Socket(WebSocketStream<MaybeTlsStream<TcpStream>>);

impl Stand {
    async fn new(name: &str, change: impl FnOnce(&mut Config)) -> Self {
        Self::of(name, TEMPLATE, change).await
    }

    async fn of(name: &str, template: &str, change: impl FnOnce(&mut Config)) -> Self {
        let (cloud, events) = sample_cloud(name, template, change).await;
        let management = management(&cloud);
        Self {
            cloud,
            events,
            management,
        }
    }

    /// An open socket and its id, as `$connect` was told it.
    async fn connect(&mut self) -> (Socket, String) {
        let socket = Socket::to(&self.cloud, "").await.expect("a connection");
        let event = self.events.next().await;
        assert_eq!(event["requestContext"]["routeKey"], "$connect");
        (socket, id(&event))
    }

    async fn post(&self, id: &str, text: impl Into<Vec<u8>>) -> Result<(), Option<String>> {
        let post = self
            .management
            .post_to_connection()
            .connection_id(id)
            .data(Blob::new(text));
        match post.send().await {
            Ok(_) => Ok(()),
            Err(error) => Err(error.code().map(str::to_owned)),
        }
    }

    /// Whatever function is told next must be that the connection ended so.
    async fn disconnected(&mut self, id: &str, code: u16) {
        let event = self.events.next().await;
        let context = &event["requestContext"];
        assert_eq!(context["eventType"], "DISCONNECT", "{event}");
        assert_eq!(
            (context["connectionId"].as_str(), &context["disconnectStatusCode"]),
            (Some(id), &json!(code))
        );
    }
}

pub(crate) fn management(cloud: &Cloud) -> Client {
    let config = aws_sdk_apigatewaymanagement::Config::builder()
        .behavior_version_latest()
        .region(Region::new("eu-central-1"))
        .credentials_provider(Credentials::new("local", "local", None, None, "tests"))
        .retry_config(RetryConfig::disabled())
        .http_client(aws_smithy_http_client::Builder::new().build_http())
        .endpoint_url(cloud.ws_url().expect("a WebSocket API").replacen("ws", "http", 1))
        .build();
    Client::from_conf(config)
}

impl Socket {
    async fn to(cloud: &Cloud, query: &str) -> Result<Self, Box<Error>> {
        let url = format!("{}{query}", cloud.ws_url().expect("a WebSocket API"));
        Ok(Self(connect_async(url).await.map_err(Box::new)?.0))
    }

    async fn send(&mut self, text: impl Into<String>) {
        self.0.send(Message::text(text.into())).await.expect("sent");
    }

    async fn next(&mut self) -> Message {
        timeout(PATIENCE, self.0.next())
            .await
            .expect("a message")
            .expect("an open connection")
            .expect("a good frame")
    }

    async fn text(&mut self) -> String {
        self.next().await.into_text().expect("text").as_str().to_owned()
    }

    /// What comes next is the server's goodbye.
    async fn closed(&mut self) -> u16 {
        match self.next().await {
            Message::Close(Some(frame)) => frame.code.into(),
            other => panic!("{other:?} instead of a goodbye"),
        }
    }
}

fn id(event: &Value) -> String {
    event["requestContext"]["connectionId"]
        .as_str()
        .expect("an id")
        .to_owned()
}

#[tokio::test]
async fn connect_is_told_all_and_decides() {
    let mut stand = Stand::new("connect", |_| ()).await;
    for (order, status) in [("answer 403", 403), ("answer 401", 401), ("error", 502), ("die", 502)] {
        let query = format!("?do={}", order.replace(' ', "%20"));
        match Socket::to(&stand.cloud, &query)
            .await
            .map(drop)
            .expect_err("refused")
            .as_ref()
        {
            Error::Http(answer) => assert_eq!(answer.status(), status, "{order}"),
            other => panic!("{order}: {other:?}"),
        }
        stand.events.next().await;
    }
    assert_eq!(stand.cloud.sockets(), 0);

    let mut request = format!(
        "{}?ticket=a%2Fb&x=1&x=2",
        stand.cloud.ws_url().expect("a WebSocket API")
    )
    .into_client_request()
    .expect("a request");
    request
        .headers_mut()
        .insert("user-agent", "a browser".parse().expect("a header"));
    let (mut socket, answer) = connect_async(request).await.expect("a connection");
    assert_eq!(answer.status(), 101);
    assert_eq!(stand.cloud.sockets(), 1);
    let event = stand.events.next().await;
    assert_eq!(event["queryStringParameters"], json!({ "ticket": "a/b", "x": "2" }));
    assert_eq!(event["multiValueQueryStringParameters"]["x"], json!(["1", "2"]));
    assert_eq!(event["headers"]["Sec-WebSocket-Version"], "13");
    assert_eq!(event["multiValueHeaders"]["X-Forwarded-For"], json!(["127.0.0.1"]));
    assert_eq!(event["isBase64Encoded"], false);
    let context = &event["requestContext"];
    assert_eq!(context["eventType"], "CONNECT");
    assert_eq!(
        context["identity"],
        json!({ "sourceIp": "127.0.0.1", "userAgent": "a browser" })
    );
    assert_eq!(
        (&context["stage"], &context["domainName"]),
        (&json!("v1"), &json!("127.0.0.1"))
    );
    assert_eq!(id(&event).len(), 16, "eleven bytes in base64: {context}");

    let goodbye = tokio_tungstenite::tungstenite::protocol::CloseFrame {
        code: CloseCode::Normal,
        reason: "done".into(),
    };
    socket.close(Some(goodbye)).await.expect("closed");
    let event = stand.events.next().await;
    assert_eq!(event["requestContext"]["disconnectReason"], "done");
    assert_eq!(event["requestContext"]["disconnectStatusCode"], 1000);
    assert_eq!(stand.cloud.sockets(), 0);
    stand.cloud.stop().await;
}

#[tokio::test]
async fn a_connection_exists_once_connect_has_returned() {
    let mut stand = Stand::new("early", |_| ()).await;
    let connecting = Socket::to(&stand.cloud, "?do=sleep%20300");
    let posting = async {
        let id = id(&stand.events.next().await);
        let refused = stand
            .management
            .post_to_connection()
            .connection_id(&id)
            .data(Blob::new("early"))
            .send()
            .await;
        assert!(
            refused
                .expect_err("not there yet")
                .into_service_error()
                .is_gone_exception()
        );
        id
    };
    let (socket, id) = tokio::join!(connecting, posting);
    let mut socket = socket.expect("a connection");
    assert_eq!(stand.post(&id, "now").await, Ok(()));
    assert_eq!(socket.text().await, "now");
    stand.cloud.stop().await;
}

#[tokio::test]
async fn messages_go_to_the_route_of_their_action_one_after_another() {
    let mut stand = Stand::new("routes", |_| ()).await;
    let (mut socket, id) = stand.connect().await;
    let cases = [
        (r#"{"action":"subscribe","do":"sleep 100"}"#, "subscribe"),
        (r#"{"action":"other"}"#, "$default"),
        (r#"{"action":7}"#, "$default"),
        (r#"{"action":"$disconnect"}"#, "$default"),
        ("no JSON", "$default"),
    ];
    for (text, _) in cases {
        socket.send(text).await;
    }
    for (text, route) in cases {
        let event = stand.events.next().await;
        assert_eq!(event["body"], text);
        let context = &event["requestContext"];
        assert_eq!(
            (&context["routeKey"], &context["eventType"]),
            (&json!(route), &json!("MESSAGE"))
        );
        assert_eq!(context["connectionId"], *id);
        assert!(context["messageId"].is_string());
    }
    // Had any answer of the function been sent, it would come before this one.
    socket.send(r#"{"action":"subscribe","do":"error"}"#).await;
    let told: Value = serde_json::from_str(&socket.text().await).expect("JSON");
    assert_eq!(told["message"], "Internal server error");
    assert_eq!(told["connectionId"], *id);
    stand.cloud.stop().await;
}

#[tokio::test]
async fn without_a_default_route_an_unknown_action_is_forbidden() {
    let template = TEMPLATE.replace("        $default: { FunctionArn: !GetAtt SampleFunction.Arn }\n", "");
    let mut stand = Stand::of("no-default", &template, |_| ()).await;
    let (mut socket, id) = stand.connect().await;
    socket.send("no JSON").await;
    let told: Value = serde_json::from_str(&socket.text().await).expect("JSON");
    assert_eq!(
        (&told["message"], &told["connectionId"]),
        (&json!("Forbidden"), &json!(id))
    );
    stand.cloud.stop().await;
}

#[tokio::test]
async fn a_message_is_heard_while_a_function_is_busy_and_others_are_served() {
    let mut stand = Stand::new("busy", |_| ()).await;
    let (mut busy, id) = stand.connect().await;
    let (mut other, _) = stand.connect().await;
    busy.send("sleep 2000").await;
    assert_eq!(stand.events.next().await["body"], "sleep 2000");
    other.send("well").await;
    assert_eq!(stand.events.next().await["body"], "well");
    assert_eq!(stand.post(&id, "meanwhile").await, Ok(()));
    assert_eq!(busy.text().await, "meanwhile");
    busy.0.send(Message::Ping("still there?".into())).await.expect("sent");
    assert_eq!(busy.next().await, Message::Pong("still there?".into()));
    stand.cloud.stop().await;
}

#[tokio::test]
async fn the_end_of_the_cloud_is_told_to_everybody_and_to_the_function() {
    let mut stand = Stand::new("end", |_| ()).await;
    let (mut socket, id) = stand.connect().await;
    let (code, ()) = tokio::join!(socket.closed(), stand.cloud.stop());
    assert_eq!(code, 1001);
    let rest = stand.events.rest().await;
    let said = rest.iter().filter(|line| matches!(line.source, Source::Function(_)));
    let told = said.filter(|line| line.text.contains("DISCONNECT") && line.text.contains(&id));
    assert_eq!(told.count(), 1, "{rest:?}");
}
