#include "repl.h"

#include <lauxlib.h>
#include <stdio.h>
#include <string.h>

/* Pushes `_PROMPT` or `_PROMPT2` as text, or the usual prompt. */
static const char *push_prompt(lua_State *L, bool is_first)
{
    if (lua_getglobal(L, is_first ? "_PROMPT" : "_PROMPT2") == LUA_TNIL)
        lua_pushstring(L, is_first ? "> " : ">> ");
    else
        luaL_tolstring(L, -1, NULL);
    lua_remove(L, -2);
    return lua_tostring(L, -1);
}

/* `before` is what was read of the statement. */
static mm_line_end push_line(mm_line *line, lua_State *L, const char *before)
{
    int top = lua_gettop(L);
    mm_line_end end = mm_line_read(line, L, push_prompt(L, before[0] == '\0'), before);

    if (end == MM_LINE_COMPLETE)
        lua_remove(L, top + 1);
    else
        lua_settop(L, top);
    return end;
}

/* `=expression` is how Lua 5.2 and older print a value. */
static void replace_equals(lua_State *L)
{
    const char *text = lua_tostring(L, -1);

    if (text[0] != '=')
        return;
    lua_pushfstring(L, "return %s", text + 1);
    lua_remove(L, -2);
}

/* A syntax error at the end of what was read: more lines may complete the statement. */
static bool is_incomplete(lua_State *L, int status)
{
    static const char mark[] = "<eof>";
    size_t length;

    if (status != LUA_ERRSYNTAX)
        return false;
    const char *text = lua_tolstring(L, -1, &length);
    return length >= strlen(mark) && strcmp(text + length - strlen(mark), mark) == 0;
}

static bool load_expression(lua_State *L)
{
    const char *text = lua_pushfstring(L, "return %s;", lua_tostring(L, -1));
    int status = luaL_loadbuffer(L, text, strlen(text), "=stdin");

    lua_remove(L, -2);
    if (status != LUA_OK)
        lua_pop(L, 1);
    return status == LUA_OK;
}

/* Loads the text on top of the stack, reading on as long as it is not complete. Leaves the text,
 * now whole, and above it the chunk or the message. */
static mm_line_end load_statement(mm_line *line, lua_State *L, int *status)
{
    for (;;) {
        size_t length;
        const char *text = lua_tolstring(L, -1, &length);

        *status = luaL_loadbuffer(L, text, length, "=stdin");
        mm_line_end end = is_incomplete(L, *status) ? push_line(line, L, text) : MM_LINE_NONE;
        if (end != MM_LINE_COMPLETE)
            return end;
        lua_remove(L, -2); /* the message */
        lua_pushliteral(L, "\n");
        lua_insert(L, -2);
        lua_concat(L, 3);
    }
}

/* Pushes a chunk, or a message when `status` is not LUA_OK. */
static mm_line_end read_chunk(mm_line *line, lua_State *L, int *status)
{
    lua_settop(L, 0);
    mm_line_end end = push_line(line, L, "");
    if (end != MM_LINE_COMPLETE)
        return end;
    replace_equals(L);
    *status = LUA_OK;
    if (!load_expression(L) && load_statement(line, L, status) == MM_LINE_INTERRUPTED)
        return MM_LINE_INTERRUPTED;
    mm_line_remember(line, lua_tostring(L, 1));
    lua_remove(L, 1);
    return MM_LINE_COMPLETE;
}

static void print_results(mm_run *run, lua_State *L)
{
    int count = lua_gettop(L);

    if (count == 0)
        return;
    luaL_checkstack(L, LUA_MINSTACK, "too many results to print");
    lua_getglobal(L, "print");
    lua_insert(L, 1);
    if (lua_pcall(L, count, 0, 0) != LUA_OK)
        mm_message(run->program,
                   lua_pushfstring(L, "error calling 'print' (%s)", lua_tostring(L, -1)));
}

/* Globals `mm` and `lake` are a convenience: without the module this is Lua all the same. */
static void set_globals(lua_State *L)
{
    lua_getglobal(L, "require");
    lua_pushliteral(L, "mm.shell.globals");
    if (lua_pcall(L, 1, 1, 0) == LUA_OK && lua_istable(L, -1)) {
        lua_getfield(L, -1, "set");
        lua_pcall(L, 0, 0, 0);
    }
}

static void run_chunk(mm_run *run, lua_State *L, int status)
{
    if (status == LUA_OK)
        status = mm_call(run, L, 0, LUA_MULTRET);
    if (mm_report(run, L, status) == LUA_OK)
        print_results(run, L);
}

void mm_repl(mm_run *run, lua_State *L)
{
    const char *program = run->program;
    mm_line *line = mm_line_open(L);
    mm_line_end end;
    int status;

    run->program = NULL;
    set_globals(L);
    while ((end = read_chunk(line, L, &status)) != MM_LINE_NONE)
        if (end == MM_LINE_COMPLETE)
            run_chunk(run, L, status);
    lua_settop(L, 0);
    putchar('\n');
    fflush(stdout);
    mm_line_close(line);
    run->program = program;
}
