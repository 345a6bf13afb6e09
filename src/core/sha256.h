/* SHA-256, by OpenSSL. */
#ifndef MM_CORE_SHA256_H
#define MM_CORE_SHA256_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { MM_SHA256_BYTES = 32 };

/* Of two pieces, one behind the other. False when OpenSSL has no memory. */
bool mm_sha256(const void *first, size_t first_length, const void *second, size_t second_length,
               uint8_t out[MM_SHA256_BYTES]);

/* Of the file at `path`. False when it cannot be read, or is no regular file. */
bool mm_sha256_file(const char *path, uint8_t out[MM_SHA256_BYTES]);

#endif
