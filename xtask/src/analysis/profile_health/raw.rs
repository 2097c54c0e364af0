//! The header of a raw profile, the file that an instrumented program writes when it ends (`.profraw`).
//!
//! The format is that of LLVM's `compiler-rt/include/profile/InstrProfData.inc`: `INSTR_PROF_RAW_HEADER` lists the fields, each 8
//! bytes in the byte order of the program, `INSTR_PROF_RAW_MAGIC_64` and `_32` are the first, and `VARIANT_MASKS_ALL` says which
//! bits of the second are not the version.

use serde::{Deserialize, Serialize};

/// The header of a raw profile.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RawProfile {
    /// The version of the format, to compare with [`raw_version_of_llvm`]. Each version of LLVM reads one only.
    pub version: u64,
    /// Whether the compiler's own code was instrumented (bit 56), as `-Cprofile-generate` does; `-Cinstrument-coverage` does not.
    pub is_ir_level: bool,
    /// The byte order of the machine that the program ran on.
    pub byte_order: ByteOrder,
    /// Bits of a pointer in the program: 32 or 64.
    pub pointer_bits: u32,
    /// How many functions the profile is about; `None` for a version whose fields are not known here.
    pub function_count: Option<u64>,
    /// How many counters they have together, whatever their values; `None` likewise.
    pub counter_count: Option<u64>,
}

/// Which byte of a number comes first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ByteOrder {
    /// The lowest.
    Little,
    /// The highest.
    Big,
}

/// Versions that have [`RawProfile::function_count`] in the fourth field and [`RawProfile::counter_count`] in the sixth.
const KNOWN_VERSIONS: std::ops::RangeInclusive<u64> = 8..=10;

/// The bits of the second field that say what kind of profile it is.
const VARIANT_BITS: u64 = 0xffff_ffff_0000_0000;
/// The one among them that says where the counters were put in.
const IR_LEVEL_BIT: u64 = 1 << 56;

/// The header of the raw profile `bytes`.
///
/// The rest of the file is not looked at: `llvm-profdata merge` refuses a file that was cut off behind the header.
///
/// # Errors
/// One line: the file is empty (the program was killed, or ended without its exit handlers), is no raw profile, or was cut off
/// within the header.
pub fn raw(bytes: &[u8]) -> Result<RawProfile, String> {
    if bytes.is_empty() {
        return Err("the raw profile is empty: the program was killed before it wrote it".into());
    }
    let cut = || format!("the raw profile was cut off: it has {} bytes, less than its header", bytes.len());
    let magic = bytes.first_chunk::<8>().ok_or_else(cut)?;
    let (byte_order, pointer_bits) = match magic {
        b"\xfflprofr\x81" => (ByteOrder::Big, 64),
        b"\xfflprofR\x81" => (ByteOrder::Big, 32),
        b"\x81rforpl\xff" => (ByteOrder::Little, 64),
        b"\x81Rforpl\xff" => (ByteOrder::Little, 32),
        b"\xfflprofi\x81" => return Err("a merged profile (.profdata), not a raw one".into()),
        _ => return Err("not a raw profile (.profraw) of LLVM".into()),
    };
    let field = |at: usize| {
        let number = *bytes.get(at * 8..)?.first_chunk::<8>()?;
        Some(match byte_order {
            ByteOrder::Little => u64::from_le_bytes(number),
            ByteOrder::Big => u64::from_be_bytes(number),
        })
    };
    let version = field(1).ok_or_else(cut)?;
    let is_ir_level = version & IR_LEVEL_BIT != 0;
    let version = version & !VARIANT_BITS;
    let mut profile = RawProfile { version, is_ir_level, byte_order, pointer_bits, function_count: None, counter_count: None };
    if KNOWN_VERSIONS.contains(&version) {
        profile.function_count = Some(field(3).ok_or_else(cut)?);
        profile.counter_count = Some(field(5).ok_or_else(cut)?);
    }
    Ok(profile)
}

/// The version of raw profiles that LLVM `major` (of `rustc -vV`) writes and reads: `INSTR_PROF_RAW_VERSION`.
///
/// `None` for versions of LLVM that are not known here; then only the merge can tell.
pub fn raw_version_of_llvm(major: u64) -> Option<u64> {
    match major {
        18 => Some(9),
        19..=22 => Some(10),
        _ => None,
    }
}
