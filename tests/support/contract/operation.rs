//! An operation as it is described, and what of an exchange is not.

use std::{
    collections::BTreeMap,
    fmt::{self, Display},
};

use jsonschema::Registry;
use reqwest::{
    Method,
    header::{HeaderMap, HeaderName},
};
use serde_json::Value;

use super::{
    Exchange, REMEDY, media_type,
    schema::Schema,
    strict::{self, escaped},
};

/// What every answer may carry: HTTP's own, the gateway's and CORS'.
const USUAL_HEADERS: [&str; 7] = [
    "apigw-requestid",
    "connection",
    "content-length",
    "content-type",
    "date",
    "transfer-encoding",
    "x-amzn-requestid",
];

pub(crate) struct Operation {
    /// `METHOD /path`
    pub(crate) name: String,
    pub(crate) method: Method,
    segments: Vec<String>,
    /// The name of its security scheme; none where anybody may call.
    pub(crate) security: Option<String>,
    pub(crate) parameters: Vec<Parameter>,
    pub(crate) takes: Option<Body>,
    answers: BTreeMap<u16, Answer>,
}

pub(crate) struct Parameter {
    pub(crate) name: String,
    /// `path`, `query` or `header`
    pub(crate) place: String,
    pub(crate) schema: Value,
}

pub(crate) struct Body {
    required: bool,
    content: Content,
}

struct Answer {
    content: Content,
    headers: BTreeMap<String, Schema>,
}

/// Schemas by media type, where one has any; empty where there is no body.
type Content = BTreeMap<String, Option<Schema>>;

impl Operation {
    /// Whether a path of these segments may be this operation's.
    pub(super) fn fits(&self, asked: &[&str]) -> bool {
        let mut both = self.segments.iter().zip(asked);
        self.segments.len() == asked.len()
            && both.all(|(segment, asked)| segment == asked || is_parameter(segment) && !asked.is_empty())
    }

    /// How many segments may be anything.
    pub(super) fn generality(&self) -> usize {
        self.segments.iter().filter(|segment| is_parameter(segment)).count()
    }

    pub(super) fn complaints_of_the_answer(
        &self,
        registry: &Registry<'static>,
        exchange: &Exchange<'_>,
    ) -> Vec<String> {
        let Exchange {
            status, headers, body, ..
        } = exchange;
        let Some(answer) = self.answers.get(status) else {
            let known: Vec<_> = self.answers.keys().map(u16::to_string).collect();
            return vec![format!(
                "{self} answered {status}, and openapi.json knows {}: add it to the handler's responses, by a group of \
                 shared::error or on a line of its own, then run `cargo xtask openapi`; the body was {body}",
                known.join(", ")
            )];
        };
        let mut complaints = answer.complaints_of_the_headers(registry, headers);
        let media_type = media_type(headers);
        match answer.content.get(&media_type) {
            None if answer.content.is_empty() && body.is_empty() => {}
            None => complaints.push(format!(
                "has the content type {media_type:?}, and openapi.json knows {:?}: {REMEDY}",
                answer.content.keys()
            )),
            Some(schema) if media_type.ends_with("json") => match (serde_json::from_str(body), schema) {
                (Ok(json), Some(schema)) => complaints.extend(schema.complaints(registry, &json)),
                (Ok(_), None) => {}
                (Err(error), _) => complaints.push(format!("is no JSON, though it says so: {error}")),
            },
            Some(_) => {}
        }
        complaints
            .into_iter()
            .map(|complaint| format!("{self}: the answer {status} {complaint}"))
            .collect()
    }

    pub(super) fn complaints_of_the_request(&self, registry: &Registry<'static>, sent: &[u8]) -> Vec<String> {
        let complaints = match &self.takes {
            // Nobody reads it.
            None => Vec::new(),
            Some(body) if sent.is_empty() => {
                let complaint =
                    "has no body, and openapi.json requires one: send one, or let request_body be an Option";
                body.required.then(|| complaint.to_owned()).into_iter().collect()
            }
            // Without a content type it may be any that is taken.
            Some(body) => {
                let of_one = |(media_type, schema): (&String, &Option<Schema>)| {
                    let json = if media_type.ends_with("json") {
                        serde_json::from_slice(sent).unwrap_or_default()
                    } else {
                        Value::from(String::from_utf8_lossy(sent))
                    };
                    schema
                        .as_ref()
                        .map(|schema| schema.complaints(registry, &json))
                        .unwrap_or_default()
                };
                body.content.iter().map(of_one).min_by_key(Vec::len).unwrap_or_default()
            }
        };
        complaints
            .into_iter()
            .map(|complaint| format!("{self}: the request {complaint}"))
            .collect()
    }
}

