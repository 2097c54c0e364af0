//! One job: the specification from its file, and the artifact that it names, both checked.

use crate::failure::Failure;
use anyhow::{Context, Result, bail};
use runner_protocol::{Engine, SCHEMA, Spec};
use sha2::{Digest, Sha256};
use std::{fmt::Write, fs, path::Path};

/// What is to be run.
#[derive(Clone, Debug)]
pub struct Job {
    /// The specification.
    pub spec: Spec,
    /// The bytes of the artifact: those whose SHA-256 is `spec.sha256`.
    pub artifact: Vec<u8>,
}

impl Job {
    /// Reads the specification in the file `path`, and the artifact, for a program that has `engines`.
    ///
    /// # Errors
    /// A file cannot be read, the specification has an unknown key or does not fit the program, or the artifact is another one.
    pub fn read(path: &Path, engines: &[Engine]) -> Result<Job> {
        let wrong = |what: &str| Failure::usage(format!("{} {what}", path.display()));
        let text = fs::read(path).with_context(|| wrong("cannot be read: name an existing file"))?;
        let spec: Spec =
            serde_json::from_slice(&text).with_context(|| wrong("is no specification: correct what is named below"))?;
        if spec.schema != SCHEMA {
            bail!(wrong(&format!("has schema {}, this program knows {SCHEMA}: build both from one commit", spec.schema)));
        }
        if !engines.contains(&spec.engine) {
            let names = engines.iter().map(|engine| engine.name()).collect::<Vec<_>>().join(", ");
            bail!(wrong(&format!("asks for {}, this program has {names}: use the build for it", spec.engine)));
        }
        if spec.repeat.count == 0 || spec.repeat.live_count == 0 || (spec.repeat.count > 1 && spec.repeat.live_count > 1) {
            bail!(wrong("repeats in a way that is not known: `count` or `live_count` has to be 1, and neither 0"));
        }
        let artifact = artifact(&spec)?;
        Ok(Job { spec, artifact })
    }
}

/// The artifact's bytes. They are read once: what is checked is what is run.
fn artifact(spec: &Spec) -> Result<Vec<u8>> {
    let name = spec.artifact.display();
    let bytes = fs::read(&spec.artifact)
        .with_context(|| Failure::artifact(format!("the artifact {name} cannot be read: name an existing file")))?;
    let sha256 = sha256(&bytes);
    if sha256 != spec.sha256 {
        let cause = anyhow::anyhow!("its SHA-256 is {sha256}, not {}", spec.sha256);
        return Err(
            cause.context(Failure::artifact(format!("the artifact {name} is not the one that was asked for: build it again")))
        );
    }
    Ok(bytes)
}

/// The SHA-256 of `bytes` in small hexadecimal digits.
pub fn sha256(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::failure::{ARTIFACT, USAGE, exit_of};
    use tempfile::TempDir;

    const ENGINES: [Engine; 1] = [Engine::WasmtimeJit];

    /// What comes of a specification for the artifact `abc` after `change`.
    fn read(change: impl Fn(&mut Spec)) -> Result<Job> {
        let folder = TempDir::new().expect("a folder");
        let (artifact, path) = (folder.path().join("a.wasm"), folder.path().join("spec.json"));
        fs::write(&artifact, "abc").expect("written");
        let mut spec = Spec::new(Engine::WasmtimeJit, artifact, sha256(b"abc"), folder.path());
        change(&mut spec);
        fs::write(&path, serde_json::to_vec(&spec).expect("JSON")).expect("written");
        Job::read(&path, &ENGINES)
    }

    #[test]
    fn a_job_has_the_bytes_that_were_asked_for() {
        assert_eq!(sha256(b"abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
        assert_eq!(read(|_| ()).expect("a job").artifact, b"abc");
    }

    #[test]
    fn what_does_not_fit_is_refused_with_the_right_code() {
        let of = |change: fn(&mut Spec)| read(change).map(|_| ()).map_err(|error| (exit_of(&error), error.to_string()));
        let (code, text) = of(|spec| spec.schema = 9).unwrap_err();
        assert!(code == USAGE && text.contains("schema 9"), "{text}");
        let (code, text) = of(|spec| spec.engine = Engine::WamrAot).unwrap_err();
        assert!(code == USAGE && text.contains("this program has wasmtime-jit"), "{text}");
        let (code, text) = of(|spec| spec.sha256 = sha256(b"abd")).unwrap_err();
        assert!(code == ARTIFACT && text.contains("not the one"), "{text}");
        let (code, text) = of(|spec| spec.artifact = "/nowhere".into()).unwrap_err();
        assert!(code == ARTIFACT && text.contains("/nowhere"), "{text}");
        for (count, live_count) in [(0, 1), (1, 0), (2, 2)] {
            let error = read(|spec| (spec.repeat.count, spec.repeat.live_count) = (count, live_count)).unwrap_err();
            assert_eq!(exit_of(&error), USAGE, "{count} {live_count}");
        }
    }

    #[test]
    fn an_unknown_key_is_refused() {
        let folder = TempDir::new().expect("a folder");
        let path = folder.path().join("spec.json");
        let mut spec = serde_json::to_value(Spec::new(Engine::WasmtimeJit, "a", "", "out")).expect("JSON");
        spec["limits"]["memory"] = 1.into();
        fs::write(&path, spec.to_string()).expect("written");
        let error = Job::read(&path, &ENGINES).unwrap_err();
        assert!(format!("{error:#}").contains("unknown field `memory`"), "{error:#}");
        assert_eq!(exit_of(&error), USAGE);
    }
}
