/* A detector of random numbers, and its model file: for the tests of what reads and runs model files. */
#ifndef LAD_TESTS_MODEL_FIXTURE_H
#define LAD_TESTS_MODEL_FIXTURE_H

#include "base/alloc.h"
#include "model/detector.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

enum { FIXTURE_TEACHER, FIXTURE_STUDENT, FIXTURE_AUTOENCODER, FIXTURE_NETWORKS };

typedef struct fixture {
    lad_network *networks[FIXTURE_NETWORKS]; /* with values, in inference mode, unpacked */
    float mean[192], std[192];
    lad_detector_parts parts;
} fixture;

static inline void fixture_init(fixture *f, lad_pool *pool, lad_network_mode mode)
{
    static size_t (*const architectures[])(lad_pdn_size, lad_layer_spec *) = {
        lad_architecture_teacher, lad_architecture_student, lad_architecture_autoencoder};
    lad_rng rng = lad_rng_seed(2024, 7);
    memset(f, 0, sizeof *f);
    for (size_t i = 0; i < FIXTURE_NETWORKS; i++) {
        lad_layer_spec specs[LAD_ARCHITECTURE_MAX_LAYERS];
        size_t layers = architectures[i](LAD_PDN_XS, specs);
        assert_int_equal(lad_network_create(lad_kernels_best(), pool, specs, layers, 1, LAD_INPUT_SIZE, LAD_INPUT_SIZE,
                                            3, mode, &f->networks[i], NULL),
                         LAD_OK);
        lad_network_init(f->networks[i], &rng);
    }
    for (size_t c = 0; c < 192; c++) {
        f->mean[c] = lad_rng_range(&rng, -0.1f, 0.1f);
        f->std[c] = lad_rng_range(&rng, 0.02f, 0.1f);
    }
    f->parts = (lad_detector_parts){.size = LAD_PDN_XS,
                                    .teacher = f->networks[FIXTURE_TEACHER],
                                    .student = f->networks[FIXTURE_STUDENT],
                                    .autoencoder = f->networks[FIXTURE_AUTOENCODER],
                                    .mean = f->mean,
                                    .std = f->std,
                                    .map_rule.quantiles = {1.0f, 2.5f, 0.5f, 0.75f},
                                    .info = {.category = "pushpins",
                                             .margin_form = "novel",
                                             .margin = 3.0,
                                             .threshold = 0.1234567890123,
                                             .map_threshold = 0.21,
                                             .false_alarm_rate = 0.05,
                                             .score_border = 4}};
}

static inline void fixture_deinit(fixture *f)
{
    for (size_t i = 0; i < FIXTURE_NETWORKS; i++) lad_network_destroy(&f->networks[i]);
}

#endif
