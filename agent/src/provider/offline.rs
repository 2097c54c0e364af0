//! The provider that needs no network: it answers from the conversation alone, so the same conversation gets the same reply anywhere.
//!
//! With a script (`replies` in the configuration) the n-th reply of the conversation is the script's n-th, calls of tools included, and a
//! conversation that outruns its script is a failure. Without one the reply says what the provider was given, a line each.

use alloc::string::String;

use super::{Answer, Request, Stop, Usage};
use crate::failure::{Exit, Failure};
use crate::json;
use crate::message::{Message, Reply};

pub(super) fn reply(script: Option<&[Reply]>, request: Request<'_>) -> Result<Answer, Failure> {
    let reply = match script {
        None => Reply { text: describe(request), ..Reply::default() },
        Some(script) => {
            let said = request.messages.iter().filter(|message| matches!(message, Message::Assistant(_))).count();
            script.get(said).cloned().ok_or_else(|| script_is_over(said + 1))?
        }
    };
    let stop = match () {
        () if reply.cut => Stop::Length,
        () if reply.calls.is_empty() => Stop::End,
        () => Stop::Tools,
    };
    Ok(Answer { reply, stop, usage: Usage::default(), streamed: false, trouble: None })
}

fn script_is_over(turn: usize) -> Failure {
    let template =
        "the offline provider has no reply for turn {}: add one to `replies` in the configuration, or start another session";
    Failure::new(Exit::Provider, template, &[&crate::text::number(turn as u64)])
}

fn describe(request: Request<'_>) -> String {
    let said = |message: &'_ Message| match message {
        Message::User(text) => Some(text.clone()),
        _ => None,
    };
    let turns = request.messages.iter().filter(|message| matches!(message, Message::User(_))).count();
    let mut said = request.messages.iter().rev().filter_map(said);
    let newest = said.next();
    let mut reply = String::from("Offline, turn ");
    json::number(&mut reply, turns as u64);
    reply.push('.');
    let before = said.next();
    for (label, text) in
        [("\nSystem:", request.system), ("\nYou said before:", before.as_deref()), ("\nYou said:", newest.as_deref())]
    {
        if let Some(text) = text {
            reply.push_str(label);
            for word in text.split(|char: char| char.is_ascii_whitespace()).filter(|word| !word.is_empty()) {
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
    use alloc::string::ToString;
    use alloc::vec;
    use alloc::vec::Vec;

    fn conversation(said: &[&str]) -> Vec<Message> {
        let mut messages: Vec<Message> = said.iter().map(|text| Message::User(text.to_string())).collect();
        let noted = Reply { text: "noted".to_string(), ..Reply::default() };
        messages.insert(1, Message::Assistant(noted));
        messages
    }

    fn ask(script: Option<&[Reply]>, system: Option<&str>, messages: &[Message]) -> Result<Answer, Failure> {
        reply(script, Request { system, messages, tools: &[] })
    }

    #[test]
    fn the_first_turn_gets_its_message_back_in_one_line() {
        let answer = ask(None, None, &conversation(&[" a\tb \n c"])).expect("replies");
        assert_eq!((answer.reply.text.as_str(), answer.stop), ("Offline, turn 1.\nYou said: a b c", Stop::End));
    }

    #[test]
    fn later_turns_know_the_turn_before_and_the_system_prompt() {
        let answer = ask(None, Some("be  kind"), &conversation(&["one", "two", "three"])).expect("replies");
        assert_eq!(answer.reply.text, "Offline, turn 3.\nSystem: be kind\nYou said before: two\nYou said: three");
    }

    #[test]
    fn a_script_is_followed_and_ends() {
        let text = |text: &str| Reply { text: text.to_string(), ..Reply::default() };
        let script = [text("first"), text("second")];
        let user = |text: &str| Message::User(text.to_string());
        assert_eq!(ask(Some(&script), None, &[user("a")]).expect("replies").reply.text, "first");
        let messages = vec![user("a"), Message::Assistant(text("first")), user("b")];
        assert_eq!(ask(Some(&script), None, &messages).expect("replies").reply.text, "second");
        let messages = [messages, vec![Message::Assistant(text("second"))]].concat();
        let failure = ask(Some(&script), None, &messages).expect_err("the script is over");
        assert_eq!(failure.exit, Exit::Provider);
        assert!(failure.text.contains("turn 3: add one to `replies`"), "{}", failure.text);
    }
}
