//! The one log of the whole cloud. Lines are rendered and written on a thread of their own,
//! so that a terminal that scrolls slowly costs no request its time.

use std::fmt::Write as _;
use std::fs::File;
use std::io::{IsTerminal, Write, stdout};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::{Duration, Instant};

use serde_json::{Map, Value};
use tokio::sync::{mpsc, oneshot};

/// Where readable lines go. Subscribers get every line in any case.
#[derive(Debug, Default)]
pub enum Output {
    #[default]
    Terminal,
    File(File),
    Nowhere,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Source {
    Cloud,
    Gateway,
    Supabase,
    Socket,
    Queue,
    Schedule,
    Glm,
    Function(Arc<str>),
}

/// A line as it was written: what a function printed is kept raw.
#[derive(Debug, Clone)]
pub struct Line {
    pub source: Source,
    pub text: String,
}

#[derive(Debug, Clone)]
pub struct Log(Sender<Message>);

#[derive(Debug)]
enum Message {
    Line(Line),
    Subscribe(mpsc::UnboundedSender<Line>),
    Flush(oneshot::Sender<()>),
}

impl Log {
    pub(crate) fn start(output: Output) -> Self {
        let (sender, receiver) = channel();
        std::thread::spawn(move || write_all(&receiver, output));
        Self(sender)
    }

    /// Every line from now on.
    pub fn subscribe(&self) -> mpsc::UnboundedReceiver<Line> {
        let (sender, receiver) = mpsc::unbounded_channel();
        self.send(Message::Subscribe(sender));
        receiver
    }

    pub fn line(&self, source: Source, text: String) {
        self.send(Message::Line(Line { source, text }));
    }

    pub(crate) async fn flush(&self) {
        let (sender, receiver) = oneshot::channel();
        self.send(Message::Flush(sender));
        // An error means the writer is gone, and with it everything that could be flushed.
        let _ = receiver.await;
    }

    fn send(&self, message: Message) {
        // The writer ends only when the last sender has, or by a panic that has told its own story.
        let _ = self.0.send(message);
    }
}

/// How long something took, and what of it was a start, as every line about an invocation ends.
pub(crate) fn took(begun: Instant, cold_start: Option<Duration>) -> String {
    let cold = cold_start.map_or(String::new(), |init| {
        format!(" cold start {:.1} ms", 1000.0 * init.as_secs_f64())
    });
    format!("{:.1} ms{cold}", 1000.0 * begun.elapsed().as_secs_f64())
}

fn write_all(receiver: &Receiver<Message>, mut output: Output) {
    let coloured =
        matches!(output, Output::Terminal) && stdout().is_terminal() && std::env::var_os("NO_COLOR").is_none();
    let mut subscribers: Vec<mpsc::UnboundedSender<Line>> = Vec::new();
    for message in receiver {
        match message {
            Message::Line(line) => {
                // A closed pipe or a full disk must not stop the cloud; subscribers still hear the line.
                let _ = match &mut output {
                    Output::Terminal => writeln!(stdout(), "{}", render(&line, coloured)),
                    Output::File(file) => writeln!(file, "{}", render(&line, false)),
                    Output::Nowhere => Ok(()),
                };
                subscribers.retain(|subscriber| subscriber.send(line.clone()).is_ok());
            }
            Message::Subscribe(subscriber) => subscribers.push(subscriber),
            Message::Flush(done) => {
                let _ = done.send(());
            }
        }
    }
}

fn render(line: &Line, coloured: bool) -> String {
    let name = match &line.source {
        Source::Cloud => "cloud",
        Source::Gateway => "gateway",
        Source::Supabase => "supabase",
        Source::Socket => "socket",
        Source::Queue => "queue",
        Source::Schedule => "schedule",
        Source::Glm => "glm",
        Source::Function(name) => name,
    };
    let text = readable(&line.text);
    if !coloured {
        return format!("{name:<12} {text}");
    }
    let bright = matches!(line.source, Source::Function(_));
    // Six colours that are legible on light and dark; the name picks one, so it stays the same from run to run.
    let colour = if bright {
        31 + name.bytes().map(u32::from).sum::<u32>() % 6
    } else {
        90
    };
    format!("\x1b[{colour}m{name:<12}\x1b[0m {text}")
}

/// A JSON line of a function as `LEVEL message key=value …`; anything else as it is.
fn readable(text: &str) -> String {
    let Ok(Value::Object(mut object)) = serde_json::from_str(text) else {
        return text.to_owned();
    };
    // CloudWatch embedded metrics: the declaration says nothing the values beside it do not.
    object.remove("_aws");
    object.remove("timestamp");
    let fields = match object.remove("fields") {
        Some(Value::Object(fields)) => fields,
        _ => Map::new(),
    };
    object.extend(fields);
    let mut out = String::new();
    for key in ["level", "message"] {
        if let Some(Value::String(value)) = object.remove(key) {
            let _ = write!(out, "{value:<5} ");
        }
    }
    for (key, value) in object {
        let _ = match value {
            Value::String(value) => write!(out, "{key}={value} "),
            value => write!(out, "{key}={value} "),
        };
    }
    out.truncate(out.trim_end().len());
    out
}
