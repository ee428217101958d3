//! Who and what is turned away.

use reqwest::Method;

use super::{Project, refused, send};

#[tokio::test]
async fn only_the_service_role_has_access() {
    let project = Project::new("keys").await;
    project.upload("a", "one").await;
    let routes = [
        (Method::POST, "/object/{b}/b"),
        (Method::GET, "/object/{b}/a"),
        (Method::GET, "/object/info/{b}/a"),
        (Method::POST, "/object/sign/{b}/a"),
        (Method::POST, "/object/upload/sign/{b}/b"),
        (Method::POST, "/object/list/{b}"),
        (Method::DELETE, "/object/{b}"),
        (Method::GET, "/bucket/{b}"),
    ];
    for (method, path) in routes {
        let request = || project.open(method.clone(), path);
        refused(send(request()).await, "400", "Error").await;
        refused(
            send(request().bearer_auth(project.cloud.anon_key())).await,
            "403",
            "Unauthorized",
        )
        .await;
        refused(send(request().bearer_auth("nonsense")).await, "403", "Unauthorized").await;
    }
    assert_eq!(project.count(), 1);
    project.cloud.stop().await;
}

#[tokio::test]
async fn no_path_leads_out_of_its_bucket() {
    let project = Project::new("paths").await;
    for path in ["..%2f..%2fout", "a%2f..%2f..%2fout", "a%5cb", "%00", "a/%2e%2e%2fb"] {
        refused(project.upload(path, "out").await, "400", "InvalidKey").await;
    }
    assert_eq!(project.count(), 0);
    let nowhere = project.with_key(Method::POST, "/object/nowhere/a");
    refused(send(nowhere.body("x")).await, "404", "Bucket not found").await;
    project.cloud.stop().await;
}

#[tokio::test]
async fn an_outage_ends_where_it_is_told_to() {
    let project = Project::new("outage").await;
    project.upload("a", "one").await;
    project.cloud.set_storage_down(true);
    let answer = send(project.with_key(Method::GET, "/object/{b}/a")).await;
    assert_eq!(answer.status(), 503);
    let auth = format!("{}/auth/v1/health", project.cloud.supabase_url());
    let health = project.client.get(auth).header("apikey", project.cloud.anon_key());
    assert_eq!(send(health).await.status(), 200, "Auth goes on");
    project.cloud.set_storage_down(false);
    assert_eq!(project.text("a").await, "one");
    project.cloud.stop().await;
}

#[tokio::test]
async fn a_browser_of_any_origin_may_call() {
    let project = Project::new("cors").await;
    let preflight = project
        .open(Method::OPTIONS, "/object/upload/sign/{b}/a")
        .header("origin", "http://dashboard")
        .header("access-control-request-method", "PUT")
        .header("access-control-request-headers", "x-upsert");
    let answer = send(preflight).await;
    assert_eq!(answer.status(), 204);
    assert_eq!(answer.headers()["access-control-allow-origin"], "*");
    assert_eq!(answer.headers()["access-control-allow-headers"], "x-upsert");
    project.cloud.stop().await;
}
