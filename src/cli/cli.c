#define _POSIX_C_SOURCE 200809L
#include "cli/cli.h"

#include "base/clock.h"

#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

int lad_cli_fail(const char *command, lad_status status, const lad_error *err)
{
    if (err && err->text[0])
        fprintf(stderr, "%s: %s\n", command, err->text);
    else
        fprintf(stderr, "%s: failed: %s.\n", command, lad_status_name(status));
    return LAD_EXIT_FAILURE;
}

/* strtoull takes "-1" and white space; a number here is digits and nothing else. */
static bool parse_u64(const char *text, uint64_t *out)
{
    if (text[0] < '0' || text[0] > '9') return false;
    char *end;
    errno = 0;
    unsigned long long value = strtoull(text, &end, 10);
    if (errno != 0 || *end != '\0') return false;
    *out = value;
    return true;
}

size_t lad_cli_size(const struct argp_state *state, const char *option, const char *text, size_t low, size_t high)
{
    uint64_t value = 0;
    if (!parse_u64(text, &value) || value < low || value > high)
        argp_error(state, "%s takes a whole number from %zu to %zu, not '%s'.", option, low, high, text);
    return (size_t)value;
}

uint64_t lad_cli_u64(const struct argp_state *state, const char *option, const char *text)
{
    uint64_t value = 0;
    if (!parse_u64(text, &value)) argp_error(state, "%s takes a whole number, not '%s'.", option, text);
    return value;
}

double lad_cli_real(const struct argp_state *state, const char *option, const char *text, double low, double high)
{
    char *end;
    double value = strtod(text, &end);
    if (end == text || *end != '\0' || !(value >= low && value <= high))
        argp_error(state, "%s takes a number from %g to %g, not '%s'.", option, low, high, text);
    return value;
}

void lad_cli_duration(double seconds, char *text, size_t size_bytes)
{
    unsigned long whole = (unsigned long)(seconds + 0.5);
    if (whole < 60)
        snprintf(text, size_bytes, "%lu s", whole);
    else if (whole < 3600)
        snprintf(text, size_bytes, "%lu min %lu s", whole / 60, whole % 60);
    else
        snprintf(text, size_bytes, "%lu h %lu min", whole / 3600, whole / 60 % 60);
}

void lad_progress_start(lad_progress *progress, const char *what, size_t total, bool quiet)
{
    *progress = (lad_progress){.what = what, .total = total, .quiet = quiet};
    progress->start_ms = progress->last_ms = lad_clock_ms();
    progress->terminal = isatty(STDERR_FILENO) != 0;
}

void lad_progress_update(lad_progress *progress, size_t done)
{
    if (progress->quiet || progress->total == 0 || done == 0) return;
    double now = lad_clock_ms();
    size_t tenth = (size_t)(10.0 * (double)done / (double)progress->total);
    if (progress->terminal) {
        if (now - progress->last_ms < 200 && done < progress->total) return;
    } else if (tenth == progress->last_tenth) {
        return;
    }
    progress->last_ms = now;
    progress->last_tenth = tenth;
    double elapsed = (now - progress->start_ms) / 1000;
    char left[32];
    lad_cli_duration(elapsed / (double)done * (double)(progress->total - done), left, sizeof left);
    fprintf(stderr, progress->terminal ? "\r%s: %zu of %zu, %s left\033[K" : "%s: %zu of %zu, %s left\n",
            progress->what, done, progress->total, left);
}

void lad_progress_finish(lad_progress *progress)
{
    if (progress->quiet) return;
    char took[32];
    lad_cli_duration((lad_clock_ms() - progress->start_ms) / 1000, took, sizeof took);
    fprintf(stderr, progress->terminal ? "\r%s: done in %s\033[K\n" : "%s: done in %s\n", progress->what, took);
}
