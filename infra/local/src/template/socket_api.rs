//! `AWS::Serverless::WebSocketApi`.

use std::collections::BTreeMap;

use anyhow::{Context, Result, ensure};

use super::Function;
use super::schema::SocketApiProperties;
use crate::lambda;

#[derive(Debug, Clone)]
pub struct SocketApi {
    pub logical_id: String,
    pub stage: String,
    /// The member of a message whose text is the key of its route.
    pub selector: String,
    /// Route key → name of the function.
    pub routes: BTreeMap<String, String>,
}

pub(super) fn read(logical_id: String, properties: SocketApiProperties, functions: &[Function]) -> Result<SocketApi> {
    let SocketApiProperties {
        route_selection_expression,
        stage_name,
        routes: written,
        _default_route_settings,
        _route_settings,
        _access_log_settings,
        _tags,
        _propagate_tags,
    } = properties;
    let at = format!("{logical_id}.Properties");
    let selector = route_selection_expression
        .strip_prefix("$request.body.")
        .filter(|member| !member.is_empty() && !member.contains('.'))
        .with_context(|| {
            format!(
                "{at}.RouteSelectionExpression: {route_selection_expression} is not known to the local cloud, \
                 which reads $request.body.<member>"
            )
        })?
        .to_owned();
    let mut routes = BTreeMap::new();
    for (key, route) in written {
        let own = matches!(key.as_str(), "$connect" | "$disconnect" | "$default");
        ensure!(
            own || (!key.is_empty() && key.chars().all(|letter| letter.is_ascii_alphanumeric())),
            "{at}.Routes.{key}: a route key consists of letters and digits, or is $connect, $disconnect or $default"
        );
        let function = functions
            .iter()
            .find(|function| lambda::arn(&function.name) == route.function_arn)
            .with_context(|| {
                format!(
                    "{at}.Routes.{key}.FunctionArn: {} is no function of this template",
                    route.function_arn
                )
            })?;
        routes.insert(key, function.name.clone());
    }
    Ok(SocketApi {
        logical_id,
        stage: stage_name,
        selector,
        routes,
    })
}
