#include "db.h"

#include <stdlib.h>
#include <string.h>

/* Type oids of PostgreSQL's pg_type.dat, fixed for all versions. */
enum {
    OID_BOOL = 16,
    OID_BYTEA = 17,
    OID_NAME = 19,
    OID_INT8 = 20,
    OID_INT2 = 21,
    OID_INT4 = 23,
    OID_OID = 26,
    OID_FLOAT8 = 701,
    OID_TEXT_ARRAY = 1009,
    OID_VARCHAR_ARRAY = 1015,
    OID_TIMESTAMPTZ = 1184,
};

/* mm_result is PGresult under another name: nothing to allocate, nothing to forget. */
static const PGresult *raw(const mm_result *result)
{
    return (const PGresult *)result;
}

void mm_result_free(mm_result *result)
{
    PQclear((PGresult *)result);
}

int64_t mm_result_rows(const mm_result *result)
{
    return PQntuples(raw(result));
}

int mm_result_columns(const mm_result *result)
{
    return PQnfields(raw(result));
}

const char *mm_result_name(const mm_result *result, int column)
{
    return PQfname(raw(result), column);
}

static uint64_t read_unsigned(const char *data, size_t size)
{
    uint64_t value = 0;

    for (size_t i = 0; i < size; i++)
        value = value << 8 | (unsigned char)data[i];
    return value;
}

static int64_t read_signed(const char *data, size_t size)
{
    switch (size) {
    case 2:
        return (int16_t)read_unsigned(data, size);
    case 4:
        return (int32_t)read_unsigned(data, size);
    default:
        return (int64_t)read_unsigned(data, 8);
    }
}

static mm_value number_value(const char *data)
{
    uint64_t bits = read_unsigned(data, 8);
    mm_value out = {.kind = MM_FLOAT};

    memcpy(&out.as.number, &bits, sizeof bits);
    return out;
}

static mm_value bytes_value(mm_kind kind, const char *data, size_t length)
{
    mm_value out = {.kind = kind};

    out.as.bytes.data = data;
    out.as.bytes.length = length;
    return out;
}

mm_value mm_result_value(const mm_result *result, int64_t row, int column)
{
    const PGresult *from = raw(result);

    if (PQgetisnull(from, (int)row, column))
        return (mm_value){.kind = MM_NULL};
    const char *data = PQgetvalue(from, (int)row, column);
    size_t length = (size_t)PQgetlength(from, (int)row, column);
    switch (PQftype(from, column)) {
    case OID_BOOL:
        return (mm_value){.kind = MM_BOOL, .as.boolean = data[0] != 0};
    case OID_INT2:
    case OID_INT4:
    case OID_INT8:
        return (mm_value){.kind = MM_INT, .as.integer = read_signed(data, length)};
    case OID_OID:
        return (mm_value){.kind = MM_INT, .as.integer = (int64_t)read_unsigned(data, length)};
    case OID_TIMESTAMPTZ:
        return (mm_value){.kind = MM_TIME, .as.integer = read_signed(data, length)};
    case OID_FLOAT8:
        return number_value(data);
    case OID_BYTEA:
        return bytes_value(MM_BYTES, data, length);
    case OID_TEXT_ARRAY:
    case OID_VARCHAR_ARRAY:
        return bytes_value(MM_TEXTS, data, length);
    default: /* text, varchar, name: text in binary too; statements return nothing else */
        return bytes_value(MM_TEXT, data, length);
    }
}

/* An array on the wire: dimensions, has-nulls, element oid, length, lower bound, then length and
 * bytes of each. */
bool mm_texts_next(const mm_value *texts, size_t *at, mm_value *out)
{
    enum { HEADER = 12, DIMENSION = 8 };
    const char *data = texts->as.bytes.data;
    size_t size = texts->as.bytes.length;

    if (*at == 0 && size >= 4)
        *at = HEADER + DIMENSION * (size_t)read_unsigned(data, 4);
    if (size < *at + 4)
        return false;
    int64_t length = read_signed(data + *at, 4);
    *at += 4;
    if (length > (int64_t)(size - *at))
        return false;
    if (length < 0) {
        *out = (mm_value){.kind = MM_NULL};
        return true;
    }
    *out = bytes_value(MM_TEXT, data + *at, (size_t)length);
    *at += (size_t)length;
    return true;
}
