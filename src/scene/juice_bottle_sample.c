/* Draws normal bottles.  The ranges are what a fixed camera over a filling line would see: bottles that stop a
 * few millimetres off, turned a little, under light that drifts, with labels stuck on within tolerance. */
#include "scene/juice_bottle_model.h"

#include "base/detmath.h"

#include <string.h>

static const char *const fruit_names[LAD_JUICE_FRUIT_COUNT] = {"orange", "cherry", "banana", "grapes", "pear", "plum"};

const char *lad_juice_fruit_name(lad_juice_fruit fruit)
{
    return fruit_names[fruit];
}

/* Uniform in centre +- spread. */
static float around(lad_rng *rng, float centre, float spread)
{
    return lad_rng_range(rng, centre - spread, centre + spread);
}

/* In [low, high), mostly low. */
static float skewed(lad_rng *rng, float low, float high)
{
    float t = lad_rng_float(rng);
    return low + (high - low) * t * t;
}

static void sample_pose(lad_rng *rng, lad_juice_scene *scene)
{
    scene->place_x = around(rng, 160.0f, 22.0f);
    scene->place_y = around(rng, 588.0f, 7.0f);
    scene->scale = around(rng, 1.0f, 0.025f);
    scene->tilt = around(rng, 0.0f, 0.027f);
    scene->turn = around(rng, 0.0f, 0.13f);
    scene->curve = around(rng, 1.0f, 2.5f);
    scene->shoulder = around(rng, 0.0f, 4.0f);
    scene->girth = around(rng, 1.0f, 0.012f);
}

static void sample_light(lad_rng *rng, lad_juice_scene *scene)
{
    float exposure = lad_expf(around(rng, 0.0f, 0.23f));
    float warm = around(rng, 0.0f, 0.09f), green = around(rng, 0.0f, 0.02f);
    scene->light = (lad_vec3){exposure * (1.0f + warm), exposure * (1.0f + green), exposure * (1.0f - warm)};
    scene->key_x = around(rng, 0.0f, 0.45f);
    scene->key_y = around(rng, 0.6f, 0.2f);
    scene->ambient = around(rng, 0.46f, 0.1f);
    scene->falloff = around(rng, 0.42f, 0.17f);
    scene->strip_left = skewed(rng, 0.8f, 9.0f);
    scene->strip_right = skewed(rng, 0.8f, 9.0f);
    scene->strip_shift = around(rng, 0.0f, 0.07f);
    scene->strip_width = lad_rng_range(rng, 0.03f, 0.10f);
    scene->top_box = lad_rng_range(rng, 3.0f, 9.0f);
    scene->top_width = lad_rng_range(rng, 0.2f, 0.55f);
    scene->wobble = lad_rng_range(rng, 0.03f, 0.11f);
    scene->haze = lad_rng_range(rng, 0.0005f, 0.004f);
    scene->glass_seed = lad_rng_u32(rng);
    scene->room_seed = lad_rng_u32(rng);
}

static void sample_juice(lad_rng *rng, lad_juice_scene *scene)
{
    static const lad_vec3 colors[3] = {{0.50f, 0.375f, 0.075f}, {0.125f, 0.020f, 0.012f}, {0.58f, 0.49f, 0.29f}};
    scene->juice = (lad_juice_fruit)lad_rng_below(rng, 3);
    scene->filled = true;
    lad_vec3 c = colors[scene->juice];
    float strength = lad_expf(around(rng, 0.0f, 0.16f));
    float hue = around(rng, 0.0f, scene->juice == LAD_JUICE_BANANA ? 0.025f : 0.07f),
          milk = lad_rng_range(rng, 0.0f, 0.025f);
    scene->juice_color = (lad_vec3){c.x * strength * (1.0f + hue) + milk, c.y * strength * (1.0f - hue) + milk,
                                    c.z * strength * around(rng, 1.0f, 0.18f) + milk};
    scene->fill = around(rng, 432.0f, 5.0f);
    scene->meniscus = lad_rng_range(rng, 1.2f, 4.0f);
    scene->foam = lad_rng_below(rng, 3) == 0 ? lad_rng_range(rng, 2.0f, 9.0f) : 0.0f;
    scene->pulp = lad_rng_range(rng, 0.01f, scene->juice == LAD_JUICE_ORANGE ? 0.16f : 0.08f);
    scene->sediment = lad_rng_range(rng, 0.0f, 0.3f);
    scene->clarity = lad_rng_range(rng, 0.1f, 0.5f);
    scene->juice_seed = lad_rng_u32(rng);
    scene->bubble_count = lad_rng_below(rng, LAD_JUICE_BUBBLES_MAX + 1);
    for (size_t i = 0; i < scene->bubble_count; i++) {
        scene->bubbles[i].x = around(rng, 0.0f, 0.8f); /* of the half width at that height */
        scene->bubbles[i].h = lad_rng_range(rng, 300.0f, 470.0f);
        scene->bubbles[i].radius = lad_rng_range(rng, 0.7f, 1.8f);
    }
}

