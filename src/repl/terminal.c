#include "repl.h"

#include <lauxlib.h>
#include <sys/ioctl.h>
#include <unistd.h>

static const char *const streams[] = {"stdin", "stdout", "stderr", NULL};

/* is_terminal("stdin" or "stdout" or "stderr") */
static int terminal_is_terminal(lua_State *L)
{
    lua_pushboolean(L, isatty(luaL_checkoption(L, 1, NULL, streams)));
    return 1;
}

/* Columns of the terminal that stdout is, else nil. */
static int terminal_width(lua_State *L)
{
    struct winsize size = {0};

    if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col == 0)
        return 0;
    lua_pushinteger(L, size.ws_col);
    return 1;
}

int mm_terminal_load(lua_State *L)
{
    static const luaL_Reg functions[] = {
        {"is_terminal", terminal_is_terminal},
        {"width", terminal_width},
        {NULL, NULL},
    };

    luaL_newlib(L, functions);
    return 1;
}
