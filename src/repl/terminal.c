#include "repl.h"

#include <glob.h>
#include <lauxlib.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

static const char *const streams[] = {"stdin", "stdout", "stderr", NULL};

/* is_terminal("stdin" or "stdout" or "stderr") */
static int terminal_is_terminal(lua_State *L)
{
    lua_pushboolean(L, isatty(luaL_checkoption(L, 1, NULL, streams)));
    return 1;
}

static int push_size(lua_State *L, int size)
{
    if (size <= 0)
        return 0;
    lua_pushinteger(L, size);
    return 1;
}

static struct winsize size_of_stdout(void)
{
    struct winsize size = {0};

    if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0)
        size.ws_col = size.ws_row = 0;
    return size;
}

/* Columns of the terminal that stdout is, else nil. */
static int terminal_width(lua_State *L)
{
    return push_size(L, size_of_stdout().ws_col);
}

/* Lines of the terminal that stdout is, else nil. */
static int terminal_height(lua_State *L)
{
    return push_size(L, size_of_stdout().ws_row);
}

/* Seconds of a clock that nobody sets. */
static int terminal_now(lua_State *L)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    lua_pushnumber(L, (lua_Number)now.tv_sec + (lua_Number)now.tv_nsec / 1e9);
    return 1;
}

/* files(beginning) -> list: the files whose paths begin so; a folder has a slash at its end. */
static int terminal_files(lua_State *L)
{
    glob_t found = {0};

    /* What would stand for others stands for itself. */
    luaL_gsub(L, luaL_checkstring(L, 1), "\\", "\\\\");
    luaL_gsub(L, lua_tostring(L, -1), "*", "\\*");
    luaL_gsub(L, lua_tostring(L, -1), "?", "\\?");
    luaL_gsub(L, lua_tostring(L, -1), "[", "\\[");
    lua_pushliteral(L, "*");
    lua_concat(L, 2);
    int status = glob(lua_tostring(L, -1), GLOB_MARK | GLOB_NOSORT, NULL, &found);
    int count = status == 0 ? (int)found.gl_pathc : 0;
    lua_createtable(L, 0, 0);
    for (int i = 0; i < count; i++) {
        lua_pushstring(L, found.gl_pathv[i]);
        lua_rawseti(L, -2, i + 1);
    }
    globfree(&found);
    return 1;
}

int mm_terminal_load(lua_State *L)
{
    static const luaL_Reg functions[] = {
        {"is_terminal", terminal_is_terminal},
        {"width", terminal_width},
        {"height", terminal_height},
        {"now", terminal_now},
        {"update_private", mm_private_file_update},
        {"files", terminal_files},
        {NULL, NULL},
    };

    luaL_newlib(L, functions);
    mm_shell_functions(L);
    return 1;
}
