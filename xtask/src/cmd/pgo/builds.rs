//! Makes every build of the table, or says why there is none.

use super::{PgoArgs, compared, stages};
use crate::{
    data::{
        exit::{Exit, exit_of},
        pgo::{
            State,
            build::{Build, Linked, Profile as Taken},
        },
    },
    shell::{
        console,
        pgo::{
            Place, bolt,
            build::{self, Built},
            merge::Merged,
            train::Lesson,
            work::Works,
        },
        process,
    },
};
use anyhow::Result;
use std::collections::BTreeMap;

/// What was built, and what became of the others.
pub type Builds = (Vec<Built>, BTreeMap<Build, State>);

/// Makes every build, one after the other: how long each takes is a figure.
///
/// # Errors
/// One that is needed does not build.
pub fn build_all(args: &PgoArgs, place: &Place, works: &Works, merged: &Merged) -> Result<Builds> {
    let (mut built, mut states) = (Vec::new(), BTreeMap::new());
    for of in compared(args, place.subject) {
        if let Some(reason) = not_applicable(args, place, works, of) {
            states.insert(of, State::NotApplicable { reason });
            continue;
        }
        let made = match of {
            Build::Control => stages::learned(args, place, works, Lesson::Control)
                .and_then(|control| build::build(place, of, Some(&control.path))),
            Build::Shipped => stages::shipped(args, place, works)
                .and_then(|own| build::build(place, of, own.as_ref().map(|merged| merged.path.as_path()))),
            _ => build::build(place, of, Some(&merged.path)),
        };
        let made = match (&place.tools.bolt, of) {
            (Some(bolt), Build::PgoBolt) => made.and_then(|linked| bolt::lay_out(place, bolt, &linked, &works.train)),
            _ => made,
        };
        match made {
            Ok(one) => built.push(one),
            Err(error) if is_needed(of) => return Err(error),
            Err(error) => {
                let reason = first_words(&error);
                console::log(&format!("xtask: {}: {of}: {reason}", place.name));
                // What is missing is looked for before cargo runs: a target, a compiler for C. All else is a build that fails.
                let state =
                    if exit_of(&error) == Exit::Tool { State::NotApplicable { reason } } else { State::Failed { reason } };
                states.insert(of, state);
            }
        }
    }
    Ok((built, states))
}

fn not_applicable(args: &PgoArgs, place: &Place, works: &Works, build: Build) -> Option<String> {
    match build {
        Build::PgoBolt if place.tools.bolt.is_none() => {
            Some("llvm-bolt is not on PATH: install LLVM's BOLT to have this build".into())
        }
        Build::Control if works.control.is_empty() => {
            Some(format!("the policy names no unrelated work: add [[pgo.{}.control]]", place.name))
        }
        Build::Shipped if args.profile.is_some() && place.subject.settings(build).profile == Taken::Own => {
            Some("it takes a profile of its own, and --profile names another".into())
        }
        _ if place.subject.settings(build).linked == Linked::Musl && build::with_musl(&place.tools.host).is_none() => {
            Some(format!("{} has no musl: build it on Linux", place.tools.host))
        }
        _ => None,
    }
}

/// An error in one line: what failed, and the first cause.
pub fn first_words(error: &anyhow::Error) -> String {
    let words: Vec<String> = error.chain().take(2).map(|cause| cause.to_string()).collect();
    let short = |text: &String| process::error_line(text).or(text.lines().next()).unwrap_or_default().to_string();
    // Nothing stands below here.
    let alone = |line: String| line.split(": fix what cargo says below").next().unwrap_or_default().to_string();
    words.iter().map(short).map(alone).collect::<Vec<_>>().join(": ")
}

/// Without these there is nothing to prove.
pub fn is_needed(build: Build) -> bool {
    Build::QUICK.contains(&build)
}
