/* What the bindings of lakes share. */
#ifndef MM_LUA_MML_LAKE_H
#define MM_LUA_MML_LAKE_H

#include "mml.h"

#include "mm/lake.h"

#define LAKE_MT "mm.lake"

/* The lake at index 1; raises when it is closed. */
mm_lake *mml_checklake(lua_State *L);

/* true, or nil and the error. */
int mml_pushdone(lua_State *L, mm_code code, const mm_error *err);

/* Set a field of the table on top of the stack. */
void mml_settext(lua_State *L, const char *name, const char *text);
void mml_setint(lua_State *L, const char *name, int64_t value);
void mml_setbool(lua_State *L, const char *name, bool value);

/* Pushes the text[] literal of the list of texts at `index`. */
void mml_pusharray(lua_State *L, int index);

/* Reads parameters from the list at `index`, whose field n says how many: text, whole numbers,
 * booleans, nil, and lists of texts. What they point to lives in a table that is pushed. */
int mml_checkparams(lua_State *L, int index, const char *params[MM_MAX_PARAMS]);

/* On LuaJIT, whose numbers end at 2^53: that the result of the statement `name` has none beyond.
 * Errors: INVALID. */
mm_code mml_check_exact(const mm_result *result, const char *name, mm_error *err) MM_CHECK;

/* A row of a result as a table: hashes in hex, times as RFC 3339. */
void mml_pushrow(lua_State *L, const mm_result *result, int64_t row);

/* Adds the functions of retirements to the table on top of the stack. */
void mml_open_retirement(lua_State *L);

/* The same of the audit and of holds. */
void mml_open_audit(lua_State *L);

#endif
