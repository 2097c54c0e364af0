//! One connection: requests in, answers out, until one side ends it.

use crate::answer::answer;
use crate::request::{Incoming, Reader};
use crate::response::{Response, parts_of};
use crate::state::State;
use crate::stream::Stream;
use crate::wire::{After, send};

/// Serves a connection until it ends.
pub(crate) fn serve(mut stream: Stream, state: &State) {
    let mut reader = Reader::default();
    let mut after = After::KeepAlive;
    while after == After::KeepAlive && !state.stop.is_set() {
        match reader.read(&mut stream) {
            Ok(Incoming::Request(request)) => {
                state.record(&request);
                let response = answer(state, &request);
                // A client that is gone, or the end of the mock: nobody is left to tell.
                after = send(&mut stream, &response, request.keep_alive, &state.stop).unwrap_or(After::Hangup);
            }
            Ok(Incoming::Refused(status, message)) => {
                let response = Response::new(status, "text/plain", parts_of(&format!("{message}\n")));
                if send(&mut stream, &response, false, &state.stop).is_ok() {
                    stream.close_late();
                }
                after = After::Hangup;
            }
            Ok(Incoming::End) => after = After::Close,
            Err(_) => after = After::Hangup,
        }
    }
    if after == After::Close {
        stream.close();
    } else {
        stream.hang_up();
    }
}
