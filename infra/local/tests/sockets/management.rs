//! `@connections`, and what becomes of connections that nobody says goodbye to.

use futures_util::StreamExt as _;
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::Error;

use super::Stand;
use crate::PATIENCE;

#[tokio::test]
async fn a_cut_connection_is_gone_without_a_disconnect() {
    let mut stand = Stand::new("cut", |_| ()).await;
    let (mut socket, id) = stand.connect().await;
    assert!(stand.cloud.cut_socket(&id));
    let end = timeout(PATIENCE, socket.0.next())
        .await
        .expect("the end")
        .expect("an error");
    assert!(
        matches!(end, Err(Error::Protocol(_) | Error::Io(_))),
        "no goodbye: {end:?}"
    );
    assert_eq!(stand.post(&id, "tick").await, Err(Some("GoneException".into())));
    assert!(!stand.cloud.cut_socket(&id));
    let Stand { cloud, events, .. } = stand;
    cloud.stop().await;
    let rest = events.rest().await;
    assert!(!rest.iter().any(|line| line.text.contains("DISCONNECT")), "{rest:?}");
}

#[tokio::test]
async fn a_connection_can_be_looked_at_and_deleted() {
    let mut stand = Stand::new("delete", |_| ()).await;
    let (mut socket, id) = stand.connect().await;
    let found = stand
        .management
        .get_connection()
        .connection_id(&id)
        .send()
        .await
        .expect("there");
    assert_eq!(
        found.identity().and_then(|identity| identity.source_ip()),
        Some("127.0.0.1")
    );
    assert!(found.connected_at().is_some() && found.connected_at() <= found.last_active_at());
    assert_eq!(stand.post(&id, "last words").await, Ok(()));
    stand
        .management
        .delete_connection()
        .connection_id(&id)
        .send()
        .await
        .expect("deleted");
    assert_eq!(socket.text().await, "last words");
    assert_eq!(socket.closed().await, 1000);
    stand.disconnected(&id, 1000).await;
    let again = stand.management.delete_connection().connection_id(&id).send().await;
    assert!(again.expect_err("gone").into_service_error().is_gone_exception());
    stand.cloud.stop().await;
}

#[tokio::test]
async fn an_unsigned_post_a_wrong_stage_and_a_plain_request_are_refused() {
    let mut stand = Stand::new("unsigned", |_| ()).await;
    let (_socket, id) = stand.connect().await;
    let base = stand.cloud.ws_url().expect("a WebSocket API").replacen("ws", "http", 1);
    let client = crate::client();
    let post = client.post(format!(
        "{base}/@connections/{}",
        id.replace('+', "%2B").replace('/', "%2F")
    ));
    assert_eq!(post.body("tick").send().await.expect("an answer").status(), 403);
    let other = base.replace("v1", "v2");
    assert_eq!(client.get(&other).send().await.expect("an answer").status(), 403);
    assert_eq!(client.get(&base).send().await.expect("an answer").status(), 426);
    stand.cloud.stop().await;
}
