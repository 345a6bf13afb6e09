/* What the tests of schemas share. */
#ifndef MM_SPEC_SCHEMA_CHECK_H
#define MM_SPEC_SCHEMA_CHECK_H

#include "../../src/core/schema.h"
#include "check.h"

#include <stdlib.h>

#define FIELD(type) "Schema { fields: [Field { name: \"a\", data_type: " type " }], metadata: {} }"
#define SCHEMA_OPEN "Schema { fields: ["
#define SCHEMA_CLOSE "], metadata: {} }"

static inline mm_schema *parse(const char *bytes, size_t length)
{
    mm_schema *schema = NULL;
    mm_error err = {0};

    mm_code code = mm_schema_parse(bytes, length, &schema, &err);
    CHECK_TEXT(err.message, "");
    CHECK_INT(code, MM_OK);
    return schema;
}

#define PARSE(literal) parse(literal, sizeof(literal) - 1)

/* The message of the error that a text must give. */
static inline const char *parse_error(const char *bytes, size_t length)
{
    static mm_error err;
    mm_schema *schema = NULL;

    err = (mm_error){0};
    CHECK_INT(mm_schema_parse(bytes, length, &schema, &err), MM_SYNTAX);
    CHECK_INT(err.code, MM_SYNTAX);
    CHECK(schema == NULL);
    mm_schema_free(schema);
    return err.message;
}

static inline void check_print(const mm_schema *schema, const char *expected,
                               size_t expected_length)
{
    char *printed;
    size_t length;
    mm_error err = {0};

    CHECK_INT(mm_schema_print(schema, &printed, &length, &err), MM_OK);
    CHECK_BYTES(printed, length, expected, expected_length);
    CHECK_INT(printed[length], '\0');
    free(printed);
}

#endif
