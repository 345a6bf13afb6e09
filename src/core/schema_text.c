/* Characters of a string as Rust's Debug prints them. */
#include "schema.h"
#include "utf8.h"

#include <string.h>

/* The bytes of the UTF-8 character at `text`, 0 when it is none. */
static size_t utf8_length(const char *text, size_t room)
{
    unsigned char lead = (unsigned char)text[0];
    size_t length = lead < 0x80 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
    size_t characters;

    return length <= room && mm_utf8_count(text, length, &characters) ? length : 0;
}

static size_t put_utf8(uint32_t c, char out[4])
{
    static const uint32_t leads[] = {0, 0, 0xC0, 0xE0, 0xF0};
    size_t length = c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;

    for (size_t i = length - 1; i > 0; i--, c >>= 6)
        out[i] = (char)(0x80 | (c & 0x3F));
    out[0] = (char)(leads[length] | c);
    return length;
}

/* `\u{...}`: how long, 0 when it is not the number of a character. */
static size_t read_number(const char *text, size_t length, uint32_t *out)
{
    static const char digits[] = "0123456789abcdef";
    uint32_t number = 0;
    size_t at = 3;

    if (length < 3 || text[2] != '{')
        return 0;
    for (; at < length && at < 9; at++) {
        const char *digit = memchr(digits, text[at], sizeof digits - 1);
        if (!digit)
            break;
        number = number << 4 | (uint32_t)(digit - digits);
    }
    bool is_surrogate = number >= 0xD800 && number <= 0xDFFF;
    if (at == 3 || at == length || text[at] != '}' || is_surrogate || number > 0x10FFFF)
        return 0;
    *out = number;
    return at + 1;
}

static size_t read_escape(const char *text, size_t length, char out[4], size_t *out_length)
{
    static const char letters[] = "\"\\'tnr0", meanings[] = "\"\\'\t\n\r";
    const char *letter = length < 2 ? NULL : memchr(letters, text[1], sizeof letters - 1);
    uint32_t number;

    if (letter) {
        out[0] = meanings[letter - letters];
        *out_length = 1;
        return 2;
    }
    size_t read = length < 2 || text[1] != 'u' ? 0 : read_number(text, length, &number);
    if (read)
        *out_length = put_utf8(number, out);
    return read;
}

size_t schema_read_character(const char *text, size_t length, char out[4], size_t *out_length,
                             const char **expected)
{
    size_t read;

    *expected = "a closing quote";
    if (length == 0)
        return 0;
    if (text[0] == '\\') {
        *expected = "an escape: \\\" \\\\ \\' \\t \\n \\r \\0 or \\u{number of a character}";
        return read_escape(text, length, out, out_length);
    }
    *expected = "an escape for a control character";
    if ((unsigned char)text[0] < ' ' || text[0] == 0x7F)
        return 0;
    *expected = "UTF-8";
    read = utf8_length(text, length);
    memcpy(out, text, read);
    *out_length = read;
    return read;
}
