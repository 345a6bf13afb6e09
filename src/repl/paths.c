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
            if (luaL_bufflen(buffer) > 0)
                luaL_addchar(buffer, ';');
            luaL_addlstring(buffer, list, length);
        }
        list += length + (list[length] == ';');
    }
}

/* Takes what names no absolute path out of field `name` of the table at `index`. */
static void keep_absolute(lua_State *L, int index, const char *name)
{
    luaL_Buffer buffer;

    lua_getfield(L, index, name);
    const char *list = luaL_optstring(L, -1, "");
    luaL_buffinit(L, &buffer);
    add_absolute(&buffer, list);
    luaL_pushresult(&buffer);
    lua_setfield(L, index, name);
    lua_pop(L, 1);
}

enum { PATH = 1, CPATH, SEARCHPATH, LOADLIB }; /* upvalues of find_own */

/* Pushes the file of the module at index 1, or a text that says where it is not. */
static bool push_file(lua_State *L, int path)
{
    lua_pushvalue(L, lua_upvalueindex(SEARCHPATH));
    lua_pushvalue(L, 1);
    lua_pushvalue(L, lua_upvalueindex(path));
    lua_call(L, 2, 2);
    bool is_there = lua_isstring(L, -2);
    lua_remove(L, is_there ? -1 : -2);
    return is_there;
}

static int fail_to_load(lua_State *L, const char *file)
{
    return luaL_error(L, "error loading module '%s' from file '%s':\n\t%s", lua_tostring(L, 1),
                      file, lua_tostring(L, -1));
}

static int load_own(lua_State *L, const char *file)
{
    if (luaL_loadfile(L, file) != LUA_OK)
        return fail_to_load(L, file);
    lua_pushstring(L, file);
    return 2;
}

static int load_own_library(lua_State *L, const char *file)
{
    lua_pushvalue(L, lua_upvalueindex(LOADLIB));
    lua_pushstring(L, file);
    lua_pushliteral(L, "luaopen_");
    luaL_gsub(L, lua_tostring(L, 1), ".", "_");
    lua_concat(L, 2);
    lua_call(L, 2, 2);
    if (!lua_isfunction(L, -2))
        return fail_to_load(L, file);
    lua_pop(L, 1);
    lua_pushstring(L, file);
    return 2;
}

/* A searcher of require: `mm` and what is below it are the installation's. */
static int find_own(lua_State *L)
{
    const char *name = luaL_checkstring(L, 1);

    if (strncmp(name, "mm", 2) != 0 || (name[2] != '\0' && name[2] != '.'))
        return 0;
    if (push_file(L, PATH))
        return load_own(L, lua_tostring(L, -1));
    if (push_file(L, CPATH))
        return load_own_library(L, lua_tostring(L, -1));
    lua_pushliteral(L, "\n\t");
    lua_insert(L, -2);
    lua_concat(L, 3);
    return 1;
}

/* Next to preload: nobody else's modules come before them. */
static void add_searcher(lua_State *L, int package, const char *root)
{
    lua_getfield(L, package, "searchers");
    for (lua_Integer i = luaL_len(L, -1); i >= 2; i--) {
        lua_rawgeti(L, -1, i);
        lua_rawseti(L, -2, i + 1);
    }
    lua_pushfstring(L, "%s/share/mm/lua/?.lua;%s/share/mm/lua/?/init.lua", root, root);
    lua_pushfstring(L, "%s/lib/lua/5.4/?.so", root);
    lua_getfield(L, package, "searchpath");
    lua_getfield(L, package, "loadlib");
    lua_pushcclosure(L, find_own, LOADLIB);
    lua_rawseti(L, -2, 2);
    lua_pop(L, 1);
}

void mm_paths_set(lua_State *L, const mm_paths *paths, bool is_verb)
{
    if (paths->root[0] == '\0')
        return;
    lua_getglobal(L, "package");
    int package = lua_gettop(L);
    add_searcher(L, package, paths->root);
    if (is_verb) {
        keep_absolute(L, package, "path");
        keep_absolute(L, package, "cpath");
    }
    lua_settop(L, package - 1);
}
