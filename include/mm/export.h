/* Partitions as text files, for millions of them. */
#ifndef MM_EXPORT_H
#define MM_EXPORT_H

#include "mm/lake.h"

#include <stdio.h>

typedef enum mm_format { MM_CSV, MM_JSONL } mm_format;

enum { MM_EXPORT_PARAMS = 7 };

/* An export that has begun: what it writes to, and how far it came. */
typedef struct mm_export mm_export;

/* Begins to write the partitions that `params` choose (the first seven of partitions.sql) to the
 * file `path`, which appears only when it is complete; a device or a pipe is written to, and "-" is
 * standard output. CSV as RFC 4180 with a header, null is empty; JSON lines leave null out.
 * Errors: IO, INVALID, MEMORY. */
mm_code mm_export_begin(const char *const params[MM_EXPORT_PARAMS], mm_format format,
                        const char *path, mm_export **out, mm_error *err) MM_CHECK;

/* Writes the next page, so that neither memory nor the lake's locks depend on how many they are or
 * how fast the reader is. `partitions` is how many there were so far; after the last page the file
 * is in its place and `is_complete` is set. After an error the export can only be freed. Errors:
 * IO, as mm_lake_select. */
mm_code mm_export_page(mm_export *export, mm_lake *lake, int64_t *partitions, bool *is_complete,
                       mm_error *err) MM_CHECK;

/* Ends it; what is not complete is gone. */
void mm_export_free(mm_export *export);

#endif
