//! Every operation of the contract, asked for what it promises, by its owner, by strangers and with garbage.

mod check;
mod garbage;
mod isolation;
mod operations;
mod owner;

use std::collections::BTreeSet;

use uuid::Uuid;

pub(crate) use self::operations::{Row, Who, rows};
use crate::support::{Stage, contract::contract};

#[test]
fn every_operation_of_the_contract_has_a_row_and_every_row_an_operation() {
    let described: BTreeSet<&str> = contract()
        .operations()
        .iter()
        .map(|operation| operation.name.as_str())
        .collect();
    let tried: BTreeSet<&str> = rows().iter().map(|row| row.operation).collect();
    let missing: Vec<_> = described.difference(&tried).collect();
    assert!(
        missing.is_empty(),
        "nobody has tried yet what happens without credentials, with another user's ids and with garbage: {missing:?}.\n\
         Add a row for each to tests/contract/operations.rs: who calls it, a body that is good for the user of \
         tests/db/fixture.rs (\":owner\" stands for each of their ids), and the status that this user gets. What the user must \
         have besides the fixture's rows goes into .lay(sql)."
    );
    let gone: Vec<_> = tried.difference(&described).collect();
    assert!(
        gone.is_empty(),
        "openapi.json has no such operation any more: {gone:?}; take the row out of tests/contract/operations.rs"
    );
    assert_eq!(
        rows().len(),
        tried.len(),
        "an operation has two rows in tests/contract/operations.rs"
    );
}

#[test]
fn who_calls_an_operation_is_what_its_security_says() {
    for row in rows() {
        let said = row.described().security.as_deref();
        let wanted = match row.who {
            Who::Anybody => None,
            Who::User => Some("bearer"),
            Who::Agent => Some("agent_key"),
        };
        assert_eq!(
            said, wanted,
            "{}: the handler's security(…) (left) and its row in tests/contract/operations.rs (right) differ",
            row.operation
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn without_credentials_every_operation_is_401_but_for_the_open_ones() {
    let stage = Stage::new().await;
    let bearer = stage.anybody().bearing("garbage");
    let key = stage.anybody().with("x-agent-key", "garbage");
    for row in rows() {
        let (method, path) = (&row.described().method, row.path(Uuid::new_v4()));
        for body in ["", "{}", "garbage"] {
            let body = if *method == reqwest::Method::GET { "" } else { body };
            let answers = [
                (stage.anybody().send(method, &path, body).await, "no_credentials"),
                match row.who {
                    Who::Anybody | Who::User => (bearer.send(method, &path, body).await, "bad_credentials"),
                    Who::Agent => (key.send(method, &path, body).await, "bad_credentials"),
                },
            ];
            for (answer, code) in answers {
                match row.who {
                    Who::Anybody => assert_ne!(answer.status, 401, "{} is open to anybody", row.operation),
                    Who::User | Who::Agent => {
                        assert_eq!((answer.status, answer.text("/code")), (401, code), "{}", row.operation);
                    }
                }
            }
        }
    }
}
