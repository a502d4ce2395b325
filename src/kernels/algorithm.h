/* The ways to compute a convolution, and the choice between them.  Arguments as in kernels.h. */
#ifndef LAD_KERNELS_ALGORITHM_H
#define LAD_KERNELS_ALGORITHM_H

#include "kernels/table.h"

typedef struct lad_conv_algorithm {
    const char *name;
    size_t (*scratch_floats)(const lad_kernels *k, const lad_conv_shape *s, lad_conv_pass pass, size_t threads);
    size_t (*packed_floats)(const lad_conv_shape *s, lad_conv_pass pass);
    void (*pack)(const lad_kernels *k, lad_pool *pool, const lad_conv_shape *s, lad_conv_pass pass, const float *w,
                 float *packed);
    void (*forward)(const lad_kernels *k, lad_pool *pool, const lad_conv_shape *s, const float *x, const float *packed,
                    const float *bias, bool relu, float *y, float *scratch);
    void (*backward_data)(const lad_kernels *k, lad_pool *pool, const lad_conv_shape *s, const float *d_y,
                          const float *packed, float *d_x, float *scratch);
    void (*backward_weights)(const lad_kernels *k, lad_pool *pool, const lad_conv_shape *s, const float *x,
                             const float *d_y, float *d_w, float *d_bias, float *scratch);
    double (*product_macs)(const lad_conv_shape *s, lad_conv_pass pass);
    /* lad_conv_forward_mse with the scratch of forward; NULL: through memory */
    void (*forward_mse)(const lad_kernels *k, lad_pool *pool, const lad_conv_shape *s, const float *x,
                        const float *packed, const float *bias, size_t parts, const lad_conv_target *targets,
                        float *scratch);
} lad_conv_algorithm;

extern const lad_conv_algorithm lad_conv_reference; /* conv_ref.c: obvious loops */
extern const lad_conv_algorithm lad_conv_implicit;  /* conv_implicit.c: matrix product, patches gathered on the way */
extern const lad_conv_algorithm lad_conv_winograd;  /* conv_winograd.c: 3x3 and 4x4 kernels of stride 1 */
extern const lad_conv_algorithm lad_conv_winograd_compact; /* conv_winograd_compact.c: forward with less memory */

/* Depends on the kernel's size, stride, pad and channels alone, not on the image: packed weights serve all sizes. */
const lad_conv_algorithm *lad_conv_choose(const lad_kernels *k, const lad_conv_shape *s);

/* Multiply-adds of the definition: product_macs of every algorithm that does not transform. */
double lad_conv_direct_macs(const lad_conv_shape *s, lad_conv_pass pass);

/* Rounds up to whole LAD_ALIGN lines, so that consecutive scratch areas stay aligned. */
static inline size_t lad_line_floats(size_t floats)
{
    return (floats + 15) / 16 * 16;
}

static inline size_t lad_ceil_div(size_t a, size_t b)
{
    return (a + b - 1) / b;
}

#endif
