#include "line.h"

#include <lauxlib.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>

/* No key sends these: they stand for what libedit itself does. */
#define EARLIER_ENTRY "\033[mm<"
#define LATER_ENTRY "\033[mm>"

static const wchar_t paste_end[] = L"\033[201~";
enum { PASTE_END_LENGTH = sizeof paste_end / sizeof paste_end[0] - 1 };

typedef struct mm_wide {
    wchar_t *data;
    size_t length, size;
} mm_wide;

static bool append(mm_wide *text, wchar_t c)
{
    if (text->length + 1 >= text->size) {
        size_t size = text->size ? text->size * 2 : 256;
        wchar_t *data = realloc(text->data, size * sizeof *data);

        if (!data)
            return false;
        text->data = data;
        text->size = size;
    }
    text->data[text->length++] = c;
    text->data[text->length] = L'\0';
    return true;
}

static bool is_paste_over(const mm_wide *text)
{
    return text->length >= PASTE_END_LENGTH &&
           wcscmp(text->data + text->length - PASTE_END_LENGTH, paste_end) == 0;
}

/* Carriage returns are line ends, controls are nothing, and the last line end is left to Enter. */
static void clean(mm_wide *text)
{
    size_t length = 0;

    for (size_t i = 0; i < text->length; i++) {
        wchar_t c = text->data[i] == L'\r' ? L'\n' : text->data[i];

        if ((c >= L' ' && c != 0x7f) || c == L'\n' || c == L'\t')
            text->data[length++] = c;
    }
    while (length > 0 && text->data[length - 1] == L'\n')
        length--;
    text->data[length] = L'\0';
}

/* Takes all that is pasted into the line: nothing of it is a key. */
static unsigned char paste(EditLine *editor, int key)
{
    mm_wide text = {0};
    bool is_over = false;
    wchar_t c;

    (void)key;
    while (!is_over && el_wgetc(editor, &c) == 1 && append(&text, c))
        is_over = is_paste_over(&text);
    if (is_over) {
        text.length -= PASTE_END_LENGTH;
        clean(&text);
        (void)el_winsertstr(editor, text.data);
    }
    free(text.data);
    return is_over ? CC_REFRESH : CC_EOF;
}

static const wchar_t *line_start(const LineInfoW *info, const wchar_t *at)
{
    while (at > info->buffer && at[-1] != L'\n')
        at--;
    return at;
}

static const wchar_t *line_end(const LineInfoW *info, const wchar_t *at)
{
    while (at < info->lastchar && *at != L'\n')
        at++;
    return at;
}

/* Puts the cursor into the line that begins at `start`, as far right as it stands in its own. */
static unsigned char move_into(EditLine *editor, const LineInfoW *info, const wchar_t *start)
{
    ptrdiff_t column = info->cursor - line_start(info, info->cursor);
    ptrdiff_t length = line_end(info, start) - start;

    el_cursor(editor, (int)(start + (column < length ? column : length) - info->cursor));
    return CC_CURSOR;
}

/* Home and End stay in the line. */
static unsigned char move_to_start(EditLine *editor, int key)
{
    const LineInfoW *info = el_wline(editor);

    (void)key;
    el_cursor(editor, (int)(line_start(info, info->cursor) - info->cursor));
    return CC_CURSOR;
}

static unsigned char move_to_end(EditLine *editor, int key)
{
    const LineInfoW *info = el_wline(editor);

    (void)key;
    el_cursor(editor, (int)(line_end(info, info->cursor) - info->cursor));
    return CC_CURSOR;
}

/* Up and down go through the lines of an entry, and beyond its first and last through the history.
 */
static unsigned char move_up(EditLine *editor, int key)
{
    const LineInfoW *info = el_wline(editor);
    const wchar_t *start = line_start(info, info->cursor);

    (void)key;
    if (start > info->buffer)
        return move_into(editor, info, line_start(info, start - 1));
    el_push(editor, EARLIER_ENTRY);
    return CC_NORM;
}

