//! The functions' client of Supabase Storage, against its protocol.

use std::time::Duration;

use shared::{error::Error, secret::Secret, storage::Storage};

use crate::support::Stage;

const MINUTE: Duration = Duration::from_mins(1);

fn code(outcome: Result<impl Sized, Error>) -> String {
    outcome.map_or_else(|error| error.code().to_owned(), |_| "fine".to_owned())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_is_uploaded_once_signed_downloaded_and_deleted() {
    let stage = Stage::new().await;
    let storage = stage.storage();
    let upload = async |path: &str, content: &'static str| storage.upload(path, "text/plain", content.into()).await;
    upload("a/Trend Rider+1.mq5", "first").await.expect("a new file");
    assert_eq!(code(upload("a/Trend Rider+1.mq5", "second").await), "file_exists");

    let url = storage
        .sign_download("a/Trend Rider+1.mq5", MINUTE, Some("Näme 1.mq5"))
        .await;
    let file = stage
        .http
        .get(url.expect("a signed address"))
        .send()
        .await
        .expect("an answer");
    let disposition = file.headers()["content-disposition"].to_str().expect("text").to_owned();
    assert!(
        disposition.contains("filename*=UTF-8''N%C3%A4me%201.mq5"),
        "{disposition}"
    );
    assert_eq!(
        file.text().await.expect("a body"),
        "first",
        "the second did not overwrite it"
    );
    assert_eq!(
        code(storage.sign_download("a/nothing.mq5", MINUTE, None).await),
        "not_found"
    );

    // Of those that are not there, no word.
    let paths = ["a/Trend Rider+1.mq5", "a/nothing.mq5"].map(str::to_owned);
    storage.delete(&paths).await.expect("deleted");
    storage.delete(&[]).await.expect("nothing to do");
    assert_eq!(stage.files().await, [""; 0]);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_to_upload_to_takes_the_file_of_a_later_attempt_too() {
    let stage = Stage::new().await;
    let url = stage.storage().sign_upload("a/b.ex5").await.expect("a signed address");
    let put = async || {
        let request = stage.http.put(&url).header("content-type", "application/octet-stream");
        request.body("EX5").send().await.expect("an answer").status()
    };
    assert!(put().await.is_success());
    assert!(put().await.is_success());
    assert_eq!(stage.files().await, ["a/b.ex5"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_goes_wrong_is_told_apart() {
    let stage = Stage::new().await;
    let storage = stage.storage();
    let nine_megabytes = vec![b'x'; 9 * 1024 * 1024].into();
    let large = storage.upload("a/large.mq5", "text/plain", nine_megabytes).await;
    assert_eq!(code(large), "internal", "more than the bucket takes is our mistake");
    let image = storage.upload("a/image.png", "image/png", "png".into()).await;
    assert_eq!(code(image), "internal", "and so is another kind of file");

    let key = || Secret::new(stage.cloud.service_role_key());
    let elsewhere = Storage::new(stage.cloud.supabase_url(), "nowhere", key());
    assert_eq!(
        code(elsewhere.upload("a/b.mq5", "text/plain", "x".into()).await),
        "dependency_down"
    );
    let forged = Storage::new(stage.cloud.supabase_url(), "ea", Secret::new("e30.e30.e30"));
    assert_eq!(code(forged.sign_upload("a/b.ex5").await), "dependency_down");
    let unreachable = Storage::new("http://127.0.0.1:1", "ea", key());
    assert_eq!(code(unreachable.delete(&["a".to_owned()]).await), "dependency_down");

    stage.cloud.set_storage_down(true);
    assert_eq!(
        code(storage.upload("a/b.mq5", "text/plain", "x".into()).await),
        "dependency_down"
    );
    assert_eq!(
        code(storage.sign_download("a/b.mq5", MINUTE, None).await),
        "dependency_down"
    );
    stage.cloud.set_storage_down(false);
    assert_eq!(code(storage.upload("a/b.mq5", "text/plain", "x".into()).await), "fine");
    assert_eq!(stage.files().await, ["a/b.mq5"]);
}
