#include "json.h"

void mm_json_write_text(FILE *file, const char *data, size_t length)
{
    putc('"', file);
    for (size_t i = 0; i < length; i++) {
        unsigned char c = (unsigned char)data[i];
        if (c < 0x20 || c == 0x7f)
            fprintf(file, "\\u%04x", c);
        else {
            if (c == '"' || c == '\\')
                putc('\\', file);
            putc(c, file);
        }
    }
    putc('"', file);
}
