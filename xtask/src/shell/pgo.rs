//! Builds with profiles: each stage keeps what it made below a folder of the subject, so that it can be rerun alone and is skipped where nothing changed.

pub mod bolt;
pub mod build;
pub mod c_code;
pub mod count;
pub mod functions;
pub mod kept;
pub mod merge;
pub mod musl;
pub mod sources;
pub mod time;
pub mod tools;
pub mod train;
pub mod wasm;
pub mod work;

use super::{sources as sources_of, workspace::Workspace};
use crate::data::pgo_policy::PgoSubject;
use anyhow::Result;
use std::{
    path::PathBuf,
    sync::{Arc, OnceLock},
};
use tools::Tools;

/// One program and where it is worked on.
pub struct Place<'a> {
    /// The workspace that it belongs to.
    pub workspace: Arc<Workspace>,
    /// What it is built and measured with.
    pub tools: &'a Tools,
    /// Its name in the policy.
    pub name: &'a str,
    /// What the policy says of it.
    pub subject: &'a PgoSubject,
    /// What the dependencies' folders are called in what is built: asked of cargo once.
    names: OnceLock<sources_of::Names>,
}

impl<'a> Place<'a> {
    /// The program `name` of a workspace.
    pub fn new(workspace: &Arc<Workspace>, tools: &'a Tools, name: &'a str, subject: &'a PgoSubject) -> Place<'a> {
        Place { workspace: Arc::clone(workspace), tools, name, subject, names: OnceLock::new() }
    }

    /// What the dependencies' folders are called in what is built.
    ///
    /// # Errors
    /// Cargo cannot read or fetch what is locked.
    pub fn source_names(&self) -> Result<&sources_of::Names> {
        if let Some(names) = self.names.get() {
            return Ok(names);
        }
        let names = sources_of::names(&self.workspace)?;
        Ok(self.names.get_or_init(|| names))
    }

    /// The folder of everything that is made of it.
    pub fn folder(&self) -> PathBuf {
        self.workspace.scratch().join("pgo").join(self.name)
    }
}
