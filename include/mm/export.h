/* Partitions as text files, for millions of them. */
#ifndef MM_EXPORT_H
#define MM_EXPORT_H

#include "mm/lake.h"

#include <stdio.h>

typedef enum mm_format { MM_CSV, MM_JSONL } mm_format;

enum { MM_EXPORT_PARAMS = 7 };

/* Writes the partitions that `params` choose (the first seven of partitions.sql) to `file`, in
 * pages, so that neither memory nor the lake's locks depend on how many they are or how fast the
 * reader is. CSV as RFC 4180 with a header, null is empty; JSON lines leave null out. Errors: IO,
 * as mm_lake_select. */
mm_code mm_export_partitions(mm_lake *lake, const char *const params[MM_EXPORT_PARAMS],
                             mm_format format, FILE *file, int64_t *partitions,
                             mm_error *err) MM_CHECK;

/* The same to the file `path`, which appears only when it is complete; a device or a pipe is
 * written to, and "-" is standard output. */
mm_code mm_export_partitions_to(mm_lake *lake, const char *const params[MM_EXPORT_PARAMS],
                                mm_format format, const char *path, int64_t *partitions,
                                mm_error *err) MM_CHECK;

#endif
