//! An instance, and the stack that it runs on.

use super::{Module, bare, ffi, words};
use std::{
    ffi::{CStr, c_char, c_void},
    marker::PhantomData,
    ptr::{NonNull, null_mut},
};

/// The interpreter's stack: frames, locals and operands. All of it is touched when it is made.
const STACK_BYTES: u32 = 256 << 10;

/// How an instance is made.
#[derive(Clone, Copy, Debug)]
pub struct Options {
    /// The most pages of 64 KiB that its memory may have; 0 for what the module says.
    pub max_memory_pages: u32,
    /// What functions of the host's find through [`super::Caller::data`].
    pub data: *mut c_void,
    /// How far down the thread's stack the guest may go. What is below is left to the host.
    pub stack_boundary: *mut u8,
}

/// An instance of a module.
pub struct Instance<'m> {
    raw: NonNull<ffi::Instance>,
    exec_env: NonNull<ffi::ExecEnv>,
    _module: PhantomData<&'m ()>,
}

/// A name of an instance for another thread, which has to see to it that the instance is still there.
#[derive(Clone, Copy, Debug)]
pub struct Handle(NonNull<ffi::Instance>);

// SAFETY: the only thing to do with a handle is `terminate`, which takes the locks that WAMR has for it.
unsafe impl Send for Handle {}

impl<'m> Instance<'m> {
    /// Makes an instance, and runs its start function if it has one.
    ///
    /// # Errors
    /// There is not enough memory, a segment does not fit, or the start function trapped; in WAMR's words.
    ///
    /// # Safety
    /// The functions that were registered must be able to use `options.data` as long as the instance is there, and `options.stack_boundary`
    /// must be in the stack of this thread with enough room below for them.
    pub unsafe fn new(module: &'m Module<'_>, options: Options) -> Result<Instance<'m>, String> {
        let mut arguments = null_mut();
        let mut error: [c_char; 256] = [0; 256];
        // SAFETY: the arguments are made, used and destroyed here; the buffer has the length that is given; the module is loaded.
        let raw = unsafe {
            if !ffi::wasm_runtime_instantiation_args_create(&mut arguments) {
                return Err("there is not enough memory".into());
            }
            ffi::wasm_runtime_instantiation_args_set_default_stack_size(arguments, STACK_BYTES);
            ffi::wasm_runtime_instantiation_args_set_max_memory_pages(arguments, options.max_memory_pages);
            ffi::wasm_runtime_instantiation_args_set_custom_data(arguments, options.data);
            let raw = ffi::wasm_runtime_instantiate_ex2(module.raw(), arguments, error.as_mut_ptr(), 256);
            ffi::wasm_runtime_instantiation_args_destroy(arguments);
            NonNull::new(raw).ok_or_else(|| words(&error))?
        };
        // SAFETY: the instance is there.
        let Some(exec_env) = NonNull::new(unsafe { ffi::wasm_runtime_create_exec_env(raw.as_ptr(), STACK_BYTES) }) else {
            // SAFETY: the instance is there, and nobody has it.
            unsafe { ffi::wasm_runtime_deinstantiate(raw.as_ptr()) };
            return Err("there is not enough memory for its stack".into());
        };
        // SAFETY: the stack was just made; the boundary is the caller's promise.
        unsafe { ffi::wasm_runtime_set_native_stack_boundary(exec_env.as_ptr(), options.stack_boundary) };
        Ok(Instance { raw, exec_env, _module: PhantomData })
    }

    /// Calls the exported function `name`, which [`Module::has_start`] has found.
    ///
    /// # Errors
    /// It did not come to its end: the exception, in WAMR's words.
    pub fn call(&self, name: &CStr) -> Result<(), String> {
        // SAFETY: the instance is there, and the function found belongs to it and takes and gives nothing.
        let ended = unsafe {
            let function = ffi::wasm_runtime_lookup_function(self.raw.as_ptr(), name.as_ptr());
            !function.is_null() && ffi::wasm_runtime_call_wasm(self.exec_env.as_ptr(), function, 0, null_mut())
        };
        if ended { Ok(()) } else { Err(self.exception()) }
    }

    fn exception(&self) -> String {
        // SAFETY: the instance is there; the text belongs to it, ends with a zero, and is copied before anything else happens.
        let text = unsafe {
            let text = ffi::wasm_runtime_get_exception(self.raw.as_ptr());
            if text.is_null() { c"" } else { CStr::from_ptr(text) }
        };
        bare(&text.to_string_lossy())
    }

    /// How large its memory is now, in bytes. It never shrinks.
    pub fn memory_bytes(&self) -> u64 {
        // SAFETY: the instance is there, and so is its memory.
        unsafe {
            let memory = ffi::wasm_runtime_get_default_memory(self.raw.as_ptr());
            if memory.is_null() {
                0
            } else {
                ffi::wasm_memory_get_cur_page_count(memory) * ffi::wasm_memory_get_bytes_per_page(memory)
            }
        }
    }

    /// Its name for another thread.
    pub fn handle(&self) -> Handle {
        Handle(self.raw)
    }
}

impl Drop for Instance<'_> {
    fn drop(&mut self) {
        // SAFETY: both are there, no function of theirs runs, and nobody else has them.
        unsafe {
            ffi::wasm_runtime_destroy_exec_env(self.exec_env.as_ptr());
            ffi::wasm_runtime_deinstantiate(self.raw.as_ptr());
        }
    }
}

impl Handle {
    /// Has the engine leave the guest at its next branch backwards, or after its next call.
    ///
    /// # Safety
    /// The instance must still be there, and stay there until this returns.
    pub unsafe fn terminate(self) {
        // SAFETY: the instance is there: the caller's promise.
        unsafe { ffi::wasm_runtime_terminate(self.0.as_ptr()) };
    }
}
