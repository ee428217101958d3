//! Which field a name means. Names are compared without case, spaces and punctuation: `stopLoss`, `stop_loss`, `Stop Loss`.

use std::collections::HashMap;
use std::sync::LazyLock;

/// What an entry is about. Where several names of one field may stand side by side and differ for good reason, the lower
/// rank wins (`price` over `close`, `timenow` over the bar's `time`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Field {
    Symbol,
    Action,
    /// `side`: the action where none is named, else which side a close means.
    Side,
    /// `type`: an action, or the kind of order.
    Type,
    Position,
    PrevPosition,
    /// Signed: its sign is the position.
    PositionSize,
    /// Unsigned: zero is flat.
    MarketPositionSize,
    Price(u8),
    Time(u8),
    Id,
    Volume(Lots),
    VolumeUnit,
    RiskPct,
    /// `risk`: its unit is a setting of the sender's terminal.
    Risk,
    Stop(Level, Unit),
    /// `TPSLType`, `sl_type`: the unit of the levels it names.
    StopUnit(Option<Level>),
    /// Text that may itself be the command.
    Message,
    /// High and low: the alert carries a bar, so its `volume` may be the bar's.
    Bar,
    Secret,
    Harmless,
    /// Would change what is executed, and cannot be honoured.
    Unsupported(Effect),
    Unknown,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Lots {
    Named,
    /// `quantity`, `contracts`: lots by this service's convention, units by others'.
    Assumed,
}

