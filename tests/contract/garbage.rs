//! Every operation with what no client should send. Whatever comes, the answer is one that the contract describes, which a
//! mistake of ours (500) never is; the caller sees to that. Here stands what must be refused besides.

use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Value, json};

use super::{
    operations::{Row, Who, rows},
    owner::Owner,
};
use crate::support::{Setting, Stage};

/// Beyond what is reasonable, in a path, a query or a text.
const WORDS: [&str; 12] = [
    "",
    " ",
    "x",
    "\0",
    "a\0b",
    "\u{feff}\u{ffff}\u{1f4a3}",
    "' or true --",
    "../../etc/passwd",
    "-1",
    "1e400",
    "999999999999999999999999999999999",
    "+262142-12-31T23:59:59.999999999Z",
];

async fn still() -> Stage {
    Stage::with(Setting {
        still: true,
        ..Setting::default()
    })
    .await
}

fn encoded(word: &str) -> String {
    utf8_percent_encode(word, NON_ALPHANUMERIC).to_string()
}

/// Bodies that are no JSON object at all.
fn no_objects() -> Vec<Vec<u8>> {
    let deep = format!("{}{}", "[".repeat(10_000), "]".repeat(10_000));
    vec![
        b"garbage".to_vec(),
        b"{".to_vec(),
        b"{}}".to_vec(),
        b"null".to_vec(),
        b"1".to_vec(),
        b"\"text\"".to_vec(),
        b"[]".to_vec(),
        b"[{}]".to_vec(),
        b"\0".to_vec(),
        b"{\0}".to_vec(),
        b"{\"\xff\": 1}".to_vec(),
        b"\xff\xfe{\0}\0".to_vec(),
        b"\xed\xa0\x80".to_vec(),
        b"a=1&b=2".to_vec(),
        deep.clone().into_bytes(),
        format!("{{\"deep\": {deep}}}").into_bytes(),
        "{\"a\":".repeat(10_000).into_bytes(),
    ]
}

/// Values of every kind, most of them wrong wherever they stand.
fn odd_values() -> Vec<String> {
    let values = [
        "null",
        "true",
        "-1",
        "0",
        "1.5",
        "1e400",
        "-1e-400",
        "[]",
        "{}",
        "[null]",
        r#"{"":[{}]}"#,
    ];
    let words = WORDS.iter().map(|word| Value::from(*word).to_string());
    let long = Value::from("x".repeat(10_000)).to_string();
    values
        .map(str::to_owned)
        .into_iter()
        .chain(words)
        .chain([
            long,
            "9223372036854775808".to_owned(),
            "1".repeat(400),
            r#""\ud800""#.to_owned(),
        ])
        .collect()
}

/// The body with each of its values, at any depth, replaced by `odd`.
fn with_each_replaced(body: &Value, odd: &str) -> Vec<String> {
    const HERE: &str = "ODD VALUE";
    fn places(value: &Value, at: &str, found: &mut Vec<String>) {
        let mut into = |name: String, inner: &Value| {
            let at = format!("{at}/{}", name.replace('~', "~0").replace('/', "~1"));
            found.push(at.clone());
            places(inner, &at, found);
        };
        match value {
            Value::Object(members) => members.iter().for_each(|(name, inner)| into(name.clone(), inner)),
            Value::Array(items) => items
                .iter()
                .enumerate()
                .for_each(|(index, inner)| into(index.to_string(), inner)),
            _ => {}
        }
    }
    let mut found = Vec::new();
    places(body, "", &mut found);
    let replaced = |place: &String| {
        let mut body = body.clone();
        *body.pointer_mut(place).expect("it was found there") = Value::from(HERE);
        // As text, since a number beyond all bounds or half a surrogate is no value.
        body.to_string().replace(&format!("\"{HERE}\""), odd)
    };
    found.iter().map(replaced).collect()
}

