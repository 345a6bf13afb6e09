/* Values between Lua and the lake: parameters of statements, rows of results. */
#include "mml_lake.h"

#include "mm/hex.h"
#include "mm/time.h"

#include <stdio.h>
#include <string.h>

mm_lake *mml_checklake(lua_State *L)
{
    return mml_checkbox(L, 1, LAKE_MT);
}

int mml_pushdone(lua_State *L, mm_code code, const mm_error *err)
{
    if (code != MM_OK)
        return mml_fail(L, err);
    lua_pushboolean(L, 1);
    return 1;
}

void mml_settext(lua_State *L, const char *name, const char *text)
{
    lua_pushstring(L, text);
    lua_setfield(L, -2, name);
}

void mml_setint(lua_State *L, const char *name, int64_t value)
{
    mml_pushint(L, value);
    lua_setfield(L, -2, name);
}

void mml_setbool(lua_State *L, const char *name, bool value)
{
    lua_pushboolean(L, value);
    lua_setfield(L, -2, name);
}

void mml_pusharray(lua_State *L, int index)
{
    luaL_Buffer buffer;
    size_t count = lua_rawlen(L, index);

    luaL_buffinit(L, &buffer);
    luaL_addchar(&buffer, '{');
    for (size_t i = 1; i <= count; i++) {
        lua_rawgeti(L, index, (int)i);
        if (lua_type(L, -1) != LUA_TSTRING)
            luaL_error(L, "a parameter is a list of something else than text");
        size_t length;
        const char *text = lua_tolstring(L, -1, &length);
        if (strlen(text) != length)
            luaL_error(L, "text with a NUL byte");
        lua_pop(L, 1); /* the list keeps it alive */
        luaL_addstring(&buffer, i > 1 ? ",\"" : "\"");
        for (; *text; text++) {
            if (*text == '"' || *text == '\\')
                luaL_addchar(&buffer, '\\');
            luaL_addchar(&buffer, *text);
        }
        luaL_addchar(&buffer, '"');
    }
    luaL_addchar(&buffer, '}');
    luaL_pushresult(&buffer);
}

/* Pushes the value on top of the stack as the text of a parameter, in its place; nil stays nil. */
static void convert_param(lua_State *L)
{
    char number[24];

    switch (lua_type(L, -1)) {
    case LUA_TTABLE:
        mml_pusharray(L, lua_gettop(L));
        lua_remove(L, -2);
        return;
    case LUA_TBOOLEAN:
        lua_pushstring(L, lua_toboolean(L, -1) ? "true" : "false");
        lua_remove(L, -2);
        return;
    case LUA_TNUMBER:
        snprintf(number, sizeof number, "%lld", (long long)mml_checkint(L, -1));
        lua_pushstring(L, number);
        lua_remove(L, -2);
        return;
    default:
        return;
    }
}

int mml_checkparams(lua_State *L, int index, const char *params[MM_MAX_PARAMS])
{
    luaL_checktype(L, index, LUA_TTABLE);
    lua_getfield(L, index, "n");
    int64_t count = mml_checkint(L, -1);
    lua_pop(L, 1);
    luaL_argcheck(L, count >= 0 && count <= MM_MAX_PARAMS, index, "too many parameters");
    lua_newtable(L);
    for (int i = 0; i < (int)count; i++) {
        lua_rawgeti(L, index, i + 1);
        convert_param(L);
        params[i] = mml_opttext(L, -1);
        lua_rawseti(L, -2, i + 1);
    }
    return (int)count;
}

static void push_hex(lua_State *L, const char *data, size_t length)
{
    char *text = lua_newuserdata(L, 2 * length + 1);

    mm_hex_encode((const uint8_t *)data, length, text);
    lua_pushlstring(L, text, 2 * length);
    lua_remove(L, -2);
}

static void push_value(lua_State *L, const mm_value *value);

static void push_texts(lua_State *L, const mm_value *value)
{
    mm_value element;
    size_t at = 0;

    lua_newtable(L);
    for (int i = 1; mm_texts_next(value, &at, &element); i++) {
        push_value(L, &element);
        lua_rawseti(L, -2, i);
    }
}

static void push_value(lua_State *L, const mm_value *value)
{
    char time[MM_TIME_TEXT_BYTES];

    switch (value->kind) {
    case MM_NULL:
        lua_pushnil(L);
        break;
    case MM_BOOL:
        lua_pushboolean(L, value->as.boolean);
        break;
    case MM_INT:
        mml_pushint(L, value->as.integer);
        break;
    case MM_FLOAT:
        lua_pushnumber(L, value->as.number);
        break;
    case MM_TEXT:
        lua_pushlstring(L, value->as.bytes.data, value->as.bytes.length);
        break;
    case MM_BYTES:
        push_hex(L, value->as.bytes.data, value->as.bytes.length);
        break;
    case MM_TIME:
        mm_time_format(value->as.integer, time);
        lua_pushstring(L, time);
        break;
    case MM_TEXTS:
        push_texts(L, value);
        break;
    }
}

#if LUA_VERSION_NUM >= 503
mm_code mml_check_exact(const mm_result *result, const char *name, mm_error *err)
{
    (void)result;
    (void)name;
    (void)err;
    return MM_OK;
}
#else
static bool is_exact(const mm_value *value)
{
    return value->kind != MM_INT ||
           (value->as.integer <= MML_MAX_EXACT && value->as.integer >= -MML_MAX_EXACT);
}

mm_code mml_check_exact(const mm_result *result, const char *name, mm_error *err)
{
    for (int64_t row = 0; row < mm_result_rows(result); row++)
        for (int column = 0; column < mm_result_columns(result); column++) {
            mm_value value = mm_result_value(result, row, column);
            if (!is_exact(&value))
                return mm_error_set(err, MM_INVALID,
                                    "%s: %s is a number beyond 2^53: LuaJIT cannot hold it exactly",
                                    name, mm_result_name(result, column));
        }
    return MM_OK;
}
#endif

void mml_pushrow(lua_State *L, const mm_result *result, int64_t row)
{
    int columns = mm_result_columns(result);

    lua_createtable(L, 0, columns);
    for (int column = 0; column < columns; column++) {
        mm_value value = mm_result_value(result, row, column);
        push_value(L, &value);
        lua_setfield(L, -2, mm_result_name(result, column));
    }
}
