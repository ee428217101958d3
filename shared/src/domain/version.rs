//! A version of an expert advisor: a draft that is edited in place, or what was given to the compiler, which never changes.

use data_encoding::HEXLOWER;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use utoipa::ToSchema;

use super::{
    ArtifactId, ProjectId, UserId, VersionId,
    json::{self, Object, is_bearable, is_text},
    word::words,
};
use crate::{error::Error, http::ETag};

/// The largest source, in bytes.
pub const SOURCE_LIMIT: usize = 2 * 1024 * 1024;
/// The content type of source among files.
pub const SOURCE_TYPE: &str = "text/plain";
const STEM_CHARS: usize = 40;

words! {
    /// How far a version is.
    VersionStatus {
        /// The only one that can be edited.
        Draft = "draft",
        Compiling = "compiling",
        Compiled = "compiled",
        Failed = "failed",
    }
}

words! {
    /// What a file of a version is.
    ArtifactType {
        Source = "mq5",
        Program = "ex5",
        OldProgram = "ex4",
        Log = "log",
        Config = "config",
    }
}

/// A file of a version.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct Artifact {
    #[schema(value_type = Uuid)]
    pub id: ArtifactId,
    pub artifact_type: ArtifactType,
    /// Bytes.
    pub file_size: Option<i64>,
    /// SHA-256 in hex.
    pub checksum: Option<String>,
    pub created_at: Timestamp,
}

