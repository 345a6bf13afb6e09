/* Hexadecimal: hashes are bytes in C and SQL, text of lower-case digits everywhere else. */
#ifndef MM_HEX_H
#define MM_HEX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Writes two digits a byte and a terminating zero: `text` has room for 2 * length + 1. */
void mm_hex_encode(const uint8_t *bytes, size_t length, char *text);

/* Reads `length` digits of either case into length / 2 bytes; false when one is no digit. */
bool mm_hex_decode(const char *text, size_t length, uint8_t *bytes);

#endif
