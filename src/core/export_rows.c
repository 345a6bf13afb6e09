#include "export_rows.h"

#include "json.h"
#include "mm/time.h"

#include <string.h>
#include <strings.h>

static void write_hex(FILE *file, const char *data, size_t length)
{
    static const char digits[] = "0123456789abcdef";

    for (size_t i = 0; i < length; i++) {
        putc(digits[(unsigned char)data[i] >> 4], file);
        putc(digits[(unsigned char)data[i] & 15], file);
    }
}

static void write_csv_text(FILE *file, const char *data, size_t length)
{
    bool is_plain = length > 0;

    for (size_t i = 0; i < length && is_plain; i++)
        is_plain = !strchr(",\"\r\n", data[i]);
    if (is_plain) {
        fwrite(data, 1, length, file);
        return;
    }
    putc('"', file);
    for (size_t i = 0; i < length; i++) {
        if (data[i] == '"')
            putc('"', file);
        putc(data[i], file);
    }
    putc('"', file);
}

static void write_texts(FILE *file, const mm_value *value)
{
    mm_value element;
    size_t at = 0;
    const char *separator = "[";

    while (mm_texts_next(value, &at, &element)) {
        fputs(separator, file);
        if (element.kind == MM_NULL)
            fputs("null", file);
        else
            mm_json_write_text(file, element.as.bytes.data, element.as.bytes.length);
        separator = ",";
    }
    fputs(separator[0] == '[' ? "[]" : "]", file);
}

/* Everything but text, of which each format has its own way. */
static void write_plain(FILE *file, const mm_value *value)
{
    char time[MM_TIME_TEXT_BYTES];

    switch (value->kind) {
    case MM_INT:
        fprintf(file, "%lld", (long long)value->as.integer);
        break;
    case MM_TIME:
        mm_time_format(value->as.integer, time);
        fputs(time, file);
        break;
    case MM_BYTES:
        write_hex(file, value->as.bytes.data, value->as.bytes.length);
        break;
    default: /* partitions have no other kinds */
        break;
    }
}

static bool is_plain_element(const mm_value *element)
{
    const char *data = element->as.bytes.data;
    size_t length = element->as.bytes.length;

    if (element->kind == MM_NULL)
        return true;
    if (length == 0 || (length == 4 && !strncasecmp(data, "null", 4)))
        return false;
    for (size_t i = 0; i < length; i++)
        if (strchr("{},\"\\ \t\n\r\v\f", data[i]))
            return false;
    return true;
}

/* An element of an array as PostgreSQL writes it: in quotes where it must be, which CSV doubles. */
static void write_element(FILE *file, const mm_value *element)
{
    if (element->kind == MM_NULL) {
        fputs("NULL", file);
        return;
    }
    bool is_plain = is_plain_element(element);
    fputs(is_plain ? "" : "\"\"", file);
    for (size_t i = 0; i < element->as.bytes.length; i++) {
        char c = element->as.bytes.data[i];
        if (c == '"')
            fputs("\\\"\"", file);
        else if (c == '\\')
            fputs("\\\\", file);
        else
            putc(c, file);
    }
    fputs(is_plain ? "" : "\"\"", file);
}

/* A comma or a quote in it has to be quoted: that of two elements, or of one in quotes. */
static bool is_plain_array(const mm_value *texts)
{
    mm_value element;
    size_t at = 0, count = 0;
    bool is_plain = true;

    for (; mm_texts_next(texts, &at, &element); count++)
        is_plain = is_plain && is_plain_element(&element);
    return is_plain && count < 2;
}

static void write_csv_texts(FILE *file, const mm_value *value)
{
    const char *quote = is_plain_array(value) ? "" : "\"", *separator = "";
    mm_value element;
    size_t at = 0;

    fprintf(file, "%s{", quote);
    for (; mm_texts_next(value, &at, &element); separator = ",") {
        fputs(separator, file);
        write_element(file, &element);
    }
    fprintf(file, "}%s", quote);
}

static void write_csv_row(FILE *file, const mm_result *page, int64_t row, int columns)
{
    for (int column = 0; column < columns; column++) {
        mm_value value = mm_result_value(page, row, column);
        if (column > 0)
            putc(',', file);
        bool is_bytes = value.kind == MM_BYTES;
        if (value.kind == MM_TEXT || (is_bytes && value.as.bytes.length == 0))
            write_csv_text(file, value.as.bytes.data, value.as.bytes.length);
        else if (value.kind == MM_TEXTS)
            write_csv_texts(file, &value);
        else
            write_plain(file, &value);
    }
    putc('\n', file);
}

static void write_json_row(FILE *file, const mm_result *page, int64_t row, int columns)
{
    const char *separator = "{";

    for (int column = 0; column < columns; column++) {
        mm_value value = mm_result_value(page, row, column);
        if (value.kind == MM_NULL)
            continue;
        fprintf(file, "%s\"%s\":", separator, mm_result_name(page, column));
        separator = ",";
        bool is_quoted = value.kind == MM_TIME || value.kind == MM_BYTES;
        if (is_quoted)
            putc('"', file);
        if (value.kind == MM_TEXT)
            mm_json_write_text(file, value.as.bytes.data, value.as.bytes.length);
        else if (value.kind == MM_TEXTS)
            write_texts(file, &value);
        else
            write_plain(file, &value);
        if (is_quoted)
            putc('"', file);
    }
    fputs(separator[0] == '{' ? "{}\n" : "}\n", file);
}

static void write_header(FILE *file, const mm_result *page, int columns)
{
    for (int column = 0; column < columns; column++)
        fprintf(file, "%s%s", column > 0 ? "," : "", mm_result_name(page, column));
    putc('\n', file);
}

void mm_export_write(FILE *file, const mm_result *page, mm_format format, bool is_first)
{
    int columns = mm_result_columns(page) - 1;

    if (is_first && format == MM_CSV)
        write_header(file, page, columns);
    for (int64_t row = 0; row < mm_result_rows(page); row++)
        (format == MM_CSV ? write_csv_row : write_json_row)(file, page, row, columns);
}
