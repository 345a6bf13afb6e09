/* Text to tree, by the grammar's tables. No place of the text is looked at more than a few times,
 * so time and memory grow with its length only. */
#include "schema.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FOUND_BYTES = 40, NUMBER_DIGITS = 19 };

typedef struct parser {
    const char *text;
    size_t length, at;
    int depth;
    mm_schema *schema;
    mm_error *err;
} parser;

static bool parse_value(parser *p, schema_kind kind, schema_value *out);

/* What stands at the place, for an error. */
static const char *excerpt(const parser *p, char *found, size_t size)
{
    size_t rest = p->length - p->at, used = 0;

    for (size_t i = 0; i < rest && i < FOUND_BYTES; i++) {
        unsigned char c = (unsigned char)p->text[p->at + i];
        if (c >= ' ' && c <= '~')
            found[used++] = (char)c;
        else
            used += (size_t)snprintf(found + used, size - used, "\\x%02x", c);
    }
    snprintf(found + used, size - used, "%s", rest > FOUND_BYTES ? "..." : "");
    return found;
}

/* Says where and what was expected. A text that parses is one line (strings hold no raw control
 * characters), so the place is a byte, counted from 1. */
static bool MM_PRINTF(2, 3) fail(parser *p, const char *format, ...)
{
    char expected[256], found[4 * FOUND_BYTES + sizeof "..."];
    va_list args;

    va_start(args, format);
    vsnprintf(expected, sizeof expected, format, args);
    va_end(args);
    mm_error_set(p->err, MM_SYNTAX, "schema text, byte %zu: expected %s, %s%s", p->at + 1, expected,
                 p->at < p->length ? "found: " : "but the text ends",
                 excerpt(p, found, sizeof found));
    return false;
}

static void *allocate(parser *p, size_t size)
{
    void *memory = schema_allocate(p->schema, size);

    if (!memory)
        mm_error_set(p->err, MM_MEMORY, "no memory for a schema");
    return memory;
}

static bool accept(parser *p, const char *word)
{
    size_t length = strlen(word);

    if (p->length - p->at < length || memcmp(p->text + p->at, word, length) != 0)
        return false;
    p->at += length;
    return true;
}

static bool is_digit(const parser *p)
{
    return p->at < p->length && p->text[p->at] >= '0' && p->text[p->at] <= '9';
}

static size_t word_length(const parser *p)
{
    static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
    size_t end = p->at;

    while (end < p->length && memchr(letters, p->text[end], sizeof letters - 1))
        end++;
    return end - p->at;
}

static bool parse_word(parser *p, const schema_kind_info *info, int64_t *out)
{
    size_t length = word_length(p);

    for (int i = 0; info->words[i]; i++)
        if (strlen(info->words[i]) == length && accept(p, info->words[i])) {
            *out = i;
            return true;
        }
    return fail(p, "%s", info->expected);
}

/* As Rust writes numbers, for they are printed again: no plus sign, no zeros in front. */
static bool parse_number(parser *p, const schema_kind_info *info, int64_t *out)
{
    size_t start = p->at;
    bool is_negative = accept(p, "-");
    uint64_t limit = is_negative ? 0 - (uint64_t)info->minimum : (uint64_t)info->maximum;
    bool is_zero = p->at < p->length && p->text[p->at] == '0';
    uint64_t size = 0;
    int digits = 0;

    for (; digits < NUMBER_DIGITS && is_digit(p); digits++)
        size = size * 10 + (uint64_t)(p->text[p->at++] - '0');
    if (digits == 0 || is_digit(p) || size > limit || (is_zero && (digits > 1 || is_negative))) {
        p->at = start;
        return fail(p, "%s", info->expected);
    }
    *out = (int64_t)(is_negative ? 0 - size : size);
    return true;
}

/* Copies `start` to here, and what it means when that differs: an escape is longer than what it
 * stands for. */
static bool keep_text(parser *p, size_t start, size_t bytes, const schema_text **out)
{
    size_t length = p->at - start;
    bool has_escapes = bytes < length - 2;
    schema_text *text = allocate(p, sizeof *text + length + (has_escapes ? bytes : 0));
    const char *expected;

    if (!text)
        return false;
    char *spelling = (char *)(text + 1), *meaning = spelling + (has_escapes ? length : 1);
    memcpy(spelling, p->text + start, length);
    *text = (schema_text){start, spelling, length, meaning, bytes};
    for (size_t at = 1, got = 0; has_escapes && at < length - 1; meaning += got)
        at += schema_read_character(spelling + at, length - at, meaning, &got, &expected);
    *out = text;
    return true;
}

static bool parse_text(parser *p, const schema_text **out)
{
    size_t start = p->at, bytes = 0, length;
    char character[4];
    const char *expected;

    if (!accept(p, "\""))
        return fail(p, "a string in double quotes");
    while (!accept(p, "\"")) {
        size_t read = schema_read_character(p->text + p->at, p->length - p->at, character, &length,
                                            &expected);
        if (read == 0)
            return fail(p, "%s", expected);
        p->at += read;
        bytes += length;
    }
    return keep_text(p, start, bytes, out);
}

static bool parse_zone(parser *p, const schema_text **out)
{
    if (accept(p, "None"))
        return true;
    if (!accept(p, "Some("))
        return fail(p, "None or Some(\"...\")");
    return parse_text(p, out) && (accept(p, ")") || fail(p, "\")\""));
}

/* `before` and, of a record, the label. */
static bool accept_label(parser *p, const char *before, const char *label)
{
    size_t start = p->at;

    if (accept(p, before) && (!label || (accept(p, label) && accept(p, ": "))))
        return true;
    p->at = start;
    return false;
}

