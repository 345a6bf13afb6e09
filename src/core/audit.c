#include "mm/audit.h"

#include "lake.h"
#include "sha256.h"

#include "mm/hex.h"

#include <stdio.h>
#include <string.h>

enum { SEQ, HASH, LAST_SEQ };               /* columns of audit_end.sql */
enum { ENTRY_SEQ, ENTRY_BODY, ENTRY_HASH }; /* columns of audit_chain.sql */

typedef struct verification {
    mm_chain *chain;
    uint8_t hash[MM_SHA256_BYTES]; /* of the entry before */
    int64_t known_seq;             /* the head that somebody noted, 0 for none */
    const char *known_hash;
} verification;

static void break_at(mm_chain *chain, int64_t seq, const char *why)
{
    if (chain->why)
        return;
    if (chain->entries >= seq)
        chain->entries = seq - 1;
    chain->broken_seq = seq;
    chain->why = why;
}

/* The body begins with its number, so that entries cannot change places. */
static bool has_number(const mm_value *body, int64_t seq)
{
    char start[40];
    int length = snprintf(start, sizeof start, "{\"seq\":%lld,", (long long)seq);

    return body->as.bytes.length > (size_t)length &&
           !memcmp(body->as.bytes.data, start, (size_t)length);
}

static bool is_same_hash(const mm_value *value, const uint8_t hash[MM_SHA256_BYTES])
{
    return value->kind == MM_BYTES && value->as.bytes.length == MM_SHA256_BYTES &&
           !memcmp(value->as.bytes.data, hash, MM_SHA256_BYTES);
}

static mm_code verify_entry(verification *v, const mm_result *page, int64_t row, mm_error *err)
{
    mm_chain *chain = v->chain;
    int64_t expected = chain->head_seq + 1;
    mm_value seq = mm_result_value(page, row, ENTRY_SEQ);
    mm_value body = mm_result_value(page, row, ENTRY_BODY);
    mm_value hash = mm_result_value(page, row, ENTRY_HASH);

    if (seq.as.integer != expected)
        break_at(chain, expected, "the entry is missing");
    else if (!has_number(&body, expected))
        break_at(chain, expected, "the entry was made for another place");
    if (chain->why)
        return MM_OK;
    if (!mm_sha256(v->hash, sizeof v->hash, body.as.bytes.data, body.as.bytes.length, v->hash))
        return mm_error_set(err, MM_MEMORY, "no memory for a hash");
    if (!is_same_hash(&hash, v->hash)) {
        break_at(chain, expected, "its hash is not that of its text and the entry before");
        return MM_OK;
    }
    mm_hex_encode(v->hash, sizeof v->hash, chain->head);
    chain->head_seq = expected;
    chain->entries++;
    if (expected == v->known_seq && strncmp(chain->head, v->known_hash, strlen(v->known_hash)) != 0)
        break_at(chain, expected, "it is not the entry that was there when the head was noted");
    return MM_OK;
}

static mm_code verify_page(mm_lake *lake, verification *v, int64_t *rows, mm_error *err)
{
    char after[24];
    const char *params[] = {after};
    mm_result *page = NULL;

    snprintf(after, sizeof after, "%lld", (long long)v->chain->head_seq);
    mm_code code = mm_lake_select(lake, "audit_chain", NULL, params, 1, &page, err);
    if (code)
        return code;
    *rows = mm_result_rows(page);
    for (int64_t row = 0; row < *rows && code == MM_OK && !v->chain->why; row++)
        code = verify_entry(v, page, row, err);
    mm_result_free(page);
    return code;
}

/* The head as it is after the entries were read: others may have appended meanwhile, which is why
 * an entry beyond it is wrong only when it is there in the same look. */
static mm_code verify_head(mm_lake *lake, verification *v, bool *is_behind, mm_error *err)
{
    mm_result *end = NULL;
    mm_chain *chain = v->chain;
    mm_code code = mm_lake_select(lake, "audit_end", NULL, NULL, 0, &end, err);

    if (code)
        return code;
    int64_t seq = mm_result_int(end, SEQ, 0), last = mm_result_int(end, LAST_SEQ, 0);
    *is_behind = last > chain->head_seq && !chain->why;
    if (!mm_result_rows(end))
        break_at(chain, chain->head_seq + 1, "the head of the chain is missing");
    else if (last > seq)
        break_at(chain, seq + 1, "it stands behind the end of the chain");
    else if (last < seq)
        break_at(chain, last + 1, "the chain was cut: its head says that there was more");
    else if (!*is_behind && !chain->why) {
        mm_value hash = mm_result_value(end, 0, HASH);
        if (!is_same_hash(&hash, v->hash))
            break_at(chain, seq, "the head of the chain has another hash");
    }
    mm_result_free(end);
    return MM_OK;
}

static mm_code verify(mm_lake *lake, verification *v, mm_error *err)
{
    mm_code code = MM_OK;

    for (bool is_behind = true; is_behind && code == MM_OK && !v->chain->why;) {
        int64_t rows = 1;
        while (code == MM_OK && rows > 0 && !v->chain->why)
            code = verify_page(lake, v, &rows, err);
        if (code == MM_OK)
            code = verify_head(lake, v, &is_behind, err);
    }
    if (code == MM_OK && v->known_seq > v->chain->head_seq)
        break_at(v->chain, v->chain->head_seq + 1, "the chain was cut: its noted head is missing");
    return code;
}

mm_code mm_audit_verify(mm_lake *lake, int64_t seq, const char *hash, mm_chain *out, mm_error *err)
{
    mm_chain chain = {0};
    verification v = {.chain = &chain, .known_seq = seq, .known_hash = hash};
    mm_code code = mm_lake_check_present(lake, err);

    if (code == MM_OK && !mm_sha256("", 0, "", 0, v.hash))
        code = mm_error_set(err, MM_MEMORY, "no memory for a hash");
    if (code == MM_OK)
        code = verify(lake, &v, err);
    if (code == MM_OK)
        *out = chain;
    return code;
}

mm_code mm_audit_refused(mm_lake *lake, int64_t retirement, const char *reason, const char *detail,
                         mm_error *err)
{
    static const char *const name = "audit_refused";
    char number[24];
    const char *params[] = {retirement ? number : NULL, reason, detail};
    mm_result *result = NULL;
    mm_code code = mm_lake_check_state(lake, err);

    snprintf(number, sizeof number, "%lld", (long long)retirement);
    if (code == MM_OK)
        code = mm_lake_run(lake, MM_WRITE, NULL, &name, 1, params, false, &result, err);
    mm_result_free(result);
    return code;
}
