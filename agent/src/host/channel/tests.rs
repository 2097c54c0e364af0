//! The guest's end of the protocol against answers of every kind.

use std::io::Cursor;
use std::vec;

use super::*;
use crate::url::Url;

/// What the guest gets and what it wrote, with these answers of the host.
fn talk<T>(answers: &str, act: impl FnOnce(&mut Channel<Cursor<Vec<u8>>, &mut Vec<u8>>) -> T) -> (T, String) {
    let mut written = Vec::new();
    let mut channel = Channel::new(Cursor::new(answers.as_bytes().to_vec()), &mut written);
    let got = act(&mut channel);
    (got, String::from_utf8(written).expect("UTF-8"))
}

#[test]
fn each_effect_is_a_line_and_so_is_its_answer() {
    let (got, written) = talk("{\"text\":\"a\"}\n{\"text\":\"b\"}\n{\"end\":true}\n", |channel| channel.input(100));
    assert_eq!((got, written.as_str()), (Ok(b"a\nb\n".to_vec()), &*"{\"effect\":\"line\"}\n".repeat(3)));
    let (got, written) = talk("", |channel| channel.output("a\nb"));
    assert_eq!((got, written.as_str()), (Ok(()), "{\"effect\":\"output\",\"text\":\"a\\nb\"}\n"));
    let (got, written) = talk("{\"time_ms\":7}\n", |channel| channel.now_ms());
    assert_eq!((got, written.as_str()), (7, "{\"effect\":\"now\"}\n"));
    let ((), written) = talk("{}\n", |channel| channel.sleep_ms(9));
    assert_eq!(written, "{\"effect\":\"sleep\",\"time_ms\":9}\n");
    let (got, written) = talk("{\"bytes\":\"aGk=\"}\n", |channel| channel.receive());
    assert_eq!((got, written.as_str()), (Ok(Some(b"hi".to_vec())), "{\"effect\":\"receive\"}\n"));
    assert_eq!(talk("{\"end\":true}\n", |channel| channel.receive()).0, Ok(None));
}

#[test]
fn a_request_says_all_that_the_host_needs() {
    let url = Url::parse("http://localhost:8080/v1").expect("a URL");
    let private = Private::Only(vec!["10.0.0.1".into(), "::1".into()]);
    let request =
        Request { url: &url, body: Some("{}"), headers: &[("accept", "*/*"), ("x", "y")], private: &private, timeout_ms: 5 };
    let answer = "{\"status\":200,\"headers\":[[\"Content-Type\",\"text/plain\"],[\"x\"],1]}\n";
    let (head, written) = talk(answer, |channel| channel.send(&request));
    assert_eq!(head, Ok(Head { status: 200, headers: vec![("content-type".into(), "text/plain".into())] }));
    assert_eq!(
        written,
        "{\"effect\":\"send\",\"method\":\"POST\",\"url\":\"http://localhost:8080/v1\",\"headers\":[[\"accept\",\"*/*\"],[\"x\",\"y\"]],\
         \"body\":\"{}\",\"timeout_ms\":5,\"private\":[\"10.0.0.1\",\"::1\"]}\n"
    );
}

#[test]
fn an_answer_that_is_none_is_an_error() {
    for (answer, wanted) in [
        ("", "the host closed its end"),
        ("x\n", "the host's answer is none of the effect protocol"),
        ("{}\n", "the host's answer is none of the effect protocol"),
        ("{\"error\":\"no such name\"}\n", "no such name"),
        ("{\"bytes\":\"a\"}\n", "the host's bytes are not base64"),
        ("{\"bytes\":\"a-b=\"}\n", "the host's bytes are not base64"),
    ] {
        assert_eq!(talk(answer, |channel| channel.receive()).0, Err(wanted.into()), "{answer}");
    }
}

#[test]
fn base64_is_that_of_the_standard() {
    for (text, bytes) in [("", ""), ("Zg==", "f"), ("Zm8=", "fo"), ("Zm9v", "foo"), ("Zm9vYg==", "foob"), ("Zm9vYmFy", "foobar")]
    {
        assert_eq!(base64(text), Some(bytes.as_bytes().to_vec()));
    }
    assert_eq!(base64("//79"), Some(vec![0xFF, 0xFE, 0xFD]));
    for wrong in ["Z", "Zg=", "Z===", "====", "Zg==Zg==", "Z g="] {
        assert_eq!(base64(wrong), None, "{wrong}");
    }
}
