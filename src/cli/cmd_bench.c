/* lad bench: how fast kernels, layers and whole networks run here, and how far from the processor's limit. */
#include "base/alloc.h"
#include "base/file.h"
#include "base/version.h"
#include "cli/bench_follow.h"
#include "cli/bench_kernels.h"
#include "cli/bench_layers.h"
#include "cli/cli.h"
#include "model/detector.h"

#include <stdio.h>
#include <string.h>

static const char command_name[] = "lad bench";

typedef struct options {
    size_t threads;
    lad_pdn_size size;
    const lad_kernels *kernels;
    const char *json;
    const char *only; /* a part's name; NULL: all */
    bool follow;
    lad_follow_wish wish;
} options;

enum { KEY_JSON = 0x100, KEY_ISA, KEY_ONLY, KEY_FOLLOW, KEY_MODEL, KEY_TEACHER, KEY_RGB };

static const lad_kernels *kernels_by_name(const char *name)
{
    for (int isa = 0; isa < LAD_ISA_COUNT; isa++) {
        const lad_kernels *k = lad_kernels_get((lad_isa)isa);
        if (k && strcmp(lad_kernels_name(k), name) == 0) return k;
    }
    return NULL;
}

static bool size_by_letter(const char *text, lad_pdn_size *out)
{
    char name[16];
    snprintf(name, sizeof name, "pdn-%s", text);
    return lad_pdn_from_name(name, out);
}

static bool is_part(const char *name)
{
    return strcmp(name, "kernels") == 0 || strcmp(name, "networks") == 0 || strcmp(name, "layers") == 0;
}

static bool wants(const options *o, const char *part)
{
    return !o->only || strcmp(o->only, part) == 0;
}

static error_t parse_option(int key, char *argument, struct argp_state *state)
{
    options *o = state->input;
    switch (key) {
    case 't': o->threads = lad_cli_size(state, "--threads", argument, 0, 64); return 0;
    case 's':
        if (!size_by_letter(argument, &o->size)) argp_error(state, "--size is xs, s or m.");
        return 0;
    case KEY_ISA:
        o->kernels = kernels_by_name(argument);
        if (!o->kernels) argp_error(state, "this processor or build has no kernels called %s.", argument);
        return 0;
    case KEY_JSON: o->json = argument; return 0;
    case KEY_ONLY:
        if (!is_part(argument)) argp_error(state, "--only is kernels, networks or layers.");
        o->only = argument;
        return 0;
    case KEY_FOLLOW: o->follow = true; return 0;
    case KEY_MODEL: o->wish.model = argument; return 0;
    case KEY_TEACHER: o->wish.teacher = argument; return 0;
    case KEY_RGB: o->wish.rgb = argument; return 0;
    case ARGP_KEY_END:
        if (o->follow && (!o->wish.rgb || !o->wish.model == !o->wish.teacher))
            argp_error(state, "--follow needs --rgb and one of --model and --teacher.");
        return 0;
    case ARGP_KEY_ARG: argp_error(state, "unexpected argument %s.", argument); return 0;
    }
    return ARGP_ERR_UNKNOWN;
}

typedef struct network_bench {
    lad_network *network;
    const float *x;
    float *d;
    size_t count, step; /* outputs; training steps done */
} network_bench;

static void run_forward(void *context)
{
    network_bench *b = context;
    lad_network_forward(b->network, 1, LAD_INPUT_SIZE, LAD_INPUT_SIZE, b->x, NULL);
}

/* Forward, backward with the output itself as its gradient (the loss |y|^2 / 2), Adam, packing. */
static void run_training(void *context)
{
    network_bench *b = context;
    lad_network_zero_grads(b->network);
    const float *y = lad_network_forward(b->network, 1, LAD_INPUT_SIZE, LAD_INPUT_SIZE, b->x, NULL);
    memcpy(b->d, y, b->count * sizeof *y);
    lad_network_backward(b->network, b->d, NULL);
    lad_network_adam(b->network, 1e-4f, 1e-5f, ++b->step);
}

static lad_status measure_network(const options *o, lad_pool *pool, const char *name, const lad_layer_spec *specs,
                                  size_t layers, lad_network_mode mode, const float *x, lad_json *list, lad_error *err)
{
    network_bench b = {.x = x};
    LAD_TRY(lad_network_create(o->kernels, pool, specs, layers, 1, LAD_INPUT_SIZE, LAD_INPUT_SIZE, 3, mode, &b.network,
                               err));
    lad_rng rng = lad_rng_seed(1, 1);
    lad_network_init(b.network, &rng);
    lad_network_pack(b.network);
    size_t h = 0, w = 0, c = 0;
    bool fits = lad_network_out_shape(b.network, 1, LAD_INPUT_SIZE, LAD_INPUT_SIZE, &h, &w, &c);
    b.count = h * w * c;
    b.d = fits ? lad_alloc(b.count, sizeof *b.d) : NULL;
    if (!b.d) {
        lad_network_destroy(&b.network);
        return lad_fail(err, LAD_ERR_NOMEM, "Memory for the benchmark ran out.");
    }
    bool training = mode == LAD_NETWORK_TRAINING;
    lad_timing t = lad_bench_time(training ? run_training : run_forward, &b, 7, 500.0);
    double megabytes = (double)lad_network_memory_bytes(b.network) / 1e6;
    printf("%-12s %-9s %8.2f ms (best %.2f, %zu runs), %.1f MB\n", name, training ? "training" : "inference",
           t.median_ms, t.best_ms, t.runs, megabytes);
    fflush(stdout);
    lad_json *entry = lad_json_add_object(list, NULL);
    lad_json_add_string(entry, "network", name);
    lad_json_add_string(entry, "mode", training ? "training" : "inference");
    lad_json_add_number(entry, "median_ms", t.median_ms);
    lad_json_add_number(entry, "best_ms", t.best_ms);
    lad_json_add_number(entry, "runs", (double)t.runs);
    lad_json_add_number(entry, "memory_mb", megabytes);
    lad_free(b.d);
    lad_network_destroy(&b.network);
    return LAD_OK;
}

