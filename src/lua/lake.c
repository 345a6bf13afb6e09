/* The lake: what the core does in one transaction each. lua/mm/lake.lua composes it. */
#include "mml_lake.h"

#include "mm/export.h"
#include "mm/sql.h"

#include <stdlib.h>

#define RESULT_MT "mm.result"
#define TEXT_MT "mm.buffer"
#define EXPORT_MT "mm.export"

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

/* lake_is_open(lake) -> boolean */
static int lake_is_open(lua_State *L)
{
    void **box = luaL_checkudata(L, 1, LAKE_MT);

    lua_pushboolean(L, *box != NULL);
    return 1;
}

/* lake_info(lake) -> table */
static int lake_info(lua_State *L)
{
    mm_lake_info info = mm_lake_describe(mml_checklake(L));

    lua_newtable(L);
    mml_settext(L, "name", info.name);
    mml_settext(L, "database", info.database);
    mml_settext(L, "role", info.role);
    mml_settext(L, "schema", info.schema);
    mml_settext(L, "unknown_columns", info.unknown_columns);
    mml_setint(L, "server_version", info.server_version);
    mml_setint(L, "lakehouse_version", info.lakehouse_version);
    mml_setint(L, "data_lake_version", info.data_lake_version);
    mml_setint(L, "state_version", info.state_version);
    mml_setint(L, "known_lakehouse_version", MM_LAKEHOUSE_VERSION);
    mml_setint(L, "known_state_version", MM_STATE_VERSION);
    mml_setbool(L, "is_standby", info.is_standby);
    mml_setbool(L, "is_read_only", info.is_read_only);
    mml_setbool(L, "has_mmadmin", info.has_mmadmin);
    return 1;
}

static void push_rows(lua_State *L, const mm_result *result)
{
    int64_t rows = mm_result_rows(result);

    lua_createtable(L, (int)rows, 0);
    for (int64_t row = 0; row < rows; row++) {
        mml_pushrow(L, result, row);
        lua_rawseti(L, -2, (int)row + 1);
    }
}

/* lake_select(lake, statement, modes, {n = count, parameters...}) -> list of rows | nil, err */
static int lake_select(lua_State *L)
{
    mm_lake *lake = mml_checklake(L);
    const char *name = mml_checktext(L, 2), *modes = mml_opttext(L, 3);
    const char *params[MM_MAX_PARAMS];
    int count = mml_checkparams(L, 4, params);
    void **box = mml_newbox(L, RESULT_MT);
    mm_result *result = NULL;
    mm_error err = {0};

    if (mm_lake_select(lake, name, modes, params, count, &result, &err) != MM_OK)
        return mml_fail(L, &err);
    *box = result;
    if (mml_check_exact(result, name, &err) != MM_OK)
        return mml_fail(L, &err);
    push_rows(L, result);
    mm_result_free(result); /* now, not when the collector comes */
    *box = NULL;
    return 1;
}

/* The texts of the list at `index`, which keeps them alive. */
static size_t check_names(lua_State *L, int index, const char *names[MM_CHANGE_STATEMENTS])
{
    luaL_checktype(L, index, LUA_TTABLE);
    size_t count = lua_rawlen(L, index);

    luaL_argcheck(L, count <= MM_CHANGE_STATEMENTS, index, "too many statements");
    for (size_t i = 0; i < count; i++) {
        lua_rawgeti(L, index, (int)i + 1);
        names[i] = mml_checktext(L, -1);
        lua_pop(L, 1);
    }
    return count;
}

/* lake_change(lake, statements, {n = count, parameters...}) -> for each a list of rows | nil, err
 */
static int lake_change(lua_State *L)
{
    mm_lake *lake = mml_checklake(L);
    const char *names[MM_CHANGE_STATEMENTS], *params[MM_MAX_PARAMS] = {NULL};
    size_t count = check_names(L, 2, names);
    void **boxes[MM_CHANGE_STATEMENTS];
    mm_result *results[MM_CHANGE_STATEMENTS] = {NULL};
    mm_error err = {0};

    (void)mml_checkparams(L, 3, params);
    for (size_t i = 0; i < count; i++)
        boxes[i] = mml_newbox(L, RESULT_MT);
    if (mm_lake_change(lake, names, count, params, results, &err) != MM_OK)
        return mml_fail(L, &err);
    for (size_t i = 0; i < count; i++)
        *boxes[i] = results[i];
    lua_createtable(L, (int)count, 0);
    for (size_t i = 0; i < count; i++) {
        push_rows(L, results[i]);
        lua_rawseti(L, -2, (int)i + 1);
    }
    return 1;
}

/* lake_init(lake, name, [reason]) -> true | nil, err */
static int lake_init(lua_State *L)
{
    mm_error err = {0};
    mm_code code = mm_lake_init(mml_checklake(L), mml_checktext(L, 2), mml_opttext(L, 3), &err);

    return mml_pushdone(L, code, &err);
}

