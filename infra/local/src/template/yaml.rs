//! YAML to JSON, with `CloudFormation`'s short tags written out: `!Ref X` becomes `{"Ref": "X"}`, `!Sub` `{"Fn::Sub": …}`.

use anyhow::{Context, Result, bail};
use saphyr::{LoadableYamlNode, Scalar, Yaml};
use serde_json::{Number, Value, json};

pub(super) fn read(text: &str) -> Result<Value> {
    let documents = Yaml::load_from_str(text).context("not YAML")?;
    match documents.as_slice() {
        [document] => to_json(document),
        other => bail!("expected one YAML document, found {}", other.len()),
    }
}

fn to_json(node: &Yaml) -> Result<Value> {
    Ok(match node {
        Yaml::Value(scalar) => match scalar {
            Scalar::Null => Value::Null,
            Scalar::Boolean(flag) => Value::Bool(*flag),
            Scalar::Integer(number) => Value::Number((*number).into()),
            Scalar::FloatingPoint(number) => Number::from_f64(**number)
                .map(Value::Number)
                .context("a number must be finite")?,
            Scalar::String(text) => Value::String(text.to_string()),
        },
        Yaml::Sequence(items) => Value::Array(items.iter().map(to_json).collect::<Result<_>>()?),
        Yaml::Mapping(entries) => Value::Object(
            entries
                .iter()
                .map(|(key, value)| {
                    Ok((
                        key.as_str()
                            .with_context(|| format!("key {key:?} is no string"))?
                            .to_owned(),
                        to_json(value)?,
                    ))
                })
                .collect::<Result<_>>()?,
        ),
        Yaml::Tagged(tag, node) => {
            let name = if tag.suffix == "Ref" {
                "Ref".to_owned()
            } else {
                format!("Fn::{}", tag.suffix)
            };
            json!({ name: to_json(node)? })
        }
        Yaml::Representation(..) | Yaml::Alias(_) | Yaml::BadValue => bail!("cannot read {node:?}"),
    })
}
