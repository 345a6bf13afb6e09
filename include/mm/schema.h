/* Arrow schemas: the text a query server prints for one, and the hash micromegas stores for it. */
#ifndef MM_SCHEMA_H
#define MM_SCHEMA_H

#include "mm/error.h"

#include <stddef.h>
#include <stdint.h>

/* Never changes once parsed, so it may be read from several threads. */
typedef struct mm_schema mm_schema;
typedef struct schema_node mm_field;

enum { MM_SCHEMA_HASH_BYTES = 8 };

/* Major versions of arrow whose text and hashes are known, and the one micromegas 0.33 is built
 * with. */
enum { MM_ARROW_OLDEST = 55, MM_ARROW_NEWEST = 60, MM_ARROW_CURRENT = 59 };

/* Parses the Debug text of an Arrow schema as arrow 55 to 60 print it: all members of a field or
 * only those that are not the default, in their order. `text` may hold any bytes and need not end
 * with NUL. The caller frees `out`. Errors: SYNTAX (at which byte, counted from 1, what was
 * expected, what is there), MEMORY. */
mm_code mm_schema_parse(const char *text, size_t length, mm_schema **out, mm_error *err) MM_CHECK;
void mm_schema_free(mm_schema *schema);

/* The text again, byte for byte as it was parsed, in a buffer the caller frees; a NUL follows it.
 * Errors: MEMORY. */
mm_code mm_schema_print(const mm_schema *schema, char **out, size_t *length,
                        mm_error *err) MM_CHECK;

/* SipHash-1-3 of the schema as micromegas built with that major version of arrow stores it: 56 gave
 * some data types other numbers, 60 changed what is hashed of metadata, and so every hash. Errors:
 * INVALID (an arrow that is not known; Decimal32 and Decimal64, which 55 does not have; an OpenSSL
 * without SipHash), MEMORY. */
mm_code mm_schema_hash(const mm_schema *schema, int arrow, uint8_t out[MM_SCHEMA_HASH_BYTES],
                       mm_error *err) MM_CHECK;

/* The fields of the schema itself, in order: the first after NULL, NULL after the last. They live
 * as long as it. */
const mm_field *mm_schema_next_field(const mm_schema *schema, const mm_field *field);

/* UTF-8, may hold NUL bytes and does not end with one. */
const char *mm_field_name(const mm_field *field, size_t *length);
bool mm_field_is_nullable(const mm_field *field);

/* The Debug text of the data type, as mm_schema_print. */
mm_code mm_field_print_type(const mm_field *field, char **out, size_t *length,
                            mm_error *err) MM_CHECK;

#endif
