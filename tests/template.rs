//! What `template.yaml` says beyond what the local cloud plays: who may do what, what is logged where, what makes an alarm.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value};
use xtask::root;

use crate::tidy::{files_below, read, template_routes};

/// The template as it is written.
fn written() -> Value {
    local_cloud::template::written(&root().join("template.yaml")).expect("the template is readable")
}

/// Logical id → properties of every resource of a kind.
fn resources(kind: &str) -> BTreeMap<String, Map<String, Value>> {
    let template = written();
    let resources = template["Resources"].as_object().expect("resources");
    resources
        .iter()
        .filter(|(_, resource)| resource["Type"] == kind)
        .map(|(id, resource)| {
            let properties = resource["Properties"].as_object().cloned();
            (id.clone(), properties.unwrap_or_default())
        })
        .collect()
}

/// Executable → properties of every function.
fn functions() -> BTreeMap<String, Map<String, Value>> {
    let template = written();
    resources("AWS::Serverless::Function")
        .into_iter()
        .map(|(id, properties)| {
            let built = &template["Resources"][&id]["Metadata"];
            assert_eq!(built["BuildMethod"], "rust-cargolambda", "`sam build` makes {id}");
            let binary = built["BuildProperties"]["Binary"].as_str();
            (binary.expect("a name").to_owned(), properties)
        })
        .collect()
}

/// Whatever a part of the template says, as one text.
fn text(value: &Value) -> String {
    value.to_string()
}

#[test]
fn what_is_secret_comes_from_secrets_manager() {
    let resolved = |value: &Value| text(value).contains("{{resolve:secretsmanager:${SecretName}:SecretString:");
    let template = written();
    let globals = template["Globals"]["Function"]["Environment"]["Variables"].as_object();
    let mut secrets = 0;
    let functions = functions();
    let environments = functions
        .values()
        .filter_map(|function| function.get("Environment")?["Variables"].as_object());
    for (name, value) in environments.chain(globals).flatten() {
        if ["_KEY", "_SECRET", "DATABASE_URL"]
            .iter()
            .any(|end| name.ends_with(end))
        {
            assert!(
                resolved(value),
                "{name} is a secret: {{{{resolve:secretsmanager:…}}}}, not {value}"
            );
            secrets += 1;
        }
    }
    assert!(secrets > 10, "the functions' secrets were not found");
}

/// What a function may do to other services, by the template.
fn granted(function: &Map<String, Value>) -> BTreeSet<&'static str> {
    let mut granted = BTreeSet::new();
    for policy in function.get("Policies").and_then(Value::as_array).into_iter().flatten() {
        if let Some(queue) = policy.get("SQSSendMessagePolicy") {
            assert_eq!(
                queue["QueueName"]["Fn::GetAtt"], "NewsQueue.QueueName",
                "the only queue that is sent to"
            );
            granted.insert("send news");
            continue;
        }
        for statement in policy["Statement"].as_array().expect("statements") {
            assert_eq!(
                statement["Action"], "execute-api:ManageConnections",
                "{statement} grants what this test does not know; teach it how to see that the code calls it"
            );
            let resources = match &statement["Resource"] {
                Value::Array(each) => each.clone(),
                one => vec![one.clone()],
            };
            for resource in resources {
                let arn = resource["Fn::Sub"].as_str().expect("an ARN");
                granted.insert(match arn.split_once("${SocketApi}/socket/") {
                    Some((_, "POST/@connections/*")) => "post to sockets",
                    Some((_, "DELETE/@connections/*")) => "close sockets",
                    _ => panic!("{arn} is wider than the calls that the code makes"),
                });
            }
        }
    }
    granted
}

#[test]
fn every_function_is_granted_exactly_what_its_code_calls() {
    // Every call to AWS goes through one of these two, which a function has to be given by name.
    let calls = [
        ("Newsroom::from_env(", "send news"),
        ("sockets.post(", "post to sockets"),
        ("sockets.close(", "close sockets"),
    ];
    for (name, function) in functions() {
        let code: String = files_below(&root().join("functions").join(&name).join("src"), "rs")
            .iter()
            .map(|file| read(file))
            .collect();
        let called: BTreeSet<_> = calls
            .into_iter()
            .filter(|(call, _)| code.contains(call))
            .map(|(_, action)| action)
            .collect();
        assert_eq!(
            called,
            granted(&function),
            "functions/{name} calls what stands on the left, template.yaml grants it what stands on the right"
        );
    }
}

