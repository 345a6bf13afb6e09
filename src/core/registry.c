#include "mm/registry.h"

#include "mm/hex.h"
#include "mm/schema.h"
#include "utf8.h"

#include <stdlib.h>
#include <string.h>

/* One block: the view sets, then the bytes they point to. */
struct mm_registry {
    size_t count;
    mm_view_set view_sets[];
};

/* A row on its way into the registry. */
typedef struct new_row {
    const mm_registry_row *told;
    size_t number; /* from 1 */
    char *free;    /* where the next bytes go */
    mm_error *err;
} new_row;

static mm_code refuse(const new_row *row, const char *member, const char *problem)
{
    return mm_error_set(row->err, MM_INVALID, "row %zu: %s %s", row->number, member, problem);
}

static size_t row_bytes(const mm_registry_row *row)
{
    mm_text hex = row->current_schema_hash;
    size_t hash = hex.data ? hex.length / 2 : MM_SCHEMA_HASH_BYTES;

    return row->view_set_name.length + row->schema.length + row->source.length + 3 * hash + 4;
}

static mm_code check_text(const new_row *row, const char *member, mm_text text, size_t *characters)
{
    if (!text.length)
        return refuse(row, member, text.data ? "is empty" : "is missing");
    if (memchr(text.data, '\0', text.length))
        return refuse(row, member, "has a NUL byte");
    if (!mm_utf8_count(text.data, text.length, characters))
        return refuse(row, member, "is not UTF-8");
    return MM_OK;
}

static const char *keep_text(new_row *row, mm_text text)
{
    char *kept = row->free;

    memcpy(kept, text.data, text.length);
    kept[text.length] = '\0';
    row->free += text.length + 1;
    return kept;
}

static mm_code fill_text(new_row *row, const char *member, mm_text text, const char **out)
{
    size_t characters;

    if (check_text(row, member, text, &characters) == MM_OK)
        *out = keep_text(row, text);
    return row->err->code;
}

static mm_code fill_name(new_row *row, mm_view_set *view_set)
{
    mm_text name = row->told->view_set_name;
    size_t characters;

    if (check_text(row, "view_set_name", name, &characters) != MM_OK)
        return row->err->code;
    if (characters > MM_VIEW_SET_NAME_MAX)
        return refuse(row, "view_set_name", "is longer than 255 characters");
    view_set->view_set_name = keep_text(row, name);
    return MM_OK;
}

static mm_code read_hash(const new_row *row, uint8_t *bytes, size_t *length)
{
    mm_text hex = row->told->current_schema_hash;

    if (!hex.length)
        return refuse(row, "current_schema_hash", "is empty");
    if (hex.length > 2 * MM_HASH_MAX)
        return refuse(row, "current_schema_hash", "is longer than 255 bytes");
    if (hex.length % 2)
        return refuse(row, "current_schema_hash", "has an odd number of digits");
    if (!mm_hex_decode(hex.data, hex.length, bytes))
        return refuse(row, "current_schema_hash", "is not hexadecimal");
    *length = hex.length / 2;
    return MM_OK;
}

static mm_code compute_hash(const new_row *row, uint8_t *bytes, size_t *length)
{
    mm_text text = row->told->schema;
    int arrow = row->told->arrow;
    mm_schema *schema = NULL;
    mm_error problem = {0};

    if (!text.data || !arrow)
        return refuse(row, "current_schema_hash", "is missing");
    if (mm_schema_parse(text.data, text.length, &schema, &problem) == MM_OK &&
        mm_schema_hash(schema, arrow, bytes, &problem) == MM_OK)
        *length = MM_SCHEMA_HASH_BYTES;
    else
        mm_error_set(row->err, problem.code, "row %zu: %s", row->number, problem.message);
    mm_schema_free(schema);
    return row->err->code;
}

static void keep_hash(new_row *row, const uint8_t *bytes, size_t length, mm_view_set *view_set)
{
    uint8_t *kept = (uint8_t *)row->free;
    char *hex = row->free + length;

    memcpy(kept, bytes, length);
    mm_hex_encode(bytes, length, hex);
    row->free += length + 2 * length + 1;
    view_set->hash = kept;
    view_set->hash_length = length;
    view_set->hash_hex = hex;
}

static mm_code fill_hash(new_row *row, mm_view_set *view_set)
{
    uint8_t bytes[MM_HASH_MAX];
    size_t length = 0;
    bool is_told = row->told->current_schema_hash.data;
    mm_code code = is_told ? read_hash(row, bytes, &length) : compute_hash(row, bytes, &length);

    if (code == MM_OK)
        keep_hash(row, bytes, length, view_set);
    return code;
}

static mm_code fill_members(new_row *row, mm_view_set *view_set)
{
    const mm_registry_row *told = row->told;

    if (told->schema.data && fill_text(row, "schema", told->schema, &view_set->schema) != MM_OK)
        return row->err->code;
    if (fill_text(row, "source", told->source, &view_set->source) != MM_OK)
        return row->err->code;
    view_set->has_view_maker = told->has_view_maker;
    view_set->global_instance_available = told->global_instance_available;
    return fill_hash(row, view_set);
}

