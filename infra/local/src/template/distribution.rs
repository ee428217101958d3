//! `AWS::CloudFront::Distribution` with its functions and header policies: which path is asked of what, and how.

use std::collections::BTreeMap;

use anyhow::{Context, Result, bail, ensure};
use http::{HeaderMap, HeaderName, HeaderValue, Method};
use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::{Map, Value};

use super::typed;

#[derive(Debug)]
pub struct Distribution {
    /// The default last, whose pattern is `*`.
    behaviors: Vec<Behavior>,
    /// The code of the functions that are associated, each once.
    pub functions: Vec<String>,
}

#[derive(Debug)]
pub struct Behavior {
    pattern: String,
    pub origin: Origin,
    pub methods: Vec<Method>,
    /// Its place among the functions.
    pub function: Option<usize>,
    /// What every answer carries.
    pub headers: HeaderMap,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin {
    Bucket,
    HttpApi,
    StreamApi,
    SocketApi,
}

impl Distribution {
    /// The first that matches, in the order they are written.
    pub fn behavior(&self, path: &str) -> &Behavior {
        let default = self.behaviors.last().expect("there is a default");
        self.behaviors
            .iter()
            .find(|behavior| behavior.matches(path))
            .unwrap_or(default)
    }
}

impl Behavior {
    fn matches(&self, path: &str) -> bool {
        match self.pattern.strip_suffix('*') {
            Some(begins) => path.starts_with(begins),
            None => path == self.pattern,
        }
    }
}

/// Resources by their logical ids, as far as a distribution may name them.
#[derive(Default)]
pub(super) struct Named {
    pub(super) origins: BTreeMap<String, Origin>,
    pub(super) functions: BTreeMap<String, Value>,
    pub(super) header_policies: BTreeMap<String, Value>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Config {
    origins: Vec<WrittenOrigin>,
    default_cache_behavior: WrittenBehavior,
    #[serde(default)]
    cache_behaviors: Vec<WrittenBehavior>,
    /// It would take the place of the APIs' own answers, too.
    custom_error_responses: Option<Value>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct WrittenOrigin {
    id: String,
    domain_name: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct WrittenBehavior {
    #[serde(default = "everything")]
    path_pattern: String,
    target_origin_id: String,
    #[serde(default = "reading")]
    allowed_methods: Vec<String>,
    #[serde(default)]
    function_associations: Vec<Association>,
    response_headers_policy_id: Option<String>,
    #[serde(rename = "ViewerProtocolPolicy")]
    _viewer_protocol_policy: Option<IgnoredAny>,
    #[serde(rename = "Compress")]
    _compress: Option<IgnoredAny>,
    #[serde(rename = "CachePolicyId")]
    _cache_policy_id: Option<IgnoredAny>,
    #[serde(rename = "OriginRequestPolicyId")]
    _origin_request_policy_id: Option<IgnoredAny>,
}

fn everything() -> String {
    "*".to_owned()
}

fn reading() -> Vec<String> {
    ["GET", "HEAD"].map(str::to_owned).into()
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct Association {
    event_type: String,
    #[serde(rename = "FunctionARN")]
    function_arn: String,
}

pub(super) fn read(logical_id: &str, mut properties: Map<String, Value>, named: &Named) -> Result<Distribution> {
    let at = format!("{logical_id}.Properties.DistributionConfig");
    let config = properties.remove("DistributionConfig").unwrap_or_default();
    let Config {
        origins,
        default_cache_behavior,
        cache_behaviors,
        custom_error_responses,
    } = typed(config, &at)?;
    ensure!(
        custom_error_responses.is_none(),
        "{at}.CustomErrorResponses: not known to the local cloud"
    );
    let mut reader = Reader {
        named,
        targets: BTreeMap::new(),
        functions: Vec::new(),
    };
    for WrittenOrigin { id, domain_name } in origins {
        // Of an API `<Ref>.execute-api.…`, of a bucket its attribute, which here begins with its name, too.
        let target = domain_name.split('.').next().and_then(|first| named.origins.get(first));
        let target =
            target.with_context(|| format!("{at}.Origins: {domain_name} is nothing that this template makes"))?;
        reader.targets.insert(id, *target);
    }
    let written = cache_behaviors.into_iter().chain([default_cache_behavior]);
    let behaviors = written
        .map(|behavior| reader.behavior(behavior))
        .collect::<Result<_>>()
        .context(at)?;
    Ok(Distribution {
        behaviors,
        functions: reader.functions,
    })
}

struct Reader<'a> {
    named: &'a Named,
    /// Origin id → what it is.
    targets: BTreeMap<String, Origin>,
    functions: Vec<String>,
}

impl Reader<'_> {
    fn behavior(&mut self, written: WrittenBehavior) -> Result<Behavior> {
        let WrittenBehavior {
            path_pattern: pattern,
            target_origin_id,
            allowed_methods,
            function_associations,
            response_headers_policy_id,
            _viewer_protocol_policy,
            _compress,
            _cache_policy_id,
            _origin_request_policy_id,
        } = written;
        ensure!(
            !pattern.strip_suffix('*').unwrap_or(&pattern).contains(['*', '?']),
            "{pattern}: only a * at its end is known to the local cloud"
        );
        let origin = self.targets.get(&target_origin_id);
        let origin = *origin.with_context(|| format!("{pattern}: there is no origin {target_origin_id}"))?;
        let methods = allowed_methods
            .iter()
            .map(|method| method.parse().context("AllowedMethods"));
        let function = match function_associations.as_slice() {
            [] => None,
            [association] => Some(self.function(association).with_context(|| pattern.clone())?),
            _ => bail!("{pattern}: one function association is known to the local cloud"),
        };
        let headers = response_headers_policy_id.map_or_else(|| Ok(HeaderMap::new()), |policy| self.headers(&policy));
        Ok(Behavior {
            origin,
            methods: methods.collect::<Result<_>>()?,
            function,
            headers: headers.with_context(|| pattern.clone())?,
            pattern,
        })
    }

    fn function(&mut self, association: &Association) -> Result<usize> {
        let Association {
            event_type,
            function_arn,
        } = association;
        ensure!(
            event_type == "viewer-request",
            "{event_type} is not known to the local cloud"
        );
        let name = function_arn.split('.').next().unwrap_or_default();
        let function = self.named.functions.get(name);
        let function = function.with_context(|| format!("{function_arn} is no function of this template"))?;
        let code = function["FunctionCode"]
            .as_str()
            .context("a function has FunctionCode")?;
        if let Some(known) = self.functions.iter().position(|known| known == code) {
            return Ok(known);
        }
        self.functions.push(code.to_owned());
        Ok(self.functions.len() - 1)
    }

    fn headers(&self, policy: &str) -> Result<HeaderMap> {
        let written = self.named.header_policies.get(policy);
        let written = written.with_context(|| format!("{policy} is no header policy of this template"))?;
        headers(&written["ResponseHeadersPolicyConfig"])
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct HeadersPolicy {
    #[serde(rename = "Name")]
    _name: IgnoredAny,
    #[serde(default)]
    security_headers_config: SecurityHeaders,
    #[serde(default)]
    custom_headers_config: CustomHeaders,
}

#[derive(Deserialize, Default)]
#[serde(rename_all = "PascalCase", deny_unknown_fields, default)]
struct SecurityHeaders {
    content_security_policy: Option<Policy>,
    content_type_options: Option<IgnoredAny>,
    frame_options: Option<Frame>,
    referrer_policy: Option<Referrer>,
    /// Means nothing without TLS.
    #[serde(rename = "StrictTransportSecurity")]
    _strict_transport_security: Option<IgnoredAny>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Policy {
    content_security_policy: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Frame {
    frame_option: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Referrer {
    referrer_policy: String,
}

#[derive(Deserialize, Default)]
#[serde(rename_all = "PascalCase", deny_unknown_fields, default)]
struct CustomHeaders {
    items: Vec<CustomHeader>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct CustomHeader {
    header: String,
    value: String,
}

fn headers(written: &Value) -> Result<HeaderMap> {
    let HeadersPolicy {
        _name,
        security_headers_config: security,
        custom_headers_config: CustomHeaders { items },
    } = typed(written.clone(), "ResponseHeadersPolicyConfig")?;
    let SecurityHeaders {
        content_security_policy,
        content_type_options,
        frame_options,
        referrer_policy,
        _strict_transport_security,
    } = security;
    let named = |name: &str, value: Option<String>| value.map(|value| (name.to_owned(), value));
    let headers = [
        named(
            "content-security-policy",
            content_security_policy.map(|policy| policy.content_security_policy),
        ),
        named(
            "x-content-type-options",
            content_type_options.map(|_| "nosniff".to_owned()),
        ),
        named("x-frame-options", frame_options.map(|frame| frame.frame_option)),
        named("referrer-policy", referrer_policy.map(|policy| policy.referrer_policy)),
    ];
    let custom = items.into_iter().map(|CustomHeader { header, value }| (header, value));
    headers
        .into_iter()
        .flatten()
        .chain(custom)
        .map(|(name, value)| {
            let value = HeaderValue::try_from(&value).with_context(|| format!("{name}: {value:?}"))?;
            Ok((HeaderName::try_from(name)?, value))
        })
        .collect()
}
