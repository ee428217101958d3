//! The contract: generated from the handlers, committed, and the same as what the template routes.

mod finish;

use std::collections::BTreeSet;

use serde_json::Value;
use utoipa::openapi::{
    Components, InfoBuilder, LicenseBuilder, OpenApi, OpenApiBuilder,
    security::{ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityScheme},
};
use utoipa_axum::router::OpenApiRouter;
use xtask::root;

/// Every router of the product. One that is missing here is missing in the contract, which the template then shows.
fn handlers() -> [OpenApi; 14] {
    [
        account::router::<OpenApiRouter<_>>().into_openapi(),
        agents::router::<OpenApiRouter<_>>().into_openapi(),
        auth::router::<OpenApiRouter<_>>().into_openapi(),
        deployments::router::<OpenApiRouter<_>>().into_openapi(),
        ea::router::<OpenApiRouter<_>>().into_openapi(),
        generate::router::<OpenApiRouter<_>>().into_openapi(),
        heartbeat::router::<OpenApiRouter<_>>().into_openapi(),
        job_claim::router::<OpenApiRouter<_>>().into_openapi(),
        job_result::router::<OpenApiRouter<_>>().into_openapi(),
        onboarding::router::<OpenApiRouter<_>>().into_openapi(),
        prices::router::<OpenApiRouter<_>>().into_openapi(),
        signals::router::<OpenApiRouter<_>>().into_openapi(),
        trading::router::<OpenApiRouter<_>>().into_openapi(),
        webhook::router::<OpenApiRouter<_>>().into_openapi(),
    ]
}

fn contract() -> String {
    let info = InfoBuilder::new()
        .title("ForexElite Pro")
        .version(env!("CARGO_PKG_VERSION"))
        .license(Some(LicenseBuilder::new().name("MIT").identifier(Some("MIT")).build()));
    let mut contract = OpenApiBuilder::new()
        .info(info.build())
        .components(Some(Components::new()))
        .build();
    for part in handlers() {
        contract.merge(part);
    }
    if let Some(components) = &mut contract.components {
        let bearer = HttpBuilder::new()
            .scheme(HttpAuthScheme::Bearer)
            .bearer_format("JWT")
            .build();
        components.add_security_scheme("bearer", SecurityScheme::Http(bearer));
        let agent_key = ApiKey::Header(ApiKeyValue::new("X-Agent-Key"));
        components.add_security_scheme("agent_key", SecurityScheme::ApiKey(agent_key));
    }
    finish::finish(&mut contract);
    format!("{}\n", contract.to_pretty_json().expect("a contract is JSON"))
}

#[test]
fn openapi_json_is_what_the_handlers_say() {
    let file = root().join("openapi.json");
    let said = contract();
    if std::env::var_os("FOREXELITE_WRITE_OPENAPI").is_some() {
        std::fs::write(&file, &said).expect("openapi.json can be written");
    }
    let committed = std::fs::read_to_string(&file).expect("openapi.json is committed");
    assert!(
        committed == said,
        "openapi.json is not what the handlers say any more; run `cargo xtask openapi` and read its diff"
    );
}

#[test]
fn the_template_routes_what_the_contract_describes() {
    let contract: Value = serde_json::from_str(&contract()).expect("a contract is JSON");
    let described: BTreeSet<String> = contract["paths"]
        .as_object()
        .expect("a contract has paths")
        .iter()
        .flat_map(|(path, operations)| {
            operations
                .as_object()
                .expect("a path has operations")
                .keys()
                .map(move |verb| format!("{} {path}", verb.to_uppercase()))
        })
        .collect();
    let routed = crate::tidy::template_routes();
    assert_eq!(
        routed, described,
        "template.yaml (left) and the handlers' contract (right) differ: declare the route in the template, and list its router \
         in tests/openapi.rs"
    );
}
