#include "repl.h"

#include <lauxlib.h>
#include <lualib.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static const char LINE[] = "mm.line"; /* of the registry: the line editor of the session */

static mm_line *session_line(lua_State *L)
{
    lua_getfield(L, LUA_REGISTRYINDEX, LINE);
    mm_line *line = lua_touserdata(L, -1);
    lua_pop(L, 1);
    return line;
}

/* read(prompt or nil for silence, [what was read of the entry]) -> line | nil at the end | false
 * when interrupted */
static int terminal_read(lua_State *L)
{
    const char *prompt = luaL_optstring(L, 1, NULL), *before = luaL_optstring(L, 2, NULL);

    switch (mm_line_read(session_line(L), L, prompt, before)) {
    case MM_LINE_COMPLETE:
        return 1;
    case MM_LINE_INTERRUPTED:
        lua_pushboolean(L, false);
        return 1;
    default:
        return 0;
    }
}

/* remember(entry): in the history */
static int terminal_remember(lua_State *L)
{
    mm_line_remember(session_line(L), luaL_checkstring(L, 1));
    return 0;
}

/* insert(text): the next line begins with it */
static int terminal_insert(lua_State *L)
{
    mm_line_insert(session_line(L), luaL_checkstring(L, 1));
    return 0;
}

static int push_outcome(lua_State *L, int status, int first)
{
    lua_pushboolean(L, status == LUA_OK);
    lua_insert(L, first);
    return lua_gettop(L) - first + 1;
}

/* call(f, handler) -> as xpcall. Ctrl-C raises in `f`, and nowhere else. */
static int terminal_call(lua_State *L)
{
    luaL_checktype(L, 1, LUA_TFUNCTION);
    lua_settop(L, 2);
    lua_insert(L, 1);
    mm_signals_watch(L);
    int status = lua_pcall(L, 0, LUA_MULTRET, 1);
    mm_signals_unwatch();
    if (status != LUA_OK && mm_signals_are_forceful()) { /* the handler was interrupted as well */
        lua_pushliteral(L, "interrupted!");
        lua_replace(L, 2);
        lua_settop(L, 2);
    }
    return push_outcome(L, status, 2);
}

/* limited(seconds, f, ...) -> as pcall. A statement in `f` that takes longer is cancelled, and the
 * connection of one that takes twice as long closed. */
static int terminal_limited(lua_State *L)
{
    double seconds = luaL_checknumber(L, 1);

    luaL_argcheck(L, seconds >= 0.01 && seconds <= 3600, 1, "0.01 to 3600 seconds");
    luaL_checkany(L, 2);
    mm_signals_limit(seconds);
    int status = lua_pcall(L, lua_gettop(L) - 2, LUA_MULTRET, 0);
    mm_signals_unlimit();
    return push_outcome(L, status, 2);
}

/* divert(file, f, ...) -> as pcall. All that is written to stdout goes to the file instead. */
static int terminal_divert(lua_State *L)
{
    luaL_Stream *stream = luaL_checkudata(L, 1, LUA_FILEHANDLE);

    luaL_argcheck(L, stream->closef, 1, "a closed file");
    luaL_checkany(L, 2);
    fflush(stdout);
    int saved = dup(STDOUT_FILENO);
    if (saved < 0 || dup2(fileno(stream->f), STDOUT_FILENO) < 0)
        return luaL_error(L, "stdout could not be diverted");
    int status = lua_pcall(L, lua_gettop(L) - 2, LUA_MULTRET, 0);
    fflush(stdout);
    dup2(saved, STDOUT_FILENO);
    close(saved);
    return push_outcome(L, status, 2);
}

void mm_shell_functions(lua_State *L)
{
    static const luaL_Reg functions[] = {
        {"read", terminal_read},
        {"remember", terminal_remember},
        {"insert", terminal_insert},
        {"call", terminal_call},
        {"limited", terminal_limited},
        {"divert", terminal_divert},
        {NULL, NULL},
    };

    luaL_setfuncs(L, functions, 0);
}

/* {scripts = folder of the verbs, verbs = their names, words = what the command line says besides}
 */
static void push_start(lua_State *L, const mm_paths *paths, const mm_options *options)
{
    lua_newtable(L);
    lua_pushfstring(L, "%s/share/mm/scripts", paths->root);
    lua_setfield(L, -2, "scripts");
    mm_verb_push_names(L, paths);
    lua_setfield(L, -2, "verbs");
    lua_newtable(L);
    for (int i = options->first; i < options->argc; i++) {
        lua_pushstring(L, options->argv[i]);
        lua_rawseti(L, -2, i - options->first + 1);
    }
    lua_setfield(L, -2, "words");
}

/* Pushes the function that runs a session, if this installation has one. */
static bool push_session(lua_State *L, const mm_paths *paths)
{
    if (paths->root[0] == '\0')
        return false;
    lua_getglobal(L, "require");
    lua_pushliteral(L, "mm.shell.session");
    if (lua_pcall(L, 1, 1, 0) != LUA_OK || !lua_istable(L, -1))
        return false;
    lua_getfield(L, -1, "run");
    return true;
}

bool mm_shell(mm_run *run, lua_State *L, const mm_paths *paths, const mm_options *options)
{
    if (!push_session(L, paths)) {
        lua_settop(L, 0);
        return false;
    }
    mm_signals_survive();
    mm_signals_survive_output();
    mm_line *line = mm_line_open(L);
    lua_pushlightuserdata(L, line);
    lua_setfield(L, LUA_REGISTRYINDEX, LINE);
    push_start(L, paths, options);
    int status = lua_pcall(L, 1, 1, 0);
    lua_pushnil(L);
    lua_setfield(L, LUA_REGISTRYINDEX, LINE);
    mm_line_close(line);
    if (mm_report(run, L, status) == LUA_OK)
        run->exit_code = (int)lua_tointeger(L, -1);
    lua_settop(L, 0);
    return true;
}
