/* The Debug text of an Arrow schema, as tables. */
#include "schema.h"

#include <string.h>

#define COUNT(array) (sizeof(array) / sizeof *(array))
#define TUPLE .open = "(", .separator = ", ", .close = ")", .required = ~0U
#define RECORD .open = " { ", .separator = ", ", .close = " }"
#define LIST(opens, closes, of)                                                                    \
    {                                                                                              \
        .open = opens, .close = closes, .element = of                                              \
    }
#define WORDS(list, bytes, text)                                                                   \
    {                                                                                              \
        .words = list, .hash_bytes = bytes, .expected = text                                       \
    }
#define NUMBER(min, max, bytes, text)                                                              \
    {                                                                                              \
        .minimum = min, .maximum = max, .hash_bytes = bytes, .expected = "an integer from " text   \
    }

const schema_shape schema_root = {
    .name = "Schema",
    RECORD,
    .kinds = {KIND_FIELDS, KIND_MAP},
    .labels = {"fields", "metadata"},
    .required = ~0U,
};

/* arrow 55 and 56 print every member, 57 and later only those that are not "item", false, 0, {}. */
const schema_shape schema_field = {
    .name = "Field",
    RECORD,
    .kinds = {KIND_TEXT, KIND_TYPE, KIND_BOOL, KIND_UNHASHED_I64, KIND_UNHASHED_BOOL, KIND_MAP},
    .labels = {"name", "data_type", "nullable", "dict_id", "dict_is_ordered", "metadata"},
    .required = 1U << FIELD_TYPE,
};

static const schema_shape union_field = {.name = "", TUPLE, .kinds = {KIND_I8, KIND_FIELD}};

static const schema_shape pair = {
    .name = "",
    .open = "",
    .separator = ": ",
    .close = "",
    .kinds = {KIND_TEXT, KIND_TEXT},
    .required = ~0U,
};

static const char *const time_units[] = {"Second", "Millisecond", "Microsecond", "Nanosecond",
                                         NULL};
static const char *const interval_units[] = {"YearMonth", "DayTime", "MonthDayNano", NULL};
static const char *const union_modes[] = {"Sparse", "Dense", NULL};
static const char *const bools[] = {"false", "true", NULL};

const schema_kind_info schema_kinds[KIND_COUNT] = {
    [KIND_TIME_UNIT] = WORDS(time_units, 8, "Second, Millisecond, Microsecond or Nanosecond"),
    [KIND_INTERVAL_UNIT] = WORDS(interval_units, 8, "YearMonth, DayTime or MonthDayNano"),
    [KIND_UNION_MODE] = WORDS(union_modes, 8, "Sparse or Dense"),
    [KIND_BOOL] = WORDS(bools, 1, "true or false"),
    [KIND_UNHASHED_BOOL] = WORDS(bools, 0, "true or false"),
    [KIND_I8] = NUMBER(INT8_MIN, INT8_MAX, 1, "-128 to 127"),
    [KIND_U8] = NUMBER(0, UINT8_MAX, 1, "0 to 255"),
    [KIND_I32] = NUMBER(INT32_MIN, INT32_MAX, 4, "-2147483648 to 2147483647"),
    [KIND_UNHASHED_I64] = NUMBER(INT64_MIN, INT64_MAX, 0, "-2^63 to 2^63 - 1"),
    [KIND_FIELDS] = LIST("[", "]", &schema_field),
    [KIND_UNION_FIELDS] = LIST("[", "]", &union_field),
    [KIND_MAP] = LIST("{", "}", &pair),
};

#define PLAIN(type)                                                                                \
    {                                                                                              \
        .name = type                                                                               \
    }
#define TYPE(type, ...)                                                                            \
    {                                                                                              \
        .name = type, TUPLE, .kinds = { __VA_ARGS__ }                                              \
    }

enum { DECIMAL32 = 35, DECIMAL64 = 36, ARROW_OF_DECIMAL32 = 56 };

/* In the order of the enum in arrow 56 and later, which is what the hash knows a type by. */
static const schema_shape types[] = {
    PLAIN("Null"),
    PLAIN("Boolean"),
    PLAIN("Int8"),
    PLAIN("Int16"),
    PLAIN("Int32"),
    PLAIN("Int64"),
    PLAIN("UInt8"),
    PLAIN("UInt16"),
    PLAIN("UInt32"),
    PLAIN("UInt64"),
    PLAIN("Float16"),
    PLAIN("Float32"),
    PLAIN("Float64"),
    TYPE("Timestamp", KIND_TIME_UNIT, KIND_ZONE),
    PLAIN("Date32"),
    PLAIN("Date64"),
    TYPE("Time32", KIND_TIME_UNIT),
    TYPE("Time64", KIND_TIME_UNIT),
    TYPE("Duration", KIND_TIME_UNIT),
    TYPE("Interval", KIND_INTERVAL_UNIT),
    PLAIN("Binary"),
    TYPE("FixedSizeBinary", KIND_I32),
    PLAIN("LargeBinary"),
    PLAIN("BinaryView"),
    PLAIN("Utf8"),
    PLAIN("LargeUtf8"),
    PLAIN("Utf8View"),
    TYPE("List", KIND_FIELD),
    TYPE("ListView", KIND_FIELD),
    TYPE("FixedSizeList", KIND_FIELD, KIND_I32),
    TYPE("LargeList", KIND_FIELD),
    TYPE("LargeListView", KIND_FIELD),
    TYPE("Struct", KIND_FIELDS),
    TYPE("Union", KIND_UNION_FIELDS, KIND_UNION_MODE),
    TYPE("Dictionary", KIND_TYPE, KIND_TYPE),
    [DECIMAL32] = TYPE("Decimal32", KIND_U8, KIND_I8),
    [DECIMAL64] = TYPE("Decimal64", KIND_U8, KIND_I8),
    TYPE("Decimal128", KIND_U8, KIND_I8),
    TYPE("Decimal256", KIND_U8, KIND_I8),
    TYPE("Map", KIND_FIELD, KIND_BOOL),
    TYPE("RunEndEncoded", KIND_FIELD, KIND_FIELD),
};

const schema_shape *schema_type(const char *name, size_t length)
{
    for (size_t i = 0; i < COUNT(types); i++)
        if (strlen(types[i].name) == length && memcmp(types[i].name, name, length) == 0)
            return &types[i];
    return NULL;
}

int schema_discriminant(const schema_shape *type, int arrow)
{
    int position = (int)(type - types);

    if (arrow >= ARROW_OF_DECIMAL32 || position < DECIMAL32)
        return position;
    return position <= DECIMAL64 ? -1 : position - 2;
}
