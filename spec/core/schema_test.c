/* Schemas: the vectors; texts that are cut, deep, long; the hash and the fields. */
#include "schema_check.h"

#include "mm/hex.h"

#include <unistd.h>

/* A text that grows. */
typedef struct text {
    char *bytes;
    size_t length, size;
} text;

static bool text_add(void *to, const void *bytes, size_t length)
{
    text *out = to;

    while (out->size <= out->length + length) {
        out->size = out->size ? out->size * 2 : 64;
        out->bytes = realloc(out->bytes, out->size);
    }
    memcpy(out->bytes + out->length, bytes, length);
    out->length += length;
    out->bytes[out->length] = '\0';
    return true;
}

static void text_put(text *out, const char *word)
{
    text_add(out, word, strlen(word));
}

static void check_stream(const mm_schema *schema, int arrow, const char *expected)
{
    text stream = {0};
    schema_sink sink = {.write = text_add, .to = &stream};
    mm_error err = {0};

    CHECK_INT(schema_stream(schema, arrow, &sink, &err), MM_OK);
    char *hex = malloc(2 * stream.length + 1);
    mm_hex_encode((const uint8_t *)stream.bytes, stream.length, hex);
    CHECK_TEXT(hex, expected);
    free(hex);
    free(stream.bytes);
}

static void check_hash(const mm_schema *schema, int arrow, const char *expected)
{
    uint8_t hash[MM_SCHEMA_HASH_BYTES];
    char hex[2 * sizeof hash + 1];
    mm_error err = {0};

    CHECK_INT(mm_schema_hash(schema, arrow, hash, &err), MM_OK);
    mm_hex_encode(hash, sizeof hash, hex);
    CHECK_TEXT(hex, expected);
}

/* A line: name, majors of arrow, text, byte stream, hash. */
static void check_vector(char *line)
{
    char *name = strtok(line, "\t"), *majors = strtok(NULL, "\t"), *debug = strtok(NULL, "\t");
    char *stream = strtok(NULL, "\t"), *hash = strtok(NULL, "\t\n");
    mm_schema *schema = parse(debug, strlen(debug));

    check_case = name;
    for (char *major = strtok(majors, ","); schema && major; major = strtok(NULL, ",")) {
        check_stream(schema, atoi(major), stream);
        check_hash(schema, atoi(major), hash);
    }
    if (schema)
        check_print(schema, debug, strlen(debug));
    mm_schema_free(schema);
    check_case = "";
}

/* The vectors lie beside the program. */
static void test_vectors(const char *program)
{
    const char *slash = strrchr(program, '/');
    char path[4096];
    char *line = NULL;
    size_t size = 0;
    int count = 0;

    snprintf(path, sizeof path, "%.*sschema_vectors.tsv", slash ? (int)(slash - program + 1) : 0,
             program);
    FILE *file = fopen(path, "r");
    CHECK(file != NULL);
    for (; file && getline(&line, &size, file) > 0; count++)
        check_vector(line);
    CHECK(count >= 100);
    free(line);
    if (file)
        fclose(file);
}

#define EVERYTHING                                                                                 \
    SCHEMA_OPEN                                                                                    \
    "Field { name: \"a\\u{301}\xc3\xa9\xe6\x97\xa5\xf0\x9f\x8e\xb4\", data_type: "                 \
    "Timestamp(Second, Some(\"UTC\")), nullable: true, "                                           \
    "dict_id: -7, "                                                                                \
    "dict_is_ordered: true, metadata: {\"k\": \"v\", \"\\0\": \"\"} }, "                           \
    "Field { data_type: Union([(-1, Field { data_type: Map(Field { data_type: Decimal32(9, -2) "   \
    "}, false) })], "                                                                              \
    "Dense) }" SCHEMA_CLOSE

static void test_truncation(void)
{
    static const char everything[] = EVERYTHING;
    const size_t length = sizeof everything - 1;

    for (size_t cut = 0; cut < length; cut++) {
        char *exact = malloc(cut + 1); /* so that a sanitizer sees a byte read too far */
        memcpy(exact, everything, cut);
        exact = realloc(exact, cut ? cut : 1);
        CHECK(strstr(parse_error(exact, cut), ": expected ") != NULL);
        free(exact);
    }
    mm_schema *schema = parse(everything, length);
    check_print(schema, everything, length);
    mm_schema_free(schema);
}

