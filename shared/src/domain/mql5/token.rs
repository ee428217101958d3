//! The words of MQL5, as far as the rules need them: comments and white space are gone, literals are what they are.

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Word,
    Number,
    /// With its quotes.
    Text,
    /// A directive's `#name`.
    Directive,
    /// One character.
    Mark,
    /// A comment or literal that never ends.
    Unfinished,
}

#[derive(Debug, Clone, Copy)]
pub(super) struct Token<'a> {
    pub(super) kind: Kind,
    pub(super) text: &'a str,
    pub(super) line: u32,
    pub(super) column: u32,
}

impl Token<'_> {
    pub(super) fn is(&self, mark: &str) -> bool {
        self.kind == Kind::Mark && self.text == mark
    }
}

/// Every token in order. Any text has some.
pub(super) fn tokens(source: &str) -> Vec<Token<'_>> {
    let mut tokens = Vec::new();
    let mut place = Place { line: 1, column: 1 };
    let mut rest = source;
    while let Some(first) = rest.chars().next() {
        let (kind, length) = next(rest, first);
        let (text, behind) = rest.split_at(length);
        if let Some(kind) = kind {
            tokens.push(Token {
                kind,
                text,
                line: place.line,
                column: place.column,
            });
        }
        place.pass(text);
        rest = behind;
    }
    tokens
}

struct Place {
    line: u32,
    column: u32,
}

impl Place {
    fn pass(&mut self, text: &str) {
        for char in text.chars() {
            if char == '\n' {
                self.line += 1;
                self.column = 1;
            } else {
                self.column += 1;
            }
        }
    }
}

/// What begins here (nothing for white space and comments), and its length in bytes.
fn next(rest: &str, first: char) -> (Option<Kind>, usize) {
    if rest.starts_with("//") {
        return (None, rest.find('\n').unwrap_or(rest.len()));
    }
    if let Some(comment) = rest.strip_prefix("/*") {
        return match comment.find("*/") {
            Some(end) => (None, end + 4),
            None => (Some(Kind::Unfinished), rest.len()),
        };
    }
    let run = |part: fn(char) -> bool| rest.find(|char| !part(char)).unwrap_or(rest.len());
    match first {
        '"' | '\'' => literal(rest, first),
        '#' => (
            Some(Kind::Directive),
            1 + rest[1..].find(|char| !is_word(char)).unwrap_or(rest.len() - 1),
        ),
        _ if first.is_whitespace() => (None, run(char::is_whitespace)),
        _ if first.is_ascii_digit() => (Some(Kind::Number), run(|char| is_word(char) || char == '.')),
        _ if is_word(first) => (Some(Kind::Word), run(is_word)),
        _ => (Some(Kind::Mark), first.len_utf8()),
    }
}

fn is_word(char: char) -> bool {
    char == '_' || char.is_alphanumeric()
}

/// Ends at its quote; a line break before that ends it unfinished.
fn literal(rest: &str, quote: char) -> (Option<Kind>, usize) {
    let mut escaped = false;
    for (at, char) in rest.char_indices().skip(1) {
        match char {
            '\n' if !escaped => return (Some(Kind::Unfinished), at),
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            _ if char == quote => return (Some(Kind::Text), at + char.len_utf8()),
            _ => {}
        }
    }
    (Some(Kind::Unfinished), rest.len())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn texts(source: &str) -> Vec<(Kind, &str)> {
        tokens(source).iter().map(|token| (token.kind, token.text)).collect()
    }

    #[test]
    fn comments_and_literals_hide_what_they_hold() {
        assert_eq!(
            texts("a /* { */ \"} \\\" {\" // )\n'}' #import \"x\""),
            [
                (Kind::Word, "a"),
                (Kind::Text, "\"} \\\" {\""),
                (Kind::Text, "'}'"),
                (Kind::Directive, "#import"),
                (Kind::Text, "\"x\""),
            ]
        );
    }

    #[test]
    fn places_are_counted_from_one() {
        let source = "int a;\r\n  /* é\n */ b";
        let found = tokens(source);
        let place = |text| {
            let token = found.iter().find(|token| token.text == text).expect("a token");
            (token.line, token.column)
        };
        assert_eq!((place("int"), place("a"), place("b")), ((1, 1), (1, 5), (3, 5)));
    }

    proptest! {
        #[test]
        fn any_text_has_tokens(source in "(\\PC|[\"'/*#\\\\\n{}])*") {
            let length: usize = tokens(&source).iter().map(|token| token.text.len()).sum();
            prop_assert!(length <= source.len());
        }
    }
}
