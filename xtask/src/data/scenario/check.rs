//! What a scenario may not say: parts that contradict each other, and parts that are missing.

mod costs;
mod ends;
mod names;

use super::{Scenario, step::Step, world::FOLDERS};
use runner_protocol::Engine;

/// The key that a finding is about, and what is wrong with the cure.
pub type Wrong = (String, String);

/// Checks everything that a type does not hold.
///
/// # Errors
/// The first thing that is wrong.
pub fn check(scenario: &Scenario) -> Result<(), Wrong> {
    if scenario.summary.trim().is_empty() {
        return wrong("summary", "it is empty: say in one line what the scenario shows");
    }
    if scenario.step.is_empty() {
        return wrong("step", "nothing is run: add a [[step]]");
    }
    world(scenario)?;
    services(scenario)?;
    for step in &scenario.step {
        of_step(step)?;
    }
    engines(scenario)?;
    fuel(scenario)?;
    costs::check(scenario)?;
    ends::check(scenario)?;
    names::check(scenario)
}

fn wrong<T>(key: &str, said: impl Into<String>) -> Result<T, Wrong> {
    Err((key.to_string(), said.into()))
}

/// The engine's family, by the name it has in `not-applicable`.
pub fn group(engine: Engine) -> Option<&'static str> {
    match engine.target()? {
        "wasm32-wasip1" => Some("wamr"),
        _ => Some("wasmtime"),
    }
}

fn world(scenario: &Scenario) -> Result<(), Wrong> {
    for path in scenario.files.keys().chain(scenario.links.keys()) {
        let mut parts = path.split('/');
        let folder = parts.next().unwrap_or_default();
        let rest: Vec<&str> = parts.collect();
        if !FOLDERS.contains(&folder) || rest.is_empty() || rest.iter().any(|part| ["", ".", ".."].contains(part)) {
            return wrong(
                if scenario.files.contains_key(path) { "files" } else { "links" },
                format!("`{path}` is no path of the world: begin it with home/, workspace/ or outside/, without `..`"),
            );
        }
    }
    if let Some(path) = scenario.links.keys().find(|path| scenario.files.contains_key(*path)) {
        return wrong("links", format!("`{path}` is a file as well: leave one of them out"));
    }
    if scenario.config.is_some() && scenario.files.contains_key("home/config.json") {
        return wrong("config", "home/config.json is in [files] as well: leave one of them out");
    }
    Ok(())
}

fn services(scenario: &Scenario) -> Result<(), Wrong> {
    let network = scenario.capabilities.network.as_ref();
    if scenario.mock.as_ref().is_some_and(|mock| mock.get("tls").is_some_and(|tls| tls.as_bool() != Some(true))) {
        return wrong("tls", "only `tls = true` is meant: leave it out for HTTP");
    }
    if scenario.canary && scenario.mock.is_none() {
        return wrong("canary", "the canary listens at the mock's port, and there is no [mock]: add one");
    }
    if network.is_some_and(|network| network.roots.is_some()) && !scenario.has_tls() {
        return wrong("roots", "the mock has an authority only with `tls = true`: add it to [mock]");
    }
    if is_networked(scenario) && !scenario.effects && applies_to(scenario, "wamr") {
        return wrong("effects", "preview 1 has HTTP only by the effect protocol: set `effects = true`, or leave wamr out");
    }
    Ok(())
}

/// Whether some host is granted. A program that can use HTTP needs a network to be linked at all, be it one without hosts.
fn is_networked(scenario: &Scenario) -> bool {
    scenario.capabilities.network.as_ref().is_some_and(|network| !network.hosts.is_empty())
}

fn of_step(step: &Step) -> Result<(), Wrong> {
    let calls = !step.arguments.is_empty() || step.stdin.is_some() || step.lines.is_some();
    let rules = [
        (step.stdin.is_some() && step.lines.is_some(), "lines", "`stdin` and `lines` are both standard input: leave one out"),
        (step.lines.as_ref().is_some_and(|lines| lines.count == 0), "lines", "no line is made: let `count` be 1 or more"),
        (step.session.is_some() && calls, "session", "a `session` has messages, no arguments and no input: leave those out"),
        (step.session.as_ref().is_some_and(|session| session.messages.is_empty()), "session", "it has no messages: add some"),
        (
            step.instantiate && (calls || step.session.is_some()),
            "instantiate",
            "nothing is called: leave out what it is called with",
        ),
        (
            step.repeat.is_some() && step.live.is_some(),
            "live",
            "`repeat` is one after the other, `live` all at once: leave one out",
        ),
        (step.repeat == Some(0) || step.live == Some(0), "repeat", "no instance is made: let it be 1 or more"),
    ];
    match rules.iter().find(|(broken, ..)| *broken) {
        Some((_, key, said)) => wrong(key, *said),
        None => Ok(()),
    }
}

fn applies_to(scenario: &Scenario, family: &str) -> bool {
    Engine::ALL.into_iter().any(|engine| group(engine).unwrap_or("native") == family && scenario.not_applicable(engine).is_none())
}

fn engines(scenario: &Scenario) -> Result<(), Wrong> {
    for (name, reason) in &scenario.not_applicable {
        if !["wasmtime", "wamr"].contains(&name.as_str()) && name.parse::<Engine>().is_err() {
            let names = Engine::ALL.map(Engine::name).join(", ");
            return wrong("not-applicable", format!("`{name}` is no engine: use wasmtime, wamr, {names}"));
        }
        if reason.trim().is_empty() {
            return wrong("not-applicable", format!("`{name}` has no reason: say why it does not play this"));
        }
    }
    if Engine::ALL.into_iter().all(|engine| scenario.not_applicable(engine).is_some()) {
        return wrong("not-applicable", "no engine is left: a scenario that nothing plays shows nothing");
    }
    let sandboxed = |step: &Step| step.instantiate || step.repeat.is_some() || step.live.is_some() || step.session.is_some();
    if scenario.step.iter().any(sandboxed) && applies_to(scenario, "native") {
        return wrong("not-applicable", "instances and sessions are the runner's: name `native` with the reason");
    }
    if scenario.step.iter().any(|step| step.session.is_some()) && applies_to(scenario, "wamr") {
        return wrong("not-applicable", "a preview 1 module has no `session` interface: name `wamr` with the reason");
    }
    Ok(())
}

fn fuel(scenario: &Scenario) -> Result<(), Wrong> {
    let network = scenario.capabilities.network.as_ref();
    if scenario.fuel && !applies_to(scenario, "wasmtime") {
        return wrong("fuel", "only Wasmtime counts fuel, and it does not play this: leave `fuel` out");
    }
    if scenario.fuel && is_networked(scenario) && network.is_some_and(|network| !network.whole_bodies) {
        return wrong("fuel", "what arrives in any pieces is read with any fuel: set `whole-bodies = true`, or leave `fuel` out");
    }
    Ok(())
}
