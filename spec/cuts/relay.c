#include "relay.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { LENGTH_BYTES = 4, CHUNK_BYTES = 8192 };
enum { CANCEL_REQUEST = 80877102, CANCEL_BYTES = 16 };

_Noreturn void die(const char *what)
{
    fprintf(stderr, "cuts-proxy: %s: %s\n", what, strerror(errno));
    exit(1);
}

void say(const char *word)
{
    puts(word);
    fflush(stdout);
}

/* Whoever does not listen any more is noticed when it is read from. */
static void write_all(int to, const char *data, size_t length)
{
    while (length > 0) {
        ssize_t written = write(to, data, length);
        if (written < 0 && errno == EINTR)
            continue;
        if (written <= 0)
            return;
        data += written;
        length -= (size_t)written;
    }
}

void relay_end(pair *which)
{
    for (int i = 0; i < DIRECTIONS; i++) {
        close(which->streams[i].from);
        free(which->streams[i].data);
    }
    *which = (pair){0};
}

static uint32_t number_at(const char *data)
{
    uint32_t number;

    memcpy(&number, data, sizeof number);
    return ntohl(number);
}

/* Bytes of the first message, 0 while it is not there as a whole. */
static size_t first_message(const stream *in)
{
    size_t type = in->has_types ? 1 : 0;

    if (in->length < type + LENGTH_BYTES)
        return 0;
    size_t bytes = type + number_at(in->data + type);
    return in->length < bytes ? 0 : bytes;
}

/* A statement without name: its text follows the type, the length and a zero byte. */
static char type_of(const stream *in)
{
    if (!in->has_types)
        return '*';
    if (in->data[0] == 'P' && strstr(in->data + 1 + LENGTH_BYTES + 1, "read only"))
        return 'r';
    return in->data[0];
}

static void note_type(proxy *self, int direction, char type)
{
    size_t count = self->seen_count[direction];

    if (count == MAX_SEEN) {
        errno = EOVERFLOW;
        die("messages");
    }
    self->seen[direction][count] = type;
    self->seen_count[direction] = count + 1;
}

static void note_answer(pair *which, int direction, char type)
{
    if (direction == FRONTEND && type == 'E')
        which->unanswered++;
    else if (direction == BACKEND && type == 'E')
        which->unanswered = 0; /* the server skips the others */
    else if (direction == BACKEND && strchr("CIs", type) && which->unanswered > 0)
        which->unanswered--;
}

static void forward(proxy *self, pair *which, int direction, size_t bytes)
{
    stream *in = &which->streams[direction];
    char type = type_of(in);

    write_all(in->to, in->data, bytes);
    in->length -= bytes;
    memmove(in->data, in->data + bytes, in->length);
    in->has_types = true;
    note_answer(which, direction, type);
    if (!which->is_uncounted)
        note_type(self, direction, type);
}

static void become_quiet(pair *which)
{
    which->is_quiet = true;
    say("held");
}

/* The server answers only when it is asked to. */
static void hold(pair *which, int direction)
{
    static const char flush[] = {'H', 0, 0, 0, LENGTH_BYTES};

    which->is_held = true;
    if (direction == FRONTEND && which->unanswered > 0)
        write_all(which->streams[FRONTEND].to, flush, sizeof flush);
    else
        become_quiet(which);
}

static bool is_point(const proxy *self, const pair *which, int direction)
{
    return self->action != PASS && !self->is_done && !which->is_uncounted &&
           direction == self->direction && self->seen_count[direction] + 1 == self->at;
}

static void act(proxy *self, pair *which, int direction, size_t bytes)
{
    stream *in = &which->streams[direction];

    self->is_done = true;
    if (self->action == HOLD) {
        hold(which, direction);
        return;
    }
    if (self->action == INSIDE)
        write_all(in->to, in->data, bytes / 2);
    else if (self->action == AFTER)
        forward(self, which, direction, bytes);
    relay_end(which);
}

static bool is_cancel(const stream *in, size_t bytes)
{
    return !in->has_types && bytes == CANCEL_BYTES &&
           number_at(in->data + LENGTH_BYTES) == CANCEL_REQUEST;
}

bool relay_is_stopped(const pair *which, int direction)
{
    return !which->is_open || (direction == FRONTEND ? which->is_held : which->is_quiet);
}

void relay_pump(proxy *self, pair *which, int direction)
{
    const stream *in = &which->streams[direction];
    size_t bytes;

    while (!relay_is_stopped(which, direction) && (bytes = first_message(in)) > 0) {
        if (direction == FRONTEND && is_cancel(in, bytes))
            which->is_uncounted = true;
        if (is_point(self, which, direction))
            act(self, which, direction, bytes);
        else
            forward(self, which, direction, bytes);
        if (which->is_held && !which->is_quiet && which->unanswered == 0)
            become_quiet(which);
    }
}

static void make_room(stream *in)
{
    if (in->capacity - in->length >= CHUNK_BYTES)
        return;
    in->capacity = in->capacity * 2 + CHUNK_BYTES;
    in->data = realloc(in->data, in->capacity);
    if (!in->data)
        die("memory");
}

void relay_take(proxy *self, pair *which, int direction)
{
    stream *in = &which->streams[direction];

    make_room(in);
    ssize_t count = read(in->from, in->data + in->length, in->capacity - in->length);
    if (count < 0 && errno == EINTR)
        return;
    if (count <= 0) {
        relay_end(which);
        return;
    }
    in->length += (size_t)count;
    relay_pump(self, which, direction);
}
