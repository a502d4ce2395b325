/* Cereals above banana chips and almonds: where each piece lies.
 *
 * Candidates for every piece lie all over the compartment and are the same whatever the layers are; a layer takes those
 * that fall into it.  So a picture with an anomaly shares every piece that the anomaly does not touch. */
#include "scene/breakfast_box.h"

#include "base/detmath.h"
#include "scene/noise.h"

enum { FLAKES = 2300, CHIPS = 130, ALMONDS = 100 };

/* Bounds of the candidates: the inside of either compartment. */
static const lad_vec2 low[2] = {{-262.0f, -210.0f}, {-150.0f, -210.0f}}, high[2] = {{20.0f, 200.0f}, {262.0f, 200.0f}};

void breakfast_mix_sample(const lad_frame *frame, breakfast_mix *mix)
{
    lad_rng rng = lad_frame_rng(frame, LAD_STREAM_GROUND, 2);
    *mix = (breakfast_mix){.side = 1, .cereals_above = true, .cereals = true, .chips = true, .almonds = true};
    mix->boundary = lad_rng_range(&rng, 22.0f, 46.0f);
    mix->slope = lad_rng_range(&rng, -0.05f, 0.05f);
    mix->level = lad_rng_range(&rng, 42.0f, 50.0f);
    mix->inset = lad_rng_range(&rng, 6.0f, 15.0f);
    mix->seed = lad_frame_noise_seed(frame, LAD_STREAM_GROUND, 3);
}

#define BORDER_STEP 0.025f /* of the noise of the border, and of the heights */
#define HEIGHT_STEP 0.05f
#define BORDER_ROW 0.5f

static float border_of(const breakfast_mix *mix, float x, float y, float noise)
{
    float wobble = 16.0f * noise;
    float d = y - (mix->boundary + mix->slope * x + wobble);
    return mix->cereals_above ? d : -d;
}

float breakfast_border_distance(const breakfast_mix *mix, float x, float y)
{
    return border_of(mix, x, y, lad_noise_gradient2(mix->seed, x * BORDER_STEP, BORDER_ROW));
}

/* d: distance to the border; noise: of the cereals, where there are some. */
static float height_of(const breakfast_mix *mix, float d, float side, float noise)
{
    float edge = -side - mix->inset;
    float droop = 10.0f * lad_smoothstep(26.0f, -2.0f, edge);
    float cereals = mix->level - droop, toppings = mix->level - 8.0f - droop;
    bool has_toppings = mix->chips || mix->almonds;
    if (mix->cereals && d < 9.0f) cereals += 7.0f * noise;
    /* A layer without the other slides down to the floor at its border. */
    if (!mix->cereals) cereals = 0.0f;
    if (!has_toppings) toppings = 0.0f;
    return lad_mixf(cereals, toppings, lad_smoothstep(-9.0f, 9.0f, d));
}

float breakfast_mix_height(const breakfast_mix *mix, float x, float y, float side)
{
    float d = breakfast_border_distance(mix, x, y), noise = 0.0f;
    if (mix->cereals && d < 9.0f) noise = lad_noise_gradient2(mix->seed + 1, x * HEIGHT_STEP, y * HEIGHT_STEP);
    return height_of(mix, d, side, noise);
}

void breakfast_mix_heights(const breakfast_mix *mix, const float *x, const float *y, const float *side, int count,
                           float *heights)
{
    float u[BREAKFAST_PLACES] = {0}, v[BREAKFAST_PLACES] = {0}, wobble[BREAKFAST_PLACES], noise[BREAKFAST_PLACES];
    for (int i = 0; i < count; i++) u[i] = x[i] * BORDER_STEP, v[i] = BORDER_ROW;
    lad_noise_gradients2(mix->seed, u, v, count, wobble);
    for (int i = 0; i < count; i++) u[i] = x[i] * HEIGHT_STEP, v[i] = y[i] * HEIGHT_STEP;
    lad_noise_gradients2(mix->seed + 1, u, v, count, noise);
    for (int i = 0; i < count; i++) {
        heights[i] = height_of(mix, border_of(mix, x[i], y[i], wobble[i]), side[i], noise[i]);
    }
}

/* Member i of a sequence that fills a square evenly (Roberts 2018, by powers of the plastic number). */
static lad_vec2 spread(uint32_t i, uint64_t offset)
{
    uint32_t x = i * 3242174889u + (uint32_t)offset, y = i * 2447445414u + (uint32_t)(offset >> 32);
    return lad_v2((float)(x >> 8) * 0x1p-24f, (float)(y >> 8) * 0x1p-24f);
}

static lad_vec2 candidate(const breakfast_mix *mix, uint32_t i, uint64_t offset, float jitter, lad_rng *rng)
{
    lad_vec2 p = spread(i, offset), from = low[mix->side], to = high[mix->side];
    p.x = lad_mixf(from.x, to.x, p.x) + lad_rng_range(rng, -jitter, jitter);
    p.y = lad_mixf(from.y, to.y, p.y) + lad_rng_range(rng, -jitter, jitter);
    return p;
}

