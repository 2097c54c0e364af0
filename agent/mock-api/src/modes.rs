//! How an answer is sent and what is wrong with it: the tables of chunking modes, transfers, quirks and faults.

use crate::named::{Setting, named};

named! {
    /// How the bytes of an answer are cut into HTTP chunks and into writes.
    Chunking, "chunking mode";
    "same bytes, cut differently" {
        Whole "whole" "head and body in one write, the body one HTTP chunk";
        Event "event" "one write for each event (this is what happens if nothing is said)";
        Byte "byte" "one write for each byte, of the head too";
        Utf8 "utf8" "cut inside every character that is longer than a byte";
        CrLf "crlf" "cut between every CR and LF, in the head and the chunk sizes too; see the quirk crlf";
        Bytes "bytes" [16 "bytes"] "pieces of N bytes";
    }
}

named! {
    /// How the end of a body is told.
    Transfer, "transfer";
    "end of the body" {
        Chunked "chunked" "transfer-encoding: chunked (streams, if nothing is said)";
        Length "content-length" "a content-length (everything else, if nothing is said)";
        Close "close" "neither: the connection is closed";
    }
}

named! {
    /// What servers that mean well send and a client has to tolerate.
    Quirk, "quirk";
    "both formats, streams" {
        Crlf "crlf" "lines end with CR LF";
        NoSpace "no-space" "no space after `data:` and `event:`";
        KeepAlive "keep-alive-comments" "a comment line before each event";
        NoFinalBlankLine "no-final-blank-line" "the stream ends without the last blank line";
    }
    "OpenAI format" {
        NoDone "no-done" "no `data: [DONE]` at the end";
        NoUsage "no-usage" "no usage, even if asked for";
        UsageChoicesNull "usage-choices-null" "choices is null in the usage chunk";
        RoleNull "role-null" "role is null";
        ReasoningContent "reasoning-content" "thinking comes as reasoning_content";
        FinishOnLastDelta "finish-on-last-delta" "finish_reason on the chunk of the last fragment";
        FinishStop "finish-stop" "finish_reason is stop though tools are called";
        ToolNoId "tool-no-id" "tool calls have no id";
        ToolNoType "tool-no-type" "tool calls have no type";
        ToolIdEmpty "tool-id-empty" "the id of each tool call is the empty string";
        ToolIndexZero "tool-index-zero" "all tool calls have index 0, with their own ids";
        ToolArgumentsWhole "tool-arguments-whole" "all arguments in the chunk that opens the call";
        ToolArgumentsObject "tool-arguments-object" "arguments are an object, not a string";
    }
    "Anthropic format" {
        Pings "pings" "a ping after each event";
        JsonPadding "json-padding" "spaces before the last brace of each data line";
        ToolUnfinished "tool-unfinished" "the last tool call is cut off, its block never stops, stop_reason is max_tokens";
        ToolInputEmpty "tool-input-empty" "a call without arguments streams only an empty fragment";
        UnknownBlocks "unknown-blocks" "a fallback and a compaction block, without deltas";
        StopDetails "stop-details" "message_delta has stop_details: null unless it is a refusal";
        UsageCumulative "usage-cumulative" "two message_delta events, each with all usage so far";
    }
}

named! {
    /// What is wrong on purpose. In one answer they take effect in this order.
    Fault, "fault";
    "in what the model says" {
        ErrorEvent "error-event" "200, and an error event half way (without a stream: a body that is an error)";
        Truncated "truncated" "the stream ends in good order, but before any stop reason";
        InvalidUtf8 "invalid-utf8" "two bytes that are no UTF-8 in a data line or body";
        LongLine "long-line" [1048576 "bytes"] "one line that is N bytes longer";
        HugeLine "huge-line" [104857600 "bytes"] "the same, made while it is sent";
        EndlessText "endless-text" [1 "ms between"] "text that never ends";
        EndlessComments "endless-comments" [10 "ms between"] "comment lines that never end (without a stream: spaces)";
    }
    "instead of the answer" {
        Redirect "redirect" [302 "status"] "a redirect to the location header of the script, else to /redirected";
        HtmlError "html-error" [502 "status"] "an error page in HTML";
        NotJson "not-json" "200 with plain text";
        HugeError "huge-error" [1048576 "bytes"] "500 with an error message of N bytes";
        EmptyBody "empty-body" "the status, and an empty body";
    }
    "on the way" {
        Gzip "gzip" "the body is gzip though nobody asked";
        Stall "stall" [1000 "ms"] "a pause in the middle of the body, inside an event";
        Drop "drop" "the connection ends in the middle of the body, inside an event";
        LengthTooLong "length-too-long" [10 "bytes"] "content-length is N more than the body, then the connection ends";
        LengthTooShort "length-too-short" [10 "bytes"] "content-length is N less than the body, then the connection ends";
        HeaderFlood "header-flood" [1048576 "bytes"] "N bytes of headers that mean nothing";
        SlowHeaders "slow-headers" [20 "ms between"] "the head comes byte by byte";
    }
}

/// All that modes say of one answer.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Modes {
    /// How the bytes are cut.
    pub chunking: Option<Setting<Chunking>>,
    /// How the end of the body is told.
    pub transfer: Option<Transfer>,
    /// Milliseconds between two writes.
    pub pause_ms: Option<u64>,
    /// What a client has to tolerate.
    pub quirks: Vec<Quirk>,
    /// What is wrong on purpose.
    pub faults: Vec<Setting<Fault>>,
}

impl Modes {
    /// These modes, and those of `base` where these say nothing. Quirks and faults add up; a fault given twice keeps its own number.
    pub(crate) fn over(mut self, base: &Modes) -> Modes {
        self.chunking = self.chunking.or(base.chunking);
        self.transfer = self.transfer.or(base.transfer);
        self.pause_ms = self.pause_ms.or(base.pause_ms);
        self.quirks.extend(&base.quirks);
        self.faults.extend(&base.faults);
        self.faults.sort_by_key(|fault| fault.kind);
        self.faults.dedup_by_key(|fault| fault.kind);
        self
    }

    pub(crate) fn quirk(&self, quirk: Quirk) -> bool {
        self.quirks.contains(&quirk)
    }

    pub(crate) fn fault(&self, fault: Fault) -> bool {
        self.faults.iter().any(|setting| setting.kind == fault)
    }
}
