//! Which gates have to run: those that were named, and of these the ones that a change can move.

use crate::{
    analysis::affected::affected,
    data::{comment::GateName, exit::Failure, policy::Policy},
    shell::{
        affected::{changed_since, territory},
        workspace::Workspace,
    },
};
use anyhow::Result;
use clap::Args;
use std::{collections::BTreeMap, path::PathBuf};

/// What is judged.
#[derive(Args, Clone, Debug, Default)]
pub struct Scope {
    /// Run this gate only, whatever changed. May be repeated.
    #[arg(long, value_name = "GATE", conflicts_with = "skip")]
    pub only: Vec<GateName>,
    /// Leave this gate out. May be repeated.
    #[arg(long, value_name = "GATE")]
    pub skip: Vec<GateName>,
    /// The commit or branch that the change starts from: gates that no changed file can move are left out. An empty one is none.
    #[arg(long, value_name = "REV")]
    base: Option<String>,
    /// Judge every build of pgo, not only those of --quick.
    #[arg(long)]
    pub full: bool,
    /// The policy of another workspace; its baselines lie beside it.
    #[arg(long, value_name = "FILE")]
    pub policy: Option<PathBuf>,
}

impl Scope {
    /// The workspace that is judged.
    ///
    /// # Errors
    /// As [`Workspace::open`].
    pub fn workspace(&self) -> Result<Workspace> {
        Workspace::open(self.policy.as_deref())
    }

    /// What the change starts from. A workflow has an empty text where it has no such thing.
    pub fn base(&self) -> Option<&str> {
        named(self.base.as_deref())
    }

    /// The gates that do not run, and why.
    ///
    /// # Errors
    /// Nothing is left to run by the command line, or git does not know the base.
    pub fn left_out(&self, workspace: &Workspace) -> Result<BTreeMap<GateName, String>> {
        let mut left_out = BTreeMap::new();
        for gate in GateName::ALL {
            if let Some(reason) = self.by_name(gate, &workspace.policy) {
                left_out.insert(gate, reason);
            }
        }
        if left_out.len() == GateName::ALL.len() {
            return Err(Failure::usage("no gate is left to run: name one with --only, or leave out fewer with --skip").into());
        }
        let Some(base) = self.base().filter(|_| self.only.is_empty()) else { return Ok(left_out) };
        let (fork, changed) = changed_since(workspace, base)?;
        let affected = affected(&changed, &territory(workspace)?);
        for gate in GateName::ALL.into_iter().filter(|gate| !affected.contains_key(gate)) {
            let fork = fork.get(..12).unwrap_or(&fork);
            left_out.entry(gate).or_insert_with(|| format!("no file that it reads changed since {fork}"));
        }
        Ok(left_out)
    }

    fn by_name(&self, gate: GateName, policy: &Policy) -> Option<String> {
        match () {
            () if self.only.contains(&gate) => None,
            () if !self.only.is_empty() => Some("--only names others".into()),
            () if self.skip.contains(&gate) => Some(format!("--skip {gate}")),
            () if !has(policy, gate) => Some(format!("the policy has nothing for {gate}")),
            () => None,
        }
    }
}

/// A revision, if the text is one.
pub fn named(text: Option<&str>) -> Option<&str> {
    text.filter(|text| !text.trim().is_empty())
}

/// Whether the policy says what a gate is to measure.
fn has(policy: &Policy, gate: GateName) -> bool {
    match gate {
        GateName::Size => !policy.subject.is_empty(),
        GateName::Run => policy.run.scenarios.is_some(),
        GateName::Alloc => policy.alloc.is_some(),
        GateName::Pgo => !policy.pgo.is_empty(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_named_decides_and_what_the_policy_lacks_is_left_out() {
        let policy = Policy::parse(
            "schema = 1\n[[subject]]\npackage = \"a\"\nmatrix = [{ targets = [\"wasm32-wasip2\"], profiles = [\"p\"], allocators = [\"default\"] }]",
        )
        .unwrap();
        let left_out = |scope: &Scope| -> Vec<GateName> {
            GateName::ALL.into_iter().filter(|gate| scope.by_name(*gate, &policy).is_some()).collect()
        };
        assert_eq!(left_out(&Scope::default()), [GateName::Run, GateName::Alloc, GateName::Pgo]);
        let only = Scope { only: vec![GateName::Run], ..Scope::default() };
        assert_eq!(
            left_out(&only),
            [GateName::Size, GateName::Alloc, GateName::Pgo],
            "what was asked for runs, and says what it lacks"
        );
        let skip = Scope { skip: vec![GateName::Size], ..Scope::default() };
        assert_eq!(left_out(&skip), GateName::ALL);
    }
}
