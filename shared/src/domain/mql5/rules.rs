//! What a source may not be. Each rule has a name.

use std::path::Path;

use super::{
    Finding,
    token::{Kind, Token, tokens},
};

/// What the column that keeps a source holds, in bytes.
const SOURCE_LIMIT: usize = 2 * 1024 * 1024;
/// A program with hundreds of faults is told the first ones.
const MOST_FINDINGS: usize = 20;

/// Functions that reach beyond trading: the network, and files that others need.
/// <https://www.mql5.com/en/docs/network>, <https://www.mql5.com/en/docs/files>
const FORBIDDEN: [(&str, &str, &str); 10] = [
    ("WebRequest", "web_request", NO_NETWORK),
    ("SocketCreate", "web_request", NO_NETWORK),
    ("SocketConnect", "web_request", NO_NETWORK),
    ("SocketTlsHandshake", "web_request", NO_NETWORK),
    ("SendFTP", "web_request", NO_NETWORK),
    ("FileDelete", "file_delete", NO_DELETES),
    ("FileMove", "file_delete", NO_DELETES),
    ("FolderDelete", "file_delete", NO_DELETES),
    ("FolderClean", "file_delete", NO_DELETES),
    (
        "TerminalClose",
        "terminal_close",
        "a program may not close the terminal; take the call out",
    ),
];
const NO_NETWORK: &str = "no network is needed to trade; take the call out";
const NO_DELETES: &str = "files are not deleted or moved by a generated program; take the call out";

/// What only MQL4 has: constants and functions that MQL5 never had.
/// <https://www.mql5.com/en/docs/migration>, <https://docs.mql4.com/trading>
const MQL4: [&str; 19] = [
    "OP_BUY",
    "OP_SELL",
    "OP_BUYLIMIT",
    "OP_SELLLIMIT",
    "OP_BUYSTOP",
    "OP_SELLSTOP",
    "SELECT_BY_POS",
    "SELECT_BY_TICKET",
    "MODE_TRADES",
    "MODE_HISTORY",
    "MODE_POINT",
    "MODE_SPREAD",
    "MODE_STOPLEVEL",
    "MarketInfo",
    "AccountFreeMargin",
    "OrdersHistoryTotal",
    "OrderTicket",
    "OrderLots",
    "OrderOpenPrice",
];

/// Every fault in the order of the source; none is what a good source has.
pub fn findings(source: &str) -> Vec<Finding> {
    if source.len() > SOURCE_LIMIT {
        return vec![at_start(
            "too_large",
            format!("a source has at most {SOURCE_LIMIT} bytes"),
        )];
    }
    if source.contains('\0') {
        return vec![at_start(
            "zero_byte",
            "a source is text and has no zero byte".to_owned(),
        )];
    }
    let tokens = tokens(source);
    let mut findings = Vec::new();
    findings.extend(unfinished(&tokens));
    findings.extend(unbalanced(&tokens));
    findings.extend(imports(&tokens));
    findings.extend(includes(&tokens));
    findings.extend(calls(&tokens));
    findings.extend(mql4(&tokens));
    findings.sort_by_key(|finding| (finding.line, finding.column));
    if entry_point(&tokens).is_none() {
        let message = "the program has neither OnTick (an expert advisor) nor OnStart (a script)";
        findings.push(at_start("no_entry_point", message.to_owned()));
    }
    findings.truncate(MOST_FINDINGS);
    findings
}

fn at_start(code: &'static str, message: String) -> Finding {
    Finding {
        code,
        line: 1,
        column: 1,
        message,
    }
}

fn at(token: &Token<'_>, code: &'static str, message: impl Into<String>) -> Finding {
    Finding {
        code,
        line: token.line,
        column: token.column,
        message: message.into(),
    }
}

/// Where `OnTick` or `OnStart` is defined, outside of any class and of another's body.
pub(super) fn entry_point<'a, 'b>(tokens: &'a [Token<'b>]) -> Option<&'a Token<'b>> {
    let mut depth = 0_i32;
    let mut found = None;
    for (index, token) in tokens.iter().enumerate() {
        match token.text {
            "{" if token.kind == Kind::Mark => depth += 1,
            "}" if token.kind == Kind::Mark => depth -= 1,
            "OnTick" | "OnStart" if depth == 0 && defines_function(&tokens[index..]) => found = found.or(Some(token)),
            _ => {}
        }
    }
    found
}

