#include "line.h"

#include <errno.h>
#include <lauxlib.h>
#include <locale.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { HISTORY_ENTRIES = 2000 };

mm_line *mm_line_of(EditLine *editor)
{
    mm_line *line = NULL;

    el_get(editor, EL_CLIENTDATA, &line);
    return line;
}

static char *show_prompt(EditLine *editor)
{
    return (char *)(uintptr_t)mm_line_of(editor)->prompt; /* libedit only reads it */
}

bool mm_line_call(lua_State *L, const char *module, const char *name, int results,
                  const char *const *arguments)
{
    int top = lua_gettop(L), count = 0;

    lua_getglobal(L, "require");
    lua_pushstring(L, module);
    if (lua_pcall(L, 1, 1, 0) == LUA_OK && lua_istable(L, -1)) {
        lua_getfield(L, -1, name);
        lua_remove(L, -2);
        for (; arguments[count]; count++)
            lua_pushstring(L, arguments[count]);
        if (lua_pcall(L, count, results, 0) == LUA_OK)
            return true;
    }
    lua_settop(L, top);
    return false;
}

/* A text that is not in the locale's encoding would end libedit's walk through the history. */
static bool is_readable(const char *text)
{
    return text[0] != '\0' && mbstowcs(NULL, text, 0) != (size_t)-1;
}

static void load_history(mm_line *line)
{
    lua_State *L = line->L;
    const char *none[] = {NULL};

    if (!mm_line_call(L, "mm.shell.history", "entries", 1, none))
        return;
    for (lua_Integer i = 1; lua_rawgeti(L, -1, i) == LUA_TSTRING; i++) {
        if (is_readable(lua_tostring(L, -1)))
            history(line->history, &line->event, H_ENTER, lua_tostring(L, -1));
        lua_pop(L, 1);
    }
    lua_pop(L, 2);
}

static void set_up(mm_line *line)
{
    el_set(line->editor, EL_CLIENTDATA, line);
    el_set(line->editor, EL_PROMPT, show_prompt);
    el_set(line->editor, EL_EDITOR, "emacs");
    el_set(line->editor, EL_GETCFN, mm_input_read);
    el_set(line->editor, EL_HIST, history, line->history);
    history(line->history, &line->event, H_SETSIZE, HISTORY_ENTRIES);
    mm_keys_bind(line->editor);
    load_history(line);
}

/* Whether lines can be edited: a dumb terminal is read as it is. */
static bool is_capable(void)
{
    const char *kind = getenv("TERM");

    return isatty(STDIN_FILENO) && isatty(STDOUT_FILENO) && kind && kind[0] &&
           strcmp(kind, "dumb") != 0 && strcmp(kind, "unknown") != 0;
}

mm_line *mm_line_open(lua_State *L)
{
    mm_line *line = is_capable() ? calloc(1, sizeof *line) : NULL;

    if (!line)
        return NULL;
    if (!setlocale(LC_CTYPE, "") || MB_CUR_MAX == 1)
        setlocale(LC_CTYPE, "C.UTF-8");
    line->L = L;
    line->editor = el_init("mmlua", stdin, stdout, stderr);
    line->history = history_init();
    if (!line->editor || !line->history) {
        mm_line_close(line);
        return NULL;
    }
    set_up(line);
    return line;
}

void mm_line_close(mm_line *line)
{
    if (!line)
        return;
    if (line->editor)
        el_end(line->editor);
    if (line->history)
        history_end(line->history);
    free(line->inserted);
    free(line);
}

/* What is pasted comes between marks, for keys.c to know, while a line is edited. */
static void mark_pastes(bool is_on)
{
    fputs(is_on ? "\033[?2004h" : "\033[?2004l", stdout);
    fflush(stdout);
}

static mm_line_end read_edited(mm_line *line, lua_State *L)
{
    int length = 0;

    line->is_interrupted = false;
    mark_pastes(true);
    const char *text = el_gets(line->editor, &length);
    mark_pastes(false);
    if (line->is_interrupted) {
        puts("^C");
        return MM_LINE_INTERRUPTED;
    }
    if (!text || length <= 0)
        return MM_LINE_NONE;
    lua_pushlstring(L, text, (size_t)length - (text[length - 1] == '\n'));
    return MM_LINE_COMPLETE;
}

static void show(const char *text, const char *end)
{
    fputs(text, stdout);
    fputs(end, stdout);
    fflush(stdout);
}

/* Where there is no terminal prompt and line are both printed, so that the output of a script piped
 * in reads as a session. */
static mm_line_end read_plain(lua_State *L, const char *prompt)
{
    bool is_echoed = prompt && !isatty(STDIN_FILENO);
    luaL_Buffer buffer;
    int c;

    show(prompt ? prompt : "", "");
    luaL_buffinit(L, &buffer);
    errno = 0;
    c = getchar();
    if (c == EOF)
        return errno == EINTR && mm_signals_take(MM_NOTE_INTERRUPT) ? MM_LINE_INTERRUPTED
                                                                    : MM_LINE_NONE;
    for (; c != EOF && c != '\n'; c = getchar())
        luaL_addchar(&buffer, (char)c);
    luaL_pushresult(&buffer);
    if (is_echoed)
        show(lua_tostring(L, -1), "\n");
    return MM_LINE_COMPLETE;
}

mm_line_end mm_line_read(mm_line *line, lua_State *L, const char *prompt, const char *before)
{
    if (!line && !isatty(STDIN_FILENO))
        return read_plain(L, prompt);
    clearerr(stdin); /* a question may have been answered with the end of input */
    mm_signals_begin_prompt();
    if (line) {
        line->prompt = prompt ? prompt : "";
        line->before = before;
    }
    mm_line_end end = line ? read_edited(line, L) : read_plain(L, prompt);
    mm_signals_end_prompt();
    if (end == MM_LINE_INTERRUPTED && !line)
        putchar('\n');
    return end;
}

/* An entry that is there already moves to the end. */
static void forget(mm_line *line, const char *entry)
{
    int found = history(line->history, &line->event, H_FIRST);

    while (found == 0 && strcmp(line->event.str, entry) != 0)
        found = history(line->history, &line->event, H_NEXT);
    if (found == 0)
        history(line->history, &line->event, H_DEL, line->event.num);
}

void mm_line_remember(mm_line *line, const char *entry)
{
    const char *arguments[] = {entry, NULL};

    if (!line || !is_readable(entry))
        return;
    forget(line, entry);
    history(line->history, &line->event, H_ENTER, entry);
    if (mm_line_call(line->L, "mm.shell.history", "add", 0, arguments))
        return;
}

void mm_line_insert(mm_line *line, const char *text)
{
    if (!line || !is_readable(text))
        return;
    free(line->inserted);
    line->inserted = strdup(text);
}
