#include "repl.h"

#include <stdio.h>
#include <string.h>

static bool takes_value(char option)
{
    return option == 'e' || option == 'l';
}

/* `-e`, `-l`: the value is the rest of the argument, or the next one, which must not look like an
 * option. */
static bool read_valued(mm_options *options, int *index)
{
    const char *option = options->argv[*index];

    options->has_chunk |= option[1] == 'e';
    if (option[2] != '\0')
        return true;
    (*index)++;
    return *index < options->argc && options->argv[*index][0] != '-';
}

static bool read_flag(mm_options *options, const char *option)
{
    if (option[2] != '\0')
        return false;
    switch (option[1]) {
    case 'i':
        options->is_interactive = true;
        options->wants_version = true;
        return true;
    case 'v':
        options->wants_version = true;
        return true;
    case 'E':
        options->ignores_environment = true;
        return true;
    case 'h':
        options->wants_help = true;
        return true;
    default:
        return option[1] == 'W';
    }
}

static bool read_long(mm_options *options, const char *option)
{
    if (strcmp(option, "--help") == 0)
        options->wants_help = true;
    else if (strcmp(option, "--version") == 0)
        options->wants_about = true;
    else
        return false;
    return true;
}

/* Options that say which lake the shell is to open; verbs take the same after their names. */
static bool is_for_shell(const char *option)
{
    static const char *const names[] = {"--lake", "--registry", "--schema", "--timeout", "--color"};

    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        size_t length = strlen(names[i]);

        if (strncmp(option, names[i], length) == 0 && strchr("=", option[length]))
            return true;
    }
    return false;
}

/* A script is named with a slash, a dot, or after `--`; any other word is a verb. */
static mm_target classify(const mm_options *options)
{
    if (options->first >= options->argc)
        return MM_TARGET_NONE;
    const char *name = options->argv[options->first];
    if (options->first > 1 && strcmp(options->argv[options->first - 1], "--") == 0)
        return MM_TARGET_SCRIPT;
    if (strcmp(name, "-") == 0)
        return MM_TARGET_STDIN;
    return strpbrk(name, "/.") || name[0] == '\0' ? MM_TARGET_SCRIPT : MM_TARGET_VERB;
}

bool mm_options_parse(int argc, char **argv, mm_options *out)
{
    mm_options options = {.argc = argc, .argv = argv};
    bool is_right = true;
    int i;

    for (i = 1; i < argc && is_right; i++) {
        const char *option = argv[i];

        options.first = i;
        if (option[0] != '-' || option[1] == '\0')
            break;
        if (strcmp(option, "--") == 0) {
            i++;
            break;
        }
        if (is_for_shell(option)) {
            options.target = MM_TARGET_SHELL;
            break;
        }
        if (option[1] == '-')
            is_right = read_long(&options, option);
        else if (takes_value(option[1]))
            is_right = read_valued(&options, &i);
        else
            is_right = read_flag(&options, option);
    }
    if (is_right)
        options.first = i;
    if (options.target != MM_TARGET_SHELL)
        options.target = classify(&options);
    *out = options;
    return is_right;
}

void mm_options_usage(const char *program, const char *bad_option)
{
    fprintf(stderr,
            takes_value(bad_option[1]) ? "%s: '%s' needs argument\n"
                                       : "%s: unrecognized option '%s'\n",
            program, bad_option);
    fprintf(stderr,
            "usage: %s [lua options] [VERB [options] | SCRIPT [arguments]]\n"
            "`%s help` lists the verbs and the options.\n",
            program, program);
}
