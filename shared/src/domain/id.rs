//! A type of its own for each kind of id, so that the compiler notices a mix-up.

use postgres_types::{FromSql, ToSql};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

macro_rules! ids {
    ($($name:ident),*) => {$(
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, FromSql, ToSql, ToSchema)]
        #[serde(transparent)]
        #[postgres(transparent)]
        pub struct $name(pub Uuid);
    )*};
}

ids!(
    AgentId,
    ArtifactId,
    BrokerConnectionId,
    DeploymentId,
    GenerationId,
    JobId,
    ProjectId,
    SignalId,
    StrategyId,
    UserId,
    VersionId
);

impl VersionId {
    /// Of the version that a project is made with: sent again, it is the same.
    pub fn first_of(project: ProjectId) -> Self {
        Self(Uuid::new_v5(&project.0, b"first version"))
    }
}
