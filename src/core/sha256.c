#include "sha256.h"

#include <openssl/evp.h>
#include <stdio.h>
#include <sys/stat.h>

bool mm_sha256(const void *first, size_t first_length, const void *second, size_t second_length,
               uint8_t out[MM_SHA256_BYTES])
{
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    bool is_done = context && EVP_DigestInit_ex(context, EVP_sha256(), NULL) == 1 &&
                   EVP_DigestUpdate(context, first, first_length) == 1 &&
                   EVP_DigestUpdate(context, second, second_length) == 1 &&
                   EVP_DigestFinal_ex(context, out, NULL) == 1;

    EVP_MD_CTX_free(context);
    return is_done;
}

static bool digest_file(EVP_MD_CTX *context, FILE *file, uint8_t out[MM_SHA256_BYTES])
{
    unsigned char buffer[8192];
    size_t length;

    if (EVP_DigestInit_ex(context, EVP_sha256(), NULL) != 1)
        return false;
    while ((length = fread(buffer, 1, sizeof buffer, file)) > 0)
        if (EVP_DigestUpdate(context, buffer, length) != 1)
            return false;
    return !ferror(file) && EVP_DigestFinal_ex(context, out, NULL) == 1;
}

/* What is no file, such as standard input, would be read away, or never end. */
static FILE *open_file(const char *path)
{
    struct stat info;

    return !stat(path, &info) && S_ISREG(info.st_mode) ? fopen(path, "rb") : NULL;
}

bool mm_sha256_file(const char *path, uint8_t out[MM_SHA256_BYTES])
{
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    FILE *file = open_file(path);
    bool is_done = context && file && digest_file(context, file, out);

    if (file)
        fclose(file);
    EVP_MD_CTX_free(context);
    return is_done;
}
