//! How each operation is called: one row for each. The user of every row owns one row of each table (`tests/db/fixture.rs`),
//! all of whose ids are the user's own, so `:owner` stands for any of them.

use std::sync::LazyLock;

use serde_json::{Value, json};
use uuid::Uuid;

use crate::support::contract::{Operation, contract};

/// What stands for an id of the user's own.
pub(super) const OWN: &str = ":owner";
const KIB: usize = 1024;
/// The file that the fixture's version and job speak of.
const STORED: &str = "insert into storage.objects (bucket_id, name, version, metadata) values ('ea', 'a/b', 'v', '{}') on conflict do nothing";

pub(crate) struct Row {
    pub(crate) operation: &'static str,
    pub(crate) who: Who,
    /// What the owner of everything named gets.
    pub(super) expects: u16,
    pub(super) query: &'static str,
    /// A good one; null for none.
    pub(crate) body: Value,
    /// Bytes that a body may have.
    pub(super) limit: usize,
    /// Each answer is another: it is signed anew.
    pub(super) is_signed: bool,
    /// SQL by which the user gets what the fixture does not give.
    pub(super) lay: &'static str,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Who {
    Anybody,
    User,
    Agent,
}

impl Row {
    fn new(operation: &'static str, who: Who, expects: u16) -> Self {
        Self {
            operation,
            who,
            expects,
            query: "",
            body: Value::Null,
            limit: 256 * KIB,
            is_signed: false,
            lay: "",
        }
    }

    fn query(self, query: &'static str) -> Self {
        Self { query, ..self }
    }

    fn body(self, body: Value) -> Self {
        Self { body, ..self }
    }

    fn limit(self, limit: usize) -> Self {
        Self { limit, ..self }
    }

    fn signed(self) -> Self {
        Self {
            is_signed: true,
            ..self
        }
    }

    fn lay(self, lay: &'static str) -> Self {
        Self { lay, ..self }
    }

    pub(crate) fn described(&self) -> &'static Operation {
        let operation = contract().operation(self.operation);
        operation.unwrap_or_else(|| panic!("{} is no operation of openapi.json", self.operation))
    }

    /// The parameters of the path that name something of a user's own. An instrument is everybody's, and whoever has a
    /// webhook's secret may send.
    pub(super) fn own_parameters(&self) -> impl Iterator<Item = &'static str> {
        let parameters = self
            .described()
            .parameters
            .iter()
            .filter(|parameter| parameter.place == "path");
        parameters
            .map(|parameter| parameter.name.as_str())
            .filter(|name| !["instrument", "webhook_secret"].contains(name))
    }

    /// All of it is this owner's.
    pub(super) fn path(&self, owner: Uuid) -> String {
        self.path_with(owner, |_| owner.to_string())
    }

    /// The parameters of the user's own come from `id`, by their names.
    pub(crate) fn path_with(&self, owner: Uuid, id: impl Fn(&str) -> String) -> String {
        let (_, path) = self.operation.split_once(' ').expect("METHOD /path");
        let mut path = path
            .replace("{instrument}", "EURUSD")
            .replace("{webhook_secret}", &owner.simple().to_string());
        for name in self.own_parameters() {
            let id = id(name);
            let id = if name == "ticket" { ticket_of(&id) } else { id };
            path = path.replace(&format!("{{{name}}}"), &id);
        }
        if self.query.is_empty() {
            path
        } else {
            format!("{path}?{}", self.query.replace(OWN, &owner.to_string()))
        }
    }

    pub(super) fn body_of(&self, owner: Uuid) -> String {
        if self.body.is_null() {
            String::new()
        } else {
            self.body.to_string().replace(OWN, &owner.to_string())
        }
    }
}

/// Of the position that the fixture gives an owner: the first 32 bits of the owner's id.
fn ticket_of(id: &str) -> String {
    Uuid::parse_str(id).map_or_else(|_| id.to_owned(), |id| (id.as_u128() >> 96).to_string())
}

fn open(operation: &'static str) -> Row {
    Row::new(operation, Who::Anybody, 200)
}

fn user(operation: &'static str, expects: u16) -> Row {
    Row::new(operation, Who::User, expects)
}

fn agent(operation: &'static str) -> Row {
    Row::new(operation, Who::Agent, 200)
}

