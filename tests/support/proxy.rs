//! A wire between functions and Postgres that counts round trips and can be cut.

use std::sync::{
    Arc,
    atomic::{AtomicBool, AtomicU64, Ordering},
};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{
        TcpListener, TcpStream,
        tcp::{OwnedReadHalf, OwnedWriteHalf},
    },
    sync::watch,
};

pub(crate) struct Proxy {
    pub(crate) port: u16,
    wire: Arc<Wire>,
    cut: watch::Sender<bool>,
    snap: Arc<watch::Sender<()>>,
}

#[derive(Default)]
struct Wire {
    /// Times that the functions spoke after Postgres had.
    round_trips: AtomicU64,
    postgres_spoke: AtomicBool,
}

impl Proxy {
    /// To the Postgres of this address.
    pub(crate) async fn to(admin_url: &str) -> Self {
        let config: tokio_postgres::Config = admin_url.parse().expect("an address of ours");
        let postgres = config.get_ports()[0];
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let port = listener.local_addr().expect("a bound port").port();
        let (cut, severed) = watch::channel(false);
        let snap = Arc::new(watch::channel(()).0);
        let wire = Arc::new(Wire {
            postgres_spoke: AtomicBool::new(true),
            ..Wire::default()
        });
        tokio::spawn(accept(
            listener,
            postgres,
            Arc::clone(&wire),
            severed,
            Arc::clone(&snap),
        ));
        Self { port, wire, cut, snap }
    }

    /// Counted since the last call. Right while one request is under way at a time.
    pub(crate) fn take_round_trips(&self) -> u64 {
        self.wire.round_trips.swap(0, Ordering::SeqCst)
    }

    /// Breaks every connection and refuses new ones, or lets them through again.
    pub(crate) fn cut(&self, cut: bool) {
        self.cut.send(cut).expect("the proxy listens");
    }

    /// Breaks every connection there is, and lets new ones through.
    pub(crate) fn snap(&self) {
        self.snap.send_replace(());
    }
}

async fn accept(
    listener: TcpListener,
    postgres: u16,
    wire: Arc<Wire>,
    severed: watch::Receiver<bool>,
    snap: Arc<watch::Sender<()>>,
) {
    while let Ok((client, _)) = listener.accept().await {
        if *severed.borrow() {
            continue;
        }
        let Ok(server) = TcpStream::connect(("127.0.0.1", postgres)).await else {
            continue;
        };
        let (wire, mut severed, mut snapped) = (Arc::clone(&wire), severed.clone(), snap.subscribe());
        tokio::spawn(async move {
            let ((from_client, to_client), (from_server, to_server)) = (client.into_split(), server.into_split());
            tokio::select! {
                () = pump(from_client, to_server, &wire, true) => {}
                () = pump(from_server, to_client, &wire, false) => {}
                _ = severed.wait_for(|cut| *cut) => {}
                _ = snapped.changed() => {}
            }
        });
    }
}

async fn pump(mut from: OwnedReadHalf, mut to: OwnedWriteHalf, wire: &Wire, client_speaks: bool) {
    let mut buffer = vec![0; 64 * 1024];
    while let Ok(read @ 1..) = from.read(&mut buffer).await {
        if !client_speaks {
            wire.postgres_spoke.store(true, Ordering::SeqCst);
        } else if wire.postgres_spoke.swap(false, Ordering::SeqCst) {
            wire.round_trips.fetch_add(1, Ordering::SeqCst);
        }
        if to.write_all(&buffer[..read]).await.is_err() {
            return;
        }
    }
}