/// Whether a name is followed by parameters without parentheses of their own, and a body.
fn defines_function(from_name: &[Token<'_>]) -> bool {
    let behind = from_name.iter().skip(1).skip_while(|token| !token.is(")")).nth(1);
    from_name.get(1).is_some_and(|token| token.is("(")) && behind.is_some_and(|token| token.is("{"))
}

fn unfinished<'a>(tokens: &'a [Token<'_>]) -> impl Iterator<Item = Finding> + 'a {
    tokens
        .iter()
        .filter(|token| token.kind == Kind::Unfinished)
        .map(|token| {
            let what = match token.text.as_bytes()[0] {
                b'"' => "a string",
                b'\'' => "a character",
                _ => "a comment",
            };
            at(token, "unfinished", format!("{what} begins here and never ends"))
        })
}

/// The first bracket without its other half: whatever follows one is guesswork.
fn unbalanced(tokens: &[Token<'_>]) -> Option<Finding> {
    let mut open = Vec::<&Token<'_>>::new();
    for token in tokens.iter().filter(|token| token.kind == Kind::Mark) {
        let opening = match token.text {
            "(" | "[" | "{" => {
                open.push(token);
                continue;
            }
            ")" => "(",
            "]" => "[",
            "}" => "{",
            _ => continue,
        };
        match open.pop() {
            Some(last) if last.is(opening) => {}
            Some(last) => {
                let message = format!(
                    "`{}` is not closed before the `{}` of line {}",
                    last.text, token.text, token.line
                );
                return Some(at(last, "unbalanced", message));
            }
            None => return Some(at(token, "unbalanced", format!("`{}` closes nothing", token.text))),
        }
    }
    open.first()
        .map(|token| at(token, "unbalanced", format!("`{}` is never closed", token.text)))
}

/// `#import "x.ex5"` brings in a library of the user's own; anything else is a DLL.
fn imports<'a>(tokens: &'a [Token<'_>]) -> impl Iterator<Item = Finding> + 'a {
    tokens.windows(2).filter_map(|pair| {
        let [directive, file] = pair else { return None };
        let is_import = directive.text == "#import" && file.kind == Kind::Text && file.line == directive.line;
        let extension = Path::new(file.text.trim_matches('"')).extension();
        let is_library = extension.is_some_and(|extension| extension.eq_ignore_ascii_case("ex5"));
        (is_import && !is_library).then(|| {
            let message = format!(
                "{} is a DLL, which may do anything on the machine; take the import out",
                file.text
            );
            at(directive, "dll_import", message)
        })
    })
}

/// An include is looked for below the terminal's own folder.
fn includes<'a>(tokens: &'a [Token<'_>]) -> impl Iterator<Item = Finding> + 'a {
    let behind = move |at: usize| {
        tokens[at + 1..]
            .iter()
            .take_while(move |next| next.line == tokens[at].line)
    };
    tokens
        .iter()
        .enumerate()
        .filter(|(_, token)| token.text == "#include")
        .filter_map(move |(index, token)| {
            let path: String = behind(index).map(|next| next.text).collect();
            let inside = path.trim_matches(['"', '<', '>']);
            let leaves = inside.starts_with(['/', '\\']) || inside.contains("..") || inside.contains(':');
            leaves.then(|| {
                at(
                    token,
                    "include_path",
                    format!("{path} leaves the terminal's include folder"),
                )
            })
        })
}

/// Calls of forbidden functions: by their plain name or in the global scope, and not of something of the program's own.
fn calls<'a>(tokens: &'a [Token<'_>]) -> impl Iterator<Item = Finding> + 'a {
    tokens.iter().enumerate().filter_map(|(index, token)| {
        let (_, code, message) = FORBIDDEN.iter().find(|(name, ..)| *name == token.text)?;
        let called = token.kind == Kind::Word && tokens.get(index + 1).is_some_and(|next| next.is("("));
        (called && !is_member(tokens, index) && !is_declared(tokens, index)).then(|| at(token, code, *message))
    })
}

fn mql4<'a>(tokens: &'a [Token<'_>]) -> impl Iterator<Item = Finding> + 'a {
    tokens.iter().enumerate().filter_map(|(index, token)| {
        let known = token.kind == Kind::Word && MQL4.contains(&token.text);
        (known && !is_member(tokens, index) && !declares(tokens, token.text)).then(|| {
            let message = format!(
                "{} is MQL4; write MQL5 (CTrade, PositionSelect, SymbolInfoDouble)",
                token.text
            );
            at(token, "mql4", message)
        })
    })
}

/// Whether a name stands behind `.`, or behind a class's `::`.
fn is_member(tokens: &[Token<'_>], index: usize) -> bool {
    let before = |steps: usize| index.checked_sub(steps).map(|at| &tokens[at]);
    match before(1) {
        Some(mark) if mark.is(".") => true,
        Some(mark) if mark.is(":") => before(3).is_some_and(|class| class.kind == Kind::Word),
        _ => false,
    }
}

/// Whether a type stands before a name, so that it is not called but declared.
fn is_declared(tokens: &[Token<'_>], index: usize) -> bool {
    let before = index.checked_sub(1).map(|at| &tokens[at]);
    before.is_some_and(|before| before.kind == Kind::Word && !["return", "else", "do", "case"].contains(&before.text))
}

/// Whether the program gives the name a meaning of its own: `#define`, an enumerator or a variable, or a function with a type.
fn declares(tokens: &[Token<'_>], name: &str) -> bool {
    tokens.windows(3).any(|three| {
        let [before, token, behind] = three else { return false };
        let is_type = before.kind == Kind::Word && before.text != "return" && before.text != "case";
        token.text == name
            && (before.text == "#define" || (is_type && ["(", "=", ";", ","].iter().any(|mark| behind.is(mark))))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn codes(source: &str) -> Vec<(&'static str, u32, u32)> {
        findings(source)
            .into_iter()
            .map(|finding| (finding.code, finding.line, finding.column))
            .collect()
    }

    fn in_program(body: &str) -> String {
        format!("void OnTick()\n{{\n{body}\n}}\n")
    }

    #[test]
    fn a_small_program_is_fine() {
        assert_eq!(codes(&in_program("   Print(\"}\"); // {")), []);
        assert_eq!(codes("int OnInit(void) { return 0; }\nvoid OnStart(void) { }"), []);
    }

    #[test]
    fn an_entry_point_must_be_defined_and_not_only_named() {
        for source in [
            "void OnTick();",
            "// void OnTick() { }",
            "class A { void OnTick() { } };",
            "void Other() { OnTick(); }",
        ] {
            assert_eq!(codes(source), [("no_entry_point", 1, 1)], "{source}");
        }
    }

    #[test]
    fn the_first_bracket_without_its_other_half_is_named() {
        assert_eq!(codes(&in_program("  if(true { }")), [("unbalanced", 3, 5)]);
        assert_eq!(codes("void OnTick() { }\n}"), [("unbalanced", 2, 1)]);
        assert_eq!(codes("void OnTick() {\n"), [("unbalanced", 1, 15)]);
    }

    #[test]
    fn what_never_ends_is_named() {
        assert_eq!(codes("void OnTick() { }\n/* and so on"), [("unfinished", 2, 1)]);
        assert_eq!(codes("string a = \"b;\nvoid OnTick() { }"), [("unfinished", 1, 12)]);
    }

    #[test]
    fn dlls_are_refused_and_libraries_are_not() {
        let source =
            "#import \"user32.dll\"\nint MessageBoxW();\n#import\n#import \"mine.ex5\"\n#import\nvoid OnTick() { }";
        assert_eq!(codes(source), [("dll_import", 1, 1)]);
        assert_eq!(codes("#import \"kernel32\"\nvoid OnTick() { }"), [("dll_import", 1, 1)]);
    }

    #[test]
    fn includes_stay_in_their_folder() {
        let source =
            "#include <Trade\\Trade.mqh>\n#include \"..\\secret.mqh\"\n#include \"C:\\x.mqh\"\nvoid OnTick() { }";
        assert_eq!(codes(source), [("include_path", 2, 1), ("include_path", 3, 1)]);
    }

    #[test]
    fn forbidden_calls_are_named_and_namesakes_are_not() {
        assert_eq!(
            codes(&in_program("WebRequest(\"GET\");\n::FileDelete(\"a\");")),
            [("web_request", 3, 1), ("file_delete", 4, 3)]
        );
        assert_eq!(
            codes(&in_program(
                "log.FileDelete(1); string WebRequest = \"\"; CLog::FileDelete(1);"
            )),
            []
        );
    }

    #[test]
    fn what_is_declared_is_not_called() {
        assert_eq!(codes("class A { bool FileDelete(int a); };\nvoid OnTick() { }"), []);
        assert_eq!(
            codes(&in_program("if(true) x(); else FileDelete(\"a\");")),
            [("file_delete", 3, 20)]
        );
    }

    #[test]
    fn mql4_is_named_and_what_the_program_declares_is_not() {
        assert_eq!(codes(&in_program("OrderSend(_Symbol, OP_BUY, 1);")), [("mql4", 3, 20)]);
        assert_eq!(codes("#define OP_BUY 0\nvoid OnTick() { Print(OP_BUY); }"), []);
        assert_eq!(
            codes("double OrderLots() { return 1; }\nvoid OnTick() { Print(OrderLots()); }"),
            []
        );
        assert_eq!(codes(&in_program("order.OrderTicket(); result.OrderLots();")), []);
    }

    #[test]
    fn a_zero_byte_and_a_flood_are_refused() {
        assert_eq!(codes("void OnTick() { }\0"), [("zero_byte", 1, 1)]);
        assert_eq!(codes(&" ".repeat(SOURCE_LIMIT + 1)), [("too_large", 1, 1)]);
        assert_eq!(findings(&in_program(&"OP_BUY;".repeat(100))).len(), MOST_FINDINGS);
    }
}
