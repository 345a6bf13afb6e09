/* Retirements: plan, batches, undo. lua/mm/ composes them. */
#include "mml_lake.h"

#include "mm/retirement.h"

/* lake_plan(lake, {n = 14, ...}) -> number | nil, err */
static int lake_plan(lua_State *L)
{
    mm_lake *lake = mml_checklake(L);
    const char *params[MM_MAX_PARAMS];
    int64_t number = 0;
    mm_error err = {0};

    luaL_argcheck(L, mml_checkparams(L, 2, params) == MM_PLAN_PARAMS, 2,
                  "not the parameters of a plan");
    if (mm_retirement_plan(lake, params, &number, &err) != MM_OK)
        return mml_fail(L, &err);
    mml_pushint(L, number);
    return 1;
}

/* The texts of the list at `index` into `names`; how many. */
static size_t check_names(lua_State *L, int index, const char *names[MM_MAX_GUARDS])
{
    luaL_checktype(L, index, LUA_TTABLE);
    size_t count = lua_rawlen(L, index);
    luaL_argcheck(L, count <= MM_MAX_GUARDS, index, "too many names");
    for (size_t i = 0; i < count; i++) {
        lua_rawgeti(L, index, (int)i + 1);
        names[i] = mml_checktext(L, -1);
        lua_pop(L, 1); /* the list keeps it */
    }
    return count;
}

/* lake_begin(lake, number, digest, reason, undo_for, {guards...}, overrides) -> true | nil, err */
static int lake_begin(lua_State *L)
{
    mm_lake *lake = mml_checklake(L);
    int64_t number = mml_checkint(L, 2);
    const char *digest = mml_checktext(L, 3), *reason = mml_checktext(L, 4);
    const char *undo_for = mml_checktext(L, 5), *names[MM_MAX_GUARDS];
    mm_guards guards = {.names = names, .count = check_names(L, 6, names)};
    mm_error err = {0};

    guards.overrides = mml_checktext(L, 7);
    return mml_pushdone(
        L, mm_retirement_begin(lake, number, digest, reason, undo_for, &guards, &err), &err);
}

static int push_batch(lua_State *L, mm_code code, const mm_batch *batch, bool is_undo,
                      const mm_error *err)
{
    if (code != MM_OK)
        return mml_fail(L, err);
    lua_newtable(L);
    mml_setbool(L, "is_claimed", batch->is_claimed);
    mml_setint(L, "first_seq", batch->first_seq);
    mml_setint(L, "last_seq", batch->last_seq);
    mml_setint(L, is_undo ? "restored" : "retired", batch->done);
    mml_setint(L, is_undo ? "lost" : "gone", batch->gone);
    mml_setint(L, is_undo ? "overlapped" : "changed", batch->changed);
    mml_setint(L, "held", batch->held);
    mml_setint(L, "bytes", batch->bytes);
    mml_setint(L, "remaining", batch->remaining);
    mml_setint(L, "audit_seq", batch->audit_seq);
    mml_settext(L, "audit_hash", batch->audit_hash);
    return 1;
}

static int64_t opt_int(lua_State *L, int index)
{
    return lua_isnoneornil(L, index) ? 0 : mml_checkint(L, index);
}

/* lake_apply_batch(lake, number, limit, [from]) -> batch | nil, err */
static int lake_apply_batch(lua_State *L)
{
    mm_batch batch = {0};
    mm_error err = {0};
    mm_code code = mm_retirement_apply_batch(mml_checklake(L), mml_checkint(L, 2),
                                             mml_checkint(L, 3), opt_int(L, 4), &batch, &err);

    return push_batch(L, code, &batch, false, &err);
}

/* lake_find_batch(lake, number, "apply" or "undo", first_seq) -> batch | nil, err */
static int lake_find_batch(lua_State *L)
{
    static const char *const kinds[] = {"apply", "undo", NULL};
    mm_lake *lake = mml_checklake(L);
    int64_t number = mml_checkint(L, 2);
    int kind = luaL_checkoption(L, 3, NULL, kinds);
    mm_batch batch = {0};
    mm_error err = {0};
    mm_code code =
        mm_retirement_find_batch(lake, number, kinds[kind], mml_checkint(L, 4), &batch, &err);

    return push_batch(L, code, &batch, kind == 1, &err);
}

/* lake_set_state(lake, number, state, {from...}) -> true | nil, err */
static int lake_set_state(lua_State *L)
{
    mm_lake *lake = mml_checklake(L);
    int64_t number = mml_checkint(L, 2);
    const char *state = mml_checktext(L, 3);
    mm_error err = {0};

    luaL_checktype(L, 4, LUA_TTABLE);
    mml_pusharray(L, 4);
    return mml_pushdone(L, mm_retirement_set_state(lake, number, state, lua_tostring(L, -1), &err),
                        &err);
}

/* lake_undo_begin(lake, number, reason, overrides) -> true | nil, err */
static int lake_undo_begin(lua_State *L)
{
    mm_error err = {0};
    mm_code code = mm_retirement_undo_begin(mml_checklake(L), mml_checkint(L, 2),
                                            mml_checktext(L, 3), mml_checktext(L, 4), &err);

    return mml_pushdone(L, code, &err);
}

/* lake_undo_batch(lake, number, limit, from or nil, leave_out) -> batch | nil, err */
static int lake_undo_batch(lua_State *L)
{
    mm_batch batch = {0};
    mm_error err = {0};
    mm_code code =
        mm_retirement_undo_batch(mml_checklake(L), mml_checkint(L, 2), mml_checkint(L, 3),
                                 opt_int(L, 4), lua_toboolean(L, 5), &batch, &err);

    return push_batch(L, code, &batch, true, &err);
}

static int lake_undo_end(lua_State *L)
{
    mm_error err = {0};
    mm_code code = mm_retirement_undo_end(mml_checklake(L), mml_checkint(L, 2), &err);

    return mml_pushdone(L, code, &err);
}

/* lake_prune(lake, number, older_than, reason) -> whether there was something to do | nil, err */
static int lake_prune(lua_State *L)
{
    bool is_pruned = false;
    mm_error err = {0};

    if (mm_retirement_prune(mml_checklake(L), mml_checkint(L, 2), mml_checktext(L, 3),
                            mml_checktext(L, 4), &is_pruned, &err) != MM_OK)
        return mml_fail(L, &err);
    lua_pushboolean(L, is_pruned);
    return 1;
}

void mml_open_retirement(lua_State *L)
{
    static const luaL_Reg functions[] = {
        {"lake_plan", lake_plan},
        {"lake_begin", lake_begin},
        {"lake_apply_batch", lake_apply_batch},
        {"lake_find_batch", lake_find_batch},
        {"lake_set_state", lake_set_state},
        {"lake_undo_begin", lake_undo_begin},
        {"lake_undo_batch", lake_undo_batch},
        {"lake_undo_end", lake_undo_end},
        {"lake_prune", lake_prune},
        {NULL, NULL},
    };

    luaL_setfuncs(L, functions, 0);
}