/// What an unsupported field would have changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Effect {
    /// Whether or when anything is sent at all: `dry_run`, `delay`.
    Everything,
    /// How much is traded: matters to entries and partial exits.
    Size,
    /// Stops and filters of an entry.
    Entry,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Level {
    Sl,
    Tp,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Unit {
    /// By dialect.
    Unsaid,
    Price,
    Pips,
    /// `long SL`: only for an order to that side.
    LongOnly,
    ShortOnly,
}

const FIELDS: &[(Field, &str)] = &[
    (
        Field::Symbol,
        "symbol ticker instrument pair tvinstrument tickerid symbolname",
    ),
    (Field::Action, "action order signal cmd command buysell operation"),
    (Field::Side, "side direction positionside orderside tradeside"),
    (Field::Type, "type event eventtype actiontype"),
    (
        Field::Position,
        "position marketposition sentiment newposition targetposition",
    ),
    (
        Field::PrevPosition,
        "prevmarketposition previousmarketposition prevposition previousposition",
    ),
    (Field::PositionSize, "positionsize"),
    (Field::MarketPositionSize, "marketpositionsize"),
    (Field::Price(0), "price"),
    (Field::Price(1), "entryprice entry orderprice fillprice"),
    (Field::Price(2), "triggerprice tvprice currentprice marketprice"),
    (Field::Price(3), "close closeprice last lastprice"),
    (Field::Time(0), "timenow tvtime alerttime senttime sentat"),
    (Field::Time(1), "timestamp datetime"),
    (Field::Time(2), "time"),
    (
        Field::Id,
        "id alertid signalid uuid nonce clientid clientorderid dedupid dedupkey",
    ),
    (
        Field::Volume(Lots::Named),
        "volume vol lots lot lotsize vollots volumelots",
    ),
    (
        Field::Volume(Lots::Assumed),
        "quantity qty q contracts amount size ordersize units",
    ),
    (
        Field::VolumeUnit,
        "quantitytype qtytype volumetype voltype amounttype sizetype currencytype lottype",
    ),
    (Field::RiskPct, "riskpct riskpercent riskpercentage riskperc"),
    (Field::Risk, "risk"),
    (Field::Stop(Level::Sl, Unit::Unsaid), "sl stoploss sl1 stoploss1"),
    (Field::Stop(Level::Tp, Unit::Unsaid), "tp takeprofit tp1 takeprofit1"),
    (
        Field::Stop(Level::Sl, Unit::Price),
        "slprice stoplossprice stoplossstopprice pricesl",
    ),
    (
        Field::Stop(Level::Tp, Unit::Price),
        "tpprice takeprofitprice takeprofitlimitprice pricetp",
    ),
    (Field::Stop(Level::Sl, Unit::Pips), "slpips stoplosspips pipssl"),
    (Field::Stop(Level::Tp, Unit::Pips), "tppips takeprofitpips pipstp"),
    (
        Field::Stop(Level::Sl, Unit::LongOnly),
        "longsl longstoploss sllong stoplosslong",
    ),
    (
        Field::Stop(Level::Sl, Unit::ShortOnly),
        "shortsl shortstoploss slshort stoplossshort",
    ),
    (
        Field::Stop(Level::Tp, Unit::LongOnly),
        "longtp longtakeprofit tplong takeprofitlong",
    ),
    (
        Field::Stop(Level::Tp, Unit::ShortOnly),
        "shorttp shorttakeprofit tpshort takeprofitshort",
    ),
    (Field::StopUnit(None), "tpsltype sltptype targettype tpslunit sltpunit"),
    (Field::StopUnit(Some(Level::Sl)), "sltype stoplosstype slunit"),
    (Field::StopUnit(Some(Level::Tp)), "tptype takeprofittype tpunit"),
    (
        Field::Message,
        "message msg text alert body content payload alertmessage data",
    ),
    (Field::Bar, "high low"),
    (
        Field::Harmless,
        "open interval timeframe tf exchange tvexchange broker name strategy strategyname strategytype \
         strategyparams params alertname indicator comment ordercomment note description desc title \
         label tag orderid tradeid strategyid botid botuuid account accountid telegram chatid \
         channel user username email currency basecurrency leverage source version \
         prevmarketpositionsize maxlag timeinforce tif magic magicnumber deviation slippage \
         tvvolume barvolume prefix market assetclass securitytype beoffset",
    ),
    (
        Field::Unsupported(Effect::Everything),
        "dryrun simulate paper test demo delay pending accfilter validuntil gtd oco",
    ),
    (
        Field::Unsupported(Effect::Size),
        "usd cost notional closeall pct percent",
    ),
    (
        Field::Unsupported(Effect::Entry),
        "betrigger trailtrig traildist trailstep atrtimeframe atrtrigger atrperiod atrmultiplier \
         atrshift slatr tpatr slusd tpusd sldollar tpdollar slmoney tpmoney sldistance tpdistance \
         sloffset tpoffset slticks tpticks spread maxspread stop target rr hedge pyramiding",
    ),
];

/// Names of containers and prefixes that say nothing about what they hold: `order.action`, `order_action`, `data.symbol`.
const WRAPPERS: &str = "strategyinfo strategy data message alert order payload body content params \
         trade signal tv webhook request event";

/// Containers of market data, never of an order.
const BARS: &str = "bar candle ohlc ohlcv kline indicators plots syminfo";

/// In the name of a field nobody knows, these say that it would have changed the order.
const RISKY_PARTS: &[(Effect, &str)] = &[
    (Effect::Everything, "cancel expir limit dryrun"),
    (Effect::Size, "percent pct partial quantity amount volume lots reduce"),
    (Effect::Entry, "stop trail breakeven profit risk points target"),
];
const RISKY_WORDS: &[(Effect, &str)] = &[
    (Effect::Everything, "test dry paper demo delay"),
    (Effect::Size, "qty lot size vol units"),
    (Effect::Entry, "sl tp be atr filter"),
];

pub(super) fn classify(name: &str) -> Field {
    const DEEPEST: usize = 4;
    let whole = normalise(name);
    let mut rest = whole.as_str();
    for _ in 0..DEEPEST {
        if let Some(field) = NAMES.get(rest) {
            return *field;
        }
        if is_secret_normalised(rest) {
            return Field::Secret;
        }
        match WRAPPERS
            .split(' ')
            .find_map(|wrapper| rest.strip_prefix(wrapper))
            .filter(|left| !left.is_empty())
        {
            Some(left) => rest = left,
            None => break,
        }
    }
    risk(name, &whole).map_or(Field::Unknown, Field::Unsupported)
}

pub(super) fn is_wrapper(name: &str) -> bool {
    lists(WRAPPERS, &normalise(name))
}

pub(super) fn is_bar(name: &str) -> bool {
    lists(BARS, &normalise(name))
}

pub(super) fn is_secret(name: &str) -> bool {
    is_secret_normalised(&normalise(name))
}

fn is_secret_normalised(name: &str) -> bool {
    const PARTS: &[&str] = &[
        "secret",
        "passphrase",
        "passw",
        "token",
        "apikey",
        "licen",
        "credential",
        "authoriz",
        "signature",
        "bearer",
    ];
    const WHOLE: &[&str] = &["auth", "code", "pin", "pass", "pwd"];
    name.ends_with("key") || WHOLE.contains(&name) || PARTS.iter().any(|part| name.contains(part))
}

pub(super) fn normalise(name: &str) -> String {
    name.chars()
        .filter(char::is_ascii_alphanumeric)
        .map(|c| c.to_ascii_lowercase())
        .collect()
}

static NAMES: LazyLock<HashMap<&str, Field>> = LazyLock::new(|| {
    FIELDS
        .iter()
        .flat_map(|(field, names)| names.split(' ').map(|name| (name, *field)))
        .collect()
});

/// Whether the word stands in a list of words separated by blanks.
pub(super) fn lists(words: &str, word: &str) -> bool {
    words.split(' ').any(|listed| listed == word)
}

fn risk(name: &str, normalised: &str) -> Option<Effect> {
    let part = RISKY_PARTS
        .iter()
        .find(|(_, parts)| parts.split(' ').any(|part| normalised.contains(part)));
    let words = words(name);
    let has_word = |risky: &str| {
        words
            .iter()
            .any(|word| lists(risky, word.trim_end_matches(|c: char| c.is_ascii_digit())))
    };
    part.or_else(|| RISKY_WORDS.iter().find(|(_, risky)| has_word(risky)))
        .map(|(effect, _)| *effect)
}

/// `maxSL_2` → max, sl, 2: enough of camel case to find `SL` in `longSL` and `sl` in `slAtr`.
fn words(name: &str) -> Vec<String> {
    let mut split = String::with_capacity(name.len() + 8);
    let mut after_lower = false;
    for c in name.chars() {
        if c.is_ascii_uppercase() && after_lower {
            split.push(' ');
        }
        after_lower = c.is_ascii_lowercase();
        split.push(if c.is_ascii_alphanumeric() {
            c.to_ascii_lowercase()
        } else {
            ' '
        });
    }
    split.split_whitespace().map(str::to_owned).collect()
}

#[cfg(test)]
pub(super) fn listed_names() -> Vec<&'static str> {
    FIELDS.iter().flat_map(|(_, names)| names.split(' ')).collect()
}
