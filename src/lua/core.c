/* The C module mm.core. `require("mm")` is what scripts use. */
#include "mml.h"

#include <math.h>
#include <time.h>

__attribute__((visibility("default"))) int luaopen_mm_core(lua_State *L);

/* sleep(seconds): less when a signal comes. */
static int core_sleep(lua_State *L)
{
    lua_Number seconds = luaL_checknumber(L, 1);
    struct timespec wait;

    luaL_argcheck(L, seconds >= 0 && seconds <= 3600, 1, "0 to 3600 seconds");
    wait.tv_sec = (time_t)floor(seconds);
    wait.tv_nsec = (long)((seconds - floor(seconds)) * 1e9);
    (void)nanosleep(&wait, NULL);
    return 0;
}

int luaopen_mm_core(lua_State *L)
{
    lua_newtable(L);
    lua_pushcfunction(L, core_sleep);
    lua_setfield(L, -2, "sleep");
    lua_pushliteral(L, MM_VERSION);
    lua_setfield(L, -2, "version");
    mml_open_schema(L);
    mml_open_registry(L);
    mml_open_lake(L);
    mml_open_secret(L);
    return 1;
}