/* lake_upgrade(lake, [reason]) -> true | nil, err */
static int lake_upgrade(lua_State *L)
{
    mm_error err = {0};
    mm_code code = mm_lake_upgrade_state(mml_checklake(L), mml_opttext(L, 2), &err);

    return mml_pushdone(L, code, &err);
}

/* lake_adopt(lake, [reason]) -> true | nil, err */
static int lake_adopt(lua_State *L)
{
    mm_error err = {0};
    mm_code code = mm_lake_adopt(mml_checklake(L), mml_opttext(L, 2), &err);

    return mml_pushdone(L, code, &err);
}

static int lake_remove_state(lua_State *L)
{
    mm_error err = {0};
    mm_code code = mm_lake_remove_state(mml_checklake(L), &err);

    return mml_pushdone(L, code, &err);
}

static int lake_refresh(lua_State *L)
{
    mm_error err = {0};
    mm_code code = mm_lake_refresh(mml_checklake(L), &err);

    return mml_pushdone(L, code, &err);
}

/* lake_publish(lake, {n = 7, names, hashes, schemas, makers, globals, sources, reason})
 * -> true | nil, err */
static int lake_publish(lua_State *L)
{
    mm_lake *lake = mml_checklake(L);
    const char *params[MM_MAX_PARAMS];
    mm_error err = {0};

    luaL_argcheck(L, mml_checkparams(L, 2, params) == 7, 2, "six lists and a reason");
    return mml_pushdone(L, mm_lake_publish(lake, params, &err), &err);
}

/* lake_check_writable(lake) -> true | nil, err */
static int lake_check_writable(lua_State *L)
{
    mm_error err = {0};
    mm_code code = mm_lake_check_writable(mml_checklake(L), &err);

    return mml_pushdone(L, code, &err);
}

/* lake_check_present(lake) -> true | nil, err */
static int lake_check_present(lua_State *L)
{
    mm_error err = {0};
    mm_code code = mm_lake_check_present(mml_checklake(L), &err);

    return mml_pushdone(L, code, &err);
}

static int export_release(lua_State *L)
{
    void **box = luaL_checkudata(L, 1, EXPORT_MT);

    mm_export_free(*box);
    *box = NULL;
    return 0;
}

/* lake_export(lake, path, format, {n = 7, ...}) -> export | nil, err */
static int lake_export(lua_State *L)
{
    static const char *const formats[] = {"csv", "jsonl", NULL};
    (void)mml_checklake(L);
    const char *path = mml_checktext(L, 2);
    mm_format format = luaL_checkoption(L, 3, NULL, formats) ? MM_JSONL : MM_CSV;
    const char *params[MM_MAX_PARAMS];
    mm_export *export = NULL;
    mm_error err = {0};

    luaL_argcheck(L, mml_checkparams(L, 4, params) == MM_EXPORT_PARAMS, 4,
                  "not the parameters of an export");
    void **box = mml_newbox(L, EXPORT_MT);
    if (mm_export_begin(params, format, path, &export, &err) != MM_OK)
        return mml_fail(L, &err);
    *box = export;
    return 1;
}

/* lake_export_page(lake, export) -> partitions so far, whether that was the last page | nil, err */
static int lake_export_page(lua_State *L)
{
    mm_lake *lake = mml_checklake(L);
    mm_export *export = mml_checkbox(L, 2, EXPORT_MT);
    int64_t partitions = 0;
    bool is_complete = false;
    mm_error err = {0};

    if (mm_export_page(export, lake, &partitions, &is_complete, &err) != MM_OK)
        return mml_fail(L, &err);
    mml_pushint(L, partitions);
    lua_pushboolean(L, is_complete);
    return 2;
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
    static const luaL_Reg exports[] = {{"close", export_release}, {NULL, NULL}};
    static const luaL_Reg none[] = {{NULL, NULL}};
    static const luaL_Reg functions[] = {
        {"lake_open", lake_open},
        {"lake_is_open", lake_is_open},
        {"lake_info", lake_info},
        {"lake_select", lake_select},
        {"lake_change", lake_change},
        {"lake_init", lake_init},
        {"lake_remove_state", lake_remove_state},
        {"lake_refresh", lake_refresh},
        {"lake_check_writable", lake_check_writable},
        {"lake_publish", lake_publish},
        {"lake_export", lake_export},
        {"lake_export_page", lake_export_page},
        {"lake_upgrade", lake_upgrade},
        {"lake_adopt", lake_adopt},
        {"lake_check_present", lake_check_present},
        {"statement", statement},
        {NULL, NULL},
    };

    mml_newclass(L, LAKE_MT, methods, lake_release);
    mml_newclass(L, RESULT_MT, none, result_release);
    mml_newclass(L, TEXT_MT, none, text_release);
    mml_newclass(L, EXPORT_MT, exports, export_release);
    luaL_setfuncs(L, functions, 0);
    mml_open_retirement(L);
    mml_open_audit(L);
    luaL_getmetatable(L, LAKE_MT);
    lua_getfield(L, -1, "__index");
    lua_setfield(L, -3, "lake_methods"); /* lua/mm/lake.lua adds to it */
    lua_pop(L, 1);
}
