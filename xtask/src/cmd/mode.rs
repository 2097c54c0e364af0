//! What a measuring command may write: from `--check` and `--accept`.

use crate::{analysis::ratchet::Mode, data::exit::Failure};
use anyhow::Result;

/// The mode of an invocation.
///
/// # Errors
/// The reason is blank.
pub fn mode(accept: Option<&str>, check: bool) -> Result<Mode> {
    match (accept.map(str::trim), check) {
        (Some(""), _) => Err(Failure::usage("--accept needs a reason that a reviewer will understand").into()),
        (Some(reason), _) => {
            let date = jiff::Timestamp::now().to_zoned(jiff::tz::TimeZone::UTC).date().to_string();
            Ok(Mode::Accept { reason: reason.to_string(), date })
        }
        (None, true) => Ok(Mode::Check),
        (None, false) => Ok(Mode::Record),
    }
}
