//! The REST API that streams, as `cfn-lint` and SAM's translator take it as well.

use super::*;

const STREAMS: &str = r#"
Parameters: { Origin: { Type: String, Default: "https://dashboard" } }
Globals: { Function: { Runtime: provided.al2023, Handler: bootstrap, Timeout: 300 } }
Resources:
  Streams:
    Type: AWS::Serverless::Api
    Properties:
      StageName: v1
      OpenApiVersion: "3.0.1"
      EndpointConfiguration: { Type: REGIONAL }
      Cors: { AllowOrigin: !Sub "'${Origin}'", AllowMethods: "'POST'", AllowHeaders: "'authorization,content-type'", MaxAge: "'600'" }
      GatewayResponses:
        DEFAULT_5XX: { ResponseParameters: { Headers: { Access-Control-Allow-Origin: !Sub "'${Origin}'" } } }
      MethodSettings: [{ ResourcePath: "/*", HttpMethod: "*", ThrottlingRateLimit: 20, ThrottlingBurstLimit: 40 }]
  WriteFunction:
    Type: AWS::Serverless::Function
    Properties:
      CodeUri: target/lambda/write/bootstrap.zip
      Events:
        Write:
          Type: Api
          Properties:
            RestApiId: !Ref Streams
            Method: post
            Path: "/texts/{id}"
            ResponseTransferMode: RESPONSE_STREAM
            TimeoutInMillis: 300000
"#;

#[test]
fn a_streaming_api_meets_its_function() {
    assert_eq!(
        Draft::parse(STREAMS).expect("YAML").stream_stage().expect("a stage"),
        Some("v1")
    );
    let template = parse(STREAMS, &Values::default()).expect("a good template");
    let route = Route {
        method: "POST".into(),
        path: "/texts/{id}".into(),
    };
    let timeout = Duration::from_mins(5);
    assert_eq!(template.functions[0].streams, [StreamRoute { route, timeout }]);
    let api = template.stream_api.expect("a REST API");
    let preflight: Vec<_> = api.preflight.iter().flatten().collect();
    assert_eq!(preflight.len(), 4, "{preflight:?}");
    assert_eq!(api.on_5xx["Access-Control-Allow-Origin"], "https://dashboard");
    assert!(api.on_4xx.is_empty());
}

#[test]
fn every_mistake_about_a_streaming_api_is_named_with_its_place() {
    let cases = [
        (
            "EndpointConfiguration: { Type: REGIONAL }",
            "",
            "Streams.Properties.EndpointConfiguration: must say Type: REGIONAL",
        ),
        (
            "Type: REGIONAL",
            "Type: EDGE",
            "Streams.Properties.EndpointConfiguration: must say Type: REGIONAL",
        ),
        (
            "AllowMethods: \"'POST'\"",
            "AllowMethods: POST",
            "Streams.Properties.Cors.AllowMethods: POST must stand in single quotes",
        ),
        (
            "Origin: !Sub \"'${Origin}'\" } }",
            "Origin: !Sub \"${Origin}\" } }",
            "GatewayResponses.DEFAULT_5XX.ResponseParameters.Headers.Access-Control-Allow-Origin: https://dashboard must stand",
        ),
        ("DEFAULT_5XX", "DEFAULT_500", "unknown variant `DEFAULT_500`"),
        ("StageName: v1", "StageNaem: v1", "unknown field `StageNaem`"),
        ("RESPONSE_STREAM", "STREAM", "unknown variant `STREAM`"),
        (
            "ResponseTransferMode: RESPONSE_STREAM",
            "",
            "Events.Write.Properties.ResponseTransferMode: must be RESPONSE_STREAM",
        ),
        (
            "TimeoutInMillis: 300000",
            "TimeoutInMillis: 900001",
            "Events.Write.Properties.TimeoutInMillis: 900001 is not between",
        ),
        (
            "RestApiId: !Ref Streams",
            "RestApiId: !Ref WriteFunction",
            "Events.Write.Properties.RestApiId: WriteFunction is no AWS::Serverless::Api",
        ),
        (
            "  WriteFunction:",
            "  Second: { Type: AWS::Serverless::Api, Properties: { StageName: v2 } }\n  WriteFunction:",
            "Streams: a second AWS::Serverless::Api is not known",
        ),
    ];
    refuses(STREAMS, &cases);
}
