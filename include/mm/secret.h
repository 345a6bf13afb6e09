/* Secrets: made, and hashed, so that nobody else need know them. */
#ifndef MM_SECRET_H
#define MM_SECRET_H

#include "mm/error.h"

#include <stddef.h>

enum { MM_SECRET_HASH_BYTES = 65, MM_SECRET_MAX_BYTES = 64 };

/* `bytes` (at most MM_SECRET_MAX_BYTES) that nobody can guess, in hex: `out` has room for
 * 2 * bytes + 1. Errors: IO (the system gives no random numbers), INVALID. */
mm_code mm_secret_random(size_t bytes, char *out, mm_error *err) MM_CHECK;

/* The SHA-256 of a text, in hex. Errors: MEMORY. */
mm_code mm_secret_hash(const char *text, size_t length, char out[MM_SECRET_HASH_BYTES],
                       mm_error *err) MM_CHECK;

#endif
