/* Lua states whose allocations can fail, for a Lua that stands outside.
 *
 *   faults.watch(domain, library)       "core" or "libpq" is this library, a path or soname
 *   faults.keep(library)                it stays loaded, so that what leaked from it can be named
 *   faults.start(domain, first, count)  the attempts of "lua", "core" or "libpq" that fail from now
 *                                       on, until a state was made, called or closed
 *   faults.state(script) -> state       with the functions that this file returns in a table;
 *                                       or nil and an error
 *   state:call(name, texts...)          calls one: true and texts, or false and an error
 *   state:close()
 *   faults.failed(domain)               how many did since faults.start
 *   faults.live(domain)                 how many blocks are not freed
 *
 * An error is a table {code=, message=, detail=, outcome=, done=}, of texts. */
#define _GNU_SOURCE
#include "faults.h"

#include <dlfcn.h>
#include <lauxlib.h>
#if LUA_VERSION_NUM < 502
#include <luajit.h>
#endif
#include <lualib.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

#define STATE_MT "faults.state"

enum { HANGS_AFTER_S = 120 };

typedef struct state {
    lua_State *L;
    int call_ref, functions_ref;
    const char *script;
    lua_State *caller; /* whose arguments, from index 2 on, are the name and the texts */
} state;

static state *state_of(lua_State *inner)
{
    void *found = NULL;

    (void)lua_getallocf(inner, &found);
    return found;
}

/* While allocations may fail the collector is stopped, but for Lua 5.4's emergency: of a finalizer
 * that gets no memory for its call Lua warns, and forgets it. */
static int call_without_collector(lua_State *inner)
{
    lua_gc(inner, LUA_GCSTOP, 0);
    int status = lua_pcall(inner, 0, LUA_MULTRET, 0);
    lua_gc(inner, LUA_GCRESTART, 0);
    return status;
}

/* Allocates only where the failure is caught: in Lua 5.1 a function is an object. */
static int call_protected(lua_State *inner, lua_CFunction function)
{
#if LUA_VERSION_NUM < 502
    return lua_cpcall(inner, function, NULL);
#else
    lua_pushcfunction(inner, function);
    return lua_pcall(inner, 0, 0, 0);
#endif
}

static int call_function(lua_State *inner)
{
    const state *self = state_of(inner);
    lua_State *caller = self->caller;
    int top = lua_gettop(caller);

    luaL_checkstack(inner, top + 1, "too many arguments");
    lua_rawgeti(inner, LUA_REGISTRYINDEX, self->functions_ref);
    lua_getfield(inner, -1, lua_tostring(caller, 2));
    lua_remove(inner, 1);
    for (int i = 3; i <= top; i++)
        lua_pushstring(inner, lua_tostring(caller, i));
    lua_call(inner, top - 2, LUA_MULTRET);
    return lua_gettop(inner);
}

static int fill_state(lua_State *inner)
{
    state *self = state_of(inner);

    lua_gc(inner, LUA_GCSTOP, 0);
    luaL_openlibs(inner);
#ifdef LUAJIT_MODE_OFF /* whose traces do not survive it */
    luaJIT_setmode(inner, 0, LUAJIT_MODE_ENGINE | LUAJIT_MODE_OFF);
#endif
    lua_pushcfunction(inner, call_function);
    self->call_ref = luaL_ref(inner, LUA_REGISTRYINDEX);
    if (luaL_loadfile(inner, self->script))
        return lua_error(inner);
    lua_call(inner, 0, 1);
    self->functions_ref = luaL_ref(inner, LUA_REGISTRYINDEX);
    return 0;
}

static void copy_field(lua_State *L, lua_State *inner, const char *name)
{
    lua_getfield(inner, -1, name);
    lua_pushstring(L, lua_tostring(inner, -1));
    lua_setfield(L, -2, name);
    lua_pop(inner, 1);
}

/* Pushes the error on top of the inner stack; there may be no state at all. */
static void push_error(lua_State *L, lua_State *inner)
{
    static const char *const names[] = {"code", "message", "detail", "outcome", "done"};

    lua_newtable(L);
    if (!inner || !lua_istable(inner, -1)) {
        lua_pushstring(L, inner ? lua_tostring(inner, -1) : "not enough memory");
        lua_setfield(L, -2, "message");
        return;
    }
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        copy_field(L, inner, names[i]);
}

