use super::*;

const GOOD: &str = r#"
Parameters:
  Address: { Type: String }
  Seconds: { Type: Number, Default: 30, MinValue: 0.2 }
Globals:
  Function:
    Runtime: provided.al2023
    Handler: bootstrap
    Timeout: 10
    Environment: { Variables: { SHARED: !Sub "{{resolve:secretsmanager:${AWS::StackName}:SecretString:key}}" } }
Resources:
  Api: { Type: AWS::Serverless::HttpApi }
  HookFunction:
    Type: AWS::Serverless::Function
    Properties:
      CodeUri: target/lambda/hook/
      Environment: { Variables: { ADDRESS: !Sub "${Address}/x${!y}", SECONDS: !Ref Seconds } }
      Events:
        Post: { Type: HttpApi, Properties: { ApiId: !Ref Api, Method: post, Path: "/hook/{id}" } }
"#;

fn values() -> Values {
    let secret = BTreeMap::from([("key".to_owned(), "hidden".to_owned())]);
    Values {
        parameters: BTreeMap::from([("Address".to_owned(), "http://here".to_owned())]),
        secrets: BTreeMap::from([("local".to_owned(), secret)]),
    }
}

#[test]
fn globals_parameters_and_secrets_meet_in_the_function() {
    let template = Template::parse(GOOD, &values()).expect("a good template");
    let function = &template.functions[0];
    assert_eq!(function.name, "hook");
    assert_eq!(function.timeout, Duration::from_secs(10));
    assert_eq!(
        function.routes,
        [Route {
            method: "POST".into(),
            path: "/hook/{id}".into()
        }]
    );
    let environment: Vec<_> = function
        .environment
        .iter()
        .map(|(key, value)| format!("{key}={value}"))
        .collect();
    assert_eq!(
        environment,
        ["ADDRESS=http://here/x${y}", "SECONDS=30", "SHARED=hidden"]
    );
}

#[test]
fn every_mistake_is_named_with_its_place() {
    let cases = [
        ("Timeout: 10", "Timeout: soon", "HookFunction.Properties.Timeout"),
        ("Timeout: 10", "Timeuot: 10", "unknown field `Timeuot`"),
        ("CodeUri: target/lambda/hook/", "", "missing field `CodeUri`"),
        (
            "!Ref Seconds",
            "!Ref Second",
            "HookFunction.Properties.Environment.Variables.SECONDS: \"Second\" is neither",
        ),
        ("!Ref Seconds", "!GetAtt Api.Url", "SECONDS: Fn::GetAtt"),
        (
            "SecretString:key",
            "SecretString:kez",
            "SHARED: the secret \"local\" has no key \"kez\"",
        ),
        ("Type: HttpApi,", "Type: HttpAPI,", "unknown variant `HttpAPI`"),
        (
            "ApiId: !Ref Api",
            "ApiId: !Ref HookFunction",
            "Events.Post.Properties.ApiId: HookFunction is no AWS::Serverless::HttpApi",
        ),
        (
            "Default: 30",
            "Default: 0.1",
            "Parameters.Seconds: 0.1 is below MinValue",
        ),
        (
            "Address: { Type: String }",
            "Address: { Type: String }\n  Other: { Type: String }",
            "Parameters.Other: no value",
        ),
        (
            "AWS::Serverless::HttpApi }",
            "AWS::SNS::Topic }",
            "Api.Type: AWS::SNS::Topic is not known",
        ),
        (
            "provided.al2023",
            "python3.14",
            "HookFunction.Properties.Runtime: python3.14",
        ),
    ];
    for (right, wrong, expected) in cases {
        let text = GOOD.replacen(right, wrong, 1);
        assert_ne!(text, GOOD, "{right:?} does not occur in the template");
        let error = format!("{:#}", Template::parse(&text, &values()).expect_err(wrong));
        assert!(
            error.contains(expected),
            "{wrong:?} gave {error:?}, which does not say {expected:?}"
        );
    }
}
