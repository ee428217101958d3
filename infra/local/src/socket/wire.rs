//! One client's end of the line: frames in, frames out, as many at a time as lie ready.

use std::future::poll_fn;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use futures_util::{SinkExt as _, StreamExt as _};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::sync::mpsc;
use tokio::time::timeout;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::error::ProtocolError;
use tokio_tungstenite::tungstenite::protocol::frame::coding::CloseCode;
use tokio_tungstenite::tungstenite::protocol::{CloseFrame, Role, WebSocketConfig};
use tokio_tungstenite::tungstenite::{Error, Message, Utf8Bytes};

use super::connections::{Connection, Disconnect};

/// API Gateway's limit for a message, in either direction.
pub(super) const MESSAGE_LIMIT: usize = 128 * 1024;
const FRAME_LIMIT: usize = 32 * 1024;
/// What a client that does not answer gets to leave.
const GOODBYE: Duration = Duration::from_secs(1);

pub(super) struct Wire {
    stream: WebSocketStream<TcpStream>,
    outbox: mpsc::Receiver<Utf8Bytes>,
    connection: Arc<Connection>,
    unflushed: bool,
}

/// How a conversation ended.
pub(super) enum End {
    /// The client is gone, whether it said so or not.
    Left(Disconnect),
    /// It is for us to say so.
    Leave(Disconnect),
}

impl Wire {
    /// `read` came after the upgrade, together with it.
    pub(super) async fn new(
        stream: TcpStream,
        read: Vec<u8>,
        outbox: mpsc::Receiver<Utf8Bytes>,
        connection: Arc<Connection>,
    ) -> Self {
        let config = WebSocketConfig::default()
            .max_message_size(Some(MESSAGE_LIMIT))
            .max_frame_size(Some(FRAME_LIMIT))
            // A thousand of these are open at once, and most say little.
            .read_buffer_size(4 * 1024)
            .write_buffer_size(32 * 1024);
        Self {
            stream: WebSocketStream::from_partially_read(stream, read, Role::Server, Some(config)).await,
            outbox,
            connection,
            unflushed: false,
        }
    }

    /// The next message of the client. Sends what lies in the outbox in the meantime; with `deaf` does only that.
    pub(super) async fn hear(&mut self, deaf: bool) -> Result<Utf8Bytes, End> {
        loop {
            let heard = poll_fn(|context| self.poll(context, deaf)).await;
            self.connection.touch();
            match heard {
                Some(Ok(Message::Text(text))) => return Ok(text),
                Some(Ok(Message::Binary(_))) => {
                    return Err(End::Leave(Disconnect::new(1003, "Binary frames are not supported")));
                }
                Some(Ok(Message::Close(frame))) => {
                    let said = frame.map_or_else(
                        || Disconnect::new(1005, "Client-side close frame status not set"),
                        |frame| Disconnect::new(frame.code.into(), frame.reason.as_str()),
                    );
                    return Err(End::Left(said));
                }
                // Pings are answered by the library.
                Some(Ok(Message::Ping(_) | Message::Pong(_) | Message::Frame(_))) => {}
                Some(Err(error)) => return Err(end(&error)),
                None => return Err(End::Left(abnormal())),
            }
        }
    }

    fn poll(&mut self, context: &mut Context<'_>, deaf: bool) -> Poll<Option<Result<Message, Error>>> {
        if let Err(error) = self.poll_send(context) {
            return Poll::Ready(Some(Err(error)));
        }
        if deaf {
            return Poll::Pending;
        }
        self.stream.poll_next_unpin(context)
    }

    /// Takes nothing more out of the outbox while the client is behind: that is what fills it.
    fn poll_send(&mut self, context: &mut Context<'_>) -> Result<(), Error> {
        loop {
            if self.unflushed {
                match self.stream.poll_flush_unpin(context)? {
                    Poll::Ready(()) => self.unflushed = false,
                    Poll::Pending => return Ok(()),
                }
            }
            while let Poll::Ready(Some(text)) = self.outbox.poll_recv(context) {
                self.connection.taken(text.len());
                self.stream.start_send_unpin(Message::Text(text))?;
                self.unflushed = true;
            }
            if !self.unflushed {
                return Ok(());
            }
            self.connection.touch();
        }
    }

    /// Answers the client's goodbye.
    pub(super) async fn hang_up(mut self) {
        // Reading on is what sends the answer.
        let _ = timeout(GOODBYE, async { while let Some(Ok(_)) = self.stream.next().await {} }).await;
    }

    /// Sends what was promised, then says why it is over.
    pub(super) async fn close(mut self, why: &Disconnect) {
        let frame = CloseFrame {
            code: CloseCode::from(why.code),
            reason: why.reason.as_str().into(),
        };
        let goodbye = async {
            while let Ok(text) = self.outbox.try_recv() {
                self.stream.feed(Message::Text(text)).await?;
            }
            self.stream.close(Some(frame)).await?;
            let mut stream = self.stream.into_inner();
            stream.shutdown().await?;
            // What the client has sent must be read: closing over unread bytes would be a reset, which overtakes the frame.
            let mut rest = [0; 4096];
            while stream.read(&mut rest).await? > 0 {}
            Ok::<_, Error>(())
        };
        // A client that does not listen to the end has left earlier.
        let _ = timeout(GOODBYE, goodbye).await;
    }
}

fn end(error: &Error) -> End {
    match error {
        Error::Capacity(_) => End::Leave(Disconnect::new(1009, "Message too big")),
        Error::Utf8(_) => End::Leave(Disconnect::new(1007, "Invalid UTF-8")),
        Error::Protocol(ProtocolError::ResetWithoutClosingHandshake) => End::Left(abnormal()),
        Error::Protocol(_) => End::Leave(Disconnect::new(1002, "Protocol error")),
        _ => End::Left(abnormal()),
    }
}

fn abnormal() -> Disconnect {
    Disconnect::new(1006, "Connection closed abnormally")
}
