/* lad COMMAND [OPTION...]: finds the command in the table of commands.h and hands it the rest of the line. */
#define _POSIX_C_SOURCE 200809L
#include "base/version.h"
#include "cli/cli.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const struct command {
    const char *name, *summary;
    int (*run)(int argc, char **argv);
} commands[] = {
#define COMMAND_ENTRY(name, summary) {#name, summary, lad_cmd_##name},
    LAD_COMMANDS(COMMAND_ENTRY)
#undef COMMAND_ENTRY
        {NULL, NULL, NULL}};

static const struct command *command_find(const char *name)
{
    for (const struct command *c = commands; c->name; c++) {
        if (strcmp(c->name, name) == 0) return c;
    }
    return NULL;
}

/* Stops at the first word that is not an option: what follows belongs to the command. */
static error_t parse_option(int key, char *argument, struct argp_state *state)
{
    int *command_index = state->input;
    (void)argument;
    if (key == ARGP_KEY_ARG) {
        *command_index = state->next - 1;
        state->next = state->argc;
        return 0;
    }
    if (key == ARGP_KEY_NO_ARGS) argp_error(state, "which command?");
    return ARGP_ERR_UNKNOWN;
}

/* argp asks for the text behind the options, and frees what it gets; the list of commands comes from the table. */
static char *help_filter(int key, const char *text, void *input)
{
    (void)input;
    if (key != ARGP_KEY_HELP_POST_DOC) return (char *)(uintptr_t)text;
    char *list = NULL;
    size_t size_bytes = 0;
    FILE *stream = open_memstream(&list, &size_bytes);
    if (!stream) return NULL;
    fprintf(stream, "Commands:\n");
    for (const struct command *c = commands; c->name; c++) fprintf(stream, "  %-10s %s\n", c->name, c->summary);
    fprintf(stream, "\n`lad COMMAND --help' explains a command.  Exit codes: 0 done, 1 failed, 2 wrong usage.");
    fclose(stream);
    return list;
}

/* Output that did not reach its file (a full disk behind a redirection) must not look like success. */
static void close_output(void)
{
    if (fflush(stdout) == 0 && !ferror(stdout)) return;
    fprintf(stderr, "lad: standard output could not be written: %s.\n", strerror(errno));
    _exit(LAD_EXIT_FAILURE);
}

int main(int argc, char **argv)
{
    static char program[] = "lad";
    static char title[64];
    argp_program_version = "lad " LAD_VERSION;
    argp_err_exit_status = LAD_EXIT_USAGE;
    if (argc > 0) argv[0] = program;
    signal(SIGXFSZ, SIG_IGN); /* over a file size limit, write() then fails and is reported like a full disk */
    if (atexit(close_output) != 0) return LAD_EXIT_FAILURE;

    static const struct argp parser = {
        NULL,
        parse_option,
        "COMMAND [OPTION...]",
        "Finds logical and structural anomalies in pictures: renders data, trains, evaluates.\v",
        NULL,
        help_filter,
        NULL};
    int index = 0;
    if (argp_parse(&parser, argc, argv, ARGP_IN_ORDER, NULL, &index) != 0 || index == 0) return LAD_EXIT_USAGE;

    const struct command *command = command_find(argv[index]);
    if (!command) {
        fprintf(stderr, "lad: there is no command '%s'; `lad --help' lists them.\n", argv[index]);
        return LAD_EXIT_USAGE;
    }
    snprintf(title, sizeof title, "lad %s", command->name);
    argv[index] = title;
    return command->run(argc - index, argv + index);
}
