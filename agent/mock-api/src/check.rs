//! What a script may not say.

use std::collections::{BTreeMap, BTreeSet};

use crate::api::Api;
use crate::embeddings;
use crate::script::{Page, Reply, Script};

impl Script {
    /// Refuses a script that cannot mean anything. [`Script::from_toml`] and the start of a mock do this by themselves.
    pub fn check(&self) -> Result<(), String> {
        for (index, reply) in self.replies.iter().enumerate() {
            check_reply(reply).map_err(|error| format!("reply {}: {error}", index + 1))?;
        }
        for (index, reply) in self.embeddings.iter().enumerate() {
            check_embedding(reply).map_err(|error| format!("embedding {}: {error}", index + 1))?;
        }
        let mut paths = BTreeSet::new();
        for page in &self.pages {
            check_page(page).map_err(|error| format!("page `{}`: {error}", page.path))?;
            if !paths.insert(&page.path) {
                return Err(format!("page `{}`: there are two of it", page.path));
            }
        }
        Ok(())
    }
}

fn check_reply(reply: &Reply) -> Result<(), String> {
    let rendered = reply.text.is_some() || reply.refusal.is_some() || reply.thinking.is_some() || !reply.calls.is_empty();
    let limits = [
        (
            reply.body.is_some() && (rendered || reply.error.is_some()),
            "`body` stands alone: no text, refusal, thinking, calls, error",
        ),
        (reply.text.is_some() && reply.refusal.is_some(), "`text` or `refusal`, not both"),
        (reply.signature.is_some() && reply.thinking.is_none(), "`signature` without `thinking`"),
        (reply.times == Some(0), "`times` is 1 or more"),
        (reply.split_chars == Some(0), "`split_chars` is 1 or more"),
        (reply.calls.iter().any(|call| call.name.is_empty()), "a call has a `name`"),
        (
            reply.calls.iter().any(|call| call.arguments.as_ref().is_some_and(|arguments| !arguments.is_object())),
            "the `arguments` of a call are an object; `raw_arguments` can be anything",
        ),
        (
            reply.calls.iter().any(|call| call.arguments.is_some() && call.raw_arguments.is_some()),
            "`arguments` or `raw_arguments`, not both",
        ),
    ];
    if let Some((_, error)) = limits.iter().find(|(wrong, _)| *wrong) {
        return Err(error.to_string());
    }
    check_head(reply.status, &reply.headers)
}

fn check_embedding(reply: &Reply) -> Result<(), String> {
    if reply.text.is_some()
        || reply.refusal.is_some()
        || reply.thinking.is_some()
        || !reply.calls.is_empty()
        || reply.stop.is_some()
    {
        return Err("a vector says nothing: no text, refusal, thinking, calls, stop".to_string());
    }
    check_reply(reply)
}

fn check_page(page: &Page) -> Result<(), String> {
    if !page.path.starts_with('/') || page.path.contains(['?', '#']) {
        return Err("a path starts with `/` and has no query".to_string());
    }
    if Api::of(&page.path).is_some() || page.path == embeddings::PATH {
        return Err("this path belongs to a model API".to_string());
    }
    check_head(page.status, &page.headers)
}

fn check_head(status: Option<u16>, headers: &BTreeMap<String, String>) -> Result<(), String> {
    if let Some(status) = status
        && !(200..=599).contains(&status)
    {
        return Err(format!("`status` is 200 to 599, not {status}"));
    }
    for (name, value) in headers {
        let good = !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte));
        if !good || value.contains(['\r', '\n', '\0']) {
            return Err(format!("`{name}` is no header that can be sent"));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn refused(text: &str, why: &str) {
        let error = Script::from_toml(text).expect_err("refused");
        assert!(error.contains(why), "{error}");
    }

    #[test]
    fn what_cannot_mean_anything_is_refused() {
        refused("[[reply]]\ntxt = 'a'", "unknown field `txt`");
        refused("replies = []", "unknown field `replies`");
        refused("[[reply]]\nquirks = ['nonsense']", "no such quirk: `nonsense`; there are crlf, no-space");
        refused("[[reply]]\nfaults = ['drop=3']", "the fault `drop` takes no number");
        refused("[[reply]]\nfaults = ['stall=soon']", "the number of the fault `stall` is 1 or more, not `soon`");
        refused("chunking = 'bytes=0'", "is 1 or more");
        refused("[[reply]]\nbody = 'a'\ntext = 'b'", "reply 1: `body` stands alone");
        refused("[[reply]]\n[[reply]]\ntimes = 0", "reply 2: `times` is 1 or more");
        refused("[[reply]]\ncalls = [{ name = 'a', arguments = [1] }]", "are an object");
        refused("[[reply]]\ncalls = [{ arguments = {} }]", "a call has a `name`");
        refused("[[reply]]\nstatus = 99", "200 to 599, not 99");
        refused("[[reply]]\nheaders = { 'a b' = 'c' }", "`a b` is no header");
        refused("[[reply]]\nheaders = { a = \"b\\nc\" }", "`a` is no header");
        refused("[[page]]\npath = 'a'", "page `a`: a path starts with `/`");
        refused("[[page]]\npath = '/v1/messages'", "belongs to a model API");
        refused("[[page]]\npath = '/v1/embeddings'", "belongs to a model API");
        refused("[[embedding]]\ntext = 'a'", "embedding 1: a vector says nothing");
        refused("[[embedding]]\ntimes = 0", "embedding 1: `times` is 1 or more");
        refused("[[page]]\npath = '/a'\n[[page]]\npath = '/a'", "there are two of it");
        refused("[[reply", "TOML parse error at line 1");
    }
}
