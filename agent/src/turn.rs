//! One turn: a message in, rounds of replies and tools, the last reply out. Bounded in every direction.

use alloc::string::String;
use alloc::vec::Vec;

use crate::context;
use crate::conversation::Conversation;
use crate::effects::Host;
use crate::failure::{Exit, Failure};
use crate::json;
use crate::message::{Call, Message, Outcome, Reply};
use crate::provider::{Answer, NoAnswer, Request, Stop, Usage};
use crate::setup::Setup;
use crate::show::Stream;
use crate::tool::{self, Context};

/// From this often on the same call with the same arguments is answered with an error.
const REPEATED: usize = 3;
/// This often, and the turn ends.
const STUCK: usize = 5;

/// Whether text is shown as it comes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Show {
    /// Text goes to the output, ready for a terminal.
    Text,
    /// Nothing is shown; the caller does what it wants with [`Turn::reply`].
    Nothing,
}

/// What a turn came to.
#[derive(Debug, Default)]
pub struct Turn {
    /// The text of the last reply.
    pub reply: String,
    /// How many requests it took.
    pub rounds: u64,
    /// How many tools were asked for.
    pub calls: u64,
    /// The tokens of all rounds.
    pub usage: Usage,
    /// Why the reply is not what was asked for, if it is not.
    pub failure: Option<Failure>,
    seen: Vec<(Call, usize)>,
}

/// Runs one turn. What was said before it failed is in [`Turn`]; nothing at all was said when this is an error.
pub fn run<H: Host>(
    setup: &Setup,
    conversation: &mut Conversation,
    message: String,
    show: Show,
    host: &mut H,
) -> Result<Turn, Failure> {
    // Of any kind of space: both APIs refuse such a message.
    if crate::text::is_blank(&message) {
        return Err(Failure::new(Exit::Usage, "the message is empty: use -m TEXT or write it to standard input", &[]));
    }
    let length = conversation.messages.len();
    conversation.messages.push(Message::User(message));
    let mut turn = Turn::default();
    match rounds(setup, conversation, &mut turn, show, host) {
        Ok(()) => {}
        Err(failure) if turn.rounds == 0 => {
            conversation.forget(length);
            return Err(failure);
        }
        Err(failure) => {
            conversation.repair();
            turn.failure = Some(failure);
        }
    }
    Ok(turn)
}

fn rounds<H: Host>(
    setup: &Setup,
    conversation: &mut Conversation,
    turn: &mut Turn,
    show: Show,
    host: &mut H,
) -> Result<(), Failure> {
    let mut start = 0;
    while turn.rounds < setup.config.max_rounds {
        // Results of tools fill the context too. What was left out once stays out.
        start = context::start(&conversation.messages, setup.config.max_context_bytes).max(start);
        let answer = ask(setup, conversation, &mut start, show, host)?;
        turn.rounds += 1;
        turn.usage.input_tokens = turn.usage.input_tokens.saturating_add(answer.usage.input_tokens);
        turn.usage.output_tokens = turn.usage.output_tokens.saturating_add(answer.usage.output_tokens);
        let reply = with_ids(answer.reply, conversation.messages.len());
        turn.reply.clone_from(&reply.text);
        let calls = reply.calls_to_send().to_vec();
        conversation.messages.push(Message::Assistant(reply));
        conversation.keep(&setup.redactor, host)?;
        if let Some(trouble) = answer.trouble {
            return Err(trouble);
        }
        match answer.stop {
            Stop::End => return Ok(()),
            Stop::Paused => {}
            Stop::Tools => run_tools(setup, conversation, turn, &calls, host)?,
            Stop::Refused => {
                return Err(Failure::new(Exit::Refused, "the model or its filter refused to answer: ask in another way", &[]));
            }
            Stop::Length => return Err(cut("the reply is cut at the limit on tokens: raise max_tokens")),
            Stop::Truncated => return Err(cut("the reply is cut, the stream stopped before its end: try again")),
        }
    }
    Err(cut("the turn ended after max_rounds requests without a last reply: raise max_rounds or ask for less at a time"))
}

fn cut(text: &str) -> Failure {
    Failure::new(Exit::Cut, text, &[])
}