/* Lists in lists, closed or not. */
static text nested(int depth, bool is_closed)
{
    text out = {0};

    text_put(&out, SCHEMA_OPEN "Field { data_type: ");
    for (int i = 1; i < depth; i++)
        text_put(&out, "List(Field { data_type: ");
    text_put(&out, "Int8");
    for (int i = 1; is_closed && i < depth; i++)
        text_put(&out, " })");
    text_put(&out, " }" SCHEMA_CLOSE);
    return out;
}

static void test_depth(void)
{
    text deepest = nested(128, true), deeper = nested(129, true), hostile = nested(100000, false);
    mm_schema *schema = parse(deepest.bytes, deepest.length);

    check_print(schema, deepest.bytes, deepest.length);
    check_hash(schema, 59, "106ce308083ac93b");
    mm_schema_free(schema);
    CHECK_TEXT(parse_error(deeper.bytes, deeper.length),
               "schema text, byte 3110: expected data types nested at most 128 deep, found: Int8 "
               "}) }) }) }) }) }) }) }) }) }) }) })...");
    CHECK_TEXT(parse_error(hostile.bytes, hostile.length),
               "schema text, byte 3110: expected data types nested at most 128 deep, found: "
               "List(Field { data_type: List(Field { dat...");
    free(deepest.bytes);
    free(deeper.bytes);
    free(hostile.bytes);
}

/* `open`, then `count` times `before`, a number, `after`, then `close`. */
static text repeated(const char *open, const char *before, const char *after, int count,
                     const char *close)
{
    text out = {0};
    char number[16];

    text_put(&out, open);
    for (int i = 0; i < count; i++) {
        snprintf(number, sizeof number, "%d", i);
        text_put(&out, i ? ", " : "");
        text_put(&out, before);
        text_put(&out, number);
        text_put(&out, after);
    }
    text_put(&out, close);
    return out;
}

static void check_long(text long_text, const char *hash)
{
    mm_schema *schema = parse(long_text.bytes, long_text.length);

    CHECK(long_text.length > 1000000);
    check_print(schema, long_text.bytes, long_text.length);
    check_hash(schema, 59, hash);
    mm_schema_free(schema);
    free(long_text.bytes);
}

/* Megabytes of each thing that repeats. */
static void test_long(void)
{
    text fields =
        repeated(SCHEMA_OPEN, "Field { name: \"f", "\", data_type: Null }", 100000, SCHEMA_CLOSE);
    text map = repeated("Schema { fields: [], metadata: {", "\"", "\": \"\"", 200000, "} }");
    text name = repeated(SCHEMA_OPEN "Field { name: \"", "\\u{301}\xc3\xa9", "", 200000,
                         "\", data_type: Null }" SCHEMA_CLOSE);
    text members =
        repeated(SCHEMA_OPEN "Field { data_type: Struct([", "Field { data_type: Null, dict_id: 1",
                 " }", 100000, "]) }" SCHEMA_CLOSE);

    check_long(fields, "1df322de8ec1b112");
    check_long(map, "79d417e0053f1a5b");
    check_long(name, "04f71310ae488904");
    check_long(members, "b667970c32808901");
}

static void check_no_hash(const mm_schema *schema, int arrow, const char *message)
{
    uint8_t hash[MM_SCHEMA_HASH_BYTES] = "intact!";
    mm_error err = {0};

    CHECK_INT(mm_schema_hash(schema, arrow, hash, &err), MM_INVALID);
    CHECK_TEXT(err.message, message);
    CHECK_TEXT((const char *)hash, "intact!");
}

static void test_hash_errors(void)
{
    mm_schema *plain = PARSE(FIELD("Int8"));
    mm_schema *decimal32 = PARSE(FIELD("Decimal32(9, 2)"));
    mm_schema *decimal64 = PARSE(FIELD("List(Field { data_type: Decimal64(18, 0) })"));

    check_no_hash(plain, 54, "hashes of schemas are known for arrow 55 to 60, not 54");
    check_no_hash(plain, 61, "hashes of schemas are known for arrow 55 to 60, not 61");
    check_no_hash(decimal32, 55, "the schema has the type Decimal32, which arrow 55 does not have");
    check_no_hash(decimal64, 55, "the schema has the type Decimal64, which arrow 55 does not have");
    mm_schema_free(plain);
    mm_schema_free(decimal32);
    mm_schema_free(decimal64);
    mm_schema_free(NULL);
}

