#include "schema.h"

#include <stdlib.h>

/* The fuzzer sets 1, so that each piece stands alone and its sanitizer sees where it ends. */
#ifndef SCHEMA_CHUNK_BYTES
#define SCHEMA_CHUNK_BYTES 4000
#endif

typedef struct schema_chunk {
    struct schema_chunk *next;
    size_t used, size;
    schema_value bytes[]; /* typed for the alignment */
} schema_chunk;

static schema_chunk *new_chunk(size_t size)
{
    schema_chunk *chunk = calloc(1, sizeof *chunk + size);

    if (chunk)
        chunk->size = size;
    return chunk;
}

void *schema_allocate(mm_schema *schema, size_t size)
{
    schema_chunk *chunk = schema->chunks;

    size = (size + sizeof *chunk->bytes - 1) / sizeof *chunk->bytes * sizeof *chunk->bytes;
    if (!chunk || chunk->size - chunk->used < size) {
        chunk = new_chunk(size > SCHEMA_CHUNK_BYTES ? size : SCHEMA_CHUNK_BYTES);
        if (!chunk)
            return NULL;
        chunk->next = schema->chunks;
        schema->chunks = chunk;
    }
    chunk->used += size;
    return (char *)chunk->bytes + chunk->used - size;
}

void mm_schema_free(mm_schema *schema)
{
    if (!schema)
        return;
    for (schema_chunk *chunk = schema->chunks, *next; chunk; chunk = next) {
        next = chunk->next;
        free(chunk);
    }
    free(schema);
}

const mm_field *mm_schema_next_field(const mm_schema *schema, const mm_field *field)
{
    const schema_list *fields = schema->root->values[ROOT_FIELDS].list;

    if (field)
        return field->next;
    return fields ? fields->first : NULL;
}

const char *mm_field_name(const mm_field *field, size_t *length)
{
    *length = field->values[FIELD_NAME].text->length;
    return field->values[FIELD_NAME].text->bytes;
}

bool mm_field_is_nullable(const mm_field *field)
{
    return field->values[FIELD_NULLABLE].number;
}
