/* What passes between clients and their server, message by message. */
#ifndef CUTS_RELAY_H
#define CUTS_RELAY_H

#include <stdbool.h>
#include <stddef.h>

enum { FRONTEND, BACKEND, DIRECTIONS };
enum { MAX_PAIRS = 16, MAX_SEEN = 1 << 16 };

typedef enum action { PASS, BEFORE, INSIDE, AFTER, HOLD } action;

/* What comes from one side, as far as it is not forwarded yet. */
typedef struct stream {
    int from, to;
    bool has_types; /* all messages but the first of a frontend begin with their type */
    char *data;
    size_t length, capacity;
} stream;

typedef struct pair {
    stream streams[DIRECTIONS];
    bool is_open, is_uncounted;
    bool is_held;   /* the frontend is not read */
    bool is_quiet;  /* nor the backend */
    int unanswered; /* statements that the server was told to execute */
} pair;

typedef struct proxy {
    const char *server;
    int listener;
    pair pairs[MAX_PAIRS];
    action action;
    int direction;
    size_t at;
    bool refuses, is_done;
    char seen[DIRECTIONS][MAX_SEEN];
    size_t seen_count[DIRECTIONS];
} proxy;

/* Reads what has come from that side, and forwards it or acts. */
void relay_take(proxy *self, pair *which, int direction);

/* Forwards the whole messages that are there. */
void relay_pump(proxy *self, pair *which, int direction);

/* Whether that side is not to be read. */
bool relay_is_stopped(const pair *which, int direction);

void relay_end(pair *which);

/* A line of standard output. */
void say(const char *word);

_Noreturn void die(const char *what);

#endif