pub(crate) fn rows() -> &'static [Row] {
    static ROWS: LazyLock<Vec<Row>> = LazyLock::new(|| {
        let rows = [
            service(),
            machines(),
            onboarding(),
            agents(),
            signals(),
            trading(),
            expert_advisors(),
            deployments(),
        ];
        rows.into_iter().flatten().collect()
    });
    &ROWS
}

fn service() -> Vec<Row> {
    vec![
        open("GET /health"),
        open("GET /openapi.json"),
        open("POST /webhooks/tv/{webhook_secret}")
            .body(json!({"symbol": "EURUSD", "action": "buy", "volume": 0.1}))
            .limit(64 * KIB),
        user("GET /auth/me", 200),
        user("POST /auth/socket-ticket", 200),
    ]
}

fn machines() -> Vec<Row> {
    let position = json!({"ticket": 7, "symbol": "EURUSD", "side": "buy", "volume": 0.1, "open_price": 1.1, "profit": 0,
        "swap": 0, "magic_number": 0, "opened_at": "2026-01-01T00:00:00Z"});
    let bar = json!({"instrument": "EURUSD", "ts": "2026-01-01T00:00:00Z", "open": 1, "high": 1, "low": 1, "close": 1});
    vec![
        agent("GET /agents/{id}/jobs/next").lay(STORED),
        agent("POST /agents/{id}/jobs/{job_id}/result")
            .body(json!({"status": "failed", "attempt": 1, "reason_code": "refused", "error_message": "No."}))
            .lay(
                "update ea_versions set status = 'compiling' where id = :owner;
                 update jobs set status = 'running', attempts = 1, claimed_at = now(), lease_expires_at = now() + interval '1 hour'
                  where id = :owner",
            ),
        agent("POST /agents/{id}/heartbeat").body(json!({"version": "1.0.0", "cpu_pct": 1.5, "terminal": {"connected": true},
            "account": {"login": 7001, "server": "Broker-Demo"}})),
        agent("POST /agents/{id}/prices").body(json!({"ticks": {"EURUSD": {"bid": 1.1, "ask": 1.2}}, "bars": [bar]})),
        agent("POST /agents/{id}/account").body(json!({"balance": 1000, "equity": 1000, "margin": 0, "free_margin": 1000,
            "currency": "USD", "leverage": 30, "positions": [position], "deals": []})),
    ]
}

fn onboarding() -> Vec<Row> {
    vec![
        user("GET /profile", 200),
        user("PATCH /profile", 200).body(json!({"display_name": "Somebody"})),
        user("GET /settings", 200),
        user("PATCH /settings", 200).body(json!({"risk_percent": 1.5, "trading_mode": "halted", "timezone": "UTC",
            "account_currency": "EUR", "preferred_pairs": ["EURUSD"], "account_balance": 1, "max_open_positions": 1})),
        user("POST /onboarding/disclaimer", 200).body(json!({"accepted": true})),
        user("GET /onboarding/status", 200),
        user("GET /broker-connections", 200),
        user("POST /broker-connections", 201)
            .body(json!({"broker_type": "MT5_AGENT", "name": "Broker", "symbol_map": {"EURUSD": "EURUSD.i"}})),
        user("PATCH /broker-connections/{id}", 200)
            .body(json!({"name": "Stolen", "symbol_map": {"EURUSD": "USDEUR"}, "is_active": false})),
        // Strategies that trade over it hold it.
        user("DELETE /broker-connections/{id}", 204).lay("delete from tv_strategies where id = :owner"),
    ]
}

fn agents() -> Vec<Row> {
    vec![
        user("GET /agents", 200),
        user("POST /agents", 201).body(json!({"agent_name": "Agent", "broker_connection_id": OWN})),
        user("GET /agents/{id}", 200),
        user("PATCH /agents/{id}", 200).body(json!({"agent_name": "Stolen", "broker_connection_id": OWN})),
        user("DELETE /agents/{id}", 204),
        user("POST /agents/{id}/rotate-key", 200),
    ]
}

