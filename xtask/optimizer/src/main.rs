//! Binaryen 116 behind wasm-opt's own command line, as far as `cargo xtask` uses it: `INPUT -o OUTPUT` and flags.

use anyhow::{Context, Result, bail};
use std::{env, path::PathBuf};
use wasm_opt::{Feature, OptimizationOptions};

/// The version of Binaryen inside the `wasm-opt` crate 0.116.
const VERSION: &str = "wasm-opt version 116 (the wasm-opt crate)";

fn main() -> Result<()> {
    let arguments: Vec<String> = env::args().skip(1).collect();
    if arguments.iter().any(|argument| argument == "--version") {
        println!("{VERSION}");
        return Ok(());
    }
    let request = Request::parse(&arguments)?;
    let mut options = OptimizationOptions::new_optimize_for_size_aggressively();
    options.converge = true;
    options.debug_info(true).mvp_features_only();
    for feature in request.features {
        options.enable_feature(feature);
    }
    options.run(&request.input, &request.output).with_context(|| format!("cannot optimize {}", request.input.display()))
}

/// What to optimize, into what, with which features.
struct Request {
    input: PathBuf,
    output: PathBuf,
    features: Vec<Feature>,
}

impl Request {
    fn parse(arguments: &[String]) -> Result<Request> {
        let (mut input, mut output, mut features) = (None, None, Vec::new());
        let mut arguments = arguments.iter();
        while let Some(argument) = arguments.next() {
            match argument.as_str() {
                "-o" => output = arguments.next().map(PathBuf::from),
                // What this program always does.
                "-Oz" | "--converge" | "-g" | "--mvp-features" => {}
                flag if flag.starts_with("--enable-") => features.push(feature(&flag["--enable-".len()..])?),
                flag if flag.starts_with('-') => bail!("unknown flag {flag}"),
                path => input = Some(PathBuf::from(path)),
            }
        }
        Ok(Request { input: input.context("no input file")?, output: output.context("no -o output file")?, features })
    }
}

fn feature(name: &str) -> Result<Feature> {
    Ok(match name {
        "threads" => Feature::Atomics,
        "mutable-globals" => Feature::MutableGlobals,
        "nontrapping-float-to-int" => Feature::TruncSat,
        "simd" => Feature::Simd,
        "bulk-memory" => Feature::BulkMemory,
        "sign-ext" => Feature::SignExt,
        "exception-handling" => Feature::ExceptionHandling,
        "tail-call" => Feature::TailCall,
        "reference-types" => Feature::ReferenceTypes,
        "multivalue" => Feature::Multivalue,
        "memory64" => Feature::Memory64,
        "relaxed-simd" => Feature::RelaxedSimd,
        "extended-const" => Feature::ExtendedConst,
        "multimemory" => Feature::MultiMemory,
        other => bail!("Binaryen 116 does not know the feature `{other}`"),
    })
}
