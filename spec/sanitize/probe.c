/* Deliberate mistakes, to see that the specs would not end well if the core made them. */
#include <lauxlib.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

static int probe_leak(lua_State *L)
{
    char *volatile lost = malloc(24);

    lua_pushboolean(L, lost != NULL);
    lost = NULL;
    return 1;
}

static int probe_overflow(lua_State *L)
{
    char *volatile text = malloc(8);
    size_t length = (size_t)luaL_checkinteger(L, 1);

    if (!text)
        return 0;
    memset(text, 1, 8);
    lua_pushinteger(L, text[length]);
    free(text);
    return 1;
}

static int probe_undefined(lua_State *L)
{
    volatile int32_t number = INT32_MAX;

    number += (int32_t)luaL_checkinteger(L, 1);
    lua_pushinteger(L, number);
    return 1;
}

__attribute__((visibility("default"))) int luaopen_sanitizer_probe(lua_State *L);

int luaopen_sanitizer_probe(lua_State *L)
{
    lua_createtable(L, 0, 3);
    lua_pushcfunction(L, probe_leak);
    lua_setfield(L, -2, "leak");
    lua_pushcfunction(L, probe_overflow);
    lua_setfield(L, -2, "overflow");
    lua_pushcfunction(L, probe_undefined);
    lua_setfield(L, -2, "undefined");
    return 1;
}
