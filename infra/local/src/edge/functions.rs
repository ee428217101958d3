//! `CloudFront` Functions, which are JavaScript: Node runs them, one request after the other.
//! What they get and give: <https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/functions-event-structure.html>

use std::process::Stdio;
use std::sync::Arc;

use anyhow::{Context, Result, bail, ensure};
use http::request::Parts;
use serde::Deserialize;
use serde_json::{Map, Value, json};
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader, Lines};
use tokio::process::{Child, ChildStdin, ChildStdout, Command};
use tokio::sync::Mutex;

const RUNNER: &str = include_str!("../../assets/edge.js");

pub(super) struct Functions(Arc<Mutex<Node>>);

struct Node {
    _process: Child,
    events: ChildStdin,
    answers: Lines<BufReader<ChildStdout>>,
}

impl Node {
    async fn ask(&mut self, line: &str) -> Result<String> {
        self.events.write_all(line.as_bytes()).await?;
        self.answers.next_line().await?.context("Node has ended")
    }
}

#[derive(Deserialize)]
struct Answer {
    request: Option<Value>,
    error: Option<String>,
}

impl Functions {
    /// By their code; later they are called by their place in this list.
    pub(super) fn start(code: &[String]) -> Result<Self> {
        let mut node = Command::new("node");
        node.args(["--eval", RUNNER, "--"]).arg(serde_json::to_string(code)?);
        // A group of its own: Ctrl-C is for whoever started this cloud, which ends it.
        node.stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .process_group(0)
            .kill_on_drop(true);
        let mut process = node
            .spawn()
            .context("Node runs CloudFront Functions, and cannot be started")?;
        let (events, answers) = (process.stdin.take(), process.stdout.take());
        let node = Node {
            _process: process,
            events: events.context("no standard input")?,
            answers: BufReader::new(answers.context("no standard output")?).lines(),
        };
        Ok(Self(Arc::new(Mutex::new(node))))
    }

    /// The path that the function asks the origin for. That is all it may change here.
    pub(super) async fn rewrite(&self, index: usize, parts: &Parts, viewer: &str) -> Result<String> {
        let sent = request(parts);
        let event = json!({
            "version": "1.0",
            "context": { "eventType": "viewer-request" },
            "viewer": { "ip": viewer },
            "request": sent,
        });
        let line = format!("{}\n", json!({ "index": index, "event": event }));
        let node = Arc::clone(&self.0);
        // A task of its own: a viewer that hangs up would leave its answer for the next one to read.
        let asked = tokio::spawn(async move { node.lock_owned().await.ask(&line).await });
        let answer = asked.await??;
        let Answer { request, error } = serde_json::from_str(&answer)?;
        if let Some(error) = error {
            bail!("{error}");
        }
        let mut request = request.context("it returned nothing")?;
        let uri = request["uri"].take();
        request["uri"] = sent["uri"].clone();
        ensure!(
            request == sent,
            "only a change of request.uri is known to the local cloud"
        );
        Ok(uri.as_str().context("request.uri is no text")?.to_owned())
    }
}

fn request(parts: &Parts) -> Value {
    let named = |pairs: &mut dyn Iterator<Item = (String, String)>| -> Map<String, Value> {
        pairs.map(|(name, value)| (name, json!({ "value": value }))).collect()
    };
    let query = form_urlencoded::parse(parts.uri.query().unwrap_or_default().as_bytes());
    let headers = parts.headers.iter().filter(|(name, _)| *name != http::header::COOKIE);
    json!({
        "method": parts.method.as_str(),
        "uri": parts.uri.path(),
        "querystring": named(&mut query.map(|(name, value)| (name.into_owned(), value.into_owned()))),
        "headers": named(&mut headers.map(|(name, value)| {
            (name.to_string(), String::from_utf8_lossy(value.as_bytes()).into_owned())
        })),
        "cookies": {},
    })
}
