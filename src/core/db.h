/* What the files of db share. */
#ifndef MM_CORE_DB_H
#define MM_CORE_DB_H

#include "mm/db.h"

#include <libpq-fe.h>

/* libpq's view of a connection text: URI parameters that only sqlx knows are translated or dropped, a single
 * word is a service. The caller frees `out`. Errors: MEMORY. */
mm_code mm_conninfo_normalize(const char *conninfo, char **out, mm_error *err) MM_CHECK;

#endif
