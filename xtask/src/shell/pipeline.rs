//! The pipeline: from source to a measured file, one function an arrow.
//!
//! ```text
//! cell -> link -> prepare -> optimize (twin) -> ship -> inspect -> record
//! ```

mod record;

pub use record::{Built, Interface, Record};

use super::{baselines, cargo, hello, optimizer::Optimizer, progress::Line, sources, store, workspace::Workspace};
use crate::{
    analysis::{
        component::{self, Kind},
        digest::{sha256, sha256_of_parts},
        features::{Feature, target_features, wasm_opt_flags},
        imports::{exports, imports},
        ledger::ledger,
        sizes::{Brotli, sizes},
        strip::{Keep, strip},
        symbols, twiggy,
    },
    data::{
        exit::Failure,
        matrix::{Cell, Part},
        timings::{Stage, Timings},
    },
};
use anyhow::{Context, Result};
use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    sync::Mutex,
    time::Instant,
};

/// How the folders begin that the optimizer works in.
const OPTIMIZING: &str = ".optimizing-";

/// What all cells of a run share.
pub struct Pipeline<'a> {
    workspace: &'a Workspace,
    hello: Option<Workspace>,
    optimizer: &'a Optimizer,
    /// The hash of this program: its own results are not reused after it changed.
    tool: String,
    /// Cores for one worker.
    cores: usize,
    /// Cargo locks a target folder, so workers queue here instead of inside cargo, where time would count as building.
    folders: BTreeMap<String, Mutex<()>>,
    /// What the folders of dependencies are called in what each toolchain builds.
    sources: BTreeMap<Option<String>, sources::Names>,
    /// Where `size/<variant>` and cargo's target folders go.
    root: PathBuf,
}

impl<'a> Pipeline<'a> {
    /// A pipeline for `cells`, with `cores` for each worker, that writes below `root`.
    ///
    /// # Errors
    /// The dependencies cannot be fetched; the built-in hello-world is asked for and cannot be written.
    pub fn new(
        workspace: &'a Workspace,
        optimizer: &'a Optimizer,
        cells: &[Cell],
        cores: usize,
        root: PathBuf,
    ) -> Result<Pipeline<'a>> {
        store::sweep(&workspace.scratch().join("cache/optimized"), OPTIMIZING);
        let wants_hello = cells.iter().any(|cell| cell.part == Part::BuiltInFloor);
        Ok(Pipeline {
            workspace,
            hello: if wants_hello { Some(hello::workspace(workspace)?) } else { None },
            optimizer,
            tool: super::provenance::tool_digest()?,
            cores,
            folders: cells.iter().map(|cell| (target_folder(cell), Mutex::new(()))).collect(),
            sources: sources::by_toolchain(workspace, cells)?,
            root,
        })
    }

    /// Builds, optimizes, encodes, validates and measures one cell. What has not changed since the last time is taken from there.
    ///
    /// # Errors
    /// The step that failed, and why.
    pub fn build(&self, cell: &Cell, line: &Line, timings: &mut Timings) -> Result<Built> {
        let folder = self.root.join("size").join(cell.variant.to_string());
        let linked = self.link(cell, &folder, line, timings)?;
        let inputs = sha256_of_parts([
            &linked[..],
            self.optimizer.label().as_bytes(),
            self.optimizer.origin.as_bytes(),
            self.tool.as_bytes(),
        ]);
        if let Some(built) = clocked(timings, Stage::Store, || Built::load(&folder, cell, &inputs)) {
            return Ok(built);
        }
        let kind = Kind::of_target(&cell.variant.target);
        let (prepared, features) = clocked(timings, Stage::Store, || prepare(&linked))?;
        line.step("optimizing");
        let twin = self.optimize(&prepared, &features, timings)?;
        line.step("encoding and validating");
        let (optimized, shipped) = clocked(timings, Stage::Encode, || ship(&twin, &features, kind))?;
        line.step("measuring");
        let metrics =
            clocked(timings, Stage::Measure, || sizes(&shipped, Brotli::Measure)).map_err(|error| invalid("measure", &error))?;
        line.step("attributing");
        let reports = clocked(timings, Stage::Attribute, || inspect(&linked, &twin, &shipped))?;
        let imports = imports(&shipped).map_err(|error| invalid("list the imports", &error))?;
        let exports = exports(&shipped).map_err(|error| invalid("list the exports", &error))?;
        let interface = Interface { imports, exports };
        let mut files = reports;
        files.extend([("twin.wasm".to_string(), twin), ("optimized.wasm".to_string(), optimized)]);
        files.insert(Built::shipped_name(cell), shipped);
        clocked(timings, Stage::Store, || Built::store(&folder, cell, inputs, files, metrics, interface))
    }

    /// Source to core module: cargo, without the linker's own component encoding.
    fn link(&self, cell: &Cell, folder: &Path, line: &Line, timings: &mut Timings) -> Result<Vec<u8>> {
        line.step("waiting for cargo");
        let workspace = match (&cell.part, &self.hello) {
            (Part::BuiltInFloor, Some(hello)) => hello,
            _ => self.workspace,
        };
        let folder_name = target_folder(cell);
        let target_dir = self.root.join("cargo").join(&folder_name);
        store::create_folder(&target_dir)?;
        let shell = workspace.shell_with(cell.profile.toolchain.as_deref())?;
        let lock = self.folders[&folder_name].lock().unwrap_or_else(|poisoned| poisoned.into_inner());
        line.step("cargo build");
        let start = Instant::now();
        let sources = self.sources.get(&cell.profile.toolchain).cloned().unwrap_or_default();
        let place = cargo::Place { target_dir, jobs: self.cores, sources };
        let linked = cargo::link(&shell, workspace, cell, &place);
        timings.add(Stage::Cargo, start.elapsed());
        let linked = linked?;
        timings.built_count += u64::from(linked.compiled);
        // The next cell of this target overwrites the file, so it is read under the lock.
        let bytes = clocked(timings, Stage::Store, || fs_err::read(&linked.path))?;
        drop(lock);
        clocked(timings, Stage::Store, || store::write_if_changed(&folder.join("linked.wasm"), &bytes))?;
        Ok(bytes)
    }

    /// Core module to optimized core module with names; the same input, flags and optimizer never run twice.
    fn optimize(&self, prepared: &[u8], features: &[Feature], timings: &mut Timings) -> Result<Vec<u8>> {
        let flags = wasm_opt_flags(features, self.optimizer.version).map_err(|error| invalid("optimize", &error))?;
        let key = sha256_of_parts([
            prepared,
            flags.join(" ").as_bytes(),
            self.optimizer.label().as_bytes(),
            self.optimizer.origin.as_bytes(),
        ]);
        let cache = self.workspace.scratch().join("cache/optimized");
        let path = cache.join(format!("{key}.wasm"));
        // The cache is only trusted as far as the module still validates.
        if let Ok(twin) = fs_err::read(&path)
            && component::validate(&twin, features, Kind::CoreModule).is_ok()
        {
            return Ok(twin);
        }
        store::create_folder(&cache)?;
        let work = tempfile::Builder::new().prefix(OPTIMIZING).tempdir_in(&cache)?;
        let (input, output) = (work.path().join("in.wasm"), work.path().join("out.wasm"));
        fs_err::write(&input, prepared)?;
        clocked(timings, Stage::Optimize, || self.optimizer.run(&input, &output, &flags, self.cores))?;
        timings.optimized_count += 1;
        let twin = fs_err::read(&output).context(Failure::invalid("the optimizer said it was done and wrote nothing"))?;
        component::validate(&twin, features, Kind::CoreModule)
            .map_err(|error| invalid("validate what the optimizer wrote", &error))?;
        if twin.len() >= prepared.len() {
            let error = format!("{} bytes became {}: wasm-opt changed nothing or did harm", prepared.len(), twin.len());
            return Err(invalid("optimize", &error).into());
        }
        store::write(&path, &twin)?;
        Ok(twin)
    }
}

