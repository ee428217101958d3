use std::fmt::Write as _;

/// Why a body is no order. `detail` is for the trader: what was seen, and what to send instead.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{detail}")]
pub struct Unreadable {
    pub code: UnreadableCode,
    pub detail: String,
}

macro_rules! codes {
    ($($(#[$doc:meta])* $variant:ident => $word:literal,)*) => {
        /// Stable words: they are stored as `reason_code` and shown by the API.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum UnreadableCode { $($(#[$doc])* $variant,)* }

        impl UnreadableCode {
            pub const ALL: &[Self] = &[$(Self::$variant,)*];

            pub fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $word,)* }
            }
        }
    };
}

codes! {
    Empty => "empty",
    /// Neither a symbol nor an action in any form that is known.
    NotAnAlert => "not_an_alert",
    BadJson => "bad_json",
    NoSymbol => "no_symbol",
    NoAction => "no_action",
    UnknownAction => "unknown_action",
    AmbiguousAction => "ambiguous_action",
    AmbiguousSymbol => "ambiguous_symbol",
    /// Two values, or two meanings, for one number or time.
    AmbiguousValue => "ambiguous_value",
    ContradictsPosition => "contradicts_position",
    UnknownPosition => "unknown_position",
    SeveralCommands => "several_commands",
    /// The order asked for is none of buy, sell, close at the market.
    UnsupportedCommand => "unsupported_command",
    /// The order is clear, but a field it depends on cannot be honoured.
    UnsupportedField => "unsupported_field",
    PlaceholderLeft => "placeholder_left",
    BadSymbol => "bad_symbol",
    BadNumber => "bad_number",
    BadStops => "bad_stops",
    BadTime => "bad_time",
    BadId => "bad_id",
    VolumeOutOfRange => "volume_out_of_range",
}

impl Unreadable {
    pub(super) fn new(code: UnreadableCode, detail: impl Into<String>) -> Self {
        Self {
            code,
            detail: detail.into(),
        }
    }
}

/// A name or value from the alert, short and printable, in quotes.
pub(super) fn shown(value: &str) -> String {
    const LONGEST: usize = 32;
    let mut out = String::from("\"");
    for (at, c) in value.trim().chars().enumerate() {
        if at == LONGEST {
            out.push('…');
            break;
        }
        let _ = out.write_char(if c.is_control() || c == '"' { ' ' } else { c });
    }
    out.push('"');
    out
}
