//! Figures, not checks: `cargo test -p local-cloud -- --ignored --nocapture --test-threads 1 measurements`.

use std::time::Instant;

use bytes::Bytes;
use futures_util::StreamExt as _;
use http_body_util::{BodyExt as _, Full};
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;
use tokio::task::JoinSet;
use tokio_tungstenite::connect_async;

use crate::{queues, sample_cloud, sockets};

const SOCKETS: usize = 1000;
const POSTERS: usize = 16;
const ROUNDS: usize = 20;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "a figure, not a check"]
async fn posts_to_a_thousand_sockets() {
    let (cloud, mut events) = sample_cloud("throughput", sockets::TEMPLATE, |_| ()).await;
    let url = cloud.ws_url().expect("a WebSocket API").to_owned();
    let (mut ids, mut readers) = (Vec::new(), JoinSet::new());
    let begun = Instant::now();
    for _ in 0..SOCKETS {
        let (mut socket, _) = connect_async(&url).await.expect("a connection");
        let event = events.next().await;
        let id = event["requestContext"]["connectionId"].as_str().expect("an id");
        ids.push(id.replace('+', "%2B").replace('/', "%2F").replace('=', "%3D"));
        readers.spawn(async move {
            for _ in 0..ROUNDS {
                socket.next().await.expect("open").expect("a tick");
            }
            // Open until all are done, so that every post goes to a full house.
            socket
        });
    }
    println!("{SOCKETS} sockets connected in {:.2} s", begun.elapsed().as_secs_f64());

    let address = url.trim_start_matches("ws://").trim_end_matches("/v1").to_owned();
    let begun = Instant::now();
    let mut posters = JoinSet::new();
    for part in ids.chunks(SOCKETS.div_ceil(POSTERS)) {
        posters.spawn(post_all(address.clone(), part.to_vec()));
    }
    posters.join_all().await;
    let open = readers.join_all().await;
    let took = begun.elapsed().as_secs_f64();
    let posts = SOCKETS * ROUNDS;
    println!(
        "{posts} posts accepted and read in {took:.2} s: {:.0} a second",
        f64::from(u32::try_from(posts).expect("small")) / took
    );
    drop(open);
    cloud.stop().await;
}

/// One kept connection, one post at a time, as an SDK's client does it.
async fn post_all(address: String, ids: Vec<String>) {
    let stream = TcpStream::connect(&address).await.expect("a connection");
    stream.set_nodelay(true).expect("no delay");
    let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await.expect("a connection");
    tokio::spawn(connection);
    let tick = Bytes::from("x".repeat(200));
    for _ in 0..ROUNDS {
        for id in &ids {
            let request = hyper::Request::post(format!("/v1/@connections/{id}"))
                .header("host", &address)
                .header("authorization", "AWS4-HMAC-SHA256")
                .body(Full::new(tick.clone()))
                .expect("a request");
            let answer = sender.send_request(request).await.expect("an answer");
            assert_eq!(answer.status(), 200);
            answer.into_body().collect().await.expect("a body");
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "a figure, not a check"]
async fn a_message_on_its_way_to_a_warm_function() {
    let (cloud, mut events) = sample_cloud("latency", queues::TEMPLATE, |_| ()).await;
    let mut taken = Vec::new();
    for i in 0..200 {
        let begun = Instant::now();
        cloud.put_message("News", &format!("group {i}"), "well");
        events.next().await;
        taken.push(1000.0 * begun.elapsed().as_secs_f64());
        while cloud.queue("News").is_some_and(|queue| queue.in_flight > 0) {
            tokio::task::yield_now().await;
        }
    }
    taken.sort_by(f64::total_cmp);
    println!(
        "from the queue to the function's first line: median {:.2} ms, 95 % {:.2} ms",
        taken[100], taken[190]
    );
    cloud.stop().await;
}
