/* The C module mm.core. `require("mm")` is what scripts use. */
#include "mml.h"

__attribute__((visibility("default"))) int luaopen_mm_core(lua_State *L);

int luaopen_mm_core(lua_State *L)
{
    lua_newtable(L);
    mml_open_schema(L);
    mml_open_registry(L);
    mml_open_lake(L);
    return 1;
}
