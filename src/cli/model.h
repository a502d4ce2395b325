/* Opening a detector for the commands that run one, and the options they share. */
#ifndef LAD_CLI_MODEL_H
#define LAD_CLI_MODEL_H

#include "api/lad.h"
#include "cli/cli.h"

enum { LAD_CLI_MAX_MODEL_BYTES = 1 << 30 };

typedef struct lad_cli_model {
    const char *path; /* --model */
    size_t threads;   /* --threads */
    const char *isa;  /* --isa */
    lad_context *context;
    lad_detector *detector;
    lad_result *result;
} lad_cli_model;

/* Keys and help of --model, --threads, --isa; lad_cli_model_option takes them (ARGP_ERR_UNKNOWN: not mine). */
#define LAD_CLI_MODEL_OPTIONS                                                                                          \
    {"model", 'm', "FILE", 0, "the detector (.safetensors)", 0},                                                       \
        {"threads", 't', "N", 0, "threads (default: one per processor)", 0},                                           \
    {                                                                                                                  \
        "isa", LAD_CLI_KEY_ISA, "NAME", 0, "kernels: ref, avx2, avx512 (default: the best here)", 0                    \
    }
enum { LAD_CLI_KEY_ISA = 0x1000 };
error_t lad_cli_model_option(int key, char *argument, const struct argp_state *state, lad_cli_model *model);

/* Reads the file and makes context, detector and result.  Close it in any case. */
LAD_MUST_CHECK lad_status lad_cli_model_open(lad_cli_model *model, lad_error *err);
void lad_cli_model_close(lad_cli_model *model);

/* Runs it on an image file; the sentence of a failure is in err. */
LAD_MUST_CHECK lad_status lad_cli_model_run(lad_cli_model *model, const char *image_path, lad_error *err);

/* The part of a path behind the last slash (slashes at the end do not count), in at most size_bytes. */
void lad_cli_base_name(const char *path, char *name, size_t size_bytes);

#endif
