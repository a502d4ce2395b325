#define _POSIX_C_SOURCE 200809L
#include "cli/run.h"

#include "base/alloc.h"
#include "base/clock.h"
#include "base/file.h"
#include "base/json.h"
#include "cli/cli.h"

#include <errno.h>
#include <libgen.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { CHECKPOINT_LIMIT_BYTES = 1 << 30 };

static volatile sig_atomic_t interrupted;

static void on_signal(int number)
{
    /* A second signal ends the program at once. */
    interrupted = 1;
    signal(number, SIG_DFL);
}

enum { KEY_CHECKPOINT_MINUTES = 0x1000, KEY_RESUME, KEY_LOG };

static const struct argp_option options[] = {
    {"out", 'o', "FILE", 0, "The file to make (required)", 10},
    {"threads", 't', "N", 0, "Threads; 0, the default: one per processor.  The result does not depend on it", 10},
    {"checkpoint-minutes", KEY_CHECKPOINT_MINUTES, "M", 0, "Write FILE.ckpt every M minutes (3)", 10},
    {"resume", KEY_RESUME, NULL, 0, "Go on from FILE.ckpt, if there is one", 10},
    {"log", KEY_LOG, "FILE", 0, "Append each report to FILE, one JSON object a line", 10},
    {"quiet", 'q', NULL, 0, "No progress", 10},
    {NULL, 0, NULL, 0, NULL, 0}};

static error_t parse(int key, char *argument, struct argp_state *state)
{
    lad_run *run = state->input;
    switch (key) {
    case 'o': run->out = argument; break;
    case 't': run->threads = lad_cli_size(state, "threads", argument, 0, 64); break;
    case KEY_CHECKPOINT_MINUTES:
        run->checkpoint_minutes = lad_cli_real(state, "checkpoint-minutes", argument, 0.0, 1e6);
        break;
    case KEY_RESUME: run->resume = true; break;
    case KEY_LOG: run->log_path = argument; break;
    case 'q': run->quiet = true; break;
    case ARGP_KEY_END:
        if (!run->out) argp_error(state, "--out is missing");
        if (strlen(run->out) + 6 > sizeof run->checkpoint_path) argp_error(state, "--out is too long");
        snprintf(run->checkpoint_path, sizeof run->checkpoint_path, "%s.ckpt", run->out);
        break;
    default: return ARGP_ERR_UNKNOWN;
    }
    return 0;
}

const struct argp lad_run_argp = {options, parse, NULL, NULL, NULL, NULL, NULL};

/* How many words of the command line, from argv[0] on, spell an option of a run as such (0, 1 or 2): those say
 * where the result goes and how fast, not what it is. */
static int run_option_words(char **argv)
{
    const char *word = argv[0];
    if (word[0] != '-' || word[1] == '\0') return 0;
    for (const struct argp_option *o = options; o->name; o++) {
        if (word[1] != '-') {
            if (word[1] == o->key) return o->arg && word[2] == '\0' && argv[1] ? 2 : 1;
            continue;
        }
        size_t length = strcspn(word + 2, "=");
        /* getopt has made sure that an abbreviation stands for one option only. */
        if (length > 0 && strncmp(word + 2, o->name, length) == 0)
            return o->arg && word[2 + length] == '\0' && argv[1] ? 2 : 1;
    }
    return 0;
}

void lad_run_defaults(lad_run *run, const char *command)
{
    *run = (lad_run){.command = command, .checkpoint_minutes = 3.0};
}

void lad_run_command_line(const char *command, char **argv, char *text, size_t size_bytes)
{
    size_t used = (size_t)snprintf(text, size_bytes, "lad %s", command);
    for (int i = 1; argv[i] && used < size_bytes;) {
        int skip = run_option_words(argv + i);
        if (skip == 0) used += (size_t)snprintf(text + used, size_bytes - used, " %s", argv[i]);
        i += skip > 0 ? skip : 1;
    }
}