static void check_field(const mm_field *field, const char *name, size_t name_length,
                        const char *type, bool is_nullable)
{
    size_t length;
    char *printed;
    mm_error err = {0};
    const char *actual = mm_field_name(field, &length);

    CHECK_BYTES(actual, length, name, name_length);
    CHECK_INT(mm_field_is_nullable(field), is_nullable);
    CHECK_INT(mm_field_print_type(field, &printed, &length, &err), MM_OK);
    CHECK_BYTES(printed, length, type, strlen(type));
    free(printed);
}

static void test_fields(void)
{
    static const char debug[] = SCHEMA_OPEN
        "Field { name: \"\\0\\\"\\u{301}\", data_type: Timestamp(Second, Some(\"\\u{7f}\")), "
        "nullable: true }, "
        "Field { data_type: List(Field { data_type: Int8 }), dict_is_ordered: true }" SCHEMA_CLOSE;
    mm_schema *schema = PARSE(debug), *empty = PARSE(SCHEMA_OPEN SCHEMA_CLOSE);
    const mm_field *first = mm_schema_next_field(schema, NULL);
    const mm_field *second = mm_schema_next_field(schema, first);

    check_field(first, "\0\"\xcc\x81", 4, "Timestamp(Second, Some(\"\\u{7f}\"))", true);
    check_field(second, "item", 4, "List(Field { data_type: Int8 })", false);
    CHECK(mm_schema_next_field(schema, second) == NULL);
    CHECK(mm_schema_next_field(empty, NULL) == NULL);
    mm_schema_free(schema);
    mm_schema_free(empty);
}

/* Where one more byte of UTF-8 begins. */
static void test_characters(void)
{
    static const char bytes[] =
        "\x7f\xc2\x80\xdf\xbf\xe0\xa0\x80\xef\xbf\xbf\xf0\x90\x80\x80\xf4\x8f\xbf\xbf";
    mm_schema *schema =
        PARSE(SCHEMA_OPEN "Field { name: \"\\u{7f}\\u{80}\\u{7ff}\\u{800}\\u{ffff}\\u{10000}"
                          "\\u{10ffff}\", data_type: Null }" SCHEMA_CLOSE);

    check_field(mm_schema_next_field(schema, NULL), bytes, sizeof bytes - 1, "Null", false);
    mm_schema_free(schema);
}

/* Refuses once and takes the rest. */
static bool refuse_once(void *to, const void *bytes, size_t length)
{
    bool *is_refused = to, was_refused = *is_refused;

    (void)bytes, (void)length;
    *is_refused = true;
    return was_refused;
}

static void check_refused(mm_schema *schema)
{
    bool is_refused = false;
    schema_sink sink = {.write = refuse_once, .to = &is_refused};
    mm_error err = {0};

    CHECK_INT(schema_stream(schema, 59, &sink, &err), MM_MEMORY);
    CHECK_TEXT(err.message, "no memory for the hash of a schema");
    mm_schema_free(schema);
}

static void test_broken_sink(void)
{
    text fields =
        repeated(SCHEMA_OPEN, "Field { name: \"", "\", data_type: Null }", 1000, SCHEMA_CLOSE);
    text name = repeated(SCHEMA_OPEN "Field { name: \"", "longer", "", 1000,
                         "\", data_type: Null }" SCHEMA_CLOSE);

    check_refused(PARSE(FIELD("Int8")));
    check_refused(parse(fields.bytes, fields.length));
    check_refused(parse(name.bytes, name.length));
    free(fields.bytes);
    free(name.bytes);
}

int main(int argc, char **argv)
{
    (void)argc;
    alarm(120); /* rather than hang when something takes more than linear time */
    test_vectors(argv[0]);
    test_truncation();
    test_depth();
    test_long();
    test_hash_errors();
    test_fields();
    test_characters();
    test_broken_sink();
    return check_end();
}
