//! The types that `engine::ffi` writes by hand, against those that bindgen made of WAMR's header.

#[path = "../../src/engine/ffi.rs"]
#[allow(dead_code, missing_docs, reason = "only the types are looked at")]
mod ffi;

use std::mem::{offset_of, size_of};

#[test]
fn hand_written_types_are_laid_out_as_the_header_says() {
    assert_eq!(size_of::<ffi::NativeSymbol>(), size_of::<wamrx_sys::NativeSymbol>());
    assert_eq!(offset_of!(ffi::NativeSymbol, func_ptr), offset_of!(wamrx_sys::NativeSymbol, func_ptr));
    assert_eq!(offset_of!(ffi::NativeSymbol, signature), offset_of!(wamrx_sys::NativeSymbol, signature));
    assert_eq!(offset_of!(ffi::NativeSymbol, attachment), offset_of!(wamrx_sys::NativeSymbol, attachment));
    assert_eq!(size_of::<ffi::Import>(), size_of::<wamrx_sys::wasm_import_t>());
    assert_eq!(offset_of!(ffi::Import, name), offset_of!(wamrx_sys::wasm_import_t, name));
    assert_eq!(offset_of!(ffi::Import, kind), offset_of!(wamrx_sys::wasm_import_t, kind));
    assert_eq!(offset_of!(ffi::Import, linked), offset_of!(wamrx_sys::wasm_import_t, linked));
    assert_eq!(offset_of!(ffi::Import, of_type), offset_of!(wamrx_sys::wasm_import_t, u));
    assert_eq!(size_of::<ffi::Export>(), size_of::<wamrx_sys::wasm_export_t>());
    assert_eq!(offset_of!(ffi::Export, kind), offset_of!(wamrx_sys::wasm_export_t, kind));
    assert_eq!(offset_of!(ffi::Export, of_type), offset_of!(wamrx_sys::wasm_export_t, u));
    assert_eq!(ffi::KIND_FUNCTION, wamrx_sys::WASM_IMPORT_EXPORT_KIND_FUNC);
    assert_eq!(ffi::LOG_LEVEL_FATAL, wamrx_sys::WASM_LOG_LEVEL_FATAL);
}
