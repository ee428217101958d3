use super::*;
use crate::template::{DeduplicationScope, Fifo, Queue, Redrive};

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(1_000_000 + second).expect("a time")
}

fn queue(fifo: bool) -> Store {
    Store::new(&Queue {
        logical_id: "Q".into(),
        name: "Q".into(),
        fifo: fifo.then_some(Fifo {
            content_based_deduplication: false,
            deduplication_scope: DeduplicationScope::MessageGroup,
        }),
        visibility_timeout: Duration::from_secs(10),
        retention: Duration::from_mins(1),
        redrive: Some(Redrive {
            dead_letters: "D".into(),
            max_receives: 3,
        }),
    })
}

fn send(store: &mut Store, group: &str, body: &str, second: i64) -> Sent {
    let content = Content {
        body: body.to_owned(),
        group: Some(group.into()),
        deduplication_id: Some(body.into()),
        ..Content::default()
    };
    store.send(content, at(second))
}

fn receive(store: &mut Store, most: usize, second: i64) -> Vec<Message> {
    store.receive(most, usize::MAX, None, at(second))
}

fn bodies(messages: &[Message]) -> Vec<&str> {
    messages.iter().map(|message| message.content.body.as_str()).collect()
}

#[test]
fn a_group_in_flight_gives_nothing_until_it_is_deleted() {
    let mut store = queue(true);
    for (group, body) in [("a", "a1"), ("b", "b1"), ("a", "a2"), ("a", "a3")] {
        send(&mut store, group, body, 0);
    }
    let first = receive(&mut store, 2, 0);
    assert_eq!(bodies(&first), ["a1", "a2"], "as many of one group as there are");
    let second = receive(&mut store, 10, 0);
    assert_eq!(bodies(&second), ["b1"], "a3 has to wait for a1 and a2");
    store.delete(first[0].receipt()).expect("a good receipt");
    assert!(receive(&mut store, 10, 0).is_empty(), "a2 is still in flight");
    store.delete(first[1].receipt()).expect("a good receipt");
    assert_eq!(bodies(&receive(&mut store, 10, 0)), ["a3"]);
}

#[test]
fn what_comes_back_comes_before_what_was_sent_later() {
    let mut store = queue(true);
    send(&mut store, "a", "a1", 0);
    receive(&mut store, 1, 0);
    send(&mut store, "a", "a2", 1);
    assert!(store.advance(at(9)).is_empty());
    assert!(!store.ready());
    store.advance(at(10));
    let again = receive(&mut store, 10, 10);
    assert_eq!(bodies(&again), ["a1", "a2"]);
    assert_eq!((again[0].receives, again[1].receives), (2, 1));
}

#[test]
fn a_late_receipt_deletes_in_a_standard_queue_and_not_in_a_fifo() {
    for (fifo, answer, left) in [(false, Ok(()), 0), (true, Err(Expired), 1)] {
        let mut store = queue(fifo);
        send(&mut store, "a", "a1", 0);
        let old = receive(&mut store, 1, 0)[0].receipt();
        store.advance(at(10));
        assert_eq!(store.delete(old), answer);
        assert_eq!(store.state(at(10)).waiting, left);
    }
}

#[test]
fn a_receipt_of_an_earlier_taking_deletes_nothing() {
    let mut store = queue(false);
    send(&mut store, "a", "a1", 0);
    let old = receive(&mut store, 1, 0)[0].receipt();
    store.advance(at(10));
    receive(&mut store, 1, 10);
    store.delete(old).expect("harmless");
    assert_eq!(store.state(at(10)).in_flight, 1);
}

#[test]
fn the_third_receive_is_the_last() {
    let mut store = queue(true);
    send(&mut store, "a", "poison", 0);
    send(&mut store, "a", "a2", 0);
    for second in [0, 10, 20] {
        assert!(store.advance(at(second)).is_empty());
        assert_eq!(bodies(&receive(&mut store, 1, second)), ["poison"]);
    }
    assert_eq!(bodies(&store.advance(at(30))), ["poison"]);
    assert_eq!(
        bodies(&receive(&mut store, 1, 30)),
        ["a2"],
        "its group goes on without it"
    );
}

#[test]
fn messages_vanish_when_their_time_is_over() {
    let mut store = queue(true);
    send(&mut store, "a", "a1", 0);
    send(&mut store, "a", "a2", 30);
    store.advance(at(60));
    assert_eq!(bodies(&receive(&mut store, 10, 60)), ["a2"]);
    // In flight past its time: not given out again.
    store.advance(at(91));
    assert!(!store.ready());
}

#[test]
fn the_same_deduplication_id_is_the_same_message_for_five_minutes_in_its_group() {
    let mut store = queue(true);
    let first = send(&mut store, "a", "same", 0);
    assert_eq!(send(&mut store, "a", "same", 299), first);
    assert_ne!(send(&mut store, "b", "same", 299), first, "the scope is the group");
    assert_ne!(send(&mut store, "a", "same", 300), first);
    assert_eq!(store.state(at(300)).sent_total, 3);
}

#[test]
fn a_batch_ends_where_the_payload_would_be_too_large() {
    let mut store = queue(false);
    for body in ["1234", "5678", "90"] {
        send(&mut store, "a", body, 0);
    }
    assert_eq!(bodies(&store.receive(10, 9, None, at(0))), ["1234", "5678"]);
    assert_eq!(
        bodies(&store.receive(10, 1, None, at(0))),
        ["90"],
        "the first one always goes"
    );
}

#[test]
fn visibility_can_be_given_up_and_prolonged() {
    let mut store = queue(false);
    send(&mut store, "a", "a1", 0);
    let taken = receive(&mut store, 1, 0)[0].receipt();
    store
        .change_visibility(taken, Duration::from_secs(30), at(5))
        .expect("in flight");
    store.advance(at(34));
    assert!(!store.ready());
    store
        .change_visibility(taken, Duration::ZERO, at(34))
        .expect("in flight");
    store.advance(at(34));
    assert!(store.ready());
    assert_eq!(store.change_visibility(taken, Duration::ZERO, at(34)), Err(Expired));
}
