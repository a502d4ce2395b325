/* From linear light to the bytes of a file, as a camera does: vignetting, optical blur, shot and read noise, tone
 * curve, the loss of a JPEG encoder.
 *
 * Invariant: noise is a function of (seed, pixel), so the result does not depend on threads. */
#ifndef LAD_SCENE_POST_H
#define LAD_SCENE_POST_H

#include "base/rng.h"
#include "scene/film.h"

#include <stdint.h>

typedef struct lad_post {
    float exposure;
    lad_vec3 gain;      /* white balance */
    float vignetting;   /* relative loss of light in the corners */
    float blur_px;      /* standard deviation, pixels of the result */
    float read_noise;   /* standard deviation, linear */
    float shot_noise;   /* standard deviation at 1, growing with the square root */
    float jpeg_quality; /* 1..100 as in libjpeg; above 99.5: none */
    uint64_t noise_seed;
} lad_post;

/* A plausible camera: exposure +-10 %, white balance +-3 %, vignetting 0.02..0.15, each times variety (1: a camera that
 * sets itself; 0.3: one of fixed settings); blur 0.35..0.7 px at the full size, quality 86..96.
 * size_ratio: rendered size / full size, scales the blur. */
lad_post lad_post_sample(lad_rng *rng, float size_ratio, float variety);

/* Develops the film into rgb [height, width, 3]; the film's colours are used up. */
LAD_MUST_CHECK lad_status lad_post_run(const lad_post *post, lad_film *film, lad_pool *pool, uint8_t *rgb);

#endif
