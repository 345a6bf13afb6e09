#include "actor.h"

#include "json.h"
#include "sha256.h"
#include "utf8.h"

#include "mm/hex.h"

#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

/* Text from the system may be in any encoding; what is not UTF-8 keeps its ASCII. */
static void write_member(FILE *file, const char *name, const char *value)
{
    size_t length = strlen(value), characters;

    fprintf(file, ",\"%s\":", name);
    if (mm_utf8_count(value, length, &characters)) {
        mm_json_write_text(file, value, length);
        return;
    }
    putc('"', file);
    for (; *value; value++)
        putc(*value >= ' ' && *value < 0x7f && *value != '"' && *value != '\\' ? *value : '?',
             file);
    putc('"', file);
}

/* Whoever came by sudo is named. */
static void write_user(FILE *file)
{
    struct passwd entry, *found = NULL;
    char buffer[4096];
    const char *behind = getenv("SUDO_USER");

    if (!getpwuid_r(geteuid(), &entry, buffer, sizeof buffer, &found) && found)
        write_member(file, "user", found->pw_name);
    else
        fprintf(file, ",\"user\":\"%ld\"", (long)geteuid());
    if (behind)
        write_member(file, "sudo_user", behind);
}

static void write_script(FILE *file, const char *script)
{
    uint8_t hash[MM_SHA256_BYTES];
    char hex[2 * MM_SHA256_BYTES + 1];

    write_member(file, "script", script);
    if (!mm_sha256_file(script, hash))
        return;
    mm_hex_encode(hash, sizeof hash, hex);
    write_member(file, "script_sha256", hex);
}

mm_code mm_actor_json(const mm_actor *actor, char **out, mm_error *err)
{
    struct utsname host;
    char *text = NULL;
    size_t length = 0;
    FILE *file = open_memstream(&text, &length);

    if (!file)
        return mm_error_set(err, MM_MEMORY, "out of memory");
    fputs("{\"program\":\"mm " MM_VERSION "\"", file);
    write_user(file);
    if (uname(&host) >= 0)
        write_member(file, "host", host.nodename);
    if (actor->script)
        write_script(file, actor->script);
    if (actor->principal)
        write_member(file, "principal", actor->principal);
    if (actor->request)
        write_member(file, "request", actor->request);
    putc('}', file);
    bool is_written = !ferror(file);
    if (fclose(file) || !is_written) {
        free(text);
        return mm_error_set(err, MM_MEMORY, "out of memory");
    }
    *out = text;
    return MM_OK;
}
