//! Whether a request is sent again, and when: the rules that the vendors' own clients follow. Pure: the clock and the dice are arguments.

use super::Api;
use crate::http::Head;

/// The longest wait between two requests that is chosen here.
const MAX_BACKOFF_MS: u64 = 8_000;

/// Whether a response of this status may be followed by another request.
pub fn is_retryable(head: &Head) -> bool {
    match head.header("x-should-retry") {
        Some("true") => true,
        Some("false") => false,
        _ => matches!(head.status, 408 | 409 | 429 | 500..),
    }
}

/// The time in ms to wait before the request number `attempt` (from 0) is followed by another; nothing where the server asks for a longer wait
/// than a client should take. `head` is that of the response, if there was one.
pub fn delay_ms(api: Api, attempt: u64, head: Option<&Head>, now_ms: u64, random: u64) -> Option<u64> {
    let asked = head.and_then(|head| asked_ms(head, now_ms)).filter(|delay| *delay > 0);
    match (api, asked) {
        (Api::Anthropic, Some(delay)) if delay <= 60_000 => Some(delay),
        (Api::OpenAi, Some(delay)) => (delay <= 120_000).then_some(delay),
        _ => {
            let most = 500u64.checked_shl(attempt.min(8) as u32).unwrap_or(MAX_BACKOFF_MS).min(MAX_BACKOFF_MS);
            // Up to a quarter less, so that many clients do not come back at once.
            Some(most - (most / 4) * (random % 1024) / 1024)
        }
    }
}

/// What the server asks for, in ms.
fn asked_ms(head: &Head, now_ms: u64) -> Option<u64> {
    if let Some(delay) = head.header("retry-after-ms").and_then(|text| scaled(text, 1)) {
        return Some(delay);
    }
    let text = head.header("retry-after")?;
    scaled(text, 1000).or_else(|| date_ms(text).map(|date| date.saturating_sub(now_ms)))
}

/// The decimal number `text`, which may have a fraction, times `unit`.
fn scaled(text: &str, unit: u64) -> Option<u64> {
    let (whole, fraction) = crate::text::split_once(text, ".").unwrap_or((text, "0"));
    let whole = crate::json::decimal(whole)?.checked_mul(unit)?;
    let mut part = unit;
    let mut rest = 0;
    for digit in fraction.bytes() {
        part /= 10;
        rest += u64::from(digit.checked_sub(b'0').filter(|digit| *digit < 10)?) * part;
    }
    whole.checked_add(rest)
}

/// The time of an HTTP date (RFC 9110, IMF-fixdate: `Sun, 06 Nov 1994 08:49:37 GMT`) in ms since 1970.
fn date_ms(text: &str) -> Option<u64> {
    let mut words = crate::text::split(text, b' ').skip(1);
    let number = |text: Option<&str>| text.and_then(crate::json::decimal).filter(|number| *number < 10_000);
    let day = number(words.next()).filter(|day| *day > 0)?;
    let month = words.next().filter(|month| month.len() == 3)?;
    let month = crate::text::find("JanFebMarAprMayJunJulAugSepOctNovDec", month).filter(|at| at % 3 == 0)? as u64 / 3;
    let year = number(words.next()).filter(|year| *year >= 1970)?;
    let mut clock = crate::text::split(words.next()?, b':').map(|part| number(Some(part)));
    let (hour, minute, second) = (clock.next()??, clock.next()??, clock.next()??);
    Some((((days(year, month) + day - 1) * 24 + hour) * 60 + minute) * 60_000 + second * 1000)
}

