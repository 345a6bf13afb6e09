/* JSON text, written to a stream. */
#ifndef MM_CORE_JSON_H
#define MM_CORE_JSON_H

#include <stddef.h>
#include <stdio.h>

/* `data`, which is UTF-8, in quotes. */
void mm_json_write_text(FILE *file, const char *data, size_t length);

#endif
