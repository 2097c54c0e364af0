//! WASI preview 1 for WAMR: the functions of `wasmtime-wasi`, called on WAMR's linear memory. So all engines have one sandbox.
//!
//! One table makes both the list that WAMR links from and the functions that it calls.

mod poll_oneoff;

use crate::{
    engine::{Caller, Function, ffi},
    guest::Place,
};
use std::{ffi::CStr, slice};
use wasmtime_wasi::p1::wasi_snapshot_preview1 as wasi;

/// The module that a preview 1 guest imports from.
pub const MODULE: &CStr = c"wasi_snapshot_preview1";

/// The letter that WAMR has for a type.
macro_rules! letter {
    (i32) => {
        "i"
    };
    (i64) => {
        "I"
    };
}

/// Each line is a function of the interface, with the types of its parameters. Those that can wait are `async` in `wasmtime-wasi`.
macro_rules! functions {
    ($($kind:ident $name:ident($($parameter:ident)*) $(-> $result:ident)?;)*) => {
        /// All functions of the interface.
        pub const FUNCTIONS: &[Function] = &[$(Function {
            name: stringify!($name),
            signature: concat!("(", $(letter!($parameter),)* ")", $(letter!($result))?),
            native: {
                unsafe extern "C" fn native(exec_env: *mut ffi::ExecEnv, cells: *mut u64) {
                    const COUNT: usize = <[&str]>::len(&[$(stringify!($parameter)),*]);
                    // SAFETY: WAMR calls this with a cell for each parameter of the signature above.
                    let (mut caller, cells) = unsafe { (Caller::new(exec_env), slice::from_raw_parts_mut(cells, COUNT.max(1))) };
                    let mut parameters = cells[..COUNT].to_vec().into_iter();
                    // SAFETY: every instance that links this list has a guest as its data, and no other function of it runs.
                    let guest = unsafe { Place::running(caller.data()) };
                    let result = guest.and_then(|guest| guest.serve(&mut caller, async |ctx, memory, clock| {
                        let _ = &mut parameters;
                        Ok(Word::from(call!($kind $name clock (ctx, memory, $(parameters.next().unwrap_or_default() as $parameter),*))?).0)
                    }));
                    if let Some(word) = result {
                        cells[0] = u64::from(word.cast_unsigned());
                    }
                }
                native
            },
        }),*];
    };
}

/// How a function is called: `sync` and `wait` are those of `wasmtime-wasi`, `ours` replaces one.
macro_rules! call {
    (sync $name:ident $clock:ident ($($argument:expr),* $(,)?)) => {{
        let _ = $clock;
        wasi::$name($($argument),*)
    }};
    (wait $name:ident $clock:ident ($($argument:expr),* $(,)?)) => {{
        let _ = $clock;
        wasi::$name($($argument),*).await
    }};
    (ours $name:ident $clock:ident ($($argument:expr),* $(,)?)) => {
        $name::$name($clock, $($argument),*).await
    };
}

functions! {
    sync args_get(i32 i32) -> i32;
    sync args_sizes_get(i32 i32) -> i32;
    sync environ_get(i32 i32) -> i32;
    sync environ_sizes_get(i32 i32) -> i32;
    sync clock_res_get(i32 i32) -> i32;
    sync clock_time_get(i32 i64 i32) -> i32;
    wait fd_advise(i32 i64 i64 i32) -> i32;
    sync fd_allocate(i32 i64 i64) -> i32;
    wait fd_close(i32) -> i32;
    wait fd_datasync(i32) -> i32;
    wait fd_fdstat_get(i32 i32) -> i32;
    sync fd_fdstat_set_flags(i32 i32) -> i32;
    sync fd_fdstat_set_rights(i32 i64 i64) -> i32;
    wait fd_filestat_get(i32 i32) -> i32;
    wait fd_filestat_set_size(i32 i64) -> i32;
    wait fd_filestat_set_times(i32 i64 i64 i32) -> i32;
    wait fd_pread(i32 i32 i32 i64 i32) -> i32;
    sync fd_prestat_get(i32 i32) -> i32;
    sync fd_prestat_dir_name(i32 i32 i32) -> i32;
    wait fd_pwrite(i32 i32 i32 i64 i32) -> i32;
    wait fd_read(i32 i32 i32 i32) -> i32;
    wait fd_readdir(i32 i32 i32 i64 i32) -> i32;
    wait fd_renumber(i32 i32) -> i32;
    wait fd_seek(i32 i64 i32 i32) -> i32;
    wait fd_sync(i32) -> i32;
    sync fd_tell(i32 i32) -> i32;
    wait fd_write(i32 i32 i32 i32) -> i32;
    wait path_create_directory(i32 i32 i32) -> i32;
    wait path_filestat_get(i32 i32 i32 i32 i32) -> i32;
    wait path_filestat_set_times(i32 i32 i32 i32 i64 i64 i32) -> i32;
    wait path_link(i32 i32 i32 i32 i32 i32 i32) -> i32;
    wait path_open(i32 i32 i32 i32 i32 i64 i64 i32 i32) -> i32;
    wait path_readlink(i32 i32 i32 i32 i32 i32) -> i32;
    wait path_remove_directory(i32 i32 i32) -> i32;
    wait path_rename(i32 i32 i32 i32 i32 i32) -> i32;
    wait path_symlink(i32 i32 i32 i32 i32) -> i32;
    wait path_unlink_file(i32 i32 i32) -> i32;
    ours poll_oneoff(i32 i32 i32 i32) -> i32;
    sync proc_exit(i32);
    sync proc_raise(i32) -> i32;
    sync sched_yield() -> i32;
    sync random_get(i32 i32) -> i32;
    sync sock_accept(i32 i32 i32) -> i32;
    sync sock_recv(i32 i32 i32 i32 i32 i32) -> i32;
    sync sock_send(i32 i32 i32 i32 i32) -> i32;
    sync sock_shutdown(i32 i32) -> i32;
}

/// What a function gives back: an error number, or nothing.
struct Word(i32);

impl From<i32> for Word {
    fn from(word: i32) -> Word {
        Word(word)
    }
}

impl From<()> for Word {
    fn from((): ()) -> Word {
        Word(0)
    }
}
