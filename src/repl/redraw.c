#include "line.h"

#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>
#include <wchar.h>

enum { TAB = 8, AS_CONTROL = 2 };

/* Where the terminal's cursor is, counted from where the prompt began. */
typedef struct mm_place {
    int row, column, width;
} mm_place;

/* What does not fit into a row begins the next one, and a row that is full has ended. */
static void advance(mm_place *place, wchar_t c)
{
    int columns = wcwidth(c);

    if (c == L'\t')
        columns = TAB - place->column % TAB;
    else if (columns < 0)
        columns = AS_CONTROL;
    bool is_over = c == L'\n' || place->column + columns > place->width;
    if (is_over) {
        place->row++;
        place->column = 0;
    }
    if (c != L'\n')
        place->column += columns;
    if (place->column == place->width) {
        place->row++;
        place->column = 0;
    }
}

static void advance_over_prompt(mm_place *place, const char *prompt)
{
    mbstate_t state;
    size_t length = strlen(prompt);

    memset(&state, 0, sizeof state);
    while (length > 0) {
        wchar_t c;
        size_t bytes = mbrtowc(&c, prompt, length, &state);

        if (bytes == 0 || bytes > length)
            return;
        advance(place, c);
        prompt += bytes;
        length -= bytes;
    }
}

static int rows_above_cursor(mm_line *line, int width)
{
    mm_place place = {.width = width};
    const LineInfoW *info = el_wline(line->editor);

    advance_over_prompt(&place, line->prompt);
    for (const wchar_t *at = info->buffer; at < info->cursor; at++)
        advance(&place, *at);
    return place.row;
}

/* Terminals wrap anew what is too long for their new width: it is wiped out from where it begins
 * then, and libedit, which believes that it stands there, draws it again. */
void mm_line_redraw(mm_line *line)
{
    struct winsize size;
    int rows = 0;

    if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0)
        rows = rows_above_cursor(line, size.ws_col);
    fputs("\r", stdout);
    if (rows > 0)
        printf("\033[%dA", rows);
    fputs("\033[J", stdout);
    fflush(stdout);
    el_resize(line->editor);
    el_set(line->editor, EL_REFRESH);
}
