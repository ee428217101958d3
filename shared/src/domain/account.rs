//! The caller's own account with us.

use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

use super::UserId;

/// Who the caller is.
#[derive(Debug, Serialize, ToSchema)]
pub struct Me {
    #[schema(value_type = Uuid)]
    pub id: UserId,
    pub email: Option<String>,
    pub display_name: Option<String>,
    pub created_at: Timestamp,
    pub trading_mode: String,
    pub disclaimer_accepted: bool,
    pub timezone: String,
    pub account_currency: String,
}

/// The caller's profile.
#[derive(Debug, Serialize, ToSchema)]
pub struct Profile {
    #[schema(value_type = Uuid)]
    pub id: UserId,
    pub email: Option<String>,
    pub display_name: Option<String>,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
}