static void add_flake(const lad_frame *frame, breakfast_graph *g, uint32_t i, uint64_t offset)
{
    const breakfast_mix *mix = &g->mix;
    lad_rng rng = lad_frame_rng(frame, LAD_STREAM_POSE, 1000 + i);
    lad_vec2 p = candidate(mix, i, offset, 4.0f, &rng);
    float ragged = 7.0f * lad_noise_gradient2(mix->seed + 7, p.x * 0.06f, p.y * 0.06f);
    float side = breakfast_side_distance(mix->side, p.x, p.y);
    if (side > -mix->inset - 3.0f + ragged) return;
    if (g->piece_count >= BREAKFAST_MAX_PIECES || !mix->cereals || breakfast_border_distance(mix, p.x, p.y) > 0.0f)
        return;
    breakfast_piece *b = &g->pieces[g->piece_count++];
    *b = (breakfast_piece){.shape = PIECE_FLAKE, .seed = lad_rng_u32(&rng)};
    float size = lad_rng_range(&rng, 0.75f, 1.2f);
    b->a = 9.2f * size;
    b->b = 5.9f * size * lad_rng_range(&rng, 0.85f, 1.15f);
    b->c = 2.5f * size * lad_rng_range(&rng, 0.8f, 1.3f);
    b->cup = lad_rng_float(&rng) < 0.6f ? lad_rng_range(&rng, 0.5f, 1.0f) : 0.15f;
    b->wave = lad_rng_range(&rng, -0.8f, 0.8f);
    /* Clusters are of one roast. */
    float cluster = lad_noise_value2(mix->seed + 11, p.x * 0.045f, p.y * 0.045f);
    b->tone = lad_clampf(0.15f + 0.45f * cluster + lad_rng_range(&rng, -0.15f, 0.42f), 0.0f, 1.0f);
    float towards = lad_rng_range(&rng, -3.14159f, 3.14159f), tilt = lad_rng_float(&rng);
    tilt = 1.25f * tilt * lad_mixf(0.4f, 1.0f, tilt);
    breakfast_orient(towards, tilt, lad_rng_range(&rng, -3.14159f, 3.14159f), &b->u, &b->v, &b->w);
    float lump = 6.0f * lad_noise_gradient2(mix->seed + 13, p.x * 0.09f, p.y * 0.09f);
    b->at = lad_v3(p.x, p.y, breakfast_mix_height(mix, p.x, p.y, side) + lump + lad_rng_range(&rng, -9.0f, 3.5f));
}

static void add_topping(const lad_frame *frame, breakfast_graph *g, piece_shape shape, uint32_t i, uint32_t round,
                        uint64_t offset)
{
    const breakfast_mix *mix = &g->mix;
    lad_rng rng = lad_frame_rng(frame, LAD_STREAM_POSE, (shape == PIECE_CHIP ? 5000u : 6000u) + 500u * round + i);
    lad_vec2 p = candidate(mix, i + 1000u * round, offset, 9.0f, &rng);
    if (mix->apart && (shape == PIECE_ALMOND) != (mix->apart > 0 ? p.x > 128.0f : p.x < 128.0f)) return;
    breakfast_piece piece = {.shape = shape, .seed = lad_rng_u32(&rng)}, *b = &piece;
    float size = lad_rng_range(&rng, 0.82f, 1.12f);
    bool chip = shape == PIECE_CHIP;
    b->a = (chip ? 35.0f : 21.5f) * size;
    b->b = chip ? b->a * lad_rng_range(&rng, 0.66f, 0.95f) : 12.0f * size;
    b->c = chip ? lad_rng_range(&rng, 2.2f, 3.4f) : 8.5f * size;
    b->cup = chip ? lad_rng_range(&rng, -1.0f, 6.0f) : 0.0f;
    b->wave = chip ? lad_rng_range(&rng, 2.0f, 9.0f) : 0.0f;
    b->three = lad_rng_range(&rng, -0.5f, 0.5f);
    b->five = lad_rng_range(&rng, -0.5f, 0.5f);
    b->turn = lad_rng_range(&rng, -0.5f, 0.5f);
    b->tone = lad_rng_float(&rng);
    float side = breakfast_side_distance(mix->side, p.x, p.y);
    if (side > -mix->inset - 0.5f * b->b) return;
    if (g->piece_count >= BREAKFAST_MAX_PIECES || breakfast_border_distance(mix, p.x, p.y) <= 0.0f) return;
    float towards = lad_rng_range(&rng, -3.14159f, 3.14159f), tilt = lad_rng_float(&rng);
    tilt = chip ? 0.06f + 0.6f * tilt * tilt : 0.45f * tilt;
    breakfast_orient(towards, tilt, lad_rng_range(&rng, -3.14159f, 3.14159f), &b->u, &b->v, &b->w);
    b->at = lad_v3(p.x, p.y, 0.0f);
    /* Later ones lie on earlier ones; neighbours in place are far apart in the sequence. */
    float layer = 16.0f * (float)i / (float)(chip ? CHIPS : ALMONDS);
    b->at.z = breakfast_mix_height(mix, p.x, p.y, side) - 7.0f + layer + (chip ? 8.0f * tilt : 3.5f);
    g->pieces[g->piece_count++] = *b;
}

void breakfast_mix_fill(const lad_frame *frame, breakfast_graph *g)
{
    const breakfast_mix *mix = &g->mix;
    uint64_t offset = lad_frame_noise_seed(frame, LAD_STREAM_POSE, 900);
    for (uint32_t i = 0; i < FLAKES; i++) add_flake(frame, g, i, offset);
    /* Where only half of the candidates are taken, there are twice as many. */
    for (uint32_t round = 0; round < (mix->apart ? 2u : 1u); round++) {
        for (uint32_t i = 0; i < CHIPS; i++) {
            if (mix->almonds && i < ALMONDS) add_topping(frame, g, PIECE_ALMOND, i, round, lad_hash64(offset, 1));
            if (mix->chips) add_topping(frame, g, PIECE_CHIP, i, round, lad_hash64(offset, 2));
        }
    }
}
