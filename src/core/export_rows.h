/* Rows of partitions as text. */
#ifndef MM_CORE_EXPORT_ROWS_H
#define MM_CORE_EXPORT_ROWS_H

#include "mm/export.h"

/* The rows of a page, but for the last column: the row's address, which only the cursor needs. What
 * comes before the first row, the header of CSV, is written when it is the first page. */
void mm_export_write(FILE *file, const mm_result *page, mm_format format, bool is_first);

#endif
