/* Writes what a training run saw, step by step, for tests/reference/check.py to go through the same steps.
 *
 * Usage: dump steps DATA TEACHER AE-TEACHER FORM STEPS OUT    AE-TEACHER "-": the teacher serves both, the paper's
 * step; else the step and rates of the shipped models dump maps MODEL DATA COUNT OUT                       raw maps of
 * the first test pictures dump pictures DATA train|validation|test OUT         pictures as the networks see them dump
 * penalty SEED COUNT OUT                          penalty pictures Files: *.rgb are bytes [n, side, side, 3], *.f32
 * little-endian floats, *.json say the rest.  steps.bin holds a record a step: picture, jittered picture, composite
 * (256 x 256 x 3 bytes each), penalty picture (128 x 128 x 3), pasted, untouched (56 x 56 floats each), then of each
 * pass of the autoencoder (clean, composite) the bytes "kept" of each dropout layer, eight to a byte, lowest bit first.
 */
#include "base/alloc.h"
#include "base/file.h"
#include "base/json.h"
#include "data/dataset.h"
#include "data/procedural.h"
#include "image/image.h"
#include "nn/dropout.h"
#include "train/trainer.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SIDE = LAD_INPUT_SIZE, PICTURE_BYTES = SIDE * SIDE * 3, CELLS = LAD_TRAIN_POSITIONS, LIMIT_BYTES = 1 << 28 };

static lad_error error;

/* A development program: the first failure ends it with its sentence. */
static void must(lad_status status)
{
    if (status == LAD_OK) return;
    fprintf(stderr, "dump: %s\n", error.text[0] ? error.text : lad_status_name(status));
    exit(1);
}

static void *must_have(void *memory)
{
    if (!memory) must(LAD_ERR_NOMEM);
    return memory;
}

static FILE *create(const char *folder, const char *name)
{
    char path[1024];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *file = fopen(path, "wb");
    if (!file) must(lad_fail(&error, LAD_ERR_IO, "%s cannot be written.", path));
    return file;
}

static void put(FILE *file, const void *bytes, size_t size_bytes)
{
    if (fwrite(bytes, 1, size_bytes, file) != size_bytes) must(LAD_ERR_IO);
}

static void finish(FILE *file)
{
    if (fclose(file) != 0) must(LAD_ERR_IO);
}

static void write_json(const char *folder, const char *name, lad_json *root)
{
    char *text = NULL, path[1024];
    must(lad_json_print(root, true, &text));
    snprintf(path, sizeof path, "%s/%s", folder, name);
    must(lad_file_write(path, text, strlen(text), &error));
    lad_free(text);
    lad_json_destroy(&root);
}

static uint8_t *load(const lad_dataset *set, size_t count)
{
    uint8_t *rgb = must_have(lad_alloc(count, PICTURE_BYTES));
    for (size_t i = 0; i < count; i++)
        must(lad_dataset_load(set, i, SIDE, rgb + i * PICTURE_BYTES, NULL, NULL, &error));
    return rgb;
}

static lad_train_file read_file(const char *path)
{
    uint8_t *bytes = NULL;
    size_t size_bytes = 0;
    if (strcmp(path, "-") == 0) return (lad_train_file){.name = path};
    must(lad_file_read(path, LIMIT_BYTES, &bytes, &size_bytes, &error));
    return (lad_train_file){bytes, size_bytes, path};
}

/* Both networks as they are, with a target network: the model files' own format, so that its reader is checked too. */
static void write_networks(lad_trainer *t, const lad_target_network *target, const char *folder, const char *name)
{
    const lad_detector_parts parts = {.size = target->size,
                                      .teacher = target->network,
                                      .student = t->student,
                                      .autoencoder = t->autoencoder,
                                      .mean = target->mean,
                                      .std = target->std,
                                      .map_rule.quantiles = {0.0f, 1.0f, 0.0f, 1.0f}};
    uint8_t *bytes = NULL;
    size_t size_bytes = 0;
    must(lad_detector_save(&parts, false, &bytes, &size_bytes, &error));
    FILE *file = create(folder, name);
    put(file, bytes, size_bytes);
    finish(file);
    lad_free(bytes);
}

/* The dropout masks of a step's passes, drawn again from the same seeds. */
static void put_masks(FILE *file, const lad_trainer *t, size_t step, int passes)
{
    static float values[128 * 128 * 64], scaled[128 * 128 * 64];
    static uint8_t kept[128 * 128 * 64], packed[128 * 128 * 8];
    lad_layer_spec specs[LAD_ARCHITECTURE_MAX_LAYERS];
    size_t layers = lad_architecture_autoencoder(t->teacher.size, specs);
    lad_rng rng = lad_rng_seed(lad_hash64(t->options.seed, LAD_STREAM_DROPOUT), step);
    for (int pass = 0; pass < passes; pass++) {
        size_t side = SIDE;
        for (size_t i = 0; i < layers; i++) {
            const lad_layer_spec *spec = &specs[i];
            if (spec->kind == LAD_LAYER_CONV) side = (side + 2 * spec->pad - spec->kernel) / spec->stride + 1;
            if (spec->kind == LAD_LAYER_BILINEAR || spec->kind == LAD_LAYER_UNFOLD) side = spec->out;
            if (spec->kind != LAD_LAYER_DROPOUT) continue;
            size_t count = side * side * 64;
            lad_dropout_forward(NULL, count, spec->drop, &rng, values, scaled, kept);
            memset(packed, 0, count / 8);
            for (size_t k = 0; k < count; k++) packed[k / 8] |= (uint8_t)(kept[k] << k % 8);
            put(file, packed, count / 8);
        }
    }
}

