/* The statements of src/sql/, embedded at build. */
#ifndef MM_SQL_H
#define MM_SQL_H

#include "mm/error.h"

#include <stddef.h>

typedef struct mm_sql {
    const char *name; /* the file's, without .sql */
    const char *text;
} mm_sql;

extern const mm_sql mm_sql_files[]; /* sorted by name */
extern const size_t mm_sql_count;

/* The statement `name`, with the conditional lines that `features` (names between spaces, " a b ")
 * decide; " -a " takes one back: code  -- if X          stays when X is there       -- unless X:
 * code   becomes code when X is missing code  -- unless X      stays when X is missing     -- if X:
 * code       becomes code when X is there The caller frees `out`. Errors: INVALID (no such
 * statement), MEMORY. */
mm_code mm_sql_expand(const char *name, const char *features, char **out, mm_error *err) MM_CHECK;

/* How many parameters an expanded statement has: the highest n of its $n. */
int mm_sql_params(const char *text);

#endif
