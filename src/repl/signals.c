#include "repl.h"

#include <lauxlib.h>
#include <string.h>
#include <sys/time.h>
#include <unistd.h>

enum { PRESSES_THAT_RAISE = 3, PRESSES_THAT_END = 5 };

/* A signal handler can reach nothing but file scope. */
static struct {
    volatile sig_atomic_t is_interrupted; /* 2: whoever waits for an answer shall wait no longer */
    volatile sig_atomic_t is_pipe_closed;
    volatile sig_atomic_t presses; /* of Ctrl-C since the call began */
    volatile sig_atomic_t notes[MM_NOTES];
    volatile sig_atomic_t is_stopping; /* a server that was asked to end */
    bool is_surviving;
    lua_State *L;
} state;

static void set_handler(int signal, void (*handler)(int))
{
    struct sigaction action;

    memset(&action, 0, sizeof action);
    action.sa_handler = handler; /* and no SA_RESTART: what waits in poll() or read() gets EINTR */
    sigemptyset(&action.sa_mask);
    sigaction(signal, &action, NULL);
}

static void on_closed_pipe(int signal)
{
    (void)signal;
    state.is_pipe_closed = 1;
}

void mm_signals_open(lua_State *L)
{
    lua_pushlightuserdata(L, &state); /* the address of its first member */
    lua_setfield(L, LUA_REGISTRYINDEX, "mm.interrupted");
}

static void on_full_file(int signal)
{
    (void)signal;
}

/* SIG_IGN would be inherited by programs started from here. */
void mm_signals_survive_output(void)
{
    set_handler(SIGPIPE, on_closed_pipe);
    set_handler(SIGXFSZ, on_full_file);
}

bool mm_signals_is_pipe_closed(void)
{
    return state.is_pipe_closed;
}

bool mm_signals_are_forceful(void)
{
    return state.presses >= PRESSES_THAT_RAISE;
}

/* Who took the interruption tells of it himself. What goes on all the same is ended by more
 * presses: from then on it raises until nobody is left to catch it. */
static void raise_interrupted(lua_State *L, lua_Debug *activation)
{
    (void)activation;
    if (!mm_signals_are_forceful())
        lua_sethook(L, NULL, 0, 0);
    if (!state.is_interrupted && !mm_signals_are_forceful())
        return;
    state.is_interrupted = 0;
    luaL_error(L, "interrupted!");
}

static void on_interrupt(int signal)
{
    int events = LUA_MASKCALL | LUA_MASKRET | LUA_MASKLINE | LUA_MASKCOUNT;

    if (state.is_surviving && isatty(STDERR_FILENO) && write(STDERR_FILENO, "\n", 1) < 0)
        return; /* the terminal has shown ^C; and it is gone */
    state.presses++;
    if (!state.is_surviving || state.presses >= PRESSES_THAT_END)
        set_handler(signal, SIG_DFL); /* another one ends the program */
    state.is_interrupted = state.is_interrupted ? 2 : 1;
    lua_sethook(state.L, raise_interrupted, events, 1);
}

void mm_signals_watch(lua_State *L)
{
    state.L = L;
    state.is_interrupted = state.presses = 0;
    set_handler(SIGINT, on_interrupt);
}

static void on_note(int signal)
{
    state.notes[signal == SIGINT ? MM_NOTE_INTERRUPT
                                 : (signal == SIGWINCH ? MM_NOTE_RESIZE : MM_NOTE_STOP)] = 1;
}

void mm_signals_unwatch(void)
{
    set_handler(SIGINT, state.is_surviving ? on_note : SIG_DFL);
    if (!state.is_surviving)
        return;
    lua_sethook(state.L, NULL, 0, 0); /* it came too late for the call */
    state.is_interrupted = 0;
}

void mm_signals_survive(void)
{
    state.is_surviving = true;
    set_handler(SIGINT, on_note);
}

void mm_signals_begin_prompt(void)
{
    set_handler(SIGINT, on_note);
    set_handler(SIGWINCH, on_note);
    set_handler(SIGTSTP, on_note);
}

void mm_signals_end_prompt(void)
{
    if (!state.is_surviving)
        set_handler(SIGINT, SIG_DFL);
    set_handler(SIGWINCH, SIG_DFL);
    set_handler(SIGTSTP, SIG_DFL);
}

bool mm_signals_take(mm_note note)
{
    bool is_noted = state.notes[note];

    state.notes[note] = 0;
    return is_noted;
}

bool mm_signals_are_noted(void)
{
    return state.notes[MM_NOTE_INTERRUPT] || state.notes[MM_NOTE_RESIZE] ||
           state.notes[MM_NOTE_STOP];
}

void mm_signals_stop(void)
{
    sigset_t stop, before;

    set_handler(SIGTSTP, SIG_DFL);
    raise(SIGTSTP);
    sigemptyset(&stop);
    sigaddset(&stop, SIGTSTP);
    sigprocmask(SIG_UNBLOCK, &stop, &before); /* it stops here */
    sigprocmask(SIG_SETMASK, &before, NULL);
    set_handler(SIGTSTP, on_note);
}

static void on_alarm(int signal)
{
    (void)signal;
    state.is_interrupted = state.is_interrupted ? 2 : 1;
}

static void set_timer(double seconds)
{
    struct itimerval timer;

    timer.it_interval.tv_sec = (time_t)seconds;
    timer.it_interval.tv_usec = (suseconds_t)((seconds - (double)(time_t)seconds) * 1e6);
    timer.it_value = timer.it_interval;
    setitimer(ITIMER_REAL, &timer, NULL);
}

void mm_signals_limit(double seconds)
{
    state.is_interrupted = 0;
    set_handler(SIGALRM, on_alarm);
    set_timer(seconds);
}

void mm_signals_unlimit(void)
{
    set_timer(0);
    set_handler(SIGALRM, SIG_DFL);
    state.is_interrupted = 0;
}

void mm_signals_stop_soon(void)
{
    state.is_stopping = 1;
}

static void on_stop(int signal)
{
    (void)signal;
    state.is_stopping = 1;
}

void mm_signals_note_stop(void)
{
    set_handler(SIGTERM, on_stop);
}

bool mm_signals_is_stopping(void)
{
    return state.is_stopping;
}
