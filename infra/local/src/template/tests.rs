mod streams;

use std::time::Duration;

use super::*;

const GOOD: &str = r#"
Parameters:
  Address: { Type: String }
  Seconds: { Type: Number, Default: 30, MinValue: 0.2, MaxValue: 60 }
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

fn parse(text: &str, values: &Values) -> Result<Template> {
    Draft::parse(text)?.resolve(values, &Addresses::nowhere())
}

const EVENTS: &str = r#"
Globals: { Function: { Runtime: provided.al2023, Handler: bootstrap, Timeout: 10 } }
Resources:
  Sockets:
    Type: AWS::Serverless::WebSocketApi
    Properties:
      RouteSelectionExpression: $request.body.action
      StageName: v1
      DefaultRouteSettings: { ThrottlingRateLimit: 500, ThrottlingBurstLimit: 1000 }
      Routes:
        $connect: { FunctionArn: !GetAtt NewsFunction.Arn }
        subscribe: { FunctionArn: !GetAtt NewsFunction.Arn }
  News:
    Type: AWS::SQS::Queue
    Properties:
      FifoQueue: true
      DeduplicationScope: messageGroup
      FifoThroughputLimit: perMessageGroupId
      VisibilityTimeout: 10
      MessageRetentionPeriod: 60
      SqsManagedSseEnabled: true
      RedrivePolicy: { deadLetterTargetArn: !GetAtt Dead.Arn, maxReceiveCount: 3 }
  Dead: { Type: AWS::SQS::Queue, Properties: { FifoQueue: true, MessageRetentionPeriod: 1209600 } }
  Plain: { Type: AWS::SQS::Queue }
  Alarm:
    Type: AWS::CloudWatch::Alarm
    Properties: { Dimensions: [{ Name: QueueName, Value: !GetAtt Dead.QueueName }] }
  NewsFunction:
    Type: AWS::Serverless::Function
    Properties:
      CodeUri: target/lambda/news/bootstrap.zip
      ReservedConcurrentExecutions: 8
      Policies:
        - SQSSendMessagePolicy: { QueueName: !GetAtt News.QueueName }
        - Statement: [{ Resource: !Sub "arn:${AWS::Partition}:execute-api:${AWS::Region}:${AWS::AccountId}:${Sockets}/*" }]
      Environment:
        Variables: { ARN: !GetAtt News.Arn, ENDPOINT: !GetAtt Sockets.ApiEndpoint, NAME: !Sub "${News.QueueName}!", URL: !Ref News }
      Events:
        Queue:
          Type: SQS
          Properties:
            Queue: !GetAtt News.Arn
            BatchSize: 10
            FunctionResponseTypes: [ReportBatchItemFailures]
            ScalingConfig: { MaximumConcurrency: 8 }
        Bulk: { Type: SQS, Properties: { Queue: !GetAtt Plain.Arn, BatchSize: 10000, MaximumBatchingWindowInSeconds: 1 } }
        Off: { Type: SQS, Properties: { Queue: !GetAtt Plain.Arn, Enabled: false } }
        EveryMinute: { Type: Schedule, Properties: { Schedule: rate(1 minute), Description: often } }
        Daily: { Type: Schedule, Properties: { Schedule: rate(2 days) } }
"#;

#[test]
fn sockets_queues_and_schedules_meet_their_functions() {
    assert_eq!(
        Draft::parse(EVENTS).expect("YAML").socket_stage().expect("a stage"),
        Some("v1")
    );
    let template = parse(EVENTS, &Values::default()).expect("a good template");
    let function = &template.functions[0];
    let environment: Vec<_> = function.environment.values().map(String::as_str).collect();
    assert_eq!(
        environment,
        [
            "arn:aws:sqs:eu-central-1:000000000000:News.fifo",
            "ws://127.0.0.1:0",
            "News.fifo!",
            "http://127.0.0.1:0/000000000000/News.fifo"
        ]
    );
    let queues: Vec<_> = function
        .queues
        .iter()
        .map(|source| (source.queue.as_str(), source.batch_size, source.max_concurrency))
        .collect();
    assert_eq!(queues, [("Plain", 10_000, None), ("News.fifo", 10, Some(8))]);
    let schedules: Vec<_> = function
        .schedules
        .iter()
        .map(|schedule| (schedule.name.as_str(), schedule.minutes))
        .collect();
    assert_eq!(schedules, [("NewsFunctionDaily", 2880), ("NewsFunctionEveryMinute", 1)]);
    let api = template.socket_api.expect("a WebSocket API");
    assert_eq!((api.stage.as_str(), api.selector.as_str()), ("v1", "action"));
    assert_eq!(api.routes["subscribe"], "news");
    let news = template.queues.iter().find(|queue| queue.name == "News.fifo");
    let redrive = news.and_then(|queue| queue.redrive.clone()).expect("a redrive policy");
    assert_eq!((redrive.dead_letters.as_str(), redrive.max_receives), ("Dead.fifo", 3));
}

