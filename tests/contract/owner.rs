//! A user with one row in every table, who can also call.

use shared::auth::agent::PairingKey;
use tokio_postgres::types::Type;
use uuid::Uuid;

use super::operations::{OWN, Row, Who};
use crate::{
    db::fixture,
    routes::tokens::forge::{claims, hs256},
    support::{Caller, Reply, Stage},
};

pub(super) struct Owner {
    pub(super) id: Uuid,
    token: String,
    agent_key: String,
}

impl Owner {
    /// With what the row needs besides.
    pub(super) async fn lay(stage: &Stage, row: &Row) -> Self {
        let id = fixture::owner(&stage.db).await;
        let key = PairingKey::mint().expect("random bytes");
        let sql = "update mt5_agents set pairing_key_prefix = $2, pairing_key_hash = $3 where id = $1";
        let of_key: [&(dyn tokio_postgres::types::ToSql + Sync); 2] = [&key.prefix, &key.hash];
        stage
            .db
            .execute_typed(
                sql,
                &[(&id, Type::UUID), (of_key[0], Type::TEXT), (of_key[1], Type::TEXT)],
            )
            .await
            .expect("an agent takes a key");
        stage.sql(&row.lay.replace(OWN, &format!("'{id}'"))).await;
        Self {
            id,
            token: hs256(stage, &claims(stage, id)),
            agent_key: key.key.expose().to_owned(),
        }
    }

    pub(super) fn caller<'a>(&self, stage: &'a Stage, who: Who) -> Caller<'a> {
        match who {
            Who::Anybody => stage.anybody(),
            // A draft is saved on whatever is there.
            Who::User => stage.anybody().bearing(&self.token).with("if-match", "*"),
            Who::Agent => stage.anybody().with("x-agent-key", &self.agent_key),
        }
    }

    /// As the row has it, with everything in it this owner's. A row's body must be good, or refusals prove nothing.
    pub(super) async fn call(&self, stage: &Stage, row: &Row) -> Reply {
        let (path, body) = (row.path(self.id), row.body_of(self.id));
        let method = row.described().method.clone();
        self.caller(stage, row.who)
            .send_text(method, &path, &body, row.expects)
            .await
    }

    pub(super) async fn send(&self, stage: &Stage, row: &Row, path: &str, body: impl Into<Vec<u8>>) -> Reply {
        self.caller(stage, row.who)
            .send(&row.described().method, path, body)
            .await
    }
}