#[test]
fn no_call_to_aws_is_hidden_from_the_test_of_the_grants() {
    for file in files_below(&root().join("shared/src"), "rs") {
        let path = file.strip_prefix(root()).expect("it is below").display().to_string();
        let at_home = ["shared/src/news", "shared/src/sockets", "shared/src/aws"]
            .iter()
            .any(|home| path.starts_with(home));
        if at_home {
            continue;
        }
        let code = read(&file);
        for door in ["Newsroom::from_env(", "Sockets::from_env(", "aws_sdk_", "Signer::new("] {
            assert!(
                !code.contains(door),
                "{path} uses {door}: whoever calls AWS is a function that says so in its from_env, so that its grants can be checked"
            );
        }
    }
    let folders = ["shared/Cargo.toml".to_owned()].into_iter().chain(
        functions()
            .into_keys()
            .map(|function| format!("functions/{function}/Cargo.toml")),
    );
    for manifest in folders {
        for line in read(&root().join(&manifest)).lines() {
            assert!(
                !line.starts_with("aws-sdk-") || (manifest.starts_with("shared/") && line.starts_with("aws-sdk-sqs.")),
                "{manifest}: {line} can call what no test of the grants knows"
            );
        }
    }
}

#[test]
fn every_function_and_every_api_has_a_log_of_its_own_that_ends() {
    let logs = resources("AWS::Logs::LogGroup");
    for (id, log) in &logs {
        assert_eq!(log["RetentionInDays"]["Ref"], "LogDays", "{id} is kept for ever");
    }
    let mut used: Vec<String> = functions()
        .iter()
        .map(|(name, function)| {
            let log = function["LoggingConfig"]["LogGroup"]["Ref"].as_str();
            let log = log.unwrap_or_else(|| panic!("{name} has no LoggingConfig.LogGroup"));
            let named = text(&logs[log]["LogGroupName"]).contains(&format!("${{AWS::StackName}}/{name}\""));
            assert!(named, "{log}, the log of {name}, is named like another");
            log.to_owned()
        })
        .collect();
    used.extend(access_logs().into_values().map(|(log, _)| log));
    let count = used.len();
    let used: BTreeSet<String> = used.into_iter().collect();
    assert_eq!(used.len(), count, "two share a log");
    assert_eq!(
        used,
        logs.into_keys().collect(),
        "what is used (left) and what there is (right)"
    );
}

/// API → the log group and the format of its access log.
fn access_logs() -> BTreeMap<String, (String, String)> {
    let kinds = [
        ("AWS::Serverless::HttpApi", "AccessLogSettings"),
        ("AWS::Serverless::Api", "AccessLogSetting"),
        ("AWS::Serverless::WebSocketApi", "AccessLogSettings"),
    ];
    kinds
        .into_iter()
        .flat_map(|(kind, key)| resources(kind).into_iter().map(move |(id, api)| (id, key, api)))
        .map(|(id, key, api)| {
            let settings = api.get(key).unwrap_or_else(|| panic!("{id} has no {key}"));
            let log = settings["DestinationArn"]["Fn::GetAtt"].as_str();
            let log = log.and_then(|log| log.strip_suffix(".Arn")).expect("a log group");
            let format = settings["Format"].as_str().expect("a format");
            (id, (log.to_owned(), format.to_owned()))
        })
        .collect()
}

#[test]
fn no_access_log_can_hold_a_webhook_secret_or_a_ticket() {
    // What an address, a header or a body could come in by is not here: $context.path, $context.requestOverride…
    let harmless = [
        "connectionId",
        "error.message",
        "eventType",
        "httpMethod",
        "identity.sourceIp",
        "integrationErrorMessage",
        "integrationLatency",
        "requestId",
        "resourcePath",
        "responseLatency",
        "routeKey",
        "status",
    ];
    let logs = access_logs();
    assert_eq!(logs.len(), 3, "every API has an access log");
    for (api, (_, format)) in logs {
        for variable in format.split('$').skip(1) {
            let end = variable.find(|c: char| !c.is_ascii_alphanumeric() && c != '.');
            let variable = &variable[..end.unwrap_or(variable.len())];
            let name = variable.strip_prefix("context.");
            assert!(
                name.is_some_and(|name| harmless.contains(&name)),
                "{api} logs ${variable}, which may hold an address: that of an alert ends in its secret, that of a socket in a ticket"
            );
        }
        serde_json::from_str::<Value>(&format).unwrap_or_else(|error| panic!("{api}: a line is no JSON: {error}"));
    }
    let distribution = &resources("AWS::CloudFront::Distribution")["Distribution"]["DistributionConfig"];
    assert_eq!(
        distribution.get("Logging"),
        None,
        "the standard log of a distribution has whole addresses"
    );
}