const CONDITIONS: &str = r#"
Parameters: { Name: { Type: String, Default: "" }, Size: { Type: Number, Default: 5 } }
Conditions:
  HasName: !Not [!Equals [!Ref Name, ""]]
  IsSmall: !Equals [!Ref Size, "5"]
  IsSmallAndNamed: !And [!Condition HasName, { Condition: IsSmall }]
  Either: !Or [!Condition HasName, !Condition IsSmall]
Resources:
  Named:
    Type: AWS::SQS::Queue
    Condition: IsSmallAndNamed
  Always:
    Type: AWS::SQS::Queue
    Properties:
      VisibilityTimeout: !If [Either, !If [HasName, 60, 50], 40]
      MessageRetentionPeriod: !If [HasName, 90, !Ref AWS::NoValue]
"#;

#[test]
fn conditions_decide_what_exists_and_what_it_is() {
    let queues = |name: &str, size: &str| -> Vec<(String, u64, u64)> {
        let given = [("Name", name), ("Size", size)];
        let values = Values {
            parameters: given.map(|(key, value)| (key.to_owned(), value.to_owned())).into(),
            ..Values::default()
        };
        let queues = parse(CONDITIONS, &values).expect("a good template").queues;
        let told = |queue: Queue| {
            (
                queue.name,
                queue.visibility_timeout.as_secs(),
                queue.retention.as_secs(),
            )
        };
        queues.into_iter().map(told).collect()
    };
    let always = |timeout, retention| ("Always".to_owned(), timeout, retention);
    assert_eq!(queues("", "6"), [always(40, 345_600)]);
    assert_eq!(queues("", "5"), [always(50, 345_600)]);
    assert_eq!(queues("x", "6"), [always(60, 90)]);
    assert_eq!(queues("x", "5"), [always(60, 90), ("Named".to_owned(), 30, 345_600)]);
}

#[test]
fn every_mistake_about_conditions_is_named_with_its_place() {
    let cases = [
        (
            "Condition: IsSmallAndNamed",
            "Condition: IsSmal",
            "Named.Condition: \"IsSmal\" is no condition",
        ),
        (
            "!If [Either,",
            "!If [Eithr,",
            "Always.Properties.VisibilityTimeout: \"Eithr\" is no condition",
        ),
        (
            "!Or [!Condition HasName,",
            "!Or [!Condition Either,",
            "Conditions.Either: is defined by itself",
        ),
        (
            "!Condition HasName, {",
            "!Condition Named, {",
            "Conditions.Named: there is no such",
        ),
        ("!Ref Size", "!Ref Siz", "Conditions.IsSmall[0]: \"Siz\" is neither"),
        (
            "!Equals [!Ref Name, \"\"]",
            "!Equals [!Ref Name]",
            "Conditions.HasName: Fn::Equals of",
        ),
    ];
    refuses(CONDITIONS, &cases);
}

#[test]
fn globals_parameters_and_secrets_meet_in_the_function() {
    let template = parse(GOOD, &values()).expect("a good template");
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
fn what_sam_build_makes_is_what_runs() {
    let built = GOOD.replace(
        "    Properties:\n      CodeUri: target/lambda/hook/",
        "    Metadata: { BuildMethod: rust-cargolambda, BuildProperties: { Binary: hook } }\n    Properties:\n      CodeUri: .",
    );
    assert_ne!(built, GOOD);
    let template = parse(&built, &values()).expect("a good template");
    assert_eq!(template.functions[0].name, "hook");
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
        ("Default: 30", "Default: 61", "Parameters.Seconds: 61 is above MaxValue"),
        (
            "Address: { Type: String }",
            "Address: { Type: String }\n  Other: { Type: String }",
            "Parameters.Other: no value",
        ),
        (
            "AWS::Serverless::HttpApi }",
            "AWS::DynamoDB::Table }",
            "Api.Type: AWS::DynamoDB::Table is not known",
        ),
        (
            "provided.al2023",
            "python3.14",
            "HookFunction.Properties.Runtime: python3.14",
        ),
    ];
    refuses(GOOD, &cases);
}

