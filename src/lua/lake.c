/* The lake: what the core does in one transaction each. lua/mm/lake.lua composes it. */
#include "mml.h"

#include "mm/export.h"
#include "mm/hex.h"
#include "mm/lake.h"
#include "mm/retirement.h"
#include "mm/sql.h"
#include "mm/time.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LAKE_MT "mm.lake"
#define RESULT_MT "mm.result"
#define TEXT_MT "mm.buffer"

static mm_lake *check_lake(lua_State *L)
{
    return mml_checkbox(L, 1, LAKE_MT);
}

static int lake_release(lua_State *L)
{
    void **box = luaL_checkudata(L, 1, LAKE_MT);

    mm_lake_close(*box);
    *box = NULL;
    return 0;
}

static int result_release(lua_State *L)
{
    void **box = luaL_checkudata(L, 1, RESULT_MT);

    mm_result_free(*box);
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

/* true, or nil and the error. */
static int push_done(lua_State *L, mm_code code, const mm_error *err)
{
    if (code != MM_OK)
        return mml_fail(L, err);
    lua_pushboolean(L, 1);
    return 1;
}

/* lake_open([conninfo], [schema], timeout in seconds) -> lake | nil, err */
static int lake_open(lua_State *L)
{
    const char *conninfo = mml_opttext(L, 1), *schema = mml_opttext(L, 2);
    int64_t timeout_s = mml_checkint(L, 3);
    void **box = mml_newbox(L, LAKE_MT);
    mm_lake *lake = NULL;
    mm_error err = {0};

    luaL_argcheck(L, timeout_s >= 0 && timeout_s <= 86400, 3, "a timeout is 0 to 86400 seconds");
    lua_getfield(L, LUA_REGISTRYINDEX, "mm.interrupted");
    volatile sig_atomic_t *interrupted = lua_touserdata(L, -1);
    lua_pop(L, 1);
    if (mm_lake_open(conninfo, schema, (int)timeout_s, interrupted, &lake, &err) != MM_OK)
        return mml_fail(L, &err);
    *box = lake;
    return 1;
}

static void set_text(lua_State *L, const char *name, const char *text)
{
    lua_pushstring(L, text);
    lua_setfield(L, -2, name);
}

static void set_int(lua_State *L, const char *name, int64_t value)
{
    mml_pushint(L, value);
    lua_setfield(L, -2, name);
}

static void set_bool(lua_State *L, const char *name, bool value)
{
    lua_pushboolean(L, value);
    lua_setfield(L, -2, name);
}

/* lake_info(lake) -> table */
static int lake_info(lua_State *L)
{
    mm_lake_info info = mm_lake_describe(check_lake(L));

    lua_newtable(L);
    set_text(L, "name", info.name);
    set_text(L, "database", info.database);
    set_text(L, "role", info.role);
    set_text(L, "schema", info.schema);
    set_text(L, "unknown_columns", info.unknown_columns);
    set_int(L, "server_version", info.server_version);
    set_int(L, "lakehouse_version", info.lakehouse_version);
    set_int(L, "data_lake_version", info.data_lake_version);
    set_int(L, "state_version", info.state_version);
    set_int(L, "known_lakehouse_version", MM_LAKEHOUSE_VERSION);
    set_int(L, "known_state_version", MM_STATE_VERSION);
    set_bool(L, "is_standby", info.is_standby);
    set_bool(L, "has_mmadmin", info.has_mmadmin);
    return 1;
}

/* Pushes the text[] literal of the list at `index`. */
static void push_array(lua_State *L, int index)
{
    luaL_Buffer buffer;
    size_t count = lua_rawlen(L, index);

    luaL_buffinit(L, &buffer);
    luaL_addchar(&buffer, '{');
    for (size_t i = 1; i <= count; i++) {
        lua_rawgeti(L, index, (int)i);
        if (lua_type(L, -1) != LUA_TSTRING)
            luaL_error(L, "a parameter is a list of something else than text");
        const char *text = lua_tostring(L, -1);
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
        push_array(L, lua_gettop(L));
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

/* Reads the parameters from the list at `index`, whose field n says how many. Their texts live in a table that is
 * pushed. */
static int check_params(lua_State *L, int index, const char *params[MM_MAX_PARAMS])
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

static void push_row(lua_State *L, const mm_result *result, int64_t row)
{
    int columns = mm_result_columns(result);

    lua_createtable(L, 0, columns);
    for (int column = 0; column < columns; column++) {
        mm_value value = mm_result_value(result, row, column);
        push_value(L, &value);
        lua_setfield(L, -2, mm_result_name(result, column));
    }
}

/* lake_select(lake, statement, modes, {n = count, parameters...}) -> list of rows | nil, err */
static int lake_select(lua_State *L)
{
    mm_lake *lake = check_lake(L);
    const char *name = mml_checktext(L, 2), *modes = mml_opttext(L, 3);
    const char *params[MM_MAX_PARAMS];
    int count = check_params(L, 4, params);
    void **box = mml_newbox(L, RESULT_MT);
    mm_result *result = NULL;
    mm_error err = {0};

    if (mm_lake_select(lake, name, modes, params, count, &result, &err) != MM_OK)
        return mml_fail(L, &err);
    *box = result;
    int64_t rows = mm_result_rows(result);
    lua_createtable(L, (int)rows, 0);
    for (int64_t row = 0; row < rows; row++) {
        push_row(L, result, row);
        lua_rawseti(L, -2, (int)row + 1);
    }
    mm_result_free(result); /* now, not when the collector comes */
    *box = NULL;
    return 1;
}

/* lake_init(lake, name) -> true | nil, err */
static int lake_init(lua_State *L)
{
    mm_error err = {0};
    mm_code code = mm_lake_init(check_lake(L), mml_checktext(L, 2), &err);

    return push_done(L, code, &err);
}

static int lake_remove_state(lua_State *L)
{
    mm_error err = {0};
    mm_code code = mm_lake_remove_state(check_lake(L), &err);

    return push_done(L, code, &err);
}

static int lake_refresh(lua_State *L)
{
    mm_error err = {0};
    mm_code code = mm_lake_refresh(check_lake(L), &err);

    return push_done(L, code, &err);
}

/* lake_publish(lake, {n = 6, names, hashes, schemas, makers, globals, sources}) -> true | nil, err */
static int lake_publish(lua_State *L)
{
    mm_lake *lake = check_lake(L);
    const char *params[MM_MAX_PARAMS];
    mm_error err = {0};

    luaL_argcheck(L, check_params(L, 2, params) == 6, 2, "six lists");
    return push_done(L, mm_lake_publish(lake, params, &err), &err);
}

/* lake_plan(lake, {n = 15, ...}) -> number | nil, err */
static int lake_plan(lua_State *L)
{
    mm_lake *lake = check_lake(L);
    const char *params[MM_MAX_PARAMS];
    int64_t number = 0;
    mm_error err = {0};

    luaL_argcheck(L, check_params(L, 2, params) == MM_PLAN_PARAMS, 2, "not the parameters of a plan");
    if (mm_retirement_plan(lake, params, &number, &err) != MM_OK)
        return mml_fail(L, &err);
    mml_pushint(L, number);
    return 1;
}

/* lake_check_writable(lake) -> true | nil, err */
static int lake_check_writable(lua_State *L)
{
    mm_error err = {0};
    mm_code code = mm_lake_check_writable(check_lake(L), &err);

    return push_done(L, code, &err);
}

/* lake_begin(lake, number, digest, reason, undo_for) -> true | nil, err */
static int lake_begin(lua_State *L)
{
    mm_error err = {0};
    mm_code code =
        mm_retirement_begin(check_lake(L), mml_checkint(L, 2), mml_checktext(L, 3),
                            mml_checktext(L, 4), mml_checktext(L, 5), &err);

    return push_done(L, code, &err);
}

static int push_batch(lua_State *L, mm_code code, const mm_batch *batch, const char *done,
                      const char *gone, const char *changed, const mm_error *err)
{
    if (code != MM_OK)
        return mml_fail(L, err);
    lua_newtable(L);
    set_bool(L, "is_claimed", batch->is_claimed);
    set_int(L, "first_seq", batch->first_seq);
    set_int(L, "last_seq", batch->last_seq);
    set_int(L, done, batch->done);
    set_int(L, gone, batch->gone);
    set_int(L, changed, batch->changed);
    set_int(L, "bytes", batch->bytes);
    set_int(L, "remaining", batch->remaining);
    return 1;
}

/* lake_apply_batch(lake, number, limit) -> batch | nil, err */
static int lake_apply_batch(lua_State *L)
{
    mm_batch batch = {0};
    mm_error err = {0};
    mm_code code = mm_retirement_apply_batch(check_lake(L), mml_checkint(L, 2), mml_checkint(L, 3),
                                             &batch, &err);

    return push_batch(L, code, &batch, "retired", "gone", "changed", &err);
}

/* lake_set_state(lake, number, state, {from...}) -> true | nil, err */
static int lake_set_state(lua_State *L)
{
    mm_lake *lake = check_lake(L);
    int64_t number = mml_checkint(L, 2);
    const char *state = mml_checktext(L, 3);
    mm_error err = {0};

    luaL_checktype(L, 4, LUA_TTABLE);
    push_array(L, 4);
    return push_done(L, mm_retirement_set_state(lake, number, state, lua_tostring(L, -1), &err), &err);
}

/* lake_undo_begin(lake, number, reason) -> true | nil, err */
static int lake_undo_begin(lua_State *L)
{
    mm_error err = {0};
    mm_code code = mm_retirement_undo_begin(check_lake(L), mml_checkint(L, 2), mml_checktext(L, 3), &err);

    return push_done(L, code, &err);
}

/* lake_undo_batch(lake, number, limit, leave_out) -> batch | nil, err */
static int lake_undo_batch(lua_State *L)
{
    mm_batch batch = {0};
    mm_error err = {0};
    mm_code code = mm_retirement_undo_batch(check_lake(L), mml_checkint(L, 2), mml_checkint(L, 3),
                                            lua_toboolean(L, 4), &batch, &err);

    return push_batch(L, code, &batch, "restored", "lost", "overlapped", &err);
}

static int lake_undo_end(lua_State *L)
{
    mm_error err = {0};
    mm_code code = mm_retirement_undo_end(check_lake(L), mml_checkint(L, 2), &err);

    return push_done(L, code, &err);
}

/* lake_export(lake, path, format, {n = 7, ...}) -> partitions | nil, err */
static int lake_export(lua_State *L)
{
    static const char *const formats[] = {"csv", "jsonl", NULL};
    mm_lake *lake = check_lake(L);
    const char *path = mml_checktext(L, 2);
    int format = luaL_checkoption(L, 3, NULL, formats);
    const char *params[MM_MAX_PARAMS];
    int64_t partitions = 0;
    mm_error err = {0};

    luaL_argcheck(L, check_params(L, 4, params) == MM_EXPORT_PARAMS, 4, "not the parameters of an export");
    if (mm_export_partitions_to(lake, params, format ? MM_JSONL : MM_CSV, path, &partitions, &err) != MM_OK)
        return mml_fail(L, &err);
    mml_pushint(L, partitions);
    return 1;
}

/* statement(name, features) -> text | nil, err: what would be sent, without comments */
static int statement(lua_State *L)
{
    const char *name = mml_checktext(L, 1), *features = luaL_optstring(L, 2, " ");
    void **box = mml_newbox(L, TEXT_MT);
    char *text = NULL;
    mm_error err = {0};

    if (mm_sql_expand(name, features, &text, &err) != MM_OK)
        return mml_fail(L, &err);
    *box = text;
    lua_pushstring(L, text);
    return 1;
}

void mml_open_lake(lua_State *L)
{
    static const luaL_Reg methods[] = {{"close", lake_release}, {NULL, NULL}};
    static const luaL_Reg none[] = {{NULL, NULL}};
    static const luaL_Reg functions[] = {
        {"lake_open", lake_open},
        {"lake_info", lake_info},
        {"lake_select", lake_select},
        {"lake_init", lake_init},
        {"lake_remove_state", lake_remove_state},
        {"lake_refresh", lake_refresh},
        {"lake_check_writable", lake_check_writable},
        {"lake_publish", lake_publish},
        {"lake_plan", lake_plan},
        {"lake_begin", lake_begin},
        {"lake_apply_batch", lake_apply_batch},
        {"lake_set_state", lake_set_state},
        {"lake_undo_begin", lake_undo_begin},
        {"lake_undo_batch", lake_undo_batch},
        {"lake_export", lake_export},
        {"lake_undo_end", lake_undo_end},
        {"statement", statement},
        {NULL, NULL},
    };

    mml_newclass(L, LAKE_MT, methods, lake_release);
    mml_newclass(L, RESULT_MT, none, result_release);
    mml_newclass(L, TEXT_MT, none, text_release);
    luaL_setfuncs(L, functions, 0);
    luaL_getmetatable(L, LAKE_MT);
    lua_getfield(L, -1, "__index");
    lua_setfield(L, -3, "lake_methods"); /* lua/mm/lake.lua adds to it */
    lua_pop(L, 1);
}