/// Asks, with fewer of the oldest turns each time the model says that there is too much.
fn ask<H: Host>(
    setup: &Setup,
    conversation: &Conversation,
    start: &mut usize,
    show: Show,
    host: &mut H,
) -> Result<Answer, Failure> {
    let mut stream = Stream::default();
    let mut shown = |text: &str, host: &mut H| match show {
        Show::Nothing => Ok(()),
        Show::Text => output(&stream.push(text, &setup.redactor), host),
    };
    let answer = loop {
        let messages = conversation.messages.get(*start..).unwrap_or_default();
        let request = Request { system: setup.system.as_deref(), messages, tools: &setup.tools };
        match setup.provider.ask(request, host, &mut shown) {
            Ok(answer) => break answer,
            Err(NoAnswer::Failed(failure)) => return Err(failure),
            Err(NoAnswer::TooLong(failure)) => *start = context::next_turn(&conversation.messages, *start).ok_or(failure)?,
        }
    };
    if show == Show::Text {
        // What was not streamed is shown now; after what was, only the rest that waited and the line end.
        let text = &answer.reply.text;
        let mut rest = if answer.streamed { String::new() } else { stream.push(text, &setup.redactor) };
        rest.push_str(&stream.finish(&setup.redactor));
        rest.push_str(if text.is_empty() || text.ends_with('\n') { "" } else { "\n" });
        output(&rest, host)?;
    }
    Ok(answer)
}

fn output(text: &str, host: &mut impl Host) -> Result<(), Failure> {
    if text.is_empty() {
        return Ok(());
    }
    host.output(text).map_err(|error| Failure::new(Exit::File, "the reply cannot be written: {}", &[&error]))
}

/// Gives an id to the calls that have none or another's: results are told apart by them.
fn with_ids(mut reply: Reply, place: usize) -> Reply {
    for at in 0..reply.calls.len() {
        let is_taken = |id: &str| reply.calls.iter().take(at).any(|other| other.id == id);
        let is_new = reply.calls.get(at).is_some_and(|call| !call.id.is_empty() && !is_taken(&call.id));
        let Some(call) = reply.calls.get_mut(at) else { break };
        if !is_new {
            let mut id = String::from("call_");
            json::number(&mut id, place as u64);
            id.push('_');
            json::number(&mut id, at as u64);
            call.id = id;
        }
    }
    reply
}

/// Runs the calls in their order. Each result is kept as it comes, so that a run that is killed repeats as little as possible.
fn run_tools<H: Host>(
    setup: &Setup,
    conversation: &mut Conversation,
    turn: &mut Turn,
    calls: &[Call],
    host: &mut H,
) -> Result<(), Failure> {
    let context = Context {
        capabilities: &setup.capabilities,
        timeout_ms: setup.config.timeout_s.saturating_mul(1000),
        redactor: &setup.redactor,
        #[cfg(feature = "memory-flat")]
        memory: setup.memory.as_ref(),
    };
    let mut most = 0;
    for call in calls {
        turn.calls += 1;
        let times = turn.times_seen(call);
        most = most.max(times);
        let result = match () {
            () if times >= REPEATED => {
                Err("not run: the same call was made before with the same result, do something else".into())
            }
            () if turn.calls > setup.config.max_tool_calls => {
                Err("not run: the limit on tool calls in one turn is reached, answer with what you have".into())
            }
            () if !cfg!(feature = "tools") => Err("this build has no tools".into()),
            () => tool::run(call, &setup.tools, &context, host),
        };
        let (text, error) = match result {
            Ok(text) => (text, false),
            Err(text) => (text, true),
        };
        conversation.messages.push(Message::Tool(Outcome { call: call.id.clone(), text: setup.redactor.clean(&text), error }));
        conversation.keep(&setup.redactor, host)?;
    }
    if most >= STUCK {
        Err(cut("the turn ended because the model repeats the same tool call: ask in another way"))
    } else {
        Ok(())
    }
}

impl Turn {
    /// How often this call was made in this turn, this time included.
    fn times_seen(&mut self, call: &Call) -> usize {
        let same = |seen: &&mut (Call, usize)| seen.0.name == call.name && seen.0.arguments == call.arguments;
        if let Some((_, times)) = self.seen.iter_mut().find(same) {
            *times += 1;
            return *times;
        }
        self.seen.push((call.clone(), 1));
        1
    }
}
