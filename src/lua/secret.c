/* Secrets. */
#include "mml.h"

#include "mm/secret.h"

/* random_hex(bytes) -> text | nil, err: that nobody can guess */
static int random_hex(lua_State *L)
{
    int64_t bytes = mml_checkint(L, 1);
    char text[2 * MM_SECRET_MAX_BYTES + 1];
    mm_error err = {0};

    luaL_argcheck(L, bytes > 0 && bytes <= MM_SECRET_MAX_BYTES, 1, "1 to 64 bytes");
    if (mm_secret_random((size_t)bytes, text, &err) != MM_OK)
        return mml_fail(L, &err);
    lua_pushstring(L, text);
    return 1;
}

/* sha256(text) -> hex | nil, err */
static int sha256(lua_State *L)
{
    size_t length;
    const char *text = luaL_checklstring(L, 1, &length);
    char hash[MM_SECRET_HASH_BYTES];
    mm_error err = {0};

    if (mm_secret_hash(text, length, hash, &err) != MM_OK)
        return mml_fail(L, &err);
    lua_pushstring(L, hash);
    return 1;
}

void mml_open_secret(lua_State *L)
{
    static const luaL_Reg functions[] = {
        {"random_hex", random_hex},
        {"sha256", sha256},
        {NULL, NULL},
    };

    luaL_setfuncs(L, functions, 0);
}
