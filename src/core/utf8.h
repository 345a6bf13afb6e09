/* UTF-8 as PostgreSQL accepts it: no overlong forms, no surrogates, nothing beyond U+10FFFF. */
#ifndef MM_CORE_UTF8_H
#define MM_CORE_UTF8_H

#include <stdbool.h>
#include <stddef.h>

/* Counts the characters of `text`; false, and `characters` untouched, when it is not UTF-8. */
bool mm_utf8_count(const char *text, size_t length, size_t *characters);

#endif
