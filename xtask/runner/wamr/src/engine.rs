//! WAMR behind a safe interface: one runtime in a process, modules loaded into it, instances of these.
//!
//! Everything but [`Handle`] stays on the thread that started the runtime.

mod caller;
pub mod ffi;
mod instance;
mod module;

pub use caller::Caller;
pub use instance::{Handle, Instance, Options};
pub use module::Module;

use anyhow::{Result, ensure};
use std::{
    ffi::{CStr, CString, c_char, c_void},
    marker::PhantomData,
    ptr::null_mut,
};

/// WAMR, started. It ends with this.
pub struct Runtime {
    /// WAMR keeps what it knows in static variables, and expects one thread.
    _one_thread: PhantomData<*mut ()>,
}

/// A function of the host's that modules can import.
pub struct Function {
    /// Its name.
    pub name: &'static str,
    /// In WAMR's letters: `(iI)i` takes an `i32` and an `i64` and gives an `i32`.
    pub signature: &'static str,
    /// What is called.
    pub native: ffi::Native,
}

impl Runtime {
    /// Starts WAMR. There may be one at a time.
    ///
    /// # Errors
    /// It does not start.
    pub fn start() -> Result<Runtime> {
        // SAFETY: nothing of WAMR is in use yet, and the log level is one that it knows.
        unsafe {
            ensure!(ffi::wasm_runtime_init(), "WAMR does not start: there is not enough memory");
            ffi::wasm_runtime_set_log_level(ffi::LOG_LEVEL_FATAL);
            // Guests get no threads of their own. WAMR divides their stack among as many as there could be.
            ffi::wasm_runtime_set_max_thread_num(1);
        }
        Ok(Runtime { _one_thread: PhantomData })
    }

    /// Makes `functions` of the import module `module` known to modules that are loaded from now on.
    ///
    /// # Errors
    /// WAMR does not take them.
    pub fn register(&self, module: &'static CStr, functions: &[Function]) -> Result<()> {
        let symbols: Vec<ffi::NativeSymbol> = functions
            .iter()
            .map(|function| ffi::NativeSymbol {
                symbol: leaked(function.name),
                func_ptr: function.native as *mut c_void,
                signature: leaked(function.signature),
                attachment: null_mut(),
            })
            .collect();
        let count = u32::try_from(symbols.len())?;
        // WAMR sorts the list in place and keeps it as long as it runs: it belongs to nobody else from here on.
        let symbols = symbols.leak().as_mut_ptr();
        // SAFETY: `symbols` has `count` elements, which live to the end of the process and are touched by WAMR alone.
        let is_taken = unsafe { ffi::wasm_runtime_register_natives_raw(module.as_ptr(), symbols, count) };
        ensure!(is_taken, "WAMR does not take the functions of {module:?}");
        Ok(())
    }
}

impl Drop for Runtime {
    fn drop(&mut self) {
        // SAFETY: modules and instances borrow the runtime, so that none is left.
        unsafe { ffi::wasm_runtime_destroy() };
    }
}

/// WAMR's name and version: `wamr 2.4.3`.
pub fn version() -> String {
    let (mut major, mut minor, mut patch) = (0, 0, 0);
    // SAFETY: three numbers are written to, and nothing else happens.
    unsafe { ffi::wasm_runtime_get_version(&mut major, &mut minor, &mut patch) };
    format!("wamr {major}.{minor}.{patch}")
}

/// A text of C that lives to the end of the process.
fn leaked(text: &str) -> *const c_char {
    CString::new(text).unwrap_or_default().into_raw()
}

/// The text in a buffer of C, without what WAMR puts before it.
fn words(buffer: &[c_char]) -> String {
    let bytes: Vec<u8> = buffer.iter().map(|letter| letter.to_ne_bytes()[0]).take_while(|byte| *byte != 0).collect();
    bare(&String::from_utf8_lossy(&bytes))
}

/// WAMR's words without the step that it names first.
fn bare(text: &str) -> String {
    const STEPS: [&str; 5] = [
        "WASM module load failed: ",
        "AOT module load failed: ",
        "WASM module instantiate failed: ",
        "AOT module instantiate failed: ",
        "Exception: ",
    ];
    STEPS.iter().fold(text, |text, step| text.strip_prefix(step).unwrap_or(text)).to_string()
}
