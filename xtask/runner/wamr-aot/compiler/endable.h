/* Code that can be told to end. */
#ifndef ENDABLE_H
#define ENDABLE_H

#include <stdbool.h>

struct AOTCompData;
struct AOTCompContext;

/* As aot_compile_wasm, with a check at each loop and after each call whether the guest is to end. */
bool
compile_endable(struct AOTCompData *data, struct AOTCompContext *context);

#endif