static void close_state(state *self)
{
    if (self->L)
        lua_close(self->L);
    self->L = NULL;
    faults_stop();
}

static int states_state(lua_State *L)
{
    const char *script = luaL_checkstring(L, 1);
    state *self = lua_newuserdata(L, sizeof *self);

    *self = (state){.script = script};
    luaL_getmetatable(L, STATE_MT);
    lua_setmetatable(L, -2);
    alarm(HANGS_AFTER_S);
    self->L = lua_newstate(faults_allocate, self);
    int status = self->L ? call_protected(self->L, fill_state) : -1;
    alarm(0);
    if (!status) {
        faults_stop();
        return 1;
    }
    lua_pushnil(L);
    faults_pause(true);
    push_error(L, self->L);
    faults_pause(false);
    close_state(self);
    return 2;
}

static state *check_state(lua_State *L)
{
    state *self = luaL_checkudata(L, 1, STATE_MT);

    luaL_argcheck(L, self->L != NULL, 1, "the state is closed");
    return self;
}

static int state_call(lua_State *L)
{
    state *self = check_state(L);
    lua_State *inner = self->L;

    luaL_checkstring(L, 2);
    self->caller = L;
    lua_settop(inner, 0);
    lua_rawgeti(inner, LUA_REGISTRYINDEX, self->call_ref);
    alarm(HANGS_AFTER_S);
    int status = call_without_collector(inner);
    alarm(0);
    faults_stop();
    lua_pushboolean(L, !status);
    if (status) {
        push_error(L, inner);
        return 2;
    }
    for (int i = 1; i <= lua_gettop(inner); i++)
        lua_pushstring(L, lua_tostring(inner, i));
    return 1 + lua_gettop(inner);
}

static int state_close(lua_State *L)
{
    close_state(luaL_checkudata(L, 1, STATE_MT));
    return 0;
}

static faults_domain *check_domain(lua_State *L)
{
    static const char *const names[] = {"lua", "core", "libpq", NULL};
    faults_domain *const domains[] = {&faults_lua, &faults_core, &faults_libpq};

    return domains[luaL_checkoption(L, 1, NULL, names)];
}

static void *keep(lua_State *L, int index)
{
    void *library = dlopen(luaL_checkstring(L, index), RTLD_NOW | RTLD_NODELETE);

    if (!library)
        luaL_error(L, "%s", dlerror());
    return library;
}

static int states_keep(lua_State *L)
{
    (void)keep(L, 1);
    return 0;
}

static int states_watch(lua_State *L)
{
    const faults_domain *domain = check_domain(L);
    void *library = keep(L, 2);

    if (!faults_watch(library, domain))
        return luaL_error(L, "%s does not allocate", lua_tostring(L, 2));
    return 0;
}

static int states_start(lua_State *L)
{
    faults_start(check_domain(L), (long)luaL_checkinteger(L, 2), (long)luaL_checkinteger(L, 3));
    return 0;
}

static int states_failed(lua_State *L)
{
    lua_pushinteger(L, check_domain(L)->failed);
    return 1;
}

static int states_live(lua_State *L)
{
    lua_pushinteger(L, check_domain(L)->live);
    return 1;
}

static void set_functions(lua_State *L, const luaL_Reg *functions)
{
    for (; functions->name; functions++) {
        lua_pushcfunction(L, functions->func);
        lua_setfield(L, -2, functions->name);
    }
}

__attribute__((visibility("default"))) int luaopen_faults(lua_State *L);

int luaopen_faults(lua_State *L)
{
    static const luaL_Reg methods[] = {{"call", state_call}, {"close", state_close}, {NULL, NULL}};
    static const luaL_Reg functions[] = {
        {"watch", states_watch},
        {"keep", states_keep},
        {"start", states_start},
        {"state", states_state},
        {"failed", states_failed},
        {"live", states_live},
        {NULL, NULL},
    };

    luaL_newmetatable(L, STATE_MT);
    lua_pushvalue(L, -1);
    lua_setfield(L, -2, "__index");
    lua_pushcfunction(L, state_close);
    lua_setfield(L, -2, "__gc");
    set_functions(L, methods);
    lua_newtable(L);
    set_functions(L, functions);
    return 1;
}
