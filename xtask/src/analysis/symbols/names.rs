//! The name section of the main module, and why there may be none to use.

use crate::analysis::roles;
use crate::analysis::sections::{Container, Part, WasmError, walk};
use std::{collections::HashMap, fmt};
use wasmparser::{BinaryReader, Name, NameSectionReader};

/// Why bytes cannot be attributed to functions. It is shown where the attribution would be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unattributed {
    /// The file that should have the names is not wasm.
    Malformed(WasmError),
    /// It has no core module.
    NoModule,
    /// Its main module has no names of functions.
    NoNames,
    /// Neither has it names nor is there a twin.
    NoTwin,
    /// Neither has it names nor has its twin.
    TwinUnnamed,
    /// Its name section cannot be read.
    BadNames(WasmError),
    /// It was linked or optimized differently: its code section is another than that of the measured file.
    OtherCode {
        /// Bytes of code in the measured file.
        bytes: usize,
        /// Bytes of code in the twin.
        twin_bytes: usize,
    },
    /// Its code is the same but it imports another number of functions, so that names and bodies do not pair up.
    OtherImports,
}

impl fmt::Display for Unattributed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Malformed(error) => write!(f, "the twin cannot be read: {error}"),
            Self::NoModule => f.write_str("there is no core module in it"),
            Self::NoNames => f.write_str("the file has no names (it is stripped)"),
            Self::NoTwin => f.write_str("the file has no names (it is stripped) and there is no twin"),
            Self::TwinUnnamed => f.write_str("neither the file nor its twin has names"),
            Self::BadNames(error) => write!(f, "the name section cannot be read: {error}"),
            Self::OtherCode { bytes, twin_bytes } if bytes == twin_bytes => {
                write!(f, "the code of the twin differs, though it has {bytes} bytes too: it is of another build")
            }
            Self::OtherCode { bytes, twin_bytes } => {
                write!(f, "the twin has {twin_bytes} bytes of code and not {bytes}: it is of another build")
            }
            Self::OtherImports => f.write_str("the twin imports another number of functions: it is of another build"),
        }
    }
}

impl std::error::Error for Unattributed {}

impl From<WasmError> for Unattributed {
    fn from(error: WasmError) -> Self {
        Self::Malformed(error)
    }
}

/// Names of functions and data segments of one module, borrowed from its file.
#[derive(Clone, Debug, Default)]
pub struct Names<'a> {
    imported_functions: u32,
    functions: HashMap<u32, &'a str>,
    segments: HashMap<u32, &'a str>,
}

impl<'a> Names<'a> {
    /// The symbol of the n-th function with a body.
    pub fn function(&self, nth: u32) -> Option<&'a str> {
        self.functions.get(&nth.checked_add(self.imported_functions)?).copied()
    }

    /// The name of the n-th data segment, `segment[n]` if it has none.
    pub fn segment(&self, nth: u32) -> String {
        self.segments.get(&nth).map_or_else(|| format!("segment[{nth}]"), |name| (*name).to_owned())
    }
}

/// The containers of a file, and which of them is the main module.
pub fn named_module(bytes: &[u8]) -> Result<(Vec<Container>, usize), Unattributed> {
    let containers = walk(bytes, |_| {})?;
    let main = roles::main_module(&containers).ok_or(Unattributed::NoModule)?;
    Ok((containers, main))
}

/// The names that `twin` lends to the module `main` of `bytes`, whose code it must have byte for byte; with the
/// containers of the twin and which of them has the names.
///
/// Names of data segments are lent only if the data is the same as well.
pub fn names_of_twin<'a>(
    bytes: &[u8],
    main: &Container,
    twin: &'a [u8],
) -> Result<(Vec<Container>, usize, Names<'a>), Unattributed> {
    let (containers, index) = named_module(twin)?;
    let facts = &containers[index].facts;
    let (code, twin_code) = (&bytes[main.facts.code.clone()], &twin[facts.code.clone()]);
    if code != twin_code {
        return Err(Unattributed::OtherCode { bytes: code.len(), twin_bytes: twin_code.len() });
    }
    // Equal code with another number of imports would put each name on the wrong body.
    if main.facts.imported_functions != facts.imported_functions {
        return Err(Unattributed::OtherImports);
    }
    let mut names = names(twin, &containers, index).map_err(|reason| match reason {
        Unattributed::NoNames => Unattributed::TwinUnnamed,
        other => other,
    })?;
    if bytes[main.facts.data.clone()] != twin[facts.data.clone()] {
        names.segments.clear();
    }
    Ok((containers, index, names))
}

/// The core module whose names explain the code of `bytes`: its own main module if that has names, else the one of
/// `twin` if that has names and the same code.
pub fn named_core<'a>(bytes: &'a [u8], twin: Option<&'a [u8]>) -> Result<&'a [u8], Unattributed> {
    let (containers, main) = named_module(bytes)?;
    let own = names(bytes, &containers, main);
    match (own, twin) {
        (Ok(_), _) => Ok(&bytes[containers[main].range.clone()]),
        (Err(Unattributed::NoNames), None) => Err(Unattributed::NoTwin),
        (Err(Unattributed::NoNames), Some(twin)) => {
            let (of_twin, index, _) = names_of_twin(bytes, &containers[main], twin)?;
            Ok(&twin[of_twin[index].range.clone()])
        }
        (Err(reason), _) => Err(reason),
    }
}

/// Reads the names of the module `main`, one of the `containers` of `bytes`.
pub fn names<'a>(bytes: &'a [u8], containers: &[Container], main: usize) -> Result<Names<'a>, Unattributed> {
    let mut section = None;
    walk(bytes, |span| {
        if span.container == main && span.part == Part::Custom("name") {
            section = Some(span.range);
        }
    })?;
    let range = section.ok_or(Unattributed::NoNames)?;
    let mut names = Names { imported_functions: containers[main].facts.imported_functions, ..Names::default() };
    read(&bytes[range.clone()], range.start, &mut names).map_err(|error| Unattributed::BadNames(error.into()))?;
    if names.functions.is_empty() { Err(Unattributed::NoNames) } else { Ok(names) }
}

fn read<'a>(section: &'a [u8], offset: usize, names: &mut Names<'a>) -> wasmparser::Result<()> {
    let mut reader = BinaryReader::new(section, offset as u64);
    // The name of the section itself: "name".
    reader.read_string()?;
    for subsection in NameSectionReader::new(reader) {
        let (map, into) = match subsection? {
            Name::Function(map) => (map, &mut names.functions),
            Name::Data(map) => (map, &mut names.segments),
            _ => continue,
        };
        for naming in map {
            let naming = naming?;
            into.insert(naming.index, naming.name);
        }
    }
    Ok(())
}
