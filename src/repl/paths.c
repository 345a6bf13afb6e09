#include "repl.h"

#include <lauxlib.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#ifndef MM_PREFIX
#define MM_PREFIX "/usr/local"
#endif

static bool is_folder(const char *path)
{
    struct stat status;

    return stat(path, &status) == 0 && S_ISDIR(status.st_mode);
}

/* Text that does not fit is a path that is not there. */
static bool join(char out[PATH_MAX], const char *folder, const char *name)
{
    int length = snprintf(out, PATH_MAX, "%s%s", folder, name);

    return length >= 0 && length < PATH_MAX;
}

/* ROOT/bin/mmlua gives ROOT, if that holds an installation. */
static bool take_root(mm_paths *out, char *executable)
{
    char share[PATH_MAX];

    for (int i = 0; i < 2; i++) {
        char *slash = strrchr(executable, '/');

        if (!slash)
            return false;
        *slash = '\0';
    }
    return join(share, executable, "/share/mm") && is_folder(share) &&
           join(out->root, executable, "");
}

static bool from_proc(mm_paths *out)
{
    char executable[PATH_MAX];
    ssize_t length = readlink("/proc/self/exe", executable, sizeof executable - 1);

    if (length < 0)
        return false;
    executable[length] = '\0';
    return take_root(out, executable);
}

static bool from_file(mm_paths *out, const char *file)
{
    char executable[PATH_MAX];

    return realpath(file, executable) && access(executable, X_OK) == 0 &&
           take_root(out, executable);
}

/* As execvp searches; a program named with a slash is that file. */
static bool from_program(mm_paths *out, const char *program)
{
    const char *folder = getenv("PATH");
    char file[PATH_MAX];

    if (strchr(program, '/'))
        return from_file(out, program);
    while (folder && *folder) {
        int length = (int)strcspn(folder, ":");
        int written = snprintf(file, sizeof file, "%.*s/%s", length, folder, program);

        if (written > 0 && (size_t)written < sizeof file && length > 0 && from_file(out, file))
            return true;
        folder += length + (folder[length] == ':');
    }
    return false;
}

void mm_paths_find(mm_paths *out, const char *program)
{
    char prefix[] = MM_PREFIX "/bin/mmlua";

    out->root[0] = '\0';
    if (!from_proc(out) && !from_program(out, program) && !take_root(out, prefix))
        out->root[0] = '\0';
}

/* The current folder is of no use to a verb: whoever stands there could be in a stranger's. */
static void add_absolute(luaL_Buffer *buffer, const char *list)
{
    while (*list) {
        size_t length = strcspn(list, ";");

        if (list[0] == '/') {
            luaL_addchar(buffer, ';');
            luaL_addlstring(buffer, list, length);
        }
        list += length + (list[length] == ';');
    }
}

/* `ours` goes before field `name` of the table at `index`. */
static void prepend(lua_State *L, int index, const char *name, const char *ours, bool is_verb)
{
    luaL_Buffer buffer;

    lua_getfield(L, index, name);
    const char *list = luaL_optstring(L, -1, "");
    luaL_buffinit(L, &buffer);
    luaL_addstring(&buffer, ours);
    if (is_verb)
        add_absolute(&buffer, list);
    else {
        luaL_addchar(&buffer, ';');
        luaL_addstring(&buffer, list);
    }
    luaL_pushresult(&buffer);
    lua_setfield(L, index, name);
    lua_pop(L, 1);
}

void mm_paths_set(lua_State *L, const mm_paths *paths, bool is_verb)
{
    const char *root = paths->root;

    if (root[0] == '\0')
        return;
    lua_getglobal(L, "package");
    int package = lua_gettop(L);
    lua_pushfstring(L, "%s/share/mm/lua/?.lua;%s/share/mm/lua/?/init.lua", root, root);
    prepend(L, package, "path", lua_tostring(L, -1), is_verb);
    lua_pushfstring(L, "%s/lib/lua/5.4/?.so", root);
    prepend(L, package, "cpath", lua_tostring(L, -1), is_verb);
    lua_settop(L, package - 1);
}
