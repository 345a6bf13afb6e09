#include "mm/error.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static void trim_partial_character(char *text, size_t length)
{
    size_t start = length;

    while (start > 0 && ((unsigned char)text[start - 1] & 0xC0) == 0x80)
        start--;
    if (start == 0)
        return;
    unsigned char lead = (unsigned char)text[start - 1];
    size_t wanted = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : lead >= 0xC0 ? 2 : 1;
    if (length - (start - 1) < wanted)
        text[start - 1] = '\0';
}

static void MM_PRINTF(3, 0) fill(char *text, size_t size, const char *format, va_list args)
{
    int length = vsnprintf(text, size, format, args);

    if (length < 0)
        text[0] = '\0';
    else if ((size_t)length >= size)
        trim_partial_character(text, size - 1);
}

mm_code mm_error_set(mm_error *err, mm_code code, const char *format, ...)
{
    va_list args;

    if (err->code != MM_OK)
        return err->code;
    err->code = code;
    va_start(args, format);
    fill(err->message, sizeof err->message, format, args);
    va_end(args);
    return code;
}

void mm_error_detail(mm_error *err, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    fill(err->detail, sizeof err->detail, format, args);
    va_end(args);
}

void mm_error_hint(mm_error *err, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    fill(err->hint, sizeof err->hint, format, args);
    va_end(args);
}

const char *mm_code_name(mm_code code)
{
    static const char *const names[MM_CODE_COUNT] = {
        [MM_OK] = "ok",
        [MM_SYNTAX] = "syntax",
        [MM_INVALID] = "invalid",
        [MM_NOT_FOUND] = "not_found",
        [MM_CONNECTION] = "connection",
        [MM_QUERY] = "query",
        [MM_TIMEOUT] = "timeout",
        [MM_RIGHTS] = "rights",
        [MM_NOT_A_LAKE] = "not_a_lake",
        [MM_NEWER_CATALOG] = "newer_catalog",
        [MM_NOT_INITIALIZED] = "not_initialized",
        [MM_REFUSED] = "refused",
        [MM_CONFLICT] = "conflict",
        [MM_CANCELLED] = "cancelled",
        [MM_IO] = "io",
        [MM_MEMORY] = "memory",
    };

    return (unsigned)code < MM_CODE_COUNT ? names[code] : "unknown";
}
