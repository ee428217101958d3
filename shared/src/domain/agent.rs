//! An agent as its owner sees it.

use jiff::{Timestamp, ToSpan};
use serde::Serialize;
use utoipa::ToSchema;

use super::{AgentId, BrokerConnectionId, word::words};

words! {
    /// Whether the agent has been heard of.
    AgentStatus {
        /// Never yet.
        NeverSeen = "never_seen",
        Online = "online",
        /// Not for ten minutes, two missed heartbeats.
        Offline = "offline",
    }
}

/// An MT5 agent. Its key is shown only when it is made.
#[derive(Debug, Serialize, ToSchema)]
pub struct Agent {
    #[schema(value_type = Uuid)]
    pub id: AgentId,
    #[schema(value_type = Option<Uuid>)]
    pub broker_connection_id: Option<BrokerConnectionId>,
    pub agent_name: String,
    pub pairing_key_prefix: String,
    pub status: AgentStatus,
    pub last_heartbeat: Option<Timestamp>,
    pub terminal_server: Option<String>,
    pub login: Option<String>,
    /// What the agent last said of its terminal and machine.
    #[schema(value_type = Option<Object>)]
    pub status_reported: Option<serde_json::Value>,
    pub is_public_feed: bool,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
}

/// Silence of ten minutes is offline.
pub fn status(last_heartbeat: Option<Timestamp>, now: Timestamp) -> AgentStatus {
    match last_heartbeat {
        None => AgentStatus::NeverSeen,
        Some(at) if at + 10.minutes() >= now => AgentStatus::Online,
        Some(_) => AgentStatus::Offline,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ten_minutes_of_silence_are_offline() {
        let now = Timestamp::from_second(1_800_000_000).expect("in range");
        assert_eq!(status(None, now), AgentStatus::NeverSeen);
        assert_eq!(status(Some(now - 10.minutes()), now), AgentStatus::Online);
        assert_eq!(status(Some(now - 601.seconds()), now), AgentStatus::Offline);
    }
}
