use std::sync::Arc;

use axum::{Json, extract::State};
use shared::{
    auth::User,
    db::{self, Db},
    domain::account_state::AccountState,
    error::{Error, Guarded},
    http::Page,
};

/// List my broker accounts and how their day goes
///
/// One for each broker connection whose agent ever reported, all at once, in the order of their names. The day begins at the
/// midnight of my time zone and is counted as the daily loss limit counts it.
#[utoipa::path(get, path = "/trading/account", tag = "trading", security(("bearer" = [])),
    responses(
        (status = 200, body = Page<AccountState>),
        Guarded,
    ))]
pub(crate) async fn list(State(db): State<Arc<Db>>, user: User) -> Result<Json<Page<AccountState>>, Error> {
    Ok(Json(Page {
        items: db::broker_account::list(db.as_user(&user)).await?,
        next_cursor: None,
    }))
}
