//! Users, sessions and refresh tokens, in the schema `auth` of the product's database.

use std::time::Duration;

use anyhow::{Context, Result};
use deadpool_postgres::{Manager, Object, Pool};
use jiff::Timestamp;
use serde_json::{Value, json};
use tokio_postgres::{NoTls, Row};
use uuid::Uuid;

pub(super) struct Store(Pool);

pub(super) struct User {
    pub(super) id: Uuid,
    pub(super) aud: String,
    pub(super) role: String,
    pub(super) email: String,
    pub(super) encrypted_password: Option<String>,
    pub(super) app_data: Value,
    pub(super) data: Value,
    pub(super) is_anonymous: bool,
    email_confirmed_at: Option<Timestamp>,
    last_sign_in_at: Option<Timestamp>,
    created_at: Timestamp,
    updated_at: Timestamp,
}

pub(super) enum Refresh {
    Fresh {
        user_id: Uuid,
        session_id: Uuid,
        signed_in_at: Timestamp,
        token: String,
    },
    Unknown,
    /// The token had been spent before; its session is closed now.
    Reused,
}

/// Connections with the role that Supabase's own service has.
pub(super) fn pool(url: &str, role: &str) -> Result<Pool> {
    let mut config: tokio_postgres::Config = url.parse().context("admin_database_url")?;
    config
        .options(format!("-c role={role}"))
        .connect_timeout(Duration::from_secs(5));
    Ok(Pool::builder(Manager::new(config, NoTls)).max_size(4).build()?)
}

impl Store {
    pub(super) fn new(url: &str) -> Result<Self> {
        // A trigger on auth.users that needs more fails here as it would there.
        Ok(Self(pool(url, "supabase_auth_admin")?))
    }

    pub(super) async fn create_user(&self, email: &str, password_hash: &str, data: &Value) -> Result<Option<User>> {
        let sql = include_str!("../../sql/auth/create_user.sql");
        let id = Uuid::new_v4();
        let row = self
            .client()
            .await?
            .query_opt(sql, &[&id, &email, &password_hash, data])
            .await?;
        row.as_ref().map(User::from_row).transpose()
    }

    pub(super) async fn user_by_email(&self, email: &str) -> Result<Option<User>> {
        let row = self
            .client()
            .await?
            .query_opt(include_str!("../../sql/auth/user_by_email.sql"), &[&email])
            .await?;
        row.as_ref().map(User::from_row).transpose()
    }

    pub(super) async fn user_by_id(&self, id: Uuid) -> Result<Option<User>> {
        let row = self
            .client()
            .await?
            .query_opt(include_str!("../../sql/auth/user_by_id.sql"), &[&id])
            .await?;
        row.as_ref().map(User::from_row).transpose()
    }

    pub(super) async fn change_user(
        &self,
        id: Uuid,
        email: Option<&str>,
        hash: Option<&str>,
        data: &Value,
    ) -> Result<User> {
        let sql = include_str!("../../sql/auth/change_user.sql");
        User::from_row(&self.client().await?.query_one(sql, &[&id, &email, &hash, data]).await?)
    }

    pub(super) async fn open_session(&self, user: Uuid, session: Uuid, refresh_token: &str) -> Result<User> {
        let sql = include_str!("../../sql/auth/open_session.sql");
        User::from_row(
            &self
                .client()
                .await?
                .query_one(sql, &[&session, &user, &refresh_token])
                .await?,
        )
    }

    /// Spends a refresh token for the next one.
    pub(super) async fn refresh(&self, token: &str, next: &str, reuse_interval: Duration) -> Result<Refresh> {
        let mut client = self.client().await?;
        let transaction = client.transaction().await?;
        let found = transaction
            .query_opt(include_str!("../../sql/auth/lock_refresh_token.sql"), &[&token])
            .await?;
        let Some(row) = found else {
            return Ok(Refresh::Unknown);
        };
        let (user_id, session_id) = (row.try_get("user_id")?, row.try_get("session_id")?);
        let token = if row.try_get("revoked")? {
            let forgiven = row.try_get::<_, f64>("age")? < reuse_interval.as_secs_f64();
            let successor = transaction
                .query_opt(include_str!("../../sql/auth/successor.sql"), &[&token])
                .await?;
            match successor {
                Some(successor) if forgiven => successor.try_get("token")?,
                _ => {
                    transaction
                        .execute(include_str!("../../sql/auth/revoke_session.sql"), &[&session_id])
                        .await?;
                    transaction.commit().await?;
                    return Ok(Refresh::Reused);
                }
            }
        } else {
            transaction
                .execute(
                    include_str!("../../sql/auth/rotate_refresh_token.sql"),
                    &[&token, &next],
                )
                .await?;
            next.to_owned()
        };
        transaction.commit().await?;
        Ok(Refresh::Fresh {
            user_id,
            session_id,
            signed_in_at: row.try_get("signed_in_at")?,
            token,
        })
    }

    pub(super) async fn session_exists(&self, session: Uuid, user: Uuid) -> Result<bool> {
        let sql = include_str!("../../sql/auth/session_exists.sql");
        Ok(self
            .client()
            .await?
            .query_one(sql, &[&session, &user])
            .await?
            .try_get("found")?)
    }

    pub(super) async fn close_sessions(&self, user: Uuid, session: Uuid, scope: &str) -> Result<()> {
        let sql = include_str!("../../sql/auth/close_sessions.sql");
        self.client().await?.execute(sql, &[&user, &session, &scope]).await?;
        Ok(())
    }

    async fn client(&self) -> Result<Object> {
        self.0.get().await.context("database")
    }
}

impl User {
    fn from_row(row: &Row) -> Result<Self> {
        Ok(Self {
            id: row.try_get("id")?,
            aud: row.try_get("aud")?,
            role: row.try_get("role")?,
            email: row.try_get("email")?,
            encrypted_password: row.try_get("encrypted_password")?,
            app_data: row.try_get("raw_app_meta_data")?,
            data: row.try_get("raw_user_meta_data")?,
            is_anonymous: row.try_get("is_anonymous")?,
            email_confirmed_at: row.try_get("email_confirmed_at")?,
            last_sign_in_at: row.try_get("last_sign_in_at")?,
            created_at: row.try_get("created_at")?,
            updated_at: row.try_get("updated_at")?,
        })
    }

    pub(super) fn to_json(&self) -> Value {
        let Self {
            id,
            email,
            created_at,
            updated_at,
            last_sign_in_at,
            ..
        } = self;
        json!({
            "id": id,
            "aud": self.aud,
            "role": self.role,
            "email": email,
            "email_confirmed_at": self.email_confirmed_at,
            "phone": "",
            "confirmed_at": self.email_confirmed_at,
            "last_sign_in_at": last_sign_in_at,
            "app_metadata": self.app_data,
            "user_metadata": self.data,
            // Supabase keeps one for each way to sign in; here there is only one way.
            "identities": [{
                "identity_id": id,
                "id": id,
                "user_id": id,
                "identity_data": self.data,
                "provider": "email",
                "last_sign_in_at": last_sign_in_at,
                "created_at": created_at,
                "updated_at": updated_at,
                "email": email,
            }],
            "created_at": created_at,
            "updated_at": updated_at,
            "is_anonymous": self.is_anonymous,
        })
    }
}
