//! The native files of a release: with the settings of what `pgo build` makes, for other targets without its profile.

use super::Made;
use crate::{
    analysis::{
        compress::{brotli_bytes, gzip_bytes},
        digest::sha256,
        native_sections::sections,
    },
    data::{
        dist::{Bound, BoundKind, Profiled, Ran, ReleaseFile},
        exit::Failure,
        metric::Metric,
        pgo::build::Build,
        pgo_policy::Ship,
        rows::Tools,
    },
    shell::{
        pgo::{
            Place,
            build::{Built, Recipe, make, with_musl},
            musl,
            work::{Player, Works},
        },
        scene::native::Native,
    },
};
use anyhow::Result;

/// What is to be said of a native file.
pub struct About<'a> {
    /// The target.
    pub target: &'a str,
    /// The program and its version.
    pub stem: &'a str,
    /// The most bytes that it may have.
    pub limit_bytes: u64,
    /// How it was built.
    pub settings: String,
    /// Whether with a profile.
    pub profile: Profiled,
}

/// The settings of what is released, for `target` and without a profile.
pub fn plain(place: &Place, target: &str) -> Ship {
    Ship { profile: false, musl: target.ends_with("-linux-musl"), ..place.subject.ship.unwrap_or_default() }
}

/// Builds it so, in a folder of its own.
///
/// # Errors
/// Exit 4: it does not build; exit 3: its standard library or a compiler for its C code cannot be had.
pub fn build_plain(place: &Place, target: &str) -> Result<Built> {
    let ship = plain(place, target);
    let recipe = Recipe {
        build: Build::Shipped,
        folder: format!("dist-{target}"),
        triple: target.into(),
        settings: ship.settings(),
        summary: format!("{target}: {ship}, no profile"),
    };
    make(place, &recipe, None)
}

/// The file as it is released, after it was executed where this machine can.
///
/// # Errors
/// Exit 4: it is no native program, or does not start.
pub fn file(place: &Place, built: &Built, about: About) -> Result<Made> {
    let bytes = fs_err::read(&built.shipped)?;
    let wrong = |error: String| Failure::invalid(format!("{} cannot be measured: {error}", built.shipped.display()));
    sections(&bytes).map_err(wrong)?;
    let raw_bytes = bytes.len() as u64;
    let host = &place.tools.host;
    let mut tools = Tools::from([("rustc".to_string(), place.tools.rustc.clone())]);
    if about.target.ends_with("-linux-musl") {
        tools.insert("cc for musl".into(), musl::version(&place.workspace, host, about.target)?);
    }
    let ran = run(place, built, about.target)?;
    let file = ReleaseFile {
        file: format!("{}-{}{}", about.stem, about.target, if about.target.contains("-windows-") { ".exe" } else { "" }),
        target: about.target.into(),
        variant: None,
        sha256: sha256(&bytes),
        raw_bytes,
        gzip_bytes: gzip_bytes(&bytes),
        brotli_bytes: brotli_bytes(&bytes),
        bounds: vec![Bound { kind: BoundKind::Limit, metric: Metric::RawBytes, max: about.limit_bytes, value: raw_bytes }],
        settings: about.settings,
        profile: about.profile,
        ran,
        tools,
        host: host.clone(),
    };
    Ok(Made { file, bytes })
}

/// Plays the least that the policy names with the stripped file.
fn run(place: &Place, built: &Built, target: &str) -> Result<Ran> {
    let host = &place.tools.host;
    if target != host && with_musl(host).as_deref() != Some(target) {
        return Ok(Ran::Not { reason: format!("it is for another machine than {host}") });
    }
    let works = Works::read(place)?;
    let Some(work) = works.start.as_ref().or(works.train.first()) else {
        return Ok(Ran::Not { reason: "the policy names no work".into() });
    };
    let player = Player::new(place);
    player.prepare(std::slice::from_ref(work))?;
    player.play(work, &Native::at(built.shipped.clone()), "dist")?;
    Ok(Ran::Passed { by: format!("native: {}", work.name) })
}
