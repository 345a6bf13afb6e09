/* mm.schema: Arrow schemas. */
#include "mml.h"

#include "mm/hex.h"
#include "mm/schema.h"

#include <limits.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define SCHEMA_MT "mm.schema"
#define TEXT_MT "mm.schema.text" /* owns a text while Lua copies it */

static int schema_release(lua_State *L)
{
    void **box = luaL_checkudata(L, 1, SCHEMA_MT);

    mm_schema_free(*box);
    *box = NULL;
    return 0;
}

static int text_release(lua_State *L)
{
    void **box = luaL_checkudata(L, 1, TEXT_MT);

    free(*box);
    *box = NULL;
    return 0;
}

/* schema_parse(text) -> schema | nil, err. The text may hold any bytes. */
static int schema_parse(lua_State *L)
{
    size_t length;
    mm_schema *schema;
    mm_error err = {0};

    luaL_checktype(L, 1, LUA_TSTRING);
    const char *text = lua_tolstring(L, 1, &length);
    void **box = mml_newbox(L, SCHEMA_MT);
    if (mm_schema_parse(text, length, &schema, &err) != MM_OK)
        return mml_fail(L, &err);
    *box = schema;
    return 1;
}

static int check_whole(lua_State *L, int options, const char *name)
{
    lua_Number number = lua_tonumber(L, -1);
    bool is_whole = number == floor(number) && fabs(number) <= INT_MAX;

    if (lua_type(L, -1) != LUA_TNUMBER || !is_whole)
        luaL_argerror(L, options, lua_pushfstring(L, "option '%s' must be a whole number", name));
    return (int)number;
}

static int check_arrow(lua_State *L, int options)
{
    int arrow = MM_ARROW_CURRENT;

    if (lua_isnoneornil(L, options))
        return arrow;
    luaL_checktype(L, options, LUA_TTABLE);
    for (lua_pushnil(L); lua_next(L, options); lua_pop(L, 1)) {
        const char *name =
            lua_type(L, -2) == LUA_TSTRING ? lua_tostring(L, -2) : luaL_typename(L, -2);
        if (strcmp(name, "arrow") != 0)
            luaL_argerror(L, options, lua_pushfstring(L, "unknown option '%s'", name));
        arrow = check_whole(L, options, name);
    }
    return arrow;
}

/* schema:hash([{arrow = 59}]) -> lower-case hex | nil, err */
static int schema_hash(lua_State *L)
{
    const mm_schema *schema = mml_checkbox(L, 1, SCHEMA_MT);
    int arrow = check_arrow(L, 2);
    uint8_t hash[MM_SCHEMA_HASH_BYTES];
    char hex[2 * MM_SCHEMA_HASH_BYTES + 1];
    mm_error err = {0};

    if (mm_schema_hash(schema, arrow, hash, &err) != MM_OK)
        return mml_fail(L, &err);
    mm_hex_encode(hash, sizeof hash, hex);
    lua_pushstring(L, hex);
    return 1;
}

/* Pushes what the box owns and empties it. */
static void push_text(lua_State *L, void **box, size_t length)
{
    lua_pushlstring(L, *box, length);
    free(*box);
    *box = NULL;
}

static void push_field(lua_State *L, const mm_field *field, void **type, size_t type_length)
{
    size_t length;
    const char *name = mm_field_name(field, &length);

    lua_createtable(L, 0, 3);
    lua_pushlstring(L, name, length);
    lua_setfield(L, -2, "name");
    push_text(L, type, type_length);
    lua_setfield(L, -2, "data_type");
    lua_pushboolean(L, mm_field_is_nullable(field));
    lua_setfield(L, -2, "nullable");
}

/* schema:fields() -> {{name=, data_type=, nullable=}...} | nil, err */
static int schema_fields(lua_State *L)
{
    const mm_schema *schema = mml_checkbox(L, 1, SCHEMA_MT);
    void **box = mml_newbox(L, TEXT_MT);
    const mm_field *field = NULL;
    mm_error err = {0};
    int count = 0;

    lua_newtable(L);
    while ((field = mm_schema_next_field(schema, field))) {
        char *type;
        size_t length;
        if (mm_field_print_type(field, &type, &length, &err) != MM_OK)
            return mml_fail(L, &err);
        *box = type;
        push_field(L, field, box, length);
        lua_rawseti(L, -2, ++count);
    }
    return 1;
}

static int schema_tostring(lua_State *L)
{
    const mm_schema *schema = mml_checkbox(L, 1, SCHEMA_MT);
    void **box = mml_newbox(L, TEXT_MT);
    mm_error err = {0};
    char *text;
    size_t length;

    if (mm_schema_print(schema, &text, &length, &err) != MM_OK)
        return luaL_error(L, "%s", err.message);
    *box = text;
    push_text(L, box, length);
    return 1;
}

void mml_open_schema(lua_State *L)
{
    static const luaL_Reg methods[] = {
        {"hash", schema_hash},
        {"fields", schema_fields},
        {NULL, NULL},
    };
    static const luaL_Reg none[] = {{NULL, NULL}};

    mml_newclass(L, TEXT_MT, none, text_release);
    mml_newclass(L, SCHEMA_MT, methods, schema_release);
    luaL_getmetatable(L, SCHEMA_MT);
    lua_pushcfunction(L, schema_tostring);
    lua_setfield(L, -2, "__tostring");
    lua_pop(L, 1);
    lua_pushcfunction(L, schema_parse);
    lua_setfield(L, -2, "schema_parse");
}