/* Names what could stand here: the values `from` to `to` or, where these end, what closes them. */
static bool fail_shape(parser *p, const schema_shape *shape, const char *before, size_t from,
                       size_t to)
{
    char expected[256] = "";
    size_t used = 0;

    for (size_t i = from; i <= to && used < sizeof expected; i++) {
        bool is_end = shape->kinds[i] == KIND_NONE;
        const char *join = i == from ? "" : i < to ? ", " : " or ";
        const char *label = is_end || !shape->labels[i] ? "" : shape->labels[i];
        used += (size_t)snprintf(expected + used, sizeof expected - used, "%s\"%s%s%s\"", join,
                                 is_end ? shape->close : before, label, *label ? ": " : "");
    }
    return fail(p, "%s", expected);
}

static schema_node *new_node(parser *p, const schema_shape *shape)
{
    static const schema_text item = {.bytes = "item", .length = 4};
    size_t count = 0;

    while (shape->kinds[count])
        count++;
    schema_node *node = allocate(p, sizeof *node + count * sizeof *node->values);
    if (!node)
        return NULL;
    node->shape = shape;
    if (shape == &schema_field)
        node->values[FIELD_NAME].text = &item; /* unless the text names it */
    return node;
}

static bool parse_node(parser *p, const schema_shape *shape, schema_node **out)
{
    schema_node *node = new_node(p, shape);
    const char *before = shape->open;
    size_t from = 0, i = 0;

    if (!node || !(accept(p, shape->name) || fail(p, "\"%s\"", shape->name)))
        return false;
    for (; shape->kinds[i]; i++) {
        if (accept_label(p, before, shape->labels[i])) {
            if (!parse_value(p, shape->kinds[i], &node->values[i]))
                return false;
            node->printed |= 1U << i;
            before = shape->separator;
            from = i + 1;
        } else if (shape->required >> i & 1)
            return fail_shape(p, shape, before, from, i);
    }
    if (node->printed && !accept(p, shape->close))
        return fail_shape(p, shape, before, from, i);
    *out = node;
    return true;
}

static bool parse_type(parser *p, schema_node **out)
{
    const schema_shape *type = schema_type(p->text + p->at, word_length(p));

    if (!type)
        return fail(p, "a data type");
    if (p->depth == SCHEMA_DEPTH_MAX)
        return fail(p, "data types nested at most %d deep", SCHEMA_DEPTH_MAX);
    p->depth++;
    bool is_parsed = parse_node(p, type, out);
    p->depth--;
    return is_parsed;
}

static int compare_texts(const schema_text *left, const schema_text *right)
{
    size_t common = left->length < right->length ? left->length : right->length;
    int order = memcmp(left->bytes, right->bytes, common);

    return order ? order : (left->length > right->length) - (left->length < right->length);
}

/* By the bytes of the key, as the hash takes them; equal ones as written. */
static int compare_keys(const void *a, const void *b)
{
    const schema_text *left = (*(schema_node *const *)a)->values[0].text;
    const schema_text *right = (*(schema_node *const *)b)->values[0].text;
    int order = compare_texts(left, right);

    return order ? order : (left->offset > right->offset) - (left->offset < right->offset);
}

static bool sort_map(parser *p, schema_list *map)
{
    size_t count = 0;

    map->sorted = allocate(p, map->count * sizeof *map->sorted);
    if (!map->sorted)
        return false;
    for (schema_node *node = map->first; node; node = node->next)
        map->sorted[count++] = node;
    qsort(map->sorted, count, sizeof *map->sorted, compare_keys);
    for (size_t i = 1; i < count; i++) {
        const schema_text *key = map->sorted[i]->values[0].text;
        if (compare_texts(map->sorted[i - 1]->values[0].text, key) == 0) {
            p->at = key->offset;
            return fail(p, "a metadata key that was not there before");
        }
    }
    return true;
}

static bool parse_list(parser *p, schema_kind kind, schema_list **out)
{
    const schema_kind_info *info = &schema_kinds[kind];
    schema_list list = {0};

    if (!accept(p, info->open))
        return fail(p, "\"%s\"", info->open);
    if (accept(p, info->close))
        return true;
    for (schema_node **next = &list.first;; next = &(*next)->next) {
        if (!parse_node(p, info->element, next))
            return false;
        list.count++;
        if (accept(p, info->close))
            break;
        if (!accept(p, ", "))
            return fail(p, "\", \" or \"%s\"", info->close);
    }
    if (kind == KIND_MAP && !sort_map(p, &list))
        return false;
    *out = allocate(p, sizeof **out);
    if (*out)
        **out = list;
    return *out;
}

static bool parse_value(parser *p, schema_kind kind, schema_value *out)
{
    const schema_kind_info *info = &schema_kinds[kind];

    switch (kind) {
    case KIND_TEXT:
        return parse_text(p, &out->text);
    case KIND_ZONE:
        return parse_zone(p, &out->text);
    case KIND_TYPE:
        return parse_type(p, &out->node);
    case KIND_FIELD:
        return parse_node(p, &schema_field, &out->node);
    default:
        if (info->element)
            return parse_list(p, kind, &out->list);
        return info->words ? parse_word(p, info, &out->number)
                           : parse_number(p, info, &out->number);
    }
}

mm_code mm_schema_parse(const char *text, size_t length, mm_schema **out, mm_error *err)
{
    parser p = {.text = text, .length = length, .err = err};

    p.schema = calloc(1, sizeof *p.schema);
    if (!p.schema)
        return mm_error_set(err, MM_MEMORY, "no memory for a schema");
    if (!parse_node(&p, &schema_root, &p.schema->root) ||
        !(p.at == length || fail(&p, "the end of the text"))) {
        mm_schema_free(p.schema);
        return err->code;
    }
    *out = p.schema;
    return MM_OK;
}
