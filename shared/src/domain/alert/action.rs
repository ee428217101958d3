//! Which order the words ask for.

use std::collections::HashMap;
use std::sync::LazyLock;

use super::PositionSide::{self, Long, Short};
use super::entry::{Content, Entry};
use super::error::{Unreadable, UnreadableCode, shown};
use super::keys::{Field, lists, normalise};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Intent {
    Enter(PositionSide),
    Exit(Option<PositionSide>),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Word {
    Known(Intent),
    /// With the sentence that says why it is not done and what to send.
    Unsupported(&'static str),
}

const KNOWN: &[(Intent, &str)] = &[
    (
        Intent::Enter(Long),
        "buy long bull bullish enterlong entrylong longentry longenter openlong longopen golong \
         buylong openbuy enterbuy buyentry buyopen buymarket marketbuy buytoopen longsignal \
         buysignal positiontypebuy ordertypebuy dealtypebuy",
    ),
    (
        Intent::Enter(Short),
        "sell short bear bearish entershort entryshort shortentry shortenter openshort shortopen \
         goshort sellshort opensell entersell sellentry sellopen sellmarket marketsell selltoopen \
         shortsignal sellsignal positiontypesell ordertypesell dealtypesell",
    ),
    (
        Intent::Exit(None),
        "close exit flat flatten goflat closeposition closepositions exitposition positionclose",
    ),
    (
        Intent::Exit(Some(Long)),
        "closelong exitlong longclose longexit closebuy exitbuy buyclose buyexit selltoclose \
         closelongposition exitlongposition flattenlong",
    ),
    (
        Intent::Exit(Some(Short)),
        "closeshort exitshort shortclose shortexit closesell exitsell sellclose sellexit buytoclose \
         buytocover cover covershort closeshortposition exitshortposition flattenshort",
    ),
];

const UNSUPPORTED: &[(&str, &str)] = &[
    (
        "pending orders are not placed: let the alert fire when the price is reached and send buy or sell",
        "buystop sellstop buylimit selllimit buystoplimit sellstoplimit stopbuy stopsell limitbuy \
         limitsell ordertypebuylimit ordertypeselllimit ordertypebuystop ordertypesellstop limit \
         stop stoplimit stopmarket limitorder stoporder pending",
    ),
    (
        "stops of an open position are not changed by an alert: send sl and tp with the entry",
        "newsltplong newsltpshort newsltp newsltpbuystop newsltpsellstop newsltpbuylimit \
         newsltpselllimit modify update updatesl updatetp updatestop movesl movestop setsl settp \
         breakeven stoploss takeprofit trailingstop trailingstopmarket trail sltp",
    ),
    (
        "part of a position is closed by lots only: send close with volume",
        "closelongpct closeshortpct closelongpercent closeshortpercent closepct closepercent \
         closelongvol closeshortvol closelongvolume closeshortvolume closepartial partialclose \
         partialexit partial closehalf reduce scaleout",
    ),
    (
        "closing and opening are two orders: send close, then buy or sell from an alert of its own",
        "closelongsell closeshortbuy closelongbuy closeshortsell reverse flip reverselong \
         reverseshort closelongopenshort closeshortopenlong stopandreverse",
    ),
    (
        "there are no pending orders to cancel; leave this alert out",
        "cancel cancelall cancellong cancelshort cancelorder cancelorders cancelbuystop \
         cancelsellstop cancelbuylimit cancelselllimit cancellongbuystop cancelshortsellstop",
    ),
    (
        "trading is switched on and off in the settings, not by an alert",
        "eaon eaoff closealleaoff pause resume",
    ),
    (
        "everything at once is closed on the trading page: send close with one symbol",
        "closeall exitall flattenall closeallpositions closealllong closeallshort panic liquidate",
    ),
    (
        "adding to a position has no side: send buy or sell",
        "add increase scalein dca addtoposition",
    ),
    (
        "it asks for no order; leave this alert out",
        "hold wait neutral nothing noaction",
    ),
];

/// Kinds of `type` that name no order of their own: the order is sent at the market either way.
const PLAIN_TYPES: &str = "market marketorder mkt mrkt instant signal alert order trade entry enter open new strategy \
         strategyalert indicator webhook tradingview spot futures forex fx crypto stock cfd indices \
         commodity real live";

static WORDS: LazyLock<HashMap<&str, Word>> = LazyLock::new(|| {
    let known = KNOWN
        .iter()
        .flat_map(|(intent, words)| words.split(' ').map(|word| (word, Word::Known(*intent))));
    let unsupported = UNSUPPORTED
        .iter()
        .flat_map(|(why, words)| words.split(' ').map(|word| (word, Word::Unsupported(why))));
    known.chain(unsupported).collect()
});

pub(super) fn word(text: &str) -> Option<Word> {
    WORDS.get(normalise(text).as_str()).copied()
}

/// The one order the entries ask for; `None` if they name none.
pub(super) fn find(entries: &[Entry], is_json: bool) -> Result<Option<Intent>, Unreadable> {
    let mut asked: Option<Intent> = None;
    for entry in entries {
        let intent = match entry.field {
            Field::Action => intent(entry, false)?,
            Field::Type => intent(entry, true)?,
            _ => None,
        };
        asked = merge(asked, intent).ok_or_else(|| ambiguous(entries))?;
    }
    let mut sided: Option<Intent> = None;
    for entry in entries.iter().filter(|entry| entry.field == Field::Side) {
        sided = merge(sided, intent(entry, false)?).ok_or_else(|| ambiguous(entries))?;
    }
    match (asked, sided) {
        (Some(Intent::Exit(side)), Some(Intent::Enter(position))) => {
            let side = exit_side(side, position, entries, is_json)?;
            Ok(Some(Intent::Exit(Some(side))))
        }
        (asked, sided) => merge(asked, sided).ok_or_else(|| ambiguous(entries)),
    }
}

/// `CLOSE, EURUSD, SIDE=BUY` closes what was bought. In JSON `"side": "sell"` beside a close may as well be the order
/// that closes a long, so only `long` and `short` are taken there.
fn exit_side(
    named: Option<PositionSide>,
    side: PositionSide,
    entries: &[Entry],
    is_json: bool,
) -> Result<PositionSide, Unreadable> {
    let is_position = entries
        .iter()
        .filter(|entry| entry.field == Field::Side)
        .all(|entry| ["long", "short"].contains(&normalise(&entry.value).as_str()));
    match named {
        Some(named) if is_position && named != side => Err(ambiguous(entries)),
        Some(named) => Ok(named),
        None if is_position || !is_json => Ok(side),
        None => Err(Unreadable::new(
            UnreadableCode::AmbiguousAction,
            "A close with side buy or sell may mean the position or the order that closes it; send side long or short, \
             or action close_long or close_short.",
        )),
    }
}

fn intent(entry: &Entry, is_type: bool) -> Result<Option<Intent>, Unreadable> {
    let sent = match entry.content() {
        Content::Absent => return Ok(None),
        Content::Placeholder => return Err(entry.placeholder_left()),
        Content::Given(sent) => sent,
    };
    if is_type && lists(PLAIN_TYPES, &normalise(sent)) {
        return Ok(None);
    }
    match word(sent) {
        Some(Word::Known(intent)) => Ok(Some(intent)),
        Some(Word::Unsupported(why)) => Err(unsupported(sent, why)),
        None if is_type => Err(unsupported(
            sent,
            "orders of this type are not known: send buy, sell or close",
        )),
        None => Err(Unreadable::new(
            UnreadableCode::UnknownAction,
            format!(
                "{} is {}, which is no known action; send buy, sell or close.",
                entry.name,
                shown(sent)
            ),
        )),
    }
}

pub(super) fn unsupported(sent: &str, why: &str) -> Unreadable {
    Unreadable::new(
        UnreadableCode::UnsupportedCommand,
        format!("The command {} is not carried out: {why}.", shown(sent)),
    )
}

/// Two names may refine one another (close, close long), never differ.
#[expect(
    clippy::option_option,
    reason = "the outer None is the contradiction, the inner one nothing said yet"
)]
fn merge(first: Option<Intent>, second: Option<Intent>) -> Option<Option<Intent>> {
    match (first, second) {
        (None, other) | (other, None) => Some(other),
        (Some(Intent::Exit(None)), Some(exit @ Intent::Exit(_)))
        | (Some(exit @ Intent::Exit(_)), Some(Intent::Exit(None))) => Some(Some(exit)),
        (Some(first), Some(second)) if first == second => Some(Some(first)),
        _ => None,
    }
}

fn ambiguous(entries: &[Entry]) -> Unreadable {
    let said: Vec<String> = entries
        .iter()
        .filter(|entry| matches!(entry.field, Field::Action | Field::Side | Field::Type))
        .take(4)
        .map(|entry| format!("{} is {}", entry.name, shown(&entry.value)))
        .collect();
    Unreadable::new(
        UnreadableCode::AmbiguousAction,
        format!(
            "The alert asks for different orders ({}); send one action: buy, sell or close.",
            said.join(", ")
        ),
    )
}

#[cfg(test)]
pub(super) fn listed_words() -> Vec<&'static str> {
    let tables = KNOWN
        .iter()
        .map(|(_, words)| words)
        .chain(UNSUPPORTED.iter().map(|(_, words)| words));
    tables.flat_map(|words| words.split(' ')).collect()
}
