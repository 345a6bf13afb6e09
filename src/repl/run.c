#include "repl.h"

#include <lauxlib.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool ends_with(const char *text, const char *end)
{
    size_t length = strlen(text);

    return length >= strlen(end) && strcmp(text + length - strlen(end), end) == 0;
}

static bool is_interruption(lua_State *L, int index)
{
    bool is_cancelled = false;

    if (lua_type(L, index) == LUA_TSTRING)
        return ends_with(lua_tostring(L, index), "interrupted!");
    if (lua_type(L, index) == LUA_TTABLE) {
        lua_pushliteral(L, "code");
        lua_rawget(L, index);
        is_cancelled =
            lua_type(L, -1) == LUA_TSTRING && strcmp(lua_tostring(L, -1), "cancelled") == 0;
        lua_pop(L, 1);
    }
    return is_cancelled;
}

/* Strings get a traceback; objects that know their text are taken at their word. */
static int add_traceback(lua_State *L)
{
    mm_run *run = lua_touserdata(L, lua_upvalueindex(1));
    const char *text = lua_tostring(L, 1);

    run->is_interrupted = is_interruption(L, 1);
    if (!text) {
        if (luaL_callmeta(L, 1, "__tostring") && lua_type(L, -1) == LUA_TSTRING)
            return 1;
        text = lua_pushfstring(L, "(error object is a %s value)", luaL_typename(L, 1));
    }
    luaL_traceback(L, L, text, 1);
    return 1;
}

int mm_call(mm_run *run, lua_State *L, int arguments, int results)
{
    int handler = lua_gettop(L) - arguments;

    run->is_interrupted = false;
    lua_pushlightuserdata(L, run);
    lua_pushcclosure(L, add_traceback, 1);
    lua_insert(L, handler);
    mm_signals_watch(L);
    int status = lua_pcall(L, arguments, results, handler);
    mm_signals_unwatch();
    lua_remove(L, handler);
    return status;
}

void mm_message(const char *program, const char *text)
{
    if (program)
        fprintf(stderr, "%s: ", program);
    fprintf(stderr, "%s\n", text);
    fflush(stderr);
}

int mm_report(mm_run *run, lua_State *L, int status)
{
    if (status != LUA_OK) {
        const char *text = lua_tostring(L, -1);

        mm_message(run->program, text ? text : "(error message not a string)");
        lua_pop(L, 1);
    }
    return status;
}

/* Calls the chunk that was just loaded, or reports that it could not be. */
static bool run_chunk(mm_run *run, lua_State *L, int status)
{
    if (status == LUA_OK)
        status = mm_call(run, L, 0, 0);
    return mm_report(run, L, status) == LUA_OK;
}

static bool run_text(mm_run *run, lua_State *L, const char *text, const char *name)
{
    return run_chunk(run, L, luaL_loadbuffer(L, text, strlen(text), name));
}

bool mm_run_environment(mm_run *run, lua_State *L)
{
    const char *name = "=LUA_INIT_5_4";
    const char *init = getenv(name + 1);

    if (!init) {
        name = "=LUA_INIT";
        init = getenv(name + 1);
    }
    if (!init)
        return true;
    if (init[0] == '@')
        return run_chunk(run, L, luaL_loadfile(L, init + 1));
    return run_text(run, L, init, name);
}

/* `-l module` and `-l name=module`: requires the module and keeps it in a global. */
static bool load_library(mm_run *run, lua_State *L, const char *text)
{
    const char *equals = strchr(text, '=');

    if (equals)
        lua_pushlstring(L, text, (size_t)(equals - text));
    else
        lua_pushstring(L, text);
    lua_getglobal(L, "require");
    lua_pushstring(L, equals ? equals + 1 : text);
    if (mm_report(run, L, mm_call(run, L, 1, 1)) != LUA_OK) {
        lua_pop(L, 1);
        return false;
    }
    lua_pushglobaltable(L);
    lua_insert(L, -3);
    lua_settable(L, -3);
    lua_pop(L, 1);
    return true;
}

bool mm_run_options(mm_run *run, lua_State *L, const mm_options *options)
{
    bool is_right = true;

    for (int i = 1; i < options->first && is_right; i++) {
        char letter = options->argv[i][1];

        if (letter == 'W')
            lua_warning(L, "@on", 0);
        if (letter != 'e' && letter != 'l')
            continue;
        const char *value = options->argv[i][2] ? options->argv[i] + 2 : options->argv[++i];
        is_right = letter == 'e' ? run_text(run, L, value, "=(command line)")
                                 : load_library(run, L, value);
    }
    return is_right;
}

static int push_arguments(lua_State *L)
{
    if (lua_getglobal(L, "arg") != LUA_TTABLE)
        luaL_error(L, "'arg' is not a table");
    int list = lua_gettop(L);
    int count = (int)luaL_len(L, list);
    luaL_checkstack(L, count + 3, "too many arguments to script");
    for (int i = 1; i <= count; i++)
        lua_rawgeti(L, list, i);
    lua_remove(L, list);
    return count;
}

bool mm_run_script(mm_run *run, lua_State *L, const char *file)
{
    int status = luaL_loadfile(L, file);

    if (status == LUA_OK)
        status = mm_call(run, L, push_arguments(L), LUA_MULTRET);
    return mm_report(run, L, status) == LUA_OK;
}
