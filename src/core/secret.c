#include "mm/secret.h"

#include "sha256.h"

#include "mm/hex.h"

#include <openssl/crypto.h>
#include <openssl/rand.h>

mm_code mm_secret_random(size_t bytes, char *out, mm_error *err)
{
    uint8_t secret[MM_SECRET_MAX_BYTES];

    if (bytes > sizeof secret)
        return mm_error_set(err, MM_INVALID, "more than %d random bytes", MM_SECRET_MAX_BYTES);
    if (RAND_priv_bytes(secret, (int)bytes) != 1)
        return mm_error_set(err, MM_IO, "the system gives no random numbers");
    mm_hex_encode(secret, bytes, out);
    OPENSSL_cleanse(secret, sizeof secret);
    return MM_OK;
}

mm_code mm_secret_hash(const char *text, size_t length, char out[MM_SECRET_HASH_BYTES],
                       mm_error *err)
{
    uint8_t hash[MM_SHA256_BYTES];

    if (!mm_sha256(text, length, "", 0, hash))
        return mm_error_set(err, MM_MEMORY, "no memory for a hash");
    mm_hex_encode(hash, sizeof hash, out);
    return MM_OK;
}