static lad_train_options options_for(lad_margin_form form, size_t steps, bool shipped)
{
    lad_train_options o = lad_train_options_default();
    o.margin = lad_margin_default(form, -1.0);
    o.steps = steps;
    if (!shipped) return o;
    o.fused = true;
    o.ae_first = steps / 5;
    o.ae_freeze = true;
    o.learning_rate = 1e-3;
    o.warmup = 200;
    o.hard_quantile = 0.9;
    return o;
}

static size_t dropout_layers(lad_pdn_size size)
{
    lad_layer_spec specs[LAD_ARCHITECTURE_MAX_LAYERS];
    size_t layers = lad_architecture_autoencoder(size, specs), count = 0;
    for (size_t i = 0; i < layers; i++) count += specs[i].kind == LAD_LAYER_DROPOUT;
    return count;
}

static void describe(const lad_trainer *t, lad_json *root)
{
    const lad_train_options *o = &t->options;
    lad_json_add_string(root, "form", lad_margin_form_name(o->margin.form));
    lad_json_add_number(root, "margin", o->margin.margin);
    lad_json_add_number(root, "margin_quantile", o->margin.quantile);
    lad_json_add_number(root, "decay", o->margin.decay);
    lad_json_add_number(root, "steps", (double)o->steps);
    lad_json_add_number(root, "ae_first", (double)o->ae_first);
    lad_json_add_bool(root, "ae_freeze", o->ae_freeze);
    lad_json_add_number(root, "dropout_layers", (double)dropout_layers(t->teacher.size));
    lad_json_add_bool(root, "fused", o->fused);
    lad_json_add_number(root, "rate", o->learning_rate);
    lad_json_add_number(root, "warmup", (double)o->warmup);
    lad_json_add_number(root, "weight_decay", o->weight_decay);
    lad_json_add_number(root, "hard_quantile", o->hard_quantile);
    lad_json_add_number(root, "penalty_px", (double)o->penalty_px);
    lad_json_add_bool(root, "composites", lad_margin_uses_composites(o->margin.form));
    lad_json_add_bool(root, "ae_teacher", t->ae_teacher.network != NULL);
}

static void put_step(FILE *file, const lad_trainer *t, size_t step)
{
    bool composites = lad_margin_uses_composites(t->margin.form);
    size_t penalty_bytes = t->options.penalty_px * t->options.penalty_px * 3;
    put(file, t->images.rgb + t->index * PICTURE_BYTES, PICTURE_BYTES);
    put(file, t->rgb_jitter, PICTURE_BYTES);
    put(file, t->rgb_composite, PICTURE_BYTES);
    put(file, t->rgb_penalty, penalty_bytes);
    put(file, t->pasted, CELLS * sizeof(float));
    put(file, t->untouched, CELLS * sizeof(float));
    put_masks(file, t, step, composites ? 2 : 1);
}

static void add_losses(lad_json *list, const lad_train_report *r)
{
    lad_json *losses = lad_json_add_object(list, NULL);
    lad_json_add_number(losses, "hard", r->hard);
    lad_json_add_number(losses, "penalty", r->penalty);
    lad_json_add_number(losses, "ae", r->ae);
    lad_json_add_number(losses, "stae", r->stae);
    lad_json_add_number(losses, "hinge", r->hinge);
    lad_json_add_number(losses, "faithful", r->faithful);
    lad_json_add_number(losses, "total", r->total);
}

static void dump_steps(char **arguments)
{
    const char *out = arguments[5];
    lad_train_file teacher = read_file(arguments[1]), ae_teacher = read_file(arguments[2]);
    lad_margin_form form = LAD_MARGIN_NONE;
    size_t steps = strtoul(arguments[4], NULL, 10);
    if (!lad_margin_form_from_name(arguments[3], &form) || steps == 0)
        must(lad_fail(&error, LAD_ERR_ARG, "%s is no form, or %s no number of steps.", arguments[3], arguments[4]));
    lad_train_options options = options_for(form, steps, ae_teacher.bytes != NULL);
    const lad_pictures penalty = {options.seed + 1000, NULL, 0};
    lad_dataset set = {0};
    lad_trainer *t = NULL;
    lad_pool *pool = NULL;
    must(lad_pool_create(2, &pool));
    must(lad_dataset_open(arguments[0], LAD_DATA_TRAIN, &set, &error));
    uint8_t *rgb = load(&set, set.count);
    must(lad_trainer_create(&options, (lad_train_images){rgb, set.count}, &penalty, teacher, ae_teacher,
                            lad_kernels_best(), pool, &t, &error));
    must(lad_folder_create(out, &error));
    write_networks(t, &t->teacher, out, "start.safetensors");
    if (t->ae_teacher.network) write_networks(t, &t->ae_teacher, out, "ae-target.safetensors");
    FILE *file = create(out, "steps.bin");
    lad_json *root = must_have(lad_json_new_object());
    describe(t, root);
    lad_json *losses = lad_json_add_array(root, "losses");
    for (size_t step = 0; step < steps; step++) {
        lad_train_report report;
        lad_train_step(t, &report);
        put_step(file, t, step);
        add_losses(losses, &report);
    }
    finish(file);
    write_json(out, "steps.json", root);
    write_networks(t, &t->teacher, out, "end.safetensors");
    lad_trainer_destroy(&t);
    lad_pool_destroy(&pool);
    lad_dataset_deinit(&set);
    lad_free(rgb);
    lad_free((void *)(uintptr_t)teacher.bytes);
    lad_free((void *)(uintptr_t)ae_teacher.bytes);
}

