//! What is answered, and how it ends. Words of the description choose the Expert Advisor; a marker in it chooses the end:
//!
//! | marker | what happens |
//! |---|---|
//! | `[glm:401]` `[glm:429-1302]` `[glm:429-1113]` `[glm:429-1305]` `[glm:500]` | that answer instead of a stream |
//! | `[glm:silent]` | the stream begins, and nothing ever comes |
//! | `[glm:stall]` | half of the code, then nothing ever comes |
//! | `[glm:cut]` | half of the code, then the connection is gone |
//! | `[glm:eof]` | half of the code, then a clean end without `finish_reason` and `[DONE]` |
//! | `[glm:error]` | half of the code, then an error in the stream |
//! | `[glm:garbage]` | half of the code, then a line that is no JSON |
//! | `[glm:length]` `[glm:sensitive]` `[glm:network_error]` | half of the code, then that `finish_reason` |
//! | `[glm:broken-code]` | code that does not compile, unless compiler errors are part of the request |
//! | `[glm:forbidden]` | code that fetches from the web |
//! | `[glm:long]` | the same code behind 200 KB of comments |
//! | `[glm:bare]` | the code alone, without the Markdown around it |
//! | `[glm:no-choices]` | a chunk without choices goes first, as some gateways send it |
//!
//! With `:once` before the bracket, as in `[glm:500:once]`, a failure happens the first time this is asked, and the next
//! time all goes well.

use super::error::Fault;
use super::request::Completion;

const MOVING_AVERAGE_CROSSOVER: &str = include_str!("../../assets/glm/moving_average_crossover.mq5");
const RSI_REVERSAL: &str = include_str!("../../assets/glm/rsi_reversal.mq5");
const CHANNEL_BREAKOUT: &str = include_str!("../../assets/glm/channel_breakout.mq5");

/// What stands in every one of them, and what a hasty model might write.
const RIGHT: &str = "trade.SetExpertMagicNumber(MagicNumber);";
const WRONG: &str = "trade.SetExpertMagicNumber(MagicNumber)";

const FORBIDDEN: &str = "int Fetch(char &data[],char &answer[],string &headers)\n  {\n   \
    return(WebRequest(\"GET\",\"https://example.com\",\"\",1000,data,answer,headers));\n  }\n";

/// Thirteen bytes each.
const LONG_LINES: usize = 200 * 1024 / 13;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Outcome {
    Whole,
    Refused(Fault),
    Silent,
    Stall,
    Cut,
    Eof,
    Error,
    Garbage,
    /// After half of it.
    Finish(&'static str),
}

pub(super) struct Script {
    pub(super) reasoning: String,
    pub(super) content: String,
    pub(super) outcome: Outcome,
    pub(super) once: bool,
    pub(super) begins_without_choices: bool,
}

impl Script {
    pub(super) fn of(completion: &Completion) -> Self {
        let asked = completion.asked();
        let markers = Markers::of(&asked);
        let (name, source) = chosen(&asked);
        let broken = markers.has("broken-code") && !mentions_compiler_error(&asked);
        let code = if broken {
            source.replacen(RIGHT, WRONG, 1)
        } else {
            source.to_owned()
        };
        let code = if markers.has("forbidden") {
            format!("{code}\n{FORBIDDEN}")
        } else {
            code
        };
        let code = if markers.has("long") {
            format!("{}{code}", "// and so on\n".repeat(LONG_LINES))
        } else {
            code
        };
        let content = if markers.has("bare") {
            code
        } else {
            format!("Here is the Expert Advisor: {name}.\n\n```mql5\n{code}```\n\nTest it on a demo account first.")
        };
        let reasoning = format!(
            "The user wants {name}. I need closed bars only, a stop by ATR, a volume by risk, and checks of stops level, \
             freeze level and margin before each order."
        );
        Self {
            reasoning: if completion.thinks { reasoning } else { String::new() },
            content,
            outcome: markers.outcome(),
            once: markers.once,
            begins_without_choices: markers.has("no-choices"),
        }
    }
}

fn chosen(asked: &str) -> (&'static str, &'static str) {
    let asked = asked.to_lowercase();
    let says = |words: &[&str]| words.iter().any(|word| asked.contains(word));
    if says(&["rsi", "oversold", "overbought"]) {
        ("an RSI reversal", RSI_REVERSAL)
    } else if says(&["breakout", "break out", "channel", "donchian"]) {
        ("a channel breakout", CHANNEL_BREAKOUT)
    } else {
        ("a moving-average crossover", MOVING_AVERAGE_CROSSOVER)
    }
}

/// `error 149`, as `MetaEditor` writes it, or somebody's words for it.
fn mentions_compiler_error(asked: &str) -> bool {
    let asked = asked.to_lowercase();
    let numbered = asked
        .split("error ")
        .skip(1)
        .any(|rest| rest.starts_with(|letter: char| letter.is_ascii_digit()));
    numbered
        || [
            "compiler error",
            "compilation error",
            "compile error",
            "does not compile",
        ]
        .iter()
        .any(|words| asked.contains(words))
}

struct Markers<'a> {
    words: Vec<&'a str>,
    once: bool,
}

