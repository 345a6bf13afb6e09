/* Inside schemas: the grammar of the text as tables, and the tree that parsing makes and that
 * printing and hashing walk by the same tables. Only schema_*.c and their tests include this. */
#ifndef MM_CORE_SCHEMA_H
#define MM_CORE_SCHEMA_H

#include "mm/schema.h"

enum { SCHEMA_DEPTH_MAX = 128, SCHEMA_VALUES_MAX = 6 };

/* What can stand at one place of the text. */
typedef enum schema_kind {
    KIND_NONE, /* ends the kinds of a shape */

    KIND_TIME_UNIT, /* scalars: a word or a number */
    KIND_INTERVAL_UNIT,
    KIND_UNION_MODE,
    KIND_BOOL,
    KIND_UNHASHED_BOOL,
    KIND_I8,
    KIND_U8,
    KIND_I32,
    KIND_UNHASHED_I64,

    KIND_TEXT, /* "..." */
    KIND_ZONE, /* None or Some("...") */
    KIND_TYPE,
    KIND_FIELD,

    KIND_FIELDS, /* lists */
    KIND_UNION_FIELDS,
    KIND_MAP,

    KIND_COUNT
} schema_kind;

/* A fixed sequence of values: a data type with its parameters, a record with labelled members, an
 * entry of a list. Its text is the name, then, if it has values, `open` value `separator` value ...
 * `close`. */
typedef struct schema_shape {
    const char *name;
    const char *open, *separator, *close;
    schema_kind kinds[SCHEMA_VALUES_MAX + 1];
    const char *labels[SCHEMA_VALUES_MAX]; /* of a record: "label: value" */
    unsigned required;                     /* bit i: value i is always there */
} schema_shape;

typedef struct schema_kind_info {
    const char *expected;        /* what an error says is missing */
    const char *const *words;    /* of a scalar that is no number, ended by NULL */
    int64_t minimum, maximum;    /* of a number */
    size_t hash_bytes;           /* how many the hash takes of a scalar, little-endian */
    const char *open, *close;    /* of a list */
    const schema_shape *element; /* of a list */
} schema_kind_info;

extern const schema_kind_info schema_kinds[KIND_COUNT];
extern const schema_shape schema_root, schema_field; /* `Schema { ... }` and `Field { ... }` */

enum { FIELD_NAME, FIELD_TYPE, FIELD_NULLABLE };
enum { ROOT_FIELDS, ROOT_METADATA };

/* The data type with this name, NULL when there is none. */
const schema_shape *schema_type(const char *name, size_t length);

/* The number that the hash has for a data type, -1 when that version of arrow does not have the
 * type. */
int schema_discriminant(const schema_shape *type, int arrow);

/* Rust decides by its Unicode tables what it writes as \u{...}, and they change with Rust. So the
 * spelling is kept, quotes included, and printed again; `bytes` is what it means, for the hash. */
typedef struct schema_text {
    size_t offset; /* in the text that was parsed */
    const char *spelling;
    size_t spelling_length;
    const char *bytes;
    size_t length;
} schema_text;

typedef union schema_value {
    int64_t number;           /* scalars; words as their index */
    const schema_text *text;  /* NULL for None */
    struct schema_node *node; /* types and fields */
    struct schema_list *list; /* NULL when empty */
} schema_value;

typedef struct schema_node {
    const schema_shape *shape;
    struct schema_node *next; /* in a list */
    unsigned printed;         /* bit i: value i stands in the text. What does not has its default */
    schema_value values[];
} schema_node;

typedef struct schema_list {
    size_t count;
    schema_node *first;   /* as written */
    schema_node **sorted; /* of a map: by key, as the hash wants them */
} schema_list;

struct mm_schema {
    struct schema_chunk *chunks;
    schema_node *root;
};

/* Zeroed memory that goes with the schema, NULL when there is none. */
void *schema_allocate(mm_schema *schema, size_t size);

/* Reads one character of a string as Rust's Debug writes it, escaped or not: fills `out` with its
 * UTF-8 and returns the bytes it took of the text, or 0 and what was `expected` instead. */
size_t schema_read_character(const char *text, size_t length, char out[4], size_t *out_length,
                             const char **expected);

/* Where bytes are written to: gathered, then handed to `write`, which says false when it cannot. */
typedef struct schema_sink {
    bool (*write)(void *to, const void *bytes, size_t length);
    void *to;
    bool is_broken;
    size_t used;
    unsigned char bytes[4096];
} schema_sink;

void schema_put(schema_sink *sink, const void *bytes, size_t length);
bool schema_flush(schema_sink *sink); /* false when something could not be written */

/* Writes the bytes that the hash is taken of. Errors: INVALID (an arrow that is not known, a
 * type that it does not have), MEMORY (the sink failed). */
mm_code schema_stream(const mm_schema *schema, int arrow, schema_sink *sink,
                      mm_error *err) MM_CHECK;

#endif
