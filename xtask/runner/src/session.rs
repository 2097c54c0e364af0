//! A conversation with the agent as a component: its `session` interface.

use crate::state::State;
use bindings::{Reactor, exports::agent::agent::session::Failure};
use runner_host::output::{Output, Stream};
use runner_protocol::Start;
use wasmtime::{Result, Store, component::Instance};

/// What `wasmtime` makes of the agent's own description of it.
#[allow(missing_docs, reason = "generated")]
pub mod bindings {
    wasmtime::component::bindgen!({
        path: "../../agent/wit/session.wit",
        inline: "package runner:runner; world reactor { export agent:agent/session@0.1.0; }",
        world: "runner:runner/reactor",
        exports: { default: async },
    });
}

/// Opens a conversation, sends the messages, and writes the text of each reply to standard output. The code is 0, or that of the first failure,
/// which ends it.
///
/// # Errors
/// The instance traps.
pub async fn converse(store: &mut Store<State>, instance: &Instance, start: &Start) -> Result<i32> {
    let Start::Session { config, session, messages } = start else { return Ok(0) };
    let output = store.data().output.clone();
    let reactor = Reactor::new(&mut *store, instance)?;
    let guest = reactor.agent_agent_session();
    let calls = guest.conversation();
    let opened = calls.call_open(&mut *store, config.as_deref(), session.as_deref()).await?;
    let conversation = match opened {
        Ok(conversation) => conversation,
        Err(failure) => return failed(&output, &failure),
    };
    let mut code = 0;
    for message in messages {
        let failure = match calls.call_run(&mut *store, conversation, message).await? {
            Ok(reply) => {
                output.write(Stream::Stdout, format!("{}\n", reply.text).as_bytes())?;
                reply.failure
            }
            Err(failure) => Some(failure),
        };
        if let Some(failure) = failure {
            code = failed(&output, &failure)?;
            break;
        }
    }
    conversation.resource_drop_async(store).await?;
    Ok(code)
}

fn failed(output: &Output, failure: &Failure) -> Result<i32> {
    output.write(Stream::Stderr, format!("{}\n", failure.text).as_bytes())?;
    Ok(failure.exit_code.into())
}
