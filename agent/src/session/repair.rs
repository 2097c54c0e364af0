//! Calls without results. A run that was killed while a tool ran leaves a call that nobody answered, and both APIs refuse a conversation
//! with one. So the conversation is repaired as it is read; the file stays as it is.

use alloc::vec::Vec;

use crate::message::{Call, Message, Outcome};

/// What the model is told of a call whose result is not known.
pub const INTERRUPTED: &str = "interrupted: the run ended before the result of this call was kept";

/// Puts a result after each call that has none, in the order of the calls, and drops results that answer no call.
pub fn repair(messages: Vec<Message>) -> Vec<Message> {
    let mut repaired: Vec<Message> = Vec::with_capacity(messages.len());
    // The calls that wait for results, the next one last.
    let mut waiting: Vec<Call> = Vec::new();
    for message in messages {
        if let Message::Tool(outcome) = &message {
            // Results come in the order of the calls: those passed over have none.
            if waiting.iter().any(|call| call.id == outcome.call) {
                while let Some(call) = waiting.pop().filter(|call| call.id != outcome.call) {
                    answer(&mut repaired, call);
                }
                repaired.push(message);
            }
            continue;
        }
        while let Some(call) = waiting.pop() {
            answer(&mut repaired, call);
        }
        if let Message::Assistant(reply) = &message {
            // The calls of a reply that was cut are not sent back, so nothing waits for them.
            waiting = reply.calls_to_send().iter().rev().cloned().collect();
        }
        repaired.push(message);
    }
    while let Some(call) = waiting.pop() {
        answer(&mut repaired, call);
    }
    repaired
}

fn answer(messages: &mut Vec<Message>, call: Call) {
    messages.push(Message::Tool(Outcome { call: call.id, text: INTERRUPTED.into(), error: true }));
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::message::Reply;
    use alloc::string::ToString;
    use alloc::vec;

    fn calls(ids: &[&str]) -> Message {
        let call = |id: &&str| Call { id: id.to_string(), ..Call::default() };
        Message::Assistant(Reply { calls: ids.iter().map(call).collect(), ..Reply::default() })
    }

    fn result(id: &str, text: &str) -> Message {
        Message::Tool(Outcome { call: id.to_string(), text: text.to_string(), error: text == INTERRUPTED })
    }

    fn user() -> Message {
        Message::User("hi".to_string())
    }

    #[test]
    fn a_whole_conversation_stays_as_it_is() {
        let whole = vec![user(), calls(&["a", "b"]), result("a", "1"), result("b", "2"), calls(&[]), user()];
        assert_eq!(repair(whole.clone()), whole);
    }

    #[test]
    fn calls_without_results_get_one_in_their_place() {
        let torn = vec![user(), calls(&["a", "b", "c"]), result("b", "2"), user(), calls(&["d"])];
        let wanted = vec![
            user(),
            calls(&["a", "b", "c"]),
            result("a", INTERRUPTED),
            result("b", "2"),
            result("c", INTERRUPTED),
            user(),
            calls(&["d"]),
            result("d", INTERRUPTED),
        ];
        assert_eq!(repair(torn), wanted);
    }

    #[test]
    fn results_that_answer_nothing_are_dropped() {
        let torn = vec![result("x", "1"), user(), calls(&["a"]), result("b", "2"), result("a", "1"), result("a", "again")];
        assert_eq!(repair(torn), vec![user(), calls(&["a"]), result("a", "1")]);
    }
}