impl Answer {
    fn complaints_of_the_headers(&self, registry: &Registry<'static>, headers: &HeaderMap) -> Vec<String> {
        let mut complaints = Vec::new();
        for (name, schema) in &self.headers {
            let Some(value) = headers.get(name).and_then(|value| value.to_str().ok()) else {
                complaints.push(format!("has no header {name}, which openapi.json promises: {REMEDY}"));
                continue;
            };
            // A header is text; what reads as a number may be one.
            let readings = [Value::from(value), serde_json::from_str(value).unwrap_or_default()];
            let of_one = |reading| schema.complaints(registry, reading);
            complaints.extend(readings.iter().map(of_one).min_by_key(Vec::len).unwrap_or_default());
        }
        let known = |name: &str| {
            USUAL_HEADERS.contains(&name) || name.starts_with("access-control-") || self.headers.contains_key(name)
        };
        complaints.extend(
            headers
                .keys()
                .map(HeaderName::as_str)
                .filter(|name| !known(name))
                .map(|name| {
                    format!(
                        "has the header {name}, which openapi.json does not name: add it to headers(…) of this response"
                    )
                }),
        );
        complaints
    }
}

impl Display for Operation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.name)
    }
}

pub(super) fn all(openapi: &Value) -> Vec<Operation> {
    let mut operations = Vec::new();
    for (path, verbs) in members(&openapi["paths"]) {
        for (verb, described) in members(verbs) {
            let place = format!("/paths/{}/{verb}", escaped(path));
            let verb = verb.to_uppercase();
            let answers = members(&described["responses"]).map(|(status, answer)| {
                let place = format!("{place}/responses/{status}");
                let header = |(name, _): (&String, _)| {
                    let pointer = format!("{place}/headers/{name}/schema");
                    (name.to_lowercase(), Schema::at(strict::ANSWERS, &pointer))
                };
                let answer = Answer {
                    headers: members(&answer["headers"]).map(header).collect(),
                    content: content(answer, strict::ANSWERS, &place),
                };
                (status.parse().expect("a status is a number"), answer)
            });
            let parameter = |parameter: &Value| Parameter {
                name: parameter["name"].as_str().expect("a parameter has a name").to_owned(),
                place: parameter["in"].as_str().expect("a parameter has a place").to_owned(),
                schema: parameter["schema"].clone(),
            };
            let body = &described["requestBody"];
            operations.push(Operation {
                name: format!("{verb} {path}"),
                segments: path.split('/').map(str::to_owned).collect(),
                security: described["security"][0]
                    .as_object()
                    .and_then(|scheme| scheme.keys().next().cloned()),
                parameters: described["parameters"]
                    .as_array()
                    .into_iter()
                    .flatten()
                    .map(parameter)
                    .collect(),
                takes: body.is_object().then(|| Body {
                    required: body["required"] == true,
                    content: content(body, strict::REQUESTS, &format!("{place}/requestBody")),
                }),
                answers: answers.collect(),
                method: verb.parse().expect("a method"),
            });
        }
    }
    operations
}

fn content(described: &Value, document: &str, place: &str) -> Content {
    let schema = |(media_type, described): (&String, &Value)| {
        let pointer = format!("{place}/content/{}/schema", escaped(media_type));
        let schema = described.get("schema").map(|_| Schema::at(document, &pointer));
        (media_type.clone(), schema)
    };
    members(&described["content"]).map(schema).collect()
}

fn members(value: &Value) -> impl Iterator<Item = (&String, &Value)> {
    value.as_object().into_iter().flatten()
}

fn is_parameter(segment: &str) -> bool {
    segment.starts_with('{')
}
