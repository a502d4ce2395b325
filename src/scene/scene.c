#include "scene/scene.h"

#include "base/alloc.h"
#include "scene/frame.h"

#include <string.h>

static const lad_scene_program *const programs[] = {&lad_breakfast_box_program, &lad_juice_bottle_program,
                                                    &lad_pushpins_program, &lad_screw_bag_program,
                                                    &lad_splicing_connectors_program};

enum { PROGRAMS = sizeof programs / sizeof *programs, MAX_SIDE = 8192 };

/* Smallest change of a level, of 255, that counts as part of a defect's ground truth. */
static const float difference_levels = 10.0f;

const lad_scene_category *lad_scene_category_at(size_t index)
{
    return index < PROGRAMS ? programs[index]->category : NULL;
}

const lad_scene_category *lad_scene_category_find(const char *name)
{
    for (size_t i = 0; i < PROGRAMS; i++) {
        if (strcmp(programs[i]->category->name, name) == 0) return programs[i]->category;
    }
    return NULL;
}

static const lad_scene_program *program_of(const lad_scene_category *category)
{
    for (size_t i = 0; i < PROGRAMS; i++) {
        if (programs[i]->category == category) return programs[i];
    }
    return NULL;
}

int lad_scene_kind_for(const lad_scene_category *category, lad_scene_class class_, uint64_t seed, uint64_t index)
{
    int of_class[256], count = 0;
    for (size_t i = 0; i < category->kind_count && count < 256; i++) {
        if (category->kinds[i].class_ == class_) of_class[count++] = (int)i;
    }
    if (class_ == LAD_SCENE_GOOD || count == 0) return -1;
    /* Each round of `count` images is a shuffle (Fisher-Yates) of its own. */
    uint64_t number = lad_scene_index_number(index);
    lad_rng rng = lad_rng_seed(lad_hash64(seed, (uint64_t)class_), number / (uint64_t)count);
    for (int i = count - 1; i > 0; i--) {
        int j = (int)lad_rng_below(&rng, (uint32_t)i + 1), swap = of_class[i];
        of_class[i] = of_class[j];
        of_class[j] = swap;
    }
    return of_class[number % (uint64_t)count];
}

static uint64_t hash_name(const char *name)
{
    uint64_t hash = 0;
    for (; *name; name++) hash = lad_hash64(hash, (unsigned char)*name);
    return hash;
}

uint64_t lad_frame_noise_seed(const lad_frame *frame, lad_stream purpose, uint32_t item)
{
    uint64_t seed = purpose == LAD_STREAM_ANOMALY ? frame->anomaly_seed : frame->seed;
    return lad_hash64(seed, ((uint64_t)purpose << 32) | item);
}

lad_rng lad_frame_rng(const lad_frame *frame, lad_stream purpose, uint32_t item)
{
    return lad_rng_seed(lad_frame_noise_seed(frame, purpose, item), 0);
}

static void frame_setup(lad_frame *frame, const lad_scene_program *program, const lad_scene_spec *spec)
{
    uint64_t stream = lad_hash64(spec->seed, ((uint64_t)spec->split << 32) ^ hash_name(spec->category->name));
    frame->seed = lad_hash64(stream, spec->index);
    frame->anomaly_seed = lad_hash64(frame->seed, frame->kind ? hash_name(frame->kind->name) : 0);
    lad_rng rng = lad_frame_rng(frame, LAD_STREAM_CAMERA, 0);
    frame->camera = lad_camera_sample(program->camera, frame->width, frame->height, frame->px_per_unit, &rng);
    rng = lad_frame_rng(frame, LAD_STREAM_LIGHT, 0);
    frame->light = lad_light_sample(program->light, &rng);
    rng = lad_frame_rng(frame, LAD_STREAM_POST, 0);
    frame->post = lad_post_sample(&rng, frame->px_per_unit, program->light->variety);
    lad_changes_apply(frame);
}

