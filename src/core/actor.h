/* Who acts, as the audit has it: what mm knows of itself, beside what the server knows. */
#ifndef MM_CORE_ACTOR_H
#define MM_CORE_ACTOR_H

#include "mm/error.h"

/* {"user", "host", "program", "script", "script_sha256"} as JSON; `script` is the path of the file
 * that runs, or NULL. The caller frees `out`. Errors: MEMORY. */
mm_code mm_actor_json(const char *script, char **out, mm_error *err) MM_CHECK;

#endif
