//! A guest in the host: what it is granted, and how it ended.

use crate::{effects, engine::Caller};
use anyhow::Result;
use runner_host::{clock::Clock, limits, network::Client, output::Output, wasi};
use runner_protocol::{Contact, Ended, Spec};
use std::{ffi::c_void, ptr::NonNull, rc::Rc, time::Duration};
use tokio::{
    runtime::Runtime,
    time::{Instant, timeout_at},
};
use wasmtime_wasi::{
    I32Exit, ResourceTableError, WasiView,
    p1::{WasiP1Ctx, wasi_snapshot_preview1::WasiSnapshotPreview1},
};
use wiggle::{GuestMemory, error::Error};

/// How much a guest may have the host copy in one call, in bytes.
const COPY_BYTES: usize = 128 << 20;

/// A guest.
pub struct Guest {
    /// What it writes.
    pub output: Output,
    /// Its way to the network, which it gets by effects alone.
    pub client: Option<Client>,
    wasi: WasiP1Ctx,
    clock: Clock,
    executor: Rc<Runtime>,
    deadline_ms: u64,
    end: Instant,
    ended: Option<Ended>,
}

impl Guest {
    /// A guest of the job `spec`.
    ///
    /// # Errors
    /// A folder or a file that is granted cannot be opened.
    pub fn new(spec: &Spec, client: Option<Client>, executor: Rc<Runtime>) -> Result<Guest> {
        let (output, clock, limits) = (Output::new(spec), Clock::new(), limits::effective(spec));
        let mut builder = wasi::context(spec, &output, &clock)?;
        if effects::are_on(spec) {
            effects::attach(&mut builder, spec, &output, &clock, client.clone())?;
        }
        let mut wasi = builder.build_p1();
        wasi.ctx().table.set_max_capacity(usize::try_from(limits.resource_count).unwrap_or(usize::MAX));
        Ok(Guest { output, client, wasi, clock, executor, deadline_ms: limits.deadline_ms, end: Instant::now(), ended: None })
    }

    /// Its time runs from now on; `spent` of it is gone. Gives the time it has left.
    pub fn starts(&mut self, spent: Duration) -> Duration {
        let left = Duration::from_millis(self.deadline_ms).saturating_sub(spent);
        self.end = Instant::now() + left;
        left
    }

    /// Runs a function of the host's that the guest called, to its end or to the guest's: then there is no result.
    pub fn serve<F>(&mut self, caller: &mut Caller, function: F) -> Option<i32>
    where
        F: AsyncFnOnce(&mut WasiP1Ctx, &mut GuestMemory<'_>, &Clock) -> Result<i32, Error>,
    {
        if self.ended.is_none() {
            self.wasi.set_hostcall_fuel(COPY_BYTES);
            let mut memory = GuestMemory::Unshared(caller.memory());
            let (wasi, clock, end) = (&mut self.wasi, &self.clock, self.end);
            let served = self.executor.block_on(async { timeout_at(end, function(wasi, &mut memory, clock)).await });
            self.ended = match served {
                // What never waits is never late by itself.
                Ok(Ok(word)) if Instant::now() < end => return Some(word),
                Ok(Err(error)) => Some(self.cause(&error)),
                Ok(Ok(_)) | Err(_) => Some(self.late()),
            };
        }
        caller.end("ended by the host");
        None
    }

    /// How it ended, where a function of the host's ended it.
    pub fn ended(&self) -> Option<Ended> {
        self.ended.clone()
    }

    /// How it ended if its time was over.
    pub fn late(&self) -> Ended {
        late(self.deadline_ms)
    }

    /// What it asked of the network.
    pub fn contacts(&self) -> Vec<Contact> {
        self.client.as_ref().map(Client::contacts).unwrap_or_default()
    }

    /// What an error of a function comes to.
    fn cause(&self, error: &Error) -> Ended {
        if let Some(I32Exit(code)) = error.downcast_ref() {
            return Ended::Exit { code: *code };
        }
        if let Some(ended) = self.output.ended() {
            return ended;
        }
        if let Some(ResourceTableError::Full) = error.downcast_ref() {
            return stopped("resource_count", "there are too many open resources");
        }
        Ended::Trap { reason: error.root_cause().to_string().lines().next().unwrap_or_default().into() }
    }
}

/// The end of a guest that took longer than `deadline_ms`.
pub fn late(deadline_ms: u64) -> Ended {
    stopped("deadline_ms", &format!("it was not done after {deadline_ms} ms"))
}

/// The end of a guest that `limit` stopped.
pub fn stopped(limit: &str, reason: &str) -> Ended {
    Ended::Stopped { limit: limit.into(), reason: reason.into() }
}

/// A guest at an address that the engine knows. It is only reached through that address: from here while the guest does not run, and from
/// the functions of the host while it does.
pub struct Place(NonNull<Guest>);

impl Place {
    /// Puts a guest there.
    pub fn new(guest: Guest) -> Place {
        Place(NonNull::from(Box::leak(Box::new(guest))))
    }

    /// The address.
    pub fn address(&self) -> *mut c_void {
        self.0.as_ptr().cast()
    }

    /// The guest, which does not run: whoever runs it borrows nothing from here meanwhile.
    pub fn guest(&mut self) -> &mut Guest {
        // SAFETY: the guest is there until `drop`, and this borrow is the only one: `self` is borrowed alone, and the functions of the host,
        // which have the address, are called only by a guest that runs.
        unsafe { self.0.as_mut() }
    }

    /// The guest at `address`, for a function of the host's that it called.
    ///
    /// # Safety
    /// `address` must be null or from [`Place::address`] of a guest that is still there, runs, and has called no other function of the host's.
    pub unsafe fn running<'a>(address: *mut c_void) -> Option<&'a mut Guest> {
        // SAFETY: the caller's promise.
        unsafe { address.cast::<Guest>().as_mut() }
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        // SAFETY: it came from a box, and is dropped once.
        drop(unsafe { Box::from_raw(self.0.as_ptr()) });
    }
}