static unsigned char move_down(EditLine *editor, int key)
{
    const LineInfoW *info = el_wline(editor);
    const wchar_t *end = line_end(info, info->cursor);

    (void)key;
    if (end < info->lastchar)
        return move_into(editor, info, end + 1);
    el_push(editor, LATER_ENTRY);
    return CC_NORM;
}

static void push_left_of_cursor(lua_State *L, EditLine *editor)
{
    const LineInfo *info = el_line(editor);

    lua_pushlstring(L, info->buffer, (size_t)(info->cursor - info->buffer));
}

/* Below the line, which is drawn anew below that. */
static void show_choices(EditLine *editor, const char *choices)
{
    printf("\033[J\n%s\n", choices);
    el_set(editor, EL_REFRESH);
}

static unsigned char complete(EditLine *editor, int key)
{
    mm_line *line = mm_line_of(editor);
    lua_State *L = line->L;
    unsigned char result = CC_ERROR;

    (void)key;
    push_left_of_cursor(L, editor);
    const char *arguments[] = {line->before ? line->before : "", lua_tostring(L, -1), NULL};
    if (mm_line_call(L, "mm.shell.complete", "step", 2, arguments)) {
        if (lua_type(L, -2) == LUA_TSTRING && el_insertstr(editor, lua_tostring(L, -2)) == 0)
            result = CC_REFRESH;
        if (lua_type(L, -1) == LUA_TSTRING) {
            show_choices(editor, lua_tostring(L, -1));
            result = CC_NORM;
        }
        lua_pop(L, 2);
    }
    lua_pop(L, 1);
    return result;
}

typedef unsigned char mm_key_function(EditLine *, int);

static void add(EditLine *editor, const char *name, const char *help, mm_key_function *function)
{
    el_set(editor, EL_ADDFN, name, help, function);
}

static void bind(EditLine *editor, const char *keys, const char *name)
{
    el_set(editor, EL_BIND, keys, name, NULL);
}

/* What the keys of today's keyboards are expected to do, and libedit does not know. */
static void bind_habits(EditLine *editor)
{
    static const char *const home[] = {"^A", "\033[H", "\033OH", "\033[1~"}, *const end[] = {
                                                                                 "^E", "\033[F",
                                                                                 "\033OF",
                                                                                 "\033[4~"};

    bind(editor, "^R", "em-inc-search-prev");
    bind(editor, "^W", "ed-delete-prev-word");
    for (size_t i = 0; i < sizeof home / sizeof home[0]; i++) {
        bind(editor, home[i], "mm-line-start");
        bind(editor, end[i], "mm-line-end");
    }
    bind(editor, "\033[3~", "ed-delete-next-char");
    bind(editor, "\033[1;5C", "em-next-word");
    bind(editor, "\033[1;5D", "ed-prev-word");
}

void mm_keys_bind(EditLine *editor)
{
    static const char *const up[] = {"\033[A", "\033OA"}, *const down[] = {"\033[B", "\033OB"};

    add(editor, "mm-paste", "insert what is pasted", paste);
    add(editor, "mm-complete", "complete a name", complete);
    add(editor, "mm-up", "a line up, or an earlier entry", move_up);
    add(editor, "mm-down", "a line down, or a later entry", move_down);
    add(editor, "mm-line-start", "to the start of the line", move_to_start);
    add(editor, "mm-line-end", "to the end of the line", move_to_end);
    bind_habits(editor);
    el_source(editor, NULL); /* ~/.editrc */
    bind(editor, "\033[200~", "mm-paste");
    bind(editor, "^I", "mm-complete");
    bind(editor, EARLIER_ENTRY, "ed-prev-history");
    bind(editor, LATER_ENTRY, "ed-next-history");
    for (int i = 0; i < 2; i++) {
        bind(editor, up[i], "mm-up");
        bind(editor, down[i], "mm-down");
    }
}