void lad_juice_label_turn(lad_juice_label *label, float rotation)
{
    label->rotation = rotation;
    label->cosine = lad_cosf(rotation);
    label->sine = lad_sinf(rotation);
}

static void sample_label(lad_rng *rng, bool has_text, lad_juice_fruit fruit, lad_juice_label *label)
{
    *label = (lad_juice_label){.present = true, .has_text = has_text, .fruit = fruit, .icon_present = !has_text};
    label->u = around(rng, 0.0f, 3.5f);
    label->h = around(rng, has_text ? 76.0f : 236.0f, 4.0f);
    label->half_u = around(rng, 53.5f, 0.8f);
    label->half_h = around(rng, has_text ? 24.5f : 52.5f, 0.8f);
    lad_juice_label_turn(label, around(rng, 0.0f, 0.032f));
    label->sheen = around(rng, has_text ? 0.0f : -0.15f, 0.35f);
    label->tone = around(rng, 1.0f, 0.2f);
    label->print_u = around(rng, 0.0f, 1.5f);
    label->print_h = around(rng, 0.0f, 1.5f);
    label->border_inset = around(rng, has_text ? 4.0f : 6.0f, 0.8f);
    label->paper_seed = lad_rng_u32(rng);
    label->icon_u = around(rng, 0.0f, 2.0f);
    label->icon_h = around(rng, -2.0f, 2.0f);
    label->icon_scale = around(rng, 20.5f, 1.2f);
    label->icon_rotation = around(rng, 0.0f, 0.06f);
    label->icon_cut = 3.0f;
}

/* The last touches of the camera; the driver has set exposure, balance and quality. */
static void sample_camera(lad_rng *rng, float px_per_unit, lad_post *post)
{
    post->blur_px = lad_rng_range(rng, 0.35f, 0.75f) * px_per_unit;
    post->vignetting = lad_rng_range(rng, 0.0f, 0.2f);
    float grain = lad_rng_range(rng, 0.8f, 2.2f);
    post->read_noise *= grain;
    post->shot_noise *= grain;
    post->jpeg_quality = lad_rng_range(rng, 80.0f, 96.0f);
}

/* The bottle has a camera of its own: looking from the side turns the bottle, looking from above bows its horizontals.
 * It is zoomed about the middle of the picture, and turned about its foot. */
static void change_pose(const lad_scene_changes *changes, lad_juice_scene *scene)
{
    float larger = 1.0f + changes->zoom, cosine = lad_cosf(changes->light_turn), sine = lad_sinf(changes->light_turn);
    scene->place_x = 160.0f + larger * (scene->place_x - 160.0f);
    scene->place_y = 320.0f + larger * (scene->place_y - 320.0f);
    scene->scale *= larger;
    scene->tilt += changes->roll;
    scene->turn += changes->tilt_x;
    scene->curve += 60.0f * changes->tilt_y;
    float x = scene->key_x, y = scene->key_y;
    scene->key_x = cosine * x + sine * y; /* y is up here */
    scene->key_y = cosine * y - sine * x;
}

void lad_juice_scene_sample(lad_frame *frame, lad_juice_scene *scene)
{
    memset(scene, 0, sizeof *scene);
    lad_rng pose = lad_frame_rng(frame, LAD_STREAM_POSE, 0), light = lad_frame_rng(frame, LAD_STREAM_LIGHT, 1);
    lad_rng juice = lad_frame_rng(frame, LAD_STREAM_LOOK, 0), camera = lad_frame_rng(frame, LAD_STREAM_POST, 1);
    sample_pose(&pose, scene);
    sample_light(&light, scene);
    sample_juice(&juice, scene);
    for (uint32_t i = 0; i < 2; i++) {
        lad_rng label = lad_frame_rng(frame, LAD_STREAM_LOOK, 1 + i);
        sample_label(&label, i == 1, scene->juice, &scene->labels[i]);
    }
    sample_camera(&camera, frame->px_per_unit, &frame->post);
    if (frame->changes) change_pose(frame->changes, scene);
}
