/*
 * WAMR's compiler makes its check whether a guest is to end for memories that threads share alone: nobody else could tell it to. This host can,
 * from the thread that watches the time. In this build, which is without shared memory, the check is all that becomes of the mark: so the memory
 * has it while its module is compiled.
 */
#include "endable.h"

#include "aot_compiler.h"

#if WASM_ENABLE_SHARED_MEMORY != 0
#error "with shared memory the mark means more: see check_suspend_flags in WAMR's aot_emit_control.c"
#endif

bool
compile_endable(AOTCompData *data, AOTCompContext *context)
{
    const uint8 shared = 2;
    bool done;

    data->memories[0].flags |= shared;
    done = aot_compile_wasm(context);
    data->memories[0].flags &= (uint8)~shared;
    return done;
}
