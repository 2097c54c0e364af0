//! How much of a conversation is sent: whole turns from the end, so that each call keeps its result and the first message is the user's.

use crate::message::Message;

/// Where the part starts that is sent: the oldest turn from which on everything takes at most `limit_bytes`. The newest turn is always sent,
/// whatever it takes.
pub fn start(messages: &[Message], limit_bytes: usize) -> usize {
    let mut bytes = 0usize;
    let mut start = newest_turn(messages);
    for (at, message) in messages.iter().enumerate().rev() {
        bytes = bytes.saturating_add(message.size_bytes());
        if bytes > limit_bytes {
            break;
        }
        if matches!(message, Message::User(_)) {
            start = start.min(at);
        }
    }
    start
}

/// Where the turn after the one at `start` starts; nothing if that is the newest.
pub fn next_turn(messages: &[Message], start: usize) -> Option<usize> {
    let later = messages.iter().enumerate().skip(start + 1);
    later.filter(|(_, message)| matches!(message, Message::User(_))).map(|(at, _)| at).next()
}

fn newest_turn(messages: &[Message]) -> usize {
    messages.iter().rposition(|message| matches!(message, Message::User(_))).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::message::{Call, Outcome, Reply};
    use alloc::string::ToString;
    use alloc::vec;
    use alloc::vec::Vec;
    use proptest::prelude::*;

    /// A turn: the user, a call and its result, a reply.
    fn turn(text: &str) -> Vec<Message> {
        let call = Call { id: "c".to_string(), name: "f".to_string(), arguments: "{}".to_string() };
        vec![
            Message::User(text.to_string()),
            Message::Assistant(Reply { calls: vec![call], ..Reply::default() }),
            Message::Tool(Outcome { call: "c".to_string(), text: text.to_string(), error: false }),
            Message::Assistant(Reply { text: text.to_string(), ..Reply::default() }),
        ]
    }

    proptest! {
        #[test]
        fn what_is_sent_fits_and_starts_with_the_user(sizes in prop::collection::vec(0usize..500, 1..20), limit in 0usize..6000) {
            let messages: Vec<Message> = sizes.iter().flat_map(|size| turn(&"x".repeat(*size))).collect();
            let start = start(&messages, limit);
            prop_assert!(matches!(messages[start], Message::User(_)));
            let bytes: usize = messages[start..].iter().map(Message::size_bytes).sum();
            prop_assert!(bytes <= limit || next_turn(&messages, start).is_none());
            // One turn more would not fit.
            if start > 0 {
                let before: usize = messages[start - 4..].iter().map(Message::size_bytes).sum();
                prop_assert!(before > limit);
            }
        }
    }

    #[test]
    fn turns_follow_one_another() {
        let messages = [turn("a"), turn("b")].concat();
        assert_eq!(start(&messages, usize::MAX), 0);
        assert_eq!(start(&messages, 0), 4);
        assert_eq!(next_turn(&messages, 0), Some(4));
        assert_eq!(next_turn(&messages, 4), None);
    }
}
