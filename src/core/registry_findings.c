#include "mm/hex.h"
#include "mm/registry.h"
#include "mm/schema.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The minor version in "release 0.33"; 0 when the source is something else. */
static long release_of(const char *source)
{
    static const char start[] = "release 0.";
    size_t length = sizeof start - 1;

    return strncmp(source, start, length) ? 0 : strtol(source + length, NULL, 10);
}

/* Whether its columns can change while the release stays; those of log_stats can since 0.32. */
static bool is_defined_by_sql(const char *view_set_name, long release)
{
    static const char *const in_code[] = {
        "async_events", "blocks",     "images",    "log_entries", "measures",
        "net_spans",    "otel_spans", "processes", "streams",     "thread_spans",
    };

    if (!strcmp(view_set_name, "log_stats"))
        return release >= 32;
    for (size_t i = 0; i < sizeof in_code / sizeof *in_code; i++)
        if (!strcmp(view_set_name, in_code[i]))
            return false;
    return true;
}

static size_t find_release(const mm_view_set *view_set, mm_finding *out)
{
    long release = release_of(view_set->source);

    if (!release || !is_defined_by_sql(view_set->view_set_name, release))
        return 0;
    out->code = "rests_on_release";
    out->hint = "merge a server's answer to list_view_sets() over the release";
    snprintf(out->message, sizeof out->message,
             "its hash is that of release 0.%ld, but an operator may have replaced its definition",
             release);
    return 1;
}

static void describe_unparsed(const mm_error *problem, mm_finding *out)
{
    out->code = "schema_does_not_parse";
    out->hint = "its hash cannot be checked; a text that was cut or edited is asked for again";
    snprintf(out->message, sizeof out->message, "its schema does not parse: %.400s",
             problem->message);
}

static void describe_contradiction(const mm_view_set *view_set, const uint8_t *computed,
                                   mm_finding *out)
{
    char hex[2 * MM_SCHEMA_HASH_BYTES + 1];

    mm_hex_encode(computed, MM_SCHEMA_HASH_BYTES, hex);
    out->code = "hash_contradicts_schema";
    out->hint = "ask a server for list_view_sets() again: hash or schema was edited or mixed up";
    snprintf(out->message, sizeof out->message, "its hash is %.64s, but that of its schema is %s",
             view_set->hash_hex, hex);
}

/* Compares with the hash as each arrow computes it. Leaves that of today's releases in `computed`.
 */
static mm_code matches(const mm_view_set *view_set, const mm_schema *schema, uint8_t *computed,
                       bool *out, mm_error *err)
{
    static const int numberings[] = {55, 60, MM_ARROW_CURRENT};

    *out = false;
    for (size_t i = 0; i < sizeof numberings / sizeof *numberings; i++) {
        mm_error problem = {0};
        mm_code code = mm_schema_hash(schema, numberings[i], computed, &problem);
        if (code == MM_MEMORY)
            return mm_error_set(err, code, "%s", problem.message);
        if (code == MM_OK) /* else the numbering lacks a type */
            *out = *out || (view_set->hash_length == MM_SCHEMA_HASH_BYTES &&
                            !memcmp(view_set->hash, computed, MM_SCHEMA_HASH_BYTES));
    }
    return MM_OK;
}

static mm_code find_in_schema(const mm_view_set *view_set, const mm_schema *schema, mm_finding *out,
                              size_t *count, mm_error *err)
{
    uint8_t computed[MM_SCHEMA_HASH_BYTES];
    bool is_same;

    if (view_set->hash_length == 1) /* a version constant says nothing about the schema */
        return MM_OK;
    if (matches(view_set, schema, computed, &is_same, err) == MM_OK && !is_same) {
        describe_contradiction(view_set, computed, out);
        *count = 1;
    }
    return err->code;
}

static mm_code find_schema(const mm_view_set *view_set, mm_finding *out, size_t *count,
                           mm_error *err)
{
    mm_schema *schema = NULL;
    mm_error problem = {0};
    mm_code code;

    if (!view_set->schema)
        return MM_OK;
    code = mm_schema_parse(view_set->schema, strlen(view_set->schema), &schema, &problem);
    if (code == MM_OK)
        code = find_in_schema(view_set, schema, out, count, err);
    else if (code == MM_SYNTAX) {
        describe_unparsed(&problem, out);
        *count = 1;
        code = MM_OK;
    } else
        mm_error_set(err, code, "%s", problem.message);
    mm_schema_free(schema);
    return code;
}

mm_code mm_view_set_findings(const mm_view_set *view_set, mm_finding out[MM_VIEW_SET_FINDINGS],
                             size_t *count, mm_error *err)
{
    size_t found = 0;

    if (find_schema(view_set, out, &found, err) != MM_OK)
        return err->code;
    *count = found + find_release(view_set, out + found);
    return MM_OK;
}
