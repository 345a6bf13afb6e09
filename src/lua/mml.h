/* Helpers shared by the bindings, and what Lua 5.4 and LuaJIT do not share. */
#ifndef MM_LUA_MML_H
#define MM_LUA_MML_H

#include "mm/error.h"

#include <lauxlib.h>
#include <lua.h>
#include <stdint.h>

#if LUA_VERSION_NUM < 502
#define lua_rawlen(L, i) lua_objlen(L, i)
#define luaL_setfuncs(L, functions, n) mml_setfuncs(L, functions)
void mml_setfuncs(lua_State *L, const luaL_Reg *functions);
#endif

/* nil and a table {code=, message=, detail=, hint=, sqlstate=, outcome=} with __tostring. */
int mml_fail(lua_State *L, const mm_error *err);

/* A box: userdata that owns one C object, pushed empty before the object is acquired, so that a Lua
 * error cannot leak it. `mml_checkbox` raises when the object was closed. */
void **mml_newbox(lua_State *L, const char *metatable);
void *mml_checkbox(lua_State *L, int index, const char *metatable);

/* Makes a metatable whose __index is a table of `methods`, and `release` for __gc, __close and
 * `close`. */
void mml_newclass(lua_State *L, const char *metatable, const luaL_Reg *methods,
                  lua_CFunction release);

/* Text without NUL bytes: luaL_checkstring would cut at one. The optional form gives NULL for none
 * or nil. */
const char *mml_checktext(lua_State *L, int index);
const char *mml_opttext(lua_State *L, int index);

/* A whole number: floats with a fraction, NaN and what int64 cannot hold raise. */
int64_t mml_checkint(lua_State *L, int index);
void mml_pushint(lua_State *L, int64_t value);  /* raises on LuaJIT beyond MML_MAX_EXACT */
#define MML_MAX_EXACT INT64_C(9007199254740992) /* 2^53 */

/* Each noun registers its class and adds its constructors to the module's table on top of the
 * stack. */
void mml_open_schema(lua_State *L);
void mml_open_registry(lua_State *L);
void mml_open_lake(lua_State *L);
void mml_open_secret(lua_State *L);

#endif