static void dump_maps(char **arguments)
{
    static float x[SIDE * SIDE * 3], map_st[CELLS], map_stae[CELLS];
    const char *out = arguments[3];
    lad_train_file model = read_file(arguments[0]);
    lad_detector *detector = NULL;
    lad_dataset set = {0};
    must(lad_detector_create(model.bytes, model.size_bytes, model.name, lad_kernels_best(), NULL, &detector, &error));
    must(lad_dataset_open(arguments[1], LAD_DATA_TEST, &set, &error));
    size_t count = strtoul(arguments[2], NULL, 10);
    if (count > set.count) count = set.count;
    uint8_t *rgb = load(&set, count);
    must(lad_folder_create(out, &error));
    FILE *pictures = create(out, "maps.rgb"), *maps = create(out, "maps.f32");
    put(pictures, rgb, count * PICTURE_BYTES);
    for (size_t i = 0; i < count; i++) {
        lad_image_normalize(rgb + i * PICTURE_BYTES, SIDE * SIDE, x);
        lad_detector_raw_maps(detector, x, map_st, map_stae);
        put(maps, map_st, sizeof map_st);
        put(maps, map_stae, sizeof map_stae);
    }
    finish(pictures);
    finish(maps);
    lad_detector_destroy(&detector);
    lad_dataset_deinit(&set);
    lad_free(rgb);
    lad_free((void *)(uintptr_t)model.bytes);
}

static void dump_pictures(char **arguments)
{
    static const char *const SPLITS[] = {"train", "validation", "test"};
    const char *out = arguments[2];
    char name[64];
    size_t split = 0;
    while (split < 3 && strcmp(SPLITS[split], arguments[1]) != 0) split++;
    if (split == 3) must(lad_fail(&error, LAD_ERR_ARG, "%s is no split.", arguments[1]));
    lad_dataset set = {0};
    must(lad_dataset_open(arguments[0], (lad_split)split, &set, &error));
    uint8_t *rgb = load(&set, set.count);
    must(lad_folder_create(out, &error));
    snprintf(name, sizeof name, "%s.rgb", arguments[1]);
    FILE *file = create(out, name);
    put(file, rgb, set.count * PICTURE_BYTES);
    finish(file);
    lad_json *root = must_have(lad_json_new_object()), *labels = lad_json_add_array(root, "labels");
    for (size_t i = 0; i < set.count; i++) lad_json_add_number(labels, NULL, (double)set.entries[i].label);
    snprintf(name, sizeof name, "%s.json", arguments[1]);
    write_json(out, name, root);
    lad_dataset_deinit(&set);
    lad_free(rgb);
}

static void dump_penalty(char **arguments)
{
    size_t px = lad_train_options_default().penalty_px, count = strtoul(arguments[1], NULL, 10);
    const lad_pictures pictures = {strtoul(arguments[0], NULL, 10), NULL, 0};
    float *scratch = must_have(lad_alloc(lad_procedural_scratch_floats(px), sizeof *scratch));
    uint8_t *rgb = must_have(lad_alloc(px * px, 3));
    must(lad_folder_create(arguments[2], &error));
    FILE *file = create(arguments[2], "penalty.rgb");
    for (size_t i = 0; i < count; i++) {
        lad_pictures_draw(&pictures, i, px, scratch, rgb);
        put(file, rgb, px * px * 3);
    }
    finish(file);
    lad_free(scratch);
    lad_free(rgb);
}

int main(int argc, char **argv)
{
    static const struct {
        const char *name;
        int arguments;
        void (*run)(char **arguments);
    } commands[] = {
        {"steps", 6, dump_steps}, {"maps", 4, dump_maps}, {"pictures", 3, dump_pictures}, {"penalty", 3, dump_penalty}};
    for (size_t i = 0; i < sizeof commands / sizeof *commands; i++) {
        if (argc != commands[i].arguments + 2 || strcmp(argv[1], commands[i].name) != 0) continue;
        commands[i].run(argv + 2);
        return 0;
    }
    fprintf(stderr, "dump: see the head of tests/reference/dump.c for how to call it.\n");
    return 2;
}
