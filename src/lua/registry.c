/* mm.core.registry_new and the class mm.registry; scripts use lua/mm/registry.lua. */
#include "mm/registry.h"

#include "mml.h"

#include <string.h>

#define REGISTRY_MT "mm.registry"

enum { ARROW_MAX = 1000 };

static void get_member(lua_State *L, int entry, const char *name)
{
    lua_pushstring(L, name);
    lua_rawget(L, entry);
}

/* The string stays alive in the table, which is therefore read raw. */
static mm_text get_text(lua_State *L, int entry, const char *name)
{
    mm_text text = {0};

    get_member(L, entry, name);
    if (lua_type(L, -1) == LUA_TSTRING)
        text.data = lua_tolstring(L, -1, &text.length);
    else if (!lua_isnil(L, -1))
        luaL_error(L, "%s must be a string", name);
    lua_pop(L, 1);
    return text;
}

static bool get_bool(lua_State *L, int entry, const char *name)
{
    bool value;

    get_member(L, entry, name);
    value = lua_toboolean(L, -1);
    if (!lua_isboolean(L, -1) && !lua_isnil(L, -1))
        luaL_error(L, "%s must be a boolean", name);
    lua_pop(L, 1);
    return value;
}

static int get_arrow(lua_State *L, int entry)
{
    int64_t arrow = 0;

    get_member(L, entry, "arrow");
    if (!lua_isnil(L, -1))
        arrow = mml_checkint(L, -1);
    if (arrow < 0 || arrow > ARROW_MAX)
        luaL_error(L, "arrow must be a major version");
    lua_pop(L, 1);
    return (int)arrow;
}

static mm_registry_row get_row(lua_State *L, int entry)
{
    if (!lua_istable(L, entry))
        luaL_error(L, "an entry must be a table");
    return (mm_registry_row){
        .view_set_name = get_text(L, entry, "view_set_name"),
        .current_schema_hash = get_text(L, entry, "current_schema_hash"),
        .schema = get_text(L, entry, "schema"),
        .source = get_text(L, entry, "source"),
        .arrow = get_arrow(L, entry),
        .has_view_maker = get_bool(L, entry, "has_view_maker"),
        .global_instance_available = get_bool(L, entry, "global_instance_available"),
    };
}

static int registry_new(lua_State *L)
{
    luaL_checktype(L, 1, LUA_TTABLE);
    size_t count = lua_rawlen(L, 1);
    mm_registry_row *rows = lua_newuserdata(L, count * sizeof *rows);
    void **box = mml_newbox(L, REGISTRY_MT);
    mm_registry *registry = NULL;
    mm_error err = {0};

    for (size_t i = 0; i < count; i++) {
        lua_rawgeti(L, 1, (int)i + 1);
        rows[i] = get_row(L, lua_gettop(L));
        lua_pop(L, 1);
    }
    if (mm_registry_new(rows, count, &registry, &err) != MM_OK)
        return mml_fail(L, &err);
    *box = registry;
    return 1;
}

static int registry_merge(lua_State *L)
{
    const mm_registry *base = mml_checkbox(L, 1, REGISTRY_MT);
    const mm_registry *over = mml_checkbox(L, 2, REGISTRY_MT);
    void **box = mml_newbox(L, REGISTRY_MT);
    mm_registry *registry = NULL;
    mm_error err = {0};

    if (mm_registry_merge(base, over, &registry, &err) != MM_OK)
        return mml_fail(L, &err);
    *box = registry;
    return 1;
}

static void set_text(lua_State *L, const char *name, const char *text)
{
    lua_pushstring(L, text); /* nil for NULL */
    lua_setfield(L, -2, name);
}

static void set_bool(lua_State *L, const char *name, bool value)
{
    lua_pushboolean(L, value);
    lua_setfield(L, -2, name);
}

static void push_view_set(lua_State *L, const mm_view_set *view_set)
{
    lua_createtable(L, 0, 6);
    set_text(L, "view_set_name", view_set->view_set_name);
    set_text(L, "current_schema_hash", view_set->hash_hex);
    set_text(L, "schema", view_set->schema);
    set_bool(L, "has_view_maker", view_set->has_view_maker);
    set_bool(L, "global_instance_available", view_set->global_instance_available);
    set_text(L, "source", view_set->source);
}

static int registry_list_view_sets(lua_State *L)
{
    const mm_registry *registry = mml_checkbox(L, 1, REGISTRY_MT);
    size_t count = mm_registry_count(registry);

    lua_createtable(L, (int)count, 0);
    for (size_t i = 0; i < count; i++) {
        push_view_set(L, mm_registry_at(registry, i));
        lua_rawseti(L, -2, (int)i + 1);
    }
    return 1;
}

