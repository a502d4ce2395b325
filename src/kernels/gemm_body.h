/* The matrix product's micro-kernel: MR rows by 2 vectors of columns of c stay in registers while k runs.
 *
 * Per step of k: 2 vector loads of b, MR broadcasts of a, 2 MR multiply-adds; MR is as large as the register
 * file allows (32 registers: 8 rows, 16: 6, or 4 where multiply and add are separate and need temporaries). */
#include "kernels/simd.h"
#include "kernels/table.h"

enum { MR = LAD_SIMD_ROWS, NV = 2, NR = NV * VL };

/* columns < NR takes partial loads. */
LAD_INLINE void gemm_rows(size_t rows, size_t columns, size_t a_row, size_t a_col, size_t b_row, const lad_panel *g,
                          const float *a, float *c)
{
    size_t n0 = columns < VL ? columns : VL, n1 = columns < VL ? 0 : columns - VL;
    vec sum[MR][NV];
    LAD_UNROLL
    for (size_t i = 0; i < rows; i++) sum[i][0] = sum[i][1] = (vec){0};
    const float *b = g->b;
    /* Unrolling over p gains nothing: out-of-order processors do it, and V8 runs out of registers. */
    size_t segment = 0;
    do {
        const float *from = a + segment * g->a_segment;
        for (size_t p = 0; p < g->k; p++, from += a_col, b += b_row) {
            vec b0 = v_load_n(b, n0), b1 = v_load_n(b + VL, n1);
            LAD_UNROLL
            for (size_t i = 0; i < rows; i++) {
                vec x = v_set1(from[i * a_row]);
                sum[i][0] = VFMA(x, b0, sum[i][0]);
                sum[i][1] = VFMA(x, b1, sum[i][1]);
            }
        }
    } while (++segment < g->segments);
    vec start0 = {0}, start1 = {0};
    if (g->bias) {
        start0 = v_load_n(g->bias, n0);
        start1 = v_load_n(g->bias + VL, n1);
    }
    LAD_UNROLL
    for (size_t i = 0; i < rows; i++) {
        float *out = c + i * g->c_row;
        vec y0 = sum[i][0] + start0, y1 = sum[i][1] + start1;
        if (g->accumulate) {
            y0 += v_load_n(out, n0);
            y1 += v_load_n(out + VL, n1);
        }
        if (g->relu) {
            y0 = v_relu(y0);
            y1 = v_relu(y1);
        }
        v_store_n(out, y0, n0);
        v_store_n(out + VL, y1, n1);
    }
}

/* The last m % MR rows, of all callers. */
static __attribute__((noinline)) void gemm_last_rows(size_t rows, const lad_panel *g, const float *a, float *c)
{
    switch (rows) {
#define LAST_ROWS(r)                                                                                                   \
    case r:                                                                                                            \
        if (r < MR) gemm_rows(r < MR ? r : 0, NR, g->a_row, g->a_col, g->b_row, g, a, c);                              \
        break;
        LAST_ROWS(1)
        LAST_ROWS(2)
        LAST_ROWS(3)
        LAST_ROWS(4)
        LAST_ROWS(5)
        LAST_ROWS(6)
        LAST_ROWS(7)
#undef LAST_ROWS
    default: break;
    }
}

LAD_INLINE void gemm_columns(size_t a_row, size_t a_col, size_t b_row, const lad_panel *g)
{
    size_t i = 0;
    for (; i + MR <= g->m; i += MR) gemm_rows(MR, NR, a_row, a_col, b_row, g, g->a + i * a_row, g->c + i * g->c_row);
    gemm_last_rows(g->m - i, g, g->a + i * a_row, g->c + i * g->c_row);
}

/* a of any strides, partial columns: rare, so one row at a time keeps the code small. */
static void gemm_any(const lad_panel *g)
{
    for (size_t i = 0; i < g->m; i++) {
        if (g->columns == NR)
            gemm_rows(1, NR, g->a_row, g->a_col, g->b_row, g, g->a + i * g->a_row, g->c + i * g->c_row);
        else
            gemm_rows(1, g->columns, g->a_row, g->a_col, g->b_row, g, g->a + i * g->a_row, g->c + i * g->c_row);
    }
}

/* Packed b: every product but those of gradients.  With the usual row strides as constants, addresses of a are a
 * pointer and a constant, which is worth a tenth in WebAssembly. */
static void gemm_packed(const lad_panel *g)
{
    switch (g->a_row) {
    case 3: gemm_columns(3, 1, NR, g); break; /* pixels of a colour image */
    case 64: gemm_columns(64, 1, NR, g); break;
    case 128: gemm_columns(128, 1, NR, g); break;
    case 256: gemm_columns(256, 1, NR, g); break;
    default: gemm_columns(g->a_row, 1, NR, g); break;
    }
}

void LAD_K(gemm_panel)(const lad_panel *g)
{
    if (g->columns == NR && g->a_col == 1 && g->b_row == NR)
        gemm_packed(g);
    else if (g->columns == NR && g->a_row == 1)
        gemm_columns(1, g->a_col, g->b_row, g); /* gradients: a and b as they lie */
    else
        gemm_any(g);
}
