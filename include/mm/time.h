/* Times: PostgreSQL's int64, microseconds since 2000-01-01 00:00 UTC, with its two infinities. */
#ifndef MM_TIME_H
#define MM_TIME_H

#include <stdint.h>

#define MM_TIME_INFINITY INT64_MAX
#define MM_TIME_MINUS_INFINITY INT64_MIN

enum { MM_TIME_TEXT_BYTES = 64 };

/* RFC 3339 in UTC with microseconds, "infinity", "-infinity". Years beyond 9999 have more digits
 * and those before 1 end in " BC", as PostgreSQL reads them. */
void mm_time_format(int64_t time_us, char out[MM_TIME_TEXT_BYTES]);

#endif