/// A version without its source.
#[derive(Debug, Serialize, ToSchema)]
pub struct VersionSummary {
    #[schema(value_type = Uuid)]
    pub id: VersionId,
    #[schema(value_type = Uuid)]
    pub ea_project_id: ProjectId,
    /// Counted from 1 in each project.
    pub version_number: i32,
    pub status: VersionStatus,
    /// The compiler's errors, a line each.
    pub compilation_error: Option<String>,
    /// Bytes of source code.
    pub source_bytes: i64,
    pub artifacts: Vec<Artifact>,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct Version {
    #[serde(flatten)]
    pub summary: VersionSummary,
    pub source_code: String,
    #[schema(value_type = Object)]
    pub config: serde_json::Value,
}

impl Version {
    /// Why a change of it was refused: it cannot be edited, or it is not what the change was made on any more.
    pub fn refuse_change(self) -> Error {
        if self.summary.status != VersionStatus::Draft {
            return Error::Conflict {
                code: "not_a_draft",
                detail: "Only a draft can be edited; make a new version of it.".to_owned(),
            };
        }
        Error::Stale {
            code: "version_changed",
            detail: "It was saved elsewhere in between. `current` is what is stored now: merge, then save with its ETag.",
            etag: ETag(self.summary.updated_at),
            current: Box::new(serde_json::to_value(self).expect("a version is plain JSON")),
        }
    }
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewVersion {
    /// At most 2 MiB.
    pub source_code: String,
    #[serde(default)]
    #[schema(value_type = Object)]
    pub config: Object,
}

/// What changes; a field that is not sent stays.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct VersionChange {
    /// At most 2 MiB.
    #[serde(default)]
    pub source_code: Option<String>,
    /// Takes the place of the whole configuration.
    #[serde(default)]
    #[schema(value_type = Option<Object>)]
    pub config: Option<Object>,
}

impl NewVersion {
    /// Names what is not allowed.
    pub fn require_valid(&self) -> Result<(), Error> {
        let Self { source_code, config } = self;
        require(Some(source_code), Some(config))
    }
}

impl VersionChange {
    /// Names what is not allowed.
    pub fn require_valid(&self) -> Result<(), Error> {
        let Self { source_code, config } = self;
        require(source_code.as_deref(), config.as_ref())
    }
}

fn require(source: Option<&str>, config: Option<&Object>) -> Result<(), Error> {
    source.map_or(Ok(()), require_source)?;
    if config.is_none_or(is_bearable) {
        Ok(())
    } else {
        Err(Error::invalid("config", json::RULE))
    }
}

pub(super) fn require_source(source: &str) -> Result<(), Error> {
    if source.len() > SOURCE_LIMIT {
        return Err(Error::TooLarge { limit: SOURCE_LIMIT });
    }
    if is_text(source) {
        Ok(())
    } else {
        Err(Error::invalid("source_code", "without NUL characters"))
    }
}

/// Where the files of a version are, and what its source is known by.
#[derive(Debug, PartialEq, Eq)]
pub struct Files {
    /// What files of the version are named, but for its number and their kind.
    pub stem: String,
    pub source_path: String,
    pub program_path: String,
    pub log_path: String,
    /// SHA-256 of the source in hex.
    pub checksum: String,
    pub source_bytes: i64,
}

impl Files {
    /// Refuses source of which nothing could be compiled.
    pub fn of(owner: UserId, project: (ProjectId, &str), version: VersionId, source: &str) -> Result<Self, Error> {
        if source.trim().is_empty() {
            return Err(Error::invalid("source_code", "not empty when it is compiled"));
        }
        let (project, name) = project;
        let stem = file_stem(name);
        let path = |kind: &str| format!("{}/{}/{}/{stem}.{kind}", owner.0, project.0, version.0);
        Ok(Self {
            source_path: path("mq5"),
            program_path: path("ex5"),
            log_path: path("log"),
            checksum: HEXLOWER.encode(&Sha256::digest(source)),
            source_bytes: i64::try_from(source.len()).expect("at most 2 MiB"),
            stem,
        })
    }
}

/// A project's name as the name of a file that every system takes: letters, digits and underscores.
pub fn file_stem(name: &str) -> String {
    let words = name
        .split(|c: char| !c.is_ascii_alphanumeric())
        .filter(|word| !word.is_empty());
    let mut stem = words.collect::<Vec<_>>().join("_");
    stem.truncate(STEM_CHARS);
    let stem = stem.trim_end_matches('_');
    if stem.is_empty() {
        "EA".to_owned()
    } else {
        stem.to_owned()
    }
}

/// What a file of a version is called where somebody sees it, as `Trend_Rider_v3.mq5`.
pub fn file_name(project: &str, number: i32, kind: ArtifactType) -> String {
    format!("{}_v{number}.{}", file_stem(project), kind.as_str())
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    #[test]
    fn a_file_is_named_by_what_every_system_takes() {
        for (project, stem) in [
            ("Trend Rider", "Trend_Rider"),
            ("  ../../etc: passwd\\ ", "etc_passwd"),
            ("Тренд", "EA"),
            ("Größe 50%", "Gr_e_50"),
            ("CON", "CON"),
        ] {
            assert_eq!(file_stem(project), stem);
        }
        assert_eq!(file_stem(&"a ".repeat(80)), "a_".repeat(20).trim_end_matches('_'));
        assert_eq!(file_name("Trend Rider", 3, ArtifactType::Source), "Trend_Rider_v3.mq5");
    }

    #[test]
    fn files_are_kept_by_owner_project_and_version() {
        let id = Uuid::nil();
        let of = |source: &str| Files::of(UserId(id), (ProjectId(id), "Trend Rider"), VersionId(id), source);
        let files = of("abc").expect("source");
        assert_eq!(files.source_path, format!("{id}/{id}/{id}/Trend_Rider.mq5"));
        assert_eq!(files.program_path, format!("{id}/{id}/{id}/Trend_Rider.ex5"));
        assert_eq!(files.log_path, format!("{id}/{id}/{id}/Trend_Rider.log"));
        assert_eq!(files.source_bytes, 3);
        assert!(files.checksum.starts_with("ba7816bf"), "{}", files.checksum);
        let refused = of(" \n\t").expect_err("nothing to compile");
        assert_eq!(refused.code(), "invalid");
    }

    #[test]
    fn source_has_an_end_and_no_nul() {
        assert!(require_source(&"x".repeat(SOURCE_LIMIT)).is_ok());
        let codes = ["x".repeat(SOURCE_LIMIT + 1), "a\0b".to_owned()].map(|source| {
            let refused = require_source(&source).expect_err("refused");
            refused.code().to_owned()
        });
        assert_eq!(codes, ["too_large", "invalid"]);
    }
}