lad_status lad_run_start(lad_run *run, size_t done, size_t total, lad_error *err)
{
    if (run->log_path) {
        run->log = fopen(run->log_path, "a");
        if (!run->log) return lad_fail(err, LAD_ERR_IO, "%s could not be opened: %s.", run->log_path, strerror(errno));
    }
    /* Better now than after hours: the first checkpoint would be the first to notice. */
    char folder[sizeof run->checkpoint_path];
    snprintf(folder, sizeof folder, "%s", run->out);
    if (access(dirname(folder), W_OK) != 0)
        return lad_fail(err, LAD_ERR_IO, "%s cannot be written: %s.", run->out, strerror(errno));
    struct sigaction action = {.sa_handler = on_signal};
    sigemptyset(&action.sa_mask);
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
    run->first = run->reported = done;
    run->total = total;
    run->start_ms = run->report_ms = run->checkpoint_ms = lad_clock_ms();
    run->terminal = isatty(STDERR_FILENO) != 0;
    return LAD_OK;
}

bool lad_run_interrupted(void)
{
    return interrupted != 0;
}

bool lad_run_checkpoint_due(const lad_run *run)
{
    return lad_clock_ms() - run->checkpoint_ms >= run->checkpoint_minutes * 60e3;
}

static void log_report(lad_run *run, size_t done, const lad_run_value *values, size_t count, double rate)
{
    lad_json *line = lad_json_new_object();
    char *text = NULL;
    lad_json_add_number(line, "step", (double)done);
    lad_json_add_number(line, "steps", (double)run->total);
    for (size_t i = 0; i < count; i++) lad_json_add_number(line, values[i].name, values[i].value);
    lad_json_add_number(line, "steps_per_s", rate);
    lad_json_add_number(line, "seconds", (lad_clock_ms() - run->start_ms) / 1e3);
    if (lad_json_print(line, false, &text) == LAD_OK) {
        fputs(text, run->log);
        fflush(run->log);
    }
    lad_free(text);
    lad_json_destroy(&line);
}

void lad_run_progress(lad_run *run, size_t done, const lad_run_value *values, size_t count)
{
    /* On a terminal the line rewrites itself each second; in a file a line every ten seconds is enough. */
    double now_ms = lad_clock_ms(), period_ms = run->terminal ? 1e3 : 10e3;
    if (now_ms - run->report_ms < period_ms && done < run->total) return;
    double elapsed_s = (now_ms - run->start_ms) / 1e3;
    double rate = elapsed_s > 0.0 ? (double)(done - run->first) / elapsed_s : 0.0;
    run->report_ms = now_ms;
    run->reported = done;
    if (run->log) log_report(run, done, values, count, rate);
    if (run->quiet) return;
    char left[32];
    lad_cli_duration(rate > 0.0 ? (double)(run->total - done) / rate : 0.0, left, sizeof left);
    fprintf(stderr, "%s%s: step %zu of %zu", run->terminal ? "\r\033[K" : "", run->command, done, run->total);
    for (size_t i = 0; i < count; i++) fprintf(stderr, ", %s %.4g", values[i].name, values[i].value);
    fprintf(stderr, ", %.2f steps/s, %s left", rate, left);
    if (!run->terminal || done >= run->total) fputc('\n', stderr);
}

lad_status lad_run_read_checkpoint(const lad_run *run, uint8_t **bytes, size_t *size_bytes, lad_error *err)
{
    *bytes = NULL;
    if (!run->resume) return LAD_OK;
    if (!lad_file_exists(run->checkpoint_path)) {
        fprintf(stderr, "%s: there is no %s; starting from the beginning.\n", run->command, run->checkpoint_path);
        return LAD_OK;
    }
    return lad_file_read(run->checkpoint_path, CHECKPOINT_LIMIT_BYTES, bytes, size_bytes, err);
}

lad_status lad_run_write_checkpoint(lad_run *run, uint8_t *bytes, size_t size_bytes, lad_error *err)
{
    lad_status status = lad_file_write(run->checkpoint_path, bytes, size_bytes, err);
    lad_free(bytes);
    run->checkpoint_ms = lad_clock_ms();
    return status;
}

lad_status lad_run_write_result(lad_run *run, uint8_t *bytes, size_t size_bytes, lad_error *err)
{
    lad_status status = lad_file_write(run->out, bytes, size_bytes, err);
    lad_free(bytes);
    if (status == LAD_OK) remove(run->checkpoint_path); /* it may never have been written */
    return status;
}

void lad_run_finish(lad_run *run)
{
    if (run->log) fclose(run->log);
    run->log = NULL;
}

int lad_run_say_interrupted(const lad_run *run, size_t done)
{
    fprintf(stderr, "%s%s: stopped at step %zu of %zu; the same command with --resume goes on from %s.\n",
            run->terminal ? "\n" : "", run->command, done, run->total, run->checkpoint_path);
    return 128 + SIGINT;
}
