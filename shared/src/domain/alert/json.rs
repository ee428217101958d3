//! A JSON parser of our own, for three things `serde_json` hides: a key sent twice (`action` buy and sell), the text of a
//! number, and the almost-JSON that `TradingView` makes of a template with an unquoted `{{ticker}}`.

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Node {
    Null,
    Bool(bool),
    Number(String),
    Text(String),
    List(Vec<Node>),
    Object(Vec<(String, Node)>),
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Document {
    pub(super) root: Node,
    /// Strict JSON, as RFC 8259 has it.
    pub(super) strict: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fault {
    At(usize),
    TooDeep,
    /// A second document follows the first.
    Another,
}

/// Alerts nest two or three levels; the bound is for the stack.
const DEEPEST: usize = 16;

pub(super) fn parse(text: &str) -> Result<Document, Fault> {
    let mut parser = Parser {
        text,
        at: 0,
        strict: true,
    };
    let root = parser.value(0)?;
    parser.skip_space();
    match parser.peek() {
        None => Ok(Document {
            root,
            strict: parser.strict,
        }),
        Some('{' | '[') => Err(Fault::Another),
        Some(_) => Err(Fault::At(parser.at)),
    }
}

/// What a body in quotes holds: an alert sent as one JSON string.
pub(super) fn quoted(body: &str) -> Option<String> {
    if !body.starts_with('"') {
        return None;
    }
    match parse(body).ok()?.root {
        Node::Text(inner) => Some(inner),
        Node::Null | Node::Bool(_) | Node::Number(_) | Node::List(_) | Node::Object(_) => None,
    }
}

struct Parser<'a> {
    text: &'a str,
    at: usize,
    strict: bool,
}

impl<'a> Parser<'a> {
    fn rest(&self) -> &'a str {
        &self.text[self.at..]
    }

    fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    fn next(&mut self) -> Option<char> {
        let c = self.peek()?;
        self.at += c.len_utf8();
        Some(c)
    }

    fn take(&mut self, c: char) -> bool {
        let taken = self.peek() == Some(c);
        if taken {
            self.at += c.len_utf8();
        }
        taken
    }

    fn skip_space(&mut self) {
        while let Some(c) = self.peek().filter(|c| c.is_whitespace()) {
            self.strict &= matches!(c, ' ' | '\t' | '\r' | '\n');
            self.at += c.len_utf8();
        }
    }

    fn value(&mut self, depth: usize) -> Result<Node, Fault> {
        if depth > DEEPEST {
            return Err(Fault::TooDeep);
        }
        self.skip_space();
        if self.rest().starts_with("{{") {
            return self.bare();
        }
        match self.peek() {
            Some('{') => self.object(depth),
            Some('[') => self.list(depth),
            Some('"') => self.string().map(Node::Text),
            Some(_) => self.bare(),
            None => Err(Fault::At(self.at)),
        }
    }

    fn object(&mut self, depth: usize) -> Result<Node, Fault> {
        self.next();
        let mut members = Vec::new();
        loop {
            self.skip_space();
            if self.take('}') {
                self.strict &= members.is_empty();
                return Ok(Node::Object(members));
            }
            let key = self.string()?;
            self.skip_space();
            if !self.take(':') {
                return Err(Fault::At(self.at));
            }
            members.push((key, self.value(depth + 1)?));
            self.skip_space();
            if self.take('}') {
                return Ok(Node::Object(members));
            }
            if !self.take(',') {
                return Err(Fault::At(self.at));
            }
        }
    }

    fn list(&mut self, depth: usize) -> Result<Node, Fault> {
        self.next();
        let mut items = Vec::new();
        loop {
            self.skip_space();
            if self.take(']') {
                self.strict &= items.is_empty();
                return Ok(Node::List(items));
            }
            items.push(self.value(depth + 1)?);
            self.skip_space();
            if self.take(']') {
                return Ok(Node::List(items));
            }
            if !self.take(',') {
                return Err(Fault::At(self.at));
            }
        }
    }

    fn string(&mut self) -> Result<String, Fault> {
        if !self.take('"') {
            return Err(Fault::At(self.at));
        }
        let mut out = String::new();
        loop {
            match self.next().ok_or(Fault::At(self.at))? {
                '"' => return Ok(out),
                '\\' => out.push(self.escape()?),
                c => {
                    self.strict &= c >= ' ';
                    out.push(c);
                }
            }
        }
    }

    fn escape(&mut self) -> Result<char, Fault> {
        Ok(match self.next() {
            Some(c @ ('"' | '\\' | '/')) => c,
            Some('b') => '\u{8}',
            Some('f') => '\u{c}',
            Some('n') => '\n',
            Some('r') => '\r',
            Some('t') => '\t',
            Some('u') => self.unicode_escape()?,
            _ => return Err(Fault::At(self.at)),
        })
    }

    /// Half a surrogate pair is no character; it becomes U+FFFD.
    fn unicode_escape(&mut self) -> Result<char, Fault> {
        let first = self.hex4()?;
        if let Some(c) = char::from_u32(first) {
            return Ok(c);
        }
        let after_first = self.at;
        if first < 0xDC00 && self.rest().starts_with("\\u") {
            self.at += 2;
            let second = self.hex4()?;
            if (0xDC00..0xE000).contains(&second) {
                let c = 0x10000 + ((first - 0xD800) << 10) + (second - 0xDC00);
                return Ok(char::from_u32(c).unwrap_or(char::REPLACEMENT_CHARACTER));
            }
            self.at = after_first;
        }
        Ok(char::REPLACEMENT_CHARACTER)
    }

    fn hex4(&mut self) -> Result<u32, Fault> {
        let digits = self
            .rest()
            .get(..4)
            .filter(|d| d.bytes().all(|b| b.is_ascii_hexdigit()));
        let value = digits
            .and_then(|d| u32::from_str_radix(d, 16).ok())
            .ok_or(Fault::At(self.at))?;
        self.at += 4;
        Ok(value)
    }

    /// Everything up to the next comma, bracket or line end: a number, a literal, or what a placeholder left unquoted.
    fn bare(&mut self) -> Result<Node, Fault> {
        let start = self.at;
        let mut from = 0;
        while self.rest()[from..].starts_with("{{") {
            from += self.rest()[from..].find("}}").ok_or(Fault::At(start))? + 2;
        }
        let tail = &self.rest()[from..];
        let end = from + tail.find([',', '}', ']', '\n', '\r']).unwrap_or(tail.len());
        let word = self.rest()[..end].trim_end();
        self.at += word.len();
        if word.is_empty() || word[from.min(word.len())..].contains(['"', '{', '[']) {
            return Err(Fault::At(start));
        }
        Ok(match word {
            "null" => Node::Null,
            "true" => Node::Bool(true),
            "false" => Node::Bool(false),
            _ if is_json_number(word) => Node::Number(word.to_owned()),
            _ => {
                self.strict = false;
                Node::Text(word.to_owned())
            }
        })
    }
}

pub(super) fn is_json_number(word: &str) -> bool {
    let unsigned = word.strip_prefix('-').unwrap_or(word);
    let (mantissa, exponent) = match unsigned.split_once(['e', 'E']) {
        None => (unsigned, None),
        Some((mantissa, exponent)) => (mantissa, Some(exponent.strip_prefix(['+', '-']).unwrap_or(exponent))),
    };
    let (whole, fraction) = match mantissa.split_once('.') {
        None => (mantissa, None),
        Some((whole, fraction)) => (whole, Some(fraction)),
    };
    let digits = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
    digits(whole)
        && (whole == "0" || !whole.starts_with('0'))
        && fraction.is_none_or(digits)
        && exponent.is_none_or(digits)
}
