//! Where a request may go, as the core decides it before anything is sent: scheme, host, port and address.

use agent::capability::{Capabilities, Manifest, Private};
use agent::json;
use agent::url::Url;

const DECLARED: &str = r#"{"hosts": ["https://*:*", "http://*:*"], "private": ["*"]}"#;

fn capabilities(grant: &str) -> Capabilities {
    let side = |text: &str| Manifest::decode(json::parse(text).expect("JSON")).expect("a manifest");
    Capabilities { declared: side(DECLARED), granted: side(grant) }
}

/// Whether `http_get` would send a request for `url`; for a name its address is still to be checked.
fn allows(grant: &str, url: &str) -> bool {
    let capabilities = capabilities(grant);
    Url::parse(url).is_ok_and(|url| {
        let private = capabilities.private(&url);
        capabilities.allows_url(&url) && url.address.is_none_or(|address| private.allows(address))
    })
}

/// Whether a connection for `url` may go to `address`.
fn leads_to(grant: &str, url: &str, address: &str) -> bool {
    capabilities(grant).private(&Url::parse(url).expect(url)).allows(address.parse().expect(address))
}

const ONE: &str = r#"{"hosts": ["https://a.example"]}"#;
const ANY: &str = r#"{"hosts": ["https://*:*", "http://*:*"]}"#;

#[test]
fn security_a_host_that_is_not_granted_is_refused() {
    assert!(allows(ONE, "https://a.example/x?y"));
    for url in [
        "https://b.example",
        "https://a.example.evil.example",
        "https://evila.example",
        "https://x.a.example",
        "https://example",
        "https://a.exampl",
    ] {
        assert!(!allows(ONE, url), "{url}");
    }
    assert!(!allows("{}", "https://a.example"));
}

