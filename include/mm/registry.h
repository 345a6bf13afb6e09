/* The registry: view sets with the schema hash a server writes for them today, and who says so. */
#ifndef MM_REGISTRY_H
#define MM_REGISTRY_H

#include "mm/error.h"

#include <stddef.h>
#include <stdint.h>

/* An immutable set of view sets, sorted by the bytes of their names. */
typedef struct mm_registry mm_registry;

/* Any bytes; `data` NULL means none. */
typedef struct mm_text {
    const char *data;
    size_t length;
} mm_text;

/* A view set as somebody tells it, not checked yet. */
typedef struct mm_registry_row {
    mm_text view_set_name;
    mm_text current_schema_hash; /* hexadecimal; none: computed from `schema` as `arrow` does */
    mm_text schema;              /* as a server prints it; none: not known */
    mm_text source;              /* who says so: "release 0.33", the name of a file */
    int arrow;                   /* major version; 0: not told */
    bool has_view_maker;
    bool global_instance_available;
} mm_registry_row;

/* Characters of a name, bytes of a hash. Upstream writes hashes of 1 (version constants) or 8
 * bytes. */
enum { MM_VIEW_SET_NAME_MAX = 255, MM_HASH_MAX = 255 };

/* A view set as the registry keeps it, for as long as the registry lives. */
typedef struct mm_view_set {
    const char *view_set_name;
    const char *schema; /* NULL: not known */
    const char *source;
    const char *hash_hex;
    const uint8_t *hash;
    size_t hash_length;
    bool has_view_maker;
    bool global_instance_available;
} mm_view_set;

/* What is doubtful about a view set. */
typedef struct mm_finding {
    const char *code; /* "schema_does_not_parse", "hash_contradicts_schema", "rests_on_release" */
    const char *hint;
    char message[512];
} mm_finding;

enum { MM_VIEW_SET_FINDINGS = 2 };

/* Checks and copies the rows; the caller frees `out`. Errors: INVALID (which row, counted from 1,
 * and what is wrong: an empty, repeated or overlong name, bad hexadecimal, a NUL byte, not UTF-8,
 * no hash and no way to compute it), SYNTAX (of a schema whose hash was to be computed), MEMORY. */
mm_code mm_registry_new(const mm_registry_row *rows, size_t count, mm_registry **out,
                        mm_error *err) MM_CHECK;
void mm_registry_free(mm_registry *registry);

/* The view sets of both; where both know one, that of `over`. Errors: MEMORY. */
mm_code mm_registry_merge(const mm_registry *base, const mm_registry *over, mm_registry **out,
                          mm_error *err) MM_CHECK;

size_t mm_registry_count(const mm_registry *registry);
const mm_view_set *mm_registry_at(const mm_registry *registry, size_t index);
const mm_view_set *mm_registry_find(const mm_registry *registry, const char *name); /* or NULL */

/* Fills the first `count` of `out`. Errors: MEMORY. */
mm_code mm_view_set_findings(const mm_view_set *view_set, mm_finding out[MM_VIEW_SET_FINDINGS],
                             size_t *count, mm_error *err) MM_CHECK;

#endif
