//! Keys made of our own: none of them ever opened anything.

use super::*;
use alloc::string::ToString;
use proptest::prelude::*;

fn clean(text: &str) -> String {
    Redactor::new("configured-key-1").clean(text)
}

#[test]
fn the_configured_key_goes_wherever_it_stands() {
    assert_eq!(clean("a configured-key-1, xconfigured-key-1x"), "a [redacted], x[redacted]x");
}

#[test]
fn keys_of_known_forms_go() {
    for key in [
        "sk-aaaaaaaaaaaaaaaaaaaa",
        "sk-ant-api03-aaaaaaaaaaaaaaa",
        "xoxb-1234567890",
        "ghp_aaaaaaaaaaaaaaaaaaaaaaaa",
        "AKIAAAAAAAAAAAAAAAAA",
    ] {
        assert_eq!(clean(&["(", key, ")"].concat()), "([redacted])");
    }
    let pem = "-----BEGIN RSA PRIVATE KEY-----\nMIIEow\n-----END RSA PRIVATE KEY-----";
    assert_eq!(clean(pem), "[redacted]");
}

#[test]
fn ordinary_text_stays() {
    for text in ["a task-force", "sk-short", "risk-aaaaaaaaaaaaaaaaaaaaaaaa", "é\u{1F600}", ""] {
        assert_eq!(clean(text), text);
    }
}

#[test]
fn a_short_key_is_not_looked_for() {
    assert_eq!(Redactor::new("none").clean("none of it"), "none of it");
    assert_eq!(Redactor::new("").clean("a"), "a");
}

#[test]
fn a_token_in_pieces_waits() {
    let redactor = Redactor::default();
    for (text, held) in
        [("a ghp_aaa", 7), ("a gh", 2), ("a ghx", 0), ("a", 0), ("", 0), ("x sk-", 3), ("risk-", 1), ("risk-x", 0)]
    {
        assert_eq!(redactor.held_bytes(text, false), held, "{text}");
    }
}

proptest! {
    #[test]
    fn a_stream_that_waits_never_shows_the_key(before in "[a-z]{0,9}", after in "[a-z]{0,9}", which in 0usize..3, cuts in prop::collection::vec(1usize..6, 1..40)) {
        // The second ends as it starts, the third is in PEM form.
        let secret = ["abcabcab-abcabcabd", "a1b2c3d4e5f60718a", "-----BEGIN EC PRIVATE KEY-----\nAA\n-----END EC PRIVATE KEY-----"][which];
        let redactor = Redactor::new(if which < 2 { secret } else { "" });
        let whole = [&before, secret, &after].concat();
        let (mut rest, mut pending, mut shown) = (whole.as_str(), String::new(), String::new());
        for cut in cuts.into_iter().cycle() {
            let (head, tail) = rest.split_at(cut.min(rest.len()));
            rest = tail;
            pending.push_str(head);
            let ready = pending.len() - redactor.held_bytes(&pending, false);
            // What is complete is cleaned as a whole, so that a key that ends here is still in it.
            if rest.is_empty() {
                shown.push_str(&redactor.clean(&pending));
                break;
            }
            let kept = pending.split_off(ready);
            shown.push_str(&redactor.clean(&pending));
            pending = kept;
        }
        prop_assert!(!shown.contains(secret), "{}", shown);
        prop_assert_eq!(shown, [before.to_string(), REDACTED.to_string(), after].concat());
    }
}
