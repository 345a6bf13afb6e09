/* Tree to text. Exact, for what Rust decides is kept: the spelling of strings, the order of
 * metadata, which members of a field are there. All else has one spelling. */
#include "schema.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

bool schema_flush(schema_sink *sink)
{
    if (!sink->is_broken && sink->used)
        sink->is_broken = !sink->write(sink->to, sink->bytes, sink->used);
    sink->used = 0;
    return !sink->is_broken;
}

void schema_put(schema_sink *sink, const void *bytes, size_t length)
{
    if (length > sizeof sink->bytes - sink->used)
        schema_flush(sink);
    if (length > sizeof sink->bytes) {
        sink->is_broken = sink->is_broken || !sink->write(sink->to, bytes, length);
        return;
    }
    memcpy(sink->bytes + sink->used, bytes, length);
    sink->used += length;
}

static void put(schema_sink *sink, const char *text)
{
    schema_put(sink, text, strlen(text));
}

static void print_value(schema_sink *sink, schema_kind kind, schema_value value);

static void print_node(schema_sink *sink, const schema_node *node)
{
    const schema_shape *shape = node->shape;
    const char *before = shape->open;

    put(sink, shape->name);
    for (size_t i = 0; shape->kinds[i]; i++) {
        if (!(node->printed >> i & 1))
            continue;
        put(sink, before);
        if (shape->labels[i]) {
            put(sink, shape->labels[i]);
            put(sink, ": ");
        }
        print_value(sink, shape->kinds[i], node->values[i]);
        before = shape->separator;
    }
    if (node->printed)
        put(sink, shape->close);
}

static void print_list(schema_sink *sink, const schema_kind_info *info, const schema_list *list)
{
    put(sink, info->open);
    for (const schema_node *node = list ? list->first : NULL; node; node = node->next) {
        if (node != list->first)
            put(sink, ", ");
        print_node(sink, node);
    }
    put(sink, info->close);
}

static void print_scalar(schema_sink *sink, const schema_kind_info *info, int64_t number)
{
    char digits[24];

    snprintf(digits, sizeof digits, "%" PRId64, number);
    put(sink, info->words ? info->words[number] : digits);
}

static void print_zone(schema_sink *sink, const schema_text *zone)
{
    put(sink, zone ? "Some(" : "None");
    if (!zone)
        return;
    schema_put(sink, zone->spelling, zone->spelling_length);
    put(sink, ")");
}

static void print_value(schema_sink *sink, schema_kind kind, schema_value value)
{
    const schema_kind_info *info = &schema_kinds[kind];

    switch (kind) {
    case KIND_TEXT:
        schema_put(sink, value.text->spelling, value.text->spelling_length);
        break;
    case KIND_ZONE:
        print_zone(sink, value.text);
        break;
    case KIND_TYPE:
    case KIND_FIELD:
        print_node(sink, value.node);
        break;
    default:
        if (info->element)
            print_list(sink, info, value.list);
        else
            print_scalar(sink, info, value.number);
    }
}

typedef struct memory {
    char *bytes;
    size_t length, size;
} memory;

static bool memory_write(void *to, const void *bytes, size_t length)
{
    memory *out = to;
    size_t size = out->size;

    while (size < out->length + length)
        size = size ? size * 2 : 256;
    char *grown = size == out->size ? out->bytes : realloc(out->bytes, size);
    if (!grown)
        return false;
    memcpy(grown + out->length, bytes, length);
    *out = (memory){grown, out->length + length, size};
    return true;
}

static mm_code print(const schema_node *node, char **out, size_t *length, mm_error *err)
{
    memory text = {0};
    schema_sink sink = {.write = memory_write, .to = &text};

    print_node(&sink, node);
    schema_put(&sink, "", 1);
    if (!schema_flush(&sink)) {
        free(text.bytes);
        return mm_error_set(err, MM_MEMORY, "no memory for the text of a schema");
    }
    *out = text.bytes;
    *length = text.length - 1;
    return MM_OK;
}

mm_code mm_schema_print(const mm_schema *schema, char **out, size_t *length, mm_error *err)
{
    return print(schema->root, out, length, err);
}

mm_code mm_field_print_type(const mm_field *field, char **out, size_t *length, mm_error *err)
{
    return print(field->values[FIELD_TYPE].node, out, length, err);
}