static int registry_get(lua_State *L)
{
    const mm_registry *registry = mml_checkbox(L, 1, REGISTRY_MT);
    const mm_view_set *view_set = mm_registry_find(registry, mml_checktext(L, 2));

    if (view_set)
        push_view_set(L, view_set);
    else
        lua_pushnil(L);
    return 1;
}

/* Names and hashes, two lists in the same order: parameters of SQL statements. */
static int registry_arrays(lua_State *L)
{
    const mm_registry *registry = mml_checkbox(L, 1, REGISTRY_MT);
    size_t count = mm_registry_count(registry);

    lua_createtable(L, (int)count, 0);
    lua_createtable(L, (int)count, 0);
    for (size_t i = 0; i < count; i++) {
        const mm_view_set *view_set = mm_registry_at(registry, i);
        lua_pushstring(L, view_set->view_set_name);
        lua_rawseti(L, -3, (int)i + 1);
        lua_pushstring(L, view_set->hash_hex);
        lua_rawseti(L, -2, (int)i + 1);
    }
    return 2;
}

static void push_finding(lua_State *L, const mm_view_set *view_set, const mm_finding *finding)
{
    lua_createtable(L, 0, 4);
    set_text(L, "view_set_name", view_set->view_set_name);
    set_text(L, "code", finding->code);
    set_text(L, "message", finding->message);
    set_text(L, "hint", finding->hint);
}

static int registry_findings(lua_State *L)
{
    const mm_registry *registry = mml_checkbox(L, 1, REGISTRY_MT);
    mm_finding findings[MM_VIEW_SET_FINDINGS];
    mm_error err = {0};
    int length = 0;

    lua_newtable(L);
    for (size_t i = 0; i < mm_registry_count(registry); i++) {
        const mm_view_set *view_set = mm_registry_at(registry, i);
        size_t count = 0;
        if (mm_view_set_findings(view_set, findings, &count, &err) != MM_OK)
            return mml_fail(L, &err);
        for (size_t k = 0; k < count; k++) {
            push_finding(L, view_set, &findings[k]);
            lua_rawseti(L, -2, ++length);
        }
    }
    return 1;
}

static int registry_len(lua_State *L)
{
    mml_pushint(L, (int64_t)mm_registry_count(mml_checkbox(L, 1, REGISTRY_MT)));
    return 1;
}

static bool is_first_of_source(const mm_registry *registry, size_t index)
{
    const char *source = mm_registry_at(registry, index)->source;

    for (size_t i = 0; i < index; i++)
        if (!strcmp(mm_registry_at(registry, i)->source, source))
            return false;
    return true;
}

/* "registry of 12 view sets (answer.json, release 0.33)" */
static int registry_tostring(lua_State *L)
{
    const mm_registry *registry = mml_checkbox(L, 1, REGISTRY_MT);
    size_t count = mm_registry_count(registry);
    const char *separator = " (";
    luaL_Buffer text;

    lua_pushfstring(L, "registry of %d view set%s", (int)count, count == 1 ? "" : "s");
    luaL_buffinit(L, &text);
    for (size_t i = 0; i < count; i++) {
        if (!is_first_of_source(registry, i))
            continue;
        luaL_addstring(&text, separator);
        luaL_addstring(&text, mm_registry_at(registry, i)->source);
        separator = ", ";
    }
    luaL_addstring(&text, count ? ")" : "");
    luaL_pushresult(&text);
    lua_concat(L, 2);
    return 1;
}

static int registry_release(lua_State *L)
{
    void **box = luaL_checkudata(L, 1, REGISTRY_MT);

    mm_registry_free(*box);
    *box = NULL;
    return 0;
}

void mml_open_registry(lua_State *L)
{
    static const luaL_Reg methods[] = {
        {"list_view_sets", registry_list_view_sets},
        {"get", registry_get},
        {"arrays", registry_arrays},
        {"findings", registry_findings},
        {"merge", registry_merge},
        {NULL, NULL},
    };
    static const luaL_Reg operators[] = {
        {"__len", registry_len},
        {"__tostring", registry_tostring},
        {NULL, NULL},
    };

    mml_newclass(L, REGISTRY_MT, methods, registry_release);
    luaL_getmetatable(L, REGISTRY_MT);
    luaL_setfuncs(L, operators, 0);
    lua_pop(L, 1);
    lua_pushcfunction(L, registry_new);
    lua_setfield(L, -2, "registry_new");
}
