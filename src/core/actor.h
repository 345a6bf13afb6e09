/* Who acts, as the audit has it: what mm knows of itself, beside what the server knows. */
#ifndef MM_CORE_ACTOR_H
#define MM_CORE_ACTOR_H

#include "mm/error.h"

/* What mm was told of who acts; NULL where it was not. */
typedef struct mm_actor {
    char *script;    /* the path of the file that runs */
    char *principal; /* for whom a server acts */
    char *request;   /* the id of what was asked of it */
} mm_actor;

/* {"program", "user", "host", "script", "script_sha256", "principal", "request"} as JSON. The
 * caller frees `out`. Errors: MEMORY. */
mm_code mm_actor_json(const mm_actor *actor, char **out, mm_error *err) MM_CHECK;

#endif
