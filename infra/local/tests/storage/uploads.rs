//! What must not be left on disk: the losers of a race, what is too large, what came to half only.

use std::time::Duration;

use futures_util::future::join_all;
use reqwest::Method;
use tokio::io::AsyncWriteExt as _;
use tokio::net::TcpStream;
use tokio::time::{sleep, timeout};

use super::{Project, refused, send};
use crate::PATIENCE;

#[tokio::test]
async fn of_many_uploads_at_once_one_wins() {
    let project = Project::new("race").await;
    let answers = join_all((0..20).map(|number| {
        let request = project.with_key(Method::POST, "/object/{b}/same");
        send(request.body(format!("upload {number}")))
    }))
    .await;
    let mut winners = Vec::new();
    for (number, answer) in answers.into_iter().enumerate() {
        if answer.status() == 200 {
            winners.push(number);
        } else {
            refused(answer, "409", "Duplicate").await;
        }
    }
    assert_eq!(winners.len(), 1, "{winners:?}");
    assert_eq!(project.text("same").await, format!("upload {}", winners[0]));
    assert_eq!(project.count(), 1, "the losers' files stay on disk");

    let replaced = join_all((0..20).map(|number| {
        let request = project.with_key(Method::PUT, "/object/{b}/same");
        send(request.body(format!("upload {number}")))
    }))
    .await;
    assert!(replaced.iter().all(|answer| answer.status() == 200), "{replaced:?}");
    assert_eq!(project.count(), 1, "replaced files stay on disk");
    project.cloud.stop().await;
}

#[tokio::test]
async fn a_bucket_refuses_what_is_too_large_or_of_another_type() {
    let project = Project::with_bucket("limited", "false, 8, array['text/plain', 'image/*']").await;
    assert_eq!(project.upload("fits", "12345678").await.status(), 200);
    refused(project.upload("large", "123456789").await, "413", "Payload too large").await;
    let of_type = |name: &str, kind: &'static str| {
        let request = project.with_key(Method::POST, &format!("/object/{{b}}/{name}"));
        send(request.header("content-type", kind).body("x"))
    };
    assert_eq!(of_type("picture", "image/png").await.status(), 200);
    refused(of_type("page", "text/html").await, "415", "invalid_mime_type").await;
    refused(
        of_type("text", "text/plain; charset=utf-8").await,
        "415",
        "invalid_mime_type",
    )
    .await;
    assert_eq!(project.count(), 2);
    project.cloud.stop().await;
}

#[tokio::test]
async fn no_object_is_larger_than_fifty_megabytes() {
    let project = Project::new("large").await;
    let request = project.with_key(Method::POST, "/object/{b}/large");
    refused(
        send(request.body(vec![0; 50 * 1024 * 1024 + 1])).await,
        "413",
        "Payload too large",
    )
    .await;
    assert_eq!(project.count(), 0);
    project.cloud.stop().await;
}

#[tokio::test]
async fn half_an_upload_leaves_nothing() {
    let project = Project::new("half").await;
    let address = project.cloud.supabase_url().trim_start_matches("http://");
    let mut socket = TcpStream::connect(address).await.expect("a connection");
    let head = format!(
        "POST /storage/v1/object/half/a HTTP/1.1\r\nhost: here\r\nauthorization: Bearer {}\r\ncontent-length: 1000\r\n\r\nhalf of it",
        project.cloud.service_role_key()
    );
    socket.write_all(head.as_bytes()).await.expect("sent");
    let files = async |count: usize, what: &str| {
        let reached = async {
            while project.count() != count {
                sleep(Duration::from_millis(5)).await;
            }
        };
        timeout(PATIENCE, reached).await.expect(what);
    };
    files(1, "the upload begins").await;
    drop(socket);
    files(0, "half an upload stays on disk").await;
    refused(
        send(project.with_key(Method::GET, "/object/{b}/a")).await,
        "404",
        "not_found",
    )
    .await;
    assert_eq!(project.upload("a", "whole").await.status(), 200);
    project.cloud.stop().await;
}
