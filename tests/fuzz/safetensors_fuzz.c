/* libFuzzer target: reading any bytes as a model file touches nothing outside them, and what is accepted covers
 * the file and holds finite values.  `make fuzz T=safetensors TIME=60` runs it. */
#include "model/safetensors.h"

#include <math.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    lad_safetensors *st = NULL;
    lad_error err = {0};
    if (lad_safetensors_read(data, size, "fuzz", &st, &err) != LAD_OK) {
        if (err.text[0] == '\0') abort(); /* a refusal has a sentence */
        return 0;
    }
    size_t covered = 0;
    for (size_t i = 0; i < lad_safetensors_count(st); i++) {
        const lad_st_tensor *tensor = lad_safetensors_at(st, i);
        float *values = malloc(tensor->count * sizeof *values);
        if (!values) abort();
        lad_st_tensor_floats(tensor, values);
        for (size_t k = 0; k < tensor->count; k++) {
            if (!isfinite(values[k])) abort();
        }
        free(values);
        covered += tensor->count * (tensor->f16 ? 2 : 4);
    }
    if (covered > size) abort();
    lad_safetensors_destroy(&st);
    return 0;
}
