//! Objects from upload to deletion.

use reqwest::Method;
use serde_json::{Value, json};

use super::{Project, body, database, refused, send, sql};

#[tokio::test]
async fn what_was_uploaded_comes_back_as_it_was() {
    let project = Project::new("roundtrip").await;
    let upload = project
        .with_key(Method::POST, "/object/{b}/a/my%20file.mq5")
        .header("content-type", "text/x-mql5")
        .header("cache-control", "max-age=3600")
        .body("one");
    let answer = body(send(upload).await).await;
    assert_eq!(answer["Key"], "roundtrip/a/my file.mq5");
    assert!(answer["Id"].is_string(), "{answer}");

    for path in [
        "/object/authenticated/{b}/a/my%20file.mq5",
        "/object/{b}/a/my%20file.mq5",
    ] {
        let answer = send(project.with_key(Method::GET, path)).await;
        let headers = answer.headers().clone();
        assert_eq!(headers["content-type"], "text/x-mql5");
        assert_eq!(headers["cache-control"], "max-age=3600");
        assert_eq!(headers["content-length"], "3");
        // MD5 of `one`.
        assert_eq!(headers["etag"], r#""f97c5d29941bfb1b2fdab0874906ab82""#);
        assert_eq!(answer.text().await.expect("a body"), "one");
        let head = send(project.with_key(Method::HEAD, path)).await;
        assert_eq!(
            (head.status().as_u16(), &head.headers()["content-length"]),
            (200, &headers["content-length"])
        );
    }
    let info = body(send(project.with_key(Method::GET, "/object/info/{b}/a/my%20file.mq5")).await).await;
    assert_eq!(
        json!([info["name"], info["size"], info["content_type"], info["bucket_id"]]),
        json!(["a/my file.mq5", 3, "text/x-mql5", "roundtrip"])
    );
    project.cloud.stop().await;
}

#[tokio::test]
async fn an_object_is_replaced_only_when_asked() {
    let project = Project::new("replaced").await;
    assert_eq!(project.upload("a", "one").await.status(), 200);
    refused(project.upload("a", "two").await, "409", "Duplicate").await;
    assert_eq!(project.text("a").await, "one");
    let upsert = project
        .with_key(Method::POST, "/object/{b}/a")
        .header("x-upsert", "true");
    assert_eq!(send(upsert.body("three")).await.status(), 200);
    assert_eq!(project.text("a").await, "three");
    let put = project.with_key(Method::PUT, "/object/{b}/a");
    assert_eq!(send(put.body("four")).await.status(), 200);
    assert_eq!(project.text("a").await, "four");
    assert_eq!(project.count(), 1, "replaced versions stay on disk");
    project.cloud.stop().await;
}

#[tokio::test]
async fn a_form_is_an_upload_too() {
    let project = Project::new("form").await;
    let form = "--x\r\nContent-Disposition: form-data; name=\"cacheControl\"\r\n\r\n60\r\n\
        --x\r\nContent-Disposition: form-data; name=\"\"; filename=\"blob\"\r\nContent-Type: image/png\r\n\r\npixels\r\n--x--\r\n";
    let upload = project
        .with_key(Method::POST, "/object/{b}/picture")
        .header("content-type", "multipart/form-data; boundary=x");
    assert_eq!(send(upload.body(form)).await.status(), 200);
    let answer = send(project.with_key(Method::GET, "/object/{b}/picture")).await;
    assert_eq!(answer.headers()["content-type"], "image/png");
    assert_eq!(answer.headers()["cache-control"], "max-age=60");
    assert_eq!(answer.text().await.expect("a body"), "pixels");
    let empty = project
        .with_key(Method::POST, "/object/{b}/other")
        .header("content-type", "multipart/form-data; boundary=x");
    refused(send(empty.body("--x--\r\n")).await, "400", "InvalidRequest").await;
    project.cloud.stop().await;
}

#[tokio::test]
async fn a_public_bucket_is_open_to_everybody_and_a_private_one_is_not_there() {
    let public = Project::with_bucket("public-one", "true, null, null").await;
    public.upload("page", "<p>").await;
    let page = public.open(Method::GET, "/object/public/{b}/page?download=page.txt");
    let answer = send(page).await;
    assert_eq!(
        answer.headers()["content-disposition"],
        "attachment; filename=page.txt; filename*=UTF-8''page.txt;"
    );
    assert_eq!(answer.text().await.expect("a body"), "<p>");
    assert_eq!(
        send(public.open(Method::GET, "/object/info/public/{b}/page"))
            .await
            .status(),
        200
    );
    public.cloud.stop().await;

    let private = Project::new("private-one").await;
    private.upload("page", "<p>").await;
    refused(
        send(private.open(Method::GET, "/object/public/{b}/page")).await,
        "404",
        "Bucket not found",
    )
    .await;
    private.cloud.stop().await;
}

#[tokio::test]
async fn objects_are_listed_level_by_level_and_deleted_by_name() {
    let project = Project::new("listed").await;
    for path in ["b", "a", "deep/c", "deep/d/e"] {
        assert_eq!(project.upload(path, path).await.status(), 200);
    }
    let names = async |what: Value| -> Vec<String> {
        let request = project.with_key(Method::POST, "/object/list/{b}").json(&what);
        let lines = body(send(request).await).await;
        let name = |line: &Value| {
            let slash = if line["id"].is_null() { "/" } else { "" };
            format!("{}{slash}", line["name"].as_str().expect("a name"))
        };
        lines.as_array().expect("a list").iter().map(name).collect()
    };
    assert_eq!(names(json!({ "prefix": "" })).await, ["deep/", "a", "b"]);
    assert_eq!(names(json!({ "prefix": "deep" })).await, ["d/", "c"]);
    let sorted = json!({ "prefix": "", "limit": 2, "offset": 1, "sortBy": { "column": "name", "order": "desc" } });
    assert_eq!(names(sorted).await, ["b", "a"]);
    assert_eq!(names(json!({ "prefix": "", "search": "a" })).await, ["a"]);

    let prefixes = json!({ "prefixes": ["a", "deep/c", "nothing"] });
    let deleted = body(send(project.with_key(Method::DELETE, "/object/{b}").json(&prefixes)).await).await;
    assert_eq!(deleted.as_array().map(Vec::len), Some(2), "{deleted}");
    assert_eq!(
        send(project.with_key(Method::DELETE, "/object/{b}/b")).await.status(),
        200
    );
    refused(
        send(project.with_key(Method::DELETE, "/object/{b}/b")).await,
        "404",
        "not_found",
    )
    .await;
    assert_eq!(names(json!({ "prefix": "" })).await, ["deep/"]);
    assert_eq!(project.count(), 1);
    project.cloud.stop().await;
}

#[tokio::test]
async fn a_bucket_can_be_made_and_read() {
    let project = Project::new("buckets").await;
    let bucket = json!({ "name": "made", "file_size_limit": "2MB", "allowed_mime_types": ["text/plain"] });
    let create = || send(project.with_key(Method::POST, "/bucket").json(&bucket));
    assert_eq!(body(create().await).await, json!({ "name": "made" }));
    refused(create().await, "409", "Duplicate").await;
    let made = body(send(project.with_key(Method::GET, "/bucket/made")).await).await;
    assert_eq!(
        json!([
            made["id"],
            made["public"],
            made["file_size_limit"],
            made["allowed_mime_types"]
        ]),
        json!(["made", false, 2_000_000, ["text/plain"]])
    );
    refused(
        send(project.with_key(Method::GET, "/bucket/other")).await,
        "404",
        "Bucket not found",
    )
    .await;
    project.cloud.stop().await;
}

#[tokio::test]
async fn files_outlive_a_cloud_that_was_given_a_folder() {
    let project = Project::new("kept").await;
    project.upload("a", "one").await;
    // Left behind by a run that was killed in the middle of an upload.
    std::fs::write(project.files.join("half.part"), "o").expect("written");
    let Project {
        cloud,
        client,
        bucket,
        files,
        folder,
    } = project;
    cloud.stop().await;
    let cloud = Project::cloud(database().await, &folder).await;
    let project = Project {
        cloud,
        client,
        bucket,
        files,
        folder,
    };
    assert_eq!(project.text("a").await, "one");
    assert_eq!(project.count(), 1);
    project.cloud.stop().await;
}

#[tokio::test]
async fn policies_find_the_functions_that_supabase_has() {
    sql(
        database().await,
        "do $$ begin
           assert storage.foldername('a/b/c.tar.gz') = array['a', 'b'];
           assert storage.filename('a/b/c.tar.gz') = 'c.tar.gz';
           assert storage.extension('a/b/c.tar.gz') = 'gz';
         end $$;
         create policy own on storage.objects for select to authenticated
           using ((storage.foldername(name))[1] = (select auth.uid())::text);
         drop policy own on storage.objects;",
    )
    .await;
}
