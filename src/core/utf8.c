#include "utf8.h"

typedef struct utf8_form {
    unsigned char first, last; /* of the first byte */
    unsigned char low, high;   /* of the second; the others are 80 to BF */
    unsigned char length;
} utf8_form;

static const utf8_form *find_form(unsigned char byte)
{
    static const utf8_form forms[] = {
        {0x00, 0x7F, 0x00, 0x00, 1}, {0xC2, 0xDF, 0x80, 0xBF, 2}, {0xE0, 0xE0, 0xA0, 0xBF, 3},
        {0xE1, 0xEC, 0x80, 0xBF, 3}, {0xED, 0xED, 0x80, 0x9F, 3}, {0xEE, 0xEF, 0x80, 0xBF, 3},
        {0xF0, 0xF0, 0x90, 0xBF, 4}, {0xF1, 0xF3, 0x80, 0xBF, 4}, {0xF4, 0xF4, 0x80, 0x8F, 4},
    };

    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++)
        if (byte >= forms[i].first && byte <= forms[i].last)
            return &forms[i];
    return NULL;
}

/* Bytes of the character that `bytes` begins with, 0 when there is none. */
static size_t character_length(const unsigned char *bytes, size_t left)
{
    const utf8_form *form = find_form(bytes[0]);

    if (!form || form->length > left)
        return 0;
    for (size_t i = 1; i < form->length; i++) {
        unsigned char low = i == 1 ? form->low : 0x80;
        unsigned char high = i == 1 ? form->high : 0xBF;
        if (bytes[i] < low || bytes[i] > high)
            return 0;
    }
    return form->length;
}

bool mm_utf8_count(const char *text, size_t length, size_t *characters)
{
    const unsigned char *bytes = (const unsigned char *)text;
    size_t count = 0;

    for (size_t at = 0, step; at < length; at += step, count++) {
        step = character_length(bytes + at, length - at);
        if (!step)
            return false;
    }
    *characters = count;
    return true;
}