/// Where cargo builds a cell, below its folder of all of them: a compiler would throw away what another made.
fn target_folder(cell: &Cell) -> String {
    let target = &cell.variant.target;
    cell.profile.toolchain.as_ref().map_or_else(|| target.clone(), |toolchain| format!("{toolchain}/{target}"))
}

/// Linked module to the optimizer's input: names, features and component types stay, debug info goes.
fn prepare(linked: &[u8]) -> Result<(Vec<u8>, Vec<Feature>)> {
    let features = target_features(linked).map_err(|error| invalid("read the target features", &error))?;
    let prepared = strip(linked, Keep::NamesAndFeatures).map_err(|error| invalid("strip the linked module", &error))?;
    Ok((prepared, features))
}

/// Twin to the optimized core without names, and to the shipped file: encoded where the target is a component's, stripped at
/// every level, validated with the features that the source was built for.
fn ship(twin: &[u8], features: &[Feature], kind: Kind) -> Result<(Vec<u8>, Vec<u8>)> {
    let optimized = strip(twin, Keep::ComponentTypes).map_err(|error| invalid("strip the optimized module", &error))?;
    let whole = match kind {
        Kind::CoreModule => optimized.clone(),
        Kind::Component => component::encode(&optimized).map_err(|error| invalid("encode the component", &error))?,
    };
    let shipped = strip(&whole, Keep::Nothing).map_err(|error| invalid("strip the shipped file", &error))?;
    component::validate(&shipped, features, kind).map_err(|error| invalid("validate the shipped file", &error))?;
    Ok((optimized, shipped))
}

/// What explains the bytes: ledger, symbols, and twiggy's four analyses in both forms. File name -> contents.
fn inspect(linked: &[u8], twin: &[u8], shipped: &[u8]) -> Result<BTreeMap<String, Vec<u8>>> {
    let mut files = BTreeMap::new();
    let ledger = ledger(shipped, Some(twin)).map_err(|error| invalid("attribute the bytes", &error))?;
    files.insert("ledger.json".to_string(), serde_json::to_vec_pretty(&ledger)?);
    for (name, module) in [(baselines::SHIPPED, twin), (baselines::LINKED, linked)] {
        let table = symbols::symbol_table(module).map_err(|error| invalid("read the symbols", &error))?;
        files.insert(format!("{}/{name}", baselines::SYMBOLS), symbols::render(&table).into_bytes());
    }
    for report in twiggy::reports(twin).map_err(|error| invalid("run twiggy", &error))? {
        files.insert(format!("twiggy/{}.txt", report.name), report.text.into_bytes());
        files.insert(format!("twiggy/{}.json", report.name), report.json.into_bytes());
    }
    Ok(files)
}

fn invalid(step: &str, error: &dyn std::fmt::Display) -> Failure {
    Failure::invalid(format!("cannot {step}: {error}"))
}

fn clocked<T>(timings: &mut Timings, stage: Stage, work: impl FnOnce() -> T) -> T {
    let start = Instant::now();
    let result = work();
    timings.add(stage, start.elapsed());
    result
}

/// The hash of a file's bytes, for [`record`].
fn digest(bytes: &[u8]) -> String {
    sha256(bytes)
}
