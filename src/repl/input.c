#include "line.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/select.h>
#include <unistd.h>

static void insert_beginning(mm_line *line)
{
    if (!line->inserted)
        return;
    (void)el_insertstr(line->editor, line->inserted);
    free(line->inserted);
    line->inserted = NULL;
    el_set(line->editor, EL_REFRESH);
}

static void stop(EditLine *editor)
{
    el_set(editor, EL_PREP_TERM, 0);
    mm_signals_stop();
    el_set(editor, EL_PREP_TERM, 1);
    el_set(editor, EL_REFRESH);
}

/* Does what signals have asked for. */
static void heed_notes(mm_line *line)
{
    if (mm_signals_take(MM_NOTE_STOP))
        stop(line->editor);
    if (mm_signals_take(MM_NOTE_RESIZE))
        mm_line_redraw(line);
    if (mm_signals_take(MM_NOTE_INTERRUPT))
        line->is_interrupted = true;
}

/* A signal that has come is heeded before a byte that came after it: pselect() may report the byte
 * and leave the signal pending. */
static void let_signals_through(const sigset_t *open_mask)
{
    sigset_t blocked;

    sigprocmask(SIG_SETMASK, open_mask, &blocked);
    sigprocmask(SIG_SETMASK, &blocked, NULL);
}

/* Signals come through only while it waits: none can slip in between looking and waiting. */
static ssize_t read_byte(mm_line *line, const sigset_t *open_mask, char *out)
{
    for (;;) {
        fd_set input;

        let_signals_through(open_mask);
        heed_notes(line);
        if (line->is_interrupted)
            return -1;
        FD_ZERO(&input);
        FD_SET(STDIN_FILENO, &input);
        int ready = pselect(STDIN_FILENO + 1, &input, NULL, NULL, NULL, open_mask);
        if (ready < 0 && errno != EINTR)
            return -1;
        let_signals_through(open_mask);
        if (ready > 0 && !mm_signals_are_noted())
            return read(STDIN_FILENO, out, 1);
    }
}

/* Bytes that are no character are left out. */
static int read_character(mm_line *line, const sigset_t *open_mask, wchar_t *out)
{
    mbstate_t state;
    char byte;

    memset(&state, 0, sizeof state);
    for (;;) {
        ssize_t count = read_byte(line, open_mask, &byte);

        if (count <= 0)
            return (int)count;
        size_t length = mbrtowc(out, &byte, 1, &state);
        if (length <= 1)
            return 1;
        if (length == (size_t)-1)
            memset(&state, 0, sizeof state);
    }
}

int mm_input_read(EditLine *editor, wchar_t *out)
{
    mm_line *line = mm_line_of(editor);
    sigset_t blocked, open_mask;

    insert_beginning(line);
    sigemptyset(&blocked);
    sigaddset(&blocked, SIGINT);
    sigaddset(&blocked, SIGWINCH);
    sigaddset(&blocked, SIGTSTP);
    sigprocmask(SIG_BLOCK, &blocked, &open_mask);
    int result = read_character(line, &open_mask, out);
    sigprocmask(SIG_SETMASK, &open_mask, NULL);
    return result;
}