fn signals() -> Vec<Row> {
    vec![
        user("GET /strategies", 200),
        user("POST /strategies", 201).body(
            json!({"name": "Strategy", "broker_connection_id": OWN, "allowed_pairs": ["EURUSD"],
            "default_volume": 0.1, "magic_number": 42, "max_signal_age_seconds": 60}),
        ),
        user("GET /strategies/{id}", 200),
        user("PATCH /strategies/{id}", 200)
            .body(json!({"name": "Stolen", "broker_connection_id": OWN, "is_enabled": false, "risk_override_pct": 2})),
        user("DELETE /strategies/{id}", 204),
        user("POST /strategies/{id}/rotate-secret", 200).body(json!({"overlap_seconds": 0})),
        user("POST /strategies/{id}/explain", 200).body(json!({"alert": "BUY EURUSD 0.1 lots"})),
        user("GET /strategies/{id}/alert-text", 200).query("dialect=json&kind=strategy"),
        user("GET /signals", 200).query("strategy_id=:owner&limit=10"),
        user("GET /signals/{id}", 200),
    ]
}

fn trading() -> Vec<Row> {
    vec![
        user("GET /prices", 200),
        user("GET /prices/{instrument}/candles", 200).query("timeframe=M1&limit=10"),
        user("GET /trading/account", 200),
        user("GET /trading/positions", 200).query("broker_connection_id=:owner"),
        user("GET /trading/history", 200).query("broker_connection_id=:owner&limit=10"),
        user("POST /trading/orders", 201)
            .body(json!({"broker_connection_id": OWN, "symbol": "EURUSD", "side": "buy", "volume": 0.1}))
            .lay("update user_settings set disclaimer_accepted = true where user_id = :owner"),
        user("POST /trading/positions/{ticket}/close", 201).body(json!({"broker_connection_id": OWN, "volume": 0.05})),
        user("POST /trading/flatten", 200),
        user("GET /jobs/{id}", 200),
    ]
}

fn expert_advisors() -> Vec<Row> {
    // Twice what source may have: JSON escapes.
    const SOURCE: usize = 4 * 1024 * KIB;
    vec![
        user("GET /ea/projects", 200),
        user("POST /ea/projects", 201)
            .body(json!({"name": "Project", "description": "Mine", "source_code": "// mine"}))
            .limit(SOURCE),
        user("GET /ea/projects/{id}", 200),
        user("PATCH /ea/projects/{id}", 200).body(json!({"name": "Stolen", "current_version_id": OWN})),
        // What runs holds it.
        user("DELETE /ea/projects/{id}", 204).lay("delete from ea_deployments where id = :owner"),
        user("GET /ea/projects/{id}/versions", 200),
        user("POST /ea/projects/{id}/versions", 201)
            .body(json!({"source_code": "// more", "config": {"Lots": 0.1}}))
            .limit(SOURCE),
        user("POST /ea/projects/{id}/generate", 200).body(json!({"description": "Trade.", "based_on_version_id": OWN})),
        user("POST /ea/projects/{id}/generate/cancel", 204),
        user("GET /ea/versions/{id}", 200),
        user("PATCH /ea/versions/{id}", 200)
            .body(json!({"source_code": "// stolen", "config": {}}))
            .limit(SOURCE),
        user("POST /ea/versions/{id}/compile", 201),
        user("GET /ea/artifacts/{id}/download", 200).signed().lay(STORED),
    ]
}

fn deployments() -> Vec<Row> {
    const COMPILED: &str = "update ea_versions set status = 'compiling' where id = :owner;
        update ea_versions set status = 'compiled' where id = :owner;
        update ea_artifacts set artifact_type = 'ex5' where id = :owner;
        update ea_deployments set status = 'stopped' where id = :owner";
    vec![
        user("GET /deployments", 200).query("mt5_agent_id=:owner&limit=10"),
        user("POST /deployments", 201)
            .body(json!({"ea_version_id": OWN, "mt5_agent_id": OWN, "symbol": "GBPUSD", "timeframe": "H4", "inputs": {"Lots": 0.1}}))
            .lay(COMPILED),
        user("GET /deployments/{id}", 200),
        user("DELETE /deployments/{id}", 204).lay("update ea_deployments set status = 'stopped' where id = :owner"),
        user("POST /deployments/{id}/run", 200).lay(COMPILED),
        user("POST /deployments/{id}/stop", 200).lay(COMPILED),
    ]
}
