/* What the files of the line editor share. */
#ifndef MM_REPL_LINE_H
#define MM_REPL_LINE_H

#include "repl.h"

#include <histedit.h>

struct mm_line {
    lua_State *L;
    EditLine *editor;
    History *history;
    HistEvent event;
    const char *prompt;
    const char *before;
    char *inserted; /* what the line begins with, until it is in there; NULL for nothing */
    bool is_interrupted;
};

mm_line *mm_line_of(EditLine *editor);

/* input.c: one character from the terminal, for libedit. 0 at the end, -1 when interrupted. */
int mm_input_read(EditLine *editor, wchar_t *out);

/* redraw.c: draws the line that is edited anew, after the terminal changed its size. */
void mm_line_redraw(mm_line *line);

/* keys.c: what keys do beyond what libedit has. */
void mm_keys_bind(EditLine *editor);

/* Calls a function of a Lua module with the texts given, up to a NULL; false, and nothing pushed,
 * when that raised. */
bool mm_line_call(lua_State *L, const char *module, const char *name, int results,
                  const char *const *arguments);

#endif
