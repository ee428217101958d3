//! The contract as a page.

use crate::{Folder, client, cloud};
use local_cloud::supabase;

const TEMPLATE: &str = "Resources: { Api: { Type: AWS::Serverless::HttpApi } }";

/// What an attribute of the page names.
fn named<'a>(page: &'a str, attribute: &str) -> Vec<&'a str> {
    let begins = format!("{attribute}=\"");
    page.split(&begins)
        .skip(1)
        .filter_map(|rest| rest.split('"').next())
        .filter(|name| !name.starts_with("data:"))
        .collect()
}

#[tokio::test]
async fn the_contract_is_shown_without_another_host() {
    let folder = Folder::new("console");
    let contract = folder.0.join("openapi.json");
    std::fs::write(&contract, r#"{"openapi":"3.1.0"}"#).expect("a contract");
    let database = supabase::Config::new(
        "postgres://nobody@127.0.0.1:1/none",
        "a secret of at least 32 characters",
    );
    let cloud = cloud(&folder.0, TEMPLATE, database, |config| config.contract = Some(contract)).await;
    let url = cloud.contract_url().expect("an address").to_owned();
    let origin = url.strip_suffix("/docs").expect("the page is /docs");
    let get = async |path: &str| {
        let answer = client().get(format!("{origin}{path}")).send().await.expect("an answer");
        assert_eq!(answer.status(), 200, "{path}");
        let policy = answer.headers().get("content-security-policy").cloned();
        (answer.text().await.expect("a body"), policy)
    };
    let (page, policy) = get("/docs").await;
    let policy = policy.expect("a policy");
    assert!(
        policy
            .to_str()
            .is_ok_and(|policy| policy.starts_with("default-src 'self';")),
        "{policy:?}"
    );
    assert!(!page.contains("//"), "the page names another host");
    assert!(page.contains(r#"url: "/docs/openapi.json""#), "{page}");
    assert_eq!(get("/docs/openapi.json").await.0, r#"{"openapi":"3.1.0"}"#);

    let assets: Vec<_> = ["href", "src"]
        .iter()
        .flat_map(|attribute| named(&page, attribute))
        .collect();
    assert_eq!(assets.len(), 2, "{assets:?}");
    for path in assets {
        let (text, _) = get(path).await;
        assert!(text.len() > 100_000, "{path} is {} bytes", text.len());
        let styles = std::path::Path::new(path)
            .extension()
            .is_some_and(|extension| extension == "css");
        assert!(!styles || !text.contains("url(http"), "{path} names another host");
    }
    cloud.stop().await;
}

#[tokio::test]
async fn without_a_contract_there_is_no_page() {
    let folder = Folder::new("no-console");
    let database = supabase::Config::new(
        "postgres://nobody@127.0.0.1:1/none",
        "a secret of at least 32 characters",
    );
    let cloud = cloud(&folder.0, TEMPLATE, database, |_| ()).await;
    assert_eq!(cloud.contract_url(), None);
    cloud.stop().await;
}
