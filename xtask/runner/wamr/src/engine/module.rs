//! A loaded file: a core module, or what the compiler made of one.

use super::{Runtime, ffi, words};
use std::{
    ffi::{CStr, c_char},
    marker::PhantomData,
    ptr::NonNull,
    slice,
};

/// A module in WAMR's memory.
pub struct Module<'r> {
    raw: NonNull<ffi::Module>,
    /// WAMR writes to the file's bytes and points into them.
    _bytes: Vec<u8>,
    _runtime: PhantomData<&'r Runtime>,
}

/// What a module asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Import {
    /// The module that it asks.
    pub module: String,
    /// The name of what it asks for.
    pub name: String,
    /// Whether there is a function of this name and type.
    pub is_known: bool,
}

impl<'r> Module<'r> {
    /// Loads the bytes of a file.
    ///
    /// # Errors
    /// WAMR cannot take it; in WAMR's words.
    pub fn load(_runtime: &'r Runtime, mut bytes: Vec<u8>) -> Result<Module<'r>, String> {
        let size = u32::try_from(bytes.len()).map_err(|_| "it is larger than 4 GiB".to_string())?;
        let mut error: [c_char; 256] = [0; 256];
        // SAFETY: both buffers have the lengths that are given, and `bytes` stays where it is until the module is unloaded.
        let raw = unsafe { ffi::wasm_runtime_load(bytes.as_mut_ptr(), size, error.as_mut_ptr(), 256) };
        let raw = NonNull::new(raw).ok_or_else(|| words(&error))?;
        Ok(Module { raw, _bytes: bytes, _runtime: PhantomData })
    }

    /// What it asks for, in order.
    pub fn imports(&self) -> Vec<Import> {
        // SAFETY: the module is loaded.
        let count = unsafe { ffi::wasm_runtime_get_import_count(self.raw()) };
        (0..count).map(|index| self.import(index)).collect()
    }

    fn import(&self, index: i32) -> Import {
        let mut import = ffi::Import::default();
        // SAFETY: the module is loaded and has this import, and its names live as long.
        unsafe {
            ffi::wasm_runtime_get_import_type(self.raw(), index, &mut import);
            Import { module: text(import.module_name), name: text(import.name), is_known: import.linked }
        }
    }

    /// Whether it exports a function `name` that takes and gives nothing.
    pub fn has_start(&self, name: &str) -> bool {
        // SAFETY: the module is loaded and has these exports, and their names and types live as long.
        (0..unsafe { ffi::wasm_runtime_get_export_count(self.raw()) }).any(|index| unsafe {
            let mut export = ffi::Export::default();
            ffi::wasm_runtime_get_export_type(self.raw(), index, &mut export);
            text(export.name) == name
                && export.kind == ffi::KIND_FUNCTION
                && ffi::wasm_func_type_get_param_count(export.of_type) + ffi::wasm_func_type_get_result_count(export.of_type) == 0
        })
    }

    /// The content of a custom section.
    pub fn custom_section(&self, name: &CStr) -> Option<&[u8]> {
        let mut size = 0;
        // SAFETY: the module is loaded; WAMR points to `size` bytes that belong to it.
        unsafe {
            let content = ffi::wasm_runtime_get_custom_section(self.raw(), name.as_ptr(), &mut size);
            (!content.is_null()).then(|| slice::from_raw_parts(content, size as usize))
        }
    }

    pub(super) fn raw(&self) -> *mut ffi::Module {
        self.raw.as_ptr()
    }
}

impl Drop for Module<'_> {
    fn drop(&mut self) {
        // SAFETY: instances borrow the module, so that none is left, and it is unloaded once.
        unsafe { ffi::wasm_runtime_unload(self.raw()) };
    }
}

/// A text of C; empty where there is none.
///
/// # Safety
/// `text` must be null, or end with a zero and stay as it is for the time of the call.
unsafe fn text(text: *const c_char) -> String {
    if text.is_null() {
        return String::new();
    }
    // SAFETY: the caller's promise.
    unsafe { CStr::from_ptr(text) }.to_string_lossy().into_owned()
}
