/* Schemas when memory ends: the Nth allocation fails, for every N. Linked with --wrap
 * (mk/schema.mk); OpenSSL, which is a library of its own, is told to allocate here. */
#include "schema_check.h"

#include <openssl/crypto.h>

static long countdown = -1; /* allocations until the one that fails; below 0: none */

void *__real_malloc(size_t size);
void *__real_calloc(size_t count, size_t size);
void *__real_realloc(void *old, size_t size);
void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t count, size_t size);
void *__wrap_realloc(void *old, size_t size);

static bool is_failing(void)
{
    return countdown >= 0 && countdown-- == 0;
}

void *__wrap_malloc(size_t size)
{
    return is_failing() ? NULL : __real_malloc(size);
}

void *__wrap_calloc(size_t count, size_t size)
{
    return is_failing() ? NULL : __real_calloc(count, size);
}

void *__wrap_realloc(void *old, size_t size)
{
    return is_failing() ? NULL : __real_realloc(old, size);
}

static void *openssl_malloc(size_t size, const char *file, int line)
{
    (void)file, (void)line;
    return malloc(size);
}

static void *openssl_realloc(void *old, size_t size, const char *file, int line)
{
    (void)file, (void)line;
    return realloc(old, size);
}

static void openssl_free(void *old, const char *file, int line)
{
    (void)file, (void)line;
    free(old);
}

/* All that a schema can do, on a text that takes several chunks. */
static mm_code run(const char *text, size_t length, uint8_t *hash, mm_error *err)
{
    mm_schema *schema = NULL;
    char *printed = NULL, *type = NULL;
    size_t printed_length, type_length;

    mm_code code = mm_schema_parse(text, length, &schema, err);
    if (code == MM_OK)
        code = mm_schema_print(schema, &printed, &printed_length, err);
    if (code == MM_OK)
        code = mm_field_print_type(mm_schema_next_field(schema, NULL), &type, &type_length, err);
    if (code == MM_OK)
        code = mm_schema_hash(schema, 59, hash, err);
    free(type);
    free(printed);
    mm_schema_free(schema);
    return code;
}

static size_t make_text(char *text, size_t size)
{
    size_t used = (size_t)snprintf(text, size, "Schema { fields: [");

    for (int i = 0; i < 60; i++)
        used += (size_t)snprintf(
            text + used, size - used,
            "Field { name: \"\\u{301}%d\", data_type: Union([(1, Field { data_type: "
            "Timestamp(Second, Some(\"UTC\")) })], Dense), metadata: {\"b\": \"\", \"a\": \"\"} "
            "}%s",
            i, i < 59 ? ", " : "");
    return used + (size_t)snprintf(text + used, size - used, "], metadata: {\"k\": \"v\"} }");
}

/* One more allocation is let through each time, until none fails. OpenSSL does without some. */
static void test_failures(const char *text, size_t length)
{
    mm_error err = {0};
    uint8_t expected[MM_SCHEMA_HASH_BYTES] = {0}, hash[MM_SCHEMA_HASH_BYTES] = {0};
    int failures = 0;

    CHECK_INT(run(text, length, expected, &err), MM_OK); /* OpenSSL keeps what it sets up once */
    for (long n = 0; countdown < 0 && n < 10000; n++) {
        err = (mm_error){0};
        countdown = n;
        mm_code code = run(text, length, hash, &err);
        CHECK(code == MM_MEMORY || (code == MM_OK && memcmp(hash, expected, sizeof hash) == 0));
        CHECK_INT(err.code, code);
        failures += code == MM_MEMORY;
    }
    CHECK(failures >= 15);
}

int main(void)
{
    static char text[20000];
    size_t length = make_text(text, sizeof text);

    CHECK_INT(CRYPTO_set_mem_functions(openssl_malloc, openssl_realloc, openssl_free), 1);
    test_failures(text, length);
    return check_end();
}
