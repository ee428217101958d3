//! What a batch of news comes to: who has to be asked about, and, once they are known, one message for each socket and kind.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use jiff::Timestamp;
use rust_decimal::Decimal;
use serde::Serialize;

use super::{AgentNews, JobNews, News, SignalNews};
use crate::domain::{BrokerConnectionId, UserId, word::words};

/// Everything of one batch; the same thing said twice is in it once.
#[derive(Debug, Default)]
pub struct Edition {
    ticks: BTreeSet<(UserId, String)>,
    /// What sockets began to watch, with the source of its price.
    watched: BTreeMap<String, BTreeSet<(UserId, String)>>,
    stories: BTreeMap<UserId, Vec<Story>>,
    doorbells: BTreeSet<(UserId, Option<BrokerConnectionId>)>,
    watching: BTreeSet<UserId>,
    hang_ups: BTreeSet<String>,
}

/// What a dashboard is told besides prices.
#[derive(Debug, Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
enum Story {
    Signal { signal: SignalNews },
    Job { job: JobNews },
    Agent { agent: AgentNews },
}

words! {
    /// What sockets of one interest are to be sent.
    Hears {
        Prices = "prices",
        News = "news",
        Doorbell = "doorbell",
        Instruments = "instruments",
    }
}

/// Sockets of one interest.
#[derive(Debug)]
pub struct Listeners {
    pub hears: Hears,
    /// The source of the prices, or the user.
    pub key: UserId,
    pub instruments: Vec<String>,
    pub sockets: Vec<String>,
}

/// A stored price.
#[derive(Debug)]
pub struct Price {
    pub source: UserId,
    pub instrument: String,
    pub bid: Decimal,
    pub ask: Decimal,
    pub ts: Timestamp,
}

/// What the registry knows of an edition.
#[derive(Debug, Default)]
pub struct Audience {
    pub listeners: Vec<Listeners>,
    pub prices: Vec<Price>,
}

/// One text for many sockets.
#[derive(Debug, PartialEq, Eq)]
pub struct Message {
    pub text: String,
    pub sockets: Vec<String>,
}

impl Extend<News> for Edition {
    fn extend<I: IntoIterator<Item = News>>(&mut self, news: I) {
        for item in news {
            self.add(item);
        }
    }
}

impl Edition {
    fn add(&mut self, news: News) {
        let mut tell = |user_id, story| self.stories.entry(user_id).or_default().push(story);
        match news {
            News::Ticks { source, instruments } => {
                self.ticks.extend(instruments.into_iter().map(|name| (source, name)));
            }
            News::Watched {
                source,
                connection_id,
                instruments,
            } => {
                let watched = self.watched.entry(connection_id).or_default();
                watched.extend(instruments.into_iter().map(|name| (source, name)));
            }
            News::Signal { user_id, signal } => tell(user_id, Story::Signal { signal }),
            News::Job { user_id, job } => tell(user_id, Story::Job { job }),
            News::Agent { user_id, agent } => tell(user_id, Story::Agent { agent }),
            News::JobsWaiting {
                user_id,
                broker_connection_id,
            } => {
                self.doorbells.insert((user_id, broker_connection_id));
            }
            News::Instruments { user_id } => {
                self.watching.insert(user_id);
            }
            News::HangUp {
                user_id: _,
                connection_id,
            } => {
                self.hang_ups.insert(connection_id);
            }
        }
    }

    /// Every price that somebody may be sent, by source.
    pub fn prices(&self) -> impl Iterator<Item = (UserId, &str)> {
        let all: BTreeSet<_> = self.ticks.iter().chain(self.watched.values().flatten()).collect();
        all.into_iter().map(|(source, name)| (*source, name.as_str()))
    }

    pub fn doorbells(&self) -> impl Iterator<Item = (UserId, Option<BrokerConnectionId>)> {
        self.doorbells.iter().copied()
    }

    pub fn with_news(&self) -> impl Iterator<Item = UserId> {
        self.stories.keys().copied()
    }

    /// Users whose agents are to learn what is watched.
    pub fn watching(&self) -> impl Iterator<Item = UserId> {
        self.watching.iter().copied()
    }

    pub fn hang_ups(&self) -> &BTreeSet<String> {
        &self.hang_ups
    }

