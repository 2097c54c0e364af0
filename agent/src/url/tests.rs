//! One reading of each URL, or none.

use super::*;
use proptest::prelude::*;

fn read(text: &str) -> String {
    Url::parse(text).expect(text).text()
}

#[test]
fn a_url_has_one_form() {
    assert_eq!(read("https://api.example.com"), "https://api.example.com/");
    assert_eq!(read("HTTPS://API.Example.COM.:443/v1?x=1#top"), "https://api.example.com/v1?x=1");
    assert_eq!(read("http://localhost:8080/a"), "http://localhost:8080/a");
    assert_eq!(read("http://127.0.0.1?q"), "http://127.0.0.1/?q");
    assert_eq!(read("http://[::1]:80/"), "http://[::1]/");
    assert_eq!(read("https://x:80/"), "https://x:80/");
}

#[test]
fn what_can_be_taken_two_ways_is_refused() {
    for text in [
        "",
        "example.com",
        "ftp://a",
        "https:/a",
        "https:///a",
        "https://a b",
        "https://a\\b",
        "https://a@b",
        "https://a:b@c",
        "https://ä.de",
        "https://a%2eb/",
        "https://a..b",
        "https://.a",
        "https://-a",
        "https://a:0",
        "https://a:65536",
        "https://a:",
        "https://a:8x",
        "https://[::1",
        "https://[1]",
        "https://::1/",
        "https://[::1]x",
        "http://2130706433/",
        "http://0x7f.1/",
        "http://0177.0.0.1/",
        "http://127.1/",
        "http://127.0.0.1./",
        "http://1.2.3.4.5/",
        "http://a.0x7f/",
        "https://a/\n",
    ] {
        assert!(Url::parse(text).is_err(), "{text:?} is {:?}", Url::parse(text));
    }
}

proptest! {
    #[test]
    fn the_one_form_reads_back(text in "(https|http|HTTP)://[a-zA-Z0-9.:@\\[\\]-]{1,20}[/?#]?[a-z/?#.]{0,8}") {
        if let Ok(url) = Url::parse(&text) {
            prop_assert_eq!(Url::parse(&url.text()), Ok(url));
        }
    }

    #[test]
    fn nothing_panics(text in "\\PC{0,40}") {
        let _ = Url::parse(&text);
    }
}
