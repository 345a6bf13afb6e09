/* Any bytes as the text of a schema: an error that says where, or a schema that prints as exactly
 * these bytes. */
#include "mm/schema.h"

#include <stdlib.h>
#include <string.h>

#define MUST(condition) ((condition) ? (void)0 : abort())

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_error(const mm_error *err, size_t size)
{
    static const char start[] = "schema text, byte ";
    char *end;

    MUST(err->code == MM_SYNTAX && strncmp(err->message, start, sizeof start - 1) == 0);
    unsigned long at = strtoul(err->message + sizeof start - 1, &end, 10);
    MUST(at >= 1 && at <= size + 1 && strncmp(end, ": expected ", 11) == 0);
}

static void check_print(const mm_schema *schema, const char *text, size_t size)
{
    char *printed;
    size_t length;
    mm_error err = {0};

    MUST(mm_schema_print(schema, &printed, &length, &err) == MM_OK);
    MUST(length == size && memcmp(printed, text, size) == 0);
    free(printed);
}

/* Each type stands in the text as it is printed, and in this order. */
static void check_fields(const mm_schema *schema, const char *text)
{
    const mm_field *field = NULL;

    while ((field = mm_schema_next_field(schema, field))) {
        char *type;
        size_t length;
        mm_error err = {0};

        MUST(mm_field_name(field, &length) && length < SIZE_MAX / 2);
        MUST(mm_field_print_type(field, &type, &length, &err) == MM_OK);
        text = strstr(text, type);
        MUST(text != NULL);
        text += length;
        free(type);
    }
}

/* Only the two Decimals have no hash, and only under arrow 55; 56 to 59 have the same. */
static void check_hashes(const mm_schema *schema, const char *text)
{
    uint8_t hashes[MM_ARROW_NEWEST + 1][MM_SCHEMA_HASH_BYTES];
    mm_error err = {0};

    for (int arrow = MM_ARROW_OLDEST + 1; arrow <= MM_ARROW_NEWEST; arrow++)
        MUST(mm_schema_hash(schema, arrow, hashes[arrow], &err) == MM_OK);
    MUST(memcmp(hashes[56], hashes[59], sizeof *hashes) == 0);
    if (mm_schema_hash(schema, 55, hashes[55], &err) != MM_OK)
        MUST(err.code == MM_INVALID && (strstr(text, "Decimal32") || strstr(text, "Decimal64")));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *text = malloc(size + 1); /* a text that parses has no NUL in it */
    mm_schema *schema;
    mm_error err = {0};

    memcpy(text, data, size);
    text[size] = '\0';
    if (mm_schema_parse((const char *)data, size, &schema, &err) != MM_OK)
        check_error(&err, size);
    else {
        check_print(schema, text, size);
        check_fields(schema, text);
        check_hashes(schema, text);
        mm_schema_free(schema);
    }
    free(text);
    return 0;
}
