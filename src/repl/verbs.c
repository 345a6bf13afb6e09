#include "repl.h"

#include <dirent.h>
#include <lauxlib.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static const char *verb_file(lua_State *L, const mm_paths *paths, const char *name)
{
    return lua_pushfstring(L, "%s/share/mm/scripts/%s.lua", paths->root, name);
}

bool mm_verb_exists(const mm_paths *paths, const char *name)
{
    char file[PATH_MAX];
    int length = snprintf(file, sizeof file, "%s/share/mm/scripts/%s.lua", paths->root, name);

    return paths->root[0] && length > 0 && (size_t)length < sizeof file && access(file, R_OK) == 0;
}

void mm_verb_push_names(lua_State *L, const mm_paths *paths)
{
    const struct dirent *entry;

    lua_newtable(L);
    DIR *entries = opendir(lua_pushfstring(L, "%s/share/mm/scripts", paths->root));
    lua_pop(L, 1);
    if (!entries)
        return;
    while ((entry = readdir(entries))) {
        const char *dot = strrchr(entry->d_name, '.');

        if (!dot || dot == entry->d_name || strcmp(dot, ".lua") != 0)
            continue;
        lua_pushlstring(L, entry->d_name, (size_t)(dot - entry->d_name));
        lua_rawseti(L, -2, (lua_Integer)lua_rawlen(L, -2) + 1);
    }
    closedir(entries);
}

/* Pushes the function `name` of a module in lua/mm. */
static bool push_function(mm_run *run, lua_State *L, const mm_paths *paths, const char *module,
                          const char *name)
{
    if (paths->root[0] == '\0') {
        mm_message(run->program,
                   "no installation: verbs and modules are looked for in ../share/mm from here");
        return false;
    }
    lua_getglobal(L, "require");
    lua_pushstring(L, module);
    if (mm_report(run, L, mm_call(run, L, 1, 1)) != LUA_OK)
        return false;
    lua_getfield(L, -1, name);
    lua_remove(L, -2);
    return true;
}

/* Calls it with its arguments; what it returns becomes the exit code. */
static bool call_function(mm_run *run, lua_State *L, int arguments)
{
    if (mm_report(run, L, mm_call(run, L, arguments, 1)) != LUA_OK)
        return false;
    run->exit_code = (int)lua_tointeger(L, -1);
    lua_pop(L, 1);
    return true;
}

/* What was printed and did not arrive is an error, unless the reader went away because it had
 * enough. */
static bool check_output(mm_run *run)
{
    if (fflush(stdout) == 0 && !ferror(stdout))
        return true;
    if (mm_signals_is_pipe_closed()) {
        run->exit_code = MM_EXIT_CLOSED_PIPE;
        return true;
    }
    mm_message(run->program, "the output could not be written");
    return run->exit_code != 0; /* the verb failed already, and its exit code says more */
}

bool mm_verb_run(mm_run *run, lua_State *L, const mm_paths *paths, const char *name)
{
    mm_signals_survive_output();
    if (!push_function(run, L, paths, "mm.verb", "run"))
        return false;
    lua_pushstring(L, name);
    verb_file(L, paths, name);
    return call_function(run, L, 2) && check_output(run);
}

/* Calls the function with the folder of the verbs, their names and perhaps the one asked for. */
static bool call_about_verbs(mm_run *run, lua_State *L, const mm_paths *paths, const char *function,
                             const char *name)
{
    if (!push_function(run, L, paths, "mm.help", function))
        return false;
    lua_pushfstring(L, "%s/share/mm/scripts", paths->root);
    mm_verb_push_names(L, paths);
    lua_pushstring(L, name);
    return call_function(run, L, 3);
}

bool mm_verb_help(mm_run *run, lua_State *L, const mm_paths *paths)
{
    return call_about_verbs(run, L, paths, "show", NULL) && check_output(run);
}

bool mm_verb_unknown(mm_run *run, lua_State *L, const mm_paths *paths, const char *name)
{
    return call_about_verbs(run, L, paths, "unknown", name);
}
