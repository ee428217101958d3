//! A project: an expert advisor with all its versions.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{
    ProjectId, VersionId,
    json::{self, Object, is_bearable, is_text},
    strategy::is_name,
    version::require_source,
};
use crate::{
    error::{Error, FieldError, FieldErrors, require_none},
    http::sent,
};

const DESCRIPTION_CHARS: usize = 2000;

#[derive(Debug, Serialize, ToSchema)]
pub struct Project {
    #[schema(value_type = Uuid)]
    pub id: ProjectId,
    pub name: String,
    pub description: Option<String>,
    /// Inputs that a deployment begins with.
    #[schema(value_type = Object)]
    pub default_settings: serde_json::Value,
    /// The version that is open in the editor.
    #[schema(value_type = Option<Uuid>)]
    pub current_version_id: Option<VersionId>,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewProject {
    /// 1 to 80 characters.
    pub name: String,
    /// At most 2000 characters.
    #[serde(default)]
    pub description: Option<String>,
    #[serde(default)]
    #[schema(value_type = Object)]
    pub default_settings: Object,
    /// Becomes version 1, a draft; at most 2 MiB.
    #[serde(default)]
    pub source_code: Option<String>,
}

/// What changes; a field that is not sent stays.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ProjectChange {
    #[serde(default)]
    pub name: Option<String>,
    /// `null` clears it.
    #[serde(default, deserialize_with = "sent")]
    #[schema(value_type = Option<String>)]
    pub description: Option<Option<String>>,
    /// Takes the place of all of them.
    #[serde(default)]
    #[schema(value_type = Option<Object>)]
    pub default_settings: Option<Object>,
    /// One of the project's own.
    #[serde(default)]
    #[schema(value_type = Option<Uuid>)]
    pub current_version_id: Option<VersionId>,
}

impl NewProject {
    /// Names what is not allowed.
    pub fn require_valid(&self) -> Result<(), Error> {
        let Self {
            name,
            description,
            default_settings,
            source_code,
        } = self;
        source_code.as_deref().map_or(Ok(()), require_source)?;
        require_none(problems(Some(name), description.as_deref(), Some(default_settings)))
    }
}

impl ProjectChange {
    /// Names what is not allowed.
    pub fn require_valid(&self) -> Result<(), Error> {
        let Self {
            name,
            description,
            default_settings,
            current_version_id: _,
        } = self;
        let description = description.as_ref().and_then(Option::as_deref);
        require_none(problems(name.as_deref(), description, default_settings.as_ref()))
    }
}

fn problems(name: Option<&str>, description: Option<&str>, settings: Option<&Object>) -> Vec<FieldError> {
    let mut wrong = FieldErrors::default();
    wrong.require(name.is_none_or(is_name), "name", "1 to 80 characters");
    wrong.require(
        description.is_none_or(|text| text.chars().count() <= DESCRIPTION_CHARS && is_text(text)),
        "description",
        format!("at most {DESCRIPTION_CHARS} characters"),
    );
    wrong.require(settings.is_none_or(is_bearable), "default_settings", json::RULE);
    wrong.0
}
