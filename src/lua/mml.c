#include "mml.h"

#include <math.h>
#include <signal.h>
#include <string.h>

#define ERROR_MT "mm.error"

#if LUA_VERSION_NUM < 502
void mml_setfuncs(lua_State *L, const luaL_Reg *functions)
{
    for (; functions->name; functions++) {
        lua_pushcfunction(L, functions->func);
        lua_setfield(L, -2, functions->name);
    }
}
#endif

static int error_tostring(lua_State *L)
{
    int pieces = 1;

    lua_getfield(L, 1, "message");
    lua_getfield(L, 1, "detail");
    if (lua_isnil(L, -1))
        lua_pop(L, 1);
    else {
        lua_pushliteral(L, ": ");
        lua_insert(L, -2);
        pieces += 2;
    }
    lua_concat(L, pieces);
    return 1;
}

static void set_text(lua_State *L, const char *name, const char *text)
{
    if (text[0] == '\0')
        return;
    lua_pushstring(L, text);
    lua_setfield(L, -2, name);
}

/* An error that says what an interruption left behind takes its place: mmlua must not raise a bare
 * one besides. */
static void take_interruption(lua_State *L, const mm_error *err)
{
    if (err->code != MM_CANCELLED && err->outcome != MM_UNKNOWN)
        return;
    lua_getfield(L, LUA_REGISTRYINDEX, "mm.interrupted");
    volatile sig_atomic_t *interrupted = lua_touserdata(L, -1);
    if (interrupted)
        *interrupted = 0;
    lua_pop(L, 1);
}

int mml_fail(lua_State *L, const mm_error *err)
{
    static const char *const outcomes[] = {"aborted", "committed", "unknown"};

    take_interruption(L, err);
    lua_pushnil(L);
    lua_newtable(L);
    set_text(L, "code", mm_code_name(err->code));
    set_text(L, "message", err->message);
    set_text(L, "detail", err->detail);
    set_text(L, "hint", err->hint);
    set_text(L, "sqlstate", err->sqlstate);
    set_text(L, "outcome", outcomes[err->outcome]);
    if (luaL_newmetatable(L, ERROR_MT)) {
        lua_pushcfunction(L, error_tostring);
        lua_setfield(L, -2, "__tostring");
    }
    lua_setmetatable(L, -2);
    return 2;
}

void **mml_newbox(lua_State *L, const char *metatable)
{
    void **box = lua_newuserdata(L, sizeof *box);

    *box = NULL;
    luaL_getmetatable(L, metatable);
    lua_setmetatable(L, -2);
    return box;
}

void *mml_checkbox(lua_State *L, int index, const char *metatable)
{
    void **box = luaL_checkudata(L, index, metatable);

    if (!*box)
        luaL_error(L, "the %s is closed", strncmp(metatable, "mm.", 3) ? metatable : metatable + 3);
    return *box;
}

void mml_newclass(lua_State *L, const char *metatable, const luaL_Reg *methods,
                  lua_CFunction release)
{
    luaL_newmetatable(L, metatable);
    lua_pushcfunction(L, release);
    lua_setfield(L, -2, "__gc");
    lua_pushcfunction(L, release);
    lua_setfield(L, -2, "__close");
    lua_newtable(L);
    luaL_setfuncs(L, methods, 0);
    lua_setfield(L, -2, "__index");
    lua_pop(L, 1);
}

const char *mml_checktext(lua_State *L, int index)
{
    size_t length;
    const char *text = luaL_checklstring(L, index, &length);

    luaL_argcheck(L, strlen(text) == length, index, "text with a NUL byte");
    return text;
}

const char *mml_opttext(lua_State *L, int index)
{
    return lua_isnoneornil(L, index) ? NULL : mml_checktext(L, index);
}

int64_t mml_checkint(lua_State *L, int index)
{
#if LUA_VERSION_NUM >= 503
    return luaL_checkinteger(L, index);
#else
    lua_Number number = luaL_checknumber(L, index);

    luaL_argcheck(L, number == floor(number) && fabs(number) <= 9007199254740992.0, index,
                  "not a whole number");
    return (int64_t)number;
#endif
}

void mml_pushint(lua_State *L, int64_t value)
{
#if LUA_VERSION_NUM >= 503
    lua_pushinteger(L, value);
#else
    if (value > MML_MAX_EXACT || value < -MML_MAX_EXACT)
        luaL_error(L, "number beyond 2^53: LuaJIT cannot hold it exactly");
    lua_pushnumber(L, (lua_Number)value);
#endif
}