    /// What is sent to whom, the doorbells first: an order waits behind them.
    pub fn messages(&self, audience: &Audience) -> Vec<Message> {
        let mut messages = Vec::new();
        let of = |hears| {
            audience
                .listeners
                .iter()
                .filter(move |listeners| listeners.hears == hears)
        };
        for Listeners { sockets, .. } in of(Hears::Doorbell) {
            messages.push(Message {
                text: r#"{"type":"jobs_waiting"}"#.to_owned(),
                sockets: sockets.clone(),
            });
        }
        for listeners in of(Hears::Instruments) {
            messages.push(Message {
                text: json(&Watchlist {
                    kind: "instruments",
                    instruments: &listeners.instruments,
                }),
                sockets: listeners.sockets.clone(),
            });
        }
        for Listeners { key, sockets, .. } in of(Hears::News) {
            for story in self.stories.get(key).into_iter().flatten() {
                messages.push(Message {
                    text: json(story),
                    sockets: sockets.clone(),
                });
            }
        }
        messages.extend(self.price_messages(audience));
        messages
    }

    /// At most one message for each socket, and one text for all sockets that get the same prices.
    fn price_messages(&self, audience: &Audience) -> Vec<Message> {
        let prices: BTreeMap<(UserId, &str), &Price> = audience
            .prices
            .iter()
            .map(|price| ((price.source, price.instrument.as_str()), price))
            .collect();
        let mut wanted = HashMap::<&str, BTreeSet<(UserId, &str)>>::new();
        for listeners in audience
            .listeners
            .iter()
            .filter(|listeners| listeners.hears == Hears::Prices)
        {
            for name in &listeners.instruments {
                let key = (listeners.key, name.clone());
                let ticked = self.ticks.contains(&key);
                for socket in &listeners.sockets {
                    if ticked || self.watched.get(socket).is_some_and(|watched| watched.contains(&key)) {
                        wanted.entry(socket).or_default().insert((listeners.key, name));
                    }
                }
            }
        }
        let mut same = BTreeMap::<Vec<(UserId, &str)>, Vec<String>>::new();
        for (socket, wants) in wanted {
            let known: Vec<_> = wants.into_iter().filter(|key| prices.contains_key(key)).collect();
            if !known.is_empty() {
                same.entry(known).or_default().push(socket.to_owned());
            }
        }
        let message = |(keys, sockets): (Vec<_>, _)| Message {
            text: price_text(keys.iter().filter_map(|key| prices.get(key).copied())),
            sockets,
        };
        same.into_iter().map(message).collect()
    }
}

#[derive(Serialize)]
struct Watchlist<'a> {
    #[serde(rename = "type")]
    kind: &'static str,
    instruments: &'a [String],
}

fn price_text<'a>(prices: impl Iterator<Item = &'a Price>) -> String {
    #[derive(Serialize)]
    struct Prices<'a> {
        #[serde(rename = "type")]
        kind: &'static str,
        prices: Vec<Quote<'a>>,
    }
    #[derive(Serialize)]
    struct Quote<'a> {
        instrument: &'a str,
        bid: Decimal,
        ask: Decimal,
        ts: Timestamp,
    }
    let quotes = prices.map(|price| Quote {
        instrument: &price.instrument,
        bid: price.bid,
        ask: price.ask,
        ts: price.ts,
    });
    json(&Prices {
        kind: "prices",
        prices: quotes.collect(),
    })
}