typedef size_t architecture_fn(lad_pdn_size size, lad_layer_spec *specs);
static const struct {
    const char *name;
    architecture_fn *fill;
    bool trained;
} networks[] = {{"teacher", lad_architecture_teacher, false},
                {"student", lad_architecture_student, true},
                {"autoencoder", lad_architecture_autoencoder, true}};
enum { NETWORKS = sizeof networks / sizeof *networks };

static lad_status measure(const options *o, lad_pool *pool, const float *x, lad_json *root, lad_error *err)
{
    double peak = lad_kernels_peak_gflops(o->kernels);
    printf("%s, kernels %s, %zu thread(s), micro-kernel peak %.1f GFLOP/s a thread\n", lad_pdn_name(o->size),
           lad_kernels_name(o->kernels), lad_pool_threads(pool), peak);
    lad_json_add_string(root, "version", LAD_VERSION);
    lad_json_add_string(root, "size", lad_pdn_name(o->size));
    lad_json_add_string(root, "kernels", lad_kernels_name(o->kernels));
    lad_json_add_number(root, "threads", (double)lad_pool_threads(pool));
    lad_json_add_number(root, "peak_gflops_per_thread", peak);
    lad_json *inner = lad_json_add_array(root, "inner_kernels"), *whole = lad_json_add_array(root, "networks"),
             *list = lad_json_add_array(root, "layers");
    if (wants(o, "kernels") && lad_bench_kernels(o->kernels, inner) != LAD_OK)
        return lad_fail(err, LAD_ERR_NOMEM, "Memory for the benchmark ran out.");
    lad_layer_spec specs[LAD_ARCHITECTURE_MAX_LAYERS];
    for (size_t i = 0; wants(o, "networks") && i < NETWORKS; i++) {
        size_t layers = networks[i].fill(o->size, specs);
        LAD_TRY(measure_network(o, pool, networks[i].name, specs, layers, LAD_NETWORK_INFERENCE, x, whole, err));
        if (!networks[i].trained) continue;
        LAD_TRY(measure_network(o, pool, networks[i].name, specs, layers, LAD_NETWORK_TRAINING, x, whole, err));
    }
    for (size_t i = 0; wants(o, "layers") && i < NETWORKS; i++) {
        size_t layers = networks[i].fill(o->size, specs);
        lad_status status = lad_bench_layers(o->kernels, pool, networks[i].name, specs, layers, peak, list);
        if (status != LAD_OK) return lad_fail(err, status, "Memory for the benchmark ran out.");
    }
    return LAD_OK;
}

static lad_status bench(const options *o, lad_error *err)
{
    lad_pool *pool = NULL;
    lad_json *root = lad_json_new_object();
    char *text = NULL;
    float *x = lad_alloc(LAD_INPUT_SIZE * LAD_INPUT_SIZE * 3, sizeof *x);
    lad_status status = x ? lad_pool_create(o->threads, &pool) : LAD_ERR_NOMEM;
    if (status != LAD_OK) goto fail;
    lad_rng rng = lad_rng_seed(2, 1);
    for (size_t i = 0; i < LAD_INPUT_SIZE * LAD_INPUT_SIZE * 3; i++) x[i] = lad_rng_range(&rng, -2.0f, 2.0f);
    status = measure(o, pool, x, root, err);
    if (status != LAD_OK || !o->json) goto fail;
    status = lad_json_print(root, true, &text);
    if (status == LAD_OK) status = lad_file_write(o->json, text, strlen(text), err);
fail:
    lad_free(text);
    lad_json_destroy(&root);
    lad_free(x);
    lad_pool_destroy(&pool);
    return status;
}

int lad_cmd_bench(int argc, char **argv)
{
    static const struct argp_option list[] = {
        {"size", 's', "SIZE", 0, "xs (default), s or m", 0},
        {"threads", 't', "N", 0, "threads; 0 (default): one per processor", 0},
        {"isa", KEY_ISA, "NAME", 0, "kernels to use: ref, avx2, avx512 (default: the best)", 0},
        {"only", KEY_ONLY, "PART", 0, "kernels, networks or layers (default: all)", 0},
        {"json", KEY_JSON, "FILE", 0, "also write the figures there", 0},
        {"follow", KEY_FOLLOW, NULL, 0, "time runs when a line on standard input asks for it (src/cli/bench_follow.h)",
         0},
        {"model", KEY_MODEL, "FILE", 0, "follow: detector to run", 0},
        {"teacher", KEY_TEACHER, "FILE", 0, "follow: teacher to train a detector with", 0},
        {"rgb", KEY_RGB, "FILE", 0, "follow: raw pictures, 256 x 256 x 3 bytes each", 0},
        {0},
    };
    static const struct argp argp = {
        list, parse_option, NULL, "Times the inner kernels, and the networks and their layers, on random numbers.",
        NULL, NULL,         NULL};
    options o = {.size = LAD_PDN_XS, .kernels = lad_kernels_best()};
    argp_parse(&argp, argc, argv, 0, NULL, &o);
    lad_error err = {{0}};
    o.wish.kernels = o.kernels;
    o.wish.threads = o.threads;
    lad_status status = o.follow ? lad_bench_follow(&o.wish, &err) : bench(&o, &err);
    return status == LAD_OK ? LAD_EXIT_OK : lad_cli_fail(command_name, status, &err);
}