#[test]
fn every_throttled_route_exists() {
    let routes = template_routes();
    let api = resources("AWS::Serverless::HttpApi")
        .remove("HttpApi")
        .expect("the API");
    let throttled = api["RouteSettings"].as_object().expect("settings by route");
    for route in throttled.keys() {
        assert!(
            routes.contains(route),
            "RouteSettings.{route}: there is no such route, and API Gateway refuses the deployment"
        );
    }
    for route in ["POST /webhooks/tv/{webhook_secret}", "GET /agents/{id}/jobs/next"] {
        assert!(
            throttled.contains_key(route),
            "{route} shares the limit of routes that nobody waits for"
        );
    }
}

/// A metric of ours that an alarm or the board looks at, with the route it is of.
pub(crate) struct Watched {
    pub(crate) by: String,
    pub(crate) name: String,
    pub(crate) route: Option<String>,
}

/// Every metric of ours that is looked at.
pub(crate) fn watched() -> Vec<Watched> {
    let mut watched = Vec::new();
    for (id, alarm) in resources("AWS::CloudWatch::Alarm") {
        let single = alarm.get("MetricName").map(|_| Value::Object(alarm.clone()));
        let several = alarm.get("Metrics").and_then(Value::as_array).into_iter().flatten();
        let metrics = several.filter_map(|query| query.get("MetricStat").map(|stat| stat["Metric"].clone()));
        for metric in single.into_iter().chain(metrics) {
            if metric["Namespace"] == "ForexElite" {
                let route = metric["Dimensions"].as_array().map(|dimensions| {
                    assert_eq!(dimensions.len(), 1, "{id}: our metrics have the route, or nothing");
                    assert_eq!(dimensions[0]["Name"], "route", "{id}");
                    string(&dimensions[0]["Value"])
                });
                let (by, name) = (id.clone(), string(&metric["MetricName"]));
                watched.push(Watched { by, name, route });
            }
        }
    }
    for widget in board()["widgets"].as_array().expect("widgets") {
        for metric in widget["properties"]["metrics"].as_array().into_iter().flatten() {
            let words: Vec<_> = metric
                .as_array()
                .expect("a metric")
                .iter()
                .filter_map(Value::as_str)
                .collect();
            match words[..] {
                ["ForexElite", name] => watched.push(Watched {
                    by: string(&widget["properties"]["title"]),
                    name: name.to_owned(),
                    route: None,
                }),
                ["ForexElite", name, "route", route] => watched.push(Watched {
                    by: string(&widget["properties"]["title"]),
                    name: name.to_owned(),
                    route: Some(route.to_owned()),
                }),
                ["ForexElite", ..] => panic!("{metric}: our metrics have the route, or nothing"),
                _ => {}
            }
        }
    }
    watched
}

fn string(value: &Value) -> String {
    value
        .as_str()
        .unwrap_or_else(|| panic!("{value} is no text"))
        .to_owned()
}

/// The body of the board. What is substituted in it stands within strings, so it is JSON as it is.
fn board() -> Value {
    let board = resources("AWS::CloudWatch::Dashboard")
        .remove("Board")
        .expect("the board");
    serde_json::from_str(&string(&board["DashboardBody"]["Fn::Sub"])).expect("a board is JSON")
}

#[test]
fn every_route_that_is_watched_exists() {
    let routes = template_routes();
    for Watched { by, name, route } in watched() {
        if let Some(route) = route {
            assert!(
                routes.contains(&route),
                "{by} looks at {name} of {route}, which is no route"
            );
        }
    }
}

#[test]
fn every_alarm_tells_somebody_names_its_runbook_and_is_on_the_board() {
    let widgets = board()["widgets"].clone();
    let on_board = &widgets[0]["properties"]["alarms"];
    let alarms = resources("AWS::CloudWatch::Alarm");
    for (id, alarm) in &alarms {
        for key in ["AlarmActions", "OKActions"] {
            assert_eq!(alarm[key][0]["Ref"], "AlarmTopic", "{id}.{key} reaches nobody");
        }
        let description = string(&alarm["AlarmDescription"]);
        let runbook = description.split_once(" Runbook: docs/runbooks/").map(|(_, file)| file);
        assert!(
            runbook
                .and_then(|file| file.strip_suffix(".md"))
                .is_some_and(|name| !name.contains(['/', ' '])),
            "{id} must end in `Runbook: docs/runbooks/<name>.md`: whoever is woken needs the next step; it says {description}"
        );
        assert!(
            text(on_board).contains(&format!("\"${{{id}.Arn}}\"")),
            "{id} is not on the board"
        );
    }
    assert_eq!(
        on_board.as_array().map(Vec::len),
        Some(alarms.len()),
        "the board has an alarm too many"
    );
}
