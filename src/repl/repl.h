/* mmlua: the standard `lua` command line, with verbs. Nothing here knows libpq. */
#ifndef MM_REPL_REPL_H
#define MM_REPL_REPL_H

#include <limits.h>
#include <lua.h>
#include <signal.h>
#include <stdbool.h>

enum { MM_EXIT_USAGE = 2, MM_EXIT_INTERRUPTED = 130, MM_EXIT_CLOSED_PIPE = 141 };

/* options.c: what the command line asks for, before anything is run. */

typedef enum mm_target {
    MM_TARGET_NONE,
    MM_TARGET_STDIN,
    MM_TARGET_SCRIPT,
    MM_TARGET_VERB,
    MM_TARGET_SHELL /* --lake and what goes with it: the rest is for the shell */
} mm_target;

typedef struct mm_options {
    int argc;
    char **argv;
    int first;        /* of argv that is no option: the target, argc when there is none */
    mm_target target; /* a verb is only a word here: whether it is known is seen later */
    bool has_chunk;   /* -e */
    bool is_interactive;
    bool wants_version; /* -v or -i */
    bool wants_about;   /* --version */
    bool wants_help;
    bool ignores_environment;
} mm_options;

/* False when an option is wrong; then `first` is its index. */
bool mm_options_parse(int argc, char **argv, mm_options *out);
void mm_options_usage(const char *program, const char *bad_option);

/* run.c: chunks are called with a traceback handler and SIGINT watched. */

typedef struct mm_run {
    const char *program; /* goes before messages; NULL in the read-eval loop */
    bool is_interrupted; /* the last call ended by SIGINT, or by an error whose code is "cancelled"
                          */
    int exit_code;       /* of verbs */
} mm_run;

int mm_call(mm_run *run, lua_State *L, int arguments, int results);
/* Prints the error on top of the stack, if status says that there is one, and gives status back. */
int mm_report(mm_run *run, lua_State *L, int status);
void mm_message(const char *program, const char *text);
bool mm_run_environment(mm_run *run, lua_State *L); /* LUA_INIT */
bool mm_run_options(mm_run *run, lua_State *L, const mm_options *options);
bool mm_run_script(mm_run *run, lua_State *L,
                   const char *file); /* NULL: stdin. Its arguments: global `arg` */

/* paths.c: the installation this program belongs to. Empty text when there is none. */

typedef struct mm_paths {
    char root[PATH_MAX];
} mm_paths;

void mm_paths_find(mm_paths *out, const char *program);
/* Lets require find the installation's modules, before any others of their names; for verbs the
 * current folder goes out of package.path and package.cpath. */
void mm_paths_set(lua_State *L, const mm_paths *paths, bool is_verb);

/* verbs.c: scripts of the installation, run by lua/mm/verb.lua; lua/mm/help.lua tells about them.
 */

bool mm_verb_exists(const mm_paths *paths, const char *name);
bool mm_verb_run(mm_run *run, lua_State *L, const mm_paths *paths, const char *name);
bool mm_verb_help(mm_run *run, lua_State *L, const mm_paths *paths);
bool mm_verb_unknown(mm_run *run, lua_State *L, const mm_paths *paths, const char *name);
void mm_verb_push_names(lua_State *L, const mm_paths *paths); /* a list, in no order */

/* signals.c: SIGINT raises "interrupted!" in Lua, and sets a flag that C code which waits can see:
 * light userdata in the registry, key "mm.interrupted", the address of a volatile sig_atomic_t: 1
 * to end what is waited for, 2 to wait for nothing any more. Who sets it back to 0 has taken the
 * interrupt: then Lua does not raise. */

void mm_signals_open(lua_State *L);
void mm_signals_watch(lua_State *L);
void mm_signals_unwatch(void);
bool mm_signals_are_forceful(void); /* whether the last call was ended against its will */
void mm_signals_survive(void); /* from now on the program is not ended by SIGINT outside of calls */
void mm_signals_survive_output(void); /* a pipe without reader, or a file that may not grow, makes a
                                         write fail; programs started from here do not inherit it */
bool mm_signals_is_pipe_closed(void);

typedef enum mm_note { MM_NOTE_INTERRUPT, MM_NOTE_RESIZE, MM_NOTE_STOP, MM_NOTES } mm_note;

/* At the prompt SIGINT, SIGWINCH and SIGTSTP leave notes. */
void mm_signals_begin_prompt(void);
void mm_signals_end_prompt(void);
bool mm_signals_are_noted(void);    /* whether any is there */
bool mm_signals_take(mm_note note); /* whether it was there; it is not afterwards */
void mm_signals_stop(void);         /* as SIGTSTP would have; returns when the program goes on */

/* Sets the flag after so many seconds, to 2 after twice as many; one at a time. */
void mm_signals_limit(double seconds);
void mm_signals_unlimit(void);

/* Servers: SIGTERM asks to end soon, as does `mm_signals_stop_soon`. */
void mm_signals_note_stop(void);
void mm_signals_stop_soon(void);
bool mm_signals_is_stopping(void);

/* repl.c: reads, evaluates and prints until the input ends, as lua does. */

void mm_repl(mm_run *run, lua_State *L);

/* shell.c: the session of lua/mm/shell/, and its part of the module mm.terminal. */

/* `first` is the index of the first word in argv that is meant for it. False when it could not be
 * begun; then `run->exit_code` is untouched. */
bool mm_shell(mm_run *run, lua_State *L, const mm_paths *paths, const mm_options *options);
void mm_shell_functions(lua_State *L); /* adds them to the table on top of the stack */

/* line.c: where lines come from: a line editor on a terminal, stdin as it is otherwise. */

typedef struct mm_line mm_line;

typedef enum mm_line_end { MM_LINE_COMPLETE, MM_LINE_INTERRUPTED, MM_LINE_NONE } mm_line_end;

mm_line *mm_line_open(lua_State *L); /* NULL: no memory, or no terminal that can be edited on: the
                                        others take it as stdin */
void mm_line_close(mm_line *line);
/* Pushes a line without its end. `before` is what was read of the same entry; a prompt of NULL is
 * silence. */
mm_line_end mm_line_read(mm_line *line, lua_State *L, const char *prompt, const char *before);
void mm_line_remember(mm_line *line, const char *entry);
void mm_line_insert(mm_line *line, const char *text); /* what the next line begins with */

/* terminal.c: the module mm.terminal. */

int mm_terminal_load(lua_State *L);

/* server.c: the module mm.server; processes.c: its functions about processes, which are added to
 * the table on top of the stack. */

int mm_server_load(lua_State *L);
void mm_processes_load(lua_State *L);

/* private_file.c: update_private(path, change) of mm.terminal. */

int mm_private_file_update(lua_State *L);

#endif