fn json(value: &impl Serialize) -> String {
    serde_json::to_string(value).expect("messages are plain JSON")
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::domain::agent::AgentStatus;

    fn user(number: u128) -> UserId {
        UserId(Uuid::from_u128(number))
    }

    fn edition(news: impl IntoIterator<Item = News>) -> Edition {
        let mut edition = Edition::default();
        edition.extend(news);
        edition
    }

    fn ticks(source: u128, instruments: &[&str]) -> News {
        News::Ticks {
            source: user(source),
            instruments: names(instruments),
        }
    }

    fn names(names: &[&str]) -> Vec<String> {
        names.iter().map(|name| (*name).to_owned()).collect()
    }

    fn listeners(hears: Hears, key: u128, instruments: &[&str], sockets: &[&str]) -> Listeners {
        Listeners {
            hears,
            key: user(key),
            instruments: names(instruments),
            sockets: names(sockets),
        }
    }

    fn price(source: u128, instrument: &str, bid: i64) -> Price {
        Price {
            source: user(source),
            instrument: instrument.to_owned(),
            bid: Decimal::new(bid, 5),
            ask: Decimal::new(bid + 8, 5),
            ts: Timestamp::from_second(1_800_000_000).expect("in range"),
        }
    }

    #[test]
    fn many_ticks_of_an_instrument_are_one_message_of_the_newest() {
        let edition = edition([
            ticks(1, &["EURUSD"]),
            ticks(1, &["EURUSD", "GBPUSD"]),
            ticks(1, &["EURUSD"]),
        ]);
        let audience = Audience {
            listeners: vec![
                listeners(Hears::Prices, 1, &["EURUSD"], &["a", "b"]),
                listeners(Hears::Prices, 1, &["EURUSD", "XAUUSD"], &["c"]),
            ],
            prices: vec![price(1, "EURUSD", 108_512), price(1, "GBPUSD", 127_000)],
        };
        let messages = edition.messages(&audience);
        let [message] = messages.as_slice() else {
            panic!("one text serves all three: {messages:?}");
        };
        assert_eq!(
            message.text,
            r#"{"type":"prices","prices":[{"instrument":"EURUSD","bid":1.08512,"ask":1.08520,"ts":"2027-01-15T08:00:00Z"}]}"#
        );
        let mut sockets = message.sockets.clone();
        sockets.sort();
        assert_eq!(sockets, ["a", "b", "c"]);
    }

    #[test]
    fn a_socket_that_began_to_watch_gets_the_last_known_price_and_nothing_twice() {
        let watched = News::Watched {
            source: user(1),
            connection_id: "a".to_owned(),
            instruments: names(&["EURUSD", "GBPUSD", "NOPRICE"]),
        };
        let edition = edition([ticks(1, &["EURUSD"]), watched]);
        assert_eq!(edition.prices().count(), 3);
        let audience = Audience {
            listeners: vec![listeners(Hears::Prices, 1, &["EURUSD", "GBPUSD"], &["a"])],
            prices: vec![price(1, "EURUSD", 108_512), price(1, "GBPUSD", 127_000)],
        };
        let messages = edition.messages(&audience);
        assert_eq!(messages.len(), 1, "{messages:?}");
        assert!(messages[0].text.contains("EURUSD") && messages[0].text.contains("GBPUSD"));
    }

    #[test]
    fn doorbells_go_out_first_and_news_only_to_its_user() {
        let agent = |owner, id| News::Agent {
            user_id: user(owner),
            agent: AgentNews {
                id: crate::domain::AgentId(Uuid::from_u128(id)),
                status: AgentStatus::Offline,
            },
        };
        let bell = News::JobsWaiting {
            user_id: user(2),
            broker_connection_id: None,
        };
        let edition = edition([ticks(1, &["EURUSD"]), agent(1, 8), agent(2, 9), bell.clone(), bell]);
        let audience = Audience {
            listeners: vec![
                listeners(Hears::Prices, 1, &["EURUSD"], &["d1"]),
                listeners(Hears::News, 1, &[], &["d1"]),
                listeners(Hears::Doorbell, 2, &[], &["agent"]),
            ],
            prices: vec![price(1, "EURUSD", 108_512)],
        };
        let messages = edition.messages(&audience);
        assert_eq!(
            (messages[0].text.as_str(), &messages[0].sockets),
            (r#"{"type":"jobs_waiting"}"#, &names(&["agent"]))
        );
        assert_eq!(messages.len(), 3);
        assert!(
            messages[1]
                .text
                .starts_with(r#"{"type":"agent","agent":{"id":"00000000-0000-0000-0000-000000000008""#)
        );
        assert_eq!(messages[1].sockets, names(&["d1"]));
    }

    #[test]
    fn no_known_price_is_no_message() {
        let edition = edition([ticks(1, &["EURUSD"])]);
        let audience = Audience {
            listeners: vec![listeners(Hears::Prices, 1, &["EURUSD"], &["a"])],
            prices: vec![],
        };
        assert_eq!(edition.messages(&audience), []);
    }
}