fn with_bodies() -> impl Iterator<Item = &'static Row> {
    rows().iter().filter(|row| row.described().takes.is_some())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_body_that_is_no_json_object_is_refused() {
    let stage = still().await;
    for row in with_bodies() {
        let owner = Owner::lay(&stage, row).await;
        for body in no_objects() {
            let reply = owner.send(&stage, row, &row.path(owner.id), body.clone()).await;
            let shown = String::from_utf8_lossy(&body[..body.len().min(40)]);
            assert_eq!(reply.status, 422, "{} took {shown:?}: {}", row.operation, reply.json);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_field_of_any_value_is_taken_or_refused() {
    let stage = still().await;
    for row in with_bodies() {
        let owner = Owner::lay(&stage, row).await;
        let good: Value = serde_json::from_str(&row.body_of(owner.id)).expect("a good body is JSON");
        for odd in odd_values() {
            for body in with_each_replaced(&good, &odd) {
                let reply = owner.send(&stage, row, &row.path(owner.id), body.clone()).await;
                assert!(
                    reply.status < 500,
                    "{} answered {} to {body}",
                    row.operation,
                    reply.status
                );
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_body_may_be_as_long_as_the_operation_takes_and_no_longer() {
    let stage = still().await;
    for row in with_bodies() {
        let owner = Owner::lay(&stage, row).await;
        let good = row.body_of(owner.id);
        for (length, expected) in [
            (row.limit + 1, 413),
            (row.limit + 3 * 1024 * 1024, 413),
            (row.limit, row.expects),
        ] {
            let padded = good.clone() + &" ".repeat(length - good.len());
            let reply = owner.send(&stage, row, &row.path(owner.id), padded).await;
            assert_eq!(
                reply.status, expected,
                "{} with {length} bytes: {}",
                row.operation, reply.json
            );
        }
        // Longer than an event of Lambda: the gateway's own 413.
        let reply = owner
            .send(&stage, row, &row.path(owner.id), vec![b' '; 8 * 1024 * 1024])
            .await;
        assert_eq!(reply.status, 413, "{} with 8 MiB", row.operation);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_id_that_is_none_names_nothing() {
    let stage = still().await;
    for row in rows() {
        let owner = Owner::lay(&stage, row).await;
        let parameters = row
            .described()
            .parameters
            .iter()
            .filter(|parameter| parameter.place == "path");
        for parameter in parameters {
            // Without its first word: where there is nothing, it is another path.
            for word in WORDS[1..]
                .iter()
                .map(|word| encoded(word))
                .chain(["%ff".to_owned(), "x".repeat(4000)])
            {
                let (_, path) = row.operation.split_once(' ').expect("METHOD /path");
                let path = path.replace(&format!("{{{}}}", parameter.name), &word);
                let ids = path.replace("{instrument}", "EURUSD");
                let ids = row.own_parameters().fold(ids, |path, name| {
                    path.replace(&format!("{{{name}}}"), &owner.id.to_string())
                });
                let query = row
                    .path(owner.id)
                    .split_once('?')
                    .map(|(_, query)| format!("?{query}"))
                    .unwrap_or_default();
                let reply = owner.send(&stage, row, &(ids + &query), row.body_of(owner.id)).await;
                if parameter.name != "instrument" {
                    assert_eq!(
                        reply.status, 404,
                        "{} with {word} for {}: {}",
                        row.operation, parameter.name, reply.json
                    );
                }
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_parameter_of_any_value_is_taken_or_refused() {
    let stage = still().await;
    for row in rows() {
        let owner = Owner::lay(&stage, row).await;
        let path = row.path(owner.id);
        let (path, query) = path.split_once('?').unwrap_or((&path, ""));
        let parameters = row
            .described()
            .parameters
            .iter()
            .filter(|parameter| parameter.place == "query");
        for parameter in parameters {
            let others: Vec<&str> = query
                .split('&')
                .filter(|pair| !pair.is_empty() && pair.split('=').next() != Some(&parameter.name))
                .collect();
            let free = parameter.schema["type"] == "string" && parameter.schema.get("format").is_none();
            let name = &parameter.name;
            let odd = WORDS.iter().map(|word| format!("{name}={}", encoded(word)));
            for odd in odd.chain([format!("{name}=%ff"), format!("{name}=1&{name}=1"), name.clone()]) {
                let query = others
                    .iter()
                    .copied()
                    .chain([odd.as_str()])
                    .collect::<Vec<_>>()
                    .join("&");
                let reply = owner
                    .send(&stage, row, &format!("{path}?{query}"), row.body_of(owner.id))
                    .await;
                assert!(
                    reply.status == 422 || free && reply.status < 300,
                    "{} with {odd} answered {}: {}",
                    row.operation,
                    reply.status,
                    reply.json
                );
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_header_of_any_value_is_taken_or_refused() {
    let stage = still().await;
    for row in rows() {
        let owner = Owner::lay(&stage, row).await;
        let parameters = row
            .described()
            .parameters
            .iter()
            .filter(|parameter| parameter.place == "header");
        let named = parameters.map(|parameter| parameter.name.as_str());
        for name in named.chain(["content-type", "accept", "origin", "x-forwarded-for"]) {
            for word in ["", "garbage", "\"", "W/\"\"", "*/*; q=-1", &"x".repeat(4000)] {
                let caller = owner.caller(&stage, row.who).with(name.to_owned(), word);
                let reply = caller
                    .send(&row.described().method, &row.path(owner.id), row.body_of(owner.id))
                    .await;
                assert!(
                    reply.status < 500,
                    "{} with {name}: {word} answered {}",
                    row.operation,
                    reply.status
                );
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_there_is_no_route_for_is_refused_by_the_gateway_alone() {
    let stage = still().await;
    let owner = Owner::lay(&stage, &rows()[0]).await;
    for path in [
        "/",
        "/nothing",
        "/agents/",
        "/agents/x/y/z",
        "//agents",
        "/%00",
        "/health/../agents",
    ] {
        let reply = owner
            .caller(&stage, Who::User)
            .send(&reqwest::Method::PUT, path, "{}")
            .await;
        assert_eq!(
            (reply.status, &reply.json),
            (404, &json!({"message": "Not Found"})),
            "{path}"
        );
    }
}
