//! The guest, as a function of the host's sees it that it called.

use super::ffi;
use std::{
    ffi::{CString, c_void},
    slice,
};

/// A guest that called a function of the host's, for the time of the call.
pub struct Caller {
    instance: *mut ffi::Instance,
}

impl Caller {
    /// The guest that runs on `exec_env`.
    ///
    /// # Safety
    /// `exec_env` must be what WAMR gave to the function that it called, and this must be dropped before that returns.
    pub unsafe fn new(exec_env: *mut ffi::ExecEnv) -> Caller {
        // SAFETY: the caller's promise.
        Caller { instance: unsafe { ffi::wasm_runtime_get_module_inst(exec_env) } }
    }

    /// What was given as [`super::Options::data`].
    pub fn data(&self) -> *mut c_void {
        // SAFETY: the instance runs, so it is there.
        unsafe { ffi::wasm_runtime_get_custom_data(self.instance) }
    }

    /// The guest's memory as it is now: it moves when it grows, which it cannot before the host's function returns.
    pub fn memory(&mut self) -> &mut [u8] {
        // SAFETY: the instance runs, so its memory is there: so many bytes, which nobody else looks at, because the guest waits for us.
        unsafe {
            let memory = ffi::wasm_runtime_get_default_memory(self.instance);
            if memory.is_null() {
                return &mut [];
            }
            let bytes = ffi::wasm_memory_get_cur_page_count(memory) * ffi::wasm_memory_get_bytes_per_page(memory);
            let base = ffi::wasm_memory_get_base_address(memory).cast::<u8>();
            match usize::try_from(bytes) {
                Ok(bytes) if !base.is_null() => slice::from_raw_parts_mut(base, bytes),
                _ => &mut [],
            }
        }
    }

    /// Ends the guest as soon as the host's function returns, with `reason` as its exception.
    pub fn end(&self, reason: &str) {
        let reason = CString::new(reason.replace('\0', " ")).unwrap_or_default();
        // SAFETY: the instance runs, so it is there; WAMR copies the text.
        unsafe { ffi::wasm_runtime_set_exception(self.instance, reason.as_ptr()) };
    }
}
