//! Numbers with a fraction. `core` reads them to the last bit with tables of powers of five, which is 17,400 bytes more of a component, 15,500 of them left after gzip; a vector needs
//! less.

use super::Json;

/// The most digits of a mantissa that are taken: more change an f32 by no step or by one, and 10^18 fits.
const MAX_DIGITS: u32 = 18;
/// No exponent of ten beyond matters: f32 ends at 10^38, and a mantissa has at most 10^18.
const MAX_EXPONENT: i32 = 400;

impl Json<'_> {
    /// The number, off by at most one step of f32; infinite, if it is too large for one. Nothing, if this is none.
    ///
    /// The mantissa is exact up to 18 digits. Each factor of ten rounds once in f64, so that even 400 of them are off by 2^-44 of the value, where half a step of f32 is 2^-25.
    pub fn real(self) -> Option<f32> {
        let text = self.raw().as_bytes();
        let (is_negative, text) = match text.split_first() {
            Some((b'-', rest)) => (true, rest),
            Some((b'0'..=b'9', _)) => (false, text),
            _ => return None,
        };
        let mut mantissa = 0_u64;
        let (mut digits, mut exponent) = (0, 0_i32);
        let mut is_fraction = false;
        let mut rest = text.iter();
        while let Some(byte) = rest.next() {
            match byte {
                b'0'..=b'9' => {
                    if digits < MAX_DIGITS {
                        mantissa = mantissa * 10 + u64::from(byte - b'0');
                        digits += u32::from(mantissa > 0);
                        exponent -= i32::from(is_fraction);
                    } else {
                        exponent = exponent.saturating_add(i32::from(!is_fraction));
                    }
                }
                b'.' => is_fraction = true,
                _ => {
                    exponent = exponent.saturating_add(exponent_of(rest.as_slice()));
                    break;
                }
            }
        }
        let mut value = mantissa as f64;
        for _ in 0..exponent.unsigned_abs().min(MAX_EXPONENT as u32) {
            value = if exponent < 0 { value / 10.0 } else { value * 10.0 };
        }
        let value = value as f32;
        Some(if is_negative { -value } else { value })
    }
}

/// What stands behind the `e`.
fn exponent_of(text: &[u8]) -> i32 {
    let (is_negative, digits) = match text.split_first() {
        Some((b'-', rest)) => (true, rest),
        Some((b'+', rest)) => (false, rest),
        _ => (false, text),
    };
    let size = digits.iter().fold(0_i32, |sum, byte| sum.saturating_mul(10).saturating_add((byte - b'0').into()));
    if is_negative { -size } else { size }
}

#[cfg(test)]
mod tests {
    use super::super::parse;
    use alloc::format;
    use alloc::string::{String, ToString};
    use proptest::prelude::*;

    fn real(text: &str) -> Option<f32> {
        parse(text).expect("it is JSON").real()
    }

    /// How many f32 lie from one to the other.
    fn steps(a: f32, b: f32) -> u32 {
        let place =
            |value: f32| if value.is_sign_negative() { -i64::from(value.to_bits() << 1 >> 1) } else { value.to_bits().into() };
        u32::try_from((place(a) - place(b)).unsigned_abs()).unwrap_or(u32::MAX)
    }

    #[track_caller]
    fn near(text: &str) {
        let (found, wanted) = (real(text).expect("a number"), text.parse::<f32>().expect("a number"));
        assert!(steps(found, wanted) <= 1, "{text}: {found} and not {wanted}");
    }

    #[test]
    fn what_servers_send_is_read() {
        for text in [
            "0",
            "-0",
            "0.0",
            "1",
            "-0.0023064255",
            "1e-05",
            "-1.2345E-6",
            "5.7e+2",
            "12345678901234567890123",
            "0.1",
            "3.4028235e38",
            "1e-45",
            "1e-46",
            "0.000000000000000000000000000000000000000000000000000001234e40",
        ] {
            near(text);
        }
        assert_eq!(real("1e39"), Some(f32::INFINITY));
        assert_eq!(real("-1e999999999999999999999"), Some(f32::NEG_INFINITY));
        assert_eq!(real("1e-999999999999999999999"), Some(0.0));
        assert_eq!(real(&["1", &"0".repeat(500)].concat()), Some(f32::INFINITY));
        assert_eq!(real(&["0.", &"0".repeat(500), "1"].concat()), Some(0.0));
        for text in ["null", "\"1\"", "true", "[1]", "{}"] {
            assert_eq!(real(text), None, "{text}");
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(20_000))]

        #[test]
        fn it_is_off_by_at_most_one_step(bits: u32, digits in 1_usize..30, is_scientific: bool) {
            let value = f32::from_bits(bits);
            prop_assume!(value.is_finite());
            let text: String = if is_scientific { format!("{value:.digits$e}") } else { format!("{value:.digits$}") };
            near(&text);
            near(&value.to_string());
        }

        #[test]
        fn any_number_is_read(text in "-?(0|[1-9][0-9]{0,25})(\\.[0-9]{1,30})?([eE][+-]?[0-9]{1,4})?") {
            let (found, wanted) = (real(&text).unwrap(), text.parse::<f32>().unwrap());
            prop_assert!(steps(found, wanted) <= 1, "{} and not {}", found, wanted);
        }
    }
}