#[test]
fn security_another_port_is_another_server() {
    for url in ["https://a.example:8443", "https://a.example:80", "https://a.example:4430"] {
        assert!(!allows(ONE, url), "{url}");
    }
    assert!(allows(ONE, "https://a.example:443/"));
    assert!(!allows(r#"{"hosts": ["https://a.example:8443"]}"#, "https://a.example"));
}

#[test]
fn security_another_scheme_is_refused() {
    for url in [
        "http://a.example",
        "http://a.example:443",
        "ftp://a.example",
        "file:///etc/passwd",
        "gopher://a.example",
        "//a.example",
        "data:,x",
    ] {
        assert!(!allows(ONE, url), "{url}");
    }
}

#[test]
fn security_a_user_name_in_front_of_the_host_is_refused() {
    for url in [
        "https://a.example@evil.example/",
        "https://a.example:443@evil.example/",
        "https://u:p@a.example/",
        "https://@a.example/",
        "https://a.example%40evil.example/",
    ] {
        assert!(!allows(ONE, url) && !allows(ANY, url), "{url}");
    }
}

#[test]
fn security_what_two_readers_could_take_for_two_hosts_is_refused() {
    for url in [
        "https://a.example\\@evil.example/",
        "https://a.example\\.evil.example",
        "https://evil.example\\a.example",
        "https://a.example\t.evil.example",
        "https://a.example\r\nhost: evil.example",
        "https:///a.example",
        "https:a.example",
        "https://a.example:443:80/",
        "https://a.example /",
        "https://[a.example]/",
        " https://a.example",
    ] {
        assert!(Url::parse(url).is_err(), "{url:?}");
    }
    // What is behind the host cannot change it.
    for url in ["https://a.example/@evil.example", "https://a.example?@evil.example", "https://a.example#@evil.example"] {
        assert_eq!(Url::parse(url).expect(url).host, "a.example");
    }
}

#[test]
fn security_numbers_that_some_take_for_addresses_are_refused() {
    for url in [
        "http://2130706433/",
        "http://0x7f000001/",
        "http://0x7f.1/",
        "http://017700000001/",
        "http://0177.0.0.1/",
        "http://127.1/",
        "http://127.0.1/",
        "http://127.0.0.1./",
        "http://00127.0.0.1/",
        "http://127.0.0.0x1/",
        "http://1.2.3.4.5/",
        "http://256.1.1.1/",
        "http://①27.0.0.1/",
    ] {
        assert!(Url::parse(url).is_err(), "{url}");
    }
}

#[test]
fn security_every_special_address_is_refused_unless_it_is_named() {
    for address in [
        "127.0.0.1",
        "127.255.255.254",
        "0.0.0.0",
        "0.1.2.3",
        "10.0.0.1",
        "172.16.0.1",
        "172.31.255.255",
        "192.168.1.1",
        "169.254.169.254",
        "169.254.0.1",
        "100.64.0.1",
        "100.127.255.255",
        "192.0.0.1",
        "192.0.2.1",
        "198.18.0.1",
        "198.51.100.1",
        "203.0.113.1",
        "224.0.0.1",
        "240.0.0.1",
        "255.255.255.255",
        "192.88.99.1",
    ] {
        let url = format!("http://{address}/");
        assert!(!allows(ANY, &url), "{url}");
        assert!(!leads_to(ANY, "https://a.example", address), "{address}");
        assert!(allows(&format!(r#"{{"hosts": ["http://{address}"]}}"#), &url), "{url}");
    }
}

#[test]
fn security_every_special_address_of_ipv6_is_refused_unless_it_is_named() {
    for address in [
        "::1",
        "::",
        "fc00::1",
        "fd12:3456::1",
        "fe80::1",
        "fec0::1",
        "ff02::1",
        "2001:db8::1",
        "3fff::1",
        "2002:7f00:1::",
        "2002:a9fe:a9fe::1",
        "64:ff9b::7f00:1",
        "64:ff9b::a9fe:a9fe",
        "64:ff9b:1::1",
        "2001::1",
        "100::1",
        "::127.0.0.1",
        "5f00::1",
        "fd00:ec2::254",
    ] {
        let url = format!("http://[{address}]/");
        assert!(!allows(ANY, &url), "{url}");
        assert!(!leads_to(ANY, "https://a.example", address), "{address}");
        assert!(allows(&format!(r#"{{"hosts": ["http://[{address}]"]}}"#), &url), "{url}");
    }
}

#[test]
fn security_an_ipv4_address_inside_of_ipv6_is_refused() {
    for url in [
        "http://[::ffff:127.0.0.1]/",
        "http://[::ffff:7f00:1]/",
        "http://[0:0:0:0:0:ffff:169.254.169.254]/",
        "http://[::ffff:a9fe:a9fe]/",
        "http://[::ffff:10.0.0.1]/",
    ] {
        assert!(!allows(ANY, url), "{url}");
        // Naming the other form does not name this one.
        assert!(!allows(r#"{"hosts": ["http://127.0.0.1", "http://169.254.169.254", "http://10.0.0.1"]}"#, url), "{url}");
    }
}

#[test]
fn security_public_addresses_are_not_refused() {
    for address in [
        "1.1.1.1",
        "8.8.8.8",
        "172.15.0.1",
        "172.32.0.1",
        "100.63.0.1",
        "100.128.0.1",
        "192.167.1.1",
        "223.255.255.255",
        "2606:4700::1111",
        "2a00::1",
    ] {
        assert!(leads_to(ANY, "https://a.example", address), "{address}");
    }
}

#[test]
fn security_a_wildcard_of_hosts_names_no_private_address() {
    for grant in [ANY, r#"{"hosts": ["https://*.example", "http://*"]}"#] {
        for address in ["127.0.0.1", "169.254.169.254", "::1"] {
            assert!(!leads_to(grant, "https://a.example", address) && !leads_to(grant, "http://localhost", address), "{address}");
        }
    }
    // A public name that is granted word for word is no word for a private address: its owner chooses where it leads.
    assert!(!leads_to(ONE, "https://a.example", "127.0.0.1"));
}

#[test]
fn security_a_private_address_is_reached_only_as_far_as_it_is_listed() {
    let grant = r#"{"hosts": ["https://a.example"], "private": ["10.0.0.7"]}"#;
    assert!(leads_to(grant, "https://a.example", "10.0.0.7"));
    for address in ["10.0.0.8", "127.0.0.1", "169.254.169.254", "::ffff:10.0.0.7"] {
        assert!(!leads_to(grant, "https://a.example", address), "{address}");
    }
    // Only what the component declares can be granted.
    let mut undeclared = capabilities(grant);
    undeclared.declared.private.clear();
    assert_eq!(undeclared.private(&Url::parse("https://a.example").expect("a URL")), Private::Only(vec![]));
}

#[test]
fn security_names_of_metadata_services_lead_nowhere_private() {
    for url in ["http://metadata.google.internal/", "http://metadata/", "http://instance-data.ec2.internal/"] {
        assert!(!leads_to(ANY, url, "169.254.169.254"), "{url}");
    }
}

#[test]
fn security_capitals_and_a_dot_at_the_end_change_no_host() {
    for url in ["https://A.EXAMPLE/", "https://a.example./", "HTTPS://a.Example.:443/"] {
        assert!(allows(ONE, url), "{url}");
        assert_eq!(Url::parse(url).expect(url).authority(), "a.example");
    }
    assert!(allows(r#"{"hosts": ["HTTPS://A.Example."]}"#, "https://a.example"));
    for url in ["https://a.example../", "https://.a.example/", "https://a..example/"] {
        assert!(Url::parse(url).is_err(), "{url}");
    }
}

#[test]
fn security_a_host_that_is_not_ascii_is_refused() {
    for url in [
        "https://bücher.example/",
        "https://аpple.example/",
        "https://a．example/",
        "https://a。example/",
        "https://a.example\u{200d}/",
        "https://%61.example/",
    ] {
        assert!(Url::parse(url).is_err(), "{url}");
    }
    // The form that is sent is taken, and is a name of its own.
    assert!(!allows(ONE, "https://xn--a-ecp.example/"));
    assert!(allows(r#"{"hosts": ["https://xn--bcher-kva.example"]}"#, "https://xn--bcher-kva.example/"));
}

#[test]
fn security_a_star_stands_for_whole_labels_in_front() {
    let grant = r#"{"hosts": ["https://*.a.example"]}"#;
    assert!(allows(grant, "https://x.a.example") && allows(grant, "https://x.y.a.example"));
    for url in [
        "https://a.example",
        "https://evila.example",
        "https://a.example.evil.example",
        "https://x.a.example:8443",
        "http://x.a.example",
    ] {
        assert!(!allows(grant, url), "{url}");
    }
}
