/*
 * runner-wamr-compile INPUT.wasm OUTPUT.aot: compiles a core module ahead of time with WAMR's LLVM compiler.
 *
 * The code that it makes checks every access to memory and the stack by itself, and looks at loops and calls whether it is to end: the
 * runtime that loads it (xtask/runner/wamr-aot) installs no signal handlers and stops a guest that takes too long. It is made for the plain
 * architecture, not for this very processor, so that the same module gives the same file on every machine of a kind.
 *
 * Exit codes: 0 written, 1 the module cannot be compiled or the file not written, 2 usage. Errors are one line on stderr.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "aot_export.h"
#include "wasm_export.h"

#include "endable.h"

#if defined(__x86_64__)
static char target_arch[] = "x86_64";
static char target_cpu[] = "x86-64";
#elif defined(__aarch64__)
static char target_arch[] = "aarch64v8";
static char target_cpu[] = "generic";
#else
#error "no name of this architecture is known: see check_target_arch in WAMR's aot_llvm.c"
#endif

/* What xtask says about the module (xtask/src/shell/wamr/aot.rs), for the runtime to read. */
static char *custom_sections[] = { "runner-wamr" };

static int
fail(const char *step, const char *path, const char *reason)
{
    fprintf(stderr, "error: cannot %s %s: %s\n", step, path, reason);
    return 1;
}

/* The whole file in memory that the caller frees, or NULL. */
static uint8_t *
read_file(const char *path, uint32_t *size)
{
    FILE *file = fopen(path, "rb");
    uint8_t *bytes = NULL;
    long length;

    if (!file)
        return NULL;
    if (!fseek(file, 0, SEEK_END) && (length = ftell(file)) > 0 && (unsigned long)length < UINT32_MAX
        && !fseek(file, 0, SEEK_SET) && (bytes = malloc((size_t)length))) {
        *size = (uint32_t)length;
        if (fread(bytes, 1, *size, file) != *size) {
            free(bytes);
            bytes = NULL;
        }
    }
    fclose(file);
    return bytes;
}

static void
set_options(AOTCompOption *option)
{
    memset(option, 0, sizeof(*option));
    option->target_arch = target_arch;
    option->target_cpu = target_cpu;
    option->opt_level = 3;
    option->size_level = 3;
    option->output_format = AOT_FORMAT_FILE;
    option->bounds_checks = 1;
    option->stack_bounds_checks = 1;
    option->enable_bulk_memory = true;
    option->enable_bulk_memory_opt = true;
    option->enable_ref_types = true;
    option->enable_call_indirect_overlong = true;
    option->enable_aux_stack_check = true;
    option->enable_thread_mgr = true;
    option->custom_sections = custom_sections;
    option->custom_sections_count = sizeof(custom_sections) / sizeof(custom_sections[0]);
    aot_call_stack_features_init_default(&option->call_stack_features);
}

static int
compile(wasm_module_t module, const char *input, const char *output)
{
    AOTCompOption option;
    aot_comp_data_t data = NULL;
    aot_comp_context_t context = NULL;
    int code = 0;

    set_options(&option);
    if (!(data = aot_create_comp_data(module, target_arch, false))
        || !(context = aot_create_comp_context(data, &option)) || !compile_endable(data, context))
        code = fail("compile", input, aot_get_last_error());
    else if (!aot_emit_aot_file(context, data, output))
        code = fail("write", output, aot_get_last_error());
    if (context)
        aot_destroy_comp_context(context);
    if (data)
        aot_destroy_comp_data(data);
    return code;
}

int
main(int argc, char *argv[])
{
    RuntimeInitArgs args;
    wasm_module_t module;
    char reason[256] = { 0 };
    uint8_t *bytes;
    uint32_t size = 0;
    int code;

    if (argc != 3) {
        fprintf(stderr, "usage: runner-wamr-compile INPUT.wasm OUTPUT.aot\n");
        return 2;
    }
    memset(&args, 0, sizeof(args));
    args.mem_alloc_type = Alloc_With_System_Allocator;
    if (!wasm_runtime_full_init(&args) || !aot_compiler_init())
        return fail("start", "the compiler", "WAMR or LLVM does not initialize");
    /* Imports are linked where the file is run: that they are not here is nothing to warn of. */
    wasm_runtime_set_log_level(WASM_LOG_LEVEL_ERROR);
    if (!(bytes = read_file(argv[1], &size)))
        return fail("read", argv[1], "no such file, empty, or not readable");
    if (!(module = wasm_runtime_load(bytes, size, reason, sizeof(reason)))) {
        code = fail("load", argv[1], reason);
    }
    else {
        code = compile(module, argv[1], argv[2]);
        wasm_runtime_unload(module);
    }
    free(bytes);
    aot_compiler_destroy();
    wasm_runtime_destroy();
    return code;
}