/// The days from 1970-01-01 to the first of a month (from 0), by years that start in March, so that the leap day is the last.
fn days(year: u64, month: u64) -> u64 {
    let (year, month) = if month < 2 { (year - 1, month + 10) } else { (year, month - 2) };
    let leap_days = year / 4 - year / 100 + year / 400;
    // 719468 days from 0000-03-01 to 1970-01-01.
    (year * 365 + leap_days + (month * 153 + 2) / 5).saturating_sub(719_468)
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::ToString;

    const NOW_MS: u64 = 784_111_777_000;

    fn head(status: u16, headers: &[(&str, &str)]) -> Head {
        Head { status, headers: headers.iter().map(|(name, value)| (name.to_string(), value.to_string())).collect() }
    }

    fn asked(name: &str, value: &str) -> Option<u64> {
        asked_ms(&head(429, &[(name, value)]), NOW_MS)
    }

    #[test]
    fn statuses_that_pass_are_tried_again() {
        for (status, again) in [
            (400, false),
            (401, false),
            (404, false),
            (408, true),
            (409, true),
            (413, false),
            (429, true),
            (500, true),
            (529, true),
        ] {
            assert_eq!(is_retryable(&head(status, &[])), again, "{status}");
        }
        assert!(is_retryable(&head(400, &[("x-should-retry", "true")])));
        assert!(!is_retryable(&head(500, &[("x-should-retry", "false")])));
    }

    #[test]
    fn each_kind_of_retry_after_is_read() {
        assert_eq!(asked("retry-after-ms", "1500.7"), Some(1500));
        assert_eq!(asked("retry-after", "2"), Some(2000));
        assert_eq!(asked("retry-after", "0.25"), Some(250));
        assert_eq!(asked("retry-after", "Sun, 06 Nov 1994 08:49:40 GMT"), Some(3000));
        assert_eq!(asked("retry-after", "Sun, 06 Nov 1994 08:49:30 GMT"), Some(0));
        let both = head(429, &[("retry-after", "9"), ("retry-after-ms", "10")]);
        assert_eq!(asked_ms(&both, NOW_MS), Some(10));
        for nonsense in [
            "",
            "x",
            "-1",
            "1.x",
            "1e3",
            "Sun, 06 Foo 1994 08:49:40 GMT",
            "Sun, 06 Nov",
            "99999999999999999999",
            "a, 1 Jan 99999999999 0:0:0",
            "Thu, 00 Jan 1970 00:00:00 GMT",
        ] {
            assert_eq!(asked("retry-after", nonsense), None, "{nonsense}");
        }
    }

    #[test]
    fn dates_are_those_of_the_calendar() {
        for (text, seconds) in [
            ("Thu, 01 Jan 1970 00:00:00 GMT", 0),
            ("Sun, 06 Nov 1994 08:49:37 GMT", 784_111_777),
            ("Tue, 29 Feb 2000 23:59:59 GMT", 951_868_799),
            ("Thu, 31 Dec 2026 00:00:00 GMT", 1_798_675_200),
        ] {
            assert_eq!(date_ms(text), Some(seconds * 1000), "{text}");
        }
    }

    #[test]
    fn the_server_is_obeyed_within_reason() {
        let wait = |api, seconds: &str| delay_ms(api, 0, Some(&head(429, &[("retry-after", seconds)])), NOW_MS, 0);
        assert_eq!(wait(Api::Anthropic, "60"), Some(60_000));
        assert_eq!(wait(Api::Anthropic, "61"), Some(500));
        assert_eq!(wait(Api::OpenAi, "120"), Some(120_000));
        assert_eq!(wait(Api::OpenAi, "121"), None);
        assert_eq!(wait(Api::OpenAi, "0"), Some(500));
    }

    #[test]
    fn the_own_wait_doubles_up_to_its_end_less_a_quarter_at_most() {
        let wait = |attempt, random| delay_ms(Api::OpenAi, attempt, None, NOW_MS, random);
        assert_eq!([wait(0, 0), wait(1, 0), wait(4, 0), wait(99, 0)], [Some(500), Some(1000), Some(8000), Some(8000)]);
        for random in [1, 1023, u64::MAX] {
            assert!((376..=500).contains(&wait(0, random).expect("a wait")), "{random}");
        }
    }
}
