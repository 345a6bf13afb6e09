#include "db.h"

#include <stdlib.h>
#include <string.h>

/* sqlx spells some of libpq's parameters with hyphens, and has one of its own, which is dropped (NULL). */
static const struct {
    const char *sqlx, *libpq;
} parameters[] = {
    {"ssl-mode", "sslmode"},
    {"ssl-root-cert", "sslrootcert"},
    {"ssl-ca", "sslrootcert"},
    {"ssl-cert", "sslcert"},
    {"ssl-key", "sslkey"},
    {"statement-cache-capacity", NULL},
};

static bool is_uri(const char *text)
{
    return !strncmp(text, "postgres://", 11) || !strncmp(text, "postgresql://", 13);
}

/* The parameter's libpq name; NULL to drop it. */
static const char *libpq_name(const char *name, size_t length, size_t *out_length)
{
    for (size_t i = 0; i < sizeof parameters / sizeof parameters[0]; i++)
        if (strlen(parameters[i].sqlx) == length && !memcmp(parameters[i].sqlx, name, length)) {
            *out_length = parameters[i].libpq ? strlen(parameters[i].libpq) : 0;
            return parameters[i].libpq;
        }
    *out_length = length;
    return name;
}

/* Copies the parameters after `?`; the longest translation adds nothing, so `out` is large enough. */
static void copy_parameters(const char *from, char *out)
{
    char separator = '?';

    for (const char *end; *from; from = *end ? end + 1 : end) {
        end = from + strcspn(from, "&");
        size_t name_length = strcspn(from, "=&");
        size_t length;
        const char *name = libpq_name(from, name_length, &length);
        if (!name || end == from)
            continue;
        size_t rest = (size_t)(end - from) - name_length;
        *out++ = separator;
        memcpy(out, name, length);
        memcpy(out + length, from + name_length, rest);
        out += length + rest;
        separator = '&';
    }
    *out = '\0';
}

mm_code mm_conninfo_normalize(const char *conninfo, char **out, mm_error *err)
{
    static const char service[] = "service=";
    char *text = malloc(strlen(conninfo) + sizeof service + 1);

    if (!text)
        return mm_error_set(err, MM_MEMORY, "out of memory");
    *out = text;
    if (is_uri(conninfo)) {
        size_t base = strcspn(conninfo, "?");
        memcpy(text, conninfo, base);
        text[base] = '\0';
        if (conninfo[base])
            copy_parameters(conninfo + base + 1, text + base);
        return MM_OK;
    }
    text[0] = '\0';
    if (conninfo[0] && !strchr(conninfo, '='))
        memcpy(text, service, sizeof service);
    memcpy(text + strlen(text), conninfo, strlen(conninfo) + 1);
    return MM_OK;
}
