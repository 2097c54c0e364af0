//! The export, over the same parts as the command.

use core::cell::RefCell;

use agent::cli;
use agent::conversation::Conversation;
use agent::failure::{Exit, Failure};
use agent::host::PlatformHost;
use agent::program;
use agent::setup::{Overrides, Setup};
use agent::turn::{self, Show, Turn};
use agent_allocator as _;
use alloc::string::String;

use bindings::exports::agent::agent::session;

agent::without_std!();

/// What `wit-bindgen` makes of `agent/wit`; what is imported is in `wasip2`.
#[allow(missing_docs, clippy::undocumented_unsafe_blocks, reason = "generated")]
mod bindings {
    wit_bindgen::generate!({
        path: "../wit",
        world: "agent:agent/reactor",
        with: {
            "wasi:cli/environment@0.2.12": wasip2::cli::environment,
            "wasi:cli/stderr@0.2.12": wasip2::cli::stderr,
            "wasi:cli/stdout@0.2.12": wasip2::cli::stdout,
            "wasi:clocks/monotonic-clock@0.2.12": wasip2::clocks::monotonic_clock,
            "wasi:clocks/wall-clock@0.2.12": wasip2::clocks::wall_clock,
            "wasi:filesystem/preopens@0.2.12": wasip2::filesystem::preopens,
            "wasi:filesystem/types@0.2.12": wasip2::filesystem::types,
            "wasi:http/outgoing-handler@0.2.12": wasip2::http::outgoing_handler,
            "wasi:http/types@0.2.12": wasip2::http::types,
            "wasi:io/error@0.2.12": wasip2::io::error,
            "wasi:io/poll@0.2.12": wasip2::io::poll,
            "wasi:io/streams@0.2.12": wasip2::io::streams,
        },
    });
}

bindings::export!(Exports with_types_in bindings);

/// What is exported.
struct Exports;

impl session::Guest for Exports {
    type Conversation = Handle;

    fn ask(config: Option<String>, name: Option<String>, message: String) -> Result<session::Reply, session::Failure> {
        Open::new(config, name).and_then(|mut open| open.run(message)).map(reply).map_err(failure)
    }
}

/// The resource. Nobody borrows it twice: a component is not entered again before it has returned.
struct Handle(RefCell<Open>);

impl session::GuestConversation for Handle {
    fn open(config: Option<String>, name: Option<String>) -> Result<session::Conversation, session::Failure> {
        Open::new(config, name).map(|open| session::Conversation::new(Handle(RefCell::new(open)))).map_err(failure)
    }

    fn run(&self, message: String) -> Result<session::Reply, session::Failure> {
        self.0.borrow_mut().run(message).map(reply).map_err(failure)
    }
}

/// A conversation with all that it runs on. Nothing is shared between two of them but the memory.
struct Open {
    setup: Setup,
    conversation: Conversation,
    host: PlatformHost,
}

impl Open {
    fn new(config: Option<String>, name: Option<String>) -> Result<Open, Failure> {
        let mut host = PlatformHost::default();
        let name = name.map(cli::session).transpose()?;
        let setup = Setup::new(Overrides { config, ..Overrides::default() }, &mut host)?;
        let conversation = Conversation::open(name, &setup.config, &mut host)?;
        Ok(Open { setup, conversation, host })
    }

    fn run(&mut self, message: String) -> Result<Turn, Failure> {
        if message.len() > self.setup.config.max_message_bytes {
            return Err(program::too_long(&self.setup.config));
        }
        if message.trim_ascii().is_empty() {
            return Err(Failure::new(Exit::Usage, "the message is empty: say something", &[]));
        }
        program::clean(&self.setup, turn::run(&self.setup, &mut self.conversation, message, Show::Nothing, &mut self.host))
    }
}

fn reply(turn: Turn) -> session::Reply {
    let usage = session::Usage { input_tokens: turn.usage.input_tokens, output_tokens: turn.usage.output_tokens };
    let Turn { reply: text, rounds, calls: tool_calls, failure: why, .. } = turn;
    session::Reply { text, rounds, tool_calls, usage, failure: why.map(failure) }
}

fn failure(failure: Failure) -> session::Failure {
    session::Failure { exit_code: failure.exit as u8, text: failure.text }
}
