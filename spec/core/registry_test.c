/* Registries: memory that runs out, texts that end without a zero. The rest is in spec/unit. */
#include "check.h"

#include "mm/registry.h"

#include <stdlib.h>

static int successes_left = -1; /* before the allocation that fails; below 0: none fails */

void *__real_calloc(size_t count, size_t size);
void *__wrap_calloc(size_t count, size_t size);

void *__wrap_calloc(size_t count, size_t size)
{
    return successes_left-- == 0 ? NULL : __real_calloc(count, size);
}

/* Two view sets, one of which has its hash computed. */
static mm_code make(mm_registry **out, mm_error *err)
{
    static const char schema[] =
        "Schema { fields: [Field { name: \"a\", data_type: Int64 }], metadata: {\"k\": \"v\"} }";
    const mm_registry_row rows[] = {
        {.view_set_name = {"b", 1}, .current_schema_hash = {"05", 2}, .source = {"s", 1}},
        {.view_set_name = {"a", 1},
         .schema = {schema, sizeof schema - 1},
         .source = {"release 0.33", 12},
         .arrow = 59},
    };

    return mm_registry_new(rows, 2, out, err);
}

static mm_code make_and_free(const mm_registry *unused, mm_error *err)
{
    mm_registry *made = NULL;
    mm_code code = make(&made, err);

    (void)unused;
    CHECK((code == MM_OK) == (made != NULL));
    mm_registry_free(made);
    return code;
}

static mm_code merge_and_free(const mm_registry *registry, mm_error *err)
{
    mm_registry *made = NULL;
    mm_code code = mm_registry_merge(registry, registry, &made, err);

    CHECK((code == MM_OK) == (made != NULL));
    mm_registry_free(made);
    return code;
}

static mm_code find(const mm_registry *registry, mm_error *err)
{
    mm_finding findings[MM_VIEW_SET_FINDINGS];
    size_t count = 99;
    mm_code code = mm_view_set_findings(mm_registry_at(registry, 0), findings, &count, err);

    CHECK_INT((long long)count, code == MM_OK ? 1 : 99);
    return code;
}

/* Makes the first allocation fail, then the second, until none is left to fail. */
static void check_out_of_memory(mm_code (*act)(const mm_registry *, mm_error *),
                                const mm_registry *registry)
{
    for (int successes = 0;; successes++) {
        mm_error err = {0};
        successes_left = successes;
        mm_code code = act(registry, &err);
        bool has_failed = successes_left < 0;
        successes_left = -1;
        if (!has_failed) {
            CHECK_INT(code, MM_OK);
            CHECK(successes > 0);
            return;
        }
        CHECK_INT(code, MM_MEMORY);
        CHECK(strstr(err.message, "no memory for a ") != NULL);
    }
}

static void check_texts_without_end(void)
{
    char *name = malloc(1), *hash = malloc(2);
    mm_registry *registry = NULL;
    mm_error err = {0};

    memcpy(name, "a", 1);
    memcpy(hash, "05", 2);
    mm_registry_row row = {{name, 1}, {hash, 2}, .schema = {name, 1}, .source = {name, 1}};
    CHECK_INT(mm_registry_new(&row, 1, &registry, &err), MM_OK);
    free(name);
    free(hash);
    CHECK_TEXT(mm_registry_find(registry, "a")->hash_hex, "05");
    CHECK_TEXT(mm_registry_find(registry, "a")->schema, "a");
    mm_registry_free(registry);
}

int main(void)
{
    mm_registry *registry = NULL;
    mm_error err = {0};

    CHECK_INT(make(&registry, &err), MM_OK);
    check_out_of_memory(make_and_free, NULL);
    check_out_of_memory(merge_and_free, registry);
    check_out_of_memory(find, registry);
    check_texts_without_end();
    mm_registry_free(registry);
    return check_end();
}
