/* The audit, who is in it, and holds. */
#include "mml_lake.h"

#include "mm/audit.h"

/* lake_set_script(lake, path) -> true | nil, err: the file of the script that acts */
static int lake_set_script(lua_State *L)
{
    mm_error err = {0};
    mm_code code = mm_lake_set_script(mml_checklake(L), mml_checktext(L, 2), &err);

    return mml_pushdone(L, code, &err);
}

/* lake_act_for(lake, [principal], [request id]) -> true | nil, err: who asked a server for what */
static int lake_act_for(lua_State *L)
{
    mm_error err = {0};
    mm_code code = mm_lake_act_for(mml_checklake(L), mml_opttext(L, 2), mml_opttext(L, 3), &err);

    return mml_pushdone(L, code, &err);
}

/* lake_watch(lake, [descriptor]): the end of that Unix socket's peer interrupts what runs */
static int lake_watch(lua_State *L)
{
    mm_lake_watch(mml_checklake(L), lua_isnoneornil(L, 2) ? -1 : (int)mml_checkint(L, 2));
    return 0;
}

/* lake_audit_refused(lake, [number], [reason], detail as JSON) -> true | nil, err */
static int lake_audit_refused(lua_State *L)
{
    mm_lake *lake = mml_checklake(L);
    int64_t number = lua_isnoneornil(L, 2) ? 0 : mml_checkint(L, 2);
    mm_error err = {0};
    mm_code code = mm_audit_refused(lake, number, mml_opttext(L, 3), mml_checktext(L, 4), &err);

    return mml_pushdone(L, code, &err);
}

/* lake_verify_audit(lake, [seq, hash]) -> {entries, head_seq, head, broken_seq, why} | nil, err */
static int lake_verify_audit(lua_State *L)
{
    mm_lake *lake = mml_checklake(L);
    int64_t seq = lua_isnoneornil(L, 2) ? 0 : mml_checkint(L, 2);
    const char *hash = seq ? mml_checktext(L, 3) : NULL;
    mm_chain chain;
    mm_error err = {0};

    if (mm_audit_verify(lake, seq, hash, &chain, &err) != MM_OK)
        return mml_fail(L, &err);
    lua_newtable(L);
    mml_setint(L, "entries", chain.entries);
    mml_setint(L, "head_seq", chain.head_seq);
    mml_settext(L, "head", chain.head);
    if (chain.why) {
        mml_setint(L, "broken_seq", chain.broken_seq);
        mml_settext(L, "why", chain.why);
    }
    return 1;
}

/* lake_hold(lake, {n = 5, view set, instance, from, to, reason}) -> number | nil, err */
static int lake_hold(lua_State *L)
{
    mm_lake *lake = mml_checklake(L);
    const char *params[MM_MAX_PARAMS];
    int64_t hold = 0;
    mm_error err = {0};

    luaL_argcheck(L, mml_checkparams(L, 2, params) == 5, 2, "not the parameters of a hold");
    if (mm_lake_hold(lake, params, &hold, &err) != MM_OK)
        return mml_fail(L, &err);
    mml_pushint(L, hold);
    return 1;
}

/* lake_release(lake, number, reason) -> true | nil, err */
static int lake_release(lua_State *L)
{
    mm_error err = {0};
    mm_code code = mm_lake_release(mml_checklake(L), mml_checkint(L, 2), mml_checktext(L, 3), &err);

    return mml_pushdone(L, code, &err);
}

void mml_open_audit(lua_State *L)
{
    static const luaL_Reg functions[] = {
        {"lake_set_script", lake_set_script},
        {"lake_act_for", lake_act_for},
        {"lake_watch", lake_watch},
        {"lake_audit_refused", lake_audit_refused},
        {"lake_verify_audit", lake_verify_audit},
        {"lake_hold", lake_hold},
        {"lake_release", lake_release},
        {NULL, NULL},
    };

    luaL_setfuncs(L, functions, 0);
}
