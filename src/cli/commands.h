/* The commands of `lad`, one line each: name, one sentence for the list in `lad --help`.
 *
 * A command is `int lad_cmd_NAME(int argc, char **argv)` in src/cli/cmd_NAME.c.  argv[0] is "lad NAME", so that
 * argp's messages read well; the value returned is the exit code of the program (enum below). */
#ifndef LAD_CLI_COMMANDS_H
#define LAD_CLI_COMMANDS_H

enum {
    LAD_EXIT_OK = 0,
    LAD_EXIT_FAILURE = 1, /* the work could not be done: one sentence on standard error says why */
    LAD_EXIT_USAGE = 2    /* the command line does not make sense */
};

#define LAD_COMMANDS(X)                                                                                                \
    X(render, "render a data set of LOCO-style scenes")                                                                \
    X(pretrain, "train a teacher network on procedural pictures")                                                      \
    X(train, "train a detector on the normal pictures of a category")                                                  \
    X(calibrate, "choose quantiles, head and thresholds of a trained detector anew")                                   \
    X(eval, "measure a detector on the test images of a category")                                                     \
    X(infer, "score images, draw heat maps")                                                                           \
    X(bench, "time the networks, layer by layer")

#define LAD_COMMAND_DECLARE(name, summary) int lad_cmd_##name(int argc, char **argv);
LAD_COMMANDS(LAD_COMMAND_DECLARE)
#undef LAD_COMMAND_DECLARE

#endif
