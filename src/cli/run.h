/* What `lad pretrain` and `lad train` share: their common options, progress with losses and time left, a log of
 * JSON lines, checkpoints every few minutes, and a clean stop on SIGINT and SIGTERM. */
#ifndef LAD_CLI_RUN_H
#define LAD_CLI_RUN_H

#include "base/pool.h"
#include "base/status.h"

#include <argp.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

typedef struct lad_run {
    /* options */
    const char *command; /* "pretrain" */
    char *out;           /* the file to make */
    char *log_path;
    size_t threads;
    double checkpoint_minutes;
    bool resume, quiet;
    /* state */
    char checkpoint_path[4096]; /* OUT.ckpt */
    char command_line[1024];    /* for the record */
    FILE *log;
    size_t total, first, reported;
    double start_ms, report_ms, checkpoint_ms;
    bool terminal;
} lad_run;

/* Named numbers of one report, in order. */
typedef struct lad_run_value {
    const char *name;
    double value;
} lad_run_value;

/* --out, --threads, --checkpoint-minutes, --resume, --log, --quiet: an argp child whose input is a lad_run. */
extern const struct argp lad_run_argp;
void lad_run_defaults(lad_run *run, const char *command);

/* "lad train --seed 1 ...": the command line (argv ends with NULL) without the options above, for the record in
 * a model file: the same result has the same record, wherever it was written and with however many threads. */
void lad_run_command_line(const char *command, char **argv, char *text, size_t size_bytes);

/* Opens the log, catches the signals and starts the clocks; `done` of `total` steps are behind us. */
LAD_MUST_CHECK lad_status lad_run_start(lad_run *run, size_t done, size_t total, lad_error *err);

/* After each step.  About once a second (or at the last step) writes a progress line and a line of the log. */
void lad_run_progress(lad_run *run, size_t done, const lad_run_value *values, size_t count);

bool lad_run_interrupted(void);
bool lad_run_checkpoint_due(const lad_run *run);

/* Reads OUT.ckpt for --resume: *bytes NULL when there is none. */
LAD_MUST_CHECK lad_status lad_run_read_checkpoint(const lad_run *run, uint8_t **bytes, size_t *size_bytes,
                                                  lad_error *err);
/* Writes OUT.ckpt (all or nothing) and frees the bytes. */
LAD_MUST_CHECK lad_status lad_run_write_checkpoint(lad_run *run, uint8_t *bytes, size_t size_bytes, lad_error *err);
/* Writes OUT and removes OUT.ckpt; frees the bytes. */
LAD_MUST_CHECK lad_status lad_run_write_result(lad_run *run, uint8_t *bytes, size_t size_bytes, lad_error *err);

void lad_run_finish(lad_run *run);

/* What a run that was stopped says, and its exit code (128 + SIGINT). */
int lad_run_say_interrupted(const lad_run *run, size_t done);

#endif
