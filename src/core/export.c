#include "mm/export.h"

#include "export_rows.h"
#include "mm/time.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { PAGE = 50000, CURSOR = 7, LIMIT = 11, PARAMS = 12, CURSOR_PARTS = 4, PATH_BYTES = 4096 };

struct mm_export {
    mm_format format;
    FILE *file;
    char path[PATH_BYTES + 1], unfinished[PATH_BYTES + 8]; /* where it is written, until complete */
    char *chosen[MM_EXPORT_PARAMS];
    const char *params[PARAMS];
    char begin[MM_TIME_TEXT_BYTES];
    mm_result *page; /* has the texts that the cursor points to */
    bool is_last_pass;
    int64_t pages, partitions;
};

/* Where the page ended: view set, instance and begin are the first three columns; a null one stays
 * null. Texts stay the page's. */
static void move_cursor(mm_export *export)
{
    static const int offsets[CURSOR_PARTS] = {0, 1, 2, -1};
    int64_t last = mm_result_rows(export->page) - 1;

    for (int i = 0; i < CURSOR_PARTS; i++) {
        int column = offsets[i] < 0 ? mm_result_columns(export->page) - 1 : offsets[i];
        mm_value value = mm_result_value(export->page, last, column);
        if (value.kind == MM_TIME)
            mm_time_format(value.as.integer, export->begin);
        export->params[CURSOR + i] = value.kind == MM_NULL   ? NULL
                                     : value.kind == MM_TIME ? export->begin
                                                             : value.as.bytes.data;
    }
}

static mm_code write_error(const mm_export *export, mm_error *err)
{
    mm_error_set(err, MM_IO, "cannot write the partitions: %s", strerror(errno));
    if (export->path[0])
        mm_error_detail(err, "file %s", export->unfinished[0] ? export->unfinished : export->path);
    return MM_IO;
}

static mm_code path_error(const char *path, mm_error *err)
{
    return mm_error_set(err, MM_IO, "cannot write %s: %s", path, strerror(errno));
}

/* A device or a pipe must not be replaced by a file. */
static bool is_special(const char *path)
{
    struct stat status;

    return !stat(path, &status) && !S_ISREG(status.st_mode);
}

static mm_code open_file(mm_export *export, const char *path, mm_error *err)
{
    export->file = stdout;
    if (!strcmp(path, "-"))
        return MM_OK;
    memcpy(export->path, path, strlen(path) + 1);
    if (!is_special(path))
        snprintf(export->unfinished, sizeof export->unfinished, "%s.part", path);
    const char *written = export->unfinished[0] ? export->unfinished : path;
    export->file = fopen(written, "w");
    if (export->file)
        return MM_OK;
    (void)path_error(written, err);
    export->unfinished[0] = '\0'; /* whatever is there is not ours */
    return MM_IO;
}

static bool copy_params(mm_export *export, const char *const params[MM_EXPORT_PARAMS])
{
    for (int i = 0; i < MM_EXPORT_PARAMS; i++) {
        export->chosen[i] = params[i] ? strdup(params[i]) : NULL;
        export->params[i] = export->chosen[i];
        if (params[i] && !export->chosen[i])
            return false;
    }
    export->params[LIMIT] = "50000"; /* PAGE */
    return true;
}

mm_code mm_export_begin(const char *const params[MM_EXPORT_PARAMS], mm_format format,
                        const char *path, mm_export **out, mm_error *err)
{
    if (strlen(path) > PATH_BYTES)
        return mm_error_set(err, MM_INVALID, "the path is too long");
    mm_export *export = calloc(1, sizeof *export);
    mm_code code = MM_OK;

    if (!export || !copy_params(export, params))
        code = mm_error_set(err, MM_MEMORY, "out of memory");
    else
        code = open_file(export, path, err);
    if (code) {
        mm_export_free(export);
        return code;
    }
    export->format = format;
    *out = export;
    return MM_OK;
}

static mm_code close_file(mm_export *export, mm_error *err)
{
    FILE *file = export->file;

    export->file = NULL;
    return file != stdout && fclose(file) ? path_error(export->path, err) : MM_OK;
}

static mm_code complete(mm_export *export, mm_error *err)
{
    if (fflush(export->file))
        return write_error(export, err);
    mm_code code = close_file(export, err);
    if (code || !export->unfinished[0])
        return code;
    if (rename(export->unfinished, export->path))
        return path_error(export->path, err);
    export->unfinished[0] = '\0';
    return MM_OK;
}

/* Rows with a null in the key come in a pass of their own, after all others. */
static bool move_on(mm_export *export)
{
    if (mm_result_rows(export->page) == PAGE) {
        move_cursor(export);
        return true;
    }
    for (int i = CURSOR; i < CURSOR + CURSOR_PARTS; i++)
        export->params[i] = NULL;
    bool was_last = export->is_last_pass;
    export->is_last_pass = true;
    return !was_last;
}

mm_code mm_export_page(mm_export *export, mm_lake *lake, int64_t *partitions, bool *is_complete,
                       mm_error *err)
{
    mm_result *page = NULL;
    mm_code code = mm_lake_select(lake, "partitions", export->is_last_pass ? "nulls" : NULL,
                                  export->params, PARAMS, &page, err);

    if (code)
        return code;
    mm_result_free(export->page);
    export->page = page;
    mm_export_write(export->file, page, export->format, export->pages++ == 0);
    export->partitions += mm_result_rows(page);
    if (ferror(export->file))
        return write_error(export, err);
    bool is_done = !move_on(export);
    if (is_done && (code = complete(export, err)) != MM_OK)
        return code;
    *partitions = export->partitions;
    *is_complete = is_done;
    return MM_OK;
}

void mm_export_free(mm_export *export)
{
    mm_error ignored = {0};

    if (!export)
        return;
    if (export->file)
        (void)!close_file(export, &ignored);
    if (export->unfinished[0])
        (void)remove(export->unfinished);
    mm_result_free(export->page);
    for (int i = 0; i < MM_EXPORT_PARAMS; i++)
        free(export->chosen[i]);
    free(export);
}