lad_frame lad_frame_of(const lad_scene_spec *spec, size_t width)
{
    const lad_scene_category *category = spec->category;
    lad_frame frame = {.kind_index = spec->kind, .width = width};
    frame.kind = spec->kind >= 0 ? &category->kinds[spec->kind] : NULL;
    frame.height = (width * category->height + category->width / 2) / category->width;
    frame.px_per_unit = (float)width / (float)category->width;
    return frame;
}

lad_frame lad_frame_twin(const lad_frame *frame)
{
    lad_frame twin = *frame;
    twin.kind = NULL;
    twin.kind_index = -1;
    return twin;
}

static lad_status build(lad_frame *frame, const lad_scene_program *program, void *graph, lad_error *err)
{
    program->build(frame, graph);
    if (!frame->changes || frame->changes->edit_count == 0) return LAD_OK;
    for (size_t i = 0; i < frame->changes->edit_count; i++) {
        LAD_TRY(program->editor->edit(frame, graph, &frame->changes->edits[i], err));
    }
    if (program->editor->settle) program->editor->settle(frame, graph);
    return LAD_OK;
}

lad_status lad_frame_build(lad_frame *frame, const lad_scene_program *program, const lad_scene_spec *spec, void **graph,
                           lad_error *err)
{
    frame_setup(frame, program, spec);
    *graph = lad_alloc_zero(1, program->graph_bytes);
    if (!*graph) return LAD_ERR_NOMEM;
    lad_status status = build(frame, program, *graph, err);
    if (status == LAD_OK) return LAD_OK;
    lad_free(*graph);
    *graph = NULL;
    return status;
}

void lad_frame_span_add_box(lad_frame_span *span, const lad_camera *camera, lad_vec3 low, lad_vec3 high)
{
    for (int i = 0; i < 8; i++) { /* perspective keeps a box between its corners */
        lad_vec3 corner = {i & 1 ? low.x : high.x, i & 2 ? low.y : high.y, i & 4 ? low.z : high.z};
        float y = lad_camera_project(camera, corner).y;
        lad_frame_span_add(span, y, y);
    }
}

lad_rows lad_frame_span_rows(lad_frame_span span, size_t height)
{
    float low = lad_clampf(floorf(span.low) - 2.0f, 0.0f, (float)height);
    float high = lad_clampf(ceilf(span.high) + 3.0f, 0.0f, (float)height);
    return low < high ? (lad_rows){(size_t)low, (size_t)high} : (lad_rows){0, 0};
}

/* Ground truth of a structural anomaly: what the twin does not show. */
static lad_status mask_from_twin(const lad_frame *frame, const lad_scene_program *program, const lad_scene_spec *spec,
                                 const void *graph, const lad_film *film, lad_masks *masks, lad_error *err)
{
    lad_frame twin = lad_frame_twin(frame);
    lad_rows rows = {0, frame->height};
    void *twin_graph;
    uint8_t *plane;
    lad_film other = {0};
    LAD_TRY(lad_frame_build(&twin, program, spec, &twin_graph, err));
    if (program->differ) rows = program->differ(frame, graph, twin_graph);
    lad_status status = lad_film_init_copy(&other, film, rows);
    if (status == LAD_OK) program->paint(&twin, twin_graph, &other);
    if (status == LAD_OK) status = lad_masks_add(masks, &plane);
    if (status == LAD_OK) {
        status = lad_mask_from_films(masks, plane, (uint8_t)frame->kind->pixel_value, film, &other, difference_levels);
    }
    lad_film_deinit(&other);
    lad_free(twin_graph);
    return status;
}

static lad_status describe(const lad_frame *frame, const lad_scene_program *program, const lad_scene_spec *spec,
                           const void *graph, char **text)
{
    lad_json *json = lad_json_new_object();
    if (!json) return LAD_ERR_NOMEM;
    lad_json_add_string(json, "category", spec->category->name);
    lad_json_add_string(json, "kind", frame->kind ? frame->kind->name : "good");
    program->describe(frame, graph, json);
    if (frame->changes && frame->changes->list_objects && program->editor) program->editor->list(frame, graph, json);
    lad_status status = lad_json_print(json, false, text);
    lad_json_destroy(&json);
    return status;
}

