//! From the queue to the sockets: what a batch of news comes to is asked of the registry in one go and posted, at most one
//! message of prices to a socket, always the newest.

use std::{collections::HashMap, time::Duration};

use aws_lambda_events::sqs::{SqsBatchResponse, SqsEvent};
use bytes::Bytes;
use futures_util::{StreamExt, stream};
use shared::{
    config::Env,
    db::{self, Db},
    error::Error,
    news::{
        self,
        edition::{Edition, Message},
    },
    sockets::{Posted, Sockets},
};

/// Posts under way at once. Each waits for API Gateway most of its time.
const AT_ONCE: usize = 64;
/// After a "too many" or a failure: once more. Then the message is dropped, for a newer one is on its way.
const BACK_OFF: Duration = Duration::from_millis(100);

pub struct App {
    db: Db,
    sockets: Sockets,
}

impl App {
    pub fn from_env(env: &mut Env) -> Result<Self, Error> {
        Ok(Self {
            sockets: Sockets::from_env(env),
            db: Db::from_env(env)?,
        })
    }
}

/// Messages that cannot be read are reported one by one, and end in the dead-letter queue; an error returns the whole batch.
pub async fn broadcast(app: &App, event: SqsEvent) -> Result<SqsBatchResponse, Error> {
    let mut edition = Edition::default();
    let mut response = SqsBatchResponse::default();
    for record in event.records {
        match news::read(record.body.as_deref().unwrap_or_default()) {
            Ok(news) => edition.extend(news),
            Err(error) => {
                Error::internal("news/read", error).log();
                response.add_failure(record.message_id.unwrap_or_default());
            }
        }
    }
    let audience = db::socket::audience(&app.db, &edition).await?;
    let messages = edition.messages(&audience);
    deliver(app, &messages).await.report(app).await?;
    for socket in edition.hang_ups() {
        // It is forgotten already; API Gateway closes it within two hours whatever becomes of this.
        if let Err(error) = app.sockets.close(socket).await {
            error.log();
        }
    }
    Ok(response)
}

/// What became of the messages to one socket, or to all.
#[derive(Default)]
struct Delivered<'a> {
    sent: usize,
    /// The client or API Gateway did not keep up.
    dropped: usize,
    gone: Vec<&'a str>,
    failed: Vec<Error>,
}

impl Delivered<'_> {
    fn add(&mut self, other: Self) {
        self.sent += other.sent;
        self.dropped += other.dropped;
        self.gone.extend(other.gone);
        self.failed.extend(other.failed);
    }

    /// Forgets sockets that are gone. When nothing at all got through, the batch is to come again.
    async fn report(self, app: &App) -> Result<(), Error> {
        let Self {
            sent,
            dropped,
            gone,
            mut failed,
        } = self;
        if !gone.is_empty() {
            db::socket::forget(&app.db, &gone).await?;
        }
        if dropped > 0 || !failed.is_empty() {
            tracing::warn!(sent, dropped, failed = failed.len(), "not every message was delivered");
        }
        match failed.pop() {
            Some(error) if sent == 0 => Err(error),
            Some(error) => {
                error.log();
                Ok(())
            }
            None => Ok(()),
        }
    }
}

/// Many sockets at once, each of them in the order of the messages.
async fn deliver<'a>(app: &App, messages: &'a [Message]) -> Delivered<'a> {
    let mut letters = HashMap::<&str, Vec<Bytes>>::new();
    for Message { text, sockets } in messages {
        let text = Bytes::copy_from_slice(text.as_bytes());
        for socket in sockets {
            letters.entry(socket).or_default().push(text.clone());
        }
    }
    stream::iter(letters)
        .map(async |(socket, texts)| tell(app, socket, texts).await)
        .buffer_unordered(AT_ONCE)
        .fold(Delivered::default(), async |mut all, one| {
            all.add(one);
            all
        })
        .await
}

async fn tell<'a>(app: &App, socket: &'a str, texts: Vec<Bytes>) -> Delivered<'a> {
    let mut delivered = Delivered::default();
    for text in texts {
        let mut posted = app.sockets.post(socket, text.clone()).await;
        if matches!(posted, Posted::Busy | Posted::Failed(_)) {
            tokio::time::sleep(BACK_OFF).await;
            posted = app.sockets.post(socket, text).await;
        }
        match posted {
            Posted::Sent => delivered.sent += 1,
            Posted::Busy => delivered.dropped += 1,
            Posted::Failed(error) => delivered.failed.push(error),
            Posted::Gone => {
                delivered.gone.push(socket);
                break;
            }
        }
    }
    delivered
}
