#include "db.h"

#include <stdlib.h>
#include <string.h>

/* sqlx spells some of libpq's parameters with hyphens, and has some of its own, which are dropped
 * (NULL). */
static const struct {
    const char *sqlx, *libpq;
} parameters[] = {
    {"ssl-mode", "sslmode"},   {"ssl-root-cert", "sslrootcert"},
    {"ssl-ca", "sslrootcert"}, {"ssl-cert", "sslcert"},
    {"ssl-key", "sslkey"},     {"statement-cache-capacity", NULL},
};

/* Where the authority of a URI starts, NULL where the text is none. */
static const char *authority_of(const char *text)
{
    if (!strncmp(text, "postgres://", 11))
        return text + 11;
    return strncmp(text, "postgresql://", 13) ? NULL : text + 13;
}

static bool starts_with(const char *text, size_t length, const char *start)
{
    return length >= strlen(start) && !memcmp(text, start, strlen(start));
}

/* The parameter's libpq name; NULL to drop it. */
static const char *libpq_name(const char *name, size_t length, size_t *out_length)
{
    *out_length = 0;
    if (starts_with(name, length, "options[") || starts_with(name, length, "options%5B"))
        return NULL; /* a setting for the session: mm sets none */
    for (size_t i = 0; i < sizeof parameters / sizeof parameters[0]; i++)
        if (strlen(parameters[i].sqlx) == length && starts_with(name, length, parameters[i].sqlx)) {
            *out_length = parameters[i].libpq ? strlen(parameters[i].libpq) : 0;
            return parameters[i].libpq;
        }
    *out_length = length;
    return name;
}

/* Copies the parameters after `?`; no translation is longer. */
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

/* The last at sign before the host, NULL for none: all before it is user and password to sqlx. */
static const char *end_of_user(const char *authority, size_t length)
{
    for (size_t i = length; i > 0; i--)
        if (authority[i - 1] == '@')
            return authority + i - 1;
    return NULL;
}

/* libpq takes a password as it is up to its first `/` or `?`, and would tell what is before it as
 * the port. */
static bool is_password_cut(const char *authority, size_t length)
{
    const char *end = authority + length, *port = memchr(authority, ':', length);

    return port && strchr(end, '@') && !end_of_user(authority, length) &&
           !memchr(authority, '[', length) && !memchr(authority, ',', length) &&
           port + 1 + strspn(port + 1, "0123456789") < end;
}

static mm_code copy_uri(const char *uri, const char *authority, char *out, mm_error *err)
{
    size_t length = strcspn(authority, "/?");
    const char *user_end = end_of_user(authority, length);

    if (is_password_cut(authority, length))
        return mm_error_set(err, MM_INVALID,
                            "not a connection: special characters in a password must be "
                            "written as %%XX, a slash as %%2F");
    for (; *uri && *uri != '?'; uri++)
        if (*uri == '@' && user_end && uri < user_end) {
            memcpy(out, "%40", 3);
            out += 3;
        } else
            *out++ = *uri;
    *out = '\0';
    if (*uri)
        copy_parameters(uri + 1, out);
    return MM_OK;
}

static void copy_service(const char *name, char *out)
{
    static const char start[] = "service='";

    memcpy(out, start, sizeof start - 1);
    for (out += sizeof start - 1; *name; *out++ = *name++)
        if (*name == '\'' || *name == '\\')
            *out++ = '\\';
    memcpy(out, "'", 2);
}

static bool has_password(const char *conninfo)
{
    const char *authority = authority_of(conninfo);
    const char *at = authority ? strchr(authority, '@') : NULL;

    return strstr(conninfo, "password") || (at && memchr(authority, ':', (size_t)(at - authority)));
}

void mm_conninfo_hint(mm_error *err)
{
    mm_error_hint(err, "connections are keywords (host=db dbname=lake), URIs "
                       "(postgres://user@db/lake), or the name of a service");
}

/* libpq says so, or has no memory left to say it with. */
static bool is_out_of_memory(const char *message)
{
    return !message || !strcmp(message, "out of memory\n");
}

/* libpq's complaint quotes what it did not understand, which may be a piece of a password. */
static mm_code check(const char *conninfo, mm_error *err)
{
    char *message = NULL;
    PQconninfoOption *options = PQconninfoParse(conninfo, &message);
    mm_code code = MM_OK;

    if (!options && is_out_of_memory(message))
        code = mm_error_set(err, MM_MEMORY, "out of memory");
    else if (!options && has_password(conninfo))
        code = mm_error_set(err, MM_INVALID, "not a connection: libpq does not understand it");
    else if (!options)
        code = mm_error_set(err, MM_INVALID, "not a connection: %.*s", (int)strcspn(message, "\n"),
                            message);
    if (code == MM_INVALID)
        mm_conninfo_hint(err);
    PQconninfoFree(options);
    PQfreemem(message);
    return code;
}

mm_code mm_conninfo_normalize(const char *conninfo, char **out, mm_error *err)
{
    const char *authority = authority_of(conninfo);
    char *text = malloc(3 * strlen(conninfo) + sizeof "service=''");
    mm_code code = MM_OK;

    if (!text)
        return mm_error_set(err, MM_MEMORY, "out of memory");
    if (authority)
        code = copy_uri(conninfo, authority, text, err);
    else if (conninfo[0] && !strchr(conninfo, '='))
        copy_service(conninfo, text);
    else
        memcpy(text, conninfo, strlen(conninfo) + 1);
    if (code == MM_OK)
        code = check(text, err);
    if (code == MM_OK)
        *out = text;
    else
        free(text);
    return code;
}