static lad_status render(lad_frame *frame, const lad_scene_program *program, const lad_scene_spec *spec,
                         lad_scene_image *out, lad_error *err)
{
    void *graph = NULL;
    lad_film film = {0};
    lad_masks masks = {.width = frame->width, .height = frame->height};
    lad_scene_image made = {.width = frame->width, .height = frame->height};
    lad_status status = lad_frame_build(frame, program, spec, &graph, err);
    if (status == LAD_OK) status = lad_film_init(&film, frame->width, frame->height);
    if (status == LAD_OK) program->paint(frame, graph, &film);
    if (status == LAD_OK && frame->kind) status = program->annotate(frame, graph, &masks);
    if (status == LAD_OK && frame->kind && masks.count == 0) {
        status = mask_from_twin(frame, program, spec, graph, &film, &masks, err);
    }
    if (status == LAD_OK && frame->changes && frame->changes->edit_count > 0) {
        status = program->editor->annotate(frame, graph, &masks);
    }
    if (status == LAD_OK) {
        lad_changes_develop(frame);
        made.rgb = lad_alloc(frame->width * frame->height, 3);
        status = made.rgb ? lad_post_run(&frame->post, &film, frame->pool, made.rgb) : LAD_ERR_NOMEM;
    }
    if (status == LAD_OK) status = describe(frame, program, spec, graph, &made.parameters);
    if (status == LAD_OK) {
        made.mask_count = masks.count;
        made.masks = masks.planes;
        masks.count = 0;
        masks.planes = NULL;
        if (frame->kind && !frame->kind->relative_saturation) {
            double ratio = frame->px_per_unit;
            made.saturation_area_px = frame->kind->saturation_threshold * ratio * ratio;
        }
        *out = made;
    } else {
        lad_scene_image_deinit(&made);
    }
    lad_masks_deinit(&masks);
    lad_film_deinit(&film);
    lad_free(graph);
    return status;
}

lad_status lad_scene_render(const lad_scene_spec *spec, size_t width, lad_pool *pool, lad_scene_image *out,
                            lad_error *err)
{
    return lad_scene_render_changed(spec, NULL, width, pool, out, err);
}

lad_status lad_scene_render_changed(const lad_scene_spec *spec, const lad_scene_changes *changes, size_t width,
                                    lad_pool *pool, lad_scene_image *out, lad_error *err)
{
    const lad_scene_category *category = spec->category;
    const lad_scene_program *program = program_of(category);
    if (!program) return lad_fail(err, LAD_ERR_ARG, "There is no such scene category.");
    if (spec->kind < -1 || (spec->kind >= 0 && (size_t)spec->kind >= category->kind_count)) {
        return lad_fail(err, LAD_ERR_ARG, "%s has no anomaly number %d.", category->name, spec->kind);
    }
    if (width == 0) width = category->width;
    if (width < 32 || width > MAX_SIDE) {
        return lad_fail(err, LAD_ERR_ARG, "A scene is rendered 32 to %d pixels wide, not %zu.", (int)MAX_SIDE, width);
    }
    if (changes) {
        LAD_TRY(lad_changes_check(changes, err));
        if (changes->edit_count > 0 && !program->editor) {
            return lad_fail(err, LAD_ERR_ARG, "Objects of %s cannot be edited.", category->name);
        }
    }
    lad_frame frame = lad_frame_of(spec, width);
    frame.pool = pool;
    frame.changes = changes;
    lad_status status = render(&frame, program, spec, out, err);
    if (status == LAD_ERR_ARG) return status; /* an edit, which has its own sentence */
    if (status != LAD_OK) return lad_fail(err, status, "There is not enough memory to render %s.", category->name);
    return LAD_OK;
}

bool lad_scene_can_edit(const lad_scene_category *category)
{
    const lad_scene_program *program = program_of(category);
    return program && program->editor;
}

void lad_scene_image_deinit(lad_scene_image *image)
{
    lad_free(image->rgb);
    for (size_t i = 0; i < image->mask_count; i++) lad_free(image->masks[i]);
    lad_free(image->masks);
    lad_free(image->parameters);
    *image = (lad_scene_image){0};
}
