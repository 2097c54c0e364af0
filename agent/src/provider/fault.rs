//! What a server's error is to the user: one line with its status, its words and the cure; and what it is to the loop.

use alloc::string::String;

use crate::failure::{Exit, Failure};
use crate::json::{self, Json};
use crate::text;

/// The most of an error's body that is read.
pub const MAX_ERROR_BYTES: usize = 64 * 1024;
/// The most of a server's words that is passed on.
const MAX_WORDS_BYTES: usize = 400;

/// What an error means for the request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// The conversation is too long for the model.
    TooLong,
    /// The account is used up: asking again cannot help, whatever the status says.
    NoQuota,
    /// Anything else: the status decides.
    Other,
}

/// The words of the error `body`: `message` and the code or type; whatever else it is comes back as no words.
pub fn words(body: &str) -> (String, String) {
    let Ok(json) = json::parse(body) else { return Default::default() };
    let error = json.get("error").unwrap_or(json);
    let message =
        error.text().or_else(|| error.text_of("message")).or_else(|| json.text_of("detail")).or_else(|| json.text_of("message"));
    let code = error.text_of("code").or_else(|| error.text_of("type"));
    (cut(message.unwrap_or_default()), cut(code.unwrap_or_default()))
}

/// What the error with this status, code and message means.
pub fn kind(status: u16, code: &str, message: &str) -> Kind {
    let says_too_long =
        || ["context length", "prompt is too long", "maximum context"].iter().any(|sign| text::find(message, sign).is_some());
    match code {
        "insufficient_quota" | "billing_error" => Kind::NoQuota,
        "context_length_exceeded" | "request_too_large" => Kind::TooLong,
        _ if status == 413 || (status == 400 && says_too_long()) => Kind::TooLong,
        _ => Kind::Other,
    }
}

/// The failure for the user.
pub fn failure(host: &str, status: u16, code: &str, message: &str) -> Failure {
    let mut number = String::new();
    json::number(&mut number, status.into());
    let (open, close) = if code.is_empty() { ("", "") } else { (" (", ")") };
    let message = if message.is_empty() { name(status) } else { message };
    Failure::new(Exit::Provider, "{} answered {}{}{}{}, {}: {}", &[host, &number, open, code, close, message, cure(status, code)])
}

/// What an error in the middle of a stream is, which has no status: its type decides whether asking again can help.
pub fn status_of(error: Json<'_>) -> u16 {
    match error.text_of("type").or_else(|| error.text_of("code")).unwrap_or_default().as_str() {
        "overloaded_error" => 529,
        "rate_limit_error" | "rate_limit_exceeded" => 429,
        "invalid_request_error" | "insufficient_quota" | "context_length_exceeded" => 400,
        _ => 500,
    }
}

fn name(status: u16) -> &'static str {
    match status {
        300..=399 => "a redirect, which is not followed",
        400 => "bad request",
        401 => "not authorized",
        403 => "forbidden",
        404 => "not found",
        429 => "too many requests",
        500.. => "an error of the server",
        _ => "an error",
    }
}

fn cure(status: u16, code: &str) -> &'static str {
    match status {
        _ if code == "insufficient_quota" => "check the plan and the balance of the account",
        300..=399 => "set base_url to where the API really is",
        401 | 403 => "check the key, `agent check` says where it comes from",
        402 => "check the balance of the account",
        404 => "check model and base_url",
        413 => "start another session or lower max_context_bytes",
        429 | 500.. => "try again later",
        _ => "check model, base_url and the limits in the configuration",
    }
}

/// At most [`MAX_WORDS_BYTES`] of `text`, on one line.
fn cut(text: String) -> String {
    let start = text::start(&text, MAX_WORDS_BYTES);
    // Whole words only: half of a key would not be recognized as one.
    let end = if start.len() < text.len() { start.bytes().rposition(|byte| byte == b' ').unwrap_or(0) } else { start.len() };
    crate::show::one_line(text::trim(start.get(..end).unwrap_or_default()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn both(message: &str, code: &str) -> (String, String) {
        (message.into(), code.into())
    }

    #[test]
    fn every_form_of_error_body_is_read() {
        for (body, message, code) in [
            (r#"{"error":{"message":"no","type":"invalid_request_error","code":"invalid_api_key"}}"#, "no", "invalid_api_key"),
            (
                r#"{"type":"error","error":{"type":"overloaded_error","message":"full"},"request_id":"r"}"#,
                "full",
                "overloaded_error",
            ),
            (r#"{"error":{"message":"no","type":"x","code":null}}"#, "no", "x"),
            (r#"{"error":"text"}"#, "text", ""),
            (r#"{"detail":"words"}"#, "words", ""),
            (r#"{"message":"words"}"#, "words", ""),
            (r#"{"error":{"message":" a\nb "}}"#, "a b", ""),
            ("<html><h1>502</h1></html>", "", ""),
            ("", "", ""),
            ("[]", "", ""),
        ] {
            assert_eq!(words(body), both(message, code), "{body}");
        }
    }

    #[test]
    fn long_words_are_cut_between_words() {
        let body = ["{\"error\":\"", &"é ".repeat(200), "x\"}"].concat();
        assert_eq!(words(&body).0, "é ".repeat(133).trim());
        // Half of a key is no key that anybody would recognize, so none is left.
        let body = ["{\"error\":\"it is ", &"k".repeat(500), "\"}"].concat();
        assert_eq!(words(&body).0, "it is");
    }

    #[test]
    fn what_cannot_be_helped_by_asking_again_is_told_apart() {
        assert_eq!(kind(429, "insufficient_quota", ""), Kind::NoQuota);
        assert_eq!(kind(400, "context_length_exceeded", ""), Kind::TooLong);
        assert_eq!(kind(400, "invalid_request_error", "prompt is too long: 300000 tokens"), Kind::TooLong);
        assert_eq!(kind(413, "", ""), Kind::TooLong);
        assert_eq!(kind(429, "rate_limit_exceeded", ""), Kind::Other);
    }

    #[test]
    fn the_user_is_told_status_words_and_cure() {
        let text = failure("a.example", 401, "invalid_api_key", "Incorrect key").text;
        assert_eq!(
            text,
            "a.example answered 401 (invalid_api_key), Incorrect key: check the key, `agent check` says where it comes from"
        );
        let text = failure("a.example", 502, "", "").text;
        assert_eq!(text, "a.example answered 502, an error of the server: try again later");
    }
}
