/* The audit: a chain of entries in mmadmin, each with the hash over the one before. */
#ifndef MM_AUDIT_H
#define MM_AUDIT_H

#include "mm/lake.h"

enum { MM_HASH_HEX_BYTES = 65 };

/* What was found. */
typedef struct mm_chain {
    int64_t entries;              /* that are right, up to the first that is not */
    int64_t head_seq;             /* of the last that was hashed again, 0 for none */
    char head[MM_HASH_HEX_BYTES]; /* its hash in hex */
    int64_t broken_seq;           /* the first entry that is wrong or missing; 0: none is */
    const char *why;              /* what is wrong with it, else NULL */
} mm_chain;

/* Hashes the whole chain again. `seq` and `hash` (hex, or the beginning of it) are a head that was
 * noted before, which must still stand there: only that shows that the chain was not cut or written
 * anew; 0 and NULL without one. A broken chain is no error. Errors: as mm_lake_check_state and
 * mm_db_run. */
mm_code mm_audit_verify(mm_lake *lake, int64_t seq, const char *hash, mm_chain *out,
                        mm_error *err) MM_CHECK;

/* Appends that something was refused: `retirement` (0: none), the reason given for it (or NULL),
 * and by what (JSON). Errors: as mm_lake_check_state and mm_db_run. */
mm_code mm_audit_refused(mm_lake *lake, int64_t retirement, const char *reason, const char *detail,
                         mm_error *err) MM_CHECK;

#endif
