//! The provider that needs no network: it answers from the conversation alone, so the same conversation gets the same reply anywhere.
//!
//! With a script (`replies` in the configuration) the reply of turn n is the script's n-th, and a conversation that outruns its script is a
//! failure. Without one the reply says what the provider was given, a line each.

use alloc::string::{String, ToString};

use super::{Provider, Request};
use crate::failure::{Exit, Failure};
use crate::message::{Message, Role};

/// See the module.
#[derive(Debug, Clone, Copy)]
pub struct Offline<'a> {
    /// What to answer, one reply a turn.
    pub script: Option<&'a [String]>,
}

impl Provider for Offline<'_> {
    fn reply(&self, request: Request<'_>) -> Result<String, Failure> {
        let turn = said_by_user(request.messages).count();
        match self.script {
            None => Ok(describe(turn, request)),
            Some(script) => match script.get(turn.saturating_sub(1)) {
                Some(reply) => Ok(reply.clone()),
                None => Err(Failure::new(
                    Exit::Provider,
                    &[
                        "the offline provider has no reply for turn ",
                        &turn.to_string(),
                        ": add one to `replies` in the configuration, or start another session",
                    ],
                )),
            },
        }
    }
}

fn said_by_user(messages: &[Message]) -> impl DoubleEndedIterator<Item = &str> {
    messages.iter().filter(|message| message.role == Role::User).map(|message| message.content.as_str())
}

fn describe(turn: usize, request: Request<'_>) -> String {
    let mut said = said_by_user(request.messages).rev();
    let newest = said.next();
    let mut reply = ["Offline, turn ", &turn.to_string(), "."].concat();
    for (label, text) in [("\nSystem:", request.system), ("\nYou said before:", said.next()), ("\nYou said:", newest)] {
        if let Some(text) = text {
            reply.push_str(label);
            for word in text.split_whitespace() {
                reply.push(' ');
                reply.push_str(word);
            }
        }
    }
    reply
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::vec::Vec;

    fn conversation(said: &[&str]) -> Vec<Message> {
        let user = |text: &&str| Message { role: Role::User, content: text.to_string() };
        let mut messages: Vec<Message> = said.iter().map(user).collect();
        messages.insert(1, Message { role: Role::Assistant, content: "noted".to_string() });
        messages
    }

    #[test]
    fn the_first_turn_gets_its_message_back_in_one_line() {
        let messages = conversation(&[" a\tb \n c"]);
        let reply = Offline { script: None }.reply(Request { system: None, messages: &messages });
        assert_eq!(reply.expect("replies"), "Offline, turn 1.\nYou said: a b c");
    }

    #[test]
    fn later_turns_know_the_turn_before_and_the_system_prompt() {
        let messages = conversation(&["one", "two", "three"]);
        let reply = Offline { script: None }.reply(Request { system: Some("be  kind"), messages: &messages });
        assert_eq!(reply.expect("replies"), "Offline, turn 3.\nSystem: be kind\nYou said before: two\nYou said: three");
    }

    #[test]
    fn a_script_is_followed_and_ends() {
        let script = ["first".to_string(), "second".to_string()];
        let offline = Offline { script: Some(&script) };
        let ask = |said: &[&str]| offline.reply(Request { system: None, messages: &conversation(said) });
        assert_eq!(ask(&["a"]).expect("replies"), "first");
        assert_eq!(ask(&["a", "b"]).expect("replies"), "second");
        let failure = ask(&["a", "b", "c"]).expect_err("the script is over");
        assert_eq!(failure.exit, Exit::Provider);
        assert!(failure.text.contains("turn 3: add one to `replies`"), "{}", failure.text);
    }
}
