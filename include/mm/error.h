/* Errors: every function that can fail returns a code and fills the caller's mm_error. */
#ifndef MM_ERROR_H
#define MM_ERROR_H

#include <stdbool.h>

typedef enum mm_code {
    MM_OK = 0,
    MM_SYNTAX,          /* text that does not parse: a schema, a registry */
    MM_INVALID,         /* a value that cannot be accepted, named in the message */
    MM_NOT_FOUND,       /* a view set, retirement or file that nobody knows */
    MM_CONNECTION,      /* no connection, or it was lost */
    MM_QUERY,           /* the server refused a statement; sqlstate says why */
    MM_TIMEOUT,         /* a statement or a lock took longer than allowed */
    MM_RIGHTS,          /* the role lacks a right */
    MM_NOT_A_LAKE,      /* the database holds no micromegas catalog, or two */
    MM_NEWER_CATALOG,   /* the catalog is newer than this version of mm: read-only */
    MM_NOT_INITIALIZED, /* the schema mmadmin is missing or of another version */
    MM_REFUSED,         /* a guard said no */
    MM_CONFLICT,        /* what was planned is not so any more */
    MM_CANCELLED,       /* interrupted by the user */
    MM_IO,              /* a file could not be read or written */
    MM_MEMORY,
    MM_CODE_COUNT
} mm_code;

/* What became of the transaction in which an error happened. */
typedef enum mm_outcome { MM_ABORTED = 0, MM_COMMITTED, MM_UNKNOWN } mm_outcome;

#define MM_CHECK __attribute__((warn_unused_result))
#define MM_PRINTF(text, first) __attribute__((format(printf, text, first)))

/* Fixed buffers, nothing to free. Zeroed means no error. Texts are cut at the end of a UTF-8
 * character. */
typedef struct mm_error {
    mm_code code;
    mm_outcome outcome;
    char sqlstate[6];
    char message[512];
    char detail[512];
    char hint[512];
} mm_error;

/* Sets code and message and returns the code. The first error wins: a second changes nothing. */
mm_code mm_error_set(mm_error *err, mm_code code, const char *format, ...) MM_PRINTF(3, 4);

/* Adds to an error already set. */
void mm_error_detail(mm_error *err, const char *format, ...) MM_PRINTF(2, 3);
void mm_error_hint(mm_error *err, const char *format, ...) MM_PRINTF(2, 3);

/* The code as Lua and HTTP know it: "syntax", "not_found", ... Never NULL. */
const char *mm_code_name(mm_code code);

#endif
