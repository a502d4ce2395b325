/* What the commands share: sentences on standard error, numbers from option values, progress with time left. */
#ifndef LAD_CLI_CLI_H
#define LAD_CLI_CLI_H

#include "base/status.h"
#include "cli/commands.h"

#include <argp.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Prints "COMMAND: SENTENCE" (the status's name when err holds no sentence) and returns LAD_EXIT_FAILURE. */
int lad_cli_fail(const char *command, lad_status status, const lad_error *err);

/* Whole numbers and finite reals from the value of an option.  Out of range, or anything behind the number:
 * argp's error, which names the option and the range and ends the program with LAD_EXIT_USAGE. */
size_t lad_cli_size(const struct argp_state *state, const char *option, const char *text, size_t low, size_t high);
uint64_t lad_cli_u64(const struct argp_state *state, const char *option, const char *text);
double lad_cli_real(const struct argp_state *state, const char *option, const char *text, double low, double high);

/* Progress on standard error: a line that rewrites itself on a terminal, else a line at each tenth. */
typedef struct lad_progress {
    const char *what; /* "rendering pushpins" */
    size_t total, last_tenth;
    double start_ms, last_ms;
    bool terminal, quiet;
} lad_progress;
void lad_progress_start(lad_progress *progress, const char *what, size_t total, bool quiet);
void lad_progress_update(lad_progress *progress, size_t done); /* cheap: call it after each item */
void lad_progress_finish(lad_progress *progress);

/* "3 s", "2 min 5 s", "1 h 12 min": seconds >= 0 as a person reads them. */
void lad_cli_duration(double seconds, char *text, size_t size_bytes);

#endif
