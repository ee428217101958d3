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

ids!(AgentId, BrokerConnectionId, JobId, SignalId, StrategyId, UserId);
