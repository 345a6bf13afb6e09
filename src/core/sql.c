#include "mm/sql.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A conditional line: what is left of it when its condition holds. */
typedef struct line {
    const char *start, *end; /* the code */
    const char *name;        /* of the feature, NULL where the line has no condition */
    size_t name_length;
    bool wanted; /* present, or absent */
} line;

static int compare_name(const void *key, const void *element)
{
    return strcmp(key, ((const mm_sql *)element)->name);
}

/* Reads "if NAME" or "unless NAME" at `text`; the byte after it, or NULL when there is none. */
static const char *read_condition(const char *text, const char *end, line *out)
{
    if (end - text > 3 && !memcmp(text, "if ", 3)) {
        out->wanted = true;
        text += 3;
    } else if (end - text > 7 && !memcmp(text, "unless ", 7)) {
        out->wanted = false;
        text += 7;
    } else
        return NULL;
    out->name = text;
    while (text < end && *text != ' ' && *text != ':')
        text++;
    out->name_length = (size_t)(text - out->name);
    return text;
}

static line read_line(const char *start, const char *end)
{
    line out = {.start = start, .end = end};
    const char *text = start;

    while (text < end && *text == ' ')
        text++;
    for (const char *mark = text; mark + 3 < end; mark++) {
        if (memcmp(mark, "-- ", 3))
            continue;
        const char *rest = read_condition(mark + 3, end, &out);
        if (mark == text && rest && rest < end && *rest == ':') {
            out.start = rest + 1;
            return out;
        }
        if (mark > text && rest == end) {
            out.end = mark;
            return out;
        }
        out.name = NULL;
        return out;
    }
    return out;
}

/* A feature taken back as " -name " counts as missing wherever it stands. */
static bool has_feature(const char *features, const char *name, size_t length)
{
    bool found = false;

    for (const char *at = features; (at = strchr(at, ' ')) != NULL;) {
        bool is_taken_back = *++at == '-';
        at += is_taken_back;
        if (strncmp(at, name, length) || at[length] != ' ')
            continue;
        if (is_taken_back)
            return false;
        found = true;
    }
    return found;
}

static bool is_comment(const line *it)
{
    return !it->name && it->end - it->start >= 2 && !memcmp(it->start, "--", 2);
}

/* Copies the lines that `features` leave, without whole-line comments, to `out`, which is as large
 * as `text`. */
static void expand(const char *text, const char *features, char *out)
{
    for (const char *end; *text; text = *end ? end + 1 : end) {
        end = text + strcspn(text, "\n");
        line it = read_line(text, end);
        bool wanted = !it.name || has_feature(features, it.name, it.name_length) == it.wanted;
        if (!wanted || is_comment(&it))
            continue;
        size_t length = (size_t)(it.end - it.start);
        memcpy(out, it.start, length);
        out[length] = '\n';
        out += length + 1;
    }
    *out = '\0';
}

mm_code mm_sql_expand(const char *name, const char *features, char **out, mm_error *err)
{
    const mm_sql *found =
        bsearch(name, mm_sql_files, mm_sql_count, sizeof mm_sql_files[0], compare_name);

    if (!found)
        return mm_error_set(err, MM_INVALID, "no statement is called \"%s\"", name);
    char *text = malloc(strlen(found->text) + 2);
    if (!text)
        return mm_error_set(err, MM_MEMORY, "out of memory");
    expand(found->text, features, text);
    *out = text;
    return MM_OK;
}

int mm_sql_params(const char *text)
{
    long highest = 0;

    for (const char *at = text; (at = strchr(at, '$')) != NULL;) {
        long number = strtol(++at, NULL, 10);
        highest = number > highest ? number : highest;
    }
    return (int)highest;
}