impl<'a> Markers<'a> {
    fn of(asked: &'a str) -> Self {
        let marked = asked.split("[glm:").skip(1).filter_map(|rest| rest.split_once(']'));
        let mut once = false;
        let words = marked
            .map(|(word, _)| {
                let bare = word.strip_suffix(":once");
                once |= bare.is_some();
                bare.unwrap_or(word)
            })
            .collect();
        Self { words, once }
    }

    fn has(&self, word: &str) -> bool {
        self.words.contains(&word)
    }

    fn outcome(&self) -> Outcome {
        let outcome = |word: &&str| {
            Some(match *word {
                "401" => Outcome::Refused(Fault::BAD_KEY),
                "429-1302" => Outcome::Refused(Fault::TOO_MANY),
                "429-1113" => Outcome::Refused(Fault::NO_BALANCE),
                "429-1305" => Outcome::Refused(Fault::OVERLOADED),
                "500" => Outcome::Refused(Fault::INTERNAL),
                "silent" => Outcome::Silent,
                "stall" => Outcome::Stall,
                "cut" => Outcome::Cut,
                "eof" => Outcome::Eof,
                "error" => Outcome::Error,
                "garbage" => Outcome::Garbage,
                "length" => Outcome::Finish("length"),
                "sensitive" => Outcome::Finish("sensitive"),
                "network_error" => Outcome::Finish("network_error"),
                _ => return None,
            })
        };
        self.words.iter().find_map(outcome).unwrap_or(Outcome::Whole)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn script(asked: &str) -> Script {
        let body = json!({ "model": "glm-5", "messages": [{ "role": "user", "content": asked }] });
        Script::of(&Completion::read(body).unwrap_or_else(|fault| panic!("{fault}")))
    }

    #[test]
    fn the_description_chooses_the_expert_advisor() {
        for (asked, holds) in [
            ("Buy when EMA 12 crosses EMA 26", "iMA("),
            ("Fade an oversold market", "iRSI("),
            ("Donchian, 20 bars", "iHighest("),
        ] {
            assert!(script(asked).content.contains(holds), "{asked}");
        }
    }

    #[test]
    fn broken_code_is_repaired_when_the_compiler_has_complained() {
        let whole = script("anything").content;
        let broken = script("anything [glm:broken-code]").content;
        assert_eq!(broken.len() + 1, whole.len(), "one semicolon is missing");
        let again = "anything [glm:broken-code]\nea.mq5(61,4) : error 149: 'return' - unexpected token";
        assert_eq!(script(again).content, whole);
    }

    #[test]
    fn every_source_is_one_that_the_broken_one_can_be_made_of() {
        for source in [MOVING_AVERAGE_CROSSOVER, RSI_REVERSAL, CHANNEL_BREAKOUT] {
            assert_eq!(source.matches(RIGHT).count(), 1);
            for needed in [
                "#include <Trade/Trade.mqh>",
                "input group \"Risk\"",
                "SetExpertMagicNumber",
                "SYMBOL_TRADE_STOPS_LEVEL",
                "SYMBOL_TRADE_FREEZE_LEVEL",
                "OrderCalcMargin",
            ] {
                assert!(source.contains(needed), "{needed}");
            }
            let count = |letter| source.matches(letter).count();
            assert_eq!(
                (count('('), count('{'), count('[')),
                (count(')'), count('}'), count(']'))
            );
        }
    }
}