static mm_code fill_row(new_row *row, mm_view_set *view_set)
{
    if (fill_name(row, view_set) != MM_OK)
        return row->err->code;
    if (fill_members(row, view_set) != MM_OK)
        mm_error_detail(row->err, "view set %s", view_set->view_set_name);
    return row->err->code;
}

static mm_code fill(mm_registry *registry, const mm_registry_row *rows, mm_error *err)
{
    new_row row = {.free = (char *)&registry->view_sets[registry->count], .err = err};

    for (size_t i = 0; i < registry->count; i++) {
        row.told = &rows[i];
        row.number = i + 1;
        if (fill_row(&row, &registry->view_sets[i]) != MM_OK)
            return err->code;
    }
    return MM_OK;
}

static int compare(const void *left, const void *right)
{
    const mm_view_set *const view_sets[] = {left, right};

    return strcmp(view_sets[0]->view_set_name, view_sets[1]->view_set_name);
}

/* The number of the first row after `start` that has this name. */
static size_t find_row(const mm_registry_row *rows, size_t start, const char *name)
{
    size_t length = strlen(name);

    while (rows[start].view_set_name.length != length ||
           memcmp(rows[start].view_set_name.data, name, length))
        start++;
    return start + 1;
}

static mm_code refuse_repeated(const mm_registry *registry, const mm_registry_row *rows,
                               mm_error *err)
{
    for (size_t i = 1; i < registry->count; i++) {
        const char *name = registry->view_sets[i].view_set_name;
        if (strcmp(registry->view_sets[i - 1].view_set_name, name))
            continue;
        size_t first = find_row(rows, 0, name);
        mm_error_set(err, MM_INVALID, "rows %zu and %zu name the same view set", first,
                     find_row(rows, first, name));
        mm_error_detail(err, "view set %s", name);
        return err->code;
    }
    return MM_OK;
}

static mm_registry *allocate(const mm_registry_row *rows, size_t count)
{
    size_t bytes = 0;
    mm_registry *registry;

    for (size_t i = 0; i < count; i++)
        bytes += row_bytes(&rows[i]);
    registry = calloc(1, sizeof *registry + count * sizeof(mm_view_set) + bytes);
    if (registry)
        registry->count = count;
    return registry;
}

mm_code mm_registry_new(const mm_registry_row *rows, size_t count, mm_registry **out, mm_error *err)
{
    mm_registry *registry = allocate(rows, count);

    if (!registry)
        return mm_error_set(err, MM_MEMORY, "no memory for a registry of %zu view sets", count);
    if (fill(registry, rows, err) == MM_OK) {
        qsort(registry->view_sets, count, sizeof(mm_view_set), compare);
        if (refuse_repeated(registry, rows, err) == MM_OK)
            *out = registry;
    }
    if (err->code != MM_OK)
        mm_registry_free(registry);
    return err->code;
}

void mm_registry_free(mm_registry *registry)
{
    free(registry);
}

static mm_text text_of(const char *text)
{
    return (mm_text){text, text ? strlen(text) : 0};
}

static mm_registry_row row_of(const mm_view_set *view_set)
{
    return (mm_registry_row){
        .view_set_name = text_of(view_set->view_set_name),
        .current_schema_hash = text_of(view_set->hash_hex),
        .schema = text_of(view_set->schema),
        .source = text_of(view_set->source),
        .has_view_maker = view_set->has_view_maker,
        .global_instance_available = view_set->global_instance_available,
    };
}

static size_t merge_rows(const mm_registry *base, const mm_registry *over, mm_registry_row *rows)
{
    size_t count = 0;

    for (size_t i = 0; i < base->count; i++)
        if (!mm_registry_find(over, base->view_sets[i].view_set_name))
            rows[count++] = row_of(&base->view_sets[i]);
    for (size_t i = 0; i < over->count; i++)
        rows[count++] = row_of(&over->view_sets[i]);
    return count;
}

mm_code mm_registry_merge(const mm_registry *base, const mm_registry *over, mm_registry **out,
                          mm_error *err)
{
    size_t most = base->count + over->count;
    mm_registry_row *rows = calloc(most + 1, sizeof *rows);

    if (!rows)
        return mm_error_set(err, MM_MEMORY, "no memory for a registry of %zu view sets", most);
    mm_code code = mm_registry_new(rows, merge_rows(base, over, rows), out, err);
    free(rows);
    return code;
}

size_t mm_registry_count(const mm_registry *registry)
{
    return registry->count;
}

const mm_view_set *mm_registry_at(const mm_registry *registry, size_t index)
{
    return &registry->view_sets[index];
}

const mm_view_set *mm_registry_find(const mm_registry *registry, const char *name)
{
    const mm_view_set key = {.view_set_name = name};

    return bsearch(&key, registry->view_sets, registry->count, sizeof key, compare);
}
