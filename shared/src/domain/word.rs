//! Closed sets of words: one enum for the JSON, the OpenAPI and the `CHECK`ed text column.

macro_rules! words {
    ($(#[$doc:meta])* $name:ident { $($(#[$variant_doc:meta])* $variant:ident = $word:tt),* $(,)? }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
        pub enum $name { $($(#[$variant_doc])* #[serde(rename = $word)] $variant),* }

        impl $name {
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $word),* }
            }
        }

        impl<'a> postgres_types::FromSql<'a> for $name {
            fn from_sql(_: &postgres_types::Type, raw: &'a [u8]) -> Result<Self, Box<dyn std::error::Error + Sync + Send>> {
                match raw {
                    $(raw if raw == $word.as_bytes() => Ok(Self::$variant),)*
                    raw => Err(format!("{:?} is no {}", String::from_utf8_lossy(raw), stringify!($name)).into()),
                }
            }

            postgres_types::accepts!(TEXT);
        }
    };
}
pub(crate) use words;
