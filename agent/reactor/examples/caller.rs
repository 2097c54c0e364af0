//! A component that has the agent as a part: it opens, uses and closes conversations of one instance. `tests/reactor.rs` says how the two are
//! put together and what comes out.

#[cfg(all(target_os = "wasi", target_env = "p2"))]
mod caller {
    #[allow(missing_docs, clippy::undocumented_unsafe_blocks, reason = "generated")]
    mod bindings {
        wit_bindgen::generate!({
            path: "../wit",
            inline: "package agent:caller; world caller { import agent:agent/session@0.1.0; }",
            generate_all,
        });
    }

    use bindings::agent::agent::session::{Conversation, Failure, Reply, ask};

    pub fn main() {
        // What cannot be opened leaves the instance as it was.
        show("bad", Conversation::open(Some("/agent/bad.json"), None).and_then(|conversation| conversation.run("x")));
        let one = Conversation::open(None, None).expect("it opens");
        let two = Conversation::open(None, Some("work")).expect("it opens");
        let over = Conversation::open(Some("/agent/over.json"), None).expect("it opens");
        show("one", one.run("a"));
        show("two", two.run("b"));
        show("one", one.run("c"));
        show("one", one.run(""));
        show("one", one.run("d"));
        show("over", over.run("e"));
        // A message that was not answered is not in the conversation, and the next one is like the first.
        show("over", over.run("f"));
        show("over", over.run("g"));
        drop((two, over));
        show("work", ask(None, Some("work"), "h"));
        // Each is closed before the next: were their messages kept, they would be 40 MB, ten times what the test lets it have.
        for _ in 0..2000 {
            assert_eq!(ask(None, None, &"long ".repeat(4000)).expect("it answers").text.len(), 20026);
        }
        show("one", one.run("i"));
    }

    fn show(who: &str, result: Result<Reply, Failure>) {
        match result {
            Ok(reply) => println!("{who}: {}", reply.text.replace('\n', " ")),
            Err(failure) => println!("{who}: {} {}", failure.exit_code, failure.text),
        }
    }
}

fn main() {
    #[cfg(all(target_os = "wasi", target_env = "p2"))]
    caller::main();
}
