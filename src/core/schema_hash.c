/* What Rust's DefaultHasher sees of a schema, and its result. */
#include "schema.h"

#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <string.h>

enum { ARROW_OF_OPTIONAL_METADATA = 60 };

typedef struct hasher {
    schema_sink *sink;
    int arrow;
    const char *missing; /* a type that this arrow does not have */
} hasher;

static void hash_value(hasher *h, schema_kind kind, schema_value value);

static void put_number(hasher *h, uint64_t number, size_t bytes)
{
    unsigned char little_endian[8];

    for (size_t i = 0; i < bytes; i++, number >>= 8)
        little_endian[i] = (unsigned char)number;
    schema_put(h->sink, little_endian, bytes);
}

static void put_text(hasher *h, const schema_text *text)
{
    schema_put(h->sink, text->bytes, text->length);
    put_number(h, 0xFF, 1);
}

static void hash_node(hasher *h, const schema_node *node)
{
    for (size_t i = 0; node->shape->kinds[i]; i++)
        hash_value(h, node->shape->kinds[i], node->values[i]);
}

static void hash_type(hasher *h, const schema_node *type)
{
    int discriminant = schema_discriminant(type->shape, h->arrow);

    if (discriminant < 0)
        h->missing = type->shape->name;
    put_number(h, (uint64_t)discriminant, 8);
    hash_node(h, type);
}

static void hash_fields(hasher *h, const schema_list *fields)
{
    put_number(h, fields ? fields->count : 0, 8);
    for (const schema_node *node = fields ? fields->first : NULL; node; node = node->next)
        hash_node(h, node);
}

/* From arrow 60 on as an optional map; before, the pairs alone. */
static void hash_map(hasher *h, const schema_list *map)
{
    if (h->arrow >= ARROW_OF_OPTIONAL_METADATA) {
        put_number(h, map != NULL, 8);
        if (map)
            put_number(h, map->count, 8);
    }
    for (size_t i = 0; map && i < map->count; i++)
        hash_node(h, map->sorted[i]);
}

static void hash_zone(hasher *h, const schema_text *zone)
{
    put_number(h, zone != NULL, 8);
    if (zone)
        put_text(h, zone);
}

static void hash_value(hasher *h, schema_kind kind, schema_value value)
{
    switch (kind) {
    case KIND_TEXT:
        put_text(h, value.text);
        break;
    case KIND_ZONE:
        hash_zone(h, value.text);
        break;
    case KIND_TYPE:
        hash_type(h, value.node);
        break;
    case KIND_FIELD:
        hash_node(h, value.node);
        break;
    case KIND_FIELDS:
    case KIND_UNION_FIELDS:
        hash_fields(h, value.list);
        break;
    case KIND_MAP:
        hash_map(h, value.list);
        break;
    default:
        put_number(h, (uint64_t)value.number, schema_kinds[kind].hash_bytes);
    }
}

mm_code schema_stream(const mm_schema *schema, int arrow, schema_sink *sink, mm_error *err)
{
    hasher h = {.sink = sink, .arrow = arrow};

    if (arrow < MM_ARROW_OLDEST || arrow > MM_ARROW_NEWEST)
        return mm_error_set(err, MM_INVALID,
                            "hashes of schemas are known for arrow %d to %d, not %d",
                            MM_ARROW_OLDEST, MM_ARROW_NEWEST, arrow);
    hash_node(&h, schema->root);
    if (h.missing)
        return mm_error_set(err, MM_INVALID,
                            "the schema has the type %s, which arrow %d does not have", h.missing,
                            arrow);
    if (!schema_flush(sink))
        return mm_error_set(err, MM_MEMORY, "no memory for the hash of a schema");
    return MM_OK;
}

static bool mac_write(void *to, const void *bytes, size_t length)
{
    return EVP_MAC_update(to, bytes, length) == 1;
}

/* DefaultHasher is SipHash-1-3 with a key of zeros. */
static bool mac_start(EVP_MAC_CTX *mac)
{
    static const unsigned char key[16];
    size_t size = MM_SCHEMA_HASH_BYTES;
    unsigned c_rounds = 1, d_rounds = 3;
    OSSL_PARAM parameters[] = {
        OSSL_PARAM_construct_size_t(OSSL_MAC_PARAM_SIZE, &size),
        OSSL_PARAM_construct_uint(OSSL_MAC_PARAM_C_ROUNDS, &c_rounds),
        OSSL_PARAM_construct_uint(OSSL_MAC_PARAM_D_ROUNDS, &d_rounds),
        OSSL_PARAM_construct_end(),
    };

    return EVP_MAC_init(mac, key, sizeof key, parameters) == 1;
}

static mm_code fail_mac(mm_error *err)
{
    if (ERR_GET_REASON(ERR_peek_last_error()) == ERR_R_UNSUPPORTED)
        return mm_error_set(err, MM_INVALID,
                            "this OpenSSL has no SipHash: its default provider is not loaded");
    return mm_error_set(err, MM_MEMORY, "no memory for the hash of a schema");
}

/* Marks OpenSSL's queue of errors, so that the host's own are left as they are. */
mm_code mm_schema_hash(const mm_schema *schema, int arrow, uint8_t out[MM_SCHEMA_HASH_BYTES],
                       mm_error *err)
{
    ERR_set_mark();
    EVP_MAC *siphash = EVP_MAC_fetch(NULL, "SIPHASH", NULL);
    EVP_MAC_CTX *mac = siphash ? EVP_MAC_CTX_new(siphash) : NULL;
    schema_sink sink = {.write = mac_write, .to = mac};
    uint8_t hash[MM_SCHEMA_HASH_BYTES];
    mm_code code = mac && mac_start(mac) ? MM_OK : fail_mac(err);

    if (code == MM_OK)
        code = schema_stream(schema, arrow, &sink, err);
    if (code == MM_OK && EVP_MAC_final(mac, hash, NULL, sizeof hash) != 1)
        code = fail_mac(err);
    if (code == MM_OK)
        memcpy(out, hash, sizeof hash);
    EVP_MAC_CTX_free(mac);
    EVP_MAC_free(siphash);
    ERR_pop_to_mark();
    return code;
}
