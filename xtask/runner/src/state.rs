//! What belongs to one guest in the host.

use crate::{http::Hooks, limiter::Limiter};
use anyhow::Result;
use runner_host::{clock::Clock, limits, network::Client, output::Output, wasi};
use runner_protocol::{Contact, Spec};
use wasmtime::component::ResourceTable;
use wasmtime_wasi::{WasiCtx, WasiCtxView, WasiView};
use wasmtime_wasi_http::{WasiHttpCtx, WasiHttpCtxView, WasiHttpView};

/// The data of a guest's store.
pub struct State {
    /// Memory, tables, instances.
    pub limiter: Limiter,
    /// What it wrote.
    pub output: Output,
    /// Its time.
    pub clock: Clock,
    /// The handles that it holds.
    pub table: ResourceTable,
    wasi: WasiCtx,
    http: WasiHttpCtx,
    hooks: Hooks,
}

impl State {
    /// For one guest of the job `spec`, which writes to `output` and reaches the network through `client`, if at all.
    ///
    /// # Errors
    /// A folder or a file that is granted cannot be opened.
    pub fn new(spec: &Spec, output: Output, client: Option<Client>) -> Result<State> {
        let (clock, limits) = (Clock::new(), limits::effective(spec));
        let mut table = ResourceTable::new();
        table.set_max_capacity(usize::try_from(limits.resource_count).unwrap_or(usize::MAX));
        let wasi = wasi::context(spec, &output, &clock)?.build();
        Ok(State { limiter: Limiter::new(limits), output, clock, table, wasi, http: WasiHttpCtx::new(), hooks: Hooks(client) })
    }

    /// What it asked of the network.
    pub fn contacts(&self) -> Vec<Contact> {
        self.hooks.0.as_ref().map(Client::contacts).unwrap_or_default()
    }
}

impl WasiView for State {
    fn ctx(&mut self) -> WasiCtxView<'_> {
        WasiCtxView { ctx: &mut self.wasi, table: &mut self.table }
    }
}

impl WasiHttpView for State {
    fn http(&mut self) -> WasiHttpCtxView<'_> {
        WasiHttpCtxView { hooks: &mut self.hooks, table: &mut self.table, ctx: &mut self.http }
    }
}