#[test]
fn every_mistake_about_sockets_queues_and_schedules_is_named_with_its_place() {
    let cases = [
        (
            "$request.body.action",
            "$request.header.action",
            "Sockets.Properties.RouteSelectionExpression: $request.header.action is not known",
        ),
        (
            "subscribe: { FunctionArn: !GetAtt NewsFunction.Arn",
            "sub-scribe: { FunctionArn: !GetAtt NewsFunction.Arn",
            "Sockets.Properties.Routes.sub-scribe: a route key",
        ),
        (
            "$connect: { FunctionArn: !GetAtt NewsFunction.Arn",
            "$connect: { FunctionArn: !GetAtt News.Arn",
            "Sockets.Properties.Routes.$connect.FunctionArn: arn:aws:sqs",
        ),
        (
            "!GetAtt Sockets.ApiEndpoint",
            "!GetAtt Sockets.Endpoint",
            "Variables.ENDPOINT: Fn::GetAtt of Sockets.Endpoint",
        ),
        (
            "${News.QueueName}!",
            "${News.Name}!",
            "Variables.NAME: Fn::GetAtt of News.Name",
        ),
        (
            "VisibilityTimeout: 10",
            "VisibilityTimeout: 9",
            "Events.Queue.Properties.Queue: the VisibilityTimeout of News (9 s) is less than the function's Timeout (10 s)",
        ),
        (
            "MessageRetentionPeriod: 60",
            "MessageRetentionPeriod: 59",
            "News.Properties.MessageRetentionPeriod: 59",
        ),
        (
            "DeduplicationScope: messageGroup",
            "DeduplicationScope: queue",
            "News.Properties.FifoThroughputLimit: perMessageGroupId needs",
        ),
        (
            "!GetAtt Dead.Arn",
            "!GetAtt Plain.Arn",
            "News.Properties.RedrivePolicy.deadLetterTargetArn: the dead letters of a FIFO queue",
        ),
        (
            "Plain: { Type: AWS::SQS::Queue }",
            "Plain: { Type: AWS::SQS::Queue, Properties: { DeduplicationScope: queue } }",
            "Plain.Properties: only a FIFO queue",
        ),
        (
            "BatchSize: 10\n",
            "BatchSize: 11\n",
            "Events.Queue.Properties.BatchSize: 11 is not between 1 and 10",
        ),
        (
            "BatchSize: 10\n",
            "MaximumBatchingWindowInSeconds: 1\n",
            "Events.Queue.Properties.MaximumBatchingWindowInSeconds: a FIFO queue has none",
        ),
        ("BatchSize: 10\n", "BatchSizee: 10\n", "unknown field `BatchSizee`"),
        (
            "MaximumConcurrency: 8",
            "MaximumConcurrency: 1",
            "Events.Queue.Properties.ScalingConfig.MaximumConcurrency: must be",
        ),
        (
            "[ReportBatchItemFailures]",
            "[ReportBatchFailures]",
            "unknown variant `ReportBatchFailures`",
        ),
        (
            "Queue: !GetAtt News.Arn",
            "Queue: !Ref News",
            "Events.Queue.Properties.Queue: http://127.0.0.1:0/000000000000/News.fifo is no AWS::SQS::Queue",
        ),
        (
            "rate(1 minute)",
            "cron(0 12 * * ? *)",
            "Events.EveryMinute.Properties.Schedule: cron(0 12 * * ? *): cron is not known",
        ),
        (
            "rate(1 minute)",
            "rate(1 minutes)",
            "Schedule: rate(1 minutes): the unit is minute",
        ),
        (
            "Value: !GetAtt Dead.QueueName",
            "Value: !GetAtt Gone.QueueName",
            "Alarm.Properties.Dimensions[0].Value: Fn::GetAtt of Gone.QueueName",
        ),
        (
            "QueueName: !GetAtt News.QueueName",
            "QueueName: !GetAtt Newz.QueueName",
            "NewsFunction.Properties.Policies[0].SQSSendMessagePolicy.QueueName: Fn::GetAtt of Newz.QueueName",
        ),
    ];
    refuses(EVENTS, &cases);
}

/// Each case: what is written, what is written instead, what the error says.
fn refuses(good: &str, cases: &[(&str, &str, &str)]) {
    let values = if good == GOOD { values() } else { Values::default() };
    for (right, wrong, expected) in cases {
        let text = good.replacen(right, wrong, 1);
        assert_ne!(text, good, "{right:?} does not occur in the template");
        let error = format!("{:#}", parse(&text, &values).expect_err(wrong));
        assert!(
            error.contains(expected),
            "{wrong:?} gave {error:?}, which does not say {expected:?}"
        );
    }
}
