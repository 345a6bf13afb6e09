#include "repl.h"

#include <histedit.h>
#include <lauxlib.h>
#include <locale.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { HISTORY_LINES = 1000 };

struct mm_line {
    EditLine *editor;
    History *history;
    HistEvent event;
    const char *prompt;
};

static char *show_prompt(EditLine *editor)
{
    mm_line *line = NULL;

    el_get(editor, EL_CLIENTDATA, &line);
    return (char *)(uintptr_t)line->prompt; /* libedit only reads it */
}

static void set_up(mm_line *line)
{
    el_set(line->editor, EL_CLIENTDATA, line);
    el_set(line->editor, EL_PROMPT, show_prompt);
    el_set(line->editor, EL_EDITOR, "emacs");
    el_set(line->editor, EL_SIGNAL, 1); /* a signal finds the terminal as it was */
    el_set(line->editor, EL_HIST, history, line->history);
    history(line->history, &line->event, H_SETSIZE, HISTORY_LINES);
    history(line->history, &line->event, H_SETUNIQUE, 1);
}

mm_line *mm_line_open(void)
{
    if (!isatty(STDIN_FILENO))
        return NULL;
    mm_line *line = calloc(1, sizeof *line);
    if (!line)
        return NULL;
    if (!setlocale(LC_CTYPE, "") || MB_CUR_MAX == 1)
        setlocale(LC_CTYPE, "C.UTF-8");
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
    free(line);
}

static bool read_edited(mm_line *line, lua_State *L, const char *prompt)
{
    int length = 0;

    line->prompt = prompt;
    const char *text = el_gets(line->editor, &length);
    if (!text || length <= 0)
        return false;
    lua_pushlstring(L, text, (size_t)length - (text[length - 1] == '\n'));
    return true;
}

/* Prompt and line are both printed, so that the output of a script piped in reads as a session. */
static bool read_plain(lua_State *L, const char *prompt)
{
    luaL_Buffer buffer;
    int c;

    fputs(prompt, stdout);
    fflush(stdout);
    luaL_buffinit(L, &buffer);
    c = getchar();
    if (c == EOF)
        return false;
    for (; c != EOF && c != '\n'; c = getchar())
        luaL_addchar(&buffer, (char)c);
    luaL_pushresult(&buffer);
    fputs(lua_tostring(L, -1), stdout);
    putchar('\n');
    fflush(stdout);
    return true;
}

bool mm_line_read(mm_line *line, lua_State *L, const char *prompt)
{
    return line ? read_edited(line, L, prompt) : read_plain(L, prompt);
}

void mm_line_remember(mm_line *line, const char *text)
{
    if (line && text[0] != '\0')
        history(line->history, &line->event, H_ENTER, text);
}
