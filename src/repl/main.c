#include "repl.h"

#include <errno.h>
#include <fcntl.h>
#include <lauxlib.h>
#include <lualib.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

typedef struct mm_start {
    int argc;
    char **argv;
    mm_run run;
    mm_options options;
    mm_paths paths;
} mm_start;

static const char *target_name(const mm_start *start)
{
    return start->options.argv[start->options.first];
}

/* Every word of the command line, the target at 0, for a verb as "mmlua VERB". */
static void set_arg(lua_State *L, const mm_start *start)
{
    const mm_options *options = &start->options;
    bool has_target = options->target != MM_TARGET_NONE && options->target != MM_TARGET_SHELL;
    int zero = has_target ? options->first : 0;

    lua_createtable(L, options->argc - zero, zero + 1);
    for (int i = 0; i < options->argc; i++) {
        if (i == zero && options->target == MM_TARGET_VERB)
            lua_pushfstring(L, "mmlua %s", options->argv[i]);
        else
            lua_pushstring(L, options->argv[i]);
        lua_rawseti(L, -2, i - zero);
    }
    lua_setglobal(L, "arg");
}

static void print_about(void)
{
    puts("mmlua " MM_VERSION ", " LUA_RELEASE);
}

/* `help` is `--help`, and `help VERB` is `VERB --help`. */
static void expand_help(mm_options *options)
{
    static char help[] = "--help";
    char **words = options->argv + options->first;

    if (options->target != MM_TARGET_VERB || strcmp(words[0], "help") != 0)
        return;
    if (options->first + 1 == options->argc) {
        options->wants_help = true;
        return;
    }
    words[0] = words[1];
    words[1] = help;
    options->argc = options->first + 2;
}

static void open_state(lua_State *L, const mm_start *start)
{
    bool is_verb = start->options.target == MM_TARGET_VERB || start->options.wants_help;

    luaL_checkversion(L);
    if (start->options.ignores_environment || is_verb) {
        lua_pushboolean(L, 1);
        lua_setfield(L, LUA_REGISTRYINDEX, "LUA_NOENV");
    }
    luaL_openlibs(L);
    luaL_getsubtable(L, LUA_REGISTRYINDEX, LUA_PRELOAD_TABLE);
    lua_pushcfunction(L, mm_terminal_load);
    lua_setfield(L, -2, "mm.terminal");
    lua_pushcfunction(L, mm_server_load);
    lua_setfield(L, -2, "mm.server");
    lua_pop(L, 1);
    mm_paths_set(L, &start->paths, is_verb);
    mm_signals_open(L);
    set_arg(L, start);
    lua_gc(L, LUA_GCGEN, 0, 0);
}

static bool run_verb(lua_State *L, mm_start *start)
{
    const char *name = target_name(start);

    if (mm_verb_exists(&start->paths, name))
        return mm_verb_run(&start->run, L, &start->paths, name);
    return mm_verb_unknown(&start->run, L, &start->paths, name);
}

static bool run_target(lua_State *L, mm_start *start)
{
    switch (start->options.target) {
    case MM_TARGET_VERB:
        return run_verb(L, start);
    case MM_TARGET_SCRIPT:
        return mm_run_script(&start->run, L, target_name(start));
    case MM_TARGET_STDIN:
        return mm_run_script(&start->run, L, NULL);
    case MM_TARGET_NONE:
    case MM_TARGET_SHELL:
        break;
    }
    return true;
}

/* Without an installation there are no sessions: then this is Lua's loop. */
static void run_shell(lua_State *L, mm_start *start)
{
    if (mm_shell(&start->run, L, &start->paths, &start->options))
        return;
    print_about();
    mm_repl(&start->run, L);
}

/* What is done when the command line names nothing to run: a terminal is asked, anything else is a
 * script. */
static bool run_input(lua_State *L, mm_start *start)
{
    if (!isatty(STDIN_FILENO)) {
        int status = luaL_loadfile(L, NULL);

        if (status == LUA_OK)
            status = mm_call(&start->run, L, 0, 0);
        return mm_report(&start->run, L, status) == LUA_OK;
    }
    run_shell(L, start);
    return true;
}

static bool run_all(lua_State *L, mm_start *start)
{
    const mm_options *options = &start->options;

    if (options->wants_help)
        return mm_verb_help(&start->run, L, &start->paths);
    if (!options->ignores_environment && options->target != MM_TARGET_VERB &&
        !mm_run_environment(&start->run, L))
        return false;
    if (!mm_run_options(&start->run, L, options) || !run_target(L, start))
        return false;
    if (options->target == MM_TARGET_SHELL)
        run_shell(L, start);
    else if (options->is_interactive)
        mm_repl(&start->run, L);
    else if (options->target == MM_TARGET_NONE && !options->has_chunk && !options->wants_version)
        return run_input(L, start);
    return true;
}

static int protected_main(lua_State *L)
{
    mm_start *start = lua_touserdata(L, 1);

    lua_settop(L, 0);
    if (!mm_options_parse(start->argc, start->argv, &start->options)) {
        mm_options_usage(start->run.program, target_name(start));
        return 0;
    }
    if (start->options.wants_about) {
        print_about();
        lua_pushboolean(L, 1);
        return 1;
    }
    if (start->options.wants_version) {
        puts(LUA_COPYRIGHT);
        fflush(stdout);
    }
    expand_help(&start->options);
    mm_paths_find(&start->paths, start->run.program);
    open_state(L, start);
    lua_pushboolean(L, run_all(L, start));
    return 1;
}

static int exit_code(const mm_run *run, bool is_right)
{
    if (!is_right)
        return run->is_interrupted ? MM_EXIT_INTERRUPTED : EXIT_FAILURE;
    return run->exit_code;
}

/* Streams that were closed stay so, but for the next connection or file not to take their place:
 * what is opened here can be neither read nor written as they are. */
static void keep_streams_apart(void)
{
    for (int stream = STDIN_FILENO; stream <= STDERR_FILENO; stream++)
        if (fcntl(stream, F_GETFD) < 0 && errno == EBADF)
            (void)!open("/dev/null", stream == STDIN_FILENO ? O_WRONLY : O_RDONLY);
}

int main(int argc, char **argv)
{
    mm_start start = {
        .argc = argc, .argv = argv, .run.program = argc > 0 && argv[0][0] ? argv[0] : "mmlua"};
    keep_streams_apart();
    lua_State *L = luaL_newstate();

    if (!L) {
        mm_message(start.run.program, "cannot create state: not enough memory");
        return EXIT_FAILURE;
    }
    lua_pushcfunction(L, protected_main);
    lua_pushlightuserdata(L, &start);
    int status = lua_pcall(L, 1, 1, 0);
    bool is_right = mm_report(&start.run, L, status) == LUA_OK && lua_toboolean(L, -1);
    lua_close(L);
    return exit_code(&start.run, is_right);
}
