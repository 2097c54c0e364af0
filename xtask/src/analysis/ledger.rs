//! The byte ledger: each byte of a file belongs to exactly one row, and the rows add up to the length of the file.
//!
//! A path says where the bytes are, outside in: `main/code/serde_json/serde_json::de::from_str`, `main/data/.rodata`,
//! `component/type`, `component[0]/shim/framing/section`. The function bytes are those of the measured file itself; a twin
//! only lends its names, and only if its code is the same byte for byte.

mod rows;
mod views;

pub use views::largest_first;

use super::roles;
use super::sections::{Container, Encoding, Kind, WasmError, walk};
use super::symbols::{self, Names, Unattributed};
use serde::Serialize;

/// What each byte of a file is for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Ledger {
    /// What the file is.
    pub encoding: Encoding,
    /// The length of the file, and the sum of the rows.
    pub total_bytes: u64,
    /// Whether the main module's code is divided by function, and if not why.
    pub attribution: Attribution,
    /// In the finest detail there is, sorted by path.
    pub rows: Vec<Row>,
}

/// Bytes of one purpose.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Row {
    /// Where they are. No two rows of a ledger have the same.
    pub path: String,
    /// What they are for.
    pub kind: Kind,
    /// How many they are.
    pub bytes: u64,
    /// How many entries of a section, functions, segments, or pieces of framing they are.
    pub count: u64,
    /// For functions of the main module: the crate, or a class in brackets such as `[c]`.
    #[serde(rename = "crate", skip_serializing_if = "Option::is_none")]
    pub owner: Option<String>,
    /// The head of `path` that names the module or component, for summaries.
    #[serde(skip)]
    pub place: std::sync::Arc<str>,
}

/// Where the names of functions came from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "from", rename_all = "snake_case")]
pub enum Attribution {
    /// The file has names of its own.
    Own,
    /// The twin, whose code is the same.
    Twin,
    /// There are none to use.
    Unavailable {
        /// Why, as a part of a sentence.
        reason: String,
    },
}

/// The ledger of any wasm file. `twin` is a file with names whose main module may have the same code.
///
/// Names of the file itself come before those of a twin. A twin that does not fit is no error: the ledger then has one
/// row for all code, and says why.
pub fn ledger(bytes: &[u8], twin: Option<&[u8]>) -> Result<Ledger, WasmError> {
    let containers = walk(bytes, |_| {})?;
    let main = roles::main_module(&containers);
    let (names, attribution) = attribute(bytes, &containers, main, twin);
    let rows = rows::rows(bytes, &containers, main, names.as_ref())?;
    let total_bytes = rows.iter().map(|row| row.bytes).sum();
    if total_bytes != bytes.len() as u64 {
        // The walk hands out each byte once, so this is a mistake in `rows`; a wrong ledger must not be printed.
        return Err(WasmError::new(bytes.len(), format!("the ledger has {total_bytes} bytes and the file does not")));
    }
    Ok(Ledger { encoding: containers[0].encoding, total_bytes, attribution, rows })
}

fn attribute<'a>(
    bytes: &'a [u8],
    containers: &[Container],
    main: Option<usize>,
    twin: Option<&'a [u8]>,
) -> (Option<Names<'a>>, Attribution) {
    let own = main.ok_or(Unattributed::NoModule).and_then(|main| symbols::names(bytes, containers, main));
    let reason = match (own, main, twin) {
        (Ok(names), ..) => return (Some(names), Attribution::Own),
        (Err(Unattributed::NoNames), _, None) => Unattributed::NoTwin,
        (Err(Unattributed::NoNames), Some(main), Some(twin)) => match symbols::names_of_twin(bytes, &containers[main], twin) {
            Ok((.., names)) => return (Some(names), Attribution::Twin),
            Err(reason) => reason,
        },
        (Err(reason), ..) => reason,
    };
    (None, Attribution::Unavailable { reason: reason.to_string() })
}

#[cfg(test)]
mod tests;
