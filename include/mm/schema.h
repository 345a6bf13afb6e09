/* Arrow schemas: the text a query server prints for one, and the hash micromegas stores for it. */
#ifndef MM_SCHEMA_H
#define MM_SCHEMA_H

#include "mm/error.h"

#include <stddef.h>
#include <stdint.h>

typedef struct mm_schema mm_schema;

enum { MM_SCHEMA_HASH_BYTES = 8 };

/* Parses the Debug text of an Arrow schema as arrow 55 to 59 print it (both field forms). The caller frees
 * `out`. Errors: SYNTAX (where, and what was expected), MEMORY. */
mm_code mm_schema_parse(const char *text, size_t length, mm_schema **out, mm_error *err) MM_CHECK;
void mm_schema_free(mm_schema *schema);

/* The text again, byte for byte as it was parsed, in a buffer the caller frees. Errors: MEMORY. */
mm_code mm_schema_print(const mm_schema *schema, char **out, size_t *length, mm_error *err) MM_CHECK;

/* SipHash-1-3 of the schema as release's DefaultHasher computes it, little-endian. `arrow` is the major version
 * whose numbering of data types counts: 55, or 56 and later. Errors: MEMORY, INVALID (arrow below 55). */
mm_code mm_schema_hash(const mm_schema *schema, int arrow, uint8_t out[MM_SCHEMA_HASH_BYTES], mm_error *err) MM_CHECK;

#endif
