//! The only `#[global_allocator]` of the workspace: one cargo feature per allocator, none for what the target gives.
//!
//! A program takes its allocator from here with `use agent_allocator as _;` and one feature:
//!
//! | feature | allocator | works on |
//! |---|---|---|
//! | none, or `default` | what the target gives (wasi-libc's dlmalloc on WASI) | every target |
//! | `dlmalloc` | the crate `dlmalloc`, `GlobalDlmalloc` | wasm, Unix, Windows |
//! | `rlsf` | `SmallGlobalTlsf`: two-level segregated fit, its form for small code | wasm32, Unix |
//! | `talc` | `WasmDynamicTalc`: grows the memory and extends its heap | wasm without threads |
//! | `lol` | `lol_alloc`'s free list: first fit, merges neighbours, slow when fragmented | wasm32 without threads |
//! | `leak` | `lol_alloc`'s bump pointer: **never frees**, for one-shot programs only | wasm32 without threads |
//!
//! Two features say what kind of program it is. With `c-heap` a chosen allocator serves C as well as Rust on WASI: each program with std needs
//! it, see `src/wasi.rs` for why nothing less works on wasm32-wasip2. With `libc` a program without std gets the C library's heap where
//! it chooses no allocator; one with std has that already.
//!
//! With `alloc-tracing` every call is counted, whatever the allocator, and the first are recorded: see `src/trace.rs`. It is for measuring only.
//!
//! Two at once, or one that cannot work on the target, does not compile, and the error says what to do.
//! With no feature this crate is empty: it adds no bytes to a program. With one it adds the few that `src/wasi.rs` has.

#![no_std]

/// The id of the allocator that was compiled in: the name of its feature, or `default`.
pub const NAME: &str = cfg_select! {
    feature = "dlmalloc" => "dlmalloc",
    feature = "talc" => "talc",
    feature = "rlsf" => "rlsf",
    feature = "lol" => "lol",
    feature = "leak" => "leak",
    _ => "default",
};

/// Fails the build once for each pair of features that are both on.
macro_rules! one_of {
    ($first:tt $($other:tt)*) => {
        $(
            #[cfg(all(feature = $first, feature = $other))]
            compile_error!(concat!(
                "agent-allocator: the features `", $first, "` and `", $other,
                "` are both on, and a program has one global allocator: keep one of them"
            ));
        )*
        one_of!($($other)*);
    };
    () => {};
}

one_of!("dlmalloc" "talc" "rlsf" "lol" "leak");

#[cfg(all(
    target_os = "wasi",
    feature = "c-heap",
    any(feature = "dlmalloc", feature = "talc", feature = "rlsf", feature = "lol", feature = "leak")
))]
mod wasi;

#[cfg(all(
    target_os = "wasi",
    feature = "libc",
    not(any(feature = "dlmalloc", feature = "talc", feature = "rlsf", feature = "lol", feature = "leak"))
))]
mod libc;

#[cfg(feature = "alloc-tracing")]
mod trace;
#[cfg(feature = "alloc-tracing")]
pub use trace::{
    CLASSES as CLASS_COUNT, Header as TraceHeader, MAGIC as LOG_MAGIC, Pause, RECORDS as RECORD_CAPACITY, Stats,
    VERSION as LOG_VERSION, agent_alloc_stats, log, pause, stats,
};

/// Makes `$allocator` the allocator of the program.
#[cfg(not(feature = "alloc-tracing"))]
#[allow(unused_macros, reason = "without a feature there is none to make")]
macro_rules! global {
    ($type:ty = $allocator:expr) => {
        #[cfg(all(target_os = "wasi", feature = "c-heap"))]
        #[global_allocator]
        static ALLOCATOR: wasi::OneHeap<$type> = wasi::OneHeap::new($allocator);

        #[cfg(not(all(target_os = "wasi", feature = "c-heap")))]
        #[global_allocator]
        static ALLOCATOR: $type = $allocator;
    };
}

/// Makes `$allocator` the allocator of the program, counted. With `c-heap` what C asks for goes the same way, and the headers are not counted.
#[cfg(feature = "alloc-tracing")]
#[allow(unused_macros, reason = "without a feature there is none to make")]
macro_rules! global {
    ($type:ty = $allocator:expr) => {
        #[cfg(all(target_os = "wasi", feature = "c-heap"))]
        #[global_allocator]
        static ALLOCATOR: trace::Traced<wasi::OneHeap<$type>> =
            trace::Traced::with_layouts(wasi::OneHeap::new($allocator), wasi::layout_of);

        #[cfg(not(all(target_os = "wasi", feature = "c-heap")))]
        #[global_allocator]
        static ALLOCATOR: trace::Traced<$type> = trace::Traced::new($allocator);
    };
}

// The first match only, so that a build with two features reports the pair above and not a second static as well.
cfg_select! {
    feature = "dlmalloc" => {
        global!(dlmalloc::GlobalDlmalloc = dlmalloc::GlobalDlmalloc);
    }

    all(feature = "talc", target_family = "wasm", not(target_feature = "atomics")) => {
        global!(talc::wasm::WasmDynamicTalc = talc::wasm::new_wasm_dynamic_allocator());
    }
    feature = "talc" => {
        compile_error!(
            "agent-allocator: `talc` is used in its WebAssembly form, which grows linear memory and works only on wasm without threads: \
             on this target use `dlmalloc`, `rlsf` or no feature"
        );
    }

    all(feature = "rlsf", any(unix, all(target_arch = "wasm32", not(target_feature = "atomics")))) => {
        global!(rlsf::SmallGlobalTlsf = rlsf::SmallGlobalTlsf::new());
    }
    feature = "rlsf" => {
        compile_error!(
            "agent-allocator: `rlsf` works only on Unix and on wasm32 without threads: on this target use `dlmalloc` or no feature"
        );
    }

    all(feature = "lol", target_arch = "wasm32", not(target_feature = "atomics")) => {
        global!(
            lol_alloc::AssumeSingleThreaded<lol_alloc::FreeListAllocator> =
                // SAFETY: this is wasm32 without the `atomics` feature, where a program has one thread.
                unsafe { lol_alloc::AssumeSingleThreaded::new(lol_alloc::FreeListAllocator::new()) }
        );
    }
    feature = "lol" => {
        compile_error!(
            "agent-allocator: `lol` grows WebAssembly memory and works only on wasm32 without threads: \
             on this target use `dlmalloc`, `rlsf` or no feature"
        );
    }

    all(feature = "leak", target_arch = "wasm32", not(target_feature = "atomics")) => {
        global!(
            lol_alloc::AssumeSingleThreaded<lol_alloc::LeakingAllocator> =
                // SAFETY: this is wasm32 without the `atomics` feature, where a program has one thread.
                unsafe { lol_alloc::AssumeSingleThreaded::new(lol_alloc::LeakingAllocator::new()) }
        );
    }
    feature = "leak" => {
        compile_error!(
            "agent-allocator: `leak` grows WebAssembly memory and works only on wasm32 without threads: \
             on this target use `dlmalloc`, `rlsf` or no feature"
        );
    }

    // `src/libc.rs` has it.
    all(feature = "alloc-tracing", target_os = "wasi", feature = "libc") => {}
    feature = "alloc-tracing" => {
        // What the target gives is std's; a program without std has to choose one, or the feature `libc`.
        extern crate std;

        // Never `OneHeap`: C's heap is below this one, and its calls are not seen.
        #[global_allocator]
        static ALLOCATOR: trace::Traced<std::alloc::System> = trace::Traced::new(std::alloc::System);
    }

    _ => {}
}
