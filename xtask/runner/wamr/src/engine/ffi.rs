//! The part of WAMR's embedding interface (`wasm_export.h`, version 2.4.3) that is used here.
//!
//! Written by hand, because two libraries answer to it: the interpreter that `wamrx-sys` builds, and the runtime for compiled modules. A test
//! holds it against what bindgen makes of the header.

use std::ffi::{c_char, c_void};

/// Declares types of C that are only ever pointed to.
macro_rules! opaque {
    ($($(#[$doc:meta])* $name:ident;)*) => {$(
        $(#[$doc])*
        #[repr(C)]
        pub struct $name {
            _private: [u8; 0],
        }
    )*};
}

opaque! {
    /// `WASMModuleCommon`: a loaded file.
    Module;
    /// `WASMModuleInstanceCommon`.
    Instance;
    /// `WASMExecEnv`: the stack of a thread that runs an instance.
    ExecEnv;
    /// `WASMFunctionInstanceCommon`.
    Function;
    /// `WASMMemoryInstance`.
    Memory;
    /// `InstantiationArgs2`.
    Arguments;
}

/// `NativeSymbol`: a function of the host's.
#[repr(C)]
pub struct NativeSymbol {
    pub symbol: *const c_char,
    pub func_ptr: *mut c_void,
    pub signature: *const c_char,
    pub attachment: *mut c_void,
}

/// `wasm_import_t`: what a module asks for.
#[repr(C)]
pub struct Import {
    pub module_name: *const c_char,
    pub name: *const c_char,
    pub kind: u32,
    pub linked: bool,
    pub of_type: *mut c_void,
}

impl Default for Import {
    fn default() -> Import {
        use std::ptr::{null, null_mut};
        Import { module_name: null(), name: null(), kind: 0, linked: false, of_type: null_mut() }
    }
}

/// `wasm_export_t`: what a module offers.
#[repr(C)]
pub struct Export {
    pub name: *const c_char,
    pub kind: u32,
    pub of_type: *mut c_void,
}

impl Default for Export {
    fn default() -> Export {
        use std::ptr::{null, null_mut};
        Export { name: null(), kind: 0, of_type: null_mut() }
    }
}

/// `WASM_IMPORT_EXPORT_KIND_FUNC`.
pub const KIND_FUNCTION: u32 = 0;

/// `WASM_LOG_LEVEL_FATAL`. WAMR writes its log to standard output, which is not its own here.
pub const LOG_LEVEL_FATAL: u32 = 0;

/// A function of the host's in the raw form: arguments in cells of 64 bits, and the result in the first of them.
pub type Native = unsafe extern "C" fn(exec_env: *mut ExecEnv, cells: *mut u64);

unsafe extern "C" {
    pub fn wasm_runtime_init() -> bool;
    pub fn wasm_runtime_destroy();
    pub fn wasm_runtime_set_log_level(level: u32);
    pub fn wasm_runtime_set_max_thread_num(count: u32);
    pub fn wasm_runtime_get_version(major: *mut u32, minor: *mut u32, patch: *mut u32);
    pub fn wasm_runtime_register_natives_raw(module: *const c_char, symbols: *mut NativeSymbol, count: u32) -> bool;

    pub fn wasm_runtime_load(bytes: *mut u8, size: u32, error: *mut c_char, error_size: u32) -> *mut Module;
    pub fn wasm_runtime_unload(module: *mut Module);
    pub fn wasm_runtime_get_import_count(module: *mut Module) -> i32;
    pub fn wasm_runtime_get_import_type(module: *mut Module, index: i32, import: *mut Import);
    pub fn wasm_runtime_get_export_count(module: *mut Module) -> i32;
    pub fn wasm_runtime_get_export_type(module: *mut Module, index: i32, export: *mut Export);
    pub fn wasm_func_type_get_param_count(of_type: *mut c_void) -> u32;
    pub fn wasm_func_type_get_result_count(of_type: *mut c_void) -> u32;
    pub fn wasm_runtime_get_custom_section(module: *mut Module, name: *const c_char, size: *mut u32) -> *const u8;

    pub fn wasm_runtime_instantiation_args_create(arguments: *mut *mut Arguments) -> bool;
    pub fn wasm_runtime_instantiation_args_destroy(arguments: *mut Arguments);
    pub fn wasm_runtime_instantiation_args_set_default_stack_size(arguments: *mut Arguments, bytes: u32);
    pub fn wasm_runtime_instantiation_args_set_max_memory_pages(arguments: *mut Arguments, pages: u32);
    pub fn wasm_runtime_instantiation_args_set_custom_data(arguments: *mut Arguments, data: *mut c_void);
    pub fn wasm_runtime_instantiate_ex2(
        module: *mut Module,
        arguments: *const Arguments,
        error: *mut c_char,
        error_size: u32,
    ) -> *mut Instance;
    pub fn wasm_runtime_deinstantiate(instance: *mut Instance);
    pub fn wasm_runtime_get_custom_data(instance: *mut Instance) -> *mut c_void;
    pub fn wasm_runtime_lookup_function(instance: *mut Instance, name: *const c_char) -> *mut Function;
    pub fn wasm_runtime_get_exception(instance: *mut Instance) -> *const c_char;
    pub fn wasm_runtime_set_exception(instance: *mut Instance, text: *const c_char);
    pub fn wasm_runtime_terminate(instance: *mut Instance);

    pub fn wasm_runtime_create_exec_env(instance: *mut Instance, stack_size: u32) -> *mut ExecEnv;
    pub fn wasm_runtime_destroy_exec_env(exec_env: *mut ExecEnv);
    pub fn wasm_runtime_set_native_stack_boundary(exec_env: *mut ExecEnv, boundary: *mut u8);
    pub fn wasm_runtime_get_module_inst(exec_env: *mut ExecEnv) -> *mut Instance;
    pub fn wasm_runtime_call_wasm(exec_env: *mut ExecEnv, function: *mut Function, count: u32, cells: *mut u32) -> bool;

    pub fn wasm_runtime_get_default_memory(instance: *mut Instance) -> *mut Memory;
    pub fn wasm_memory_get_cur_page_count(memory: *mut Memory) -> u64;
    pub fn wasm_memory_get_bytes_per_page(memory: *mut Memory) -> u64;
    pub fn wasm_memory_get_base_address(memory: *mut Memory) -> *mut c_void;
}
